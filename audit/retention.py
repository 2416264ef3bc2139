"""Removing entries that were kept long enough: by whole segments, so that everything else still verifies.

A segment is a tile of the tree, 256 entries. The entries go, their hashes stay: roots, proofs and exports of others lead to the same checkpoints
as before. What is gone stands in one entry of the log, which names every stretch that was ever removed, so that the newest of them explains
every gap and is itself never old enough to go before a newer one replaces it.

Old enough is what a checkpoint covers that was signed before the cutoff. When it was signed stands in the note that is signed, not in a column:
a verification accepts a gap only under a head that was signed six months before the entry about the gap (see ``believed``), so whoever owns
the database cannot make younger entries vanish by claiming that they were removed. Heads from before notes told their time do not count.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils import timezone

from audit import keys, merkle, notes, sealing, streams
from audit.canonical import columns_sql, event_bytes
from audit.models import AuditEvent, Checkpoint, Feed, Leaf, Removal, Tile, Verification, VerificationState
from audit.services import record

MINIMUM_MONTHS = 6
"""Deployers of AI keep its logs for six months at least (Regulation (EU) 2024/1689, Article 26, 6)."""
SEGMENT = Tile.WIDTH
#: Segments removed in one transaction: no writer waits long.
_BATCH = 16
_MANY = 500
#: An entry that cannot be true does not hide the true one before it; so many are looked at.
_MOST_CLAIMS = 50
_ACTION = "log.entries_removed"
#: An entry may be sealed a little after it happened, and clocks differ.
_SLACK = timedelta(days=1)
VERIFIED_WITHIN = timedelta(days=2)
"""A removal rests on a verification that is not older: one is made every day."""

type Ranges = tuple[tuple[int, int], ...]
"""Stretches of places, each from its first to, not including, its last; in order, none touches another."""


class NotNow(Exception):
    """Nothing may be removed at present. ``code`` says why: ``unverified`` (for two days or ever) or ``failed``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Altered(NotNow):
    """What is about to go is not what was sealed: it may be evidence, and stays."""

    def __init__(self) -> None:
        super().__init__("failed")


@dataclass(frozen=True, slots=True)
class Plan:
    """What would go.

    Args:
        size: entries under the newest checkpoint signed before the cutoff, 0 where there is none.
        signed_at: when that was.
        ranges: the places that would go.
        held: entries old enough that stay because something in their segment is under a hold.
        unsent: entries old enough that stay because a stream has not sent them yet.
    """

    size: int
    signed_at: datetime | None
    ranges: Ranges
    held: int
    unsent: int

    @property
    def entries(self) -> int:
        return sum(behind - first for first, behind in self.ranges)


@dataclass(frozen=True, slots=True)
class Gone:
    """What the newest entry about removals says is gone. ``before``: when the head that covers it was signed."""

    entry: int
    at: datetime
    size: int
    before: datetime
    ranges: Ranges

    def covers(self, first: int, behind: int) -> bool:
        """Whether the places from ``first`` to ``behind`` are all gone."""
        return any(low <= first and behind <= high for low, high in self.ranges)


def months_before(moment: datetime, months: int) -> datetime:
    """The same day of the month, or the last one there is, so many months earlier; later, where ``months`` is negative."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def plan(before: datetime, held_runs: Collection[int] = (), *, size: int | None = None) -> Plan:
    """What is old enough to go: signed before ``before``, in segments that hold nothing of the runs given and that every stream has sent.

    ``size``: what was old enough when somebody was shown it; nothing younger is added then.
    """
    checkpoint = _signed_before(before, size)
    if checkpoint is None:
        return Plan(0, None, (), 0, 0)
    whole = checkpoint.size // SEGMENT
    sent = min([whole, *(position // SEGMENT for position in _positions_of_streams())])
    there = _without(range(whole), gone.ranges if (gone := newest()) else ())
    held = _segments_of(held_runs, whole)
    going = [number for number in there if number not in held and number < sent]
    kept = sum(number in held for number in there)
    late = sum(number >= sent and number not in held for number in there)
    return Plan(checkpoint.size, checkpoint.at, _ranges(going), kept * SEGMENT, late * SEGMENT)


def _signed_before(before: datetime, size: int | None) -> Checkpoint | None:
    """The largest checkpoint whose note says that it was signed before that moment; the column only tells where to look."""
    checkpoints = Checkpoint.objects.filter(at__lte=before)
    for checkpoint in (checkpoints.filter(size__lte=size) if size is not None else checkpoints).iterator(chunk_size=50):
        try:
            said = notes.parse_checkpoint(notes.split(checkpoint.note)[0])
            if said.size == checkpoint.size and said.at is not None and said.at <= before:
                notes.open_note(checkpoint.note, *keys.current().verifiers)
                checkpoint.at = said.at
                return checkpoint
        except notes.BadNote:
            continue
        except ImproperlyConfigured:
            # Without the key nobody can tell what is old enough, so nothing is. The page of the seal says that it is missing.
            return None
    return None


def _positions_of_streams() -> list[int]:
    names = [stream.name for stream in streams.all_streams()]
    known = dict(Feed.objects.filter(pk__in=names).values_list("pk", "position"))
    return [known.get(name, 0) for name in names]


def _without(numbers: Iterable[int], ranges: Ranges) -> list[int]:
    taken = {number for first, behind in ranges for number in range(first // SEGMENT, behind // SEGMENT)}
    return [number for number in numbers if number not in taken]


def _segments_of(run_ids: Collection[int], whole: int) -> set[int]:
    """The segments that hold entries about these runs. One query for each 500 runs."""
    found: set[int] = set()
    for some in batched(sorted(run_ids), _MANY):
        entries = AuditEvent.objects.filter(run_id__in=some).order_by().values("pk")
        for (position,) in Leaf.objects.filter(event_pk__in=entries).values_list("position"):
            found.add(position // SEGMENT)
    return {number for number in found if number < whole}


def _ranges(numbers: Sequence[int]) -> Ranges:
    """Segments in order, as stretches of places."""
    stretches: list[list[int]] = []
    for number in numbers:
        if stretches and stretches[-1][1] == number * SEGMENT:
            stretches[-1][1] += SEGMENT
        else:
            stretches.append([number * SEGMENT, (number + 1) * SEGMENT])
    return tuple((first, behind) for first, behind in stretches)


def require_sound_log() -> None:
    """Raises NotNow unless the last verification passed, lately: nothing that might be evidence goes from a log that does not verify."""
    last = Verification.objects.exclude(state=VerificationState.RUNNING).first()
    if last is None or last.ended_at is None or last.ended_at < timezone.now() - VERIFIED_WITHIN:
        raise NotNow("unverified")
    if last.state != VerificationState.PASSED:
        raise NotNow("failed")


@transaction.atomic
def decide(*, actor: Any, asked_by: Any, going: Plan, request: int) -> AuditEvent | None:
    """Record that these entries go, before one of them does. ``carry_out`` then removes them. Nothing to go: None.

    Both people stand in the entry. Raises NotNow.
    """
    require_sound_log()
    if not going.ranges or going.signed_at is None:
        return None
    before = newest()
    # The larger of both: a rule that became longer leads to an older head than the one that covers what went before.
    size = max(going.size, before.size if before else 0)
    numbers = {number for first, behind in (*going.ranges, *(before.ranges if before else ())) for number in range(first // SEGMENT, behind // SEGMENT)}  # fmt: skip
    entry = record(
        action=_ACTION, actor=actor, object_type="retention", object_id=request, asked_by_id=asked_by.pk, count=going.entries, size=size,
        signed_before=going.signed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        ranges=[f"{first}-{behind - 1}" for first, behind in _ranges(sorted(numbers))],
    )  # fmt: skip
    Removal.objects.bulk_create([Removal(first=first, behind=behind, event_pk=entry.pk) for first, behind in going.ranges])  # fmt: skip
    return entry


def carry_out(entry: int) -> Iterator[int]:
    """Remove what the entry decided, a few segments in a transaction; yields how many entries went each time.

    Interrupted, it is called again: what is gone is gone. The entry itself is signed first. Raises NotNow where the log does not verify any
    more, and Altered where what is about to go is not what was sealed.
    """
    sealing.make_checkpoint()
    for removal in Removal.objects.filter(event_pk=entry).order_by("first"):
        for first in range(removal.first, removal.behind, _BATCH * SEGMENT):
            behind = min(first + _BATCH * SEGMENT, removal.behind)
            require_sound_log()
            with transaction.atomic(), connection.cursor() as cursor:
                _require_sealed(first, behind)
                cursor.execute(
                    "DELETE FROM audit_auditevent WHERE id IN (SELECT event_pk FROM audit_leaf WHERE position >= %s AND position < %s)",
                    [first, behind],
                )
                count = cursor.rowcount
            yield count


def _require_sealed(first: int, behind: int) -> None:
    """Raises Altered where an entry that is there differs from its hash in the tree. Whole segments; what is gone is gone."""
    stored = dict(Tile.objects.filter(level=0, number__gte=first // SEGMENT, number__lt=behind // SEGMENT).values_list("number", "hashes"))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns_sql(connection.vendor, 'e')}, l.position FROM audit_leaf l JOIN audit_auditevent e ON e.id = l.event_pk "  # noqa: S608
            "WHERE l.position >= %s AND l.position < %s",
            [first, behind],
        )
        for row in cursor.fetchall():
            tile, at = bytes(stored.get(row[-1] // SEGMENT, b"")), row[-1] % SEGMENT * 32
            try:
                sealed = merkle.leaf_hash(event_bytes(row[:-1])) == tile[at : at + 32]
            except (TypeError, ValueError):
                sealed = False
            if not sealed:
                raise Altered


def claimed() -> AuditEvent | None:
    """The newest entry about removals, whatever it says. One query."""
    return AuditEvent.objects.filter(action=_ACTION).order_by("-id").first()


def newest() -> Gone | None:
    """The newest entry about removals, as it stands. One query."""
    event = claimed()
    return _read(event) if event else None


def _read(event: AuditEvent) -> Gone | None:
    """What an entry says; nothing where it does not say it as ``decide`` does: somebody wrote it past the log."""
    try:
        ends = [stretch.split("-") for stretch in event.data["ranges"]]
        ranges = tuple((int(first), int(last) + 1) for first, last in ends)
        before = datetime.strptime(event.data["signed_before"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        return Gone(event.pk, event.at, int(event.data["size"]), before, ranges)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def believed(heads: Mapping[int, datetime]) -> Gone | None:
    """What the newest entry about removals that can be true says; nothing where none can, so that a verification names what is missing.

    ``heads``: sizes of the signed heads that are trusted, here and outside, and when each was signed. One of them must cover every gap and have
    been signed six months before the entry. Its time is what counts as the time of the removal, not what the entry says.
    """
    for event in AuditEvent.objects.filter(action=_ACTION).order_by("-id")[:_MOST_CLAIMS]:
        if (gone := _read(event)) and (true := _borne_out(gone, heads)):
            return true
    return None


def _borne_out(gone: Gone, heads: Mapping[int, datetime]) -> Gone | None:
    if gone.at > timezone.now() + _SLACK or not gone.ranges:
        return None
    if any(first < 0 or first % SEGMENT or behind % SEGMENT or first >= behind for first, behind in gone.ranges):
        return None
    end, latest = max(behind for _first, behind in gone.ranges), months_before(gone.at, MINIMUM_MONTHS) + _SLACK
    signed = [at for size, at in heads.items() if end <= size <= gone.size and at <= latest]
    return replace(gone, before=max(signed)) if signed else None


def removal_of(entry: int) -> AuditEvent | None:
    """The entry that says that this one was removed; nothing where it is there, or never was. Two queries, three where it was."""
    position = Leaf.objects.filter(event_pk=entry).values_list("position", flat=True).first()
    if position is None or AuditEvent.objects.filter(pk=entry).exists():
        return None
    gone = newest()
    if gone is None or not gone.covers(position, position + 1):
        return None
    return AuditEvent.objects.get(pk=gone.entry)
