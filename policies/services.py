"""What can be done with policies and prompts, and the decision at run time."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from policies import permissions, tools
from policies.control_points import KINDS, accepts
from policies.decision import Decision, Facts, weigh
from policies.models import (
    Activity,
    Category,
    ControlPoint,
    Goal,
    PolicyState,
    PolicyVersion,
    Prompt,
    PromptState,
    PromptVersion,
    Tool,
)
from workbench.accounts.models import User


def decide(*, actor: User, activity: Activity, prompt_version: PromptVersion | None = None) -> Decision:
    """Whether this person may use AI for this activity now, why not, and what must happen if so. At most three queries.

    Without a prompt version the answer is about the activity alone (may a form be opened at all).
    """
    version = (
        PolicyVersion.objects.deciding()
        .select_related("decided_by", "accountable", "tool")
        .prefetch_related("control_points")
        .filter(activity=activity)
        .first()
    )
    facts = Facts(activity=activity.name, may_run=permissions.can_run(actor))
    if version is not None:
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
            tool_enabled=version.tool is not None and version.tool.enabled,
            tool_ready=version.tool is not None and tools.endpoint(version.tool) is not None,
            accountable_active=version.accountable is not None and version.accountable.is_active,
            control_points={point.kind: point.params for point in version.control_points.all()},
        )
    return replace(
        weigh(facts),
        activity_id=activity.pk,
        policy_version_id=version.pk if version else None,
        prompt_version_id=prompt_version.pk if prompt_version else None,
        tool_id=version.tool_id if version else None,
    )


@transaction.atomic
def put_in_force(
    *, actor: User, activity: Activity, category: str, rationale: str, accountable: User | None = None, goal: Goal | None = None,
    tool: Tool | None = None, control_points: Sequence[tuple[str, Mapping[str, Any]]] = (),
) -> PolicyVersion:  # fmt: skip
    """Decide who is responsible for an activity, from the next call on. The version in force before is superseded.

    The order is the method: a tool is accepted only where category, rationale, goal and control points stand. Raises
    ValidationError with every gap in words, or PermissionDenied.
    """
    if not permissions.can_decide_policies(actor):
        raise PermissionDenied(_("Only leaders decide who is responsible for an activity."))
    points = dict(control_points)
    accountable = accountable or actor
    _check_decision(activity, category, rationale, goal, tool, points, accountable)
    # The lock on the activity keeps two leaders from deciding at once.
    activity = Activity.objects.select_for_update().get(pk=activity.pk)
    before = PolicyVersion.objects.deciding().filter(activity=activity).first()
    now = timezone.now()
    if before is not None:
        PolicyVersion.objects.filter(pk=before.pk).update(
            state=PolicyState.SUPERSEDED, ended_at=before.ended_at or now, ended_by=before.ended_by_id or actor.pk
        )
    number = (activity.policy_versions.aggregate(top=Max("number"))["top"] or 0) + 1
    version = PolicyVersion.objects.create(
        activity=activity, number=number, category=category, rationale=rationale.strip(), goal=goal, accountable=accountable, tool=tool
    )  # fmt: skip
    ControlPoint.objects.bulk_create(
        ControlPoint(policy_version=version, kind=kind, params=dict(params), order=order)
        for order, (kind, params) in enumerate(points.items())
    )
    version.state, version.decided_by, version.in_force_at = PolicyState.IN_FORCE, actor, now
    version.save(update_fields=["state", "decided_by", "in_force_at"])
    record(
        action="policy.in_force",
        actor=actor,
        object_type="policy_version",
        object_id=version.pk,
        activity_id=activity.pk,
        policy_version_id=version.pk,
        category=category,
        version=number,
        before=before.category if before else "",
        control_points=list(points),
        accountable_id=accountable.pk,
        tool_id=tool.pk if tool else None,
    )
    return version


def _check_decision(
    activity: Activity, category: str, rationale: str, goal: Goal | None, tool: Tool | None,
    points: Mapping[str, Mapping[str, Any]], accountable: User,
) -> None:  # fmt: skip
    gaps: dict[str, str] = {}
    if category not in Category.values:
        gaps["category"] = _("Choose who is responsible.")
    if len(rationale.strip()) < 10:
        gaps["rationale"] = _("Write one sentence why. It is shown to everybody whose call is refused.")
    if unknown := set(points) - set(KINDS):
        gaps["control_points"] = _("Unknown control points: %s.") % ", ".join(sorted(unknown))
    elif odd := [str(KINDS[kind].label) for kind, params in points.items() if not accepts(kind, params)]:
        gaps["control_points"] = _("These control points cannot work as they are set: %s.") % ", ".join(odd)
    if not accountable.is_active:
        gaps["accountable"] = _("This person no longer works here. Name somebody else.")
    if category == Category.HUMAN_ONLY:
        if tool is not None:
            gaps["tool"] = _("An activity that stays with people has no tool.")
    elif category in Category.values:
        if goal is None or goal.activity_id != activity.pk:
            gaps["goal"] = _("Set a goal first: a measure, from where to where, by when.")
        if tool is None:
            gaps["tool"] = _("Attach a tool: without one there is nothing to call.")
        elif not points:
            gaps["tool"] = _("Place at least one control point before you attach a tool.")
        if category == Category.AUTOMATED:
            if (
                not {"schema"} <= set(points)
                or len(set(points) & {kind.name for kind in KINDS.values() if kind.check}) < 2
            ):
                gaps["control_points"] = _(
                    "Automation needs the schema check and at least one more rule on the output."
                )
            approved = PromptVersion.objects.approved().filter(prompt__activity=activity)
            if not approved.filter(output_schema__isnull=False).exists():
                gaps["category"] = _(
                    "Automation needs an approved prompt with an output schema. This activity has none yet."
                )
    if gaps:
        raise ValidationError(gaps)


@transaction.atomic
def suspend_policy(*, actor: User | None, version: PolicyVersion, **figures: Any) -> bool:
    """The stop switch: the next call is refused. ``actor`` None: the policy's own rule did it, ``figures`` say why.

    Returns False when the version was no longer in force.
    """
    if actor is not None and not permissions.can_suspend_policies(actor):
        raise PermissionDenied(_("Only leaders and compliance suspend a policy."))
    changed = PolicyVersion.objects.filter(pk=version.pk, state=PolicyState.IN_FORCE).update(
        state=PolicyState.SUSPENDED, ended_at=timezone.now(), ended_by=actor
    )
    if changed:
        record(
            action="policy.suspended",
            actor=actor,
            object_type="policy_version",
            object_id=version.pk,
            activity_id=version.activity_id,
            policy_version_id=version.pk,
            category=version.category,
            version=version.number,
            **figures,
        )
    return bool(changed)


@transaction.atomic
def set_goal(
    *, actor: User, activity: Activity, measure: str, baseline: Decimal, target: Decimal, unit: str, due: date
) -> Goal:
    """A concrete goal for an activity. It takes effect with the next policy version."""
    if not permissions.can_decide_policies(actor):
        raise PermissionDenied(_("Only leaders set goals."))
    goal = Goal(activity=activity, measure=measure, baseline=baseline, target=target, unit=unit, due=due)
    goal.full_clean()
    goal.save()
    return goal


INPUT_KINDS = frozenset({"text", "long_text", "transcript", "choice"})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
PLACE_OF_INPUT = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def check_inputs(inputs: Sequence[Mapping[str, Any]], information: str) -> None:
    """A prompt's inputs are well formed, and its information names exactly them. Raises ValidationError."""
    names = [str(entry.get("name", "")) for entry in inputs]
    for entry in inputs:
        if (
            not _NAME.match(str(entry.get("name", "")))
            or entry.get("kind") not in INPUT_KINDS
            or not entry.get("label")
        ):
            raise ValidationError(_("Each input needs a name in small letters, a kind and a label."))
        if entry["kind"] == "choice" and not entry.get("choices"):
            raise ValidationError(_("The input “%s” is a choice and names no choices.") % entry["label"])
    used = PLACE_OF_INPUT.findall(information)
    if len(set(names)) != len(names) or set(used) != set(names):
        raise ValidationError(_("The information must name each input once in braces, and nothing else."))


@transaction.atomic
def write_prompt_version(*, actor: User, prompt: Prompt, **content: Any) -> PromptVersion:
    """A new version, in review. What is live does not change."""
    if not permissions.can_run(actor):
        raise PermissionDenied(_("Your roles do not include writing prompts."))
    check_inputs(content.get("inputs", ()), content.get("information", ""))
    number = (prompt.versions.aggregate(top=Max("number"))["top"] or 0) + 1
    version = PromptVersion(prompt=prompt, number=number, state=PromptState.IN_REVIEW, author=actor, **content)
    version.full_clean(exclude=["approved_by", "approved_at"])
    version.save()
    return version


@transaction.atomic
def approve_prompt_version(*, actor: User, version: PromptVersion) -> PromptVersion:
    """Make a version the live one; the version approved before is retired. Nobody approves what they wrote."""
    if not permissions.can_decide_policies(actor) or actor.pk == version.author_id:
        raise PermissionDenied(_("A prompt is approved by a leader who did not write it."))
    PromptVersion.objects.approved().filter(prompt=version.prompt).update(state=PromptState.RETIRED)
    changed = PromptVersion.objects.filter(pk=version.pk, state=PromptState.IN_REVIEW).update(
        state=PromptState.APPROVED, approved_by=actor, approved_at=timezone.now()
    )
    if not changed:
        raise ValidationError(_("This version is not in review. Load the page again to see where it stands."))
    version.refresh_from_db()
    record(
        action="prompt.approved", actor=actor, object_type="prompt_version", object_id=version.pk, activity_id=version.prompt.activity_id,
        prompt_version_id=version.pk, version=version.number, author_id=version.author_id,
    )  # fmt: skip
    return version


@transaction.atomic
def switch_tool(*, actor: User, tool: Tool, enabled: bool) -> None:
    """Switch a tool on or off. Off: every activity that rests on it is refused from the next call on."""
    if not permissions.can_manage_tools(actor):
        raise PermissionDenied(_("Only leaders and administrators switch tools."))
    if Tool.objects.filter(pk=tool.pk).exclude(enabled=enabled).update(enabled=enabled):
        record(
            action="tool.changed", actor=actor, object_type="tool", object_id=tool.pk, tool_id=tool.pk, enabled=enabled
        )
