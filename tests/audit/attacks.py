"""What somebody who owns the database can do to the log, as SQL: each attack returns the kinds of fault that name it rightly."""

import random
from dataclasses import dataclass
from typing import Any

from django.db import connection

from audit import canonical, keys, merkle, notes, tree
from audit.models import Checkpoint, Leaf, Tile

TEXT = ("action", "origin", "actor_role", "object_type", "object_id", "category", "model", "data")
NUMBER = ("actor_id", "run_id", "activity_id", "policy_version_id", "prompt_version_id")
ALL = ", ".join(name for name in canonical.COLUMNS if name != "id")


@dataclass
class Attack:
    """What was done, the kinds that name it, and the entry that the first fault must name (None: a range suffices)."""

    what: str
    kinds: set[str]
    entry: int | None = None


class Attacker:
    """Random attacks on a log of ``size`` entries; the caller rolls back what they did."""

    def __init__(self, seed: int, size: int) -> None:
        self.dice, self.size = random.Random(seed), size

    def strike(self) -> Attack:
        return self.dice.choice(
            [
                self.alter,
                self.alter,
                self.alter,
                self.delete,
                self.insert,
                self.beside,
                self.swap,
                self.cut,
                self.rebuild,
                self.tile,
                self.checkpoint,
                self.push,
            ]
        )()

    # One entry

    def alter(self) -> Attack:
        """A byte of any column."""
        pk = self._entry()
        column = self.dice.choice([*TEXT, *NUMBER, "at", "event_id", "id"])
        (before,) = self._row(f"SELECT {column} FROM audit_auditevent WHERE id = %s", pk)
        if column in TEXT:
            after: Any = self._other_text(before)
        elif column == "id":
            after = 10_000_000 + pk
            self._do("UPDATE audit_auditevent SET id = %s WHERE id = %s", after, pk)
            return Attack("alter id", {"missing"}, pk)
        elif column in NUMBER:
            after = self.dice.choice([None, before + 1, before - 1, -before]) if before else 7
        elif column == "at":
            change = (
                "at + interval '1 microsecond'"
                if connection.vendor == "postgresql"
                else "substr(at, 1, 18) || ((substr(at, 19, 1) + 1) % 10) || substr(at, 20)"
            )
            self._do(f"UPDATE audit_auditevent SET at = {change} WHERE id = %s", pk)
            return Attack("alter at", {"altered"}, pk)
        else:
            text = str(before).replace("-", "")
            place = self.dice.randrange(32)
            after = text[:place] + format(int(text[place], 16) ^ 1, "x") + text[place + 1 :]
        self._do(f"UPDATE audit_auditevent SET {column} = %s WHERE id = %s", after, pk)
        return Attack(f"alter {column} {before!r} → {after!r}", {"altered"}, pk)

    def _other_text(self, text: str) -> str:
        place = self.dice.randrange(len(text) + 1)
        how = self.dice.randrange(3)
        if how == 0 or not text:
            return text[:place] + self.dice.choice('x" \\é\n0') + text[place:]
        place = min(place, len(text) - 1)
        other = chr((ord(text[place]) ^ (1 << self.dice.randrange(5))) or 65)
        return text[:place] + ("" if how == 1 else other) + text[place + 1 :]

    def delete(self) -> Attack:
        """The event alone, or its place too."""
        position = self.dice.randrange(self.size)
        pk = self._event_at(position)
        self._do("DELETE FROM audit_auditevent WHERE id = %s", pk)
        if self.dice.random() < 0.5 and position != self.size - 1:
            self._do("DELETE FROM audit_leaf WHERE position = %s", position)
            return Attack("delete event and leaf", {"missing"})
        return Attack("delete event", {"missing"}, pk)

    def insert(self) -> Attack:
        """An event that nothing waits for."""
        pk = 20_000_000
        self._do(
            f"INSERT INTO audit_auditevent (id, {ALL}) SELECT {pk}, {self._copy()} FROM audit_auditevent WHERE id = %s",
            self._entry(),
        )
        return Attack("insert event", {"inserted"}, pk)

    def beside(self) -> Attack:
        """An event with a place that nobody counts."""
        pk = 20_000_000
        self._do(
            f"INSERT INTO audit_auditevent (id, {ALL}) SELECT {pk}, {self._copy()} FROM audit_auditevent WHERE id = %s",
            self._entry(),
        )
        self._do("INSERT INTO audit_leaf (position, event_pk) VALUES (-1, %s)", pk)
        return Attack("insert event beside the tree", {"inserted"}, pk)

    def swap(self) -> Attack:
        """Two entries, by their columns or by their places."""
        one, other = sorted(self.dice.sample(range(self.size), 2))
        first, second = self._event_at(one), self._event_at(other)
        if self.dice.random() < 0.5:
            self._do("UPDATE audit_leaf SET event_pk = -1 WHERE position = %s", one)
            self._do("UPDATE audit_leaf SET event_pk = %s WHERE position = %s", first, other)
            self._do("UPDATE audit_leaf SET event_pk = %s WHERE position = %s", second, one)
            return Attack("swap leaves", {"reordered"}, second)
        self._do("UPDATE audit_auditevent SET id = -1 WHERE id = %s", first)
        self._do("UPDATE audit_auditevent SET id = %s WHERE id = %s", first, second)
        self._do("UPDATE audit_auditevent SET id = %s WHERE id = -1", second)
        return Attack("swap numbers", {"altered"}, first)  # The number is part of what is sealed.

    def push(self) -> Attack:
        """An entry taken out, or put between, and everything behind it moved by one place."""
        position = self.dice.randrange(1, self.size - 1)
        if self.dice.random() < 0.5:
            pk = self._event_at(position)
            self._do("DELETE FROM audit_auditevent WHERE id = %s", pk)
            self._do("DELETE FROM audit_leaf WHERE position = %s", position)
            self._do("UPDATE audit_leaf SET position = -position WHERE position > %s", position)
            self._do("UPDATE audit_leaf SET position = -position - 1 WHERE position < 0")
            return Attack(f"take out {position} and close the gap", {"missing", "cut_off"})
        pk = 20_000_000
        self._do(
            f"INSERT INTO audit_auditevent (id, {ALL}) SELECT {pk}, {self._copy()} FROM audit_auditevent WHERE id = %s",
            self._entry(),
        )
        self._do("UPDATE audit_leaf SET position = -position WHERE position >= %s", position)
        self._do("UPDATE audit_leaf SET position = -position + 1 WHERE position < 0")
        self._do("INSERT INTO audit_leaf (position, event_pk) VALUES (%s, %s)", position, pk)
        return Attack(f"put between at {position}", {"inserted"}, pk)

    # The tree

    def tile(self) -> Attack:
        """A byte of a stored hash."""
        tile = self.dice.choice(list(Tile.objects.all()))
        hashes = bytearray(bytes(tile.hashes))
        place = self.dice.randrange(len(hashes))
        hashes[place] ^= 1 << self.dice.randrange(8)
        self._do("UPDATE audit_tile SET hashes = %s WHERE id = %s", bytes(hashes), tile.pk)
        if tile.level:
            return Attack("tile above", {"seal_altered"})
        # In a full tile the tile above tells the hash from the entry; in the last one nothing does but the checkpoint.
        return Attack("tile", {"seal_altered", "altered"}, self._event_at(tile.number * 256 + place // 32))

    def checkpoint(self) -> Attack:
        """A byte of a checkpoint."""
        checkpoint = self.dice.choice(list(Checkpoint.objects.all()))
        how = self.dice.randrange(3)
        if how == 0:
            self._do("UPDATE audit_checkpoint SET root = %s WHERE size = %s", bytes(32), checkpoint.size)
        elif how == 1:
            self._do("UPDATE audit_checkpoint SET size = %s WHERE size = %s", checkpoint.size + 9, checkpoint.size)
        else:
            place = self.dice.randrange(len(checkpoint.note) - 2)
            note = checkpoint.note
            note = note[:place] + chr(ord(note[place]) ^ 1) + note[place + 1 :]
            self._do("UPDATE audit_checkpoint SET note = %s WHERE size = %s", note, checkpoint.size)
        return Attack(f"checkpoint {how}", {"checkpoint"})

    def cut(self) -> Attack:
        """The end, with everything that would tell."""
        left = self.dice.randrange(1, self.size)
        self._do(
            "DELETE FROM audit_auditevent WHERE id IN (SELECT event_pk FROM audit_leaf WHERE position >= %s)", left
        )
        self._do("DELETE FROM audit_leaf WHERE position >= %s", left)
        if self.dice.random() < 0.3:
            return Attack("cut the end", {"cut_off"})
        self._do("DELETE FROM audit_tile")
        tree.extend(0, self._hashes())
        self._do("DELETE FROM audit_checkpoint WHERE size > %s", left)
        return Attack("cut the end and trim the tree", {"cut_off"})

    def rebuild(self) -> Attack:
        """Change an entry, then make tree and checkpoints anew, signed with another key of the same name or not at all."""
        pk = self._entry()
        what = self.dice.randrange(3)
        if what == 0:
            self._do("UPDATE audit_auditevent SET category = 'human_only' WHERE id = %s", pk)
            self._do("UPDATE audit_auditevent SET actor_id = 99 WHERE id = %s", pk)
        elif what == 1:
            self._do("DELETE FROM audit_auditevent WHERE id = %s", pk)
        else:
            pk = -5  # before all others; one at the end would only be a new entry
            self._do(
                f"INSERT INTO audit_auditevent (id, {ALL}) SELECT {pk}, {self._copy()} FROM audit_auditevent WHERE id = %s",
                self._entry(),
            )
        rows = self._all_rows()
        self._do("DELETE FROM audit_leaf")
        self._do("DELETE FROM audit_tile")
        Leaf.objects.bulk_create([Leaf(position=place, event_pk=row[0]) for place, row in enumerate(rows)])
        tree.extend(0, self._hashes())
        resigned = self.dice.random() < 0.7
        sizes = list(Checkpoint.objects.values_list("size", flat=True))
        self._do("DELETE FROM audit_checkpoint")
        if resigned:
            thief = notes.new_signer(keys.current().origin)
            for size in sizes:
                size = min(size, len(rows))
                root = tree.StoredTree(size).root
                note = notes.sign(str(notes.Checkpoint(thief.name, size, root)), thief)
                Checkpoint.objects.get_or_create(
                    size=size, defaults={"root": root, "note": note, "at": "2026-11-24T00:00Z"}
                )
        return Attack(f"rebuild {what} {resigned}", {"rebuilt", "checkpoint"} if resigned else {"rebuilt", "cut_off"})

    # Tools

    def _entry(self) -> int:
        return self._event_at(self.dice.randrange(self.size))

    def _event_at(self, position: int) -> int:
        return self._row("SELECT event_pk FROM audit_leaf WHERE position = %s", position)[0]

    def _copy(self) -> str:
        fresh = "'0f0e0d0c0b0a09080706050403020100'"
        if connection.vendor == "postgresql":
            fresh += "::uuid"
        return ", ".join(fresh if name == "event_id" else name for name in canonical.COLUMNS if name != "id")

    def _all_rows(self) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {canonical.columns_sql(connection.vendor, 'e')} FROM audit_auditevent e WHERE id NOT IN (SELECT event_pk FROM audit_unsealed) ORDER BY id"
            )
            return cursor.fetchall()

    def _hashes(self) -> list[bytes]:
        return [merkle.leaf_hash(canonical.event_bytes(row)) for row in self._all_rows()]

    def _row(self, sql: str, *values: Any) -> tuple[Any, ...]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone()

    def _do(self, sql: str, *values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
