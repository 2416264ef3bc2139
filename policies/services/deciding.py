"""The decision at run time: gather the facts, ask the pure function."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from policies import permissions, tools
from policies.decision import Decision, Facts, weigh
from policies.models import Activity, DataClass, PolicyState, PolicyVersion, PromptState, PromptVersion
from policies.services.policies import take_effect
from workbench.accounts.models import User
from workbench.accounts.querysets import holds_qualification


def month_of(moment: datetime) -> date:
    """The first day of the month, in the time of this house."""
    return timezone.localtime(moment).date().replace(day=1)


def decide(*, actor: User, activity: Activity, prompt_version: PromptVersion | None = None) -> Decision:
    """Whether this person may use AI for this activity now, why not, and what must happen if so. At most three queries.

    Without a prompt version the answer is about the activity alone (may a form be opened at all).
    """
    now = timezone.now()
    version = _deciding(actor, activity, now)
    facts = Facts(activity=activity.name, may_run=permissions.can_run(actor), retired=activity.retired_at is not None)
    if version is not None:
        points = version.points
        wanted = str(points.get("qualification", {}).get("name", ""))
        tool = version.tool
        facts = replace(
            facts,
            policy_state=version.state,
            category=version.category,
            decided_by=str(version.decided_by),
            decided_at=version.ended_at if version.state == PolicyState.SUSPENDED else version.in_force_at,
            rationale=version.rationale,
            prompt_state=prompt_version.state if prompt_version else PromptState.APPROVED,
            prompt_of_activity=prompt_version is None or prompt_version.prompt.activity_id == activity.pk,
            prompt_has_schema=prompt_version is None or prompt_version.output_schema is not None,
            tool_enabled=tool is not None and tool.enabled,
            tool_ready=tool is not None and tools.endpoint(tool) is not None,
            tool_may_not_see=tuple(
                str(DataClass(name).label) for name in activity.data if tool is None or name not in tool.data
            ),
            budget_spent=_budget_spent(version),
            accountable_active=version.accountable is not None and version.accountable.is_active,
            qualification="" if not wanted or holds_qualification(actor, wanted, on=now) else wanted,
            control_points=points,
        )
    return replace(
        weigh(facts),
        activity_id=activity.pk,
        policy_version_id=version.pk if version else None,
        prompt_version_id=prompt_version.pk if prompt_version else None,
        tool_id=version.tool_id if version else None,
    )


def _deciding(actor: User, activity: Activity, now: datetime) -> PolicyVersion | None:
    """The version that decides at this moment. A decision whose day has come takes effect here, if nothing was faster."""
    versions = (
        PolicyVersion.objects.filter(activity=activity)
        .live()
        .with_use_of(team_id=actor.team_id, month=month_of(now))
        .select_related("decided_by", "accountable", "tool__data_key")
        .prefetch_related("control_points")
    )
    found = list(versions)
    if any(version.state == PolicyState.SCHEDULED and version.in_force_at and version.in_force_at <= now for version in found):  # fmt: skip
        take_effect(activity=activity)
        found = list(versions.all())
    return next((version for version in found if version.state != PolicyState.SCHEDULED), None)


def _budget_spent(version: PolicyVersion) -> str:
    """Which limit of the tool this team has reached this month: ``calls``, ``cost``, or the empty string."""
    tool = version.tool
    if tool is None:
        return ""
    if tool.team_calls_per_month is not None and (version.team_calls or 0) >= tool.team_calls_per_month:
        return "calls"
    if tool.team_cost_per_month is not None and Decimal(str(version.team_cost or 0)) >= tool.team_cost_per_month:
        return "cost"
    return ""
