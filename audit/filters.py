"""Which entries of the log somebody asks for: one set of filters for page, API, export and proofs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.actions import ACTIONS
from audit.models import AuditEvent

KINDS: dict[str, tuple[str | Promise, frozenset[str]]] = {
    "outputs": (
        gettext_lazy("AI outputs and what became of them"),
        frozenset(
            ["run.answered", "run.drafted", "run.released_by_rule", "run.approved", "run.edited", "run.rejected", "run.expired", "run.sample_approved", "run.sample_rejected", "run.noted"]
        ),
    ),
    "verdicts": (
        gettext_lazy("Verdicts of people"),
        frozenset(["run.approved", "run.edited", "run.rejected", "run.sample_approved", "run.sample_rejected"]),
    ),
    "refused": (gettext_lazy("Refused and failed calls"), frozenset(["run.denied", "run.blocked", "run.failed", "run.expired"])),
    "policies": (
        gettext_lazy("Policies, prompts and tools"),
        frozenset(name for name in ACTIONS if name.split(".")[0] in {"policy", "prompt", "tool", "activity", "stages", "map", "goal", "use", "scrubbing"}),
    ),
    "people": (
        gettext_lazy("People and rights"),
        frozenset(name for name in ACTIONS if name.split(".")[0] in {"person", "team", "token", "absence", "qualification", "path", "exercise", "exercises", "assignment", "coaching", "literacy", "fundamental", "fundamentals", "worksheet"}),
    ),
    "steps": (gettext_lazy("Every step of runs and lists"), frozenset(name for name in ACTIONS if name.split(".")[0] in {"run", "job"})),
    "log": (
        gettext_lazy("The log itself"),
        frozenset(name for name in ACTIONS if name.split(".")[0] in {"checkpoint", "seal", "log", "record", "keys", "subject", "hold", "retention", "removal", "case"}),
    ),
}  # fmt: skip
VERDICTS: dict[str, tuple[str | Promise, frozenset[str]]] = {
    "approved": (gettext_lazy("approved"), frozenset({"run.approved", "run.sample_approved"})),
    "edited": (gettext_lazy("edited and approved"), frozenset({"run.edited"})),
    "rejected": (gettext_lazy("rejected"), frozenset({"run.rejected", "run.sample_rejected"})),
    "by_rule": (gettext_lazy("released under rules"), frozenset({"run.released_by_rule"})),
    "expired": (gettext_lazy("nobody decided in time"), frozenset({"run.expired"})),
}
QUIET = frozenset({"person.signed_in", "person.signed_out", "log.viewed", "checkpoint.made"})
"""What happens all the time; left out unless asked for."""
SPANS = ("today", "7", "30", "quarter", "last_quarter")
_SLACK = 5000  # Entries are numbered in nearly the order of their times; this many may be out of it.
_NUMBERS = ("run", "person", "activity", "policy", "prompt", "upto")
_MOST_CODE = 64


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for. ``person`` is who acted; what was done to somebody's entry is the subject ``user:`` and their number. Empty fields ask for everything; ``upto`` holds the number of the newest entry, so that a link stays the same."""

    run: int | None = None
    person: int | None = None
    activity: int | None = None
    policy: int | None = None
    prompt: int | None = None
    category: str = ""
    model: str = ""
    kind: str = ""
    verdict: str = ""
    action: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None
    quiet: bool = False
    upto: int | None = None
    faults: tuple[str, ...] = field(default=(), compare=False)

    def codes(self) -> dict[str, Any]:
        """The filters as ids and code words, for links and for the log. Never a name."""
        values = {
            name: getattr(self, name)
            for name in (*_NUMBERS, "category", "model", "kind", "verdict", "action", "subject")
        }
        values |= {name: day.isoformat() for name in ("since", "until") if (day := getattr(self, name))}
        return {name: value for name, value in values.items() if value not in (None, "")} | (
            {"quiet": 1} if self.quiet else {}
        )

    def apply(self, events: "QuerySet[AuditEvent, Any]") -> "QuerySet[AuditEvent, Any]":
        """The events asked for, in no order."""
        plain = {
            "actor_id": self.person,
            "run_id": self.run,
            "activity_id": self.activity,
            "policy_version_id": self.policy,
            "prompt_version_id": self.prompt,
        }
        events = events.filter(**{name: value for name, value in plain.items() if value is not None})
        if self.category:
            events = events.filter(category=self.category)
        if self.model:
            events = events.filter(model=self.model)
        if self.subject:
            kind, _colon, pk = self.subject.partition(":")
            events = events.filter(object_type=kind, object_id=pk)
        if actions := self._actions():
            events = events.filter(action__in=actions)
        elif not self.quiet and self.run is None and self.person is None:
            events = events.exclude(action__in=QUIET)
        if self.upto is not None:
            events = events.filter(pk__lte=self.upto)
        return self._within(events)

    def _actions(self) -> frozenset[str]:
        groups = [names for names in (
            KINDS[self.kind][1] if self.kind else None, VERDICTS[self.verdict][1] if self.verdict else None,
            frozenset({self.action}) if self.action else None,
        ) if names is not None]  # fmt: skip
        return frozenset.intersection(*groups) or frozenset({"none"}) if groups else frozenset()

    def _within(self, events: "QuerySet[AuditEvent, Any]") -> "QuerySet[AuditEvent, Any]":
        """Between two days of the house's time zone. The numbers of the first and last entry bound the search, however long the log is."""
        if self.since:
            begin = _midnight(self.since)
            first = AuditEvent.objects.filter(at__gte=begin).order_by("at").values_list("pk", flat=True).first()
            events = events.filter(at__gte=begin, pk__gte=(first or 0) - _SLACK) if first else events.none()
        if self.until:
            end = _midnight(self.until + timedelta(days=1))
            last = AuditEvent.objects.filter(at__lt=end).order_by("-at").values_list("pk", flat=True).first()
            events = events.filter(at__lt=end, pk__lte=(last or 0) + _SLACK) if last else events.none()
        return events


def parse(query: Mapping[str, Any]) -> Filters:
    """Read filters from a query string. What cannot be read is said in ``faults`` and left out: nothing is hidden by a typing error."""
    faults: list[str] = []
    values: dict[str, Any] = {}
    for name in _NUMBERS:
        text = str(query.get(name, "")).strip().replace("\u202f", "").replace(" ", "")
        if not text:
            continue
        if text.isascii() and text.isdecimal() and len(text) < 19:
            values[name] = int(text)
        else:
            faults.append(_("“%(name)s” is a number. That filter was left out.") % {"name": name})
    for name, known in (("kind", KINDS), ("verdict", VERDICTS), ("action", ACTIONS)):
        text = str(query.get(name, ""))
        if text in known:
            values[name] = text
        elif text:
            faults.append(_("There is no such %(name)s. That filter was left out.") % {"name": name})
    for name in ("category", "model", "subject"):
        text = str(query.get(name, "")).strip()
        if text and len(text) <= (128 if name == "model" else _MOST_CODE) and "\x00" not in text:
            values[name] = text
    for name in ("since", "until"):
        text = str(query.get(name, "")).strip()
        try:
            day = parse_date(text) if text else None
        except ValueError:
            day = None
        if day is not None and 1970 <= day.year <= 9000:
            values[name] = day
        elif text:
            faults.append(_("A day reads 2026-11-24. That filter was left out."))
    if values.get("since") and values.get("until") and values["since"] > values["until"]:
        faults.append(_("The first day lies after the last one; nothing can fit."))
    search = str(query.get("q", "")).strip()[:100]
    if search:
        _search(search, values, faults)
    return Filters(**values, quiet=bool(query.get("quiet")), faults=tuple(faults))


def _search(text: str, values: dict[str, Any], faults: list[str]) -> None:
    """“Run or person”: a number is a run, anything else a name that must fit one person."""
    digits = text.replace("\u202f", "").replace(" ", "")
    if digits.isascii() and digits.isdecimal() and len(digits) < 19:
        values["run"] = int(digits)
        return
    people = get_user_model().objects.all()
    for word in text.replace("\x00", "").split()[:5]:
        people = people.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(username__iexact=word))
    found = list(people.order_by("last_name", "first_name")[:6])
    if len(found) == 1:
        values["person"] = found[0].pk
    elif not found:
        faults.append(
            _("Nobody here is called “%(name)s”, and no run has that number. All entries are shown.") % {"name": text}
        )
    else:
        names = ", ".join(str(person) for person in found[:5]) + (" …" if len(found) > 5 else "")
        faults.append(
            _("Several people fit “%(name)s”: %(names)s. Give more of the name.") % {"name": text, "names": names}
        )


def span(name: str, today: date) -> tuple[date, date]:
    """First and last day of a span that people ask for. Raises KeyError."""
    first_of_quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    last_of_previous = first_of_quarter - timedelta(days=1)
    return {
        "today": (today, today),
        "7": (today - timedelta(days=6), today),
        "30": (today - timedelta(days=29), today),
        "quarter": (first_of_quarter, today),
        "last_quarter": (date(last_of_previous.year, (last_of_previous.month - 1) // 3 * 3 + 1, 1), last_of_previous),
    }[name]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
