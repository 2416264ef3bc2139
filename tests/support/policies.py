"""A policy with one more control point."""

from typing import Any

from policies.models import Activity, PolicyVersion
from policies.services import put_in_force


def with_point(slug: str, by: Any, kind: str, params: dict[str, Any]) -> Activity:
    """The activity, under its policy with this control point added, decided by this leader."""
    activity = Activity.objects.get(slug=slug)
    now = PolicyVersion.objects.deciding().get(activity=activity)
    put_in_force(
        actor=by, activity=activity, category=now.category, rationale=now.rationale, accountable=now.accountable, goal=now.goal, tool=now.tool,
        control_points=[*(now.points | {kind: params}).items()],
    )  # fmt: skip
    return activity
