"""Data keys: one per record. Destroying the key erases the record; nothing else has to be touched."""

import os
import uuid

from django.db import models
from django.utils import timezone

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
