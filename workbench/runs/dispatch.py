"""Wake a worker. The database is the truth: a wake-up that is lost costs time, never a run, because the sweeper looks again."""

from django.db import transaction

from policies.dispatch import send
from policies.models import Tool
from workbench.runs.models import Run, State

EXECUTE = "workbench.runs.tasks.execute_run"
JOB = "workbench.runs.tasks.run_job"


def wake(run_id: int, countdown: float = 0) -> None:
    """Tell the workers about a run. A broker that is down is logged and left to the sweeper."""
    send(EXECUTE, run_id, countdown=countdown)


def wake_on_commit(run_id: int) -> None:
    transaction.on_commit(lambda: wake(run_id))


def wake_job(job_id: int) -> None:
    """Tell the workers about a job."""
    send(JOB, job_id)


def wake_job_on_commit(job_id: int) -> None:
    transaction.on_commit(lambda: wake_job(job_id))


def wake_next(tool_id: int, limit: int | None = None) -> None:
    """Wake as many waiting runs of a tool as it has free places."""
    tool = Tool.objects.get(pk=tool_id)
    busy = Run.objects.filter(state=State.RUNNING, tool_id=tool_id).count()
    free = max(0, tool.max_concurrent - busy)
    for run_id in (
        Run.objects.dispatchable().filter(tool_id=tool_id).values_list("pk", flat=True)[: min(free, limit or free)]
    ):
        wake(run_id)


def wake_next_on_commit(tool_id: int) -> None:
    transaction.on_commit(lambda: wake_next(tool_id, 1))
