"""The records of runs in which a person can occur, for erasure and access requests (WORKBENCH_SUBJECT_RECORDS)."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import batched
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from workbench.privacy.keyring import Unreadable
from workbench.privacy.models import Erased
from workbench.privacy.records import Found
from workbench.runs.models import Case, Draft, Job, JobRow, JobState, Output, Review, Run, State
from workbench.runs.services import end_job, log_run, plant_of
from workbench.runs.services.running import detected


def records_of(keys: Collection[UUID]) -> Iterator[Found]:
    """What these data keys hold, newest first, without a word of its contents. Three queries."""
    runs = Run.objects.filter(data_key__in=keys).select_related("activity", "requester").order_by("-id")
    for run in runs.defer("inputs_sealed", "outbound_sealed", "mapping_sealed", "partial_sealed"):
        state = str(run.get_state_display())
        yield Found(run.data_key_id, _("Run %d") % run.pk, run.activity.name, run.created_at, str(run.requester), state, reverse("audit:log") + f"?run={run.pk}")  # fmt: skip
    for draft in Draft.objects.filter(data_key__in=keys).select_related("prompt_version__prompt", "requester"):
        title = draft.prompt_version.prompt.title
        yield Found(
            draft.data_key_id, _("Being typed"), title, draft.updated_at, str(draft.requester), _("Not sent"), ""
        )
    for job in Job.objects.filter(data_key__in=keys).select_related("prompt_version__prompt", "requester"):
        state, about = str(job.get_state_display()), job.prompt_version.prompt.title
        yield Found(
            job.data_key_id,
            _("List %d, rows that were not sent") % job.pk,
            about,
            job.created_at,
            str(job.requester),
            state,
            "",
        )


def contents_of(keys: Collection[UUID]) -> Iterator[dict[str, Any]]:
    """The contents of these records, for the person they are about."""
    runs = Run.objects.filter(data_key__in=keys).select_related("activity", "data_key", "output__data_key", "plant__data_key")  # fmt: skip
    runs = runs.prefetch_related(
        Prefetch("reviews", Review.objects.select_related("data_key")),
        Prefetch("cases", Case.objects.select_related("data_key").order_by("id")),
    )
    for run in runs.order_by("id").iterator(chunk_size=100):
        output: Output | None = getattr(run, "output", None)
        plant = plant_of(run)
        try:
            yield {
                "record": f"run {run.pk}", "activity": run.activity.name, "at": run.created_at, "state": run.state, "given": run.inputs,
                "sent_to_the_model": run.outbound and run.outbound.get("information"), "detected": run.mapping,
                "draft": output.draft if output else None, "released": output.final if output else None,
                "verdicts": [{"verdict": r.verdict, "at": r.decided_at, "reason": r.reason} for r in run.reviews.all()],
                # What was typed and not how somebody did: that is for the reviewer alone.
                "copy_with_a_planted_error": {name: plant.content.get(name) for name in ("text", "typed", "reason")} if plant else None,
                "opened_by_compliance": [{"at": case.opened_at, "reason": case.reason} for case in run.cases.all()],
            }  # fmt: skip
        except Erased:
            continue
    for draft in Draft.objects.filter(data_key__in=keys).select_related("prompt_version__prompt", "data_key"):
        try:
            yield {
                "record": "being typed",
                "prompt": draft.prompt_version.prompt.title,
                "at": draft.updated_at,
                "given": draft.inputs,
            }
        except Erased:
            continue
    for row in JobRow.objects.filter(data_key__in=keys, run=None).select_related(
        "job__prompt_version__prompt", "data_key"
    ):
        with suppress(Erased):
            yield {
                "record": f"list {row.job_id}, row {row.number}",
                "prompt": row.job.prompt_version.prompt.title,
                "at": row.job.created_at,
                "given": row.inputs,
            }


def ended_before(moment: datetime) -> Q:
    """Runs that ended, drafts that nobody typed at and lists that ended before that moment; a key with anything younger under it waits for that."""
    runs = Run.objects.filter(data_key=OuterRef("pk"))
    drafts = Draft.objects.filter(data_key=OuterRef("pk"))
    lists = Job.objects.filter(data_key=OuterRef("pk"))
    some = Exists(runs.filter(finished_at__lte=moment)) | Exists(drafts.filter(updated_at__lte=moment)) | Exists(lists.filter(finished_at__lte=moment))  # fmt: skip
    younger = Exists(runs.filter(Q(finished_at=None) | Q(finished_at__gt=moment))) | Exists(drafts.filter(updated_at__gt=moment))  # fmt: skip
    return Q(some) & ~Q(younger | Exists(lists.filter(Q(finished_at=None) | Q(finished_at__gt=moment))))


def keys_typed_by(person: Any) -> set[UUID]:
    """What somebody is typing and has not sent; with what they sent it stays a record of the house."""
    return {key for key in Draft.objects.filter(requester=person).values_list("data_key", flat=True) if key}


def run_ids_of(keys: Collection[UUID]) -> Iterable[int]:
    """The runs whose contents these keys seal. One query for each 500 keys."""
    for some in batched(keys, 500):
        yield from Run.objects.filter(data_key__in=some).values_list("pk", flat=True)


def before_erasing(actor: Any, keys: Collection[UUID]) -> None:
    """What still waits ends: there will be nothing left to answer or to decide on. Inside the transaction that destroys the keys."""
    # What somebody is typing goes as a whole: a form without its text would be of no use to them.
    Draft.objects.filter(data_key__in=keys).delete()
    for job in Job.objects.filter(data_key__in=keys, state=JobState.OPEN).select_related("requester"):
        end_job(job, JobState.CANCELLED)
    open_states = (State.QUEUED, State.RUNNING, State.IN_REVIEW)
    for run in Run.objects.select_for_update(of=("self",)).filter(data_key__in=keys, state__in=open_states):
        Run.objects.filter(pk=run.pk).update(
            state=State.CANCELLED, finished_at=timezone.now(), lease=None, partial_sealed=None, due_at=None
        )
        log_run("run.cancelled", run, actor)


def without_marks(after: int, count: int) -> Iterable[tuple[int, Any, list[tuple[str, str]]]]:
    """Records from before marks were kept: position, data key and whom they name. For ``manage.py mark_subjects``."""
    runs = Run.objects.filter(pk__gt=after, data_key__destroyed_at=None).exclude(data_key=None)
    for run in runs.select_related("data_key").order_by("pk")[:count]:
        found: list[tuple[str, str]] = []
        # One that does not open keeps nobody else waiting.
        with suppress(Unreadable):
            found = list(detected(run.mapping or {}, (run.outbound or {}).get("kept", ())))
        yield run.pk, run.data_key, found
