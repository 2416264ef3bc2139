"""The worker's doors to the log: one line each."""

from celery import shared_task
from django.contrib.auth import get_user_model

from audit import anchoring, streams, verifying


@shared_task(name="audit.tasks.deliver", ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def deliver() -> None:
    """Hand the newest checkpoint to the places that do not have it."""
    anchoring.deliver_all()


@shared_task(name="audit.tasks.verify_when_due", ignore_result=True, expires=300)  # type: ignore[untyped-decorator]
def verify_when_due() -> None:
    """Once a day, and whenever one was interrupted."""
    verifying.verify_when_due()


@shared_task(name="audit.tasks.verify", ignore_result=True)  # type: ignore[untyped-decorator]
def verify(actor_id: int | None) -> None:
    """Because somebody asked."""
    verifying.verify_for(get_user_model().objects.filter(pk=actor_id or 0).first())


@shared_task(name="audit.tasks.stream", ignore_result=True, expires=10)  # type: ignore[untyped-decorator]
def stream() -> None:
    """Bring the streams to other systems up to date."""
    streams.send_all()
