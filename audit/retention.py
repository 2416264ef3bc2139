"""Removing entries that were kept long enough: by whole segments, so that everything else still verifies.

A segment is a tile of the tree, 256 entries. The entries go, their hashes stay: roots, proofs and exports of others lead to the same checkpoints
as before. What is gone stands in one entry of the log, which names every stretch that was ever removed, so that the newest of them explains
every gap and is itself never old enough to go before a newer one replaces it.

Old enough is what a checkpoint covers that was signed before the cutoff. A verification accepts a gap only where the entry about it names a
checkpoint whose own entry, sealed behind the gap, is at least six months older (see ``believed``): whoever owns the database cannot make
younger entries vanish by claiming that they were removed.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from audit import sealing, siem, tree
from audit.models import AuditEvent, Checkpoint, Feed, Leaf, Removal, Tile, Verification, VerificationState
from audit.services import record

MINIMUM_MONTHS = 6
"""Deployers of AI keep its logs for six months at least (Regulation (EU) 2024/1689, Article 26, 6)."""
SEGMENT = Tile.WIDTH
#: Segments removed in one transaction: no writer waits long.
_BATCH = 16
_MANY = 500
_ACTION = "log.entries_removed"
#: An entry may be sealed a little after it happened, and clocks differ.
_SLACK = timedelta(days=1)

type Ranges = tuple[tuple[int, int], ...]
"""Stretches of places, each from its first to, not including, its last; in order, none touches another."""


class NotNow(Exception):
    """Nothing may be removed at present. ``code`` says why: ``unverified`` or ``failed``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


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
    """What the newest entry about removals says is gone."""

    entry: int
    at: datetime
    size: int
    before: datetime
    ranges: Ranges

    def covers(self, first: int, behind: int) -> bool:
        """Whether the places from ``first`` to ``behind`` are all gone."""
        return any(low <= first and behind <= high for low, high in self.ranges)


def months_before(moment: datetime, months: int) -> datetime:
    """The same day of the month, or the last one there is, so many months earlier."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def plan(before: datetime, held_runs: Collection[int] = (), *, size: int | None = None) -> Plan:
    """What is old enough to go: signed before ``before``, in segments that hold nothing of the runs given and that every stream has sent.

    ``size``: what was old enough when somebody was shown it; nothing younger is added then.
    """
    checkpoints = Checkpoint.objects.filter(at__lte=before)
    checkpoint = (checkpoints.filter(size__lte=size) if size is not None else checkpoints).first()
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


def _positions_of_streams() -> list[int]:
    streams = [stream.name for stream in siem.parse(settings.WORKBENCH_SIEM)]
    known = dict(Feed.objects.filter(pk__in=streams).values_list("pk", "position"))
    return [known.get(name, 0) for name in streams]


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
    """Raises NotNow unless the last verification passed: nothing that might be evidence goes from a log that does not verify."""
    last = Verification.objects.exclude(state=VerificationState.RUNNING).first()
    if last is None:
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
    numbers = {number for first, behind in (*going.ranges, *(before.ranges if before else ())) for number in range(first // SEGMENT, behind // SEGMENT)}  # fmt: skip
    entry = record(
        action=_ACTION, actor=actor, object_type="retention", object_id=request, asked_by_id=asked_by.pk, count=going.entries, size=going.size,
        signed_before=going.signed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        ranges=[f"{first}-{behind - 1}" for first, behind in _ranges(sorted(numbers))],
    )  # fmt: skip
    Removal.objects.bulk_create([Removal(first=first, behind=behind, event_pk=entry.pk) for first, behind in going.ranges])  # fmt: skip
    return entry


def carry_out(entry: int) -> Iterator[int]:
    """Remove what the entry decided, a few segments in a transaction; yields how many entries went each time.

    Interrupted, it is called again: what is gone is gone. The entry itself is signed first.
    """
    sealing.make_checkpoint()
    for removal in Removal.objects.filter(event_pk=entry).order_by("first"):
        for first in range(removal.first, removal.behind, _BATCH * SEGMENT):
            behind = min(first + _BATCH * SEGMENT, removal.behind)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "DELETE FROM audit_auditevent WHERE id IN (SELECT event_pk FROM audit_leaf WHERE position >= %s AND position < %s)",
                    [first, behind],
                )
                count = cursor.rowcount
            yield count


def newest() -> Gone | None:
    """The newest entry about removals, as it stands. One query."""
    event = AuditEvent.objects.filter(action=_ACTION).order_by("-id").first()
    if event is None:
        return None
    try:
        ends = [stretch.split("-") for stretch in event.data["ranges"]]
        ranges = tuple((int(first), int(last) + 1) for first, last in ends)
        before = datetime.fromisoformat(event.data["signed_before"])
        return Gone(event.pk, event.at, int(event.data["size"]), before, ranges)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # Somebody wrote it past the log; the verification names it, and nothing is believed of it.


def believed(heads: Collection[int]) -> Gone | None:
    """``newest``, where it can be true; else nothing, so that a verification names what is missing.

    ``heads``: sizes of all signed heads that are trusted, here and outside. The checkpoint that the entry names must be among them and cover
    every gap; its own entry must stand before the next head, which is where it was sealed at the time, and be six months older.
    """
    gone = newest()
    if gone is None or gone.at > timezone.now() + _SLACK or gone.size not in heads:
        return None
    if any(first < 0 or first % SEGMENT or behind % SEGMENT or not first < behind <= gone.size for first, behind in gone.ranges):  # fmt: skip
        return None
    following = min((size for size in heads if size > gone.size), default=tree.size())
    made = Leaf.objects.filter(
        position__gte=gone.size, position__lt=following,
        event_pk__in=AuditEvent.objects.filter(action="checkpoint.made", object_type="checkpoint", object_id=str(gone.size)).order_by().values("pk"),
    ).values_list("event_pk", flat=True)[:1]  # fmt: skip
    at = AuditEvent.objects.filter(pk__in=list(made)).values_list("at", flat=True).first()
    if at is None or at > months_before(gone.at, MINIMUM_MONTHS) + _SLACK:
        return None
    return gone


def removal_of(entry: int) -> AuditEvent | None:
    """The entry that says that this one was removed; nothing where it is there, or never was. Two queries, three where it was."""
    position = Leaf.objects.filter(event_pk=entry).values_list("position", flat=True).first()
    if position is None or AuditEvent.objects.filter(pk=entry).exists():
        return None
    gone = newest()
    if gone is None or not gone.covers(position, position + 1):
        return None
    return AuditEvent.objects.get(pk=gone.entry)
