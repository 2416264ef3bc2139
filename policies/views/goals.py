"""Goals: where each activity stands on the way from its baseline to its target."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from policies import permissions, services
from policies.figures import figures
from policies.forms import MeasurementForm
from policies.models import Goal, GoalSource, Measurement, PolicyVersion
from policies.views.base import add_faults, person

WIDTH, HEIGHT, SIDE = 640, 180, 8


@require_GET
def goals(request: HttpRequest) -> HttpResponse:
    """Every goal that a policy rests on; one of them with its figures against the line."""
    rows = goal_rows()
    asked = request.GET.get("goal", "")
    chosen = next((row for row in rows if str(row["goal"].pk) == asked), rows[0] if rows else None)
    return _page(request, rows, chosen, MeasurementForm())


def goal_rows() -> list[dict[str, Any]]:
    """Every goal that a policy rests on, with its figures and where it stands."""
    versions = list(
        PolicyVersion.objects.deciding()
        .exclude(goal=None)
        .filter(activity__retired_at=None)
        .select_related("goal", "activity__stage", "accountable")
        .order_by("activity__stage__order", "activity__order")
    )
    return [_row(version) for version in versions]


def _page(
    request: HttpRequest,
    rows: list[dict[str, Any]],
    chosen: dict[str, Any] | None,
    form: MeasurementForm,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"rows": rows, "chosen": chosen, "form": form}
    if chosen:
        context |= {
            "plot": plot(chosen["goal"], chosen["points"]),
            "may_enter": chosen["goal"].source == GoalSource.MANUAL
            and permissions.can_enter_figures(request.user, chosen["goal"]),
        }
    return render(request, "policies/goals.html", context, status=status)


def _row(version: PolicyVersion) -> dict[str, Any]:
    goal = version.goal
    assert goal is not None
    points = list(figures().series(goal)) if goal.source != GoalSource.MANUAL else [
        (found.on, float(found.value)) for found in Measurement.objects.filter(activity_id=goal.activity_id, measure=goal.measure)
    ]  # fmt: skip
    return {
        "version": version,
        "goal": goal,
        "points": points,
        "now": points[-1][1] if points else None,
        "state": state_of(goal, points),
    }


def state_of(goal: Goal, points: list[tuple[date, float]], today: date | None = None) -> str:
    """Where a goal stands: ``reached``, ``on_course``, ``behind``, ``missed``, or ``unmeasured``.

    On course is whoever is at least where the straight line from baseline to target is today.
    """
    today = today or timezone.localdate()
    if not points:
        return "unmeasured"
    now, target = points[-1][1], float(goal.target)
    down = goal.target < goal.baseline
    if now <= target if down else now >= target:
        return "reached"
    if today > goal.due:
        return "missed"
    line = expected(goal, today)
    return "on_course" if (now <= line if down else now >= line) else "behind"


def expected(goal: Goal, day: date) -> float:
    """Where the straight line from the baseline, on the day the goal was set, to the target is on a day."""
    whole = max((goal.due - goal.set_at).days, 1)
    share = min(max((day - goal.set_at).days / whole, 0), 1)
    return float(goal.baseline) + share * float(goal.target - goal.baseline)


def plot(goal: Goal, points: list[tuple[date, float]]) -> dict[str, Any]:
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
    form = MeasurementForm(request.POST)
    if form.is_valid():
        try:
            services.enter_measurement(actor=person(request), goal=goal, **form.cleaned_data)
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(request, _("The figure is kept."))
            return redirect(f"{request.path.rsplit('/', 3)[0]}/?goal={goal.pk}")
    elif not permissions.can_enter_figures(request.user, goal):
        services.enter_measurement(actor=person(request), goal=goal, on=timezone.localdate(), value=Decimal(0))
    version = (
        PolicyVersion.objects.filter(goal=goal)
        .select_related("goal", "activity__stage", "accountable")
        .order_by("-number")
        .first()
    )
    row = _row(version) if version else None
    return _page(request, [row] if row else [], row, form, status=422)
