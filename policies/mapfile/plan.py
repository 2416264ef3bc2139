"""What a file would change, in words, and what in it cannot be done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from policies import fundamentals
from policies.control_points import KINDS
from policies.differences import policy_differences
from policies.mapfile.form import PROMPT_CONTENT
from policies.mapfile.reading import MapFile
from policies.method import ToolSeen, gaps
from policies.models import Tool
from policies.services.goals import vague
from policies.services.prompts import prompt_faults
from policies.yamlfile import Data, Fault
from workbench.accounts.models import User


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the file and the map: what kind of entry, which one, new or changed, and how, in words."""

    kind: str
    slug: str
    name: str
    new: bool
    words: tuple[str, ...] = ()
    parts: frozenset[str] = field(default_factory=frozenset)


def merged(now: Data, wanted: Data) -> Data:
    """The wanted map with the goals and policies of today where the file names none: what it does not name stays."""
    before = {entry["slug"]: entry for entry in now["activities"]}
    activities = []
    for entry in wanted["activities"]:
        old = before.get(entry["slug"])
        kept = {name: old[name] for name in ("goal", "policy") if old and entry[name] is None and not entry["retired"]}
        activities.append(entry | kept)
    return wanted | {"activities": activities}


def differences(now: Data, wanted: Data) -> list[Change]:
    """What importing ``wanted`` would change in ``now``. What it does not name stays. Nothing to change: an empty list."""
    found: list[Change] = []
    order = [*wanted["stages"], *(name for name in now["stages"] if name not in wanted["stages"])]
    if order != now["stages"]:
        fresh = [name for name in wanted["stages"] if name not in now["stages"]]
        words = [_("new: %s") % ", ".join(fresh)] if fresh else [_("another order")]
        found.append(Change("stages", "", _("Stages"), not now["stages"], tuple(words)))
    found += _changes("tool", now["tools"], wanted["tools"], "name", _entry_words)
    found += _changes("activity", now["activities"], wanted["activities"], "name", _activity_words)
    found += _changes("prompt", now["prompts"], wanted["prompts"], "title", _entry_words)
    return found


def _changes(kind: str, now: list[Data], wanted: list[Data], label: str, words: Any) -> Iterator[Change]:
    before = {entry["slug"]: entry for entry in now}
    for entry in wanted:
        old = before.get(entry["slug"])
        if old == entry:
            continue
        parts = frozenset(name for name in entry if old is None or old[name] != entry[name])
        yield Change(kind, entry["slug"], entry[label], old is None, tuple(words(old, entry)), parts)


def _entry_words(old: Data | None, new: Data) -> Iterator[str]:
    if old is None:
        return
    for name, value in new.items():
        if old[name] != value:
            if isinstance(value, str | int | float | bool | None) and len(str(value)) < 60 and len(str(old[name])) < 60:
                yield f"{name}: {_said(old[name])} → {_said(value)}"
            else:
                yield _("%s changes") % name


def _activity_words(old: Data | None, new: Data) -> Iterator[str]:
    if old is not None:
        described = {name: value for name, value in new.items() if name not in {"goal", "policy"}}
        yield from _entry_words({name: old[name] for name in described}, described)
    if new["goal"] and (old is None or old["goal"] != new["goal"]):
        goal = new["goal"]
        yield _("goal: %s") % f"{goal['measure']}: {goal['baseline']:g} → {goal['target']:g} {goal['unit']}"
    before = old["policy"] if old else None
    if new["policy"] and before != new["policy"]:
        yield from policy_differences(before, new["policy"])


def _said(value: Any) -> str:
    return _("nothing") if value in (None, "") else str(value)


def faults_of(file: MapFile, now: Data) -> list[Fault]:
    """What in a well-formed file cannot be done: names that nobody has, decisions with gaps, prompts that do not hold together."""
    return list(_Checker(file, now).faults())


class _Checker:
    def __init__(self, file: MapFile, now: Data) -> None:
        self.file, self.now = file, now
        self.people = dict(User.objects.values_list("username", "is_active"))
        self.teams = dict(User.objects.values_list("username", "team_id"))
        self.before = {entry["slug"]: entry for entry in now["activities"]}
        self.stages = {*now["stages"], *file.data["stages"]}
        self.tools = {entry["slug"]: entry for entry in [*now["tools"], *file.data["tools"]]}
        self.activities = {entry["slug"]: entry for entry in [*now["activities"], *file.data["activities"]]}

    def _fault(self, *path: str | int, text: str) -> Fault:
        shown = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        return Fault(self.file.line(path), shown, text)

    def faults(self) -> Iterator[Fault]:
        for kind in ("tools", "activities", "prompts"):
            seen: set[str] = set()
            for number, entry in enumerate(self.file.data[kind]):
                if entry["slug"] in seen:
                    yield self._fault(kind, number, "slug", text=_("“%s” stands in the file twice.") % entry["slug"])
                seen.add(entry["slug"])
        tools = {entry["slug"]: entry for entry in self.now["tools"]}
        for number, entry in enumerate(self.file.data["tools"]):
            if entry != tools.get(entry["slug"]):
                yield from self._tool(number, entry)
        for number, entry in enumerate(self.file.data["activities"]):
            if entry != self.before.get(entry["slug"]):
                yield from self._activity(number, entry)
        for number, entry in enumerate(self.file.data["prompts"]):
            if entry["activity"] not in self.activities:
                yield self._fault(
                    "prompts",
                    number,
                    "activity",
                    text=_("There is no activity “%s”, neither here nor in the file.") % entry["activity"],
                )
            for name, text in prompt_faults(entry).items():
                yield self._fault("prompts", number, name, text=text)

    def _tool(self, number: int, entry: Data) -> Iterator[Fault]:
        """What only the table itself says, such as how many digits a price has."""
        try:
            Tool(**tool_values(entry)).clean_fields(exclude=["data_key"])
        except ValidationError as error:
            for name, texts in error.message_dict.items():
                yield self._fault("tools", number, name, text=" ".join(texts))

    def _activity(self, number: int, entry: Data) -> Iterator[Fault]:
        at = ("activities", number)
        if entry["stage"] not in self.stages:
            yield self._fault(
                *at, "stage", text=_("There is no stage “%s”, neither here nor in the file.") % entry["stage"]
            )
        goal, policy = entry["goal"], entry["policy"]
        if goal:
            yield from self._goal(at, goal)
        if policy:
            if entry["retired"]:
                yield self._fault(*at, "policy", text=_("A retired activity has no policy."))
            yield from self._policy(at, entry, policy)

    def _goal(self, at: tuple[str | int, ...], goal: Data) -> Iterator[Fault]:
        if fault := vague(goal["measure"], goal["unit"]):
            yield self._fault(*at, "goal", "measure", text=fault)
        if goal["baseline"] == goal["target"]:
            yield self._fault(
                *at, "goal", "target", text=_("The target equals today's figure. Say what should become better.")
            )
        for name in ("baseline", "target"):
            if abs(goal[name]) >= 10**10 or round(goal[name], 2) != goal[name]:
                yield self._fault(*at, "goal", name, text=_("At most ten digits and two decimals."))
        try:
            date.fromisoformat(goal["due"])
        except ValueError:
            yield self._fault(
                *at,
                "goal",
                "due",
                text=_("There is no such day. Expected the form %s.") % timezone.localdate().isoformat(),
            )

    def _policy(self, at: tuple[str | int, ...], entry: Data, policy: Data) -> Iterator[Fault]:
        at = (*at, "policy")
        if policy["accountable"] not in self.people:
            yield self._fault(*at, "accountable", text=_("Nobody here has the user name “%s”.") % policy["accountable"])
        elif not self.people[policy["accountable"]]:
            yield self._fault(*at, "accountable", text=_("This person no longer works here. Name somebody else."))
        for kind, params in policy["control_points"].items():
            if kind not in KINDS:
                yield self._fault(
                    *at, "control_points", kind, text=_("Unknown control point. Known: %s.") % ", ".join(KINDS)
                )
            elif not KINDS[kind].accepts(params):
                known = ", ".join(param.name for param in KINDS[kind].params) or "{}"
                yield self._fault(
                    *at, "control_points", kind, text=_("It cannot work with these parameters. Known: %s.") % known
                )
        slug = policy["tool"]
        at_hand = self.tools.get(slug or "")
        if slug and at_hand is None:
            yield self._fault(*at, "tool", text=_("There is no tool “%s”, neither here nor in the file.") % slug)
        # The name of a tool that does not exist has been faulted; the rest is judged as if it could see everything.
        seen = ToolSeen(slug, at_hand["data"] if at_hand else entry["data"]) if slug else None
        found = gaps(
            category=policy["category"], rationale=policy["rationale"], has_goal=bool(entry["goal"]), tool=seen,
            points=policy["control_points"], data=entry["data"],
        )  # fmt: skip
        for name, text in found.items():
            yield self._fault(*(at[:2] if name == "goal" else at), name, text=text)
        yield from self._fundamentals(at, entry, policy)

    def _fundamentals(self, at: tuple[str | int, ...], entry: Data, policy: Data) -> Iterator[Fault]:
        """A file gives no reason to decide without them; that is for a person, on the page of the policy. What is decided already stays."""
        points, old = policy["control_points"], self.before.get(entry["slug"])
        if old and (old["policy"], old["goal"]) == (policy, entry["goal"]):
            return
        if policy["state"] == "suspended" or not KINDS[fundamentals.KIND].accepts(points.get(fundamentals.KIND)):
            return
        if missing := fundamentals.missing(policy["category"], points, self.teams.get(policy["accountable"])):
            text = _("Not in place: %s. Decide on the page of the policy, where a reason can be given.")
            yield self._fault(*at, "control_points", fundamentals.KIND, text=text % fundamentals.in_words(missing))


def tool_values(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A tool's entry as the table keeps it: figures to the digit."""
    return {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in entry.items()}


def content_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What of a prompt's entry belongs to its version."""
    return {name: entry[name] for name in PROMPT_CONTENT}
