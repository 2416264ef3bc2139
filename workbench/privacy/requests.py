"""What compliance does for the people in the records (GDPR, Articles 15 and 17): find, disclose, erase; and legal holds."""

from collections.abc import Collection, KeysView
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from workbench.accounts.models import User
from workbench.accounts.permissions import can_manage_people
from workbench.privacy import erasing
from workbench.privacy.holds import held_by, lock_living
from workbench.privacy.keyring import Unreadable
from workbench.privacy.models import DataKey, HeldKey, Hold, SubjectMark, SubjectRequest
from workbench.privacy.permissions import can_answer_requests
from workbench.privacy.records import Found, before_erasing, records_of
from workbench.privacy.services import destroy_keys
from workbench.privacy.spellings import visible
from workbench.privacy.subjects import find_subject

MOST = 500
"""Records that are shown, or chosen, at once."""


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
    """Erase the record of a person of the house who has no access any more (GDPR, Article 17), with what is theirs alone.

    Raises PermissionDenied, RequestRefused or erasing.ListUnwritable, each with nothing erased.
    """
    if not can_manage_people(actor):
        raise PermissionDenied(_("Only administrators change people."))
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.is_active:
        raise RequestRefused(_("Take this person's access away first, and hand over what they answer for."))
    if person.erased_at is not None:
        return
    try:
        erasing.erase_record(person, actor=actor, action="person.erased")
    except erasing.UnderHold as held:
        raise RequestRefused(_("What this person was typing or tried in training is under a hold (%s). Nothing was erased.") % held.references) from None  # fmt: skip


def require_permission(actor: User) -> None:
    """Raises PermissionDenied."""
    if not can_answer_requests(actor):
        raise PermissionDenied(_("Requests of the people in the records are for compliance."))


def require_reference(text: str) -> str:
    """A reference without its surrounding blanks. Raises RequestRefused where there is none, or where it is longer than 60 characters."""
    text = " ".join(text.split())
    if len(visible(text)) < 2 or len(text) > 60 or not text.isprintable():
        raise RequestRefused(
            _(
                "Give a reference of 2 to 60 characters, such as the number of the letter. Not the person's name: it stays."
            )
        )
    return text


def _with_people(keys: Collection[UUID]) -> list[UUID]:
    """Those of the keys that live and in whose records somebody was detected, locked: no other key is anybody's to choose here."""
    marked = SubjectMark.objects.filter(data_key__in=list(keys)).values_list("data_key", flat=True).distinct()
    return lock_living(list(marked))


@transaction.atomic
def search_subject(*, actor: User, text: str) -> dict[str, KeysView[UUID]]:
    """``find_subject``, with an entry in the log that holds how many records there were and nothing of what was asked.

    Raises PermissionDenied, or RequestRefused where the key ring does not open what people are looked for with.
    """
    require_permission(actor)
    try:
        found = find_subject(text)
    except (Unreadable, ImproperlyConfigured):
        raise RequestRefused(_("Nobody can be looked for: the key ring is missing, or lacks the key that was used. Tell an administrator.")) from None  # fmt: skip
    record(action="subject.searched", actor=actor, records=sum(map(len, found.values())))
    return found


def records_found(*, actor: User, text: str, most: int, after: int = 0) -> tuple[list[tuple[Found, str, str]], int]:
    """``search_subject`` as records: each with how it was found and the reference of its hold; and how many data keys there are in all.

    What was asked for as a whole comes first, then every part of the name, then a part of it, each newest first. The records of at most
    ``most`` keys are given, behind the first ``after``: of a common first name there may be far more than anybody looks at.
    """
    hits = search_subject(actor=actor, text=text)
    how = {key: name for name, keys in hits.items() for key in keys}
    shown = list(how)[after : after + most]
    rank = {key: number for number, key in enumerate(shown)}
    records = sorted(
        (rank[key], number, key, record) for number, record in enumerate(records_of(shown)) if (key := record.key)
    )
    held = held_by(shown)
    return [(record, how[key], held.get(key, "")) for _rank, _number, key, record in records], len(how)


@transaction.atomic
def place_hold(*, actor: User, keys: Collection[UUID], reference: str) -> Hold:
    """Keep these records from erasure and retention until the hold is lifted. Raises PermissionDenied or RequestRefused."""
    require_permission(actor)
    reference = require_reference(reference)
    found = _with_people(keys)
    if not found:
        raise RequestRefused(_("Choose the records that are to be held."))
    try:
        with transaction.atomic():
            hold = Hold.objects.create(reference=reference, placed_by=actor)
    except IntegrityError:
        raise RequestRefused(_("There is a hold with this reference already. Give this one another.")) from None
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
    try:
        for key in DataKey.objects.filter(pk__in=found):
            key.plain  # noqa: B018 - asked before anything is sent: half a file would look like a whole one.
    except (Unreadable, ImproperlyConfigured):
        raise RequestRefused(_("These records cannot be read: the key ring is missing, or lacks a key. Tell an administrator.")) from None  # fmt: skip
    done = SubjectRequest.objects.create(kind="access", reference=reference, by=actor, count=len(found))
    record(action="subject.disclosed", actor=actor, object_type="request", object_id=done.pk, count=len(found), request=done.pk)  # fmt: skip
    return done, found
