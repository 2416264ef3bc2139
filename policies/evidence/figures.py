"""Figures as people write them in English and German: 84.000 €, 84,000 EUR, 84k, 1,2 Mio., twenty-five, fünfundzwanzig, 15 %."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from policies.evidence.number_words import number_words


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text. ``values``: what it may mean; 84.000 is eighty-four thousand in German and eighty-four in English.

    ``unit``: ``%``, a currency as its ISO 4217 code, or nothing where none was written. ``word``: written as a word.
    """

    start: int
    end: int
    text: str
    values: frozenset[Decimal]
    unit: str = ""
    word: bool = False

    def fits(self, other: "Figure") -> bool:
        """Whether both may be the same: a value in common, and no two different units."""
        return bool(self.values & other.values) and (not self.unit or not other.unit or self.unit == other.unit)


_UNITS = {
    "EUR": r"€|EUR|Euros?", "USD": r"US\$|\$|USD|[Dd]ollars?|US-Dollar", "GBP": r"£|GBP|[Pp]ounds?|Pfund", "CHF": r"CHF|Fr\.|Franken|[Ff]rancs?",
    "%": r"%|per[ ]?cent|Prozent|v\.[ ]?H\.",
}  # fmt: skip
_BEFORE = "|".join((_UNITS["EUR"], _UNITS["USD"], _UNITS["GBP"], _UNITS["CHF"]))
_BEHIND = "|".join(_UNITS.values())
_UNIT_OF = {name: re.compile(rf"(?:{words})\Z", re.IGNORECASE) for name, words in _UNITS.items()}
_SCALES = (
    (Decimal(1000), re.compile(r"k|thousand|tsd\.?|tausend", re.IGNORECASE)),
    (Decimal(1_000_000), re.compile(r"mn|m|millions?|millionen|mio\.?", re.IGNORECASE)),
    (Decimal(1_000_000_000), re.compile(r"bn|billions?|milliarden?|mrd\.?", re.IGNORECASE)),
)
# A letter counts as a scale only where it touches the number: 84k, 1.2m; "12 m" is a length.
_SCALE = r"(?:[kKmM]|bn)(?!\w)|[ \u00a0\u202f]?(?:mn|thousand|tsd\.?|tausend|millions?|millionen|mio\.?|billions?|milliarden?|mrd\.?)(?!\w)"
_GAP = r"[ \u00a0\u202f]"
# What touches a number from behind belongs to it ("38km", "3x"); a lone [7] is a footnote. A letter in front makes it a code ("AX4711"),
# which counts from two digits in a row on: CO2 and B2B are words.
_DIGITS = r"\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?![.,]?\d)|\d+(?:[.,]\d+)*+"
_NUMBER = re.compile(
    rf"(?<!\w)(?!(?<=\[)\d{{1,2}}\])(?P<before>(?:{_BEFORE}){_GAP}?)?(?P<number>{_DIGITS})"
    rf"(?P<scale>{_SCALE})?(?P<behind>{_GAP}?(?:{_BEHIND})(?!\w))?\w*+",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<!\w)[^\W\d_]+(?P<number>\d+(?:[.,]\d+)++|\d{2,})[^\W_]*(?!\w)")
_LIST_NUMBER = re.compile(r"(?m)^[ \t]*(?:[-*•][ \t]*)?\d{1,2}[.)][ \t]")


def parse(number: str) -> frozenset[Decimal]:
    """What a written number may mean, by the rules of both languages."""
    plain = re.sub(r"['’ \u00a0\u202f]", "", number)
    marks = re.findall(r"[.,]", plain)
    if not marks:
        return frozenset({Decimal(plain)})
    if len(set(marks)) == 2:
        decimal = marks[-1]
        whole = plain.replace("." if decimal == "," else ",", "").replace(decimal, ".")
        return frozenset({Decimal(whole)})
    if len(marks) > 1:
        return frozenset({Decimal(re.sub(r"[.,]", "", plain))})
    head, tail = re.split(r"[.,]", plain)
    fraction = Decimal(f"{head}.{tail}")
    if len(tail) == 3 and len(head) <= 3 and head != "0":
        return frozenset({Decimal(head + tail), fraction})
    return frozenset({fraction})


def figures(text: str, *, lists: bool = False) -> Iterator[Figure]:
    """The figures of a text in their order. Numbers of a list at the beginning of a line count where ``lists`` says so."""
    spans = [] if lists else [match.span() for match in _LIST_NUMBER.finditer(text)]
    found = [
        _figure(match)
        for pattern in (_NUMBER, _CODE)
        for match in pattern.finditer(text)
        if not any(start <= match.start("number") < end for start, end in spans)
    ]
    yield from sorted([*found, *_words(text)], key=lambda figure: figure.start)


def _figure(match: re.Match[str]) -> Figure:
    part = match.groupdict("")
    scale = part.get("scale", "").strip()
    factor = next((size for size, words in _SCALES if words.fullmatch(scale)), Decimal(1)) if scale else Decimal(1)
    written = (part.get("before", "") or part.get("behind", "")).strip()
    unit = next((name for name, words in _UNIT_OF.items() if words.match(written)), "") if written else ""
    return Figure(
        match.start(), match.end(), match[0].strip(), frozenset(value * factor for value in parse(part["number"])), unit
    )  # fmt: skip


_UNIT_BEHIND = re.compile(rf"{_GAP}(?P<unit>{_BEHIND})(?!\w)", re.IGNORECASE)


def _words(text: str) -> Iterator[Figure]:
    """Numbers written as words, with the unit behind them."""
    for start, end, value in number_words(text):
        unit = _UNIT_BEHIND.match(text, end)
        name = next((name for name, words in _UNIT_OF.items() if words.match(unit["unit"])), "") if unit else ""
        stop = unit.end() if unit else end
        yield Figure(start, stop, text[start:stop], frozenset({value}), name, word=True)
