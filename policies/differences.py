"""The difference between two decisions, or two prompts, in words."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from policies.control_points import KINDS
from policies.models import Category, PolicyVersion


def policy_data(version: PolicyVersion) -> dict[str, Any]:
    """A version as data that can be compared; people and tools by their names."""
    return {
        "category": version.category,
        "rationale": version.rationale,
        "accountable": str(version.accountable) if version.accountable else "",
        "tool": str(version.tool) if version.tool else None,
        "goal": str(version.goal) if version.goal else "",
        "control_points": version.points,
    }


def policy_differences(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Iterator[str]:
    """Sentences that say what changes from one decision to the next; ``before`` None: the first decision."""
    old = before or {}
    if old.get("category", "") != after["category"]:
        yield _("responsible: %(before)s → %(after)s") % {
            "before": _category(old.get("category", "")),
            "after": _category(after["category"]),
        }
    for name, words in (("accountable", _("accountable")), ("tool", _("tool")), ("goal", _("goal"))):
        if (name in after) and (old.get(name) or "") != (after[name] or ""):
            yield f"{words}: {old.get(name) or _('nothing')} → {after[name] or _('nothing')}"
    points, were = after["control_points"], old.get("control_points", {})
    for name, kind in KINDS.items():
        if name in points and name not in were:
            yield _("control point added: %s") % _point(name, points[name])
        elif name in were and name not in points:
            yield _("control point taken away: %s") % kind.label
        elif name in points and (now := kind.in_words(points[name])) != (then := kind.in_words(were[name])):
            yield f"{kind.label}: {then or _('nothing')} → {now or _('nothing')}"
    if before and old.get("rationale") != after["rationale"]:
        yield _("another rationale")
    if old.get("state", "in_force") != after.get("state", "in_force"):
        yield _("suspended at once") if after["state"] == "suspended" else _("no longer suspended")


def policy_history(versions: Sequence[PolicyVersion]) -> Iterator[tuple[PolicyVersion, list[str]]]:
    """Versions, newest first, each with what it changed against the one it followed; the oldest with nothing."""
    for new, old in zip_longest(versions, versions[1:]):
        yield new, list(policy_differences(policy_data(old), policy_data(new))) if old else []


def _category(value: str) -> str:
    return str(Category(value).label) if value in Category.values else _("no category yet")


def _point(name: str, params: Mapping[str, Any]) -> str:
    told = KINDS[name].in_words(params)
    return f"{KINDS[name].label} ({told})" if told else str(KINDS[name].label)


def words_changed(before: str, after: str) -> list[tuple[str, str]]:
    """Two texts as one, word by word: pairs of ``same``, ``gone`` or ``new`` and the words."""
    old, new = _pieces(before), _pieces(after)
    result: list[tuple[str, str]] = []
    for act, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if act == "equal":
            result.append(("same", "".join(old[a:b])))
            continue
        if b > a:
            result.append(("gone", "".join(old[a:b])))
        if d > c:
            result.append(("new", "".join(new[c:d])))
    return result


def _pieces(text: str) -> list[str]:
    """Words with the blanks behind them."""
    pieces: list[str] = []
    for char in text:
        if pieces and (char.isspace() or not pieces[-1][-1].isspace()):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces
