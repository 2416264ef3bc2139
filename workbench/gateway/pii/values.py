"""The values that scrubbing takes and gives, and the errors it raises. Imports nothing but the standard library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

#: Every type a placeholder can have, in the order in which types win when one stretch of text could be several.
PLACEHOLDER_TYPES: tuple[str, ...] = (
    "MARKED",
    "SECRET",
    "EMAIL",
    "IBAN",
    "CREDIT_CARD",
    "URL",
    "NATIONAL_ID",
    "CUSTOMER_ID",
    "DATE_OF_BIRTH",
    "PHONE",
    "ADDRESS",
    "LICENSE_PLATE",
    "IP_ADDRESS",
    "HANDLE",
    "PERSON",
    "ORG",
    "PLACE",
    "LITERAL",
)

#: Types the caller never chooses: what a person marked, and text that only looks like a placeholder.
ALWAYS_ON: frozenset[str] = frozenset({"MARKED", "LITERAL"})

#: What ``types=None`` means: all but the names of firms and places, which a sales text needs to stay useful.
DEFAULT_TYPES: frozenset[str] = frozenset(PLACEHOLDER_TYPES) - {"ORG", "PLACE"}


class ScrubberUnavailable(Exception):
    """The detector cannot be trusted now: nothing may leave. ``str(error)`` is a sentence for a person."""


class LanguageUnsupported(Exception):
    """The text is clearly in a language the detector was not made for.

    Attributes:
        code: ISO 639-1 code of the language it most looks like, or "und" where even that is unclear.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"The text looks like language '{code}'; only English and German can be scrubbed.")
        self.code = code


@dataclass(frozen=True, slots=True)
class Finding:
    """One stretch of personal data in an input.

    Attributes:
        start: First code point of the stretch in the input of that name.
        end: Code point after its last.
        type: One of PLACEHOLDER_TYPES.
        score: Confidence, 0 to 1; 1.0 for checked patterns and for what a person marked.
        source: Recognizer name, or "marked", "known", "literal", or "repeat" (a further occurrence of something found), or "own:" and the name of a pattern of the house.
    """

    start: int
    end: int
    type: str
    score: float
    source: str


@dataclass(frozen=True, slots=True)
class KnownEntity:
    """Something the workbench knows about a person or firm, to be found in every text.

    Attributes:
        text: The name, e-mail address, domain or phone number.
        type: Placeholder type: "PERSON", "ORG", "EMAIL", "URL", "PHONE".
    """

    text: str
    type: str = "PERSON"


#: What a person can never leave readable: marked by them or known here, and types whose values can be checked, so that a false
#: find is next to impossible.
NEVER_KEPT: frozenset[str] = frozenset({"EMAIL", "IBAN", "CREDIT_CARD", "NATIONAL_ID", "SECRET", "MARKED", "LITERAL"})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a placeholder is there.

    Attributes:
        type: One of PLACEHOLDER_TYPES.
        source: Recognizer that found it first; see Finding.
        score: Its confidence, 0 to 1.
        count: How often the placeholder stands in the texts.
    """

    type: str
    source: str
    score: float
    count: int

    @property
    def may_be_kept(self) -> bool:
        """Whether a person may leave this readable where the policy allows it."""
        return self.type not in NEVER_KEPT and self.source != "known" and not self.source.startswith("own:")


@dataclass(frozen=True, slots=True)
class Anonymized:
    """The result of one scrubbing call.

    Attributes:
        texts: Scrubbed text for each input name.
        mapping: Placeholder → the original exactly as typed, shared by all inputs of the call.
        findings: Per input the stretches that were replaced, in order, never overlapping.
        language: "en" or "de".
        reasons: Placeholder → why it is there, in the order of the mapping.
        kept: What was found and left readable because a person asked for it, each once.
    """

    texts: dict[str, str]
    mapping: dict[str, str]
    findings: dict[str, tuple[Finding, ...]]
    language: str
    reasons: dict[str, Reason]
    kept: tuple[str, ...] = ()

    @property
    def rules(self) -> dict[str, int]:
        """How many stretches each recognizer found: the receipt of the call. Never the originals."""
        return dict(sorted(Counter(finding.source for found in self.findings.values() for finding in found).items()))

    def spans(self, name: str) -> list[dict[str, int | float | str]]:
        """What was replaced in an input, for programs: start, end (code points), type, score. Never the originals."""
        return [
            {"start": finding.start, "end": finding.end, "type": finding.type, "score": round(finding.score, 3)}
            for finding in self.findings[name]
        ]


@dataclass(frozen=True, slots=True)
class Restored:
    """A text with its originals put back, and what a reviewer should know about it.

    Attributes:
        text: The restored text.
        used: Placeholders that occurred and were put back.
        missing: Placeholders of the mapping that the text lacks, in order; LITERAL ones are left out, and so are further forms
            of a person who is named in some form.
        unexpected: Placeholder-like strings that the mapping does not know, as written, in order, each once.
    """

    text: str
    used: frozenset[str]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScrubberStatus:
    """Whether scrubbing works now.

    Attributes:
        ok: True when the detector is loaded and its known-text check passed.
        detail: One sentence for a person.
    """

    ok: bool
    detail: str


Texts = Mapping[str, str]
