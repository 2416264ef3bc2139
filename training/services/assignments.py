"""Assigning a path and ending that. Who belongs is not kept: it is worked out whenever somebody asks."""

from collections.abc import Collection
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from training import permissions
from training.models import Assignment, Audience, Exercise, LearningPath
from training.services.windows import one_click
from training.standing import House
from workbench.accounts.models import Role, Team, User
from workbench.accounts.notices import notify
from workbench.privacy.models import DataKey

LONGEST_NOTE = 300
FURTHEST = timedelta(days=3 * 365)
MOST_PEOPLE = 200


def assign_path(
    *, actor: User, path: LearningPath, due: date, language: str = "", note: str = "", people: Collection[User] = (), roles: Collection[str] = (),
    teams: Collection[Team] = (),
) -> Assignment:  # fmt: skip
    """Ask people, roles or teams to finish a path by a day, in a language or (empty) in either, and tell them. Two clicks are one assignment.

    Raises PermissionDenied for an audience that is not the actor's to assign to; ValidationError field by field.
    """
    if not permissions.can_assign_to(actor, people=people, roles=roles, teams=teams):
        raise PermissionDenied(_("Paths are assigned by trainers and leaders, and by managers to their own team."))
    note = " ".join(note.split())
    if faults := _faults(path, due, language, note, people, roles, teams):
        raise ValidationError(faults)
    with transaction.atomic():
        audience = [
            *(Audience(person=person) for person in dict.fromkeys(people)),
            *(Audience(role=Role(role).value) for role in dict.fromkeys(roles)),
            *(Audience(team=team) for team in dict.fromkeys(teams)),
        ]
        given = {"path": path, "language": language, "due": due, "assigned_by": actor}
        just_now = Assignment.objects.open().filter(created_at__gt=one_click(actor), **given).select_related("data_key")
        for there in just_now.prefetch_related("audiences"):
            if there.note_said == note and set(map(_whom, there.audiences.all())) == set(map(_whom, audience)):
                return there
        assignment = Assignment(marked=not note, **given)
        if note:
            assignment.data_key = DataKey.make()
            assignment.note = note
        assignment.save()
        for one in audience:
            one.assignment = assignment
        Audience.objects.bulk_create(audience)
        record(
            action="assignment.made", actor=actor, object_type="assignment", object_id=assignment.pk, path_id=path.pk, language=language,
            due=due.isoformat(), people=len(people), roles=sorted(roles), team_ids=sorted(team.pk for team in teams),
        )  # fmt: skip
        told = [
            person
            for person, complete in House.now(path.pk).standing(assignment)
            if not complete and person.pk != actor.pk
        ]
        notify(told, "path_assigned", reverse("training:assignment", args=[assignment.pk]))
    return assignment


def _whom(one: Audience) -> tuple[int | None, str, int | None]:
    return one.person_id, one.role, one.team_id


def _faults(
    path: LearningPath, due: date, language: str, note: str, people: Collection[User], roles: Collection[str], teams: Collection[Team],
) -> dict[str, str]:  # fmt: skip
    faults = {}
    today = timezone.localdate()
    if due < today:
        faults["due"] = _("The day has passed. Choose one to come.")
    elif due > today + FURTHEST:
        faults["due"] = _("That is more than three years away. Choose an earlier day.")
    offered = Exercise.objects.published().filter(path=path)
    if not (offered.filter(language=language) if language else offered).exists():
        faults["language" if language else "path"] = _(
            "This path has no exercises in this language. Choose another one."
        )
    if len(note) > LONGEST_NOTE:
        faults["note"] = _("The note has more than 300 characters. Shorten it; a longer text belongs in an exercise.")
    if not (people or roles or teams):
        faults["people"] = _("Choose at least one person, role or team.")
    elif len(people) > MOST_PEOPLE:
        faults["people"] = _("These are more than 200 people. Choose a team or a role instead.")
    elif not all(person.is_active for person in people):
        faults["people"] = _("Somebody chosen no longer works here. Choose others.")
    return faults


@transaction.atomic
def end_assignment(*, actor: User, assignment: Assignment) -> None:
    """Ask it of nobody any more; what was done stays. Ending it twice is harmless."""
    if not permissions.can_end_assignment(actor, assignment):
        raise PermissionDenied(_("An assignment is ended by trainers and leaders, and by whoever made it."))
    if Assignment.objects.filter(pk=assignment.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=actor):
        rows = House.now(assignment.path_id).standing(assignment)
        record(
            action="assignment.ended", actor=actor, object_type="assignment", object_id=assignment.pk, assigned=len(rows),
            complete=sum(complete for _person, complete in rows),
        )  # fmt: skip
