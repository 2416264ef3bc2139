"""Template parts: icons, categories, states, placeholders, run numbers. Use with ``{% load workbench %}``."""

import re
from dataclasses import dataclass
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from training.standing import WayTo
from training.standing import way_to as find_way

register = template.Library()

SPRITE = "vendor/bootstrap-icons/sprite.svg"
NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Word:
    """How a category or state is said and drawn; ``tone`` is a class of the stylesheet."""

    label: str | Promise
    icon: str
    tone: str = ""


CATEGORIES = {
    "human_only": Word(_("Human only"), "person-fill"),
    "sparring_partner": Word(_("Sparring partner"), "chat-left-quote"),
    "human_in_the_loop": Word(_("Human in the loop"), "person-check"),
    "automated": Word(_("Automated"), "cpu"),
    "": Word(_("No category yet"), "dash-circle-dotted"),
}

STATES = {
    # of a run
    "queued": Word(_("Queued"), "hourglass"),
    "running": Word(_("Running"), "arrow-repeat", "accent"),
    "in_review": Word(_("In review"), "hourglass-split", "accent"),
    "answered": Word(_("Answered"), "check-circle", "ok"),
    "released": Word(_("Released"), "check-circle-fill", "ok"),
    "rejected": Word(_("Rejected"), "x-circle", "bad"),
    "denied": Word(_("Denied"), "slash-circle"),
    "blocked": Word(_("Blocked"), "shield-exclamation", "bad"),
    "failed": Word(_("Failed"), "exclamation-octagon", "bad"),
    "cancelled": Word(_("Cancelled"), "dash-circle"),
    "expired": Word(_("Expired"), "clock-history", "warn"),
    # of a policy or prompt version
    "draft": Word(pgettext_lazy("state", "Draft"), "pencil"),
    "scheduled": Word(_("Scheduled"), "calendar-event"),
    "in_force": Word(_("In force"), "shield-check", "ok"),
    "superseded": Word(_("Superseded"), "archive"),
    "suspended": Word(_("Suspended"), "pause-circle-fill", "bad"),
    "approved": Word(_("Approved"), "check-circle-fill", "ok"),
    "edited": Word(_("Edited and approved"), "pencil-square", "ok"),
    "retired": Word(_("Retired"), "archive"),
}

_PLACEHOLDER = re.compile(r"\[([A-Z][A-Z_]*?)_(\d{1,6})(?:_[A-Z]{4,5}\d{0,2})?\]")
PLACEHOLDER_KINDS = {
    "PERSON": "person",
    "ORG": "firm",
    "EMAIL": "contact",
    "PHONE": "contact",
    "HANDLE": "contact",
    "URL": "contact",
    "PLACE": "place",
    "ADDRESS": "place",
    "MARKED": "marked",
}
PLACEHOLDER_WORDS = {
    "PERSON": _("Persons"),
    "ORG": _("Firms"),
    "EMAIL": _("E-mail addresses"),
    "PHONE": _("Phone numbers"),
    "HANDLE": _("Account names"),
    "URL": _("Web addresses"),
    "PLACE": _("Places"),
    "ADDRESS": _("Addresses"),
    "DATE_OF_BIRTH": _("Dates of birth"),
    "NATIONAL_ID": _("Identity numbers"),
    "IBAN": _("Bank accounts"),
    "CREDIT_CARD": _("Card numbers"),
    "CUSTOMER_ID": _("Customer numbers"),
    "LICENSE_PLATE": _("Licence plates"),
    "IP_ADDRESS": _("IP addresses"),
    "SECRET": _("Passwords and keys"),
    "MARKED": _("Marked by you"),
    "LITERAL": _("Text that looked like a placeholder"),
}


def draw_icon(name: str, css_class: str = "") -> SafeString:
    """The icon as decoration: screen readers pass over it, so a word or a label must stand beside it."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {css_class}" if css_class else "",
        static(SPRITE),
        name,
    )


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """``{% icon "person-check" %}`` or with classes: ``{% icon "check-circle-fill" "ok-text" %}``."""
    return draw_icon(name, css_class)


def _category(category: str | None) -> tuple[str, Word]:
    value = str(category or "")
    return (value, CATEGORIES[value]) if value in CATEGORIES else ("", CATEGORIES[""])


@register.simple_tag
def category_badge(category: str | None) -> SafeString:
    """The square badge of a responsibility category: icon, colour and word."""
    value, word = _category(category)
    return format_html(
        '<span class="cat-badge" data-category="{}">{}{}</span>', value, draw_icon(word.icon), word.label
    )


@register.simple_tag
def category_word(category: str | None, css_class: str = "") -> SafeString:
    """Icon and word without a pill, for rows; ``"strong"`` colours the word too."""
    value, word = _category(category)
    return format_html(
        '<span class="cat-word{}" data-category="{}">{}{}</span>',
        f" {css_class}" if css_class else "",
        value,
        draw_icon(word.icon),
        word.label,
    )


@register.simple_tag
def category_icon(category: str | None) -> SafeString:
    """The coloured icon alone, with its word as accessible name and title; only for queue rows."""
    value, word = _category(category)
    return format_html(
        '<span data-category="{}" role="img" aria-label="{}" title="{}">{}</span>',
        value,
        word.label,
        word.label,
        draw_icon(word.icon, "cat-icon"),
    )


@register.filter
def category_label(category: str | None) -> str:
    """The word alone, for sentences and options."""
    return str(_category(category)[1].label)


@register.simple_tag
def state_word(state: str, detail: str = "") -> SafeString:
    """Icon and coloured word of a state, for rows; ``detail`` follows after a comma ("Denied, human only")."""
    word = STATES.get(str(state), Word(str(state), "circle"))
    text = f"{word.label}, {detail}" if detail else str(word.label)
    return format_html('<span class="state {}">{}{}</span>', word.tone, draw_icon(word.icon), text)


@register.simple_tag
def state_badge(state: str, suffix: str = "") -> SafeString:
    """The round badge of a state, for headings; ``suffix`` follows ("Draft v4")."""
    word = STATES.get(str(state), Word(str(state), "circle"))
    text = f"{word.label} {suffix}" if suffix else str(word.label)
    return format_html('<span class="badge {}">{}{}</span>', word.tone, draw_icon(word.icon), text)


def placeholder_kind(kind: str) -> str:
    """The group that decides how a placeholder type is drawn: person, firm, contact, place, marked or number."""
    return PLACEHOLDER_KINDS.get(kind, "number")


@register.filter
def placeholders(text: Any) -> SafeString:
    """Escape the text, then draw ``[PERSON_1]`` and its like. What was marked safe before is escaped all the same."""

    def draw(match: re.Match[str]) -> str:
        return f'<span class="ph ph-{placeholder_kind(match[1])}">{match[0]}</span>'

    # The text is escaped first; the pattern holds no character that escaping changes, and adds only our own tags.
    return mark_safe(_PLACEHOLDER.sub(draw, escape(str(text))))  # noqa: S308


@register.filter
def placeholder_class(kind: str) -> str:
    """``{{ "EMAIL"|placeholder_class }}`` is ``ph ph-contact``, for counts by type."""
    return f"ph ph-{placeholder_kind(kind)}"


@register.filter
def placeholder_word(kind: str) -> str:
    """What a placeholder type is called on screen."""
    return str(PLACEHOLDER_WORDS.get(kind, kind))


def group_digits(number: int) -> str:
    """``48213`` as ``48 213`` with narrow no-break spaces, in every language, so that a number reads like the log's."""
    return f"{int(number):,}".replace(",", NARROW_SPACE)


@register.simple_tag
def run_number(number: int | None) -> str:
    """The number of a run or log entry, grouped."""
    return "" if number is None else group_digits(number)


@register.simple_tag
def initials(person: Any, css_class: str = "") -> SafeString:
    """The round mark of a person with the full name for screen readers."""
    return format_html(
        '<span class="initials{}" title="{}" role="img" aria-label="{}">{}</span>',
        f" {css_class}" if css_class else "",
        person,
        person,
        getattr(person, "initials", "") or str(person)[:2].upper(),
    )


@register.filter
def name_initials(name: str) -> str:
    """First and last letter of a name's words: ``Marit Solheim`` is ``MS``."""
    words = str(name).split()
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper() if words else ""


@register.simple_tag
def short_hash(value: str) -> SafeString:
    """A long hash as its beginning and end in groups of four; the whole value is the title."""
    text = str(value)
    shown = f"{text[:4]} {text[4:8]} … {text[-4:]}" if len(text) > 16 else text
    return format_html('<span class="mono smallest" title="{}">{}</span>', text, shown)


@register.filter
def is_optional(field: Any) -> bool:
    """True for a form field that may stay empty and is not a checkbox."""
    from django.forms import CheckboxInput

    return not field.field.required and not isinstance(field.field.widget, CheckboxInput)


@register.simple_tag
def split_bar(parts: Any, width: int = 1000) -> SafeString:
    """One bar of shares as SVG. ``parts`` is a sequence of ``(category, count)``; empty shares are left out."""
    pairs = [(str(category), int(count)) for category, count in parts if int(count) > 0]
    total = sum(count for _category_, count in pairs) or 1
    gap = 3
    room = width - gap * max(len(pairs) - 1, 0)
    x = 0.0
    rects = []
    for category, count in pairs:
        share = room * count / total
        rects.append(
            format_html(
                '<rect data-category="{}" x="{}" y="0" width="{}" height="10"></rect>',
                category,
                f"{x:.1f}",
                f"{share:.1f}",
            )
        )
        x += share + gap
    drawn = format_html_join("", "{}", ((rect,) for rect in rects))
    return format_html(
        '<svg class="split-bar" viewBox="0 0 {} 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>',
        width,
        drawn,
    )


@register.simple_tag
def way_to(qualification: str) -> WayTo | None:
    """``{% way_to reason.qualification as way %}``: the learning path that earns it, in the language of the page if there is one. One query."""
    return find_way(qualification, (get_language() or "en")[:2])
