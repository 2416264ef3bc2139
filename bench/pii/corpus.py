"""The annotated texts: reading them and making more of them from templates.

In a file every text begins with ``=== <id> <kind>``; in it, personal data stands as ``⟦TYPE:value⟧``.
"""

import re
from dataclasses import dataclass
from pathlib import Path

TEXTS = Path(__file__).parent / "texts"
#: What an annotator may mark.
TYPES = frozenset(
    "PERSON EMAIL PHONE ADDRESS DATE_OF_BIRTH NATIONAL_ID IBAN CREDIT_CARD CUSTOMER_ID LICENSE_PLATE IP_ADDRESS URL HANDLE SECRET ORG PLACE".split()
)
#: Firms and lone places: a policy decides whether they are scrubbed, so they count neither way.
NEITHER = frozenset({"ORG", "PLACE"})
_MARK = re.compile(r"⟦([A-Z_]+):(.*?)⟧", re.DOTALL)
_HEADER = re.compile(r"^=== (\S+) ?(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Gold:
    """A stretch of personal data as its annotator marked it; code points of the text."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Text:
    """One annotated text."""

    id: str
    kind: str
    language: str
    text: str
    spans: tuple[Gold, ...]


def parse(marked: str) -> tuple[str, tuple[Gold, ...]]:
    """Text and spans of a marked text. Raises ValueError for an unknown type or a bracket left over."""
    pieces: list[str] = []
    spans: list[Gold] = []
    length = position = 0
    for match in _MARK.finditer(marked):
        if match[1] not in TYPES:
            raise ValueError(f"unknown type {match[1]}")
        before = marked[position : match.start()]
        pieces += (before, match[2])
        length += len(before)
        spans.append(Gold(length, length + len(match[2]), match[1]))
        length += len(match[2])
        position = match.end()
    pieces.append(marked[position:])
    text = "".join(pieces)
    if "⟦" in text or "⟧" in text:
        raise ValueError("a bracket is left over")
    return text, tuple(spans)


def read(name: str, folder: Path = TEXTS) -> list[Text]:
    """The texts of ``<folder>/<name>.txt``; the first two letters of the name are the language."""
    content = (folder / f"{name}.txt").read_text(encoding="utf-8")
    headers = list(_HEADER.finditer(content))
    result = []
    for header, following in zip(headers, [*headers[1:], None], strict=True):
        body = content[header.end() : following.start() if following else None].strip("\n")
        try:
            text, spans = parse(body)
        except ValueError as error:
            raise ValueError(f"{name}: {header[1]}: {error}") from None
        result.append(Text(header[1], header[2].strip(), name[:2], text, spans))
    return result
