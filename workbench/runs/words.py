"""What people wrote with an act about a run, for the log's readers (WORKBENCH_AUDIT_TEXTS)."""

from collections.abc import Sequence

from audit.models import AuditEvent
from audit.querysets import numbers
from audit.reading import Told
from workbench.privacy.models import Erased
from workbench.runs.models import Review, ReviewKind

_VERDICTS = {
    "run.approved": ReviewKind.RELEASE, "run.edited": ReviewKind.RELEASE, "run.rejected": ReviewKind.RELEASE,
    "run.sample_approved": ReviewKind.SAMPLE, "run.sample_rejected": ReviewKind.SAMPLE,
}  # fmt: skip


def of_events(events: Sequence[AuditEvent | Told]) -> dict[int, str | None]:
    """The reason of each verdict among the events, None where it was erased. One query."""
    wanted = {(event.run_id, _VERDICTS[event.action]): event.pk for event in events if event.action in _VERDICTS}
    if not wanted:
        return {}
    texts: dict[int, str | None] = {}
    reviews = Review.objects.filter(run_id__in=numbers({run for run, _kind in wanted if run})).select_related(
        "data_key"
    )
    for review in reviews:
        if entry := wanted.get((review.run_id, ReviewKind(review.kind))):
            try:
                texts[entry] = review.reason or ""
            except Erased:
                texts[entry] = None
    return texts
