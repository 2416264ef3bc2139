"""Reads of exercises, attempts and assignments, of fundamentals and assessments, of worksheets and of the coaching log."""

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from training.permissions import can_see_all_assessments, can_see_every_assignment, can_see_every_certificate
from workbench.accounts.models import Qualification, RoleGrant

if TYPE_CHECKING:
    from training.models import (  # noqa: F401
        Assessment,
        Assignment,
        Attempt,
        CoachingEntry,
        Completion,
        Exercise,
        ExerciseVersion,
        Fundamental,
        Worksheet,
    )


def renewal(way: str = "") -> dict[str, Subquery]:
    """What renewed the qualification that a row reaches by ``way``: ``later`` is the number of a newer one of that name that the person holds, and
    ``later_until`` how long that counts."""
    person, name, pk = (OuterRef(f"{way}{field}") for field in ("person", "name", "pk"))
    held = Qualification.objects.held(on=timezone.now())
    later = held.filter(person=person, name=name, pk__gt=pk).order_by("-pk")
    return {"later": Subquery(later.values("pk")[:1]), "later_until": Subquery(later.values("expires_at")[:1])}


class ExerciseQuerySet(models.QuerySet["Exercise"]):
    def published(self) -> Self:
        """Those that can be done: a version is published, and nobody retired them."""
        return self.once_published().filter(retired_at=None)

    def once_published(self) -> Self:
        """With those that were retired since. To learners there are no others, whatever they do with the name of a draft."""
        return self.filter(versions__published_at__isnull=False).distinct()


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def visible_to(self, user: Any) -> Self:
        """One's own, and nobody else's, whatever one's roles."""
        return self.filter(learner_id=user.pk)

    def open(self) -> Self:
        return self.filter(checked_at=None)


class CompletionQuerySet(models.QuerySet["Completion"]):
    def visible_to(self, user: Any) -> Self:
        """One's own."""
        return self.filter(learner_id=user.pk)

    def certificates_visible_to(self, user: Any) -> Self:
        """One's own; all of them for trainers and compliance."""
        return self if can_see_every_certificate(user) else self.visible_to(user)

    def for_certificates(self) -> Self:
        """With everything that tells where they stand; see ``renewal``."""
        return self.select_related("learner", "path", "qualification").annotate(**renewal("qualification__"))


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: Any) -> Self:
        """Leaders and trainers see all, a team's manager those that somebody of the team has. To everybody else they do not exist."""
        if can_see_every_assignment(user):
            return self
        audience = apps.get_model("training.Audience").objects.filter(assignment=OuterRef("pk"))
        managed = Q(team__manager=user.pk) | Q(person__team__manager=user.pk)
        role = RoleGrant.objects.filter(role=OuterRef("role"), user__team__manager=user.pk, user__is_active=True)
        return self.filter(Exists(audience.filter(managed | Exists(role))))

    def open(self) -> Self:
        return self.filter(ended_at=None)

    def of(self, user: Any) -> Self:
        """Those that this person has at this moment: by name, by a role or by the team."""
        audience = apps.get_model("training.Audience").objects.filter(assignment=OuterRef("pk"))
        mine = Q(person=user.pk) | Q(role__in=list(user.role_names))
        if user.team_id is not None:
            mine |= Q(team=user.team_id)
        return self.filter(Exists(audience.filter(mine)))

    def with_complete(self, user: Any) -> Self:
        """Each carries ``complete``: this person holds what the path earns, or finished it after it was assigned."""
        completions = apps.get_model("training.Completion").objects
        since = completions.filter(learner=user.pk, path=OuterRef("path"), at__gte=OuterRef("created_at"))
        held = Qualification.objects.held(on=timezone.now()).filter(
            person=user.pk, name=OuterRef("path__qualification")
        )
        done = Q(Exists(held)) | Q(Exists(since), language="") | Q(Exists(since.filter(language=OuterRef("language"))))
        return self.annotate(
            complete=Case(When(done, then=Value(True)), default=Value(False), output_field=models.BooleanField())
        )


class FundamentalQuerySet(models.QuerySet["Fundamental"]):
    def visible_to(self, user: Any) -> Self:
        """Everybody who is signed in: what sound selling looks like is no secret."""
        return self

    def current(self) -> Self:
        """Without the retired ones."""
        return self.filter(retired_at=None)


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: Any) -> Self:
        """All for leaders, trainers and compliance; for everybody else those of their own team."""
        return self if can_see_all_assessments(user) else self.filter(team=user.team_id, team__isnull=False)

    def newest(self) -> Self:
        """Of each fundamental in each team the last look, without what was looked at.

        What is filtered besides, before or after, narrows what the last one is looked for in: fundamentals and teams, and nothing else.
        """
        last = Window(RowNumber(), partition_by=("fundamental_id", "team_id"), order_by=("-looked_on", "-id"))
        return self.annotate(place=last).filter(place=1).defer("evidence_sealed", "source_sealed")


class WorksheetQuerySet(models.QuerySet["Worksheet"]):
    def visible_to(self, user: Any) -> Self:
        """One's own, and what was shared with the team one belongs to or manages; nothing else, whatever one's roles."""
        readable = Q(filler=user.pk) | Q(shared_with__manager=user.pk)
        if user.team_id is not None:
            readable |= Q(shared_with=user.team_id)
        return self.filter(readable)

    def of(self, user: Any) -> Self:
        """One's own."""
        return self.filter(filler=user.pk)

    def open(self) -> Self:
        return self.filter(finished_at=None)


class CoachingEntryQuerySet(models.QuerySet["CoachingEntry"]):
    def visible_to(self, user: Any) -> Self:
        """The two people concerned. To everybody else there is none, whatever their roles and whoever manages the team now."""
        return self.filter(Q(manager=user.pk) | Q(person=user.pk))

    def open(self) -> Self:
        """What was agreed and still waits; what was erased waits for nobody."""
        return self.filter(done_at=None, taken_back_at=None, data_key__destroyed_at=None)

    def counted(self) -> Self:
        """Without those that were taken back: they were a slip, and counts leave them out."""
        return self.filter(taken_back_at=None)

    def with_people(self) -> Self:
        """With everything that a page shows of them."""
        return self.select_related("manager", "person", "activity", "data_key")
