"""Handing checkpoints to the places outside, and remembering what arrived."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from audit import notes
from audit.models import Anchor, Checkpoint, PlaceState
from audit.places import NotDelivered, Place, all_places

_LONGEST_PAUSE = 3600


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """How things stand with one place, for the page: what it holds, and what went wrong last."""

    place: Place
    size: int
    at: datetime | None
    fault: str
    failing_since: datetime | None
    tries: int


def deliver_all(*, now: datetime | None = None, at_once: bool = False) -> int:
    """Hand the newest checkpoint to every place that does not have it, and return how many took it.

    A place that failed is tried again after a pause that doubles up to an hour; ``at_once`` asks all of them now. No
    transaction is open while a place answers.
    """
    now = now or timezone.now()
    checkpoint = Checkpoint.objects.first()
    if checkpoint is None:
        return 0
    head = notes.Checkpoint(notes.parse_checkpoint(checkpoint.note).origin, checkpoint.size, bytes(checkpoint.root))
    taken = 0
    for place in all_places():
        state = PlaceState.objects.filter(pk=place.name).first()
        last = Anchor.objects.filter(place=place.name).first()
        if last is not None and last.size >= checkpoint.size:
            continue
        if not at_once and (
            (state is not None and state.next_try_at is not None and state.next_try_at > now)
            or (last is not None and now - last.at < timedelta(seconds=place.every))
        ):
            continue
        taken += _deliver(place, checkpoint, head, now)
    return taken


def _deliver(place: Place, checkpoint: Checkpoint, head: notes.Checkpoint, now: datetime) -> bool:
    try:
        receipt = place.deliver(checkpoint.note, head)
    except (NotDelivered, LookupError, notes.BadNote) as error:
        with transaction.atomic():
            state, _made = PlaceState.objects.select_for_update().get_or_create(pk=place.name)
            state.tries += 1
            state.failing_since = state.failing_since or now
            state.next_try_at = now + timedelta(seconds=min(30 * 2 ** min(state.tries, 10), _LONGEST_PAUSE))
            state.fault = str(error)[:300]
            state.save()
        return False
    with transaction.atomic():
        Anchor.objects.get_or_create(place=place.name, size=checkpoint.size, defaults={"at": now, "receipt": receipt})
        PlaceState.objects.update_or_create(
            pk=place.name, defaults={"tries": 0, "failing_since": None, "next_try_at": None, "fault": ""}
        )
    return True


def rows() -> list[PlaceRow]:
    """Every place with what it holds; two queries a place, of which there are few."""
    result = []
    for place in all_places():
        last = Anchor.objects.filter(place=place.name).first()
        state = PlaceState.objects.filter(pk=place.name).first()
        result.append(
            PlaceRow(
                place, last.size if last else 0, last.at if last else None, state.fault if state else "",
                state.failing_since if state else None, state.tries if state else 0,
            )
        )  # fmt: skip
    return result


def anchored_size() -> int:
    """Up to which entry at least one place outside holds a checkpoint."""
    names = [place.name for place in all_places()]
    last = Anchor.objects.filter(place__in=names).first()
    return last.size if last else 0
