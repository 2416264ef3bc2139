"""The decision at run time: gather the facts, ask the pure function."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from policies import permissions, tools
from policies.decision import Decision, Facts, weigh
from policies.models import (
    Activity,
    ControlPoint,
    DataClass,
    PolicyState,
    PolicyVersion,
    PromptState,
    PromptVersion,
    Tool,
    ToolUse,
)
from policies.services.policies import take_effect
from workbench.accounts.models import Qualification, User


def month_of(moment: datetime) -> date:
    """The first day of the month, in the time of this house."""
    return timezone.localtime(moment).date().replace(day=1)


#: What a decision reads of the version that decides, and of the people and the tool behind it.
_READ = (
    "pk", "state", "category", "rationale", "in_force_at", "ended_at", "decided_by__first_name", "decided_by__last_name", "decided_by__username",
    "accountable__is_active", "tool_id", "tool__enabled", "tool__provider", "tool__data", "tool__key_sealed", "tool__team_calls_per_month",
    "tool__team_cost_per_month",
)  # fmt: skip


def decide(*, actor: User, activity: Activity, prompt_version: PromptVersion | None = None) -> Decision:
    """Whether this person may use AI for this activity now, why not, and what must happen if so. At most three queries.

    Without a prompt version the answer is about the activity alone (may a form be opened at all).
    """
    now = timezone.now()
    version = _deciding(activity, now)
    facts = Facts(activity=activity.name, may_run=permissions.can_run(actor), retired=activity.retired_at is not None)
    if version is not None:
        points = dict(ControlPoint.objects.filter(policy_version=version["pk"]).values_list("kind", "params"))
        limits = version["tool__team_calls_per_month"], version["tool__team_cost_per_month"]
        spent, lacking = _about(
            actor, version["tool_id"], limits, str(points.get("qualification", {}).get("name", "")), now
        )
        decided_by = User(
            username=version["decided_by__username"] or "", first_name=version["decided_by__first_name"] or "",
            last_name=version["decided_by__last_name"] or "",
        )  # fmt: skip
        facts = replace(
            facts,
            policy_state=version["state"],
            category=version["category"],
            decided_by=str(decided_by),
            decided_at=version["ended_at"] if version["state"] == PolicyState.SUSPENDED else version["in_force_at"],
            rationale=version["rationale"],
            prompt_state=prompt_version.state if prompt_version else PromptState.APPROVED,
            prompt_of_activity=prompt_version is None or prompt_version.prompt.activity_id == activity.pk,
            prompt_has_schema=prompt_version is None or prompt_version.output_schema is not None,
            tool_enabled=bool(version["tool__enabled"]),
            tool_ready=version["tool_id"] is not None
            and tools.is_ready(version["tool__provider"], has_key=version["tool__key_sealed"] is not None),
            tool_may_not_see=tuple(
                str(DataClass(name).label) for name in activity.data if name not in (version["tool__data"] or ())
            ),
            budget_spent=spent,
            accountable_active=bool(version["accountable__is_active"]),
            qualification=lacking,
            control_points=points,
        )
    return replace(
        weigh(facts),
        activity_id=activity.pk,
        policy_version_id=version["pk"] if version else None,
        prompt_version_id=prompt_version.pk if prompt_version else None,
        tool_id=version["tool_id"] if version else None,
    )


def _deciding(activity: Activity, now: datetime) -> dict[str, Any] | None:
    """The version that decides at this moment. A decision whose day has come takes effect here, if nothing was faster.

    Plain values: building the models of four tables took longer than the rest of the decision.
    """
    versions = PolicyVersion.objects.filter(activity=activity).live().order_by().values(*_READ)
    found = list(versions)
    if any(row["state"] == PolicyState.SCHEDULED and row["in_force_at"] <= now for row in found):
        take_effect(activity=activity)
        found = list(versions.all())
    return next((row for row in found if row["state"] != PolicyState.SCHEDULED), None)


def budget_spent(*, actor: User, tool: Tool) -> bool:
    """Whether the person's team has reached a limit of the tool this month."""
    return bool(_about(actor, tool.pk, (tool.team_calls_per_month, tool.team_cost_per_month), "", timezone.now())[0])


def _about(
    actor: User, tool_id: int | None, limits: tuple[int | None, Decimal | None], wanted: str, now: datetime
) -> tuple[str, str]:
    """Which limit of the tool the person's team has reached (``calls``, ``cost`` or nothing), and the qualification they lack, or nothing.

    One query for both, and none where neither is asked for.
    """
    if not wanted and limits == (None, None):
        return "", ""
    use = ToolUse.objects.filter(tool=tool_id, team=actor.team_id, month=month_of(now))
    holds = Qualification.objects.held(on=now).filter(person=OuterRef("pk"), name=wanted)
    held, calls, cost = (
        User.objects.filter(pk=actor.pk)
        .annotate(
            holds=Exists(holds),
            used_calls=Subquery(use.values("calls")[:1]),
            used_cost=Subquery(use.values("cost")[:1]),
        )
        .values_list("holds", "used_calls", "used_cost")
        .get()
    )
    spent = ""
    if limits[0] is not None and (calls or 0) >= limits[0]:
        spent = "calls"
    elif limits[1] is not None and (cost or 0) >= limits[1]:
        spent = "cost"
    return spent, wanted if wanted and not held else ""
