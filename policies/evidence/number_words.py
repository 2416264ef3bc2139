"""Numbers written or spoken as words, in English and German: what a transcript says as "two point five" a summary writes as 2.5.

Years are read in pairs ("twenty twenty two"); "and a half", "point" and "Komma" make fractions; "a hundred forty", "two thousand twenty
two", "zweitausendzweiundzwanzig" and "sixty nine point seven million" are one number each.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

_UNITS = {
    word: value
    for value, word in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
}
_TEENS = {
    word: value
    for value, word in enumerate(
        ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"], 10
    )
} | {"dozen": 12}  # fmt: skip
_TENS = {word: value for value, word in zip(range(20, 100, 10), ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], strict=True)}  # fmt: skip
_SCALES = {
    "thousand": 10**3, "million": 10**6, "millions": 10**6, "millionen": 10**6, "billion": 10**9, "billions": 10**9, "milliarde": 10**9, "milliarden": 10**9,
}  # fmt: skip
_ONES_DE = ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"]  # fmt: skip
_TENS_DE = ["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]
_POINT = frozenset({"point", "komma"})
_LETTERS = re.compile(r"[^\W\d_]+")
_AFTER_DIGIT = re.compile(r"\d[ \u00a0\u202f]?\Z")


def _german_below_hundred() -> dict[str, int]:
    table = {word: value for value, word in enumerate(_ONES_DE)} | {"dutzend": 12}
    for tens, value in zip(_TENS_DE, range(20, 100, 10), strict=True):
        for spelling in {tens, tens.replace("ß", "ss")}:
            table[spelling] = value
            for one in range(1, 10):
                table[f"{'ein' if one == 1 else _ONES_DE[one]}und{spelling}"] = value + one
    return table


_GERMAN = _german_below_hundred()
_HALVES = {"anderthalb": Decimal("1.5"), "eineinhalb": Decimal("1.5")} | {
    f"{_ONES_DE[one]}einhalb": Decimal(one) + Decimal("0.5") for one in range(2, 13)
}


def german(word: str) -> int | None:
    """The number a German word writes in one piece, below a million: "dreihundertzwölf", "neunzehnhundertachtzig"; or None."""
    if (small := _GERMAN.get(word)) is not None:
        return small
    thousands, mark, rest = word.partition("tausend")
    if mark:
        left, right = _german_hundreds(thousands, 1), _german_hundreds(rest, 0)
        return None if left is None or right is None else left * 1000 + right
    return _german_hundreds(word, None)


def _german_hundreds(word: str, empty: int | None) -> int | None:
    if not word:
        return empty
    word = word.removeprefix("und")
    hundreds, mark, rest = word.partition("hundert")
    if not mark:
        return 1 if word == "ein" else _GERMAN.get(word)
    left = 1 if hundreds in ("", "ein") else _GERMAN.get(hundreds)
    right = _GERMAN.get(rest.removeprefix("und")) if rest else 0
    return None if left is None or right is None or not 1 <= left <= 19 else left * 100 + right


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    word: str


def number_words(text: str) -> Iterator[tuple[int, int, Decimal]]:
    """The numbers of a text that are written as words: start, end, value."""
    run: list[_Token] = []
    for match in _LETTERS.finditer(text):
        token = _Token(match.start(), match.end(), match[0].lower())
        # Only one blank or hyphen may stand between the words of one number.
        if run and text[run[-1].end : token.start] not in (" ", "-"):
            yield from _numbers(run, text)
            run = []
        if _counts(token.word):
            run.append(token)
        elif run:
            yield from _numbers(run, text)
            run = []
    if run:
        yield from _numbers(run, text)


def _counts(word: str) -> bool:
    if word in _UNITS or word in _TEENS or word in _TENS or word in _SCALES or word in _GERMAN or word in _HALVES:
        return True
    if word in {"hundred", "and", "a", "an", "half", "oh"} or word in _POINT:
        return True
    return ("hundert" in word or "tausend" in word) and german(word) is not None


def _numbers(run: Sequence[_Token], text: str) -> Iterator[tuple[int, int, Decimal]]:
    at = 0
    while at < len(run):
        found = _parse([token.word for token in run[at:]])
        if found is None:
            at += 1
            continue
        value, used = found
        # "84 thousand" is one figure, and read as such where digits are read.
        if not _AFTER_DIGIT.search(text[max(0, run[at].start - 2) : run[at].start]):
            yield run[at].start, run[at + used - 1].end, value
        at += used


def _parse(words: Sequence[str]) -> tuple[Decimal, int] | None:
    """The number that begins the words, and how many of them it takes."""
    if words[0] in _HALVES:
        return _scaled(_HALVES[words[0]], words, 1)
    return _whole(words)


def _whole(words: Sequence[str]) -> tuple[Decimal, int] | None:
    at, total, current, last = 0, 0, 0, ""
    smallest = 10**12
    if words[0] in {"a", "an"}:
        if len(words) < 2 or not (words[1] == "hundred" or words[1] in _SCALES or words[1] == "dozen"):
            return None
        at = 1
    while at < len(words):
        word = words[at]
        if word in _UNITS and last in {"", "tens", "hundred", "scale"}:
            current, last = current + _UNITS[word], "unit" if last != "tens" else "pair"
        elif (word in _TENS or word in _TEENS) and last in {"", "hundred", "scale"}:
            current, last = current + (_TENS.get(word) or _TEENS[word]), "tens" if word in _TENS else "teen"
        elif (
            last in {"tens", "teen", "pair"}
            and not total
            and 10 <= current <= 99
            and (year := _second_half(words[at:]))
        ):
            value, used = year
            return Decimal(current * 100 + value), at + used
        elif last in {"", "scale"} and (written := german(word)) is not None:
            current, last = written, "german"
        elif word == "hundred" and last in {"", "unit", "teen", "pair", "tens"} and current < 100:
            current, last = (current or 1) * 100, "hundred"
        elif word in _SCALES and _SCALES[word] < smallest and last != "and":
            total, current, smallest, last = total + (current or 1) * _SCALES[word], 0, _SCALES[word], "scale"
        elif (
            word == "and"
            and last in {"hundred", "scale"}
            and at + 1 < len(words)
            and words[at + 1] in _UNITS | _TEENS | _TENS
        ):
            pass
        else:
            break
        at += 1
    if not last:
        return None
    return _fraction(Decimal(total + current), words, at)


def _second_half(words: Sequence[str]) -> tuple[int, int] | None:
    """The second pair of a spoken year: "twenty two", "nineteen", "oh five"."""
    if words[0] in _TEENS:
        return _TEENS[words[0]], 1
    if words[0] in _TENS:
        unit = _UNITS.get(words[1], 0) if len(words) > 1 else 0
        return _TENS[words[0]] + unit, 2 if unit else 1
    if words[0] == "oh" and len(words) > 1 and words[1] in _UNITS:
        return _UNITS[words[1]], 2
    return None


def _fraction(value: Decimal, words: Sequence[str], at: int) -> tuple[Decimal, int]:
    """What follows a whole number: digits after a point, "and a half", then a scale."""
    if words[at : at + 3] == ["and", "a", "half"]:
        return _scaled(value + Decimal("0.5"), words, at + 3)
    if at < len(words) and words[at] in _POINT:
        digits, next_at = "", at + 1
        while next_at < len(words) and (digit := _digit(words[next_at])) is not None:
            digits, next_at = digits + digit, next_at + 1
        if digits:
            return _scaled(value + Decimal(f"0.{digits}"), words, next_at)
    return _scaled(value, words, at)


def _digit(word: str) -> str | None:
    if word == "oh":
        return "0"
    value = _UNITS.get(word)
    if value is None and (found := _GERMAN.get(word)) is not None and found < 10:
        value = found
    return None if value is None else str(value)


def _scaled(value: Decimal, words: Sequence[str], at: int) -> tuple[Decimal, int]:
    if at < len(words) and words[at] in _SCALES and value < 1000:
        return value * _SCALES[words[at]], at + 1
    return value, at
