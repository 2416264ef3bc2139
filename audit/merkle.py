"""The Merkle tree of RFC 9162, section 2.1: hashes, roots, inclusion and consistency proofs. Nothing here knows a database.

Sizes and positions count leaves from 0. A *node* ``(height, index)`` is the root of the complete subtree over the leaves
``index · 2^height`` up to, not including, ``(index + 1) · 2^height``. Hashes are 32 bytes of SHA-256.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

type Node = Callable[[int, int], bytes]
"""``node(height, index)`` → the hash of a complete subtree."""

EMPTY_ROOT = sha256(b"").digest()


class ProofFailed(ValueError):
    """A proof does not lead to the root it was made for."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256 of 0x00 and the entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over the given hashes, as many as there are (MTH of RFC 9162, 2.1.1, for hashes that are leaves already)."""
    level = list(hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        # An odd last one moves up unchanged: that is what splitting at the largest power of two comes to.
        pairs = [sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            pairs.append(level[-1])
        level = pairs
    return level[0]


def root(size: int, node: Node) -> bytes:
    """The root of the tree of the first ``size`` leaves."""
    return EMPTY_ROOT if size == 0 else _range(0, size, node)


def inclusion_proof(position: int, size: int, node: Node) -> list[bytes]:
    """The path from the leaf at ``position`` to the root of ``size`` leaves, nearest first (RFC 9162, 2.1.3.1).

    Raises ValueError where the tree has no such leaf.
    """
    if not 0 <= position < size:
        raise ValueError(f"A tree of {size} entries has no entry at {position}.")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        split = low + _split(high - low)
        if position < split:
            path.append(_range(split, high, node))
            high = split
        else:
            path.append(_range(low, split, node))
            low = split
    return path[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """That the tree of ``old`` leaves is the beginning of the tree of ``new`` leaves (RFC 9162, 2.1.4.1).

    Raises ValueError unless ``0 ≤ old ≤ new``. Empty where there is nothing to prove.
    """
    if not 0 <= old <= new:
        raise ValueError("The older tree is the smaller one.")
    if old in (0, new):
        return []
    path: list[bytes] = []
    low, high, whole = 0, new, True
    while old != high:
        split = low + _split(high - low)
        if old <= split:
            path.append(_range(split, high, node))
            high = split
        else:
            path.append(_range(low, split, node))
            low, whole = split, False
    if not whole:
        path.append(_range(low, high, node))
    return path[::-1]


def check_inclusion(leaf: bytes, position: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raise ProofFailed unless ``path`` leads from the leaf's hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= position < size:
        raise ProofFailed("The entry lies outside the tree.")
    first, second, result = position, size - 1, leaf
    for step in path:
        if second == 0:
            raise ProofFailed("The proof is too long.")
        if first & 1 or first == second:
            result = node_hash(step, result)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            result = node_hash(result, step)
        first, second = first >> 1, second >> 1
    if second or result != root:
        raise ProofFailed("The proof does not lead to the root.")


def check_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise ProofFailed unless the older tree is the beginning of the newer one (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        raise ProofFailed("The older tree is the smaller one.")
    if old == new or old == 0:
        if path or (old == new and old_root != new_root) or (old == 0 and old_root != EMPTY_ROOT):
            raise ProofFailed("The trees differ.")
        return
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not steps:
        raise ProofFailed("The proof is too short.")
    first, second = old - 1, new - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if second == 0:
            raise ProofFailed("The proof is too long.")
        if first & 1 or first == second:
            before, after = node_hash(step, before), node_hash(step, after)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            after = node_hash(after, step)
        first, second = first >> 1, second >> 1
    if second or before != old_root or after != new_root:
        raise ProofFailed("The older tree is not the beginning of the newer one.")


class Growing:
    """The root of a tree while its leaves pass by in order, in constant memory: one hash for each bit of the size.

    ``peaks`` are the roots of the complete subtrees, largest first; with the size they are all there is to keep in order to
    go on later.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if size.bit_count() != len(peaks):
            raise ValueError("A tree has one peak for each bit of its size.")
        self.size, self.peaks = size, list(peaks)

    def add(self, subtree: bytes, height: int = 0) -> None:
        """Append a complete subtree of ``2^height`` leaves; the size so far must be a multiple of that."""
        if self.size % (1 << height):
            raise ValueError("A subtree is appended where it is complete.")
        rest = self.size >> height
        self.size += 1 << height
        while rest & 1:
            subtree = node_hash(self.peaks.pop(), subtree)
            rest >>= 1
        self.peaks.append(subtree)

    def root(self, more: Sequence[bytes] = ()) -> bytes:
        """The root, with the hashes of a few further leaves behind (fewer than the smallest subtree holds)."""
        peaks = [*self.peaks, fold(more)] if more else self.peaks
        if not peaks:
            return EMPTY_ROOT
        result = peaks[-1]
        for peak in reversed(peaks[:-1]):
            result = node_hash(peak, result)
        return result


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << (count - 1).bit_length() - 1


def _range(low: int, high: int, node: Node) -> bytes:
    """The root over the leaves from ``low`` to ``high``; ``low`` is a multiple of the first subtree's size."""
    count = high - low
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return node(height, low >> height)
    split = low + _split(count)
    return node_hash(_range(low, split, node), _range(split, high, node))
