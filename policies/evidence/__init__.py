"""What in a draft rests on its source, and what does not. No model is asked; everything is compared as written in English and German.

The control points on the output and the review desk use the same comparison.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from operator import itemgetter

from policies.evidence.dates import Day, dates
from policies.evidence.figures import Figure, figures
from policies.evidence.names import flat, names, quotes, vocabulary
from policies.evidence.passages import Passages, sentences

__all__ = ["Day", "Evidence", "Figure", "Mark", "Passages", "Sources", "dates", "figures", "gather", "sentences"]

#: Number words below this are too common ("one of them") to be marked where no unit stands behind them.
_SMALLEST_WORD = 13
#: Said by themselves these count nothing: "Tausend Dank", "a hundred reasons".
_ROUND = frozenset({"hundred", "a hundred", "hundert", "thousand", "a thousand", "tausend"})
#: What stands for something else: left over from scrubbing, or invented by a model.
_PLACEHOLDER = re.compile(
    r"\[[A-Z][A-Z_]*_\d+(?:_[A-Z]+\d*)?\]"
    # A blank that the model left for somebody to fill in: [DATE], [Insert date], [Ihr Name].
    r"|\[(?:[A-ZÄÖÜ][A-ZÄÖÜ _]{2,30}|(?i:insert|your|tbd|name|date|company|ihr|datum|firma)\b[^\]\n]{0,40})\]"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure, date, name, quote or placeholder of the draft. ``line``: where in the sources it stands, from 1; None where it does not.

    ``near``: what of the same kind stands in the passage nearest to it, with its line.
    """

    start: int
    end: int
    kind: str
    text: str
    line: int | None = None
    near: tuple[str, int] | None = None

    @property
    def open(self) -> bool:
        """Whether it occurs in no source, so that a person must look at it."""
        return self.line is None

    @property
    def key(self) -> str:
        """How a verdict names it: kind and words. Where the same words stand twice, one look is enough."""
        return f"{self.kind}:{self.text}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The marks of a draft in their order, and for each sentence (start, end) the nearest lines of the sources, from 1."""

    marks: tuple[Mark, ...]
    sentences: tuple[tuple[int, int, tuple[int, ...]], ...]

    @property
    def open(self) -> tuple[Mark, ...]:
        """The marks that rest on nothing, each words once."""
        return tuple({mark.key: mark for mark in reversed(self.marks) if mark.open}.values())[::-1]


class Sources:
    """The texts a draft was made from, line by line, read once."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.lines = [line for text in texts for line in (text.splitlines() or [""])]
        self._text = "\n".join(self.lines)
        # The same words are looked for once, however often a draft repeats them.
        self._seen: dict[Hashable, int | None] = {}
        self._starts = [0]
        for line in self.lines[:-1]:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def line_of(self, offset: int) -> int:
        """The line, from 1, in which a place of the joined text stands."""
        return bisect_right(self._starts, offset)

    @cached_property
    def figures(self) -> list[Figure]:
        return list(figures(self._text, lists=True))

    @cached_property
    def dates(self) -> list[tuple[int, int, str, Day]]:
        return list(dates(self._text))

    @cached_property
    def figures_by_line(self) -> dict[int, dict[str, str]]:
        """The first figure written in digits of each line and unit, in their order."""
        found: dict[int, dict[str, str]] = {}
        for figure in self.figures:
            if not figure.word:
                found.setdefault(self.line_of(figure.start), {}).setdefault(figure.unit, figure.text)
        return found

    @cached_property
    def dates_by_line(self) -> dict[int, str]:
        """The first date of each line, as written."""
        found: dict[int, str] = {}
        for start, _end, text, _day in self.dates:
            found.setdefault(self.line_of(start), text)
        return found

    @cached_property
    def _flat(self) -> str:
        return flat(self._text)

    @cached_property
    def _flat_lines(self) -> list[str]:
        return [flat(line) for line in self.lines]

    @cached_property
    def _by_value(self) -> dict[Decimal, list[Figure]]:
        found: dict[Decimal, list[Figure]] = {}
        for figure in self.figures:
            for value in figure.values:
                found.setdefault(value, []).append(figure)
        return found

    @cached_property
    def words(self) -> frozenset[str]:
        return vocabulary(self._text)

    @cached_property
    def passages(self) -> Passages:
        return Passages(self.lines)

    def figure(self, figure: Figure) -> int | None:
        """The line in which the same figure stands."""
        seen = (figure.values, figure.unit)
        if seen not in self._seen:
            same = (own.start for value in figure.values for own in self._by_value.get(value, ()) if figure.fits(own))
            first = min(same, default=None)
            self._seen[seen] = None if first is None else self.line_of(first)
        return self._seen[seen]

    def date(self, day: Day) -> int | None:
        """The line in which the same date stands."""
        if day not in self._seen:
            own = (self.line_of(start) for start, _end, _words, own in self.dates if day.fits(own))
            self._seen[day] = next(own, None)
        return self._seen[day]

    def name(self, words: str) -> int | None:
        """A line in which the name stands, in any case and with any ending of one letter."""
        seen = ("name", words)
        if seen not in self._seen:
            self._seen[seen] = self._name(words)
        return self._seen[seen]

    def _name(self, words: str) -> int | None:
        if (line := self.verbatim(words)) is not None:
            return line
        parts = [part for part in vocabulary(words) if len(part) > 1]
        if not parts or not all(self._known(part) for part in parts):
            return None
        first = max(parts, key=len)
        return next((number for number, line in enumerate(self.lines, 1) if first[:-1] in line.casefold()), 1)

    def _known(self, part: str) -> bool:
        return part in self.words or part.removesuffix("s") in self.words or f"{part}s" in self.words

    def verbatim(self, words: str) -> int | None:
        """The line in which exactly these characters stand."""
        at = self._text.find(words)
        return None if at < 0 else self.line_of(at)

    def quote(self, words: str) -> int | None:
        """The line in which the quoted words stand; a quote may run over lines."""
        seen = ("quote", words)
        if seen not in self._seen:
            self._seen[seen] = self._quote(words)
        return self._seen[seen]

    def _quote(self, words: str) -> int | None:
        wanted = flat(words)
        if wanted not in self._flat:
            return None
        return next((number for number, line in enumerate(self._flat_lines, 1) if wanted in line), 1)


def gather(draft: str, texts: Sequence[str], *, language: str = "en", prose: bool = True) -> Evidence:
    """Compare a draft with its sources.

    Args:
        draft: the text a reviewer decides on.
        texts: the inputs as typed.
        language: ``en`` or ``de``; names are told from other words by it.
        prose: whether the draft is sentences. Of fields only figures, dates and placeholders are compared; a value alone looks like a name.
    """
    sources = Sources(texts)
    cut = sentences(draft)
    near = [sources.passages.nearest(draft[start:end]) for start, end in cut]
    marks: list[Mark] = []
    spans: list[tuple[int, int]] = []
    for start, end, kind, words, line in _found(draft, sources, language if prose else ""):
        at = bisect_left(spans, (start, end))
        if (at < len(spans) and spans[at][0] < end) or (at and start < spans[at - 1][1]):
            continue
        spans.insert(at, (start, end))
        beside = None if line is not None else _beside(kind, words, start, cut, near, sources)
        marks.append(Mark(start, end, kind, words, line, beside))
    lines = tuple((start, end, tuple(n + 1 for n in row)) for (start, end), row in zip(cut, near, strict=True))
    return Evidence(tuple(sorted(marks, key=lambda mark: mark.start)), lines)


def _found(draft: str, sources: Sources, language: str) -> Iterator[tuple[int, int, str, str, int | None]]:
    """Placeholders, dates, figures, names, quotes, in this order: what is part of one is not looked at again."""
    for match in _PLACEHOLDER.finditer(draft):
        yield match.start(), match.end(), "placeholder", match[0], sources.verbatim(match[0])
    for start, end, words, day in dates(draft):
        yield start, end, "date", words, sources.date(day)
    for figure in figures(draft):
        line = sources.figure(figure)
        if (
            line is None
            and figure.word
            and not figure.unit
            and (min(figure.values) < _SMALLEST_WORD or figure.text.lower() in _ROUND)
        ):
            continue
        yield figure.start, figure.end, "figure", figure.text, line
    if not language:
        return
    for start, end, words in names(draft, language):
        yield start, end, "name", words, sources.name(words)
    for start, end, words in quotes(draft):
        yield start, end, "quote", words, sources.quote(words)


def _beside(
    kind: str, words: str, at: int, cut: Sequence[tuple[int, int]], near: Sequence[tuple[int, ...]], sources: Sources
) -> tuple[str, int] | None:
    """What of the same kind stands in the passage nearest to the sentence."""
    if kind not in ("figure", "date"):
        return None
    number = bisect_right(cut, at, key=itemgetter(0)) - 1
    for line in near[number] if number >= 0 and at < cut[number][1] else ():
        if kind == "figure":
            there = sources.figures_by_line.get(line + 1, {})
            unit = next((f.unit for f in figures(words)), "")
            near_by = there.get(unit) or next(iter(there.values()), "")
        else:
            near_by = sources.dates_by_line.get(line + 1, "")
        if near_by:
            return near_by, line + 1
    return None
