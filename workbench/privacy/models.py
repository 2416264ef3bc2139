"""Data keys: one per record. Destroying the key erases the record; nothing else has to be touched."""

import os
import uuid

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workbench.privacy import keyring


class Erased(Exception):
    """The record's data key was destroyed; its contents are gone for good."""


class DataKey(models.Model):
    """A 256-bit key for one record, wrapped by the key ring."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ring_key_id = models.CharField(max_length=32)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None) | models.Q(wrapped=b""), name="destroyed_key_is_empty"
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def make(cls) -> "DataKey":
        """A new key, saved."""
        key = cls()
        key._plain = os.urandom(keyring.KEY_BYTES)
        key.ring_key_id, key.wrapped = keyring.current().wrap(key._plain, str(key.pk))
        key.save(force_insert=True)
        return key

    @property
    def plain(self) -> bytes:
        """The key itself, unwrapped once per object. Raises Erased or keyring.Unreadable."""
        if self.destroyed_at is not None:
            raise Erased
        if not hasattr(self, "_plain"):
            self._plain = keyring.current().unwrap(self.ring_key_id, bytes(self.wrapped), str(self.pk))
        return self._plain

    def seal(self, text: str, context: str) -> bytes:
        """Encrypt ``text`` for the place named by ``context``; moved to another record or column it does not open."""
        return keyring.encrypt(self.plain, text.encode("utf-8", "surrogatepass"), f"{self.pk}:{context}")

    def open(self, sealed: bytes, context: str) -> str:
        return keyring.decrypt(self.plain, sealed, f"{self.pk}:{context}").decode("utf-8", "surrogatepass")


class SubjectIndex(models.Model):
    """The one row with the key under which people are hashed. Without the key ring it opens for nobody."""

    data_key = models.ForeignKey(DataKey, models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="one_subject_index"),)

    def __str__(self) -> str:
        return "subject index"

    @classmethod
    def key(cls) -> bytes:
        """The key, made when it is first asked for; whoever comes second takes what is there."""
        found = cls.objects.select_related("data_key").first()
        if found is None:
            with transaction.atomic():
                SubjectIndex.objects.bulk_create([SubjectIndex(pk=1, data_key=DataKey.make())], ignore_conflicts=True)
            found = cls.objects.select_related("data_key").get()
        return found.data_key.plain


class Hold(models.Model):
    """A legal hold: what its keys seal is neither erased nor removed until it is lifted."""

    reference = models.CharField(max_length=60, unique=True)
    placed_at = models.DateTimeField(auto_now_add=True)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.reference


class HeldKey(models.Model):
    """A record under a hold. Its key is not deleted, whatever else goes."""

    hold = models.ForeignKey(Hold, models.CASCADE, related_name="held")
    data_key = models.ForeignKey(DataKey, models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("hold", "data_key"), name="held_once"),)

    def __str__(self) -> str:
        return f"{self.data_key_id} under hold {self.hold_id}"


class SubjectRequest(models.Model):
    """That a person was erased, or got what is kept about them: under which reference, and how many records. Never who."""

    kind = models.CharField(max_length=8, choices=[("erasure", _("Erasure")), ("access", _("Access"))])
    reference = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()
    #: How many records were left because of a hold.
    held = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Kind(models.TextChoices):
    """What is kept for a time of its own: texts of runs under their data keys, and entries of the log."""

    TEXTS = "texts", _("Texts of runs")
    LOG = "log", _("Entries of the log")


class RetentionRule(models.Model):
    """The one row that says for how many months each kind is kept, where the house decided otherwise than ``retention.MONTHS``."""

    texts = models.PositiveSmallIntegerField()
    log = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(pk=1), name="one_retention_rule"),
            models.CheckConstraint(condition=models.Q(log__gte=models.F("texts")), name="log_is_kept_as_long_as_texts"),
        )

    def __str__(self) -> str:
        return f"texts: {self.texts} months, log: {self.log} months"


class RetentionRequest(models.Model):
    """That what was kept long enough is to go: what somebody was shown and asked for, and who else confirmed it."""

    kind = models.CharField(max_length=8, choices=Kind.choices)
    #: What ended before this goes; for the log also: what stood under the checkpoint of this size.
    before = models.DateTimeField()
    size = models.BigIntegerField(default=0)
    count = models.PositiveIntegerField()
    held = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    #: The entry of the log that says which places are gone.
    entry = models.BigIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("kind",), condition=models.Q(done_at=None, withdrawn_at=None), name="one_open_removal_per_kind"),
            models.CheckConstraint(condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("asked_by")), name="removal_is_confirmed_by_another"),
            models.CheckConstraint(condition=models.Q(confirmed_at=None) | models.Q(withdrawn_at=None), name="removal_is_confirmed_or_withdrawn"),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"removal of {self.kind} before {self.before:%Y-%m-%d}"


class SubjectMark(models.Model):
    """That somebody occurs in the record of a data key: a keyed hash, see ``workbench.privacy.subjects``."""

    data_key = models.ForeignKey(DataKey, models.CASCADE, related_name="subject_marks")
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("digest", "data_key"), name="subject_marked_once"),)

    def __str__(self) -> str:
        return f"mark {self.pk}"
