"""Which records a data key belongs to. The apps above say so; the setting WORKBENCH_SUBJECT_RECORDS names their modules."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet

from workbench.privacy.models import DataKey


@dataclass(frozen=True, slots=True)
class Found:
    """A record in which a person occurs, without a word of its contents.

    Args:
        key: its data key.
        label, about, state: what it is, of which activity or prompt, and where it stands, in words.
        at: when it was made.
        by: who asked for it.
        url: where its history stands, or nothing.
    """

    key: UUID | None
    label: str
    about: str
    at: datetime
    by: str
    state: str
    url: str


def _modules() -> list[Any]:
    return [import_module(name) for name in settings.WORKBENCH_SUBJECT_RECORDS]


def records_of(keys: Collection[UUID]) -> list[Found]:
    """What these data keys hold, newest first."""
    found = [record for module in _modules() for record in module.records_of(keys)]
    return sorted(found, key=lambda record: record.at, reverse=True)


def contents_of(keys: Collection[UUID]) -> Iterator[dict[str, Any]]:
    """The contents of these records, for the person they are about."""
    for module in _modules():
        yield from module.contents_of(keys)


def ended_before(moment: datetime) -> QuerySet[DataKey]:
    """The living data keys of everything that ended before that moment, in order. What still waits for somebody has not ended."""
    ended = Q(pk__in=[])
    for module in _modules():
        ended |= module.ended_before(moment)
    return DataKey.objects.filter(ended, destroyed_at=None).order_by("pk")


def keys_typed_by(person: Any) -> set[UUID]:
    """The data keys of what is a person's own and goes with their record: what they are typing and have not sent, attempts at exercises."""
    return {key for module in _modules() for key in module.keys_typed_by(person)}


def run_ids_of(keys: Collection[UUID]) -> set[int]:
    """The runs of which the log tells and whose contents these keys seal."""
    return {run_id for module in _modules() for run_id in module.run_ids_of(keys)}


def before_erasing(actor: Any, keys: Collection[UUID]) -> None:
    """What still waits in these records ends, inside the transaction that destroys their keys."""
    for module in _modules():
        module.before_erasing(actor, keys)


def disclosure(head: dict[str, Any], keys: Collection[UUID]) -> Iterator[str]:
    """The contents of these records as one readable JSON file, written record by record, with a few words in front."""
    yield json.dumps(head, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)[:-2] + ',\n  "contents": [\n'
    before = ""
    for record in contents_of(keys):
        yield before + json.dumps(record, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        before = ",\n"
    yield "\n]}\n"
