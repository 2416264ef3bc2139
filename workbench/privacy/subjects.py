"""Who is in which sealed record: keyed hashes of what was detected, so that a person can be found without their name being stored.

A name is kept whole and word by word, an e-mail address and a phone number whole, each as HMAC-SHA-256 (RFC 2104) under a key that is itself
sealed by the key ring. Whoever has the database alone can neither read the hashes nor try names against them. They go with the record's key.
"""

import hmac
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from workbench.privacy.models import DataKey, SubjectIndex, SubjectMark

# Said before or behind a name, and no part of it.
_TITLES = frozenset(
    ["mr", "mrs", "ms", "miss", "dr", "prof", "professor", "herr", "herrn", "frau", "dipl", "ing", "med", "phd", "mba", "msc", "bsc", "jr", "sr"]
)  # fmt: skip
_EMAIL = re.compile(r"\S+@\S+")
_PHONE = re.compile(r"\+?[\d\s()/.-]*\d[\d\s()/.-]*\Z")
#: A number is compared by its end: the same phone is written with and without country and trunk prefix (E.164 leaves both open in speech).
_PHONE_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Subject:
    """A person as somebody asks for them, or as they were detected.

    Args:
        kind: ``name``, ``email`` or ``phone``.
        whole: its canonical form.
        parts: the words of a name, if it has several.
    """

    kind: str
    whole: str
    parts: tuple[str, ...] = ()


def subject_of(text: str, kind: str = "") -> Subject | None:
    """What a text names: an e-mail address, a phone number or a name, in its canonical form; None where it names nothing.

    ``kind`` says what was detected; without it the form of the text tells.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    digits = re.sub(r"\D", "", text)
    if kind == "email" or (not kind and _EMAIL.fullmatch(text)):
        return Subject("email", text.casefold().strip(".,;:<>")) if "@" in text else None
    if kind == "phone" or (not kind and _PHONE.match(text)):
        return Subject("phone", digits[-_PHONE_DIGITS:]) if len(digits) >= _PHONE_DIGITS - 2 else None
    words = [_folded(word) for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text)]
    words = [word for word in words if len(word) > 1 and word not in _TITLES]
    if not words:
        return None
    # In any order: "Conti, Ilaria" is the same person.
    return Subject("name", " ".join(sorted(words)), tuple(words) if len(words) > 1 else ())


def _folded(word: str) -> str:
    """Without case, accents and a genitive: Müller, Mueller and Muller are one, and so are Conti and Conti's."""
    word = re.sub(r"['’]s?\Z", "", word.casefold()).replace("'", "").replace("’", "")
    for umlaut, spelled in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        word = word.replace(umlaut, spelled)
    plain = "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
    return plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _digests(subject: Subject, key: bytes) -> Iterator[tuple[str, bytes]]:
    """``whole`` or ``part`` with the keyed hash of each. A name of one word is found as a part of longer ones too."""
    yield "whole", _hmac(key, subject.kind, subject.whole)
    for word in subject.parts or ((subject.whole,) if subject.kind == "name" else ()):
        yield "part", _hmac(key, "word", word)


def _hmac(key: bytes, kind: str, text: str) -> bytes:
    return hmac.digest(key, f"{kind}:{text}".encode(), "sha256")


@transaction.atomic
def mark_subjects(data_key: DataKey, found: Iterable[tuple[str, str]]) -> None:
    """Note who is in the record of a data key, instead of what was noted before. Three queries, whoever it names.

    ``found``: kind and text of each detection.
    """
    subjects = {subject for kind, text in found if (subject := subject_of(text, kind))}
    key = SubjectIndex.key() if subjects else b""
    digests = {digest for subject in subjects for _how, digest in _digests(subject, key)}
    known = SubjectMark.objects.filter(data_key=data_key)
    known.exclude(digest__in=digests).delete()
    SubjectMark.objects.bulk_create(
        [SubjectMark(data_key=data_key, digest=digest) for digest in sorted(digests)], ignore_conflicts=True
    )


@transaction.atomic
def add_subjects(data_key: DataKey, found: Iterable[tuple[str, str]]) -> None:
    """Note who else is in a record, beside what was noted before. Nothing where it was erased meanwhile."""
    subjects = {subject for kind, text in found if (subject := subject_of(text, kind))}
    if (
        not subjects
        or not DataKey.objects.select_for_update(no_key=True).filter(pk=data_key.pk, destroyed_at=None).exists()
    ):
        return
    key = SubjectIndex.key()
    digests = {digest for subject in subjects for _how, digest in _digests(subject, key)}
    SubjectMark.objects.bulk_create(
        [SubjectMark(data_key=data_key, digest=digest) for digest in sorted(digests)], ignore_conflicts=True
    )


def find_subject(text: str) -> dict[str, frozenset[UUID]]:
    """The data keys of the records in which a person occurs. Two queries, whatever the number of records.

    Returns:
        ``whole``: the address, the number or the whole name as it was asked for. ``all``: every word of the name, in a longer or another
        form. ``some``: only a part of it, or a single name such as the family name; that may be somebody else, so a person decides.
    """
    subject = subject_of(text)
    nothing: frozenset[UUID] = frozenset()
    if subject is None:
        return {"whole": nothing, "all": nothing, "some": nothing}
    digests = {digest: how for how, digest in _digests(subject, SubjectIndex.key())}
    hits: defaultdict[bytes, set[UUID]] = defaultdict(set)
    rows = SubjectMark.objects.filter(digest__in=digests, data_key__destroyed_at=None)
    for digest, key in rows.values_list("digest", "data_key_id"):
        hits[bytes(digest)].add(key)
    whole = frozenset(key for digest, how in digests.items() if how == "whole" for key in hits[digest])
    parts = [hits[digest] for digest, how in digests.items() if how == "part"]
    every = frozenset(set.intersection(*parts)) - whole if parts else nothing
    some = frozenset(set.union(*parts)) - whole - every if parts else nothing
    if subject.kind == "name" and not subject.parts:
        # Of one name alone nobody knows whose it is.
        return {"whole": nothing, "all": nothing, "some": whole | every}
    return {"whole": whole, "all": every, "some": some}


def forget_marks(keys: Collection[UUID]) -> None:
    """The hashes go with the keys of their records."""
    SubjectMark.objects.filter(data_key__in=keys).delete()
