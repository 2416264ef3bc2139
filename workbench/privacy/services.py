"""Rotation of the key ring, and erasure of records and of people of the house."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import CASCADE, ManyToOneRel
from django.utils import timezone

from audit.services import record
from workbench.accounts.models import Team, User
from workbench.privacy import keyring
from workbench.privacy.models import DataKey
from workbench.privacy.subjects import forget_marks

_BATCH = 500
#: Rows that are another person's: who looked at what is theirs, and who stood in for them.
_ANOTHERS = {"accounts.Look.viewer", "accounts.Absence.cover"}


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


@transaction.atomic
def forget_person(person: User) -> int:
    """Take away everything that says who a person of the house is. Returns 1.

    What would go with their row goes: roles, tokens, addresses, second factor, qualifications, absences, notices, looks. What the house keeps as
    its own record (runs, verdicts, decisions) points at the row as before and names nobody.
    """
    for relation in User._meta.get_fields(include_hidden=True):
        if (
            isinstance(relation, ManyToOneRel)
            and relation.on_delete is CASCADE
            and str(relation.field) not in _ANOTHERS
        ):
            relation.related_model._base_manager.filter(**{relation.field.name: person}).delete()
    Team.objects.filter(manager=person).update(manager=None)
    person.username, person.erased_at, person.is_active = f"erased-{person.pk}", timezone.now(), False
    person.first_name = person.last_name = person.email = person.title = person.language = ""
    person.team = person.last_login = None
    person.set_unusable_password()
    person.save()
    return 1
