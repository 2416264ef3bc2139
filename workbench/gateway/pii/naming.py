"""Names of placeholders: one person is one number, and every way of writing that person is told apart.

"Anna Keller" is ``[PERSON_1]``, "Anna" is ``[PERSON_1_FIRST]``, "Keller" is ``[PERSON_1_LAST]``; a further spelling of the same thing
takes the next letter of its kind: "KELLER" is ``[PERSON_1_LAST2]``, "A. Keller" is ``[PERSON_1_FULL2]``. So a model knows who is who, and
every spelling comes back as it was typed. A part that two people of the text could have written stays a person of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_WORD = re.compile(r"[^\W\d_][\w'’\-]*\.?")


@dataclass(slots=True)
class _Person:
    """Somebody of a text: the words of the full name, and the spellings already named."""

    number: int
    words: tuple[str, ...]
    spellings: dict[str, int] = field(default_factory=dict)

    def key(self, kind: str) -> str:
        count = self.spellings[kind] = self.spellings.get(kind, 0) + 1
        suffix = "" if (kind, count) == ("FULL", 1) else f"_{kind}" if count == 1 else f"_{kind}{count}"
        return f"[PERSON_{self.number}{suffix}]"


def name_persons(originals: Iterable[str]) -> dict[str, str]:
    """Give every spelling of every person its placeholder.

    Args:
        originals: What was found as PERSON in all texts of a call, in order; repetitions do no harm.

    Returns:
        Spelling → placeholder, no two alike. Numbers follow the first mention of each person.
    """
    spellings = list(dict.fromkeys(originals))
    words = {spelling: _words(spelling) for spelling in spellings}
    full_names = list(dict.fromkeys(found for found in words.values() if len(found) > 1))
    owners: dict[str, tuple[tuple[str, ...], str]] = {}
    for spelling, found in words.items():
        owners[spelling] = _owner(found, full_names) if found else ((spelling,), "FULL")
    persons: dict[tuple[str, ...], _Person] = {}
    result: dict[str, str] = {}
    # The full name takes the plain number, even where a first name alone comes earlier in the text.
    for spelling in spellings:
        name, _ = owners[spelling]
        persons.setdefault(name, _Person(len(persons) + 1, name))
    for spelling in sorted(spellings, key=lambda s: owners[s][1] != "FULL"):
        name, kind = owners[spelling]
        result[spelling] = persons[name].key(kind)
    return result


def _words(spelling: str) -> tuple[str, ...]:
    """A name as words to compare by: lower case, without possessive endings."""
    found = (re.sub(r"['’]s?$", "", word.casefold()) for word in _WORD.findall(spelling))
    return tuple(word for word in found if word)


def _owner(words: tuple[str, ...], full_names: list[tuple[str, ...]]) -> tuple[tuple[str, ...], str]:
    """Whose name this is and which part of it; the words themselves where nobody or more than one fits."""
    if len(words) > 1:
        # Middle names and initials come and go: the same last name and the same beginning of the first is the same person.
        same = [name for name in full_names if name[-1] == words[-1] and _same_first(name[0], words[0])]
        firsts = {name[0] for name in same if not name[0].endswith(".") and len(name[0]) > 1}
        return (same[0] if len(firsts) <= 1 else words), "FULL"
    word = words[0]
    owners: dict[tuple[str, ...], str] = {}
    for name in full_names:
        if word in (name[0], name[-1]) or word.removesuffix("s") == name[-1]:
            owners[_owner(name, full_names)[0]] = "FIRST" if word == name[0] else "LAST"
    return next(iter(owners.items())) if len(owners) == 1 else (words, "FULL")


def _same_first(one: str, other: str) -> bool:
    one, other = one.rstrip("."), other.rstrip(".")
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])
