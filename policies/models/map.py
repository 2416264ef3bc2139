"""Stages, activities, and the goals they are measured by."""

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from policies.querysets import ActivityQuerySet, GoalQuerySet

if TYPE_CHECKING:
    from policies.models.policies import PolicyVersion


class Category(models.TextChoices):
    """Who is responsible for an activity (after Ethan Mollick, “Co-Intelligence”, 2024)."""

    HUMAN_ONLY = "human_only", _("Human only")
    SPARRING_PARTNER = "sparring_partner", _("Sparring partner")
    HUMAN_IN_THE_LOOP = "human_in_the_loop", _("Human in the loop")
    AUTOMATED = "automated", _("Automated")


class Trait(models.TextChoices):
    """What an activity is like."""

    LANGUAGE_DRIVEN = "language_driven", _("Language-driven")
    REPEATABLE = "repeatable", _("Repeatable")
    FORMALISED = "formalised", _("Formalised")
    CUSTOMER_FACING = "customer_facing", _("Customer-facing")
    JUDGEMENT_HEAVY = "judgement_heavy", _("Judgement-heavy")


class DataClass(models.TextChoices):
    """What kind of information an activity handles, and what a tool may see. Personal data is scrubbed in every class."""

    PUBLIC = "public", _("Public")
    INTERNAL = "internal", _("Internal")
    CUSTOMER = "customer", _("About customers")
    RECORDINGS = "recordings", _("Recorded conversations")
    TERMS = "terms", _("Prices and contracts")


class Stage(models.Model):
    """A step of the sales process."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    order = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return self.name


class Activity(models.Model):
    """One kind of work in a stage. A retired one stays for the runs that rest on it; no call is allowed any more."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="activities", verbose_name=_("stage"))
    slug = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True, max_length=1000)
    traits = models.JSONField(_("traits"), default=list, blank=True)
    data = models.JSONField(_("data"), default=list, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    # Set by ``with_policy`` and by pages for their templates.
    deciding: "list[PolicyVersion]"
    policy: "PolicyVersion | None"
    weekly: int

    objects: ClassVar[ActivityQuerySet] = ActivityQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("stage__order", "order", "id")
        verbose_name_plural = "activities"

    def __str__(self) -> str:
        return self.name

    @property
    def trait_labels(self) -> list[str]:
        """The traits in words; names that are no longer known are left out."""
        return [str(Trait(name).label) for name in self.traits if name in Trait.values]

    @property
    def data_labels(self) -> list[str]:
        """The classes of data in words."""
        return [str(DataClass(name).label) for name in self.data if name in DataClass.values]


class GoalSource(models.TextChoices):
    """Where the figures of a goal come from: entered by hand, or taken by the workbench from its runs and reviews."""

    MANUAL = "manual", _("Entered by hand")
    MINUTES_TO_RELEASE = "minutes_to_release", _("Minutes from request to release (median)")
    APPROVED_UNCHANGED = "approved_unchanged", _("Share released without a change, in %")
    REJECTED = "rejected", _("Share rejected, in %")
    HOURS_IN_REVIEW = "hours_in_review", _("Hours a draft waits for its reviewer (median)")
    RELEASED_PER_WEEK = "released_per_week", _("Released per week")


class Goal(models.Model):
    """A measure that must become better: from a baseline to a target by a date."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="goals")
    measure = models.CharField(_("measure"), max_length=120)
    baseline = models.DecimalField(_("baseline"), max_digits=12, decimal_places=2)
    target = models.DecimalField(_("target"), max_digits=12, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=30)
    due = models.DateField(_("by when"))
    source = models.CharField(_("figures"), max_length=24, choices=GoalSource.choices, default=GoalSource.MANUAL)
    set_at = models.DateField(_("set on"), default=timezone.localdate)

    objects: ClassVar[GoalQuerySet] = GoalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(baseline=F("target")), name="goal_moves"),
            models.CheckConstraint(condition=~Q(measure="") & ~Q(unit=""), name="goal_is_measurable"),
            models.CheckConstraint(condition=Q(source__in=GoalSource.values), name="goal_source_known"),
        )

    def __str__(self) -> str:
        return f"{self.measure}: {figure(self.baseline)} → {figure(self.target)} {self.unit}"


def figure(value: Decimal) -> str:
    """A figure without needless decimals, in the form of the reader's language."""
    return number_format(value.normalize() if value % 1 else int(value), use_l10n=True)


class Measurement(models.Model):
    """A figure entered by hand. It belongs to the measure of an activity, so it outlives a changed target."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="measurements")
    measure = models.CharField(max_length=120)
    on = models.DateField(_("day"))
    value = models.DecimalField(_("figure"), max_digits=12, decimal_places=2)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("on",)
        constraints = (models.UniqueConstraint(fields=("activity", "measure", "on"), name="one_figure_per_day"),)

    def __str__(self) -> str:
        return f"{self.measure} {self.on}: {self.value}"
