"""Navigation as data: what each role sees, in which order. An entry whose page does not exist yet is left out."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

logger = logging.getLogger(__name__)
type Text = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the navigation.

    Args:
        name: the URL name, reversed without arguments.
        icon: a name in the icon sprite.
        label: what the rail says.
        short: what the bottom bar of a narrow screen says.
        also: view names, or beginnings ending in ``*``, that belong to this page.
    """

    name: str
    icon: str
    label: Text
    short: Text
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as one page shows it to one person."""

    entry: Entry
    url: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under one heading; an empty label makes a line instead of a heading."""

    label: Text
    items: tuple[Item, ...] = field(default=())


ENTRIES: Mapping[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry("home", "house-door", _("Home"), _("Home")),
        Entry(
            "runs:start",
            "play-circle",
            _("Start a run"),
            pgettext_lazy("short", "Run"),
            ("runs:compose", "runs:ask", "runs:draft", "runs:upload", "runs:example", "runs:clear", "runs:send"),
        ),
        Entry(
            "runs:list",
            "list-check",
            _("My runs"),
            pgettext_lazy("short", "Runs"),
            ("runs:run", "runs:retry", "runs:note", "runs:cancel"),
        ),
        Entry("runs:desk", "inbox", _("Review desk"), pgettext_lazy("short", "Desk"), ("runs:review", "runs:verdict")),
        Entry("runs:decided", "check2-square", _("Decided"), _("Decided")),
        Entry("policies:prompts", "journal-text", _("Prompts"), _("Prompts"), ("policies:prompt", "policies:prompt_*")),
        Entry(
            "policies:map",
            "kanban",
            _("Activity map"),
            pgettext_lazy("short", "Map"),
            ("policies:activity", "policies:activity_*", "policies:stages", "policies:map_*"),
        ),
        Entry(
            "policies:list",
            "shield-check",
            _("Policies"),
            _("Policies"),
            ("policies:policy", "policies:policy_*", "policies:suspend"),
        ),
        Entry("runs:overview", "bar-chart", _("Overview"), _("Overview")),
        Entry("policies:goals", "bullseye", _("Goals"), _("Goals")),
        Entry(
            "policies:reports",
            "chat-left-text",
            _("AI in use"),
            pgettext_lazy("short", "In use"),
            ("policies:report", "policies:report_*"),
        ),
        Entry("gate:connect", "terminal", _("Connect a tool"), pgettext_lazy("short", "Connect"), ("gate:test",)),
        Entry("policies:tools", "plug", _("Tools"), _("Tools"), ("policies:tool", "policies:tool_*")),
        Entry("deals:list", "briefcase", _("Deals"), _("Deals")),
        Entry("deals:weekly", "calendar-week", _("Weekly review"), pgettext_lazy("short", "Week")),
        Entry("deals:forecast", "graph-up", _("Forecast"), _("Forecast")),
        Entry(
            "training:exercises",
            "mortarboard",
            _("Exercises"),
            pgettext_lazy("short", "Learn"),
            (
                "training:exercise",
                "training:attempt",
                "training:rubric",
                "training:new",
                "training:edit",
                "training:certificate",
            ),
        ),
        Entry(
            "training:assignments",
            "calendar-check",
            _("Assignments"),
            _("Assignments"),
            ("training:assign", "training:assignment"),
        ),
        Entry("training:evidence", "clipboard-check", _("AI literacy"), pgettext_lazy("short", "Literacy")),
        Entry(
            "training:fundamentals",
            "bricks",
            _("Fundamentals"),
            _("Fundamentals"),
            ("training:fundamental", "training:fundamental_*"),
        ),
        Entry(
            "training:worksheets",
            "clipboard",
            _("Worksheets"),
            _("Worksheets"),
            ("training:worksheet", "training:worksheet_*"),
        ),
        Entry("training:coaching", "journal-check", _("Coaching"), _("Coaching"), ("training:coaching_*",)),
        Entry("training:road", "signpost", _("The road"), pgettext_lazy("short", "Road")),
        Entry("accounts:people", "people", _("People"), _("People"), ("accounts:person", "accounts:person_*")),
        Entry("accounts:teams", "diagram-3", _("Teams"), _("Teams"), ("accounts:team", "accounts:team_*")),
        Entry(
            "policies:qualifications",
            "mortarboard",
            _("Qualifications"),
            pgettext_lazy("short", "Rights"),
            ("policies:qualification_revoke",),
        ),
        Entry(
            "audit:log", "list-columns-reverse", _("Audit log"), pgettext_lazy("short", "Log"), ("audit:*", "runs:case")
        ),
        Entry("audit:seal", "patch-check", _("Seal and checkpoints"), pgettext_lazy("short", "Seal")),
        Entry("audit:exports", "upload", _("Exports"), _("Exports")),
        Entry("privacy:erasure", "eraser", _("Erasure requests"), pgettext_lazy("short", "Erasure")),
        Entry("privacy:retention", "hourglass-split", _("Retention"), _("Retention"), ("privacy:retention_*",)),
        Entry("policies:scrubbing", "eye-slash", _("Scrubbing rules"), pgettext_lazy("short", "Scrubbing")),
        Entry("shell:health", "check2-circle", _("Health"), _("Health")),
    )
}

_GOVERN, _DEALS, _LEARNING = _("Govern"), _("Deals"), _("Learning")
_PEOPLE, _PROVE, _PROTECT, _LOOK_UP = _("People"), _("Prove"), _("Protect"), _("Look up")

# Role → (heading, URL names). The order of the roles is the order in which a person with several sees them.
SECTIONS: Mapping[str, tuple[tuple[Text, tuple[str, ...]], ...]] = {
    "leader": (
        ("", ("home",)),
        (
            _GOVERN,
            (
                "runs:overview",
                "policies:map",
                "policies:list",
                "policies:goals",
                "policies:prompts",
                "policies:tools",
                "policies:reports",
            ),
        ),
        (_DEALS, ("training:worksheets", "deals:weekly", "deals:forecast")),
        (_LEARNING, ("training:fundamentals", "training:road", "training:coaching")),
        (_PEOPLE, ("accounts:teams", "policies:qualifications", "training:assignments")),
        (_PROVE, ("audit:log", "training:evidence", "privacy:retention")),
    ),
    "reviewer": (
        ("", ("home", "runs:desk", "runs:decided")),
        (_LOOK_UP, ("training:worksheets", "policies:prompts", "policies:list", "deals:list")),
        (_LEARNING, ("training:exercises", "training:coaching")),
    ),
    "rep": (
        ("", ("home", "runs:start", "runs:list", "training:worksheets", "policies:prompts")),
        (_DEALS, ("deals:list", "deals:weekly")),
        (_LEARNING, ("training:exercises", "training:fundamentals", "training:coaching")),
        (_LOOK_UP, ("policies:map", "gate:connect", "policies:reports")),
    ),
    "compliance": (
        ("", ("home",)),
        (_PROVE, ("audit:log", "audit:seal", "audit:exports", "training:evidence")),
        (_PROTECT, ("privacy:erasure", "privacy:retention", "policies:scrubbing", "policies:tools")),
        (_LOOK_UP, ("policies:map", "policies:list", "policies:qualifications", "training:coaching")),
    ),
    "trainer": (
        ("", ("home",)),
        (
            _LEARNING,
            (
                "training:exercises",
                "training:fundamentals",
                "training:road",
                "training:assignments",
                "training:coaching",
                "policies:qualifications",
            ),
        ),
        (_PROVE, ("training:evidence",)),
        (_LOOK_UP, ("training:worksheets", "policies:prompts", "policies:map")),
    ),
    "administrator": (
        ("", ("home",)),
        (_PEOPLE, ("accounts:people", "accounts:teams", "policies:qualifications")),
        (_PROTECT, ("policies:scrubbing", "privacy:retention")),
        (_LOOK_UP, ("policies:tools", "shell:health", "training:coaching")),
    ),
}

_NO_ROLE: tuple[tuple[Text, tuple[str, ...]], ...] = (("", ("home",)),)

# The first four that exist stand in the bottom bar of a narrow screen; the rest is behind "More".
BOTTOM_BAR: Mapping[str, tuple[str, ...]] = {
    "leader": ("home", "policies:map", "policies:list", "deals:weekly", "policies:prompts", "audit:log"),
    "reviewer": ("home", "runs:desk", "runs:decided", "policies:prompts", "policies:list"),
    "rep": ("home", "runs:start", "deals:list", "training:exercises", "runs:list", "policies:prompts"),
    "compliance": ("home", "audit:log", "audit:seal", "privacy:erasure", "policies:map", "policies:list"),
    "trainer": ("home", "training:exercises", "training:fundamentals", "policies:prompts", "policies:map"),
    "administrator": ("home", "accounts:people", "accounts:teams", "policies:tools", "shell:health"),
}


def url_of(name: str) -> str:
    """The address of a URL name without arguments, or the empty string when there is no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _belongs(entry: Entry, view_name: str) -> bool:
    if not view_name:
        return False
    return view_name == entry.name or any(
        view_name.startswith(name[:-1]) if name.endswith("*") else view_name == name for name in entry.also
    )


def _current(names: Collection[str], view_name: str) -> str:
    """The one entry that is the page shown: by its own name before by a page that belongs to it."""
    if view_name in names:
        return view_name
    return next((name for name in names if _belongs(ENTRIES[name], view_name)), "")


def _waiting(user: Any, name: str) -> int:
    """How much waits for this person on that page.

    The setting ``WORKBENCH_NAV_COUNTS`` maps URL names to dotted paths of functions ``(user) -> int``. A count that
    cannot be had is no reason to refuse the page, so it is logged and left out.
    """
    path = getattr(settings, "WORKBENCH_NAV_COUNTS", {}).get(name)
    if not path:
        return 0
    try:
        count: Callable[[Any], int] = import_string(path)
        return int(count(user))
    except Exception as error:  # noqa: BLE001, RUF100
        logger.error("Navigation count %s failed: %s", name, type(error).__name__)
        return 0


def _concerned(user: Any, name: str) -> bool:
    """Whether a page concerns this person. The setting ``WORKBENCH_NAV_CONCERNED`` maps URL names of pages that do not concern everybody with the
    role to dotted paths of functions ``(user) -> bool``, which ask the database nothing."""
    path = getattr(settings, "WORKBENCH_NAV_CONCERNED", {}).get(name)
    return path is None or bool(import_string(path)(user))


def _sections(roles: Collection[str]) -> Iterator[tuple[Text, tuple[str, ...]]]:
    """The sections of all roles, same headings joined, every page once."""
    joined: dict[str, tuple[Text, list[str]]] = {}
    seen: set[str] = set()
    held = [SECTIONS[role] for role in SECTIONS if role in roles] or [_NO_ROLE]
    for sections in held:
        for label, names in sections:
            _heading, row = joined.setdefault(str(label), (label, []))
            fresh = [name for name in names if name not in seen]
            row.extend(fresh)
            seen.update(fresh)
    for heading, row in joined.values():
        yield heading, tuple(row)


def sections_for(user: Any, *, view_name: str = "") -> list[Section]:
    """The navigation of a person: sections in order, with the current page marked and counts of what waits.

    Args:
        user: the signed-in person; only ``role_names`` is read, and passed on to the counts and to whoever knows whom a page concerns.
        view_name: the URL name of the page shown.
    """
    pairs = [
        (label, [name for name in names if url_of(name) and _concerned(user, name)])
        for label, names in _sections(user.role_names)
    ]
    shown = [name for _label, names in pairs for name in names]
    current = _current(shown, view_name)
    return [
        Section(
            label,
            tuple(
                Item(ENTRIES[name], url_of(name), current=name == current, count=_waiting(user, name)) for name in names
            ),
        )
        for label, names in pairs
        if names
    ]


def bottom_bar_for(user: Any, sections: list[Section]) -> list[Item]:
    """At most four items for the bottom bar, taken from the person's sections."""
    items = {item.entry.name: item for section in sections for item in section.items}
    role = next((role for role in SECTIONS if role in user.role_names), "")
    wanted = [items[name] for name in BOTTOM_BAR.get(role, ()) if name in items]
    rest = [item for item in items.values() if item not in wanted]
    return (wanted + rest)[:4]
