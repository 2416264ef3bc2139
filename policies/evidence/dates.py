"""Dates as people write them in English and German."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTHS = (
    ("january", "jan", "januar", "jänner"), ("february", "feb", "februar"), ("march", "mar", "märz", "maerz", "mrz"), ("april", "apr"), ("may", "mai"),
    ("june", "jun", "juni"), ("july", "jul", "juli"), ("august", "aug"), ("september", "sep", "sept"), ("october", "oct", "oktober", "okt"),
    ("november", "nov"), ("december", "dec", "dezember", "dez"),
)  # fmt: skip
_NUMBER = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}
_WORD = "|".join(sorted(_NUMBER, key=len, reverse=True))
# As they are spoken: "the ninth of December", "am neunten Dezember".
_SPOKEN_EN = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth",
    "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
_STEMS_DE = (
    "erste", "zweite", "dritte", "vierte", "fünfte", "sechste", "siebte", "achte", "neunte", "zehnte", "elfte", "zwölfte", "dreizehnte", "vierzehnte", "fünfzehnte",
    "sechzehnte", "siebzehnte", "achtzehnte", "neunzehnte", "zwanzigste",
)  # fmt: skip
_SPOKEN = {word: number for number, word in enumerate(_SPOKEN_EN, 1)} | {"thirtieth": 30, "dreißigste": 30}
_SPOKEN |= {f"twenty{gap}{word}": 20 + number for gap in " -" for number, word in enumerate(_SPOKEN_EN[:9], 1)}
_SPOKEN |= {f"thirty{gap}first": 31 for gap in " -"} | {word: number for number, word in enumerate(_STEMS_DE, 1)}
_SPOKEN |= {f"{one}undzwanzigste": number + 20 for number, one in enumerate(("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"), 1)}  # fmt: skip
_SPOKEN["einunddreißigste"] = 31
_DAY = "|".join(sorted(_SPOKEN, key=len, reverse=True))
_PATTERN = re.compile(
    rf"""(?<![\w.-])(?:
      (?P<y1>\d{{4}})-(?P<m1>\d{{2}})-(?P<d1>\d{{2}})
    | (?P<d2>\d{{1,2}})\.\s?(?P<m2>\d{{1,2}})\.(?:\s?(?P<y2>\d{{4}}|\d{{2}}))?
    | (?P<a3>\d{{1,2}})/(?P<b3>\d{{1,2}})/(?P<y3>\d{{4}}|\d{{2}})
    | (?P<d4>\d{{1,2}})(?:st|nd|rd|th|\.)?\s(?:of\s)?(?P<m4>{_WORD})\b\.?(?:,?\s(?P<y4>\d{{4}}))?
    | (?P<m5>{_WORD})\.?\s(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s(?P<y5>\d{{4}}))?
    | (?P<w6>{_DAY})[nr]?\s(?:of\s)?(?P<m6>{_WORD})\b(?:,?\s(?P<y6>\d{{4}}))?
    | (?P<m7>{_WORD})\s(?:the\s)?(?P<w7>{_DAY})\b(?:,?\s(?P<y7>\d{{4}}))?
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date; ``year`` is 0 where none was written, ``swapped`` where day and month may be either way round (3/4/2027)."""

    day: int
    month: int
    year: int = 0
    swapped: bool = False

    def fits(self, other: "Day") -> bool:
        """Whether both may be the same day."""
        if self.year and other.year and self.year != other.year:
            return False
        same = (self.day, self.month) == (other.day, other.month)
        return same or ((self.swapped or other.swapped) and (self.month, self.day) == (other.day, other.month))


def dates(text: str) -> Iterator[tuple[int, int, str, Day]]:
    """The dates of a text: start, end, as written, and as a day. What cannot be a date (31.02.) is passed over."""
    for match in _PATTERN.finditer(text):
        part = match.groupdict()
        year = next((value for name in ("y1", "y2", "y3", "y4", "y5", "y6", "y7") if (value := part[name])), "")
        number = int(year or 0) + (2000 if len(year) == 2 else 0)
        if part["a3"]:
            # English writes day/month or month/day; where only one is possible, it is that one.
            first, second = int(part["a3"]), int(part["b3"])
            day, month = (second, first) if second > 12 else (first, second)
            found = Day(day, month, number, swapped=first <= 12 and second <= 12 and first != second)
        else:
            spoken = part["w6"] or part["w7"]
            day = _SPOKEN[spoken.lower()] if spoken else int(part["d1"] or part["d2"] or part["d4"] or part["d5"])
            word = part["m1"] or part["m2"] or part["m4"] or part["m5"] or part["m6"] or part["m7"]
            found = Day(day, _NUMBER.get(word.lower(), 0) or int(word), number)
        if (
            1 <= found.month <= 12
            and 1 <= found.day <= (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[found.month - 1]
        ):
            words = match[0].rstrip(" .,")
            yield match.start(), match.start() + len(words), words, found
