"""Learning paths that people are to finish by a day. Who belongs is worked out at the moment: whoever joins the team has it too."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from training.models.exercises import LANGUAGES, LearningPath
from training.querysets import AssignmentQuerySet
from workbench.accounts.models import Role, Team
from workbench.privacy.fields import SealedText, data_key_field
from workbench.privacy.models import Erased

_PERSON = settings.AUTH_USER_MODEL


class Assignment(models.Model):
    """A path, for everybody whom its audience names, by a day. Ended, it is asked of nobody any more; what was done stays."""

    path = models.ForeignKey(LearningPath, models.PROTECT, related_name="assignments", verbose_name=_("learning path"))
    #: Empty: either language counts.
    language = models.CharField(_("language"), max_length=5, blank=True, choices=LANGUAGES)
    due = models.DateField(_("due"))
    data_key = data_key_field()
    note_sealed = models.BinaryField(null=True)
    note = SealedText("note_sealed")
    assigned_by = models.ForeignKey(_PERSON, models.PROTECT, related_name="+")
    #: Whether the note was looked through for people; see ``workbench.runs.typed``.
    marked = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(_PERSON, models.PROTECT, null=True, related_name="+")

    #: Of one person, where ``with_complete`` was asked.
    complete: bool

    objects: ClassVar[AssignmentQuerySet] = AssignmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("due",), condition=Q(ended_at=None), name="assignment_open_by_due"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="assignment_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["", *(code for code, _name in LANGUAGES)]), name="assignment_language_known"
            ),
            models.CheckConstraint(
                condition=Q(note_sealed=None) | Q(data_key__isnull=False), name="assignment_note_is_sealed"
            ),
        )

    def __str__(self) -> str:
        return f"assignment {self.pk} of {self.path_id}"

    @property
    def note_said(self) -> str:
        """The note; nothing where there is none or where it was erased."""
        try:
            return self.note or ""
        except Erased:
            return ""

    @property
    def overdue(self) -> bool:
        return self.due < timezone.localdate()

    @property
    def days_left(self) -> int:
        """Days until the last day, on which it is 0; below that its date has passed."""
        return (self.due - timezone.localdate()).days

    def counts(self, language: str) -> bool:
        """Whether something done in this language counts."""
        return not self.language or self.language == language


class Audience(models.Model):
    """Whom an assignment is for: a person, everybody with a role, or a team."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="audiences")
    person = models.ForeignKey(_PERSON, models.CASCADE, null=True, related_name="+")
    role = models.CharField(max_length=20, blank=True, choices=Role.choices)
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=False, role="", team=None)
                | Q(person=None, role__in=Role.values, team=None)
                | Q(person=None, role="", team__isnull=False),
                name="audience_is_one_thing",
            ),
            models.UniqueConstraint(fields=("assignment", "person"), name="audience_person_once"),
            models.UniqueConstraint(fields=("assignment", "team"), name="audience_team_once"),
            models.UniqueConstraint(fields=("assignment", "role"), condition=~Q(role=""), name="audience_role_once"),
        )

    def __str__(self) -> str:
        if self.team_id is not None:
            return str(self.team)
        return str(self.get_role_display()) if self.role else str(self.person)
