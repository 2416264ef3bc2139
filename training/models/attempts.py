"""What people make of exercises. Attempts are theirs alone: sealed, and read by nobody else."""

import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from training.models.exercises import LANGUAGES, Exercise, ExerciseVersion, LearningPath
from training.querysets import AttemptQuerySet, CompletionQuerySet
from workbench.accounts.models import Qualification
from workbench.privacy.fields import SealedJSON, data_key_field
from workbench.privacy.models import Erased

_PERSON = settings.AUTH_USER_MODEL


class Attempt(models.Model):
    """One try at an exercise: kept while it is typed, and for good once it was checked. The next one begins with what this one said.

    When the learner's record is erased, what was typed goes with its key, and the row stays as the mark that there was one.
    """

    learner = models.ForeignKey(_PERSON, models.PROTECT, related_name="attempts")
    exercise = models.ForeignKey(Exercise, models.PROTECT, related_name="attempts")
    version = models.ForeignKey(ExerciseVersion, models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    data_key = data_key_field()
    answers_sealed = models.BinaryField(null=True)
    answers = SealedJSON("answers_sealed")
    #: What the judge said: see ``training.feedback``.
    feedback_sealed = models.BinaryField(null=True)
    feedback = SealedJSON("feedback_sealed")
    started_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)
    checked_at = models.DateTimeField(null=True)
    passed = models.BooleanField(default=False)
    #: How often it was kept, and from which window last: a second window with an older text overwrites nothing.
    revision = models.PositiveIntegerField(default=0)
    window = models.CharField(max_length=16, blank=True)
    #: Whether it was looked through for people; see ``workbench.runs.typed``.
    marked = models.BooleanField(default=False)

    objects: ClassVar[AttemptQuerySet] = AttemptQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("learner", "exercise", "-number"), name="attempt_by_learner"),
            models.Index(fields=("id",), condition=Q(marked=False), name="attempt_unmarked"),
        )
        constraints = (
            models.UniqueConstraint(fields=("learner", "exercise", "number"), name="attempt_number_once"),
            models.UniqueConstraint(
                fields=("learner", "exercise"), condition=Q(checked_at=None), name="one_open_attempt"
            ),
            models.CheckConstraint(
                condition=Q(passed=False) | Q(checked_at__isnull=False), name="passed_after_a_check"
            ),
        )

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.learner_id} at {self.exercise_id}"

    @property
    def said(self) -> dict[str, Any]:
        """The answers; nothing where they were erased."""
        try:
            return self.answers or {}
        except Erased:
            return {}

    @property
    def found(self) -> list[dict[str, Any]]:
        """The feedback; nothing where it was erased."""
        try:
            return self.feedback or []
        except Erased:
            return []


def new_code() -> str:
    """128 random bits: nobody guesses the code of a certificate."""
    return secrets.token_hex(16)


class Completion(models.Model):
    """That somebody finished a path in a language. A retake adds another; what was offered and done stays as it was.

    It is a record of the house: when a person's record is erased it stays, names nobody, and holds no qualification any more.
    """

    learner = models.ForeignKey(_PERSON, models.PROTECT, related_name="completions")
    path = models.ForeignKey(LearningPath, models.PROTECT, related_name="completions")
    language = models.CharField(_("language"), max_length=5, choices=LANGUAGES)
    at = models.DateTimeField(auto_now_add=True)
    qualification = models.ForeignKey(Qualification, models.SET_NULL, null=True, related_name="completions")
    #: Which versions were passed: slug of the exercise → number and SHA-256 of its file.
    versions: "models.JSONField[Any, Any]" = models.JSONField()
    #: Printed on the certificate; whoever has it may ask whether the certificate is ours.
    code = models.CharField(max_length=32, default=new_code, unique=True, editable=False)

    #: Of the newer qualification, where ``for_certificates`` was asked.
    later: int | None
    later_until: datetime | None

    objects: ClassVar[CompletionQuerySet] = CompletionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.path_id} by {self.learner_id}"


GROUP = 5
"""First attempts are shown to trainers in whole groups of so many: fewer could be somebody's."""


class LevelCount(models.Model):
    """How often first checked attempts at a version reached a level of a criterion. Counts only, of nobody. ``shown``: as of the last whole group."""

    version = models.ForeignKey(ExerciseVersion, models.CASCADE, related_name="level_counts")
    criterion = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField(default=0)
    shown = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("version", "criterion", "level"), name="level_counted_once"),)

    def __str__(self) -> str:
        return f"{self.criterion} {self.level}: {self.count}"
