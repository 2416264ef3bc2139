"""The same on a log from which entries were removed when their time was over: at the gap, beside it, and by claiming another one."""

from django.db import connection

from audit import canonical, keys, merkle, notes, sealing, tree
from audit.models import Checkpoint, Tile
from audit.services import record
from tests.audit.attacks import ALL, Attack, Attacker

GAP = 512
"""The first two segments are gone; two whole ones that are too young follow."""
SEGMENTS = (2, 3)


class GapAttacker(Attacker):
    """Random attacks; ``removal`` is the number of the entry that says what was removed."""

    def __init__(self, seed: int, size: int, removal: int) -> None:
        super().__init__(seed, size)
        self.removal = removal

    def strike(self) -> Attack:
        return self.dice.choice(
            [
                self.alter, self.insert, self.beside, self.checkpoint, self.whole_segment, self.part_of_a_segment, self.back_into_the_gap,
                self.moved_into_the_gap, self.hash_in_the_gap, self.hashes_that_fit, self.place_in_the_gap, self.entry_about_it, self.another_claim,
                self.rebuild_around,
            ]
        )()  # fmt: skip

    def _entry(self) -> int:
        return self._event_at(self._there())

    def _there(self) -> int:
        return self.dice.randrange(GAP, self.size)

    def _remove(self, first: int, behind: int) -> None:
        self._do("DELETE FROM audit_auditevent WHERE id IN (SELECT event_pk FROM audit_leaf WHERE position >= %s AND position < %s)", first, behind)  # fmt: skip

    def whole_segment(self) -> Attack:
        number = self.dice.choice(SEGMENTS)
        self._remove(number * 256, (number + 1) * 256)
        return Attack("a young segment goes", {"missing"}, self._event_at(number * 256))

    def part_of_a_segment(self) -> Attack:
        first = self.dice.randrange(GAP, self.size - 60)
        self._remove(first, first + self.dice.randrange(1, 60))
        return Attack("part of a segment goes", {"missing"}, self._event_at(first))

    def back_into_the_gap(self) -> Attack:
        pk = self._event_at(self.dice.randrange(GAP))
        self._do(f"INSERT INTO audit_auditevent (id, {ALL}) SELECT {pk}, {self._copy()} FROM audit_auditevent WHERE id = %s", self._entry())  # fmt: skip
        return Attack("something comes back", {"missing", "altered", "inserted", "reordered"})

    def moved_into_the_gap(self) -> Attack:
        place, other = self.dice.randrange(GAP), self._there()
        gone, there = self._event_at(place), self._event_at(other)
        self._do("UPDATE audit_leaf SET event_pk = -1 WHERE position = %s", place)
        self._do("UPDATE audit_leaf SET event_pk = %s WHERE position = %s", gone, other)
        self._do("UPDATE audit_leaf SET event_pk = %s WHERE position = %s", there, place)
        return Attack("an entry is moved into the gap", {"missing", "reordered"})

    def place_in_the_gap(self) -> Attack:
        self._do("DELETE FROM audit_leaf WHERE position = %s", self.dice.randrange(GAP))
        return Attack("the place of a removed entry goes", {"missing"})

    def hash_in_the_gap(self) -> Attack:
        tile = Tile.objects.get(level=0, number=self.dice.randrange(GAP // 256))
        hashes = bytearray(bytes(tile.hashes))
        hashes[self.dice.randrange(len(hashes))] ^= 1 << self.dice.randrange(8)
        self._do("UPDATE audit_tile SET hashes = %s WHERE id = %s", bytes(hashes), tile.pk)
        return Attack("a hash of a removed entry", {"seal_altered", "rebuilt"})

    def hashes_that_fit(self) -> Attack:
        """A hash in the gap and the one above it: consistent, and not what was signed."""
        tile, above = (
            Tile.objects.get(level=0, number=self.dice.randrange(GAP // 256)),
            Tile.objects.get(level=1, number=0),
        )
        hashes, upper = bytearray(bytes(tile.hashes)), bytearray(bytes(above.hashes))
        hashes[self.dice.randrange(len(hashes))] ^= 1
        upper[tile.number * 32 : (tile.number + 1) * 32] = merkle.fold(
            [bytes(hashes[i : i + 32]) for i in range(0, len(hashes), 32)]
        )
        self._do("UPDATE audit_tile SET hashes = %s WHERE id = %s", bytes(hashes), tile.pk)
        self._do("UPDATE audit_tile SET hashes = %s WHERE id = %s", bytes(upper), above.pk)
        return Attack("hashes of the gap that fit each other", {"rebuilt", "seal_altered"})

    def entry_about_it(self) -> Attack:
        how = self.dice.randrange(4)
        if how == 0:
            self._do("DELETE FROM audit_auditevent WHERE id = %s", self.removal)
            return Attack("the entry about the removal goes", {"missing"})
        change = (
            "",
            "replace(data, '0-511', '0-767')",
            "replace(data, '\"size\":', '\"size\":1')",
            "replace(data, 'signed_before', 'signed')",
        )[how]
        self._do(f"UPDATE audit_auditevent SET data = {change} WHERE id = %s", self.removal)
        return Attack(f"the entry about the removal {how}", {"altered", "removal"}, self.removal)

    def another_claim(self) -> Attack:
        """Young entries go, with an entry that says they were old."""
        number = self.dice.choice(SEGMENTS)
        self._remove(number * 256, (number + 1) * 256)
        size = self.dice.choice([0, 768, *Checkpoint.objects.values_list("size", flat=True)])
        ranges = self.dice.choice([["0-767"], ["0-511", "512-767"], ["0-1023"], ["512-767"], ["0-255"], ["x"], []])
        record(
            action="log.entries_removed",
            ranges=ranges,
            size=size,
            signed_before=self.dice.choice(["2026-01-01T00:00:00Z", "soon"]),
        )
        sealing.seal()
        # What was removed rightly stays explained; a claim about less of it can be true.
        return Attack(
            f"a claim {size} {ranges}", {"missing"}, None if ranges == ["0-255"] else self._event_at(number * 256)
        )

    def rebuild_around(self) -> Attack:
        """An entry changes; the tree is made anew with the hashes of what is gone, and signed with another key or not at all."""
        self._do(
            "UPDATE audit_auditevent SET actor_id = 99 WHERE id = %s",
            self._event_at(self.dice.randrange(GAP, self.size - 5)),
        )
        gone = b"".join(
            bytes(tile.hashes) for tile in Tile.objects.filter(level=0, number__lt=GAP // 256).order_by("number")
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {canonical.columns_sql(connection.vendor, 'e')} FROM audit_leaf l JOIN audit_auditevent e ON e.id = l.event_pk "
                "WHERE l.position >= %s ORDER BY l.position", [GAP]
            )  # fmt: skip
            hashes = [merkle.leaf_hash(canonical.event_bytes(row)) for row in cursor.fetchall()]
        sizes = list(Checkpoint.objects.values_list("size", flat=True))
        self._do("DELETE FROM audit_tile")
        tree.extend(0, [*(gone[i : i + 32] for i in range(0, len(gone), 32)), *hashes])
        self._do("DELETE FROM audit_checkpoint")
        thief = notes.new_signer(keys.current().origin)
        for size in sizes if self.dice.random() < 0.5 else ():
            root = tree.StoredTree(size).root
            note = notes.sign(str(notes.Checkpoint(thief.name, size, root)), thief)
            Checkpoint.objects.create(size=size, root=root, note=note, at="2026-11-24T00:00Z")
        return Attack("rebuilt around the gap", {"rebuilt", "checkpoint"})
