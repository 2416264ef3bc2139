"""Who is named in what people typed after a run was sent (edited texts, reasons, notes), and in rows of lists that were never sent.

What is sent is marked when it is sent. The rest is looked through by the sweeper, a little at a time, so that nobody waits for it.
"""

from collections.abc import Mapping
from contextlib import suppress

from policies.scrubbing import house
from workbench.gateway.pii import LanguageUnsupported, ScrubberUnavailable
from workbench.privacy.models import DataKey, Erased
from workbench.privacy.subjects import add_subjects
from workbench.runs.models import Job, JobRow, JobState, Output, Review, Verdict
from workbench.runs.services.running import detected

_REVIEWS, _ROWS = 20, 50


def mark_typed() -> int:
    """Mark a few of those that wait. Returns how many were looked through; while the scrubber is not available, none."""
    count = 0
    with suppress(ScrubberUnavailable):
        for review in Review.objects.filter(marked=False).select_related("data_key").order_by("pk")[:_REVIEWS]:
            _mark(review.data_key, _typed(review))
            Review.objects.filter(pk=review.pk).update(marked=True)
            count += 1
        for job in Job.objects.filter(marked=False).exclude(state=JobState.OPEN).order_by("pk")[:1]:
            for row in JobRow.objects.filter(job=job, run=None).select_related("data_key").iterator(chunk_size=_ROWS):
                _mark(row.data_key, _given(row))
            Job.objects.filter(pk=job.pk).update(marked=True)
            count += 1
    return count


def _mark(data_key: DataKey | None, texts: Mapping[str, str]) -> None:
    texts = {name: text for name, text in texts.items() if text.strip()}
    if data_key is None or not texts:
        return
    try:
        result = house().anonymize(texts)
    except LanguageUnsupported:
        result = house().anonymize(texts, language="en")
    add_subjects(data_key, detected(result.mapping))


def _typed(review: Review) -> dict[str, str]:
    try:
        texts = {"reason": review.reason or ""}
        if review.verdict == Verdict.EDITED:
            output = Output.objects.select_related("data_key").get(run=review.run_id)
            texts["final"] = output.final or ""
    except Erased:
        return {}
    return texts


def _given(row: JobRow) -> dict[str, str]:
    try:
        return {name: str(value) for name, value in row.inputs.items()}
    except Erased:
        return {}
