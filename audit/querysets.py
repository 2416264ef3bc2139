"""Reads of the log."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from audit import permissions

if TYPE_CHECKING:
    from audit.models import AuditEvent  # noqa: F401


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, user: Any) -> Self:
        """The whole log for those who may read it, nothing for everybody else."""
        return self if permissions.can_read_log(user) else self.none()
