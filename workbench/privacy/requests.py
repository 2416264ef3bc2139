"""What compliance does for the people in the records (GDPR, Articles 15 and 17): find, disclose, erase; and legal holds."""

from collections.abc import Collection
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from workbench.accounts.models import User
from workbench.accounts.permissions import can_manage_people
from workbench.privacy import erasing
from workbench.privacy.models import DataKey, HeldKey, Hold, SubjectRequest
from workbench.privacy.permissions import can_answer_requests
from workbench.privacy.records import Found, before_erasing, keys_typed_by, records_of
from workbench.privacy.services import destroy_keys, forget_person
from workbench.privacy.subjects import find_subject

#: A common first name may occur in far more records than anybody looks at.
_LOOKED_UP = 5_000


class RequestRefused(ValidationError):
    """Nothing was done; the message says why."""


@transaction.atomic
def erase_subject(*, actor: User, keys: Collection[UUID], reference: str) -> SubjectRequest:
    """Destroy the data keys of the records in which a person occurs (GDPR, Article 17). What is under a hold stays, and is counted.

    Only keys of records in which somebody was detected are destroyed. The list outside of the database is written last, inside the
    transaction: where it cannot be written nothing is erased; should the machine stop right behind it, ``erasing.replay`` carries out what was decided.
    Raises PermissionDenied, RequestRefused or erasing.ListUnwritable, each with nothing erased.
    """
    require_permission(actor)
    reference = require_reference(reference)
    found = _with_people(keys)
    held = set(held_by(found))
    free = [key for key in found if key not in held]
    if not free:
        raise RequestRefused(
            _("Every one of these records is under a hold; nothing was erased.") if held else _("Choose the records that are to be erased.")
        )  # fmt: skip
    before_erasing(actor, free)
    done = SubjectRequest.objects.create(kind="erasure", reference=reference, by=actor, count=len(free), held=len(held))
    destroy_keys(free)
    record(action="subject.erased", actor=actor, object_type="request", object_id=done.pk, count=len(free), held=len(held), request=done.pk)  # fmt: skip
    erasing.remember(free)
    return done


@transaction.atomic
def erase_person(*, actor: User, person: User) -> None:
    """Erase the record of a person of the house who has no access any more (GDPR, Article 17), with what they were typing.

    Raises PermissionDenied, RequestRefused or erasing.ListUnwritable, each with nothing erased.
    """
    if not can_manage_people(actor):
        raise PermissionDenied(_("Only administrators change people."))
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.is_active:
        raise RequestRefused(_("Take this person's access away first, and hand over what they answer for."))
    if person.erased_at is not None:
        return
    keys = keys_typed_by(person)
    if held := held_by(keys):
        raise RequestRefused(_("What this person was typing is under a hold (%s). Nothing was erased.") % ", ".join(sorted(set(held.values()))))  # fmt: skip
    before_erasing(actor, keys)
    destroy_keys(keys)
    forget_person(person)
    record(action="person.erased", actor=actor, object_type="user", object_id=person.pk)
    erasing.remember(keys)
    erasing.remember_person(person.pk)


def require_permission(actor: User) -> None:
    """Raises PermissionDenied."""
    if not can_answer_requests(actor):
        raise PermissionDenied(_("Requests of the people in the records are for compliance."))


def require_reference(text: str) -> str:
    """A reference without its surrounding blanks. Raises RequestRefused where there is none, or where it is longer than 60 characters."""
    text = " ".join(text.split())
    if not 2 <= len(text) <= 60 or not text.isprintable():
        raise RequestRefused(
            _(
                "Give a reference of 2 to 60 characters, such as the number of the letter. Not the person's name: it stays."
            )
        )
    return text


def _with_people(keys: Collection[UUID]) -> list[UUID]:
    """Those of the keys that live and in whose records somebody was detected, locked: no other key is anybody's to choose here."""
    # Not against those who refer to a key, such as a verdict that is being written: they hold the run that is wanted next.
    living = DataKey.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=keys, destroyed_at=None, subject_marks__isnull=False
    )
    return sorted({key.pk for key in living})


@transaction.atomic
def search_subject(*, actor: User, text: str) -> dict[str, frozenset[UUID]]:
    """``find_subject``, with an entry in the log that holds how many records there were and nothing of what was asked."""
    require_permission(actor)
    found = find_subject(text)
    record(action="subject.searched", actor=actor, records=sum(map(len, found.values())))
    return found


def records_found(*, actor: User, text: str, most: int) -> tuple[list[tuple[Found, str, str]], int]:
    """``search_subject`` as records: each with how it was found and the reference of its hold; and how many there are in all.

    Of a common first name at most ``_LOOKED_UP`` records are looked up; what was asked for as a whole comes first.
    """
    hits = search_subject(actor=actor, text=text)
    how = {key: name for name, keys in hits.items() for key in keys}
    records = [record for record in records_of(list(how)[:_LOOKED_UP]) if record.key is not None][:most]
    held = held_by([record.key for record in records if record.key])
    return [(record, how[record.key], held.get(record.key, "")) for record in records if record.key], len(how)


def held_by(keys: Collection[UUID]) -> dict[UUID, str]:
    """The reference of the hold that each of these keys is under. One query."""
    rows = HeldKey.objects.filter(data_key__in=keys, hold__lifted_at=None)
    return dict(rows.values_list("data_key_id", "hold__reference"))


def pass_holds(old: UUID, new: UUID) -> None:
    """What is held goes on under another key: a draft that is sent becomes a run."""
    HeldKey.objects.filter(data_key=old).update(data_key=new)


@transaction.atomic
def place_hold(*, actor: User, keys: Collection[UUID], reference: str) -> Hold:
    """Keep these records from erasure and retention until the hold is lifted. Raises PermissionDenied or RequestRefused."""
    require_permission(actor)
    reference = require_reference(reference)
    found = _with_people(keys)
    if not found:
        raise RequestRefused(_("Choose the records that are to be held."))
    if Hold.objects.filter(reference=reference).exists():
        raise RequestRefused(_("There is a hold with this reference already. Give this one another."))
    hold = Hold.objects.create(reference=reference, placed_by=actor)
    HeldKey.objects.bulk_create([HeldKey(hold=hold, data_key_id=key) for key in found])
    record(action="hold.placed", actor=actor, object_type="hold", object_id=hold.pk, count=len(found), hold=hold.pk)
    return hold


@transaction.atomic
def lift_hold(*, actor: User, hold: Hold) -> None:
    """End a hold; harmless where it is lifted."""
    require_permission(actor)
    if Hold.objects.filter(pk=hold.pk, lifted_at=None).update(lifted_at=timezone.now(), lifted_by=actor):
        record(action="hold.lifted", actor=actor, object_type="hold", object_id=hold.pk, hold=hold.pk)


@transaction.atomic
def begin_disclosure(*, actor: User, keys: Collection[UUID], reference: str) -> tuple[SubjectRequest, list[UUID]]:
    """Allow, and log, that what these records hold is taken along for the person (GDPR, Article 15). Raises as ``erase_subject``."""
    require_permission(actor)
    reference = require_reference(reference)
    found = _with_people(keys)
    if not found:
        raise RequestRefused(_("Choose the records that are to be taken along."))
    done = SubjectRequest.objects.create(kind="access", reference=reference, by=actor, count=len(found))
    record(action="subject.disclosed", actor=actor, object_type="request", object_id=done.pk, count=len(found), request=done.pk)  # fmt: skip
    return done, found
