"""What the worker does with a job: row by row scrub and send. The runs themselves go the way of every run."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from policies.models import Category
from workbench.accounts.models import User
from workbench.privacy.models import Erased
from workbench.runs import dispatch, services
from workbench.runs.heartbeat import LEASE, Heartbeat
from workbench.runs.models import Job, JobRow, JobState, Run, State

logger = logging.getLogger(__name__)
#: After this a list is taken up again that could not be scrubbed.
LATER = timedelta(seconds=30)
#: A job that nobody woke a worker for is found by the sweeper after this.
LOST_AFTER = timedelta(seconds=10)


def run_job(job_id: int) -> None:
    """Send what of a job was not sent yet. A second delivery ends here; a worker that dies leaves the rest to the next one."""
    now = timezone.now()
    free = Job.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), pk=job_id, state=JobState.OPEN)
    if not free.update(lease_until=now + LEASE):
        return
    job = Job.objects.select_related("requester", "prompt_version__prompt__activity", "data_key").get(pk=job_id)
    held = Job.objects.filter(pk=job.pk, state=JobState.OPEN)
    with (
        override(job.requester.language or settings.LANGUAGE_CODE),
        Heartbeat(f"job {job.pk}", lambda: bool(held.update(lease_until=timezone.now() + LEASE))) as heartbeat,
    ):
        later = _send_rows(job, heartbeat)
    if later:
        held.update(lease_until=timezone.now() + LATER)


def _send_rows(job: Job, heartbeat: Heartbeat) -> bool:
    """Whether the rest must be tried later."""
    rows = JobRow.objects.select_related("data_key").filter(job=job, run=None, fault_sealed=None).order_by("number")
    for row in rows.iterator(chunk_size=50):
        if heartbeat.lost.is_set():
            return False
        if not User.objects.filter(pk=job.requester_id, is_active=True).exists():
            services.end_job(job, JobState.STOPPED)
            return False
        try:
            # A refusal is recorded, so it is asked outside of the transaction that ties the run to its row.
            preview = services.preview_run(
                actor=job.requester, prompt_version=job.prompt_version, inputs=row.inputs, consent=job.consent
            )
            values = services.check_inputs(job.prompt_version, row.inputs)
            if preview.decision.category != Category.AUTOMATED:
                row.fault = _("The activity is no longer automated, so lists are not sent for it. Ask one by one.")
                row.save(update_fields=["fault_sealed"])
                services.end_job(job, JobState.STOPPED)
                return False
            with transaction.atomic():
                # Held until the run is there: whoever cancels the list finds the run, or there is none.
                if Job.objects.select_for_update().filter(pk=job.pk, state=JobState.OPEN).first() is None:
                    raise _TakenOver
                run = services.create_run(
                    job.requester,
                    job.prompt_version,
                    preview.decision,
                    values,
                    preview.stored(),
                    consent=job.consent,
                    job=job,
                )
                # Sealed anew with the key of its run, so that erasing the run leaves no copy in the list.
                copy = JobRow(data_key=run.data_key)
                copy.inputs = row.inputs
                sent = {"run": run, "data_key": run.data_key, "inputs_sealed": copy.inputs_sealed}
                if not JobRow.objects.filter(pk=row.pk, run=None, job__state=JobState.OPEN).update(**sent):
                    raise _TakenOver
        except _TakenOver:
            return False
        except Erased:
            services.end_job(job, JobState.STOPPED)
            return False
        except services.RunDenied as refusal:
            # What holds for one row holds for the rest: the policy refuses, so nothing more is tried.
            row.fault = refusal.decision.sentence
            row.save(update_fields=["fault_sealed"])
            services.end_job(job, JobState.STOPPED)
            return False
        except services.NotNow:
            # Not the fault of the row: the sweeper wakes a worker for the rest of the list a little later.
            return True
        except services.RunRefused as refusal:
            row.fault = " ".join(refusal.messages)
            row.save(update_fields=["fault_sealed"])
        except Exception as error:  # one bad row must not keep the others back
            logger.error("row %s of job %s could not be sent: %s", row.number, job.pk, type(error).__name__)
            row.fault = _("The row could not be sent. Tell an administrator; the rest goes on.")
            row.save(update_fields=["fault_sealed"])
    return False


class _TakenOver(Exception):
    """The job was cancelled, or another worker has it."""


def sweep_jobs() -> int:
    """Wake workers for jobs that wait or lost theirs, and end those whose rows have all come to an end. Returns how many were ended."""
    now, ended = timezone.now(), 0
    waiting = JobRow.objects.filter(run=None, fault_sealed=None)
    for job in (
        Job.objects.filter(state=JobState.OPEN)
        .select_related("requester", "prompt_version__prompt")
        .order_by("id")[:100]
    ):
        if waiting.filter(job=job).exists():
            if job.lease_until is None and job.created_at > now - LOST_AFTER:
                continue
            if job.lease_until is None or job.lease_until < now:
                dispatch.wake_job(job.pk)
        elif not Run.objects.filter(job=job, state__in=(State.QUEUED, State.RUNNING)).exists():
            with transaction.atomic():
                ended += services.end_job(job, JobState.DONE)
    return ended
