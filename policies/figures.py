"""Figures about work, taken from runs. Runs rest on policies and not the other way round, so whoever has the figures is named by the
setting ``WORKBENCH_FIGURES``. All of them are per activity, policy or prompt; none is per person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings

from policies.models import Activity, Goal, PolicyVersion, PromptVersion


@dataclass(frozen=True, slots=True)
class Replay:
    """What a decision would have done with recent runs of its activity; no model is called for it.

    ``refused``: would not have been allowed, ``by`` tells by which control point or rule. ``marked``: a check would have found something.
    ``second``: would have waited for a person. ``second_before``: did wait.
    """

    runs: int = 0
    refused: int = 0
    marked: int = 0
    second: int = 0
    second_before: int = 0
    by: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Usage:
    """How often a prompt version was used, and how its drafts were decided on."""

    runs: int = 0
    approved: int = 0
    edited: int = 0
    rejected: int = 0


class Figures(Protocol):
    def weekly_runs(self) -> dict[int, int]:
        """Activity → runs of the last seven days. One query."""

    def usage(self, versions: Iterable[PromptVersion]) -> dict[int, Usage]:
        """Version → its use, of versions that are given."""

    def planted(self, activity: Activity) -> tuple[int, int] | None:
        """Planted errors that reviewers saw, of how many; None where fewer than five reviewers met one. One query."""

    def series(self, goals: Iterable[Goal]) -> Mapping[int, Sequence[tuple[date, float]]]:
        """Goal → its weekly figures, each with the last day of its week, where the workbench measures them itself. One query per source."""

    def replay(self, version: PolicyVersion) -> Replay:
        """See Replay. Looks at no more than the last hundred runs of ninety days."""


def figures() -> Figures:
    """Whoever has the figures."""
    return cast(Figures, import_module(settings.WORKBENCH_FIGURES))
