"""The list of erased keys, outside of the database: a restored backup forgets again what was erased."""

import fcntl
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import batched
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from audit.services import record
from workbench.accounts.models import User
from workbench.privacy.holds import held_by, lock_living
from workbench.privacy.models import DataKey
from workbench.privacy.records import before_erasing, keys_typed_by
from workbench.privacy.services import destroy_keys, forget_person

_BATCH = 500
#: Of a person the list holds what nobody else gets, also where a restored backup gives their number away again.
_PEOPLE = UUID("2f0c8a52-5b0e-4c55-9a3e-6f6f4b1f7d90")
_PERSON = "person:"
#: A line: a key, or a person; when it was erased.
_LINE = re.compile(
    rb"^((?:person:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$", re.M
)
_KEY_LENGTH, _LONGEST = 58, 65


class ListUnwritable(Exception):
    """The list of erased keys cannot be written or was lost, so nothing is erased: a backup restored later would bring it back."""


class UnderHold(Exception):
    """Nothing was erased; ``references`` of the holds say why."""

    def __init__(self, references: Iterable[str]) -> None:
        self.references = ", ".join(sorted(set(references)))
        super().__init__(self.references)


def remember(keys: Collection[UUID], people: Collection[User] = ()) -> None:
    """Append to the list and wait until the disk has it. Raises ListUnwritable, with the list as it was before."""
    told = [*map(str, keys), *map(_told, people)]
    if not told:
        return
    now = _moment(timezone.now())
    try:
        with _locked() as file:
            end = _end(file)
            if not end and _erased_before(keys, people):
                raise ListUnwritable("lost")
            try:
                os.ftruncate(file, abs(end))
                _write(file, ("\n" if end < 0 else "") + "".join(f"{one} {now}\n" for one in told))
            except OSError:
                # What is refused must not stand on the list: whatever is told there would be erased by ``replay``.
                with suppress(OSError):
                    os.ftruncate(file, abs(end))
                    os.fsync(file)
                raise
    except OSError as error:
        raise ListUnwritable(error.strerror or type(error).__name__) from error
    transaction.on_commit(overwrite_remnants)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _write(file: int, text: str) -> None:
    left = text.encode()
    while left:
        left = left[os.write(file, left) :]
    os.fsync(file)


@contextmanager
def _locked() -> Iterator[int]:
    """The list, made where there is none, for one process at a time: nobody cuts off what another one is writing."""
    path = Path(settings.WORKBENCH_ERASED_PATH)
    while True:
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            # While this one waited the list may have been written anew.
            if path.exists() and os.path.samestat(os.fstat(file), path.stat()):
                yield file
                return
        finally:
            os.close(file)


def _end(file: int) -> int:
    """Where the next line begins, without what a crash cut off; negative where a whole last line lacks its end."""
    size = os.lseek(file, 0, os.SEEK_END)
    rest = os.pread(file, _LONGEST, max(0, size - _LONGEST)).rpartition(b"\n")[2]
    if not rest:
        return size
    return -size if _LINE.fullmatch(rest) or len(rest) == _LONGEST else size - len(rest)


def _told(person: User) -> str:
    """A person on the list: their number and the moment they were added, hashed. Both stay when they are erased."""
    return f"{_PERSON}{uuid5(_PEOPLE, f'{person.pk} {person.date_joined.astimezone(UTC).isoformat()}')}"


def _content(tail: int | None = None) -> bytes:
    """The list, with ``tail`` only so many bytes from its end. It is read at once: a hundred thousand lines are six megabytes."""
    path = Path(settings.WORKBENCH_ERASED_PATH)
    if not path.exists():
        return b""
    with path.open("rb") as file:
        if tail is not None:
            file.seek(max(0, file.seek(0, os.SEEK_END) - tail))
        return file.read()


def remembered(newest: int | None = None) -> Iterator[UUID]:
    """The keys on the list, oldest first; with ``newest`` only about so many from its end. What cannot be read is passed over."""
    for told, _at in _LINE.findall(_content(None if newest is None else newest * _KEY_LENGTH)):
        if not told.startswith(_PERSON.encode()):
            yield UUID(told.decode())


def _erased_before(keys: Collection[UUID], people: Collection[User]) -> bool:
    """Whether the database knows of anything erased but these."""
    others = DataKey.objects.exclude(destroyed_at=None).exclude(pk__in=keys)
    return others.exists() or User.objects.exclude(erased_at=None).exclude(pk__in=[one.pk for one in people]).exists()


def is_writable() -> bool:
    """Whether ``remember`` would find the list, or a place for a first one. A full disk shows only when it writes."""
    path = Path(settings.WORKBENCH_ERASED_PATH)
    if path.exists() and path.stat().st_size:
        return os.access(path, os.W_OK)
    return os.access(path.parent, os.W_OK) and not _erased_before((), ())


def lost() -> int:
    """How much of the list is missing, as far as the database knows (it asks for the newest), and how many of its lines cannot be read.

    Three queries. Raises OSError where the list cannot be read at all.
    """
    destroyed = DataKey.objects.exclude(destroyed_at=None)
    people = [_told(one) for one in User.objects.exclude(erased_at=None).only("date_joined")]
    wanted = {*map(str, destroyed.order_by("-destroyed_at").values_list("pk", flat=True)[:_BATCH]), *people}
    content = _content()
    lines = _LINE.findall(content)
    read = {told for told, _at in lines}
    # A last line without its end is what a crash cut off; it was never committed.
    damaged = content.count(b"\n") - len(lines) + bool(_LINE.fullmatch(content.rpartition(b"\n")[2]))
    missing = {one.encode() for one in wanted}.difference(read)
    return damaged + max(len(missing), destroyed.count() + len(people) - len(read))


def write_anew() -> int:
    """Write a list that was lost or damaged anew: what can still be read of it, and everything that the database knows. Returns how many lines it has.

    What a restored backup brought back and no line tells of cannot be known. Raises ListUnwritable, with the list as it was before.
    """
    path = Path(settings.WORKBENCH_ERASED_PATH)
    fresh = path.with_name(f"{path.name}.new")
    try:
        with _locked():
            destroyed = DataKey.objects.exclude(destroyed_at=None).order_by("destroyed_at")
            known = {str(key): at for key, at in destroyed.values_list("pk", "destroyed_at")}
            known |= {_told(one): one.erased_at for one in User.objects.exclude(erased_at=None)}
            told = {one: _moment(at) for one, at in known.items() if at}
            told |= {one.decode(): at.decode() for one, at in _LINE.findall(_content())}
            file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                _write(file, "".join(f"{one} {at}\n" for one, at in sorted(told.items(), key=lambda line: line[1])))
            finally:
                os.close(file)
            fresh.replace(path)
    except OSError as error:
        raise ListUnwritable(error.strerror or type(error).__name__) from error
    return len(told)


def overwrite_remnants() -> None:
    """Empty SQLite's journal, in which old pages with destroyed keys would stand until others take their place.

    Called after the commit and once a minute: while somebody reads, it is left for the next time, and nobody waits. PostgreSQL keeps old versions of rows in
    its files and journals until they are reused; rotating the key ring and retiring the old ring key makes those worthless (docs/requests.md).
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (patience,) = cursor.fetchone()
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            with suppress(OperationalError):
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(patience)}")


@transaction.atomic
def erase_record(person: User, *, actor: User | None, action: str, **data: Any) -> None:
    """Take away everything that says who a person of the house is, with what is theirs alone. Raises UnderHold or ListUnwritable."""
    keys = lock_living(keys_typed_by(person))
    if held := held_by(keys):
        raise UnderHold(held.values())
    before_erasing(actor, keys)
    destroy_keys(keys)
    forget_person(person)
    record(action=action, actor=actor, object_type="user", object_id=person.pk, **data)
    remember(keys, [person])


def come_back() -> int:
    """How many of the newest keys on the list, and of its people, are alive in the database: after a restored backup, until ``replay``.

    Two queries, however long the list is. A backup brings back what was erased since it was made, which is the end of the list.
    """
    keys = DataKey.objects.filter(pk__in=list(remembered(newest=_BATCH)), destroyed_at=None)
    return len(_people_back()) + keys.count()


def _people_back() -> list[User]:
    told = {one.decode() for one, _at in _LINE.findall(_content()) if one.startswith(_PERSON.encode())}
    if not told:
        return []
    return [one for one in User.objects.filter(erased_at=None).only("date_joined") if _told(one) in told]


def replay(tell: Callable[[str], object] = lambda text: None) -> int:
    """Destroy again what a restored backup brought back, as ``requests`` does. Returns how many keys and people; events hold the counts.

    What is under a hold, and who has access, stays; ``tell`` hears of it.
    """
    count = 0
    for batch in batched(remembered(), _BATCH):
        with transaction.atomic():
            living = lock_living(batch)
            held = held_by(living)
            free = [key for key in living if key not in held]
            if free:
                before_erasing(None, free)
                destroy_keys(free)
                record(action="record.erased_again", object_type="data_key", count=len(free))
        count += len(free)
        for reference in sorted(set(held.values())):
            stay = sum(one == reference for one in held.values())
            tell(f"{stay} under the hold “{reference}” stay. Lift it and run this again, if they are to go.")
    return count + sum(_erase_again(one.pk, tell) for one in _people_back())


@transaction.atomic
def _erase_again(pk: int, tell: Callable[[str], object]) -> bool:
    person = User.objects.select_for_update().get(pk=pk)
    if person.is_active:
        tell(f"Person {pk} has access and stays. Take their access away and run this again.")
        return False
    try:
        erase_record(person, actor=None, action="record.erased_again", count=1)
    except UnderHold as held:
        tell(f"Person {pk} stays: what they were typing or tried is under the hold “{held.references}”.")
        return False
    return True
