"""The decision at run time, as a pure function: facts in, effect, reasons and obligations out.

Shape and words follow XACML 3.0 (OASIS): a decision has an effect and obligations that whoever enforces it must honour.
Where a fact is missing the answer is DENY.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


class Effect(StrEnum):
    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision rests on. ``policy_state`` is empty where no policy was ever in force."""

    activity: str
    may_run: bool
    retired: bool = False
    policy_state: str = ""
    category: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    rationale: str = ""
    prompt_state: str = ""
    prompt_of_activity: bool = True
    prompt_has_schema: bool = False
    tool_enabled: bool = False
    tool_ready: bool = False
    #: Classes of data, in words, that the activity handles and the tool may not see.
    tool_may_not_see: tuple[str, ...] = ()
    #: The limit the person's team has reached: ``calls``, ``cost``, or empty.
    budget_spent: str = ""
    accountable_active: bool = False
    #: A qualification that the policy asks for and the person does not hold; empty where all is well.
    qualification: str = ""
    control_points: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a call is refused: a stable code for programs and the log, a sentence for people, and the qualification that is lacking, if it is one."""

    code: str
    sentence: str
    qualification: str = ""


@dataclass(frozen=True, slots=True)
class Obligation:
    """What must happen for the permission to hold: scrub, required_inputs, consent, languages, review, reviewer_role, reviewer_qualification, four_eyes, time_limit, planted_error, sample, rules, note, follow_ups."""

    name: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with the ids of what it rests on, so that a run can keep them."""

    effect: Effect
    reasons: tuple[Reason, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    category: str = ""
    activity_id: int | None = None
    policy_version_id: int | None = None
    prompt_version_id: int | None = None
    tool_id: int | None = None

    @property
    def allowed(self) -> bool:
        return self.effect is Effect.ALLOW

    def obliges(self, name: str) -> Obligation | None:
        return next((obligation for obligation in self.obligations if obligation.name == name), None)

    @property
    def sentence(self) -> str:
        """The reasons as running text."""
        return " ".join(reason.sentence for reason in self.reasons)


def weigh(facts: Facts) -> Decision:
    """Decide. The first reason that refuses is the answer; nothing after it could change it."""
    reason = _refusal(facts)
    if reason is not None:
        return Decision(Effect.DENY, (reason,), category=facts.category)
    return Decision(Effect.ALLOW, obligations=_obligations(facts), category=facts.category)


def _refusal(facts: Facts) -> Reason | None:
    names = {
        "activity": facts.activity,
        "person": facts.decided_by,
        "date": _day(facts.decided_at),
        "why": facts.rationale,
    }
    if not facts.may_run:
        return Reason(
            "role",
            _("Your roles do not include using AI. Ask an administrator for the role “rep”. No text was stored."),
        )
    if facts.retired:
        return Reason("retired", _("“%(activity)s” is retired. Choose another activity on the map. No text was stored.") % names)  # fmt: skip
    if not facts.policy_state:
        return Reason("no_policy", _("Nobody has decided yet who is responsible for “%(activity)s”. Ask a leader to put a policy in force. No text was stored.") % names)  # fmt: skip
    if facts.policy_state == "suspended":
        return Reason("suspended", _("The policy for “%(activity)s” is suspended since %(date)s. Until a leader puts a new one in force, people do this without AI. No text was stored.") % names)  # fmt: skip
    if facts.category == "human_only":
        return Reason(
            "human_only",
            _("%(person)s keeps “%(activity)s” with people. Since %(date)s: “%(why)s” No text was stored.") % names,
        )
    if facts.policy_state != "in_force" or facts.category not in {"sparring_partner", "human_in_the_loop", "automated"}:
        return Reason("no_policy", _("No policy in force allows AI for “%(activity)s”. Ask a leader to put one in force. No text was stored.") % names)  # fmt: skip
    if not facts.prompt_of_activity or facts.prompt_state != "approved":
        return Reason(
            "prompt",
            _("This prompt is not approved for “%(activity)s”. Choose an approved one from the library.") % names,
        )
    if facts.category == "automated" and not facts.prompt_has_schema:
        return Reason("schema", _("“%(activity)s” is automated, and this prompt has no output schema that could be checked. Choose another prompt.") % names)  # fmt: skip
    if facts.category == "automated" and not facts.accountable_active:
        return Reason(
            "accountable",
            _("The person accountable for “%(activity)s” no longer works here. Ask a leader to name another one.")
            % names,
        )
    if facts.qualification:
        return Reason("qualification", _("“%(activity)s” asks for the qualification “%(qualification)s”, which you do not hold or which has lapsed. Ask your trainer how to get it. No text was stored.") % (names | {"qualification": facts.qualification}), facts.qualification)  # fmt: skip
    if not facts.tool_enabled:
        return Reason(
            "tool_disabled",
            _("The tool for “%(activity)s” is switched off. Ask a leader to switch it on or attach another one.")
            % names,
        )
    if facts.tool_may_not_see:
        return Reason("tool_data", _("The tool for “%(activity)s” may not see what the activity handles: %(data)s. Ask a leader to attach another one. No text was stored.") % (names | {"data": ", ".join(facts.tool_may_not_see)}))  # fmt: skip
    if facts.budget_spent == "calls":
        return Reason("budget", _("Your team has used up this month's calls to the tool for “%(activity)s”. Ask a leader to raise the limit, or wait for next month. No text was stored.") % names)  # fmt: skip
    if facts.budget_spent:
        return Reason("budget", _("Your team has used up this month's budget of the tool for “%(activity)s”. Ask a leader to raise the limit, or wait for next month. No text was stored.") % names)  # fmt: skip
    if not facts.tool_ready:
        return Reason("no_model", _("There is no model to call. Two ways out: start with a model file (make demo MODEL=/path/to/model.gguf), or name a provider (WORKBENCH_MODEL and its key). Everything else works."))  # fmt: skip
    return None


def _obligations(facts: Facts) -> tuple[Obligation, ...]:
    points = facts.control_points
    found = [Obligation("scrub", points.get("scrub", {}))]
    found += [Obligation(kind, points[kind]) for kind in ("required_inputs", "consent", "languages") if kind in points]
    if facts.category == "sparring_partner":
        found += [Obligation("follow_ups", points["follow_ups"])] if "follow_ups" in points else []
        return (*found, Obligation("note"))
    if facts.category == "human_in_the_loop":
        found.append(Obligation("review"))
    if facts.category == "automated":
        found.append(Obligation("rules"))
    found += [
        Obligation(kind, points[kind])
        for kind in ("reviewer_role", "reviewer_qualification", "four_eyes", "time_limit", "planted_error", "sample")
        if kind in points
    ]
    return tuple(found)


def _day(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT") if moment else "–"
