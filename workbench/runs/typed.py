"""Who is named in what people typed and no preview looked through.

That is what they typed after a run was sent (edited texts, reasons, notes), drafts without a preview, and rows of lists that were never sent. The
sweeper looks it through, a little at a time, so that nobody waits for it. What apps above typed texts hold is named by the setting ``WORKBENCH_TYPED``.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from policies.models import PolicyOverride
from policies.scrubbing import house
from workbench.gateway.pii import LanguageUnsupported, ScrubberUnavailable, scrubber_status
from workbench.privacy.holds import lock_living
from workbench.privacy.models import Erased
from workbench.privacy.spellings import name_words
from workbench.privacy.subjects import add_subjects, mark_subjects
from workbench.runs.models import Case, Draft, JobRow, JobState, Output, Plant, Review, Verdict
from workbench.runs.services.running import detected

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """What waits to be looked through: the rows, their texts, the column that tells whether a row was changed meanwhile, how many at a time.

    ``as_now``: the record names whom the row names now, and nobody whom it named before. ``by_hand``: what a person marked in it. ``invented``: words
    of names that are made up, and nobody's.
    """

    waiting: QuerySet[Any]
    texts: Callable[[Any], Mapping[str, str]]
    column: str
    most: int
    as_now: bool = False
    by_hand: Callable[[Any], Collection[str]] = lambda row: ()
    invented: Callable[[Any], Collection[str]] = lambda row: ()


_after: dict[Any, int] = {}
"""By model, behind which row this process goes on: a row that fails waits for the next round and keeps nobody else waiting."""


def mark_typed() -> int:
    """Mark a few of those that wait. Returns how many were looked through; while the scrubber is not available, none."""
    count = 0
    with suppress(ScrubberUnavailable):
        for kind in (*_KINDS, *(kind for path in settings.WORKBENCH_TYPED for kind in import_string(path)())):
            for _one in _look_through(kind):
                count += 1
    return count


def _look_through(kind: Kind) -> Iterator[int]:
    """The numbers of rows that are done, of those whose turn it is. One that does not open, or whose text fails, waits on."""
    model = kind.waiting.model
    rows = list(kind.waiting.filter(pk__gt=_after.get(model, 0)).order_by("pk")[: kind.most])
    for row in rows:
        try:
            done = _marked(kind, row)
        except ScrubberUnavailable:
            if not scrubber_status().ok:
                raise
            _tell(row._meta.model_name, row.pk, "it cannot be scrubbed")
        except Exception as error:
            _tell(row._meta.model_name, row.pk, type(error).__name__)
        else:
            if done:
                yield row.pk
    _after[model] = rows[-1].pk if len(rows) == kind.most else 0


@lru_cache(maxsize=1000)
def _tell(what: str, pk: int, why: str) -> None:
    """Once for each worker, not every ten seconds."""
    logger.error("%s %s could not be looked through for people: %s", what, pk, why)


def _marked(kind: Kind, row: Any) -> bool:
    """Whether a row is marked now; False where it was changed meanwhile, and waits for the next time."""
    unchanged = type(row).objects.filter(pk=row.pk, **{kind.column: getattr(row, kind.column)})
    try:
        found = list(_people(kind.texts(row)))
    except Erased:
        found = []
    invented = {word for name in kind.invented(row) for word in name_words(name)}
    found = [(what, text) for what, text in found if not name_words(text) or not name_words(text) <= invented]
    if not kind.as_now:
        add_subjects(row.data_key, found)
        return bool(unchanged.update(marked=True))
    with transaction.atomic():
        living = lock_living([row.data_key_id])
        done = bool(unchanged.update(marked=True))
        if done and living:
            mark_subjects(row.data_key, [*found, *(("", mark) for mark in kind.by_hand(row))])
        return done


def _people(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    texts = {name: text for name, text in texts.items() if text.strip()}
    if not texts:
        return iter(())
    try:
        result = house().anonymize(texts)
    except LanguageUnsupported:
        result = house().anonymize(texts, language="en")
    return detected(result.mapping)


def _of_review(review: Review) -> dict[str, str]:
    texts = {"reason": review.reason or ""}
    if review.verdict == Verdict.EDITED:
        output = Output.objects.select_related("data_key").get(run=review.run_id)
        texts["final"] = output.final or ""
    return texts


def _of_plant(plant: Plant) -> dict[str, str]:
    return {name: plant.content.get(name, "") for name in ("typed", "reason")}


def _given(row: Draft | JobRow) -> dict[str, str]:
    return {name: str(value) for name, value in (row.inputs or {}).items()}


_KINDS = (
    Kind(Review.objects.filter(marked=False).select_related("data_key"), _of_review, "reason_sealed", 20),
    Kind(Plant.objects.filter(marked=False, decided_at__isnull=False).select_related("data_key"), _of_plant, "content_sealed", 20),
    Kind(Case.objects.filter(marked=False).select_related("data_key"), lambda case: {"reason": case.reason}, "reason_sealed", 20),
    Kind(JobRow.objects.filter(marked=False, run=None).exclude(job__state=JobState.OPEN).select_related("data_key"), _given, "inputs_sealed", 50),
    Kind(PolicyOverride.objects.filter(marked=False).select_related("data_key"), lambda one: {"reason": one.reason}, "reason_sealed", 20),
    # Fewer, for they may be long.
    Kind(
        Draft.objects.filter(marked=False).select_related("data_key"), _given, "inputs_sealed", 5, as_now=True, by_hand=lambda draft: draft.marks or (),
    ),
)  # fmt: skip
