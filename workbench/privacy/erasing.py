"""The list of erased keys, outside of the database: a restored backup forgets again what was erased."""

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from audit.services import record
from workbench.accounts.models import User
from workbench.privacy.models import DataKey
from workbench.privacy.services import destroy_keys, forget_person

_BATCH = 500
#: Before the number of a person of the house; the line is as long as that of a key.
_PERSON = "user:"
#: A line: the key (36 characters), a blank, the time, an end of line.
_LINE = 58


class ListUnwritable(Exception):
    """The list of erased keys cannot be written, so nothing is erased: a backup restored later would bring it back."""


def remember(keys: Collection[UUID]) -> None:
    """Append to the list and wait until the disk has it."""
    if not keys:
        return
    _append("".join(f"{key} {timezone.now():%Y-%m-%dT%H:%M:%SZ}\n" for key in keys))


def _append(text: str) -> None:
    path = Path(settings.WORKBENCH_ERASED_PATH)
    try:
        with open(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "a+b") as file:
            # A last line that a crash cut off is ended first, so that it swallows none of these.
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 1))
            cut = size and file.read(1) != b"\n"
            file.write((f"\n{text}" if cut else text).encode())
            file.flush()
            os.fsync(file.fileno())
        transaction.on_commit(overwrite_remnants)
    except OSError as error:
        raise ListUnwritable(error.strerror or type(error).__name__) from error


def remember_person(pk: int) -> None:
    """That the record of a person of the house was erased, beside the keys. Raises ListUnwritable."""
    _append(f"{_PERSON}{pk:010d}{' ' * 21} {timezone.now():%Y-%m-%dT%H:%M:%SZ}\n")


def remembered_people() -> list[int]:
    """The numbers of people whose records were erased."""
    path = Path(settings.WORKBENCH_ERASED_PATH)
    if not path.exists():
        return []
    with path.open("rb") as lines:
        words = (line.split(b" ")[0].decode("ascii", "replace") for line in lines if line.startswith(_PERSON.encode()))
        return [int(word.removeprefix(_PERSON)) for word in words if word.removeprefix(_PERSON).isdecimal()]


def remembered(newest: int | None = None) -> Iterator[UUID]:
    """The keys on the list, oldest first; with ``newest`` only about so many from its end. What is no key is passed over: a crash may have cut it off."""
    path = Path(settings.WORKBENCH_ERASED_PATH)
    if not path.exists():
        return
    with path.open("rb") as lines:
        if newest is not None:
            lines.seek(max(0, path.stat().st_size - newest * _LINE))
        for line in lines:
            try:
                yield UUID(line.split(b" ")[0].strip().decode("ascii", "replace"))
            except ValueError:
                continue


def _batches() -> Iterator[list[UUID]]:
    batch: list[UUID] = []
    for key in remembered():
        batch.append(key)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


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


def come_back() -> int:
    """How many of the newest keys on the list are alive in the database: after a restored backup, until ``replay``.

    Two queries, however long the list is. A backup brings back what was erased since it was made, which is the end of the list.
    """
    people = User.objects.filter(pk__in=remembered_people(), erased_at=None).count()
    return people + DataKey.objects.filter(pk__in=list(remembered(newest=_BATCH)), destroyed_at=None).count()


def replay() -> int:
    """Destroy again what a restored backup brought back. Returns how many keys; an event holds the count."""
    count = 0
    for batch in _batches():
        with transaction.atomic():
            found = destroy_keys(batch)
            if found:
                record(action="record.erased_again", object_type="data_key", count=found)
        count += found
    return count + sum(forget_person(user) for user in User.objects.filter(pk__in=remembered_people(), erased_at=None))
