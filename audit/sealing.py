"""Giving events their place in the tree, and signing the tree.

An act writes its event and nothing more; the database notes that it waits. ``seal`` takes what waits, in the order of the
entries' numbers, and gives each the next position. No writer waits for it, and it waits for none: an event that is not
committed yet is not seen, and gets a later place. Two sealers at once cannot fork the tree: positions are a primary key,
so the slower one's transaction ends without a trace.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit import keys, merkle, notes, tree
from audit.canonical import columns_sql, event_bytes
from audit.models import AuditEvent, Checkpoint, Leaf, Unsealed
from audit.services import record

BATCH = 2048
_RACES = 20
WINDOW = timedelta(seconds=1)
"""How long an event may wait for its place while the keeper of the log runs."""


class SealBroken(Exception):
    """Events cannot be given a place because the stored tree is not what sealing left. A verification names what is wrong."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many events got their place, and how many entries the tree has now."""

    count: int
    size: int


def seal() -> Sealed:
    """Give everything that waits its place, in batches of one transaction each.

    Raises SealBroken when the stored tree takes no more: somebody changed it.
    """
    count = lost = 0
    while True:
        try:
            done = _seal_batch()
        except IntegrityError as error:  # Another sealer was faster; what it left is taken next.
            lost += 1
            if lost > _RACES:
                raise SealBroken from error
            continue
        except LookupError as error:
            raise SealBroken from error
        count, lost = count + done, 0
        if done < BATCH:
            return Sealed(count, tree.size())


def _seal_batch() -> int:
    with _by_index(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns_sql(connection.vendor, 'e')} FROM audit_unsealed u JOIN audit_auditevent e ON e.id = u.event_pk "  # noqa: S608
            "ORDER BY u.event_pk LIMIT %s",
            [BATCH],
        )
        rows = cursor.fetchall()
    if not rows:
        return 0
    numbers = [row[0] for row in rows]
    hashes = [merkle.leaf_hash(event_bytes(row)) for row in rows]
    with transaction.atomic(), _by_index():
        start = tree.size()
        Leaf.objects.bulk_create(
            [Leaf(position=position, event_pk=pk) for position, pk in enumerate(numbers, start)], batch_size=1024
        )
        tree.extend(start, hashes)
        Unsealed.objects.filter(pk__in=numbers).delete()
    return len(rows)


@contextmanager
def _by_index() -> Iterator[None]:
    """Inside, PostgreSQL goes by index. Its statistics about a queue are always old: it took a million waiting rows for thirty,
    read all of them for every batch, and would have needed hours for what takes seconds."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        # Not for whatever comes after it in a caller's transaction: what cannot go by index looks so dear that it is compiled, a guard for each row.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = DEFAULT")


def due() -> bool:
    """Whether a checkpoint should be signed: the last is old enough, and something other than checkpoints happened since."""
    last = Checkpoint.objects.first()
    if last is None:
        return tree.size() > 0
    if timezone.now() - last.at < timedelta(seconds=settings.WORKBENCH_CHECKPOINT_SECONDS):
        return False
    return has_news(last)


def has_news(last: Checkpoint) -> bool:
    """Whether the tree holds more than the entries about checkpoints since ``last``."""
    newer = Leaf.objects.filter(position__gte=last.size).order_by("position").values_list("event_pk", flat=True)[:8]
    return AuditEvent.objects.filter(pk__in=list(newer)).exclude(action="checkpoint.made").exists() or len(newer) == 8


def make_checkpoint(*, actor: Any = None) -> Checkpoint:
    """Seal what waits, and sign the tree as it is then. Signing the same size again gives the checkpoint that is there.

    Raises ImproperlyConfigured without a key, LookupError where the stored tree has a hole.
    """
    ring = keys.current()
    size = seal().size
    last = Checkpoint.objects.first()
    if last is not None and (last.size == size or not has_news(last)):
        return last
    root = tree.StoredTree(size).root
    at = timezone.now().replace(microsecond=0)
    note = notes.sign(str(notes.Checkpoint(ring.origin, size, root, at)), *ring.signers)
    with transaction.atomic():
        checkpoint, fresh = Checkpoint.objects.get_or_create(size=size, defaults={"root": root, "note": note, "at": at})
        if fresh:
            record(
                action="checkpoint.made", actor=actor, object_type="checkpoint", object_id=size, size=size, root=root.hex(),
                key=ring.active.key_id.hex(),
            )  # fmt: skip
    return checkpoint


def oldest_unsealed_seconds() -> float:
    """How long the event that waits longest has been waiting; 0 where none does."""
    first = Unsealed.objects.order_by("event_pk").values_list("event_pk", flat=True).first()
    at = AuditEvent.objects.filter(pk=first).values_list("at", flat=True).first() if first else None
    return max(0.0, (timezone.now() - at).total_seconds()) if at else 0.0
