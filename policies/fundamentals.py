"""The fundamentals of selling that a policy may rest on. Training rests on policies and not the other way round, so whoever knows how they stand
is named by the setting ``WORKBENCH_FUNDAMENTALS``. What stands is said of a team, never of a person.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, cast

from django.conf import settings

from policies.models import Activity, Category, ControlPoint, PolicyState, PolicyVersion

KIND = "fundamentals"
#: The name of a fundamental, and the team it is asked for; None asks whether any team has it.
type Asked = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a fundamental stands in a team: its level as a word, and whether a policy may rest on it.

    Args:
        slug, name: what it is called; the slug alone where there is none of that name.
        in_place: whether the last assessment says so. Without an assessment it is not.
        level, word: the level for programs and for people.
        url: its page, or nothing where there is none of that name.
    """

    slug: str
    name: str
    in_place: bool
    level: str
    word: str
    url: str = ""


class Fundamentals(Protocol):
    def names(self) -> Mapping[str, str]:
        """Short name → name of those that can be required now. One query."""

    def standings(self, asked: Collection[Asked]) -> Mapping[Asked, Standing]:
        """How each stands that was asked for; every one gets an answer. Two queries at most, however many are asked for."""

    def under(self, activity: Activity) -> list[str]:
        """The short names of those that an activity rests on, whatever its policy asks for. One query."""


def fundamentals() -> Fundamentals:
    """Whoever knows how they stand."""
    return cast(Fundamentals, import_module(settings.WORKBENCH_FUNDAMENTALS))


def required(category: str, points: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What a decision asks for. What stays with people rests on no fundamental: nothing is put on top of it."""
    if category == Category.HUMAN_ONLY:
        return []
    return list(dict.fromkeys(map(str, points.get(KIND, {}).get("names", ()))))


def missing(category: str, points: Mapping[str, Mapping[str, Any]], team_id: int | None) -> list[Standing]:
    """The fundamentals that a decision asks for and that are not in place in the team of whoever answers for it."""
    names = required(category, points)
    standings = fundamentals().standings([(name, team_id) for name in names]) if names else {}
    return [standings[name, team_id] for name in names if not standings[name, team_id].in_place]


def missing_of(versions: Iterable[PolicyVersion]) -> dict[int, list[Standing]]:
    """The same for versions in force, by number; each with its ``accountable``. Three queries at most, one where none asks for any."""
    deciding = {version.pk: version for version in versions if version.state == PolicyState.IN_FORCE}
    asked: dict[int, list[Asked]] = {}
    for point in ControlPoint.objects.filter(kind=KIND, policy_version__in=deciding) if deciding else ():
        version = deciding[point.policy_version_id]
        team_id = version.accountable.team_id if version.accountable else None
        asked[version.pk] = [(name, team_id) for name in required(version.category, {KIND: point.params})]
    standings = (
        fundamentals().standings({one for ones in asked.values() for one in ones}) if any(asked.values()) else {}
    )
    return {pk: [standings[one] for one in ones if not standings[one].in_place] for pk, ones in asked.items()}


def in_words(standings: Iterable[Standing]) -> str:
    """“Early qualification (in part), Written call plans (not assessed)”."""
    return ", ".join(f"{one.name} ({one.word})" for one in standings)
