"""Proofs for one entry or between two checkpoints, as JSON that the RFC's own formulas check."""

import json
from typing import Any

from django.db import connection

from audit.canonical import columns_sql, event_bytes
from audit.merkle import leaf_hash
from audit.models import Checkpoint, Leaf
from audit.retention import removal_of
from audit.tree import StoredTree


class Removed(LookupError):
    """The entry was removed when its time was over. Whoever took it along before can still prove it."""


class NoProofYet(Exception):
    """The entry is not under a checkpoint yet; the next one is signed within minutes, or at once on the page of the seal."""


def inclusion(entry: int) -> dict[str, Any]:
    """The proof that entry number ``entry`` is under the newest checkpoint (RFC 9162, 2.1.3).

    Raises Leaf.DoesNotExist, NoProofYet, Removed, or LookupError where the stored tree has a hole.
    """
    position = Leaf.objects.get(event_pk=entry).position
    checkpoint = Checkpoint.objects.first()
    if checkpoint is None or checkpoint.size <= position:
        raise NoProofYet
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns_sql(connection.vendor, 'e')} FROM audit_auditevent e WHERE e.id = %s", [entry])  # noqa: S608
        row = cursor.fetchone()
    if row is None:
        raise Removed(entry) if removal_of(entry) else LookupError(f"event {entry}")
    event = event_bytes(row)
    return {
        "entry": entry, "position": position, "event": json.loads(event), "leaf_sha256": leaf_hash(event).hex(), "size": checkpoint.size,
        "root": bytes(checkpoint.root).hex(), "path": [step.hex() for step in StoredTree(checkpoint.size).inclusion(position)],
        "checkpoint": checkpoint.note,
    }  # fmt: skip


def consistency(old: int, new: int) -> dict[str, Any]:
    """The proof that the tree of ``old`` entries is the beginning of the tree of ``new`` entries (RFC 9162, 2.1.4).

    Raises Checkpoint.DoesNotExist unless both are sizes of checkpoints, ValueError unless ``old ≤ new``.
    """
    first, second = Checkpoint.objects.get(size=old), Checkpoint.objects.get(size=new)
    return {
        "old_size": old, "new_size": new, "old_root": bytes(first.root).hex(), "new_root": bytes(second.root).hex(),
        "path": [step.hex() for step in StoredTree(new).consistency(old)], "old_checkpoint": first.note, "new_checkpoint": second.note,
    }  # fmt: skip
