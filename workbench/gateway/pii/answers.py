"""Personal data in a model's answer that nobody gave it: masked, and told to the reviewer.

A model may invent a name or an e-mail address, or know one from elsewhere. What stood in the inputs or in the template is expected;
everything else that reads like personal data takes a mark such as ``[NEW_PERSON_1]``, which no mapping knows, so that it cannot be
released by rule and a person looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from . import scrub
from .language import detect_language
from .placeholders import deanonymize, find_placeholders
from .spans import merge
from .values import DEFAULT_TYPES, Finding, LanguageUnsupported, ScrubberUnavailable
from .words import is_ordinary_word

_WORD = re.compile(r"\w+")
#: Types whose value is one thing; the others are words, each of which may have stood somewhere else.
_WHOLE = DEFAULT_TYPES - {"PERSON", "ADDRESS"}


def mask_unexpected(
    answers: Sequence[str], sources: Sequence[str], mapping: Mapping[str, str]
) -> tuple[list[str], tuple[str, ...]]:
    """Restore the parts of an answer and mask what is personal in them and stood in none of the sources.

    Args:
        answers: The answer's texts with placeholders, in one piece or the values of a document.
        sources: What the model was given, with placeholders: the filled-in information and the template.
        mapping: Placeholder → original.

    Returns:
        The restored texts with marks, and the marks in order.

    Raises:
        ScrubberUnavailable: The detector cannot be trusted now, so nobody can say what the answer holds.
    """
    detector = scrub._load()
    given = deanonymize("\n".join(sources), mapping).casefold()
    given_words, given_digits = frozenset(_WORD.findall(given)), re.sub(r"\D", "", given)
    marks: dict[tuple[str, str], str] = {}
    counts: dict[str, int] = {}
    masked: list[str] = []
    for answer in answers:
        text = deanonymize(answer, mapping)
        try:
            language = detect_language(text)
        except LanguageUnsupported:
            language = "en"
        try:
            found = merge(scrub._tidy(text, detector.find(text, language, DEFAULT_TYPES)))
        except Exception as error:
            raise ScrubberUnavailable(f"The detector failed on the answer ({type(error).__name__}).") from None
        # What still looks like a placeholder is reported by ``restore`` and stays as it is.
        taken = [(place.start, place.end) for place in find_placeholders(text)]
        pieces: list[str] = []
        position = 0
        for finding in found:
            value = text[finding.start : finding.end]
            if _is_given(finding, value, given, given_words, given_digits):
                continue
            if any(start < finding.end and finding.start < end for start, end in taken):
                continue
            key = finding.type, value.casefold()
            if key not in marks:
                counts[finding.type] = counts.get(finding.type, 0) + 1
                marks[key] = f"[NEW_{finding.type}_{counts[finding.type]}]"
            pieces += (text[position : finding.start], marks[key])
            position = finding.end
        masked.append("".join([*pieces, text[position:]]))
    return masked, tuple(marks.values())


def _is_given(finding: Finding, value: str, given: str, words: frozenset[str], digits: str) -> bool:
    """Whether the model could have read this, as a whole or word by word, or it is no more than an ordinary word."""
    folded = value.casefold()
    if folded in given:
        return True
    own_digits = re.sub(r"\D", "", value)
    if finding.type in _WHOLE:
        return len(own_digits) >= 6 and own_digits in digits
    parts = _WORD.findall(folded)
    unknown = [part for part in parts if part not in words and part.removesuffix("s") not in words]
    return not any(len(part) > 1 and not is_ordinary_word(part) for part in unknown)
