"""The published rubric, in the language of the page."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from training.models.exercises import language_of_page

_FILE = Path(__file__).parent / "judge" / "rubric.yaml"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion in words: its name, the box where it is at home, its title, its question and its three levels."""

    name: str
    box: str
    title: str
    question: str
    levels: tuple[str, ...]


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


def criteria() -> dict[str, Criterion]:
    """All criteria in order, by name."""
    return _criteria(language_of_page())


@cache
def _criteria(language: str) -> dict[str, Criterion]:
    def words(texts: dict[str, str]) -> str:
        return texts.get(language) or texts["en"]

    return {
        one["name"]: Criterion(
            one["name"], one["box"], words(one["title"]), words(one["question"]), tuple(map(words, one["levels"]))
        )
        for one in _data()["criteria"]
    }


def frameworks() -> list[dict[str, Any]]:
    """How the boxes map to frameworks that people know."""
    return list(_data()["frameworks"])
