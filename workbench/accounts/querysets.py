"""Reads of people and tokens."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models

if TYPE_CHECKING:
    from workbench.accounts.models import ApiToken, Qualification, User  # noqa: F401


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


class QualificationQuerySet(models.QuerySet["Qualification"]):
    def held(self, *, on: datetime) -> Self:
        """Those that count at this moment."""
        return self.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=on), revoked_at=None)


def holds_qualification(user: Any, name: str, *, on: datetime) -> bool:
    """Whether a person holds a qualification at this moment. One query."""
    return bool(user.qualifications.held(on=on).filter(name=name).exists())
