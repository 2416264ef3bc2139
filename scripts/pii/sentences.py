"""Filled and distorted training sentences with a label for every character of a name or address."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from names import Values

FOLDER = Path(__file__).parent
LABELS = {
    "FIRST": "GIVEN_NAME", "NICK": "GIVEN_NAME", "INITIAL": "GIVEN_NAME", "LAST": "SURNAME", "STREET": "STREET_NAME", "NO": "BUILDING_NUMBER",
    "ZIP": "ZIP_CODE", "CITY": "CITY", "STATE": "STATE", "EMAIL": "EMAIL", "PHONE": "PHONE", "IBAN": "BANK_ACCOUNT",
}  # fmt: skip
#: What patterns find better than the model: it is not taught and not corrected.
IGNORED = frozenset({"ID"})
_SLOT = re.compile(r"\{([A-Z]+)(\d?)\}")


@dataclass(slots=True)
class Sample:
    """A text and its spans: start, end, label ("" where the loss looks away)."""

    text: str
    spans: list[tuple[int, int, str]]


def templates(language: str) -> list[str]:
    """The sentences of one language, as they were written."""
    lines = (FOLDER / f"sentences_{language}.txt").read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines if line.strip()]


def fill(template: str, values: Values) -> Sample:
    """A template with values; a slot with a number keeps its value."""
    kept: dict[str, str] = {}
    pieces: list[str] = []
    spans: list[tuple[int, int, str]] = []
    at = position = 0
    bare = _SLOT.sub("", template)
    lower = bare == bare.lower() and any(char.isalpha() for char in bare) and values.chance.random() < 0.85
    for match in _SLOT.finditer(template):
        before = template[position : match.start()]
        key = match[1] + match[2]
        value = kept.get(key) or values.draw(match[1])
        if match[2]:
            kept[key] = value
        if lower:
            value = value.lower()
        pieces += (before, value)
        at += len(before)
        if match[1] in LABELS or match[1] in IGNORED:
            spans.append((at, at + len(value), LABELS.get(match[1], "")))
        at += len(value)
        position = match.end()
    pieces.append(template[position:])
    return Sample("".join(pieces), spans)


_OCR = {"l": "1", "o": "0", "O": "0", "i": "l", "m": "rn", "S": "5"}


def distort(sample: Sample, chance: random.Random) -> Sample:
    """Sometimes lower case without punctuation, as speech recognition writes; sometimes capitals; sometimes misread letters."""
    roll = chance.random()
    if roll < 0.16:
        return _mapped(sample, lambda char: "" if char in ".,;:!?\"" and chance.random() < 0.9 else char.lower())
    if roll < 0.22:
        return _mapped(sample, str.lower)
    if roll < 0.25:
        return _mapped(sample, str.upper)
    if roll < 0.28:
        return _mapped(sample, lambda char: _OCR.get(char, char) if chance.random() < 0.15 else char)
    return sample


def _mapped(sample: Sample, change) -> Sample:  # type: ignore[no-untyped-def]
    places = [0]
    pieces = []
    for char in sample.text:
        new = change(char)
        pieces.append(new)
        places.append(places[-1] + len(new))
    return Sample("".join(pieces), [(places[start], places[end], label) for start, end, label in sample.spans])


def stream(seed: int) -> Iterator[Sample]:
    """Texts without end, half of them German: one to five sentences, joined as in mails, notes and transcripts."""
    chance = random.Random(seed)
    sources = {language: (templates(language), Values(language, chance)) for language in ("de", "en")}
    while True:
        lines, values = sources[chance.choice(("de", "en"))]
        parts = [fill(chance.choice(lines), values) for _ in range(chance.choice((1, 1, 2, 3, 4, 5)))]
        text, spans = "", []
        for part in parts:
            if text:
                text += chance.choice(("\n", "\n", " ", "\n\n"))
            spans += [(start + len(text), end + len(text), label) for start, end, label in part.spans]
            text += part.text
        yield distort(Sample(text, spans), chance)
