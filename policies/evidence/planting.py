"""Errors planted into a copy of a draft, to see whether a review sees: a changed figure, a swapped name, an invented date.

Vigilance falls where errors are rare, and rises where they are shown to happen (Wolfe, Horowitz and Kenner 2005, doi:10.1038/435439a;
airport screening plants threat images for the same reason). The hardest error is preferred: one that stands in the source, at another
place, so that no mark gives it away.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policies.evidence.dates import Day, dates
from policies.evidence.figures import Figure, figures
from policies.evidence.names import names
from policies.evidence.passages import sentences

_HONORIFIC = re.compile(r"(?:herrn?|frau|mr|mrs|ms|dr|prof)\.?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Planted:
    """A copy of a draft with one error. ``before`` stood at ``start``; ``after`` stands there now.

    ``sentence``: the one with the error in it; ``right``: the same as the draft has it.
    """

    kind: str
    text: str
    start: int
    before: str
    after: str
    sentence: str
    right: str


def plant(
    draft: str, source: str, people: Sequence[str], rng: random.Random, *, language: str = "en"
) -> Planted | None:
    """A copy of the draft with one error, or None where nothing in it can be changed.

    Args:
        draft: prose; of fields no copy is made.
        source: what the draft was made from.
        people: the names of people, as the source writes them.
        rng: chance, given so that a test can choose it.
        language: by which other names (firms, products, places) are told from words.
    """
    makers = {
        "figure": list(_figures(draft, source, rng)),
        "name": [*_people(draft, people, rng), *_names(draft, source, people, language, rng)],
        "date": list(_dates(draft, source, rng)),
    }
    kinds = [kind for kind, found in makers.items() if found]
    if not kinds:
        return None
    kind = rng.choice(kinds)
    start, before, after = rng.choice(makers[kind])
    text = draft[:start] + after + draft[start + len(before) :]
    begin, end = next(((a, b) for a, b in sentences(text) if a <= start < b), (start, start + len(after)))
    right = text[begin:start] + before + text[start + len(after) : end]
    return Planted(kind, text, start, before, after, text[begin:end], right)


def _figures(draft: str, source: str, rng: random.Random) -> Iterator[tuple[int, str, str]]:
    """A figure of the draft, and another one of the source with the same unit; where there is none, the same with other digits."""
    days = [(start, end) for start, end, _words, _day in dates(draft)]
    of_days = [(start, end) for start, end, _words, _day in dates(source)]
    there = [f for f in figures(source) if _tells(f) and not _inside(f.start, of_days)]
    for figure in figures(draft):
        if not _tells(figure) or _inside(figure.start, days):
            continue
        others = [other.text for other in there if other.unit == figure.unit and not other.values & figure.values]
        after = rng.choice(others) if others else _other_digits(figure, rng)
        if after and after != figure.text:
            yield figure.start, figure.text, after


def _tells(figure: Figure) -> bool:
    """Not "one of them": a small number word without a unit says too little to be an error."""
    return not figure.word or bool(figure.unit) or min(figure.values) >= 13


def _other_digits(figure: Figure, rng: random.Random) -> str:
    """The figure with one digit changed; the first never becomes zero."""
    places = [match.start() for match in re.finditer(r"\d", figure.text)]
    if not places:
        return ""
    place = rng.choice(places)
    digit = figure.text[place]
    other = rng.choice([d for d in "123456789" if d != digit])
    return figure.text[:place] + other + figure.text[place + 1 :]


def _people(draft: str, people: Sequence[str], rng: random.Random) -> Iterator[tuple[int, str, str]]:
    """A full name in the draft, and another person of the source."""
    full = [name for name in dict.fromkeys(people) if len(name.split()) > 1]
    for name in full:
        parts = set(name.casefold().split())
        others = [other for other in full if not parts & set(other.casefold().split())]
        if not others:
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", draft):
            if not _HONORIFIC.search(draft[: match.start()].rstrip()):
                yield match.start(), name, rng.choice(others)


def _names(
    draft: str, source: str, people: Sequence[str], language: str, rng: random.Random
) -> Iterator[tuple[int, str, str]]:
    """The name of a firm, product or place, and another one that the source names too."""
    of_people = {part for name in people for part in name.split()}
    there = [words for _start, _end, words in names(source, language) if not of_people & set(words.split())]
    for start, _end, words in names(draft, language):
        others = [
            other for other in dict.fromkeys(there) if other != words and not set(other.split()) & set(words.split())
        ]
        if words in there and others:
            yield start, words, rng.choice(others)


def _dates(draft: str, source: str, rng: random.Random) -> Iterator[tuple[int, str, str]]:
    """A date of the draft, and one of the same month that the source does not name."""
    named = [day for _start, _end, _words, day in dates(source)]
    for start, _end, words, day in dates(draft):
        free = [
            number
            for number in range(1, 29)
            if number != day.day and not any(Day(number, day.month).fits(d) for d in named)
        ]
        digits = [match for match in re.finditer(r"\d+", words) if int(match[0]) == day.day]
        if free and digits:
            # In ISO form the day stands last, everywhere else it is the first number that reads like it.
            place = digits[-1] if re.match(r"\d{4}-", words) else digits[0]
            after = f"{rng.choice(free):0{len(place[0])}d}" if place[0].startswith("0") else str(rng.choice(free))
            yield start, words, words[: place.start()] + after + words[place.end() :]


def _inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)
