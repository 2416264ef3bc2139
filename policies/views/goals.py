"""Goals: where each activity stands on the way from its baseline to its target."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from policies import permissions, services
from policies.forms import MeasurementForm
from policies.models import Goal, GoalSource
from policies.progress import Points, Progress, current_goals, expected
from policies.views.base import add_faults, person

WIDTH, HEIGHT, SIDE = 640, 180, 8


@require_GET
def goals(request: HttpRequest) -> HttpResponse:
    """Every goal that a policy rests on; one of them with its figures against the line."""
    rows = current_goals()
    asked = request.GET.get("goal", "")
    chosen = next((row for row in rows if str(row.goal.pk) == asked), rows[0] if rows else None)
    return _page(request, rows, chosen, MeasurementForm())


def _page(
    request: HttpRequest,
    rows: list[Progress],
    chosen: Progress | None,
    form: MeasurementForm,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"rows": rows, "chosen": chosen, "form": form}
    if chosen:
        context |= {
            "plot": plot(chosen.goal, chosen.points),
            "may_enter": chosen.goal.source == GoalSource.MANUAL
            and permissions.can_enter_figures(request.user, chosen.goal),
        }
    return render(request, "policies/goals.html", context, status=status)


def plot(goal: Goal, points: Points) -> dict[str, Any]:
    """The figures and the line as numbers of an SVG drawing."""
    begin = min([goal.set_at, *(day for day, _value in points)])
    end = max([goal.due, *(day for day, _value in points)])
    values = [float(goal.baseline), float(goal.target), *(value for _day, value in points)]
    low, high = min(values), max(values)
    room = (high - low) * 0.1 or 1

    def x(day: date) -> float:
        return round(SIDE + (WIDTH - 2 * SIDE) * (day - begin).days / max((end - begin).days, 1), 1)

    def y(value: float) -> float:
        return round(SIDE + (HEIGHT - 2 * SIDE) * (1 - (value - low + room) / (high - low + 2 * room)), 1)

    dots = [{"x": x(day), "y": y(value), "day": day, "value": value} for day, value in points]
    today = timezone.localdate()
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "dots": dots,
        "path": " ".join(f"{dot['x']},{dot['y']}" for dot in dots),
        "line": {"x1": x(goal.set_at), "y1": y(float(goal.baseline)), "x2": x(goal.due), "y2": y(float(goal.target))},
        "today": x(today) if begin <= today <= end else None,
        "begin": begin,
        "end": end,
        "table": [
            {"day": day, "value": Decimal(str(value)), "line": round(expected(goal, day), 1)}
            for day, value in reversed(points)
        ],
    }


@require_POST
def goal_measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a figure by hand."""
    goal = get_object_or_404(Goal.objects.select_related("activity"), pk=pk)
    if not permissions.can_enter_figures(request.user, goal):
        raise PermissionDenied(_("Figures are entered by leaders and by whoever is accountable for the activity."))
    form = MeasurementForm(request.POST)
    if form.is_valid():
        try:
            services.enter_measurement(actor=person(request), goal=goal, **form.cleaned_data)
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(request, _("The figure is kept."))
            return redirect(f"{reverse('policies:goals')}?goal={goal.pk}")
    rows = current_goals()
    chosen = next((row for row in rows if row.goal.pk == goal.pk), None)
    return _page(request, rows, chosen, form, status=422)
