"""Scrubbing: personal data out, placeholders in, and exactly back again. The only user of Presidio.

Importing this package is cheap; the detector loads at the first call or through ``warm_up()``. Nothing here opens a
connection, and nothing here logs a text.
"""

from .answers import Reply, TextStream, mask_unexpected
from .documents import DocumentStream
from .known import NOBODY, KnownIndex
from .language import detect_language
from .lines import scrub_lines
from .own import NO_RULES, OwnPattern, OwnRules, PatternRefused, compiled
from .placeholders import Restorer, deanonymize, find_placeholders, restore, type_of
from .scrub import anonymize, scrubber_status, warm_up
from .values import (
    DEFAULT_TYPES,
    PLACEHOLDER_TYPES,
    Anonymized,
    Finding,
    KnownEntity,
    LanguageUnsupported,
    Reason,
    Restored,
    ScrubberStatus,
    ScrubberUnavailable,
)
from .words import is_ordinary_word

__all__ = [
    "DEFAULT_TYPES",
    "NOBODY",
    "NO_RULES",
    "PLACEHOLDER_TYPES",
    "Anonymized",
    "DocumentStream",
    "Finding",
    "KnownEntity",
    "KnownIndex",
    "LanguageUnsupported",
    "OwnPattern",
    "OwnRules",
    "PatternRefused",
    "Reason",
    "Reply",
    "Restored",
    "Restorer",
    "ScrubberStatus",
    "ScrubberUnavailable",
    "TextStream",
    "anonymize",
    "compiled",
    "deanonymize",
    "detect_language",
    "find_placeholders",
    "is_ordinary_word",
    "mask_unexpected",
    "restore",
    "scrub_lines",
    "scrubber_status",
    "type_of",
    "warm_up",
]
