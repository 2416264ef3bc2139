"""Verification of the whole log: every event, the tree, every checkpoint, every copy outside, and completeness.

What is believed: the seal keys (outside the database), and the copies at the places outside. Nothing in the database is.
Memory is constant; the work goes on where an interrupted one stopped.

``Fault.kind`` says what is wrong:

=============  ==================================================================================================
altered        the entry's columns are not what was sealed
missing        an entry that was sealed is gone
inserted       an entry stands in the log that was never sealed, or was pushed between sealed ones
reordered      an entry stands at the place of another
cut_off        a checkpoint, here or outside, counts more entries than there are
rebuilt        the log is consistent in itself, and is not the one that was signed, here or outside
seal_altered   the entry is right; its hash in the tree is not
checkpoint     a checkpoint's columns are not what its signed note says, or no trusted key signed it
place          a place outside cannot be read, or what lies there cannot be believed (a warning unless it is another log)
removal        the entry about removed entries claims what no signed head bears out
waiting        an event has been waiting for its place for longer than a minute: the keeper of the log does not run
incomplete     a run and the log do not agree about what happened (see WORKBENCH_COMPLETENESS)
=============  ==================================================================================================
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.module_loading import import_string

from audit import keys, merkle, notes, places, retention, sealing, tree
from audit.canonical import canonical_json, columns_sql, event_bytes
from audit.differences import GONE, HASH, WARNINGS, Fault, cut, explain
from audit.models import Anchor, Checkpoint, Tile, Verification, VerificationState
from audit.services import record

CHUNK = 16
"""Tiles read at once: 4,096 entries."""
SAVE_SECONDS = 5.0
LOST_AFTER = timedelta(minutes=2)
"""A verification that did not touch its row for so long was interrupted."""
DAILY = timedelta(hours=23, minutes=50)
MOST_FAULTS = 100
_AHEAD = 5
_WAITING_SECONDS = 60
_WIDTH, _HEIGHT = Tile.WIDTH, 8


_STRANGERS = (
    (
        "inserted",
        "SELECT e.id FROM audit_auditevent e WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_pk = e.id AND l.position >= 0) "
        "AND NOT EXISTS (SELECT 1 FROM audit_unsealed u WHERE u.event_pk = e.id) ORDER BY e.id LIMIT %s",
    ),
    (
        "missing",
        "SELECT u.event_pk FROM audit_unsealed u WHERE NOT EXISTS (SELECT 1 FROM audit_auditevent e WHERE e.id = u.event_pk) "
        "ORDER BY u.event_pk LIMIT %s",
    ),
)


class AlreadyRunning(Exception):
    """Another process is verifying at this moment."""


@dataclass(frozen=True, slots=True)
class _Head:
    """A tree head that is believed, and where it was read."""

    size: int
    root: bytes
    at: datetime | None
    place: places.Place | None


def verify(*, actor: Any = None) -> Verification:
    """Check everything and keep the result; goes on with an interrupted check where it was.

    Raises AlreadyRunning. Ends as an event of its own; only code words and numbers are kept.
    """
    state = _begin(actor)
    started, before = monotonic(), state.seconds
    check = _Check(state, lambda: before + monotonic() - started)
    check.run()
    faults = check.faults
    with transaction.atomic():
        first = next((fault for fault in faults if fault.kind not in WARNINGS), None)
        state.state = VerificationState.FAILED if first else VerificationState.PASSED
        state.faults = [asdict(fault) for fault in faults]
        state.checked = {"removed": check.gone}
        state.seconds = round(before + monotonic() - started, 3)
        state.ended_at = state.touched_at = timezone.now()
        state.save()
        record(
            action="log.verified", actor=actor, object_type="verification", object_id=state.pk, size=state.size,
            passed=first is None, faults=len(faults), what=first.kind if first else "", first=first.entry if first else None,
        )  # fmt: skip
    return state


def _begin(actor: Any) -> Verification:
    now = timezone.now()
    with transaction.atomic():
        state = Verification.objects.select_for_update().filter(state=VerificationState.RUNNING).first()
        if state is not None and not is_lost(state):
            raise AlreadyRunning
        if state is not None and not _is_ours(state, now):
            # Where an interrupted check would go on is not believed either unless we wrote it, and lately.
            state.position, state.peaks, state.faults, state.checked, state.size = 0, [], [], {}, tree.size()
        if state is None:
            state = Verification(started_at=now, by_id=actor.pk if actor is not None else None, size=tree.size())
        state.touched_at = now
        _sign(state)
        state.save()
    return state


def _sign(state: Verification) -> None:
    """Put a keyed hash over where an interrupted check goes on into ``checked``, under the secret key, which is not in the database."""
    checked = {name: value for name, value in state.checked.items() if name != "mac"}
    said = canonical_json([state.started_at.isoformat(), state.touched_at.isoformat(), state.size, state.position, state.peaks, state.faults, checked])  # fmt: skip
    state.checked = {**checked, "mac": salted_hmac("audit.verifying", said, algorithm="sha256").hexdigest()}


def _is_ours(state: Verification, now: datetime) -> bool:
    """Whether this process's like wrote the row as it stands, in the last day: an older one may have been kept to be put back."""
    if now - state.touched_at > DAILY:
        return False
    before = str(state.checked.get("mac", "")) if isinstance(state.checked, dict) else ""
    try:
        _sign(state)
    except (TypeError, ValueError, AttributeError):
        return False
    return constant_time_compare(before, state.checked["mac"])


def is_lost(state: Verification) -> bool:
    """Whether a verification under way has not moved for so long that its process is gone."""
    return timezone.now() - state.touched_at >= LOST_AFTER


class _Check:
    """One pass over the log."""

    def __init__(self, state: Verification, seconds: Any) -> None:
        self.state, self.seconds = state, seconds
        self.faults = [Fault(**fault) for fault in state.faults]
        self.size = state.size
        self.growing = merkle.Growing(state.position, [bytes.fromhex(peak) for peak in state.peaks])
        self.saved = monotonic()
        self.gone: int = state.checked.get("removed", 0)

    def run(self) -> None:
        """All parts in order; each adds its faults."""
        if not self.faults and self.growing.size == 0:
            self._waiting()
        heads = self._heads()
        self.removed = _Removed({head.size: head.at for head in heads if head.at})
        true = self.removed.now()
        if (claim := retention.claimed()) and (true is None or claim.pk != true.entry):
            # Named first: what it claims is missing otherwise, and that may be many entries.
            self._fault(Fault("removal", entry=claim.pk))
        for head in heads:
            if head.size > self.size:
                name = head.place.name if head.place else ""
                self._fault(Fault("cut_off", position=self.size, detail=f"{head.size} {name}".strip()))
        self._leaves([head for head in heads if head.size <= self.size])
        self._strangers()
        gone = self.removed.now()
        for path in getattr(settings, "WORKBENCH_COMPLETENESS", ()):
            for entry, detail in import_string(path)(gone.before if gone else None):
                self._fault(Fault("incomplete", entry=entry, detail=detail))
                if len(self.faults) >= MOST_FAULTS:
                    break

    def _fault(self, fault: Fault) -> None:
        if len(self.faults) < MOST_FAULTS and fault not in self.faults:
            self.faults.append(fault)

    def _waiting(self) -> None:
        if sealing.oldest_unsealed_seconds() > _WAITING_SECONDS:
            self._fault(Fault("waiting"))

    # Heads

    def _heads(self) -> list[_Head]:
        """The heads of trusted notes, here and outside, by size; notes that cannot be believed are faults."""
        ring = keys.current()
        heads: dict[tuple[int, bytes, str], _Head] = {}
        for checkpoint in Checkpoint.objects.order_by("size").iterator(chunk_size=1000):
            try:
                said = self._believed(checkpoint.note, ring)
            except notes.BadNote:
                self._fault(Fault("checkpoint", position=checkpoint.size, detail="not signed by a trusted key"))
                continue
            if (said.size, said.root, said.at or checkpoint.at) != (checkpoint.size, bytes(checkpoint.root), checkpoint.at):  # fmt: skip
                self._fault(Fault("checkpoint", position=checkpoint.size, detail="differs from its note"))
            heads[said.size, said.root, ""] = _Head(said.size, said.root, said.at, None)
        for place in places.all_places():
            if not place.readable:
                continue
            try:
                for note in place.heads():
                    said = self._believed(note, ring)
                    if (said.size, said.root, "") not in heads:
                        heads[said.size, said.root, place.name] = _Head(said.size, said.root, said.at, place)
                    elif heads[said.size, said.root, ""].place is None:
                        # The same head, here and outside: the copy of the tiles there can name an entry.
                        heads[said.size, said.root, ""] = _Head(said.size, said.root, said.at, place)
            except (places.NotDelivered, notes.BadNote, OSError) as error:
                if isinstance(error, places.NotDelivered) and not Anchor.objects.filter(place=place.name).exists():
                    continue  # Nothing was carried there yet.
                self._fault(Fault("place", detail=f"{place.name}: {error}"[:300]))
        return sorted(heads.values(), key=lambda head: head.size)

    @staticmethod
    def _believed(note: str, ring: keys.SealKeys) -> notes.Checkpoint:
        said = notes.parse_checkpoint(notes.open_note(note, *ring.verifiers))
        if said.origin != ring.origin:
            raise notes.BadNote("The checkpoint is another log's.")
        return said

    # Leaves

    def _leaves(self, heads: Sequence[_Head]) -> None:
        """Every entry up to the size, tile by tile, against its hash in the tree, and the tree against the heads."""
        waiting = [head for head in heads if head.size > self.growing.size]
        good = self.growing.size
        with _any_bytes():
            for start in range(self.growing.size, self.size, CHUNK * _WIDTH):
                stretch = _read(start, min(start + CHUNK * _WIDTH, self.size), self.removed)
                self.gone += stretch.gone
                for low in range(start, stretch.end, _WIDTH):
                    believed = self._tile(stretch, low)
                    if believed is None:
                        return
                    while waiting and waiting[0].size <= low + len(believed):
                        head = waiting.pop(0)
                        if self.growing.root(believed[: head.size - low]) != head.root:
                            self._differs(head, good)
                            return
                        good = head.size
                    if len(believed) == _WIDTH:
                        self.growing.add(merkle.fold(believed), _HEIGHT)
                if monotonic() - self.saved > SAVE_SECONDS:
                    self._save()

    def _tile(self, stretch: "_Stretch", low: int) -> list[bytes] | None:
        """Compare one tile and return the hashes to go on with; None where what follows is displaced and cannot be compared.

        Three witnesses: what the entries come to, the stored tile, and its root in the tile above.
        """
        high = min(low + _WIDTH, stretch.end)
        here = stretch.hashes[(low - stretch.start) * HASH : (high - stretch.start) * HASH]
        number = low // _WIDTH
        stored = stretch.tiles.get(number, b"")[: (high - low) * HASH]
        above = (
            stretch.above.get(number // _WIDTH, b"")[number % _WIDTH * HASH :][:HASH] if high - low == _WIDTH else b""
        )
        if here == stored:
            if high - low == _WIDTH and merkle.fold(cut(here)) != above:
                self._fault(Fault("seal_altered", stretch.entry(low), low, "the tile above"))
            return cut(here)
        entries = stretch.entries[low - stretch.start : high - stretch.start]
        if above and merkle.fold(cut(here)) == above:
            for offset, (mine, theirs) in enumerate(zip_longest(cut(here), cut(stored))):
                if mine != theirs:  # The entries are what was sealed; the stored hashes are not.
                    self._fault(Fault("seal_altered", entries[offset], low + offset))
            return cut(here)
        # Read again with a few more: whether an entry was pushed in or taken out shows behind it, perhaps in the next tile.
        ahead = _read(low, min(high + _AHEAD, self.size), self.removed)
        sealed = b"".join(ahead.tiles.get(each, b"") for each in range(number, number + 2))
        faults, displaced = explain(low, cut(ahead.hashes), cut(sealed), entries, _stands_elsewhere)
        for fault in faults:
            self._fault(fault)
        return None if displaced or len(stored) != len(here) else cut(stored)

    def _differs(self, head: _Head, good: int) -> None:
        """A head that the log does not lead to, though it fits its own tree: somebody made it anew.

        A copy of the tiles at the head's place names the first entry and what happened to it; else only the range is known.
        """
        if any(fault.kind not in WARNINGS for fault in self.faults):
            return  # Named already: the stored tree was altered with the entries.
        place = head.place.name if head.place else ""
        fault = (head.place and self._against_copy(head.place, good, head.size)) or Fault(
            "", _read(good, good + 1, self.removed).entry(good), good
        )
        self._fault(Fault("rebuilt", fault.entry, fault.position, f"{fault.kind} {head.size} {place}".strip()))

    def _against_copy(self, place: places.Place, good: int, size: int) -> Fault | None:
        """The first difference between the log and the tiles that lie at a place."""
        for low in range(good // _WIDTH * _WIDTH, size, _WIDTH):
            stretch = _read(low, min(low + _WIDTH, size), self.removed)
            try:
                copy = place.tile(low // _WIDTH, stretch.end - low)[: len(stretch.hashes)]
            except (OSError, places.NotDelivered):
                return None
            if copy and copy != stretch.hashes:
                sealed = cut(copy)
                faults, _displaced = explain(low, cut(stretch.hashes), sealed, stretch.entries, sealed.__contains__)
                return faults[0] if faults else None
        return None

    # The rest

    def _strangers(self) -> None:
        """Events that have no place in the tree and do not wait for one."""
        sealed = 0
        if top := Tile.objects.filter(level=0).order_by("-number").first():
            sealed = top.number * _WIDTH + len(bytes(top.hashes)) // HASH
        if sealed > (size := tree.size()):  # Read in this order: sealing at this moment makes the second number larger.
            self._fault(Fault("cut_off", position=size, detail=str(sealed)))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM audit_auditevent), (SELECT count(*) FROM audit_leaf WHERE position >= 0), "
                "(SELECT count(*) FROM audit_unsealed u JOIN audit_auditevent e ON e.id = u.event_pk "
                "WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_pk = u.event_pk))"
            )
            events, leaves, waiting = cursor.fetchone()
            if events == leaves - self.gone + waiting and not self.faults:
                return
            for kind, query in _STRANGERS:
                cursor.execute(query, [MOST_FAULTS])
                for (entry,) in cursor.fetchall():
                    self._fault(Fault(kind, entry))

    def _save(self) -> None:
        self.state.position, self.state.peaks = self.growing.size, [peak.hex() for peak in self.growing.peaks]
        self.state.checked = {"removed": self.gone}
        self.state.faults = [asdict(fault) for fault in self.faults]
        self.state.seconds = round(self.seconds(), 3)
        self.state.touched_at = timezone.now()
        _sign(self.state)
        self.state.save()
        self.saved = monotonic()


class _Removed:
    """What was removed when its time was over, asked for only where something is missing, and each time: a removal may begin meanwhile."""

    def __init__(self, heads: Mapping[int, datetime]) -> None:
        self.heads = heads

    def now(self) -> retention.Gone | None:
        return retention.believed(self.heads)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Entries of the log as they stand now, and the tiles over them as they are stored; ``gone``: how many of the entries were removed."""

    start: int
    end: int
    entries: list[int | None]
    hashes: bytes
    tiles: dict[int, bytes]
    above: dict[int, bytes]
    gone: int

    def entry(self, position: int) -> int | None:
        return self.entries[position - self.start]


def _read(start: int, end: int, removed: _Removed) -> _Stretch:
    """One query for the entries, one for their tiles, one for the tiles above."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns_sql(connection.vendor, 'e')}, l.position, l.event_pk FROM audit_leaf l "  # noqa: S608
            "LEFT JOIN audit_auditevent e ON e.id = l.event_pk WHERE l.position >= %s AND l.position < %s ORDER BY l.position",
            [start, end],
        )
        rows = cursor.fetchall()
    first, behind = start // _WIDTH, -(-end // _WIDTH)
    tiles, gone = _tiles(0, first, behind), 0
    try:
        if [row[-2] for row in rows] != list(range(start, end)):
            raise TypeError("not every place is taken once")
        hashes = [merkle.leaf_hash(event_bytes(row[:-2])) for row in rows]
        entries = [row[-1] for row in rows]
    except (TypeError, ValueError, IndexError):
        at = {row[-2]: row for row in rows}
        hashes = [_hash(at.get(position)) for position in range(start, end)]
        entries = [at[position][-1] if position in at else None for position in range(start, end)]
        gone = _fill_in(start, hashes, entries, tiles, removed)
    return _Stretch(start, end, entries, b"".join(hashes), tiles, _tiles(1, first // _WIDTH, -(-behind // _WIDTH)), gone)  # fmt: skip


def _fill_in(
    start: int, hashes: list[bytes], entries: list[int | None], tiles: dict[int, bytes], removed: _Removed
) -> int:
    """Where a whole segment is missing that was removed, its stored hashes stand for it: the tile above and the heads tell whether they are right.

    The rows with the places of the entries stay; where one is gone too, somebody else was at it.

    Returns how many entries of the stretch that are.
    """
    count, said = 0, removed.now() if GONE in hashes and start % _WIDTH == 0 else None
    for low in range(start, start + len(hashes), _WIDTH) if said else ():
        part = slice(low - start, min(low - start + _WIDTH, len(hashes)))
        stored = cut(tiles.get(low // _WIDTH, b""))[: len(hashes[part])]
        whole = (
            all(one == GONE for one in hashes[part]) and None not in entries[part] and len(stored) == len(hashes[part])
        )
        if said and whole and said.covers(low, low + len(stored)):
            hashes[part] = stored
            count += len(stored)
    return count


def _tiles(level: int, first: int, behind: int) -> dict[int, bytes]:
    rows = Tile.objects.filter(level=level, number__gte=first, number__lt=behind).values_list("number", "hashes")
    return {number: bytes(hashes) for number, hashes in rows}


def _hash(row: tuple[Any, ...] | None) -> bytes:
    """The leaf's hash of a row, GONE where there is no event, a hash of nothing sealed where the row cannot be read."""
    if row is None or row[0] is None:
        return GONE
    try:
        return merkle.leaf_hash(event_bytes(row[:-2]))
    except (TypeError, ValueError, IndexError):
        return merkle.leaf_hash(repr(row).encode("utf-8", "surrogateescape"))


def _stands_elsewhere(leaf: bytes) -> bool:
    """Whether the hash was sealed at some place: asked only once something is wrong."""
    for stored in Tile.objects.filter(level=0).values_list("hashes", flat=True).iterator(chunk_size=100):
        if leaf in cut(bytes(stored)):
            return True
    return False


@contextmanager
def _any_bytes() -> Iterator[None]:
    """Let SQLite hand over text that is no UTF-8: somebody may have written it, and it must be named, not stop the reading."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    raw = connection.connection
    before = raw.text_factory
    raw.text_factory = lambda value: value.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = before


def verify_for(actor: Any) -> Verification | None:
    """``verify``, or nothing while another process is at it."""
    try:
        return verify(actor=actor)
    except AlreadyRunning:
        return None


def verify_when_due() -> Verification | None:
    """Verify when the last one is a day old, or one was interrupted."""
    before = Verification.objects.first()
    if before is not None and before.ended_at is not None and timezone.now() - before.ended_at < DAILY:
        return None
    return verify_for(None)


def last() -> Verification | None:
    """The verification that ended last."""
    return Verification.objects.exclude(state=VerificationState.RUNNING).first()


def running() -> Verification | None:
    """The verification under way, interrupted or not."""
    return Verification.objects.filter(state=VerificationState.RUNNING).first()
