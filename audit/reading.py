"""Entries as people read them. Names come from records that can be erased; the entry itself holds only ids."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.actions import ACTIONS
from audit.differences import WARNINGS
from audit.filters import KINDS, VERDICTS
from audit.models import AuditEvent, Verification

# Good and bad news are drawn in colour beside their icon; the sentence says it in words.
_TONES = {
    "policy.in_force": "ok",
    "policy.overridden": "warn",
    "policy.held_back": "warn",
    "policy.suspended": "bad",
    "run.approved": "ok",
    "run.edited": "ok",
    "run.released_by_rule": "ok",
    "run.sample_approved": "ok",
    "run.sample_rejected": "bad",
    "run.rejected": "bad",
    "run.denied": "bad",
    "run.blocked": "bad",
    "run.failed": "bad",
    "run.expired": "warn",
    "run.retried": "warn",
    "person.sign_in_failed": "warn",
}
# What the keys of the data are called on the page; only the version has no word, it stands in the sentence.
WORDS: dict[str, str | Promise] = {
    "accountable_id": gettext_lazy("accountable"),
    "activities": gettext_lazy("activities"),
    "after": gettext_lazy("after"),
    "anonymous": gettext_lazy("anonymous"),
    "asked_by_id": gettext_lazy("asked by"),
    "assigned": gettext_lazy("assigned"),
    "assignments": gettext_lazy("assignments"),
    "attempt": gettext_lazy("attempt"),
    "author_id": gettext_lazy("author"),
    "before": gettext_lazy("before"),
    "begins": gettext_lazy("from"),
    "calls": gettext_lazy("calls"),
    "case": gettext_lazy("case no."),
    "checks": gettext_lazy("checks"),
    "code": gettext_lazy("code"),
    "complete": gettext_lazy("complete"),
    "completions": gettext_lazy("completions"),
    "consent": gettext_lazy("consent"),
    "control_points": gettext_lazy("control points"),
    "copy_of": gettext_lazy("copy of no."),
    "count": gettext_lazy("count"),
    "cover_id": gettext_lazy("stands in"),
    "due": gettext_lazy("due on"),
    "effective_at": gettext_lazy("from"),
    "enabled": gettext_lazy("enabled"),
    "ends": gettext_lazy("until"),
    "expires_on": gettext_lazy("until"),
    "export": gettext_lazy("export no."),
    "faults": gettext_lazy("faults"),
    "fields": gettext_lazy("fields"),
    "file_sha256": gettext_lazy("file"),
    "filters": gettext_lazy("filters"),
    "final_sha256": gettext_lazy("released text"),
    "findings": gettext_lazy("redactions"),
    "fingerprint": gettext_lazy("fingerprint"),
    "first": gettext_lazy("first at entry"),
    "follows": gettext_lazy("follows run"),
    "form": gettext_lazy("form"),
    "format": gettext_lazy("format"),
    "fundamentals": gettext_lazy("fundamentals"),
    "held": gettext_lazy("held"),
    "hold": gettext_lazy("hold no."),
    "hours": gettext_lazy("hours"),
    "input_tokens": gettext_lazy("tokens in"),
    "job_id": gettext_lazy("list no."),
    "key": gettext_lazy("key"),
    "key_changed": gettext_lazy("key changed"),
    "key_id": gettext_lazy("key"),
    "kind": gettext_lazy("kind"),
    "language": gettext_lazy("language"),
    "level": gettext_lazy("level"),
    "limit": gettext_lazy("limit"),
    "looked_on": gettext_lazy("looked at on"),
    "manager_id": gettext_lazy("manager"),
    "marked": gettext_lazy("marked by hand"),
    "missing": gettext_lazy("placeholders missing"),
    "months": gettext_lazy("months"),
    "new": gettext_lazy("new"),
    "note_sha256": gettext_lazy("note"),
    "on": gettext_lazy("on"),
    "outcome": gettext_lazy("outcome"),
    "output_sha256": gettext_lazy("draft"),
    "output_tokens": gettext_lazy("tokens out"),
    "override_id": gettext_lazy("reason no."),
    "parts": gettext_lazy("parts"),
    "passed": gettext_lazy("passed"),
    "path_id": gettext_lazy("learning path no."),
    "pattern_sha256": gettext_lazy("pattern"),
    "payload_sha256": gettext_lazy("text that left"),
    "people": gettext_lazy("people"),
    "placeholders": gettext_lazy("placeholders"),
    "policies": gettext_lazy("policies"),
    "prompts": gettext_lazy("prompts"),
    "qualification": gettext_lazy("qualification"),
    "ranges": gettext_lazy("places"),
    "raw_sha256": gettext_lazy("answer of the model"),
    "reasons": gettext_lazy("reasons"),
    "records": gettext_lazy("records"),
    "rejects": gettext_lazy("rejects"),
    "removed": gettext_lazy("removed"),
    "renewed": gettext_lazy("renewed"),
    "request": gettext_lazy("request no."),
    "retry_of": gettext_lazy("again after run"),
    "roles": gettext_lazy("roles"),
    "root": gettext_lazy("root"),
    "rows": gettext_lazy("records"),
    "rules": gettext_lazy("rules"),
    "sampled": gettext_lazy("sampled"),
    "samples": gettext_lazy("samples"),
    "second_factor": gettext_lazy("second factor"),
    "seconds_open": gettext_lazy("seconds open"),
    "sha256": gettext_lazy("content"),
    "share_edited": gettext_lazy("share edited"),
    "signed_before": gettext_lazy("signed before"),
    "size": gettext_lazy("entries"),
    "stages": gettext_lazy("stages"),
    "state": gettext_lazy("state"),
    "successor_id": gettext_lazy("successor no."),
    "suggested": gettext_lazy("suggested"),
    "team_id": gettext_lazy("team no."),
    "team_ids": gettext_lazy("teams no."),
    "to_id": gettext_lazy("to"),
    "token_id": gettext_lazy("token no."),
    "tool_id": gettext_lazy("tool no."),
    "tools": gettext_lazy("tools"),
    "total": gettext_lazy("examples"),
    "unexpected": gettext_lazy("placeholders unknown"),
    "unmarked": gettext_lazy("left readable"),
    "until": gettext_lazy("until"),
    "value": gettext_lazy("value"),
    "vouched": gettext_lazy("vouched for"),
    "what": gettext_lazy("what"),
}
_PERSON_KEYS = ("accountable_id", "author_id", "manager_id", "to_id", "cover_id", "asked_by_id")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: the stored event, its sentence, and its data in words."""

    event: AuditEvent
    sentence: SafeString
    icon: str
    tone: str
    detail: str
    quote: str = ""


class Told(NamedTuple):
    """What is needed of an event to find what people wrote with it."""

    pk: int
    action: str
    run_id: int | None
    policy_version_id: int | None
    data: dict[str, Any]


def quotes(events: Iterable[AuditEvent | Told]) -> dict[int, str | None]:
    """What people wrote with these acts (reasons, rationales), by number of the entry; None where it was erased.

    The log holds none of it. Functions named by WORKBENCH_AUDIT_TEXTS look it up in the records that hold it.
    """
    events = list(events)
    found: dict[int, str | None] = {}
    for path in getattr(settings, "WORKBENCH_AUDIT_TEXTS", ()):
        found |= import_string(path)(events)
    return found


_FAULTS: dict[str, str | Promise] = {
    "altered": gettext_lazy("is not what was sealed: its columns were altered."),
    "missing": gettext_lazy("was sealed and is gone."),
    "inserted": gettext_lazy("was put into the log without being sealed there."),
    "reordered": gettext_lazy("stands at the place of another entry."),
    "cut_off": gettext_lazy("The end of the log is gone: a checkpoint counts more entries than there are."),
    "rebuilt": gettext_lazy("From here on the log was made anew: it fits itself, and not what was signed."),
    "seal_altered": gettext_lazy("is what was sealed, but its hash in the tree was altered."),
    "checkpoint": gettext_lazy("The checkpoint here was altered, or signed by somebody else."),
    "place": gettext_lazy("A place outside cannot be read or believed."),
    "removal": gettext_lazy(
        "claims that entries were removed when their time was over, and no signed head bears that out."
    ),
    "waiting": gettext_lazy("Entries wait for their place longer than they should. Is the keeper of the log running?"),
    "incomplete": gettext_lazy("The log and the run of this number do not agree."),
}


def faults_in_words(one: Verification) -> list[dict[str, Any]]:
    """What a verification found, as sentences: whether it is only a warning, which entry and place, the sentence, details."""
    return [
        {
            **fault,
            "words": _FAULTS.get(fault["kind"], fault["kind"]),
            "warning": fault["kind"] in WARNINGS,
            "is_run": fault["kind"] == "incomplete",
        }
        for fault in one.faults
    ]


_FILTER_WORDS: dict[str, str | Promise] = {
    "run": gettext_lazy("run"), "person": gettext_lazy("person no."), "activity": gettext_lazy("activity"), "policy": gettext_lazy("policy version no."),
    "prompt": gettext_lazy("prompt version no."), "category": gettext_lazy("category"), "model": gettext_lazy("model"), "kind": gettext_lazy("what"),
    "verdict": gettext_lazy("verdict"), "action": gettext_lazy("action"), "subject": gettext_lazy("subject"), "since": gettext_lazy("from"),
    "until": gettext_lazy("until"), "upto": gettext_lazy("up to entry"),
}  # fmt: skip


def filters_in_words(codes: dict[str, Any]) -> str:
    """Filters as a line of text: names of people and activities where their records are still there."""
    parts = []
    for name, value in codes.items():
        shown = str(value).replace("_", " ")
        if name in {"person", "activity"}:
            model = settings.AUTH_USER_MODEL if name == "person" else "policies.Activity"
            shown = _names(model, {_int(str(value))}).get(_int(str(value)) or 0, shown)
        elif name == "kind" and value in KINDS:
            shown = str(KINDS[value][0])
        elif name == "verdict" and value in VERDICTS:
            shown = str(VERDICTS[value][0])
        if name == "quiet":
            parts.append(_("with sign-ins, looks and checkpoints"))
        else:
            parts.append(f"{_FILTER_WORDS.get(name, name)} {shown}")
    return " · ".join(parts) or _("everything")


def read(events: Iterable[AuditEvent]) -> list[Entry]:
    """Sentences for a page of events; two queries for all names together, and one for what each of the records that hold texts."""
    events = list(events)
    people = _names(
        settings.AUTH_USER_MODEL,
        {e.actor_id for e in events}
        | {_int(e.object_id) for e in events if e.object_type == "user"}
        | {_int(str(e.data.get(key))) for e in events for key in _PERSON_KEYS},
    )
    activities = _names("policies.Activity", {e.activity_id for e in events})
    texts = quotes(events)
    return [_entry(event, people, activities, texts) for event in events]


def _int(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _names(model: str, ids: set[int | None]) -> dict[int, str]:
    return {row.pk: str(row) for row in apps.get_model(model).objects.filter(pk__in=ids - {None})}


def _entry(
    event: AuditEvent, people: dict[int, str], activities: dict[int, str], texts: dict[int, str | None]
) -> Entry:
    action = ACTIONS.get(event.action)
    unknown = _("somebody whose record was erased")
    actor = people.get(event.actor_id, unknown) if event.actor_id else _("The workbench")
    strong = "<strong>{}</strong>"
    run: SafeString | str = ""
    if event.run_id:
        # Grouped by three with narrow no-break spaces, as everywhere.
        run = format_html(
            '<a class="mono" href="{}?run={}">{}</a>',
            reverse("audit:log"),
            event.run_id,
            f"{event.run_id:,}".replace(",", "\u202f"),
        )
    sentence = format_html(
        str(action.sentence) if action else "{actor}: " + event.action,
        actor=format_html(strong, actor),
        object=format_html(strong, people.get(_int(event.object_id) or 0, unknown)),
        activity=format_html(strong, activities.get(event.activity_id or 0, "–")),
        run=run,
        version=event.data.get("version", ""),
    )
    icon = action.icon if action else "circle"
    quote = ""
    if event.pk in texts:
        written = texts[event.pk]
        quote = _("erased") if written is None else _("“%(text)s”") % {"text": written} if written else ""
    detail = _detail(event.data, people)
    if event.model:
        detail = " · ".join(filter(None, (detail, f"{_('model')} {event.model}")))
    return Entry(event, sentence, icon, _TONES.get(event.action, ""), detail, quote)


def _detail(data: dict[str, Any], people: dict[int, str]) -> str:
    """The data, as short pairs; hashes are cut, ids of people are read as their names."""
    parts = []
    for key, value in data.items():
        if value in (None, "", [], {}) or key == "version":
            continue
        if key in _PERSON_KEYS:
            shown = people.get(_int(str(value)) or 0, _("somebody whose record was erased"))
        elif isinstance(value, dict):
            shown = ", ".join(f"{name} {_plain(inner)}" for name, inner in sorted(value.items()))
        elif isinstance(value, list):
            shown = ", ".join(_plain(item) for item in value)
        else:
            shown = _plain(value)
        if key.endswith("sha256"):
            shown = f"{shown[:8]}…{shown[-4:]}"
        parts.append(f"{WORDS.get(key, key.replace('_', ' '))} {shown}")
    return " · ".join(parts)


def _plain(value: Any) -> str:
    """A value as people read it: yes and no in words, code words without underscores."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value).replace("_", " ")
