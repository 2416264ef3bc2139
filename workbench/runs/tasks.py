"""The worker's doors: one line each. Retries are states in the database, not the broker's business."""

from celery import shared_task

from workbench.runs import execution, jobs, testing


@shared_task(name="workbench.runs.tasks.execute_run", ignore_result=True)  # type: ignore[untyped-decorator]
def execute_run(run_id: int) -> None:
    execution.execute_run(run_id)


@shared_task(name="workbench.runs.tasks.test_prompt", ignore_result=True)  # type: ignore[untyped-decorator]
def test_prompt(test_id: int) -> None:
    testing.run_prompt_test(test_id)


@shared_task(name="workbench.runs.tasks.run_job", ignore_result=True)  # type: ignore[untyped-decorator]
def run_job(job_id: int) -> None:
    jobs.run_job(job_id)


@shared_task(name="workbench.runs.tasks.sweep", ignore_result=True, expires=30)  # type: ignore[untyped-decorator]
def sweep() -> None:
    execution.sweep()
