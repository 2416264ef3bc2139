"""Fundamentals of selling, and how leaders find them in their teams. An assessment is of a team, in a word, and stays."""

import hashlib
import json
from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from audit.retention import months_before
from policies.models import Activity
from training.models.exercises import language_of_page
from training.querysets import AssessmentQuerySet, FundamentalQuerySet
from workbench.accounts.models import Team
from workbench.privacy.fields import SealedText, data_key_field
from workbench.privacy.models import Erased


class Level(models.TextChoices):
    """How far a team is with a fundamental: a word, never a number."""

    NOT_YET = "not_yet", _("Not yet")
    IN_PART = "in_part", _("In part")
    IN_PLACE = "in_place", _("In place")


class Fundamental(models.Model):
    """A habit or asset of sound selling that activities rest on. What it is called and how it shows stands in one or two languages."""

    slug = models.SlugField(unique=True)
    #: Language → name, about, signs (a list), without.
    texts: "models.JSONField[Any, Any]" = models.JSONField()
    activities: "models.ManyToManyField[Activity, Any]" = models.ManyToManyField(
        Activity, blank=True, related_name="fundamentals", verbose_name=_("activities that rest on it")
    )
    #: How long an assessment is fresh, in months.
    months = models.PositiveSmallIntegerField(_("months between assessments"), default=3)
    order = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    objects: ClassVar[FundamentalQuerySet] = FundamentalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("order", "slug")
        constraints = (
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=24), name="fundamental_is_looked_at_again"),
        )

    def __str__(self) -> str:
        return str(self.words["name"])

    @property
    def words(self) -> dict[str, Any]:
        """Its texts in the language of the page, or in the one there is."""
        return self.in_language(language_of_page())

    def in_language(self, language: str) -> dict[str, Any]:
        """Its texts in a language, or in the one there is."""
        found: dict[str, Any] = self.texts.get(language[:2]) or next(iter(self.texts.values()))
        return found

    def seen_in(self, language: str) -> str:
        """SHA-256 of what the form in a language shows: whoever saves it says by this what they have looked at."""
        activities = sorted(activity.pk for activity in self.activities.all())
        shown = json.dumps([self.texts.get(language), self.months, activities], sort_keys=True)
        return hashlib.sha256(shown.encode()).hexdigest()

    def due_after(self, looked_on: date) -> date:
        """The day by which it is looked at again, after a look on that day."""
        return months_before(datetime(looked_on.year, looked_on.month, looked_on.day), -self.months).date()  # noqa: DTZ001


class Assessment(models.Model):
    """What a leader found in a team on a day, with what they looked at. It never changes (the database refuses); a later look is another one."""

    fundamental = models.ForeignKey(Fundamental, models.PROTECT, related_name="assessments")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name=_("team"))
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    looked_on = models.DateField(_("looked at on"))
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    data_key = data_key_field()
    #: What was looked at, and where it is found: people can be named in both.
    evidence_sealed = models.BinaryField()
    evidence = SealedText("evidence_sealed")
    source_sealed = models.BinaryField(null=True)
    source = SealedText("source_sealed")
    #: Whether it was looked through for people; see ``workbench.runs.typed``.
    marked = models.BooleanField(default=False)

    objects: ClassVar[AssessmentQuerySet] = AssessmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-looked_on", "-id")
        indexes = (models.Index(fields=("fundamental", "team", "-looked_on", "-id"), name="newest_assessment"),)
        constraints = (models.CheckConstraint(condition=Q(level__in=Level.values), name="level_is_a_known_word"),)

    def __str__(self) -> str:
        return f"{self.fundamental_id} in team {self.team_id}: {self.level}"

    @property
    def due(self) -> date:
        """The day by which the team is looked at again."""
        return self.fundamental.due_after(self.looked_on)

    @property
    def link(self) -> str:
        """Where it is found, if that is an address."""
        source = (self.seen or {}).get("source", "")
        return source if source.startswith(("https://", "http://")) and " " not in source else ""

    @cached_property
    def seen(self) -> dict[str, str] | None:
        """What was looked at and where it is found; None where it was erased."""
        try:
            return {"evidence": self.evidence or "", "source": self.source or ""}
        except Erased:
            return None


class Overdue(models.Model):
    """That leaders were told that a look is too old: they are told once of each."""

    assessment = models.OneToOneField(Assessment, models.CASCADE, primary_key=True, related_name="+")
    told_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"assessment {self.pk} was due"
