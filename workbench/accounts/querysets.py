"""Reads of people and tokens."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models

from workbench.accounts.permissions import can_see_qualifications

if TYPE_CHECKING:
    from workbench.accounts.models import Absence, ApiToken, Notice, Qualification, User  # noqa: F401


class UserManager(DjangoUserManager["User"]):
    """People; role grants come with them where a list is shown."""

    def with_roles(self) -> models.QuerySet["User"]:
        return self.select_related("team").prefetch_related("role_grants")

    def holding(self, *roles: str) -> models.QuerySet["User"]:
        """Active people who hold at least one of the roles."""
        return self.filter(is_active=True, role_grants__role__in=roles).distinct()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: Any) -> Self:
        """A person sees their own tokens and nobody else's."""
        return self.filter(user_id=user.pk)

    def usable(self) -> Self:
        return self.filter(revoked_at=None, user__is_active=True)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Any) -> Self:
        """One's own."""
        return self.filter(person_id=user.pk)


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: date) -> Self:
        """Those that hold on a day."""
        return self.filter(begins__lte=day, ends__gte=day)

    def visible_to(self, user: Any) -> Self:
        """One's own, and those one stands in for."""
        return self.filter(models.Q(person_id=user.pk) | models.Q(cover_id=user.pk))


class QualificationQuerySet(models.QuerySet["Qualification"]):
    def held(self, *, on: datetime) -> Self:
        """Those that count at this moment."""
        return self.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=on), revoked_at=None)

    def visible_to(self, user: Any) -> Self:
        """One's own for everybody; all of them for those who grant them and for compliance."""
        return self if can_see_qualifications(user) else self.filter(person_id=user.pk)


def holds_qualification(user: Any, name: str, *, on: datetime) -> bool:
    """Whether a person holds a qualification at this moment. One query."""
    return bool(user.qualifications.held(on=on).filter(name=name).exists())
