"""From the model's labels to findings: which words make up a person, an address or a number, and which stay readable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .language import SMALL_WORDS
from .model import Span
from .values import Finding
from .words import AMBIGUOUS, HONORIFICS, NEVER_NAMES

_NOISE = re.compile(
    r"^(?:\d{1,2}:)?\d{1,2}:\d{2}[.,]\d{3}[ ]-->[^\n]*$|^WEBVTT[^\n]*$|^\d{1,6}[ ]*$|"
    r"</?[vcibu](?:[. ][^<>\n]{0,80})?>",
    re.MULTILINE,
)


def blank_out(text: str) -> str:
    """Turn a subtitle file's times, counters and tags into blanks, so that the model sees speech. Offsets stay."""
    return _NOISE.sub(lambda match: " " * len(match.group()), text)


def _words(value: str) -> list[str]:
    return [word.strip(".,'’-").lower() for word in re.split(r"[\s]+", value) if word.strip(".,'’-")]


_PREPOSITIONS = frozenset(
    {"am", "im", "an", "in", "at", "on", "by", "to", "and", "und", "oder", "or", "bis", "ab", "um"}
)


#: Begin a surname in lower case.
_PARTICLES = frozenset(
    {
        "von",
        "van",
        "vom",
        "zu",
        "zum",
        "zur",
        "de",
        "del",
        "della",
        "di",
        "da",
        "la",
        "le",
        "el",
        "al",
        "ten",
        "ter",
        "der",
        "den",
    }
)


def _small(word: str) -> bool:
    """Whether a word of a name is one of the small words of a sentence, written small: it belongs to the sentence."""
    bare = word.strip(".,'’-:;")
    return bare == bare.lower() and bare in SMALL_WORDS and bare not in AMBIGUOUS


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Cut forms of address and never-names off both ends of a name."""
    ordinary = NEVER_NAMES | HONORIFICS | _PREPOSITIONS
    while start < end:
        if text[start] in "-–.,'’":
            start += 1
            continue
        words = list(re.finditer(r"\S+", text[start:end]))
        if len(words) > 1 and _small(words[-1].group()):
            end = start + words[-2].end()
        elif len(words) > 1 and _small(words[0].group()) and words[0].group() not in _PARTICLES:
            start = start + words[1].start()
        elif words and words[0].group().strip(".,'’-").lower() in ordinary:
            start = start + (words[1].start() if len(words) > 1 else end - start)
        elif words and words[-1].group().strip(".,'’-").lower() in ordinary:
            end = start + (words[-2].end() if len(words) > 1 else 0)
        elif len(words) > 2 and words[-1].group().islower() and not any(w.group().islower() for w in words[:-1]):
            # Behind a full name a word in lower case is the verb: "Mehmet Yilmaz signs".
            end = start + words[-2].end()
        else:
            break
    return start, end


_NAME_GAP = re.compile(
    r"[ \t]{1,2}|-|[ ](?:van|von|de|der|den|zu|di|da|del|la|le|bin|al|el|[A-Za-z]\.)(?:[ ](?:der|den|la|le))?[ ]"
)


def _joins(text: str, left: Span, right: Span) -> bool:
    """Whether two names are parts of one: a blank, a hyphen, a particle or an initial's dot lies between them."""
    gap = text[left.end : right.start]
    return _NAME_GAP.fullmatch(gap) is not None or (left.end - left.start == 1 and gap in (".", ". "))


def _surnames(text: str, spans: list[Span]) -> list[Span]:
    """The spans, with a capitalised town behind a given name read as a surname: many surnames are towns."""
    result: list[Span] = []
    for span in spans:
        before = result[-1] if result else None
        town = span.label in ("CITY", "STATE", "STREET_NAME") and text[span.start].isupper()
        if town and before is not None and before.label == "GIVEN_NAME" and text[before.end : span.start] == " ":
            span = Span(span.start, span.end, "SURNAME", span.score)
        result.append(span)
    return result


def people_of(text: str, spans: list[Span]) -> Iterator[Finding]:
    """Given names and surnames that stand together are one person."""
    group: list[Span] = []
    for span in [*_surnames(text, spans), None]:
        if span is not None and span.label not in ("GIVEN_NAME", "SURNAME"):
            span_ends = True
        else:
            span_ends = span is None or bool(group and not _joins(text, group[-1], span))
        if span_ends and group:
            yield from _person(text, group)
            group = []
        if span is not None and span.label in ("GIVEN_NAME", "SURNAME"):
            group.append(span)


_NEXT_WORD = re.compile(r"[ ](?P<word>[A-ZÀ-Þ][a-zà-ÿ'’\-]{2,30})(?![\w@])")


def with_surname(text: str, finding: Finding) -> Finding:
    """A lone given name with the capitalised word behind it: in English its surname, in German it may be any noun."""
    value = text[finding.start : finding.end]
    following = _NEXT_WORD.match(text, finding.end)
    if following is None or not value[:1].isupper() or " " in value:
        return finding
    if following["word"].lower() in SMALL_WORDS | NEVER_NAMES:
        return finding
    return Finding(finding.start, following.end("word"), finding.type, finding.score, finding.source)


_SURE = 0.8
_CERTAIN = 0.98


def settled(text: str, people: list[Finding]) -> Iterator[Finding]:
    """Leave out single words that the text itself shows to be ordinary ones.

    Three signs: the model passes the same word by in most other places; a capitalised word of which it is nowhere sure stands in
    lower case elsewhere and is passed by there; a word in lower case stands in a line that is written with capitals, where a
    name would have one.
    """
    flagged: set[int] = {finding.start for finding in people}
    scores: dict[str, float] = {}
    for finding in people:
        value = text[finding.start : finding.end]
        if not re.search(r"\s", value):
            scores[value] = max(scores.get(value, 0.0), finding.score)
    ordinary = {value for value, score in scores.items() if _ordinary_here(text, value, score, flagged)}
    for finding in people:
        value = text[finding.start : finding.end]
        if value in ordinary:
            continue
        if value == value.lower() and finding.score < _CERTAIN and _line_has_capitals(text, finding.start):
            continue
        yield finding


def _ordinary_here(text: str, value: str, score: float, flagged: set[int]) -> bool:
    seen = [match.start() in flagged for match in re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", text)]
    if value == value.lower():
        return len(seen) >= 2 and sum(seen) < 0.5 * len(seen)
    if len(seen) >= 4 and sum(seen) < 0.25 * len(seen):
        return True
    small = re.finditer(rf"(?<!\w){re.escape(value.lower())}(?!\w)", text)
    return score < _SURE and any(match.start() not in flagged for match in small)


_LEAD = re.compile(r"[\W\d_]*(?:[\w .@()\-]{1,40}:[ ])?[\W\d_]*")


def _line_has_capitals(text: str, at: int) -> bool:
    """Whether the line begins with a capital, behind bullets, times and a speaker's name."""
    start = text.rfind("\n", 0, at) + 1
    lead = _LEAD.match(text, start, at)
    first = text[lead.end() if lead else start : at][:1]
    return first.isupper()


_TIME_KEY = re.compile(
    r"(?:ts|time|timestamp|secs?|seconds|dauer\w*|duration|port|version|codec|seq|t)[\"']?[ ]?[:=/]?[ ]?[\"']?\Z",
    re.IGNORECASE,
)
_UNIX_TIME = re.compile(r"1[67]\d{8}(?:\d{3})?")


def _is_key(text: str, start: int, end: int) -> bool:
    """Whether a stretch is the name of a JSON field, not its value."""
    return text[start - 1 : start] in ('"', "'") and re.match(r"[\"'][ ]?:", text[end : end + 3]) is not None


#: "in May", "bis August": months that are names too.
_MONTH = re.compile(r"(?:april|may|june|august|mai|juni|juli|jan|jun|jul)", re.IGNORECASE)
_BEFORE_MONTH = re.compile(
    r"(?:\b(?:in|to|by|until|till|since|from|before|after|of|this|next|last|mid|early|late|end|im|bis|ab|seit|ende|anfang|mitte|vom|zum|und|and|or)"
    r"|\d\.?|\d(?:st|nd|rd|th)|[–-])[ ]\Z",
    re.IGNORECASE,
)


def _person(text: str, group: list[Span]) -> Iterator[Finding]:
    start, end = _trimmed(text, group[0].start, group[-1].end)
    if (at := text.find("@", start, end)) != -1:
        # A handle is found by its pattern; what stands before it is another word.
        end = start + len(text[start:at].rstrip())
    value = text[start:end]
    if _is_key(text, start, end):
        return
    if _MONTH.fullmatch(value) and _BEFORE_MONTH.search(text, max(0, start - 12), start):
        return
    words = _words(value)
    if not words or all(len(word) < 2 for word in words) or any(char.isdigit() for char in value):
        return
    if all(word in SMALL_WORDS and word not in AMBIGUOUS for word in words):
        return
    score = min(max(span.score for span in group), 1.0)
    lower = value == value.lower()
    if lower and score < (0.9 if any(word in AMBIGUOUS for word in words) else 0.6):
        return
    if len(words) == 1 and words[0] in AMBIGUOUS and score < 0.6:
        return
    if score >= 0.4:
        yield Finding(start, end, "PERSON", score, "rampart")


def places_of(text: str, spans: list[Span]) -> Iterator[Finding]:
    """Street, number, postcode and town that stand together are one address; a town or state alone is a place."""
    kinds = ("BUILDING_NUMBER", "STREET_NAME", "SECONDARY_ADDRESS", "CITY", "STATE", "ZIP_CODE")
    groups: list[list[Span]] = []
    for span in spans:
        if span.label not in kinds:
            continue
        near = groups and re.fullmatch(r"[ ,.\-/\r\n\t]{0,4}", text[groups[-1][-1].end : span.start]) is not None
        if near:
            groups[-1].append(span)
        else:
            groups.append([span])
    for group in groups:
        labels = {span.label for span in group}
        start, end = _trimmed(text, group[0].start, group[-1].end)
        if start >= end:
            continue
        score = max(span.score for span in group)
        street = "STREET_NAME" in labels and bool(labels & {"BUILDING_NUMBER", "ZIP_CODE"})
        town = "ZIP_CODE" in labels and bool(labels & {"CITY", "STATE"})
        if street or (town and re.search(r"\d{4,5}|[A-Z]\d", text[start:end])):
            yield Finding(start, end, "ADDRESS", score, "rampart")
        elif labels <= {"CITY", "STATE"}:
            yield Finding(start, end, "PLACE", score, "rampart")


_AMOUNT = re.compile(r"(?:[€$£%]|eur|euro|usd|chf|gbp|k|tsd|mio|million|prozent|percent)\b|[€$£%]", re.IGNORECASE)
_LIKE_DATE = re.compile(
    r"\d{1,2}[./\-]\d{1,2}(?:[./\-]\d{2,4})?|\d{4}-\d{2}(?:-\d{2})?|(?:19|20)\d{2}|"
    r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?"
)
#: What the model's labels mean here. Our adapter taught those in the second half a meaning that the published model has no label for.
NUMBER_TYPES = {
    "GOVERNMENT_ID": "NATIONAL_ID",
    "BANK_ACCOUNT": "IBAN",
    "PHONE": "PHONE",
    "EMAIL": "EMAIL",
    "TAX_ID": "DATE_OF_BIRTH",
    "ROUTING_NUMBER": "CUSTOMER_ID",
    "PASSPORT": "SECRET",
    "DRIVERS_LICENSE": "LICENSE_PLATE",
    "URL": "HANDLE",
}
_FEWEST_DIGITS = {
    "NATIONAL_ID": 6,
    "IBAN": 5,
    "PHONE": 3,
    "CUSTOMER_ID": 3,
    "DATE_OF_BIRTH": 3,
    "LICENSE_PLATE": 1,
    "SECRET": 0,
    "HANDLE": 0,
}


def numbers_of(text: str, spans: list[Span]) -> Iterator[Finding]:
    """Numbers of state, bank and telephone that the model is sure of and that are no amount and no date."""
    for span in spans:
        type_ = NUMBER_TYPES.get(span.label)
        if type_ is None or span.score < 0.75:
            continue
        value = text[span.start : span.end]
        if type_ == "EMAIL":
            if re.fullmatch(r"\S+@\S+", value):
                yield Finding(span.start, span.end, type_, span.score, "rampart")
            continue
        if (
            _is_key(text, span.start, span.end)
            or _TIME_KEY.search(text, max(0, span.start - 16), span.start)
            or _UNIX_TIME.fullmatch(value)
        ):
            continue
        if type_ == "HANDLE" and re.search(r"\s", value):
            continue
        digits = sum(char.isdigit() for char in value)
        spoken = digits == 0 and len(value.split()) >= 3
        around = text[max(0, span.start - 2) : span.start] + text[span.end : span.end + 8].lstrip()[:8]
        date = _LIKE_DATE.fullmatch(value.strip()) is not None and type_ not in ("DATE_OF_BIRTH", "CUSTOMER_ID")
        if (
            (digits < _FEWEST_DIGITS[type_] and not spoken)
            or date
            or _AMOUNT.match(around)
            or _AMOUNT.search(around[:3])
        ):
            continue
        yield Finding(span.start, span.end, type_, span.score, "rampart")
