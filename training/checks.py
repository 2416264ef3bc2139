"""What must be true of an answer for an exercise: facts that must appear, facts that must not be invented, form and length. No model judges it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.control_points.base import Draft
from policies.control_points.figures_in_source import figures_in_source

_LIST = re.compile(r"\s*(?:[-*•–]|\d+[.)])\s+\S")


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: why it counts, and whether it holds; ``marks`` quote the answer where it does not."""

    why: str
    ok: bool
    marks: tuple[str, ...] = ()


def checked(checks: Sequence[Mapping[str, Any]], answer: str, materials: Sequence[str]) -> tuple[Checked, ...]:
    """Every check of the exercise on an answer, and last whether its figures stand in the material (an empty ``why``)."""
    found = [Checked(one["why"], *_KINDS[one["kind"]](one, answer)) for one in checks]
    figures = figures_in_source(Draft(answer, sources=tuple(materials)), {})
    return (*found, Checked("", figures.ok, figures.marks))


def _contains(one: Mapping[str, Any], answer: str) -> tuple[bool, tuple[str, ...]]:
    return bool(_said(one["any"], answer)), ()


def _lacks(one: Mapping[str, Any], answer: str) -> tuple[bool, tuple[str, ...]]:
    said = _said(one["any"], answer)
    return not said, said


def _said(phrases: Sequence[str], answer: str) -> tuple[str, ...]:
    """Those of the phrases that stand in the answer; words whole, signs anywhere."""
    flat = " ".join(answer.split())
    return tuple(
        phrase for phrase in phrases
        if re.search(rf"{'(?<!\\w)' if phrase[:1].isalnum() else ''}{re.escape(phrase)}{'(?!\\w)' if phrase[-1:].isalnum() else ''}", flat, re.IGNORECASE)
    )  # fmt: skip


def _words(one: Mapping[str, Any], answer: str) -> tuple[bool, tuple[str, ...]]:
    count = len(answer.split())
    return (count <= one["value"] if one["kind"] == "max_words" else count >= one["value"]), ()


def _lines(one: Mapping[str, Any], answer: str) -> tuple[bool, tuple[str, ...]]:
    return len([line for line in answer.splitlines() if line.strip()]) <= one["value"], ()


def _form(one: Mapping[str, Any], answer: str) -> tuple[bool, tuple[str, ...]]:
    lines = [line for line in answer.splitlines() if line.strip()]
    wanted: dict[str, Callable[[], bool]] = {
        "list": lambda: sum(bool(_LIST.match(line)) for line in lines) >= 2, "table": lambda: sum(line.count("|") >= 2 for line in lines) >= 2,
        "paragraphs": lambda: len(re.split(r"\n\s*\n", answer.strip())) >= 2,
    }  # fmt: skip
    return wanted[one["value"]](), ()


_KINDS: dict[str, Callable[[Mapping[str, Any], str], tuple[bool, tuple[str, ...]]]] = {
    "contains": _contains, "lacks": _lacks, "max_words": _words, "min_words": _words, "max_lines": _lines, "form": _form,
}  # fmt: skip
