"""The last look at what is about to leave."""

import re
from collections.abc import Iterable, Mapping
from itertools import accumulate

from workbench.gateway.pii import find_placeholders, is_ordinary_word


class Leak(Exception):
    """Something that a placeholder stands for is about to leave. Carries the placeholders, never the values."""

    def __init__(self, placeholders: Iterable[str]) -> None:
        self.placeholders = tuple(placeholders)
        super().__init__(", ".join(self.placeholders))


def check(outbound: str, mapping: Mapping[str, str], *, fixed: str = "") -> None:
    """Raise Leak when an original of ``mapping`` stands in ``outbound`` as a word of its own, in whatever case.

    What a person marked counts anywhere, also inside a word, but not inside a letter (“s” is no part of “ß”, which is “ss” in
    another case). Three things do not count: placeholders of the mapping
    themselves and what only looked like one (LITERAL); a word of the approved template ``fixed``, as often as it stands
    there and not once more (a buyer called “Goal”); and a name that is an ordinary word too, in lower case (“weiß” beside
    “Frau Weiß”), which scrubbing leaves readable for the same reason.
    """
    readable = _without_placeholders(outbound, mapping)
    folded, public = readable.casefold(), fixed.casefold()
    edges = _edges(readable, folded)
    leaks = []
    for placeholder, original in mapping.items():
        value = original.casefold()
        if not value.strip() or placeholder.startswith("[LITERAL_") or value not in folded:
            continue
        anywhere = placeholder.startswith("[MARKED_")
        seen = _count(value, folded, anywhere=anywhere, edges=edges)
        if placeholder.startswith("[PERSON_") and is_ordinary_word(word := original.lower()):
            seen -= _count(word, readable, anywhere=False)
        if seen > _count(value, public, anywhere=anywhere):
            leaks.append(placeholder)
    if leaks:
        raise Leak(leaks)


def _without_placeholders(text: str, mapping: Mapping[str, str]) -> str:
    """The text with a line break in the place of every placeholder of the mapping."""
    pieces, position = [], 0
    for found in find_placeholders(text):
        if found.key in mapping:
            pieces.append(text[position : found.start])
            position = found.end
            pieces.append(found.tail)
    pieces.append(text[position:])
    return "\n".join(pieces)


def _edges(text: str, folded: str) -> frozenset[int] | None:
    """Where the letters of a text begin and end once it was folded; None where that is everywhere."""
    if len(folded) == len(text):
        return None
    return frozenset(accumulate((len(letter.casefold()) for letter in text), initial=0))


def _count(value: str, text: str, *, anywhere: bool, edges: frozenset[int] | None = None) -> int:
    left = r"(?<!\w)" if not anywhere and re.match(r"\w", value) else ""
    right = r"(?!\w)" if not anywhere and re.search(r"\w\Z", value) else ""
    pattern = re.compile(f"{left}{re.escape(value)}{right}")
    if edges is None:
        return len(pattern.findall(text))
    count, found = 0, pattern.search(text)
    while found:
        whole = found.start() in edges and found.end() in edges
        count += whole
        # What begins inside a letter must not hide what begins at the next one.
        found = pattern.search(text, found.end() if whole else found.start() + 1)
    return count
