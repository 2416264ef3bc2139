"""The log and its seal. The database itself keeps these tables append-only (see ``audit.triggers``)."""

import json
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.canonical import canonical_json
from audit.querysets import AuditEventQuerySet


class Origin(models.TextChoices):
    """Who set the act in motion."""

    PERSON = "person", _("a person")
    AI = "ai", _("AI")
    SYSTEM = "system", _("the workbench")


if TYPE_CHECKING:
    from django.db.models import Field

    _Text = Field[Any, Any]
else:
    _Text = models.TextField


class CanonicalJSONField(_Text):
    """JSON kept as the canonical text that the event's leaf is the hash of: what is sealed is what is stored."""

    def from_db_value(self, value: str, expression: Any, connection: Any) -> Any:
        return json.loads(value)

    def get_prep_value(self, value: Any) -> str:
        return canonical_json(value)


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
    model = models.CharField(max_length=128, blank=True, default="")
    data = CanonicalJSONField(default=dict)

    objects: ClassVar[AuditEventQuerySet] = AuditEventQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("run_id", "id"), name="audit_by_run"),
            models.Index(fields=("action", "id"), name="audit_by_action"),
            models.Index(fields=("activity_id", "id"), name="audit_by_activity"),
            models.Index(fields=("actor_id", "id"), name="audit_by_actor"),
            models.Index(fields=("object_type", "object_id", "id"), name="audit_by_object"),
            models.Index(fields=("prompt_version_id", "id"), name="audit_by_prompt"),
            models.Index(fields=("model", "id"), name="audit_by_model"),
            models.Index(fields=("category", "id"), name="audit_by_category"),
            models.Index(fields=("at", "id"), name="audit_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.action}"


class Unsealed(models.Model):
    """An event that has no place in the tree yet. The database adds a row with each event; sealing takes it away."""

    event_pk = models.BigIntegerField(primary_key=True)


class Leaf(models.Model):
    """The place of an event in the tree: positions count from 0 without a gap."""

    position = models.BigIntegerField(primary_key=True)
    event_pk = models.BigIntegerField(unique=True)


class Tile(models.Model):
    """Up to 256 hashes of the tree beside each other, as in C2SP's tlog-tiles.

    At level 0 the hashes of leaves, at level n the roots of full tiles of level n - 1. A tile grows at its end until it is
    full; no byte of it ever changes.
    """

    WIDTH: ClassVar[int] = 256

    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("level", "number"), name="one_tile_per_place"),)


class Checkpoint(models.Model):
    """A signed tree head: nobody who has seen it can be shown another past."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("-size",)

    @property
    def root_hex(self) -> str:
        return bytes(self.root).hex()


class Removal(models.Model):
    """Places whose entries may go, and the entry of the log that says so; without it the database refuses to remove any (``audit.triggers``)."""

    first = models.BigIntegerField()
    behind = models.BigIntegerField()
    event_pk = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(behind__gt=models.F("first")), name="removal_is_a_stretch"),
        )


class Anchor(models.Model):
    """A checkpoint that a place outside took: what the place is called, and what it answered (a cosignature, a commit)."""

    place = models.CharField(max_length=100)
    size = models.BigIntegerField()
    at = models.DateTimeField()
    receipt = models.TextField(blank=True)

    class Meta:
        ordering = ("-size",)
        constraints = (models.UniqueConstraint(fields=("place", "size"), name="one_anchor_per_place_and_size"),)


class PlaceState(models.Model):
    """How delivery to a place outside goes. Only this may change; what arrived is an Anchor."""

    place = models.CharField(max_length=100, primary_key=True)
    tries = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True)


class Feed(models.Model):
    """How far a stream of events to another system is: the next place of the tree it sends."""

    stream = models.CharField(max_length=200, primary_key=True)
    position = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True)


class VerificationState(models.TextChoices):
    """How a verification of the whole log ended."""

    RUNNING = "running", _("under way")
    PASSED = "passed", _("everything verifies")
    FAILED = "failed", _("something is wrong")


class Verification(models.Model):
    """One check of everything. ``position`` and ``peaks`` are where an interrupted one goes on."""

    started_at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    touched_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=VerificationState.choices, default=VerificationState.RUNNING)
    size = models.BigIntegerField(help_text="entries to check")
    position = models.BigIntegerField(default=0)
    peaks = models.JSONField(default=list)
    checked = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    seconds = models.FloatField(default=0)

    class Meta:
        ordering = ("-id",)


class ExportState(models.TextChoices):
    """Where an export stands. The file itself is not kept: it holds names."""

    STREAMING = "streaming", _("under way")
    DONE = "done", _("handed over")
    BROKEN = "broken", _("broken off")


class Export(models.Model):
    """That somebody took entries of the log along: what was asked for, how many there were, under which checkpoint."""

    by_id = models.BigIntegerField()
    at = models.DateTimeField()
    filters = models.JSONField(default=dict)
    count = models.BigIntegerField()
    done = models.BigIntegerField(default=0)
    size = models.BigIntegerField(help_text="entries under the checkpoint in the file")
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.STREAMING)
    touched_at = models.DateTimeField(auto_now=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-id",)
