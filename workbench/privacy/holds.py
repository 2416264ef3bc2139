"""Whether a record is under a legal hold. Whoever asks before destroying locks its key first: a hold that is being placed is then waited for."""

from collections.abc import Collection
from uuid import UUID

from workbench.privacy.models import DataKey, HeldKey


def lock_living(keys: Collection[UUID]) -> list[UUID]:
    """Those of the keys that live, locked until the transaction ends.

    In order, so that two who want the same wait and do not block each other. What they are under is asked behind this, in a statement
    of its own: one that waited for the lock still sees what was there before it waited.
    """
    # Not against those who refer to a key, such as a verdict that is being written: they hold the run that is wanted next.
    living = DataKey.objects.select_for_update(no_key=True).filter(pk__in=list(keys), destroyed_at=None).order_by("pk")
    return [key.pk for key in living]


def held_by(keys: Collection[UUID]) -> dict[UUID, str]:
    """The reference of the hold that each of these keys is under. One query."""
    rows = HeldKey.objects.filter(data_key__in=keys, hold__lifted_at=None)
    return dict(rows.values_list("data_key_id", "hold__reference"))


def drop_key(key: UUID) -> None:
    """Take away the key of a record that went as a whole, with its marks and with holds that were lifted. It is locked, and ``held_by`` names no hold."""
    HeldKey.objects.filter(data_key=key, hold__lifted_at__isnull=False).delete()
    DataKey.objects.filter(pk=key).delete()
