"""The overview for leaders: coverage, outputs, verdicts, waiting times, goals. Nothing in it is about a person."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from policies.models import Activity, Category, PolicyVersion
from policies.permissions import can_change_map
from policies.progress import current_goals
from workbench.runs import figures

WIDTH, HEIGHT = 640, 160


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What leaders look at once a week. A dozen queries, however many runs there are."""
    if not can_change_map(request.user):
        raise PermissionDenied(_("The overview is for leaders."))
    found = figures.overview()
    decided = set(PolicyVersion.objects.deciding().values_list("activity_id", flat=True))
    current = list(Activity.objects.current().select_related("stage"))
    goals = current_goals()
    with_goal = {row.goal.activity_id for row in goals}
    with_ai = set(
        PolicyVersion.objects.deciding().exclude(category=Category.HUMAN_ONLY).values_list("activity_id", flat=True)
    )
    verdicts = found["verdicts"]
    context: dict[str, Any] = {
        "total": len(current),
        "undecided": [activity for activity in current if activity.pk not in decided],
        "without_goal": [activity for activity in current if activity.pk in with_ai - with_goal],
        "bars": bars(found["weeks"]),
        "table": [
            (week, [counts[name] for name in Category.values[1:]], sum(counts.values()))
            for week, counts in reversed(found["weeks"])
        ],
        "categories": Category.values[1:],
        "outputs": sum(sum(counts.values()) for _week, counts in found["weeks"]),
        "decided": sum(verdicts.values()),
        "verdicts": [(name, verdicts.get(name, 0)) for name in ("approved", "edited", "rejected")],
        "wait": found["wait"],
        "goals": goals,
        "width": WIDTH,
        "height": HEIGHT,
    }
    return render(request, "runs/overview.html", context)


def bars(weeks: list[tuple[Any, Any]]) -> list[dict[str, Any]]:
    """Stacked bars, one per week, as numbers of an SVG drawing."""
    top = max([sum(counts.values()) for _week, counts in weeks] + [1])
    slot = WIDTH / len(weeks)
    drawn = []
    for number, (week, counts) in enumerate(weeks):
        y: float = HEIGHT
        for name in Category.values:
            if count := counts[name]:
                height = (HEIGHT - 8) * count / top
                y -= height
                drawn.append(
                    {
                        "x": round(number * slot + slot * 0.2, 1),
                        "y": round(y, 1),
                        "width": round(slot * 0.6, 1),
                        "height": round(height, 1),
                        "category": name,
                        "week": week,
                        "count": count,
                    }
                )
    return drawn
