"""The worker's doors to retention: one line each."""

from celery import shared_task

from workbench.privacy import erasing, retention


@shared_task(name="workbench.privacy.tasks.carry_on_removals", ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def carry_on_removals() -> None:
    """What two people decided, what an interrupted removal left, and what is left of destroyed keys in journals."""
    retention.carry_on()
    erasing.overwrite_remnants()


@shared_task(name="workbench.privacy.tasks.tell_what_is_due", ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def tell_what_is_due() -> None:
    """Tell compliance what was kept long enough."""
    retention.tell_what_is_due()
