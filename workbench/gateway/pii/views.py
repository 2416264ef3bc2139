"""A text as its recognizers should see it: without what hides personal data from them. Offsets lead back exactly.

Zero-width characters and soft hyphens are left out; full-width letters and digits become ordinary ones (Unicode's NFKC, where
it maps one character to one). Where a scan took O for 0 or l for 1 inside a number, a second view of the same length has digits.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_HIDING = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\uff01-\uff5e\u00a0\u2007\u202f\u2010\u2011\U0001d7ce-\U0001d7ff]"
)


@dataclass(frozen=True, slots=True)
class View:
    """A cleaned text; ``places[i]`` is where its character ``i`` stands in the original (None: everywhere the same)."""

    text: str
    places: tuple[int, ...] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that a stretch of the view stands for."""
        if self.places is None or end <= start:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def clean(text: str) -> View:
    """The view without hiding characters; costs one search where there are none."""
    if _HIDING.search(text) is None:
        return View(text)
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        if _INVISIBLE.match(char):
            continue
        if char in "\u2010\u2011":
            char = "-"
        elif _HIDING.match(char):
            normal = unicodedata.normalize("NFKC", char)
            char = normal if len(normal) == 1 else char
        letters.append(char)
        places.append(place)
    return View("".join(letters), tuple(places))


_MISREAD = str.maketrans({"O": "0", "o": "0", "Q": "0", "l": "1", "I": "1", "|": "1"})
_NUMBER = re.compile(
    r"(?<![A-Za-zÀ-ÿ])(?:[A-Z]{1,3}[ \-]?)?[\dOolI][\dOolI|]*(?:[ ]?[\-./()–]?[ ]?[\dOolI|]+){0,9}(?![a-zà-ÿ])"
)


def as_digits(text: str) -> str:
    """The text with misread letters inside numbers as digits; of the same length, and the same string where there are none."""

    def mend(match: re.Match[str]) -> str:
        value = match.group()
        digits = sum(char.isdigit() for char in value)
        letters = sum(char in "OolI|" for char in value)
        return value.translate(_MISREAD) if letters and digits >= 2 and digits >= letters / 2 else value

    return _NUMBER.sub(mend, text)
