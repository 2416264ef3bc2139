"""One table, which the database itself keeps append-only (see ``audit.triggers``)."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.querysets import AuditEventQuerySet


class Origin(models.TextChoices):
    """Who set the act in motion."""

    PERSON = "person", _("a person")
    AI = "ai", _("AI")
    SYSTEM = "system", _("the workbench")


class AuditEvent(models.Model):
    """One act. Plain ids instead of foreign keys: nothing that happens elsewhere can change or remove an entry."""

    event_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField()
    action = models.CharField(max_length=64)
    origin = models.CharField(max_length=8, choices=Origin.choices)
    actor_id = models.BigIntegerField(null=True)
    actor_role = models.CharField(max_length=32, blank=True)
    object_type = models.CharField(max_length=32, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    run_id = models.BigIntegerField(null=True)
    activity_id = models.BigIntegerField(null=True)
    policy_version_id = models.BigIntegerField(null=True)
    prompt_version_id = models.BigIntegerField(null=True)
    category = models.CharField(max_length=32, blank=True)
    data = models.JSONField(default=dict)

    objects: ClassVar[AuditEventQuerySet] = AuditEventQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("run_id", "id"), name="audit_by_run"),
            models.Index(fields=("action", "id"), name="audit_by_action"),
            models.Index(fields=("activity_id", "id"), name="audit_by_activity"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.action}"
