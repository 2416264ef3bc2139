"""The worker's door to the people: one line."""

from celery import shared_task

from workbench.accounts import notices


@shared_task(name="workbench.accounts.tasks.send_mails", ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def send_mails() -> None:
    notices.tell_broken_seal()
    notices.send_mails()
