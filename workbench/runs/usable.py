"""What somebody may use AI for now."""

from collections.abc import Collection

from django.utils import timezone

from policies.models import ControlPoint, PolicyVersion, PromptVersion
from policies.permissions import can_run
from workbench.accounts.models import User
from workbench.runs.models import PRACTICE


def usable_prompts(user: User, closed: Collection[int]) -> list[PromptVersion]:
    """Approved prompts of activities whose policy in force lets this person use AI, but for what is closed to them; each carries ``policy``.
    Two queries."""
    if not can_run(user):
        return []
    policies = {
        version.activity_id: version
        for version in PolicyVersion.objects.filter(state="in_force")
        .exclude(category="human_only")
        .select_related("activity__stage")
    }
    versions = list(
        PromptVersion.objects.approved()
        .select_related("prompt__activity__stage")
        .filter(prompt__activity__in=policies.keys() - set(closed))
        .exclude(prompt__slug__in=PRACTICE.values())
        .order_by("prompt__activity__stage__order", "prompt__activity__order", "prompt__title")
    )
    for version in versions:
        version.policy = policies[version.prompt.activity_id]
    return versions


def missing_rights(user: User) -> dict[int, ControlPoint]:
    """By activity, what its policy in force asks for and this person does not hold now. One query, two where a policy asks for anything."""
    points = ControlPoint.objects.filter(
        kind="qualification", policy_version__state="in_force", policy_version__activity__retired_at=None
    ).select_related("policy_version__activity")
    asked = {point.policy_version.activity_id: point for point in points.order_by("policy_version__activity__name")}
    if not asked:
        return {}
    held = set(user.qualifications.held(on=timezone.now()).values_list("name", flat=True))
    return {activity: point for activity, point in asked.items() if point.params["name"] not in held}
