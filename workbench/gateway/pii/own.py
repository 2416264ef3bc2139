"""Identifiers of one's own house: patterns for its numbers, and words that are never personal here.

Patterns run on RE2 (https://github.com/google/re2/wiki/WhyRE2), whose time grows with the text and with nothing else: a pattern that
would keep a backtracking engine busy for years is either as fast as any other or refused when it is saved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from .values import Finding

MAX_LENGTH = 200
_MEMORY = 1 << 20
# A repetition of something that itself repeats without end: harmless here, but a mistake everywhere else.
_NESTED = re.compile(r"[+*}]\??\)(?:[+*]|\{\d+,\d*\})")


class PatternRefused(ValueError):
    """A pattern that is not taken. ``code``: empty, too_long, not_a_pattern, unsupported, nested, matches_nothing_much."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """The pattern ready to search with, matching whole words in any case. Raises PatternRefused."""
    import re2  # type: ignore[import-untyped]

    if not pattern.strip():
        raise PatternRefused("empty")
    if len(pattern) > MAX_LENGTH:
        raise PatternRefused("too_long")
    if re.search(r"\(\?(?:<?[=!]|P=|>)|\\[1-9]", pattern):
        raise PatternRefused("unsupported")
    if _NESTED.search(pattern):
        raise PatternRefused("nested")
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.max_mem = False, False, _MEMORY
    try:
        bare = re2.compile(f"(?:{pattern})", options)
    except re2.error:
        raise PatternRefused("not_a_pattern") from None
    # What fits nothing, a single letter or any word would blacken every text.
    if any(bare.fullmatch(probe) for probe in ("", "a", "7", "the", "contract", "Vertrag", "  ")):
        raise PatternRefused("matches_nothing_much")
    return bare


@dataclass(frozen=True, slots=True)
class OwnPattern:
    """A pattern of the house: its name, which is shown as the reason, and the pattern."""

    name: str
    pattern: str


@dataclass(frozen=True, slots=True)
class OwnRules:
    """What a house adds to scrubbing: patterns for numbers of its customers, and words that stay readable."""

    patterns: tuple[OwnPattern, ...] = ()
    allowed: frozenset[str] = field(default_factory=frozenset)

    def find(self, text: str) -> Iterator[Finding]:
        """Every match of every pattern that stands as a word of its own.

        Raises:
            PatternRefused: A stored pattern is none; whoever scrubs must stop then.
        """
        for own in self.patterns:
            for match in compiled(own.pattern).finditer(text):
                start, end = match.span()
                before, after = text[start - 1 : start], text[end : end + 1]
                inside = (before.isalnum() and text[start].isalnum()) or (after.isalnum() and text[end - 1].isalnum())
                if end > start and not inside:
                    yield Finding(start, end, "CUSTOMER_ID", 1.0, f"own:{own.name}")

    def allows(self, value: str) -> bool:
        """Whether a find is nothing but words that are allowed here."""
        if not self.allowed:
            return False
        folded = " ".join(value.casefold().split())
        return folded in self.allowed or all(word in self.allowed for word in folded.split())


#: A house without rules of its own.
NO_RULES = OwnRules()
