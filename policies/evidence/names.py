"""Names and quotes of a draft. Personal names that nobody gave the model are masked before a reviewer sees them; these are the others."""

import re
from bisect import bisect_right
from collections.abc import Iterator

_WORD = re.compile(r"\w[\w'’&.-]*\w|\w")
_CAPITAL = re.compile(r"[A-ZÄÖÜ][\w&-]*\w")
_SENTENCE_END = re.compile(r"[.!?:…][\"”“»)]*\s*\Z|\n\s*\Z|\A\s*\Z|[-*•|>]\s*\Z|[\"“„«(]\s*\Z")
# Capitals that are no names, in business English.
_COMMON = frozenset(
    ["i", "i'm", "i'll", "i've", "i'd", "ok", "crm", "api", "sla", "saas", "roi", "kpi", "ceo", "cfo", "cto", "coo", "vp", "hr", "it", "faq", "pdf", "excel", "ai", "erp", "b2b", "q1", "q2", "q3", "q4", "eur", "usd", "gbp", "chf", "mr", "mrs", "ms", "dr", "prof", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "english", "german", "europe", "european", "euro", "euros", "mail", "email", "teams", "zoom", "next", "step", "steps", "action", "actions"]
)  # fmt: skip
_INNER_CAPITAL = re.compile(r"[A-ZÄÖÜ][a-zäöüß]+[A-ZÄÖÜ]\w*|[A-ZÄÖÜ]{3,}\d*\Z")
_FIRM = re.compile(r"(?P<name>(?:[A-ZÄÖÜ][\w&-]+ ){1,3})(?:GmbH|AG|KG|SE|OHG|UG|Ltd|Inc|LLC|plc)\b")
_HONORIFIC = re.compile(r"\b(?:Herrn?|Frau|Mr|Mrs|Ms|Dr|Prof|Firma|Messrs)\.? (?P<name>[A-ZÄÖÜ][\w-]+)")
_QUOTE = re.compile(r"[“\"„«](?P<words>[^“”\"„«»\n]{3,300})[”\"“»]")


def vocabulary(text: str) -> frozenset[str]:
    """The words of a text, folded, each also without its ending after an apostrophe or hyphen."""
    found = set()
    for match in _WORD.finditer(text):
        word = match[0].casefold()
        found.add(word)
        # Transcripts spell abbreviations: T_V_.
        found.add(word.replace("_", ""))
        found.update(part for part in re.split(r"['’.&-]", word) if part)
    return frozenset(found)


def names(text: str, language: str) -> Iterator[tuple[int, int, str]]:
    """What looks like the name of a firm, product or place: start, end, words; neighbours are one name.

    English: capitals within a sentence. German writes every noun with one, so there only words with inner capitals, those before a
    firm's legal form and those behind a form of address.
    """
    titles = _Titles(text)
    spans = [match.span("name") for pattern in (_FIRM, _HONORIFIC) for match in pattern.finditer(text)]
    for match in _CAPITAL.finditer(text):
        if (match.start() and (text[match.start() - 1].isalnum() or text[match.start() - 1] in "[_")) or _common(
            match[0].casefold()
        ):
            continue  # fmt: skip
        inner = bool(_INNER_CAPITAL.match(match[0]))
        within = language == "en" and not _SENTENCE_END.search(text[max(0, match.start() - 4) : match.start()])
        if inner or (within and not titles.hold(match.start())):
            spans.append(match.span())
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            continue
        if joined and text[joined[-1][1] : start] == " ":
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    for start, end in joined:
        yield start, end, text[start:end].strip()


def _common(word: str) -> bool:
    """Also in the plural: KPIs."""
    return word in _COMMON or word.removesuffix("s") in _COMMON


_LEAD_IN = re.compile(r"[\s\d.)*•>-]*(?P<title>[^:\n]{3,80}?)(?:\*\*)?:(?:\*\*)?\s")


class _Titles:
    """Which places of a text stand in a heading, or in a title before a colon at the beginning of a line: a few words, each with a capital.

    Each line is read once, so that a line without end costs no more than its length.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines[:-1]:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._read: dict[int, tuple[bool, range]] = {}

    def hold(self, at: int) -> bool:
        number = bisect_right(self._starts, at) - 1
        if number not in self._read:
            self._read[number] = _titles_of(self._lines[number])
        whole, lead = self._read[number]
        return whole or at - self._starts[number] in lead


def _titles_of(line: str) -> tuple[bool, range]:
    """Whether a line is a heading as a whole, and which of its places stand in a title before a colon."""
    lead = _LEAD_IN.match(line + "\n")
    titled = lead is not None and len(re.findall(r"[^\W\d_]+", lead["title"])) > 1 and _capitals(lead["title"])
    places = range(*lead.span("title")) if lead is not None and titled else range(0)
    line = line.strip()
    if line.startswith("#") or (len(line) < 80 and line.rstrip("*").endswith(":")):
        return True, places
    # Nine long words have more characters than this; what is longer is no heading and is not read to its end.
    short = len(line) < 2_000 and len(re.findall(r"[^\W\d_]{4,}", line)) <= 8
    return short and not line.endswith(".") and _capitals(line), places


def _capitals(line: str) -> bool:
    """Whether every longer word of a line is written with a capital."""
    words = re.findall(r"[^\W\d_]{4,}", line)
    return bool(words) and all(word[0].isupper() for word in words)


def quotes(text: str) -> Iterator[tuple[int, int, str]]:
    """What stands in quotation marks and has two words or more: start, end, words."""
    for match in _QUOTE.finditer(text):
        if len(match["words"].split()) >= 2:
            yield match.start("words"), match.end("words"), match["words"].strip()


def flat(text: str) -> str:
    """Words alone, folded, for comparing what is quoted."""
    return " ".join(re.findall(r"\w+", text.casefold()))
