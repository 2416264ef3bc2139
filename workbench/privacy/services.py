"""Rotation of the key ring and erasure of records."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import record
from workbench.privacy import keyring
from workbench.privacy.models import DataKey
from workbench.privacy.subjects import forget_marks

_BATCH = 500


def rotate_keys() -> int:
    """Wrap every data key that an older ring key wraps with the active one; texts are not touched. Returns how many.

    Each batch is a transaction of its own, so an interrupted rotation goes on where it was. Raises keyring.Unreadable,
    with nothing of the batch changed, when the ring lacks an older key.
    """
    ring = keyring.current()
    total = 0
    while True:
        with transaction.atomic():
            batch = list(
                DataKey.objects.select_for_update()
                .filter(destroyed_at=None)
                .exclude(ring_key_id=ring.active_id)[:_BATCH]
            )
            if not batch:
                break
            for key in batch:
                key.ring_key_id, key.wrapped = ring.wrap(key.plain, str(key.pk))
            DataKey.objects.bulk_update(batch, ["ring_key_id", "wrapped"])
            record(action="keys.rotated", count=len(batch), key_id=ring.active_id)
        total += len(batch)
    return total


def destroy_keys(keys: Collection[UUID]) -> int:
    """Erase what these keys sealed, for good, and the marks of who was in it. Returns how many still lived.

    Inside the transaction of the act that logs it and remembers the keys (``requests.erase_subject``, ``erasing.replay``).
    """
    forget_marks(keys)
    return DataKey.objects.filter(pk__in=keys, destroyed_at=None).update(wrapped=b"", destroyed_at=timezone.now())
