"""Who is responsible: drafts, decisions, days on which they take effect, and the stop switch."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from policies import fundamentals, permissions
from policies.control_points import KINDS, accepts
from policies.fundamentals import Standing
from policies.method import ToolSeen, gaps
from policies.models import (
    Activity,
    Category,
    ControlPoint,
    Goal,
    PolicyOverride,
    PolicyState,
    PolicyVersion,
    PromptVersion,
    Tool,
)
from policies.suggestion import suggest
from workbench.accounts.models import User
from workbench.accounts.notices import notify
from workbench.privacy.holds import drop_key, held_by, lock_living
from workbench.privacy.models import DataKey
from workbench.privacy.spellings import visible

type Points = Sequence[tuple[str, Mapping[str, Any]]]

LEAST_REASON, MOST_REASON = 10, 1000


def _require_leader(actor: User) -> None:
    if not permissions.can_decide_policies(actor):
        raise PermissionDenied(_("Only leaders decide who is responsible for an activity."))


@transaction.atomic
def save_policy_draft(
    *, actor: User, activity: Activity, category: str = "", rationale: str = "", accountable: User | None = None, goal: Goal | None = None,
    tool: Tool | None = None, control_points: Points = (),
) -> PolicyVersion:  # fmt: skip
    """Keep a decision that is being prepared; the next call does not know it. One draft per activity.

    Gaps are fine, the order is not: a tool is refused while category, rationale, goal or control points are missing.
    """
    _require_leader(actor)
    points = dict(control_points)
    wrong = _faults(activity, category, goal, points, accountable or actor)
    if tool is not None:
        wrong |= {
            name: text
            for name, text in _gaps(activity, category, rationale, goal, tool, points).items()
            if name not in wrong
        }
    if wrong:
        raise ValidationError(wrong)
    return _write(activity, category, rationale, accountable or actor, goal, tool, points)


@transaction.atomic
def put_in_force(
    *, actor: User, activity: Activity, category: str, rationale: str, accountable: User | None = None, goal: Goal | None = None,
    tool: Tool | None = None, control_points: Points = (), effective_at: datetime | None = None, override: str = "",
) -> PolicyVersion:  # fmt: skip
    """Decide who is responsible for an activity, from the next call on or from ``effective_at`` on.

    The version in force before is superseded at that moment; a draft of the activity becomes this version. The order is the method: a
    tool is accepted only where category, rationale, goal and control points stand. Fundamentals that the control points name are in place, or
    ``override`` says why it takes effect all the same, which is kept and logged. Raises ValidationError with every gap in words, or
    PermissionDenied.
    """
    _require_leader(actor)
    points = dict(control_points)
    accountable = accountable or actor
    wrong = _faults(activity, category, goal, points, accountable)
    wrong = _gaps(activity, category, rationale, goal, tool, points) | wrong
    if activity.retired_at is not None:
        wrong["category"] = _("This activity is retired. Take it up again before you decide about it.")
    missing = [] if "control_points" in wrong else fundamentals.missing(category, points, accountable.team_id)
    if missing and (fault := _fault_of_override(missing, override)):
        wrong["override"] = fault
    if wrong:
        raise ValidationError(wrong)
    version = _write(activity, category, rationale, accountable, goal, tool, points)
    if missing:
        _override(version, actor, missing, override)
    now = timezone.now()
    later = effective_at is not None and effective_at > now
    if later:
        _withdraw_scheduled(activity, actor)
    before = None if later else _supersede(activity, actor, now)
    version.state = PolicyState.SCHEDULED if later else PolicyState.IN_FORCE
    version.decided_by, version.in_force_at = actor, effective_at if later else now
    version.save(update_fields=["state", "decided_by", "in_force_at"])
    facts: dict[str, Any] = {
        "category": category, "version": version.number, "before": before.category if before else "", "suggested": version.suggested,
        "control_points": list(points), "accountable_id": accountable.pk, "tool_id": tool.pk if tool else None,
    }  # fmt: skip
    if later and effective_at:
        facts["effective_at"] = effective_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    record(
        action="policy.scheduled" if later else "policy.in_force", actor=actor, object_type="policy_version", object_id=version.pk,
        activity_id=activity.pk, policy_version_id=version.pk, **facts,
    )  # fmt: skip
    return version


def _fault_of_override(missing: Sequence[Standing], reason: str) -> str:
    """What stands against deciding without these fundamentals; nothing where the reason does."""
    reason = reason.strip()
    if not reason:
        return _(
            "Not in place: %(names)s. Put them in place and assess them, take the control point away, or say why the policy takes effect all the same; your name and reason stay with it."
        ) % {"names": fundamentals.in_words(missing)}
    if len(visible(reason)) < LEAST_REASON or len(reason) > MOST_REASON or "\x00" in reason:
        return _("Give the reason in %(least)d to %(most)d characters that can be seen.") % {
            "least": LEAST_REASON,
            "most": MOST_REASON,
        }
    return ""


def _override(version: PolicyVersion, actor: User, missing: Sequence[Standing], reason: str) -> None:
    """Keep who decided without which fundamentals, and why. The log holds all but the reason."""
    names = [one.slug for one in missing]
    override = PolicyOverride(policy_version=version, by=actor, fundamentals=names, data_key=DataKey.make())
    override.reason = reason.strip()
    override.save()
    record(
        action="policy.overridden", actor=actor, object_type="policy_version", object_id=version.pk, activity_id=version.activity_id,
        policy_version_id=version.pk, category=version.category, version=version.number, fundamentals=names, override_id=override.pk,
    )  # fmt: skip


def _drop_override(draft: PolicyVersion) -> None:
    """Why somebody decided on what was taken back since goes with its key. Raises ValidationError where that is under a legal hold."""
    override = PolicyOverride.objects.filter(policy_version=draft).first()
    if override is None:
        return
    key = override.data_key.pk
    living = lock_living([key])
    if held := held_by([key]):
        raise ValidationError(
            _(
                "Why somebody decided on this draft before is under a legal hold (%s), so it stays as it is. Ask compliance."
            )
            % held[key]
        )
    override.delete()
    if living:
        drop_key(key)


def _write(
    activity: Activity, category: str, rationale: str, accountable: User, goal: Goal | None, tool: Tool | None,
    points: Mapping[str, Mapping[str, Any]],
) -> PolicyVersion:  # fmt: skip
    """The draft of the activity with this content. The lock on the activity keeps two leaders from deciding at once."""
    activity = Activity.objects.select_for_update().get(pk=activity.pk)
    draft = activity.policy_versions.filter(state=PolicyState.DRAFT).first()
    if draft is None:
        draft = PolicyVersion(
            activity=activity, number=(activity.policy_versions.aggregate(top=Max("number"))["top"] or 0) + 1
        )
    suggestion = suggest(activity.traits)
    draft.category, draft.rationale, draft.accountable = category, rationale.strip(), accountable
    draft.goal = None if category == Category.HUMAN_ONLY else goal
    draft.suggested = suggestion.category if suggestion else ""
    # The tool comes last in the database as well: first off, then the control points, then on.
    draft.tool = None
    draft.save()
    draft.control_points.all().delete()
    _drop_override(draft)
    place_points(draft, points)
    if tool is not None:
        draft.tool = tool
        draft.save(update_fields=["tool"])
    return draft


def _supersede(activity: Activity, actor: User | None, now: datetime) -> PolicyVersion | None:
    """End the version that decides now, if there is one."""
    before = PolicyVersion.objects.deciding().filter(activity=activity).first()
    if before is not None:
        end_version(before, actor, now)
    return before


def end_version(version: PolicyVersion, actor: User | None, now: datetime) -> None:
    """Another version decides from now on. One that was suspended keeps the moment and the person of that."""
    PolicyVersion.objects.filter(pk=version.pk).update(
        state=PolicyState.SUPERSEDED,
        ended_at=version.ended_at or now,
        ended_by=version.ended_by_id or (actor.pk if actor else None),
    )


def place_points(version: PolicyVersion, points: Mapping[str, Mapping[str, Any]]) -> None:
    """Give a draft its control points, in this order."""
    ControlPoint.objects.bulk_create(
        ControlPoint(policy_version=version, kind=kind, params=dict(params), order=order)
        for order, (kind, params) in enumerate(points.items())
    )


def _faults(
    activity: Activity, category: str, goal: Goal | None, points: Mapping[str, Mapping[str, Any]], accountable: User
) -> dict[str, str]:
    """What is wrong, as opposed to missing."""
    found: dict[str, str] = {}
    if category and category not in Category.values:
        found["category"] = _("Choose who is responsible.")
    if goal is not None and goal.activity_id != activity.pk:
        found["goal"] = _("Set a goal first: a measure, from where to where, by when.")
    if unknown := set(points) - set(KINDS):
        found["control_points"] = _("Unknown control points: %s.") % ", ".join(sorted(unknown))
    elif odd := [str(KINDS[kind].label) for kind, params in points.items() if not accepts(kind, params)]:
        found["control_points"] = _("These control points cannot work as they are set: %s.") % ", ".join(odd)
    if not accountable.is_active:
        found["accountable"] = _("This person no longer works here. Name somebody else.")
    return found


def _gaps(
    activity: Activity, category: str, rationale: str, goal: Goal | None, tool: Tool | None, points: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:  # fmt: skip
    """The gaps of the method, and that automation has a prompt it can check."""
    seen = ToolSeen(tool.name, tool.data) if tool else None
    found = gaps(
        category=category, rationale=rationale, has_goal=goal is not None, tool=seen, points=points, data=activity.data
    )
    approved = PromptVersion.objects.approved().filter(prompt__activity=activity, output_schema__isnull=False)
    if category == Category.AUTOMATED and not approved.exists():
        found["category"] = _("Automation needs an approved prompt with an output schema. This activity has none yet.")
    return found


@transaction.atomic
def discard_policy_draft(*, actor: User, activity: Activity) -> bool:
    """Throw the draft of an activity away. False when there was none. Raises ValidationError where a reason that went with it is under a legal hold."""
    _require_leader(actor)
    Activity.objects.select_for_update().get(pk=activity.pk)
    drafts = PolicyVersion.objects.filter(activity=activity, state=PolicyState.DRAFT)
    for draft in drafts:
        _drop_override(draft)
    drafts.update(tool=None)
    return bool(drafts.delete()[0])


@transaction.atomic
def withdraw_policy(*, actor: User, activity: Activity) -> bool:
    """Take back a decision whose day has not come. It is a draft again, unless there is one; False when there was nothing to take back."""
    _require_leader(actor)
    return _withdraw_scheduled(activity, actor)


def _withdraw_scheduled(activity: Activity, actor: User) -> bool:
    version = PolicyVersion.objects.filter(activity=activity, state=PolicyState.SCHEDULED).first()
    if version is None:
        return False
    _take_back(version, actor)
    record(
        action="policy.withdrawn", actor=actor, object_type="policy_version", object_id=version.pk, activity_id=activity.pk,
        policy_version_id=version.pk, category=version.category, version=version.number,
    )  # fmt: skip
    return True


def _take_back(version: PolicyVersion, actor: User | None) -> None:
    """A decision that waited for its day is a draft again."""
    taken = PolicyVersion.objects.filter(activity=version.activity_id, state=PolicyState.DRAFT).exists()
    # Where a newer draft stands, the withdrawn decision ends as superseded: nothing that was decided disappears.
    change: dict[str, Any] = {"state": PolicyState.SUPERSEDED, "ended_at": timezone.now(), "ended_by": actor}
    PolicyVersion.objects.filter(pk=version.pk).update(**(change if taken else {"state": PolicyState.DRAFT}))


def take_effect(*, activity: Activity | None = None) -> int:
    """Put decisions in force whose day has come. Returns how many. Asked every few seconds, and by every call itself."""
    due = PolicyVersion.objects.filter(state=PolicyState.SCHEDULED, in_force_at__lte=timezone.now())
    if activity is not None:
        due = due.filter(activity=activity)
    due = due.select_related("activity", "decided_by", "accountable", "override").prefetch_related("control_points")
    return sum(_take_effect(version) for version in due[:500])


@transaction.atomic
def _take_effect(version: PolicyVersion) -> bool:
    Activity.objects.select_for_update().get(pk=version.activity_id)
    if not PolicyVersion.objects.filter(pk=version.pk, state=PolicyState.SCHEDULED).exists():
        return False
    if missing := _lost(version):
        _hold_back(version, missing)
        return False
    before = _supersede(version.activity, version.decided_by, version.in_force_at or timezone.now())
    PolicyVersion.objects.filter(pk=version.pk, state=PolicyState.SCHEDULED).update(state=PolicyState.IN_FORCE)
    record(
        action="policy.took_effect", object_type="policy_version", object_id=version.pk, activity_id=version.activity_id,
        policy_version_id=version.pk, category=version.category, version=version.number, before=before.category if before else "",
    )  # fmt: skip
    return True


def _lost(version: PolicyVersion) -> list[str]:
    """The fundamentals that a decision asks for and that are not in place on its day, beside those it was decided without."""
    team_id = version.accountable.team_id if version.accountable else None
    override: PolicyOverride | None = getattr(version, "override", None)
    known = set(override.fundamentals) if override else set()
    found = fundamentals.missing(version.category, version.points, team_id)
    return [one.slug for one in found if one.slug not in known]


def _hold_back(version: PolicyVersion, missing: Sequence[str]) -> None:
    """The day came and something it rests on was lost meanwhile: nothing takes effect, and those who decided decide anew."""
    _take_back(version, None)
    record(
        action="policy.held_back", object_type="policy_version", object_id=version.pk, activity_id=version.activity_id,
        policy_version_id=version.pk, category=version.category, version=version.number, fundamentals=list(missing),
    )  # fmt: skip
    owners = {person for person in (version.accountable, version.decided_by) if person is not None}
    notify(owners, "policy_held_back", reverse("policies:policy", args=[version.activity.slug]))


@transaction.atomic
def suspend_policy(*, actor: User | None, version: PolicyVersion, **figures: Any) -> bool:
    """The stop switch: the next call is refused. ``actor`` None: the policy's own rule did it, ``figures`` say why.

    A decision that waits for its day is withdrawn with it, so that nothing lifts the stop but a new decision. Returns False when the
    version was no longer in force.
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
        owners = {
            person for person in (version.accountable, version.decided_by) if person is not None and person != actor
        }
        notify(owners, "policy_suspended", reverse("policies:policy", args=[version.activity.slug]))
        if actor is not None:
            _withdraw_scheduled(version.activity, actor)
    return bool(changed)
