"""The coaching log: a call that a manager accompanied or a deal review they held, and what the two agreed on. It is theirs, and nobody else's."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from policies.models import Activity
from training.querysets import CoachingEntryQuerySet
from workbench.accounts.models import Team, User
from workbench.privacy.fields import SealedText, data_key_field
from workbench.privacy.models import Erased

_PERSON = settings.AUTH_USER_MODEL


class Occasion(models.TextChoices):
    """What a manager and somebody of their team did together."""

    CALL = "call", _("Call accompanied")
    REVIEW = "review", _("Deal review held")


class CoachingEntry(models.Model):
    """What was agreed on a day, by when. It never changes (the database refuses): it is marked as done, or taken back and noted anew.

    The two people stay those two, whoever changes the team later; ``team`` is the team of that day, for counts.
    """

    manager = models.ForeignKey(_PERSON, models.PROTECT, related_name="+", verbose_name=_("manager"))
    person = models.ForeignKey(_PERSON, models.PROTECT, related_name="+", verbose_name=_("person"))
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Occasion.choices)
    held_on = models.DateField(_("day"))
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, related_name="+", verbose_name=_("activity"))
    due = models.DateField(_("by when"), null=True)
    data_key = data_key_field()
    agreed_sealed = models.BinaryField()
    agreed = SealedText("agreed_sealed")
    #: Whether it was looked through for people; see ``workbench.runs.typed``.
    marked = models.BooleanField(default=False)
    noted_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(_PERSON, models.PROTECT, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True)

    objects: ClassVar[CoachingEntryQuerySet] = CoachingEntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("manager", "-id"), name="coaching_by_manager"),
            models.Index(fields=("person", "-id"), name="coaching_by_person"),
            models.Index(fields=("held_on",), name="coaching_by_day"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=Occasion.values), name="coaching_of_a_known_kind"),
            models.CheckConstraint(condition=~Q(manager=F("person")), name="nobody_coaches_themselves"),
            models.CheckConstraint(condition=Q(due=None) | Q(due__gte=F("held_on")), name="coaching_due_after_the_day"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False) & (Q(done_by=F("manager")) | Q(done_by=F("person"))),
                name="coaching_done_by_one_of_the_two",
            ),
            models.CheckConstraint(condition=Q(done_at=None) | Q(taken_back_at=None), name="coaching_ends_once"),
        )

    def __str__(self) -> str:
        return f"coaching entry {self.pk}"

    @property
    def agreed_said(self) -> str | None:
        """What was agreed; None where it was erased."""
        try:
            return str(self.agreed)
        except Erased:
            return None

    @property
    def is_open(self) -> bool:
        """Whether what was agreed still waits. What was erased waits for nobody."""
        return self.done_at is None and self.taken_back_at is None and self.data_key.destroyed_at is None

    @property
    def days_left(self) -> int:
        """Days until the day by which it is due, on which it is 0; of one without a day, what no day reaches."""
        return (self.due - timezone.localdate()).days if self.due else timedelta.max.days

    @property
    def overdue(self) -> bool:
        return self.is_open and self.days_left < 0

    def other_than(self, user: User) -> User:
        """The other one of the two."""
        other: User = self.person if self.manager_id == user.pk else self.manager
        return other
