"""Counting: which gold spans are covered whole, and which replaced characters were personal.

Only letters and digits count: whether a placeholder takes the bracket around a number with it is nobody's concern.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.pii.corpus import NEITHER, Gold, Text

_TITLE = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Miss|Mister|Sir|Dr|Prof|Herrn?|Frau|Hr|Fr|Mag|Ing|MRS?|MISS)\b\.?[ ])+(?=\S)", re.IGNORECASE
)


@dataclass(slots=True)
class Score:
    """Counts over any number of texts."""

    covered: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    right: int = 0
    wrong: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, text: Text, found: Iterable[tuple[int, int]]) -> None:
        """Count one text and what was found in it."""
        covered = bytearray(len(text.text))
        for start, end in found:
            covered[start:end] = b"\x01" * (end - start)
        personal = bytearray(len(text.text))
        for span in text.spans:
            value = 2 if span.type in NEITHER else 1
            personal[span.start : span.end] = bytes([value]) * (span.end - span.start)
            if span.type not in NEITHER:
                self._count(text, span, covered)
        wrong_at = []
        for at, char in enumerate(text.text):
            if covered[at] and char.isalnum() and personal[at] != 2:
                self.right += personal[at]
                if not personal[at]:
                    self.wrong += 1
                    wrong_at.append(at)
        for start, end in _runs(wrong_at):
            self.errors.append(f"{text.id} TOO MUCH {text.text[start:end]!r} in {_around(text.text, start, end)}")

    def _count(self, text: Text, span: Gold, covered: bytearray) -> None:
        value = text.text[span.start : span.end]
        if span.type == "PERSON" and (title := _TITLE.match(value)):
            # Annotators differ on whether "Mr" belongs to the mark; it tells nothing.
            value = " " * title.end() + value[title.end() :]
        if all(covered[span.start + at] for at, char in enumerate(value) if char.isalnum()):
            self.covered[span.type] += 1
        else:
            self.missed[span.type] += 1
            self.errors.append(f"{text.id} MISSED {span.type} {value!r} in {_around(text.text, span.start, span.end)}")

    @property
    def recall(self) -> float:
        """Share of spans covered whole."""
        covered, missed = self.covered.total(), self.missed.total()
        return covered / (covered + missed) if covered + missed else 1.0

    @property
    def precision(self) -> float:
        """Share of replaced letters and digits that were personal."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    def by_type(self) -> dict[str, tuple[int, int]]:
        """Type → (covered, all)."""
        return {
            type_: (self.covered[type_], self.covered[type_] + self.missed[type_])
            for type_ in sorted(self.covered.keys() | self.missed.keys())
        }


def _around(text: str, start: int, end: int) -> str:
    return repr(text[max(0, start - 40) : end + 30])


def _runs(places: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for at in places:
        if runs and at - runs[-1][1] <= 2:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs
