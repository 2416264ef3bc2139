"""A text as its recognizers should see it: without what hides personal data from them. Offsets lead back exactly.

Zero-width characters and soft hyphens are left out; full-width letters and digits become ordinary ones (Unicode's NFKC, where
it maps one character to one). In a view of their own, escapes (``\\u0040``, ``&#64;``, ``%40``) are what they say. Where a scan took
O for 0 or l for 1 inside a number, a second view of the same length has digits.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_HIDING = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\uff01-\uff5e\u00a0\u2007\u202f\u2010\u2011\U0001d7ce-\U0001d7ff]"
)


@dataclass(frozen=True, slots=True)
class View:
    """A cleaned text; ``places[i]`` is from where to where its character ``i`` is written in the original (None: everywhere the same)."""

    text: str
    places: tuple[tuple[int, int], ...] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that a stretch of the view stands for."""
        if self.places is None or end <= start:
            return start, end
        return self.places[start][0], self.places[end - 1][1]


#: How JSON, HTML and addresses write a character. Of an address a letter of two bytes and what stands inside words: a blank would end it.
_ESCAPE = re.compile(
    r"\\+u(?P<unit>[0-9a-fA-F]{4})"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}[0-9]{0,2});)"
    r"|(?P<bytes>%40|%2[dDeE]|%5[fF]|%[cCdD][0-9a-fA-F]%[89abAB][0-9a-fA-F])"
)


def _escaped(match: re.Match[str]) -> str:
    """The character that an escape stands for, or the escape where it stands for none."""
    said = ""
    if match["unit"]:
        said = chr(int(match["unit"], 16))
    elif match["entity"]:
        said = html.unescape(match["entity"])
    elif match["bytes"]:
        said = unquote(match["bytes"], errors="ignore")
    return said if len(said) == 1 and not "\ud800" <= said <= "\udfff" else match.group()


def has_escapes(text: str) -> bool:
    """Whether a text has characters written as escapes."""
    return _ESCAPE.search(text) is not None


def _characters(text: str, *, escapes: bool) -> Iterator[tuple[str, int, int]]:
    """Each character, and from where to where it is written."""
    position = 0
    for match in _ESCAPE.finditer(text) if escapes else ():
        yield from ((text[at], at, at + 1) for at in range(position, match.start()))
        said = _escaped(match)
        if len(said) == 1:
            yield said, match.start(), match.end()
        else:
            yield from ((char, match.start() + at, match.start() + at + 1) for at, char in enumerate(said))
        position = match.end()
    yield from ((text[at], at, at + 1) for at in range(position, len(text)))


def clean(text: str, *, escapes: bool = False) -> View:
    """The view without hiding characters, and with ``escapes`` as what they say; costs one search where there is nothing to do."""
    if not escapes and _HIDING.search(text) is None:
        return View(text)
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for char, start, end in _characters(text, escapes=escapes):
        if _INVISIBLE.match(char):
            continue
        if char in "\u2010\u2011":
            char = "-"
        elif _HIDING.match(char):
            normal = unicodedata.normalize("NFKC", char)
            char = normal if len(normal) == 1 else char
        letters.append(char)
        places.append((start, end))
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
