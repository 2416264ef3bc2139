"""Evidence of measures for AI literacy (Regulation (EU) 2024/1689, Article 4): what was offered, what was done, when, under which content version.

Names come from the live records and read “erased” where the record is gone. There is no attempt in it, and no figure about a person: counts are per
path, role and team.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.exporting import harmless
from audit.services import record
from training import permissions
from training.certificates import counting, standing_of
from training.models import Assignment, Completion, LearningPath
from training.querysets import renewal
from training.standing import House, Tally
from workbench.accounts.models import Qualification, Role, User

COLUMNS = (
    "person", "name", "roles", "team", "kind", "path", "language", "at", "due", "ended", "complete", "standing", "counts_until", "versions", "assigned_by",
)  # fmt: skip
"""Of the CSV file: a row for each path that was offered to somebody, and for each thing they did."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A path that somebody is assigned, or was until it was ended."""

    assignment: Assignment
    complete: bool


@dataclass(frozen=True, slots=True)
class Done:
    """A path that somebody finished here (``finished``), or its qualification earned elsewhere and recorded with evidence (``recorded``). ``standing`` and ``until``: see Certificate."""

    how: str
    path: LearningPath
    at: datetime
    standing: str
    until: datetime | None
    language: str = ""
    versions: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Learner:
    """One person with what they were offered and what they did."""

    person: User
    offered: list[Offered] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)

    @property
    def name(self) -> str:
        return _("erased") if self.person.erased_at is not None else str(self.person)

    @property
    def roles(self) -> list[str]:
        return [role.value for role in Role if role.value in self.person.role_names]

    @property
    def role_words(self) -> str:
        return ", ".join(str(role.label) for role in Role if role.value in self.person.role_names)


@dataclass(slots=True)
class PathCounts:
    """How many people are assigned a path now and how many of them are complete: in all, by role and by team."""

    path: LearningPath
    total: Tally = field(default_factory=Tally)
    by_role: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_team: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))


@dataclass(frozen=True, slots=True)
class Evidence:
    paths: list[PathCounts]
    learners: list[Learner]

    def counts(self) -> dict[str, Any]:
        """What an event may say of it."""
        done = [one for learner in self.learners for one in learner.done if one.how == "finished"]
        assignments = {one.assignment.pk for learner in self.learners for one in learner.offered}
        return {"people": len(self.learners), "completions": len(done), "assignments": len(assignments)}


def evidence() -> Evidence:
    """Everything, as it is now. Eleven queries, whatever the number of people."""
    house = House.now()
    assignments = list(Assignment.objects.select_related("path", "assigned_by").order_by("-id"))
    house.learn(assignments)
    learners = {person.pk: Learner(person) for person in house.people}
    standing: dict[LearningPath, dict[int, bool]] = defaultdict(dict)
    for assignment in assignments:
        for person, complete in house.standing(assignment):
            learners[person.pk].offered.append(Offered(assignment, complete))
            if assignment.ended_at is None:
                so_far = standing[assignment.path].get(person.pk, True)
                standing[assignment.path][person.pk] = so_far and complete
    _add_done(learners)
    paths = [_counted(path, rows, learners) for path, rows in standing.items()]
    return Evidence(
        sorted(paths, key=lambda one: (one.path.order, one.path.slug)),
        [one for one in learners.values() if one.offered or one.done],
    )


def _add_done(learners: dict[int, Learner]) -> None:
    """What was finished here, also by people who left or whose record was erased, and what was recorded from elsewhere."""
    completions = list(Completion.objects.for_certificates().order_by("-id"))
    gone = {one.learner_id for one in completions} - learners.keys()
    learners |= {person.pk: Learner(person) for person in User.objects.with_roles().filter(pk__in=gone).order_by("pk")}
    for one in completions:
        done = Done("finished", one.path, one.at, *standing_of(one), one.language, one.versions)
        learners[one.learner_id].done.append(done)
    paths = {path.qualification: path for path in LearningPath.objects.all()}
    recorded = Qualification.objects.filter(name__in=paths, granted_by__isnull=False).order_by("-id")
    for row in recorded.annotate(**renewal()):
        standing = counting(row, row.later, row.later_until)
        if row.person_id in learners:
            learners[row.person_id].done.append(Done("recorded", paths[row.name], row.granted_at, *standing))


def _counted(path: LearningPath, rows: dict[int, bool], learners: dict[int, Learner]) -> PathCounts:
    """Somebody with several roles counts in each of them, and once in all."""
    counted = PathCounts(path)
    for pk, complete in rows.items():
        person = learners[pk].person
        counted.total.add(complete)
        counted.by_team[str(person.team) if person.team else ""].add(complete)
        for role in learners[pk].roles:
            counted.by_role[role].add(complete)
    return counted


@transaction.atomic
def take_evidence(*, actor: User, form: str) -> Iterator[str]:
    """Everything as a file, ``csv`` or ``json``, piece by piece. That it was taken along stands in the log."""
    if not permissions.can_see_evidence(actor):
        raise PermissionDenied(_("The evidence is for compliance, leaders and trainers."))
    found = evidence()
    record(action="literacy.exported", actor=actor, object_type="evidence", format=form, **found.counts())
    return iter(as_csv(found)) if form == "csv" else iter(as_json(found))


class _Line:
    """What a csv.writer writes to: hands the line on."""

    def write(self, text: str) -> str:
        return text


def as_csv(found: Evidence) -> Iterator[str]:
    """A line for each path that was offered and each thing that was done. No cell is run as a formula by a spreadsheet."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for learner in found.learners:
        head = [learner.person.pk, learner.name, " ".join(learner.roles), str(learner.person.team or "")]
        for row in (*map(_offered, learner.offered), *map(_done, learner.done)):
            cells = [*head, *(row.get(name, "") for name in COLUMNS[4:])]
            yield writer.writerow([_cell(cell) for cell in cells])


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        value = "; ".join(f"{slug} v{number} {sha256}" for slug, (number, sha256) in value.items())
    elif isinstance(value, bool):
        value = "yes" if value else "no"
    elif isinstance(value, datetime):
        value = value.isoformat(timespec="seconds")
    return harmless("" if value is None else str(value))


def _offered(one: Offered) -> dict[str, Any]:
    given = one.assignment
    by = _("erased") if given.assigned_by.erased_at is not None else str(given.assigned_by)
    return {
        "kind": "offered", "path": given.path.slug, "language": given.language, "at": given.created_at, "due": given.due, "ended": given.ended_at,
        "complete": one.complete, "assigned_by": by,
    }  # fmt: skip


def _done(one: Done) -> dict[str, Any]:
    return {
        "kind": one.how, "path": one.path.slug, "language": one.language, "at": one.at, "standing": one.standing, "counts_until": one.until, "versions": one.versions,
    }  # fmt: skip


def as_data(found: Evidence) -> dict[str, Any]:
    """The head and the counts, as values JSON can hold; the people stand apart, so that they can be written one by one."""

    def counts(tally: Tally) -> dict[str, int]:
        return {"assigned": tally.assigned, "complete": tally.complete}

    return {
        "organisation": settings.WORKBENCH_ORG_NAME, "made_at": timezone.now(), "what": "Measures that support the development of AI literacy",
        "paths": [
            {
                "path": one.path.slug, "title": one.path.title, "qualification": one.path.qualification, **counts(one.total),
                "by_role": {role: counts(tally) for role, tally in sorted(one.by_role.items())},
                "by_team": {team: counts(tally) for team, tally in sorted(one.by_team.items())},
            }
            for one in found.paths
        ],
    }  # fmt: skip


def as_json(found: Evidence) -> Iterator[str]:
    """The same as one JSON text."""

    def text(value: Any) -> str:
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)

    yield text(as_data(found))[:-1] + ', "people": ['
    for number, learner in enumerate(found.learners):
        row = {
            "person": learner.person.pk, "name": learner.name, "roles": learner.roles, "team": str(learner.person.team or ""),
            "offered": [_offered(one) for one in learner.offered], "done": [_done(one) for one in learner.done],
        }  # fmt: skip
        yield ("," if number else "") + "\n" + text(row)
    yield "]}\n"
