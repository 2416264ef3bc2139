"""The road: the order of work for AI on the pipeline, and how far a house is. Read from what is there; the steps stand in ``catalogue/road.yaml``."""

from dataclasses import dataclass, field
from typing import Any

from policies.catalogue import entries as catalogue_entries
from policies.models import Activity, Category, PolicyState
from training.models import Assessment, Fundamental, Level
from training.models.exercises import language_of_page
from training.services.fundamentals import read_catalogue
from workbench.accounts.models import Team


@dataclass(frozen=True, slots=True)
class OnActivity:
    """An activity that a step rests on. ``state``: ``in_force``, ``suspended``, ``human_only``, ``undecided`` or ``not_on_map``."""

    slug: str
    name: str
    state: str

    @property
    def stands(self) -> bool:
        return self.state == "in_force"


@dataclass(frozen=True, slots=True)
class OnFundamental:
    """A fundamental that a step rests on: in how many teams it is in place. ``known``: whether the house keeps it."""

    slug: str
    name: str
    teams: int
    of: int
    known: bool = True

    @property
    def stands(self) -> bool:
        return self.known and 0 < self.of == self.teams


@dataclass(frozen=True, slots=True)
class Warned:
    """An earlier step that is not in force while this one is, and what goes wrong then."""

    step: str
    sentence: str


@dataclass(slots=True)
class Step:
    """One step of the road as it stands."""

    slug: str
    name: str
    about: str
    activities: list[OnActivity] = field(default_factory=list)
    fundamentals: list[OnFundamental] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    #: Whether this is where to go on.
    next: bool = False

    @property
    def begun(self) -> bool:
        """Some of its activities are done with AI under a policy in force."""
        return any(one.stands for one in self.activities)

    @property
    def in_force(self) -> bool:
        """All of them are."""
        return all(one.stands for one in self.activities)

    @property
    def stands(self) -> bool:
        """In force, and on fundamentals that are in place in every team."""
        return self.in_force and all(one.stands for one in self.fundamentals)


def road() -> list[Step]:
    """The steps in their order. Five queries, however large the map is."""
    language = language_of_page()
    entries = read_catalogue("road")["steps"]
    activities, fundamentals = _activities(entries, language), _fundamentals(entries)
    steps: list[Step] = []
    for entry in entries:
        step = Step(
            entry["slug"], entry["name"][language], entry["about"][language],
            [activities[slug] for slug in entry["activities"]], [fundamentals[slug] for slug in entry["fundamentals"]],
        )  # fmt: skip
        if step.begun:
            step.warnings = [
                Warned(earlier.name, entry["without"][earlier.slug][language])
                for earlier in steps
                if not earlier.in_force and earlier.slug in entry["without"]
            ]
        steps.append(step)
    first = next((step for step in steps if not step.stands), None)
    if first is not None:
        first.next = True
    return steps


def _activities(entries: list[dict[str, Any]], language: str) -> dict[str, OnActivity]:
    slugs = {slug for entry in entries for slug in entry["activities"]}
    there = {one.slug: one for one in Activity.objects.current().filter(slug__in=slugs).with_policy()}
    return {
        slug: OnActivity(slug, there[slug].name if slug in there else _catalogue_name(slug, language), _state(there.get(slug)))
        for slug in slugs
    }  # fmt: skip


def _catalogue_name(slug: str, language: str) -> str:
    """What the starter catalogue calls an activity that is not on the map yet."""
    return next((str(entry["name"]) for entry in catalogue_entries(language) if entry["slug"] == slug), slug)


def _state(activity: Activity | None) -> str:
    if activity is None:
        return "not_on_map"
    deciding = activity.deciding[0] if activity.deciding else None
    if deciding is None:
        return "undecided"
    if deciding.state == PolicyState.SUSPENDED:
        return "suspended"
    return "human_only" if deciding.category == Category.HUMAN_ONLY else "in_force"


def _fundamentals(entries: list[dict[str, Any]]) -> dict[str, OnFundamental]:
    slugs = {slug for entry in entries for slug in entry["fundamentals"]}
    there = {one.slug: one for one in Fundamental.objects.current().filter(slug__in=slugs)}
    teams = set(Team.objects.filter(members__is_active=True).values_list("pk", flat=True))
    newest = Assessment.objects.newest().filter(fundamental__in=there.values(), team__in=teams)
    counts: dict[int, int] = {}
    for found in newest:
        counts[found.fundamental_id] = counts.get(found.fundamental_id, 0) + (found.level == Level.IN_PLACE)
    starters = {entry["slug"]: Fundamental(texts={"en": entry["en"], "de": entry["de"]}) for entry in read_catalogue("fundamentals")["fundamentals"]}  # fmt: skip
    found_of = {}
    for slug in slugs:
        one = there.get(slug)
        name = str(one or starters.get(slug, slug))
        found_of[slug] = OnFundamental(
            slug, name, counts.get(one.pk, 0) if one else 0, len(teams), known=one is not None
        )
    return found_of
