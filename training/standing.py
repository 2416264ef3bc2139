"""Who has which assignment, and who is complete: worked out from people, roles and teams as they are now.

Says complete or not complete and nothing else: attempts are the learner's alone.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from django.urls import reverse
from django.utils import timezone

from training.models import Assignment, Audience, Completion, Exercise, LearningPath
from workbench.accounts.models import Qualification, User


@dataclass(slots=True)
class Tally:
    """How many have it, and how many of them are complete."""

    assigned: int = 0
    complete: int = 0

    @property
    def open(self) -> int:
        return self.assigned - self.complete

    def add(self, complete: bool) -> None:
        self.assigned += 1
        self.complete += complete


@dataclass
class House:
    """Everybody who works here with what they hold and finished, read once. Six queries, whatever the number of people and assignments."""

    people: list[User]
    #: Name of a qualification → who holds it now.
    holders: dict[str, set[int]]
    completions: list[Completion]
    _audiences: dict[int, list[Audience]] = field(default_factory=dict)

    @classmethod
    def now(cls, *paths: int) -> Self:
        """As it is now. ``paths``: the only ones whose completions are asked for; none named, all."""
        people = User.objects.with_roles().filter(is_active=True, erased_at=None)
        holders: dict[str, set[int]] = defaultdict(set)
        for person_id, name in (
            Qualification.objects.held(on=timezone.now()).order_by().values_list("person_id", "name")
        ):
            holders[name].add(person_id)
        completions = Completion.objects.defer("versions").order_by("-id")
        if paths:
            completions = completions.filter(path__in=paths)
        return cls(list(people.order_by("first_name", "last_name", "id")), holders, list(completions))

    @cached_property
    def _finished(self) -> dict[tuple[int, int], list[Completion]]:
        """Person and path → completions."""
        finished: dict[tuple[int, int], list[Completion]] = defaultdict(list)
        for completion in self.completions:
            finished[completion.learner_id, completion.path_id].append(completion)
        return finished

    def learn(self, assignments: Iterable[Assignment]) -> None:
        """Read the audiences of these assignments at once. One query."""
        wanted = [one.pk for one in assignments if one.pk not in self._audiences]
        self._audiences |= {pk: [] for pk in wanted}
        for audience in Audience.objects.filter(assignment__in=wanted).select_related("person__team", "team"):
            self._audiences[audience.assignment_id].append(audience)

    def audience(self, assignment: Assignment) -> list[Audience]:
        """Whom it is for, as it was written."""
        self.learn([assignment])
        return self._audiences[assignment.pk]

    def standing(self, assignment: Assignment) -> list[tuple[User, bool]]:
        """Everybody who has it now, by name, and whether they are complete."""
        audience = self.audience(assignment)
        people = {one.person_id for one in audience if one.person_id}
        roles = {one.role for one in audience if one.role}
        teams = {one.team_id for one in audience if one.team_id}
        return [
            (person, self.is_complete(assignment, person))
            for person in self.people
            if person.pk in people or person.team_id in teams or not roles.isdisjoint(person.role_names)
        ]

    def is_complete(self, assignment: Assignment, person: User) -> bool:
        """They hold what the path earns, or finished it after it was assigned."""
        if person.pk in self.holders.get(assignment.path.qualification, ()):
            return True
        return any(
            one.at >= assignment.created_at and assignment.counts(one.language)
            for one in self._finished[person.pk, assignment.path_id]
        )


def shown_to(user: User, rows: Iterable[tuple[User, bool]], everybody: bool) -> list[tuple[User, bool]]:
    """Of those who have an assignment the ones this person sees: everybody, or the people of the teams they manage."""
    return [
        (person, complete)
        for person, complete in rows
        if everybody or (person.team is not None and person.team.manager_id == user.pk)
    ]


def audience_shown_to(user: User, audience: Iterable[Audience], everybody: bool) -> list[Audience]:
    """Of those whom an assignment names the ones this person sees: people of other teams are none of a manager's business."""
    return [
        one
        for one in audience
        if everybody or one.person is None or (one.person.team is not None and one.person.team.manager_id == user.pk)
    ]


def tally(rows: Iterable[tuple[User, bool]]) -> Tally:
    """Counts, of nobody in particular."""
    counted = Tally()
    for _person, complete in rows:
        counted.add(complete)
    return counted


@dataclass(frozen=True, slots=True)
class WayTo:
    """The learning path that earns a qualification, and where its exercises are."""

    path: LearningPath
    url: str


def way_to(qualification: str, language: str) -> WayTo | None:
    """The first path that earns it, in this language if there are exercises in it, else in the other; None where none does. One query."""
    earning = Exercise.objects.published().filter(path__qualification=qualification).select_related("path")
    found = min(earning, key=lambda one: (one.language != language, one.path.order, one.path.slug), default=None)
    if found is None:
        return None
    return WayTo(found.path, f"{reverse('training:exercises')}?language={found.language}#{found.path.slug}")


def open_count(user: User) -> int:
    """How many paths wait for somebody, for the navigation. One query."""
    return sum(not one.complete for one in Assignment.objects.open().of(user).with_complete(user).only("pk"))


def assigned_to(user: User) -> list[Assignment]:
    """What somebody is assigned, the open ones and what is due first in front; each carries ``complete``. One query."""
    found = Assignment.objects.open().of(user).with_complete(user).select_related("path", "assigned_by", "data_key")
    return sorted(found, key=lambda one: (one.complete, one.due, one.pk))
