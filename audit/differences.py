"""What happened to entries whose hashes are not those that were sealed. Nothing here knows a database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

HASH = 32
GONE = bytes(HASH)
"""Stands for an entry that is not there: no SHA-256 anybody has seen is all zeros."""


WARNINGS = frozenset({"place", "waiting"})
"""Kinds of fault that say nothing about the log itself."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. ``entry`` is the number of the event, ``position`` its place in the tree, where known."""

    kind: str
    entry: int | None = None
    position: int | None = None
    detail: str = ""


def cut(joined: bytes) -> list[bytes]:
    """Hashes that lie beside each other, one by one."""
    return [joined[i : i + HASH] for i in range(0, len(joined), HASH)]


def explain(
    start: int,
    here: Sequence[bytes],
    sealed: Sequence[bytes],
    entries: Sequence[int | None],
    stands_elsewhere: Callable[[bytes], bool],
) -> tuple[list[Fault], bool]:
    """(faults, whether everything behind is displaced) of a stretch of the tree from position ``start`` on.

    Args:
        start: position of the first hash.
        here: hashes of what stands there and, to look ahead, a few places further; ``GONE`` for what does not.
        sealed: hashes of what was sealed there, as far; shorter where the tree ends.
        entries: numbers of the events that stand there, of those to explain only.
        stands_elsewhere: whether a hash was sealed at any other place.
    """
    faults: list[Fault] = []
    for offset, entry in enumerate(entries):
        hash_here = here[offset]
        was = sealed[offset] if offset < len(sealed) else b""
        if hash_here == was:
            continue
        position = start + offset
        if hash_here == GONE:
            faults.append(Fault("missing", entry, position))
        elif not was or _agree(here[offset + 1 :], sealed[offset:]):
            faults.append(Fault("inserted", entry, position))
            return faults, True
        elif _agree(here[offset:], sealed[offset + 1 :]):
            faults.append(Fault("missing", None, position))
            return faults, True
        elif stands_elsewhere(hash_here):
            faults.append(Fault("reordered", entry, position))
        else:
            faults.append(Fault("altered", entry, position))
    return faults, False


def _agree(here: Sequence[bytes], sealed: Sequence[bytes]) -> bool:
    """Whether what stands here is what was sealed one place further: the next few are the same."""
    count = min(4, len(here), len(sealed))
    return count > 0 and list(here[:count]) == list(sealed[:count]) and GONE not in here[:count]
