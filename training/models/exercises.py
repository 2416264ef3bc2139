"""Learning paths, exercises and their versions. A published version never changes (the database refuses), so an attempt keeps what it answered."""

from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from training.querysets import ExerciseQuerySet

_PERSON = settings.AUTH_USER_MODEL
LANGUAGES = [("en", "English"), ("de", "Deutsch")]


class LearningPath(models.Model):
    """Exercises in an order. Finishing all of one language earns the path's qualification for some months."""

    slug = models.SlugField(unique=True)
    title = models.JSONField(_("title"))
    about = models.JSONField(_("about"))
    qualification = models.SlugField(_("qualification"))
    months = models.PositiveSmallIntegerField(_("months"))
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "slug")
        constraints = (
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=60), name="path_holds_for_a_time"),
        )

    def __str__(self) -> str:
        return _in_words(self.title)

    @property
    def about_it(self) -> str:
        return _in_words(self.about)


def language_of_page() -> str:
    """``en`` or ``de``, as the page is read."""
    language = (get_language() or "en")[:2]
    return language if language in dict(LANGUAGES) else "en"


def _in_words(texts: dict[str, str]) -> str:
    return texts.get(language_of_page()) or texts["en"]


class Kind(models.TextChoices):
    """What an exercise asks for."""

    PROMPT = "prompt", _("Write a prompt")
    ERRORS = "errors", _("Find the errors")
    SORT = "sort", _("Sort and defend")


class Exercise(models.Model):
    """An exercise by its name; what it asks stands in its versions."""

    path = models.ForeignKey(LearningPath, models.PROTECT, related_name="exercises")
    slug = models.SlugField(unique=True)
    language = models.CharField(_("language"), max_length=5, choices=LANGUAGES)
    order = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    objects: ClassVar[ExerciseQuerySet] = ExerciseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("path", "language", "order", "id")

    def __str__(self) -> str:
        return self.slug


class ExerciseVersion(models.Model):
    """What an exercise asks, as its author wrote it. One draft at most; the published one with the highest number counts."""

    exercise = models.ForeignKey(Exercise, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=80)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    content = models.JSONField()
    source = models.TextField()
    sha256 = models.CharField(max_length=64)
    author = models.ForeignKey(_PERSON, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("exercise", "-number")
        constraints = (
            models.UniqueConstraint(fields=("exercise", "number"), name="exercise_number_once"),
            models.UniqueConstraint(
                fields=("exercise",), condition=Q(published_at=None), name="one_draft_of_an_exercise"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @cached_property
    def material(self) -> list[dict[str, Any]]:
        """The materials, their text as numbered lines."""
        return [one | {"lines": _lines(one["text"], one["kind"])} for one in self.content.get("material", ())]

    @property
    def language(self) -> str:
        return self.exercise.language


def _lines(text: str, kind: str) -> list[dict[str, Any]]:
    """Lines with numbers; of a transcript with who speaks apart."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        speaker, colon, said = line.partition(": ")
        apart = kind == "transcript" and colon and len(speaker) <= 40
        rows.append({"number": number, "speaker": speaker if apart else "", "text": said if apart else line})
    return rows
