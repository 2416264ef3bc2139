"""Do runs and the log agree? Called by the verification of the log (WORKBENCH_COMPLETENESS)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from audit.models import AuditEvent
from workbench.runs.models import Run, State

_BATCH = 2000
_ENDS: dict[str, frozenset[str]] = {
    State.IN_REVIEW: frozenset({"run.drafted"}),
    State.ANSWERED: frozenset({"run.answered"}),
    State.RELEASED: frozenset({"run.approved", "run.edited", "run.released_by_rule"}),
    State.REJECTED: frozenset({"run.rejected"}),
    State.DENIED: frozenset({"run.denied"}),
    State.BLOCKED: frozenset({"run.blocked"}),
    State.FAILED: frozenset({"run.failed"}),
    State.CANCELLED: frozenset({"run.cancelled"}),
    State.EXPIRED: frozenset({"run.expired"}),
}
_ALL_ENDS = frozenset[str]().union(*_ENDS.values()) - {"run.drafted"}
_LEAVES_IT_OPEN = frozenset({State.QUEUED, State.RUNNING, State.IN_REVIEW})


def check(gone: datetime | None = None) -> Iterator[tuple[int, str]]:
    """(id of the run, what is wrong) for every run that is in a state the log does not tell of, or that the log ended and that has not.

    Runs are read before their events: what happens meanwhile adds events and is no fault. Of what happened before ``gone`` entries were removed
    because their time was over, so silence about it is no fault; another end than the one the log tells of always is.
    """
    after = 0
    while batch := list(Run.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "state", "created_at", "finished_at")[:_BATCH]):  # fmt: skip
        runs = {pk: state for pk, state, _created, _finished in batch}
        old = {pk for pk, _state, created, _finished in batch if gone and created <= gone}
        ended_long_ago = {pk for pk, _state, _created, finished in batch if gone and finished and finished <= gone}
        first, last = min(runs), max(runs)
        told: dict[int | None, set[str]] = defaultdict(set)
        events = AuditEvent.objects.filter(run_id__gte=first, run_id__lte=last).order_by()
        for run_id, action in events.values_list("run_id", "action").iterator(chunk_size=5000):
            told[run_id].add(action)
        ended = [pk for pk, state in runs.items() if state in _LEAVES_IT_OPEN and told[pk] & _ALL_ENDS]
        later = dict(Run.objects.filter(pk__in=ended).values_list("pk", "state"))
        for run_id, state in runs.items():
            wanted = _ENDS.get(state)
            silent = run_id in ended_long_ago and not told[run_id] & _ALL_ENDS
            if wanted and not told[run_id] & wanted and not silent:
                yield run_id, f"run is {state}, the log does not say so"
            elif state != State.DENIED and "run.queued" not in told[run_id] and run_id not in old:
                yield run_id, "run without the entry that it was sent"
            elif later.get(run_id) in _LEAVES_IT_OPEN:
                yield run_id, f"run is {state}, the log says it ended"
        after = last
