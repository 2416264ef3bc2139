"""Entries as people read them. Names come from records that can be erased; the entry itself holds only ids."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from audit.actions import ACTIONS
from audit.models import AuditEvent


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: the stored event, its sentence, and its data in words."""

    event: AuditEvent
    sentence: SafeString
    icon: str
    detail: str


def read(events: Iterable[AuditEvent]) -> list[Entry]:
    """Sentences for a page of events; two queries for all names together."""
    events = list(events)
    people = _names(
        settings.AUTH_USER_MODEL,
        {e.actor_id for e in events} | {_int(e.object_id) for e in events if e.object_type == "user"},
    )
    activities = _names("policies.Activity", {e.activity_id for e in events})
    return [_entry(event, people, activities) for event in events]


def _int(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _names(model: str, ids: set[int | None]) -> dict[int, str]:
    return {row.pk: str(row) for row in apps.get_model(model).objects.filter(pk__in=ids - {None})}


def _entry(event: AuditEvent, people: dict[int, str], activities: dict[int, str]) -> Entry:
    action = ACTIONS.get(event.action)
    unknown = _("somebody whose record was erased")
    actor = people.get(event.actor_id, unknown) if event.actor_id else _("The workbench")
    strong = "<strong>{}</strong>"
    run: SafeString | str = format_html('<span class="mono">{}</span>', event.run_id) if event.run_id else ""
    sentence = format_html(
        str(action.sentence) if action else "{actor}: " + event.action,
        actor=format_html(strong, actor),
        object=format_html(strong, people.get(_int(event.object_id) or 0, unknown)),
        activity=format_html(strong, activities.get(event.activity_id or 0, "–")),
        run=run,
        version=event.data.get("version", ""),
    )
    return Entry(event, sentence, action.icon if action else "dot", _detail(event.data))


def _detail(data: dict[str, Any]) -> str:
    """The data, as short pairs; hashes are cut."""
    parts = []
    for key, value in data.items():
        if value in (None, "", [], {}, "version") or key == "version":
            continue
        if isinstance(value, dict):
            shown = ", ".join(f"{name} {inner}" for name, inner in value.items())
        elif isinstance(value, list):
            shown = ", ".join(map(str, value))
        else:
            shown = str(value)
        if key.endswith("sha256"):
            shown = f"{shown[:8]}…{shown[-4:]}"
        parts.append(f"{key.replace('_', ' ')} {shown}")
    return " · ".join(parts)
