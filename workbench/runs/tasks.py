"""The worker's doors: one line each. Retries are states in the database, not the broker's business."""

from celery import shared_task

from workbench.runs import execution


@shared_task(name="workbench.runs.tasks.execute_run", ignore_result=True)  # type: ignore[untyped-decorator]
def execute_run(run_id: int) -> None:
    execution.execute_run(run_id)


@shared_task(name="workbench.runs.tasks.sweep", ignore_result=True, expires=30)  # type: ignore[untyped-decorator]
def sweep() -> None:
    execution.sweep()
