"""Streams that follow the log to other systems: how far each is, and what happens when one does not answer.

The setting ``WORKBENCH_STREAMS`` names functions that say which streams this installation has (``audit.siem``, ``training.xapi``). Each stream
follows the places of the tree in order and remembers how far it is, so it delivers everything at least once, may repeat some after a crash, and
falls behind without slowing anyone.
"""

import os
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from audit import tree
from audit.models import AuditEvent, Feed, Leaf
from audit.places import NotDelivered

BATCH = 500
SECONDS = 20
_LONGEST_PAUSE = 3600


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream: which lines events become, and where lines go. ``name`` is the key of its place; ``send`` raises NotDelivered or OSError."""

    name: str
    address: str
    write: Callable[[Sequence[AuditEvent]], list[str]]
    send: Callable[[str, Sequence[str]], None]


def all_streams() -> list[Stream]:
    """Every stream of this installation, in the order of the setting."""
    found: list[Stream] = []
    for path in settings.WORKBENCH_STREAMS:
        ask: Callable[[], list[Stream]] = import_string(path)
        found += ask()
    return found


def to_file(address: str, lines: Sequence[str]) -> None:
    """Append, on disk before the stream goes on. Rotation is somebody else's: the file is opened anew each time."""
    handle = os.open(address, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        raw = "".join(f"{line}\n" for line in lines).encode()
        while raw:
            raw = raw[os.write(handle, raw) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def send_all(*, now: datetime | None = None, seconds: float = SECONDS) -> int:
    """Bring every stream up to date, for at most ``seconds``; returns how many events went out.

    A stream that fails keeps its place and is tried again after a pause that doubles up to an hour; the others go on.
    """
    now = now or timezone.now()
    until, sent = time.monotonic() + seconds, 0
    for stream in all_streams():
        feed, _made = Feed.objects.get_or_create(pk=stream.name)
        if feed.next_try_at is not None and feed.next_try_at > now:
            continue
        while time.monotonic() < until and (count := _send(stream, feed, now)):
            sent += count
    return sent


def _send(stream: Stream, feed: Feed, now: datetime) -> int:
    places = list(
        Leaf.objects.filter(position__gte=feed.position).order_by("position").values_list("event_pk", flat=True)[:BATCH]
    )
    if not places:
        return 0
    events = AuditEvent.objects.in_bulk(places)
    # What was removed when its time was over cannot be sent; nothing is not worth a call.
    lines = stream.write([events[pk] for pk in places if pk in events])
    try:
        if lines:
            stream.send(stream.address, lines)
    except (NotDelivered, OSError) as error:
        tries = feed.tries + 1
        Feed.objects.filter(pk=feed.pk).update(
            tries=tries, failing_since=feed.failing_since or now, fault=str(error)[:300] or type(error).__name__,
            next_try_at=now + timedelta(seconds=min(5 * 2 ** min(tries, 12), _LONGEST_PAUSE)),
        )  # fmt: skip
        return 0
    # Another worker may have sent the same: at least once, and nobody's place goes back.
    Feed.objects.filter(pk=feed.pk, position=feed.position).update(
        position=feed.position + len(places), tries=0, failing_since=None, next_try_at=None, fault="", at=now
    )
    feed.refresh_from_db()
    return len(places)


@dataclass(frozen=True, slots=True)
class StreamRow:
    """How far a stream is, for the page."""

    address: str
    behind: int
    feed: Feed | None


def rows(streams: Iterable[Stream]) -> list[StreamRow]:
    """How far these streams are; addresses without what stands before an @. Two queries."""
    asked = list(streams)
    if not asked:
        return []
    size, feeds = tree.size(), Feed.objects.in_bulk([stream.name for stream in asked])
    return [
        StreamRow(
            re.sub(r"//[^/@]*@", "//", stream.name), size - (feed.position if (feed := feeds.get(stream.name)) else 0), feed
        )
        for stream in asked
    ]  # fmt: skip
