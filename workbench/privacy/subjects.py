"""Who is in which sealed record: keyed hashes of what was detected, so that a person can be found without their name being stored.

A name is kept whole and word by word, an e-mail address and a phone number whole, each as HMAC-SHA-256 (RFC 2104) under a key that is itself
sealed by the key ring. Whoever has the database alone can neither read the hashes nor try names against them. They go with the record's key.
How names, addresses and numbers are read: ``spellings``.
"""

import hmac
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, KeysView
from uuid import UUID

from django.db import transaction

from workbench.privacy.holds import lock_living
from workbench.privacy.models import DataKey, SubjectIndex, SubjectMark
from workbench.privacy.spellings import Subject, subject_of, subjects_in


def _digests(subject: Subject, key: bytes) -> Iterator[bytes]:
    """What marks a record in which this person was detected."""
    for form in subject.forms:
        yield _hmac(key, subject.kind, form)
    if subject.kind != "email":
        yield _hmac(key, f"like {subject.kind}", subject.whole)
    for word in subject.words:
        yield _hmac(key, "word", word)


def _hmac(key: bytes, kind: str, text: str) -> bytes:
    return hmac.digest(key, f"{kind}:{text}".encode(), "sha256")


@transaction.atomic
def mark_subjects(data_key: DataKey, found: Iterable[tuple[str, str]]) -> None:
    """Note who is in the record of a data key, instead of what was noted before. Three queries, whoever it names.

    ``found``: kind and text of each detection.
    """
    subjects = {subject for kind, text in found if (subject := subject_of(text, kind))}
    digests = _digests_of(subjects)
    SubjectMark.objects.filter(data_key=data_key).exclude(digest__in=digests).delete()
    _note(data_key, digests)


@transaction.atomic
def add_subjects(data_key: DataKey, found: Iterable[tuple[str, str]]) -> None:
    """Note who else is in a record, beside what was noted before. Nothing where it was erased meanwhile."""
    subjects = {subject for kind, text in found if (subject := subject_of(text, kind))}
    if subjects and lock_living([data_key.pk]):
        _note(data_key, _digests_of(subjects))


def _digests_of(subjects: Collection[Subject]) -> set[bytes]:
    key = SubjectIndex.key() if subjects else b""
    return {digest for subject in subjects for digest in _digests(subject, key)}


def _note(data_key: DataKey, digests: Collection[bytes]) -> None:
    marks = [SubjectMark(data_key=data_key, digest=digest) for digest in sorted(digests)]
    SubjectMark.objects.bulk_create(marks, ignore_conflicts=True)


def find_subject(text: str) -> dict[str, KeysView[UUID]]:
    """The data keys of the records in which a person occurs, newest first. Two queries, whatever the number of records.

    The text may hold a name, an address and a number at once; each is looked for.

    Returns:
        ``whole``: the address, the number or the whole name as it was asked for. ``all``: every word of the name, in a longer or another
        form. ``some``: only a part of it, a single name such as the family name, or the end of a number; that may be somebody else, so a person decides.
    """
    subjects = subjects_in(text)
    if not subjects:
        return {"whole": {}.keys(), "all": {}.keys(), "some": {}.keys()}
    key = SubjectIndex.key()
    hits: defaultdict[bytes, set[UUID]] = defaultdict(set)
    order: dict[UUID, None] = {}
    rows = SubjectMark.objects.filter(
        digest__in={digest for subject in subjects for digest in _digests(subject, key)}, data_key__destroyed_at=None
    ).order_by("-data_key__created_at")
    for digest, found in rows.values_list("digest", "data_key_id"):
        hits[bytes(digest)].add(found)
        order[found] = None
    whole, every = set[UUID](), set[UUID]()
    for subject in subjects:
        if subject.kind == "name" and len(subject.readings[0]) == 1:
            continue  # Of one name alone nobody knows whose it is.
        for form in subject.forms:
            whole |= hits[_hmac(key, subject.kind, form)]
        if subject.kind == "name":
            every |= hits[_hmac(key, "like name", subject.whole)]
        for reading in subject.readings:
            every |= set.intersection(*(hits[_hmac(key, "word", word)] for word in reading))
    every -= whole
    return {
        "whole": dict.fromkeys(one for one in order if one in whole).keys(),
        "all": dict.fromkeys(one for one in order if one in every).keys(),
        "some": dict.fromkeys(one for one in order if one not in whole and one not in every).keys(),
    }


def forget_marks(keys: Collection[UUID]) -> None:
    """The hashes go with the keys of their records."""
    SubjectMark.objects.filter(data_key__in=keys).delete()
