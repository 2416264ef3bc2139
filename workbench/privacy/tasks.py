"""The worker's doors to retention: one line each."""

from celery import shared_task

from workbench.privacy import retention


@shared_task(name="workbench.privacy.tasks.carry_on_removals", ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def carry_on_removals() -> None:
    """What two people decided, and what an interrupted removal left."""
    retention.carry_on()


@shared_task(name="workbench.privacy.tasks.tell_what_is_due", ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def tell_what_is_due() -> None:
    """Tell compliance what was kept long enough."""
    retention.tell_what_is_due()
