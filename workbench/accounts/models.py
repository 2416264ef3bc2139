"""People, their teams and roles, and the tokens with which their programs speak for them."""

from datetime import datetime
from functools import cached_property
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workbench.accounts.querysets import (
    AbsenceQuerySet,
    ApiTokenQuerySet,
    NoticeQuerySet,
    QualificationQuerySet,
    UserManager,
)


class Role(models.TextChoices):
    """What a person may do. A person can hold several; the first in this order names them in the log."""

    LEADER = "leader", _("Leader")
    REVIEWER = "reviewer", _("Reviewer")
    REP = "rep", _("Rep")
    COMPLIANCE = "compliance", _("Compliance")
    TRAINER = "trainer", _("Trainer")
    ADMINISTRATOR = "administrator", _("Administrator")


class MailChoice(models.TextChoices):
    """How somebody hears by e-mail of what waits for them. In the workbench they see it in any case."""

    DIGEST = "digest", _("Once a day")
    IMMEDIATE = "immediate", _("At once")
    OFF = "off", _("Not at all")


class Team(models.Model):
    """People who work together, with one manager."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    manager = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="managed_teams", verbose_name=_("manager")
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person of the organisation."""

    title = models.CharField(_("job title"), max_length=100, blank=True)
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="members", verbose_name=_("team")
    )
    language = models.CharField(_("language"), max_length=5, blank=True, choices=[("en", "English"), ("de", "Deutsch")])
    mail = models.CharField(_("e-mail"), max_length=10, choices=MailChoice.choices, default=MailChoice.DIGEST)

    #: When everything that says who this is was erased; the row stays, because records of the house point at it.
    erased_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ("first_name", "last_name", "id")

    def __str__(self) -> str:
        if self.erased_at is not None:
            return gettext("somebody whose record was erased")
        return self.get_full_name() or self.username

    @cached_property
    def role_names(self) -> frozenset[str]:
        """The roles this person holds now, read once per request."""
        return frozenset(grant.role for grant in self.role_grants.all())

    @cached_property
    def covered_ids(self) -> frozenset[int]:
        """The people for whom this person stands in today, read once per request."""
        return frozenset(
            Absence.objects.on(timezone.localdate()).filter(cover=self).values_list("person_id", flat=True)
        )

    @property
    def main_role(self) -> str:
        """The first of this person's roles in the order of Role, or the empty string."""
        return next((role.value for role in Role if role.value in self.role_names), "")

    @property
    def initials(self) -> str:
        """Two letters for the round mark beside a name."""
        letters = [part[0] for part in (self.first_name, self.last_name) if part]
        return "".join(letters).upper() or self.username[:2].upper()


class RoleGrant(models.Model):
    """One role of one person."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "role"), name="one_grant_per_role"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="known_role"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class Qualification(models.Model):
    """A right that a person has earned, with evidence, until it expires or is taken back."""

    person = models.ForeignKey(User, models.CASCADE, related_name="qualifications", verbose_name=_("person"))
    name = models.SlugField(_("qualification"))
    evidence = models.CharField(_("evidence"), max_length=300)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    #: Number and end of a newer one that the person holds, where a query asked for them.
    later: int | None
    later_until: datetime | None

    objects: ClassVar[QualificationQuerySet] = QualificationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("name", "person__first_name", "id")
        constraints = (
            models.UniqueConstraint(fields=("person", "name"), condition=models.Q(revoked_at=None), name="qualification_held_once"),
            models.CheckConstraint(condition=~models.Q(evidence=""), name="qualification_has_evidence"),
            models.CheckConstraint(
                condition=models.Q(granted_by=None) | ~models.Q(granted_by=models.F("person")), name="nobody_qualifies_themselves"
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} of {self.person_id}"

    @property
    def until(self) -> datetime | None:
        """How long it counts, or counted: it ended when it expired or was taken back, whichever came first."""
        return min(filter(None, (self.expires_at, self.revoked_at)), default=None)

    @property
    def standing(self) -> str:
        """``held``, ``lapsed`` or ``revoked``."""
        if self.until is None or self.until > timezone.now():
            return "held"
        return "revoked" if self.until == self.revoked_at else "lapsed"


class Absence(models.Model):
    """Days on which a person is away and another one stands in: for drafts that were handed to them, and as manager of a team."""

    person = models.ForeignKey(User, models.CASCADE, related_name="absences", verbose_name=_("person"))
    cover = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("stands in"))
    begins = models.DateField(_("from"))
    ends = models.DateField(_("until"))

    objects: ClassVar[AbsenceQuerySet] = AbsenceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("begins", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(begins__lte=models.F("ends")), name="absence_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~models.Q(person=models.F("cover")), name="nobody_covers_themselves"),
        )

    def __str__(self) -> str:
        return f"absence {self.pk} of {self.person_id}"


class ApiToken(models.Model):
    """A bearer token. Only its SHA-256 is kept: a token is 256 random bits, so a slow hash would add nothing."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ApiTokenQuerySet] = ApiTokenQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"


class Notice(models.Model):
    """That something waits for a person or happened to what is theirs. Holds a kind, a place and maybe a number, nothing that anybody wrote.

    The kinds and their sentences are in ``workbench.accounts.notices``.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=32)
    path = models.CharField(max_length=200)
    #: How many there are, where the sentence says it.
    count = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("person", "-id"), name="notice_by_person"),
            models.Index(
                fields=("created_at",), condition=models.Q(seen_at=None, mailed_at=None), name="notice_to_mail"
            ),
        )
        constraints = (
            # Told once until it is seen: a hundred drafts that wait are one notice.
            models.UniqueConstraint(fields=("person", "kind", "path"), condition=models.Q(seen_at=None), name="notice_once_until_seen"),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"notice {self.pk} to {self.person_id}"


class Look(models.Model):
    """That somebody looked at what is another person's: a run, or their entry. Shown to that person and to nobody else."""

    person = models.ForeignKey(User, models.CASCADE, related_name="looks")
    viewer = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=[("run", _("Run")), ("entry", _("Entry"))])
    object_id = models.PositiveBigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ("-last_at", "-id")
        indexes = (models.Index(fields=("person", "-last_at"), name="look_by_person"),)
        constraints = (
            models.UniqueConstraint(fields=("viewer", "kind", "object_id"), name="look_once"),
            models.CheckConstraint(condition=~models.Q(person=models.F("viewer")), name="look_of_somebody_else"),
        )

    def __str__(self) -> str:
        return f"{self.viewer_id} looked at {self.kind} {self.object_id}"
