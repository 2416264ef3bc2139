"""The worker's door to training: one line."""

from celery import shared_task

from training import reminders


@shared_task(name="training.tasks.remind", ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def remind() -> None:
    reminders.remind()
