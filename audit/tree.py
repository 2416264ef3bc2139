"""The tree as it is stored: tiles of 256 hashes. Reading a proof takes a handful of tiles, however large the log is."""

from functools import cached_property

from django.db.models import Max

from audit import merkle
from audit.models import Leaf, Tile

_BITS = 8
_HASH = 32


def size() -> int:
    """How many events have their place in the tree."""
    last: int | None = Leaf.objects.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


class StoredTree:
    """Roots and proofs of the first ``size`` entries, from stored tiles; each tile is read once.

    Raises LookupError where a tile that is needed is missing or too short: then the seal is broken, see ``verifying``.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._tiles: dict[tuple[int, int], bytes] = {}

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile, as stored."""
        key = (level, number)
        if key not in self._tiles:
            hashes = Tile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
            if hashes is None:
                raise LookupError(f"tile {level}/{number}")
            self._tiles[key] = bytes(hashes)
        return self._tiles[key]

    def node(self, height: int, index: int) -> bytes:
        """The root of a complete subtree (see ``merkle.Node``)."""
        level, rest = divmod(height, _BITS)
        first, count = index << rest, 1 << rest
        number, offset = first >> _BITS, first & (Tile.WIDTH - 1)
        hashes = self.tile(level, number)[offset * _HASH : (offset + count) * _HASH]
        if len(hashes) != count * _HASH:
            raise LookupError(f"tile {level}/{number}")
        return merkle.fold([hashes[i : i + _HASH] for i in range(0, len(hashes), _HASH)])

    @cached_property
    def root(self) -> bytes:
        return merkle.root(self.size, self.node)

    def inclusion(self, position: int) -> list[bytes]:
        """The proof that the entry at ``position`` is in this tree."""
        return merkle.inclusion_proof(position, self.size, self.node)

    def consistency(self, old: int) -> list[bytes]:
        """The proof that the tree of ``old`` entries is the beginning of this one."""
        return merkle.consistency_proof(old, self.size, self.node)


def extend(start: int, leaves: list[bytes]) -> None:
    """Add the hashes of leaves from position ``start`` on, and the roots of the tiles that become full.

    Runs inside the transaction that gives the events their places.
    """
    level, first, hashes = 0, start, leaves
    while hashes:
        full: list[bytes] = []
        number = first >> _BITS
        offset, taken = first & (Tile.WIDTH - 1), 0
        above = number
        while taken < len(hashes):
            part = hashes[taken : taken + Tile.WIDTH - offset]
            joined = b"".join(part)
            if offset:
                tile = Tile.objects.filter(level=level, number=number).first()
                if tile is None:
                    raise LookupError(f"tile {level}/{number}")
                tile.hashes = bytes(tile.hashes) + joined
                if len(tile.hashes) != (offset + len(part)) * _HASH:
                    raise LookupError(f"tile {level}/{number}")
                tile.save(update_fields=["hashes"])
                whole = tile.hashes
            else:
                Tile.objects.create(level=level, number=number, hashes=joined)
                whole = joined
            if len(whole) == Tile.WIDTH * _HASH:
                full.append(merkle.fold([whole[i : i + _HASH] for i in range(0, len(whole), _HASH)]))
            taken += len(part)
            number, offset = number + 1, 0
        level, first, hashes = level + 1, above, full
