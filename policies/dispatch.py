"""Hand something to a worker after the commit. The database is the truth; what the broker loses is found or asked for again."""

import logging
from typing import Any

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


def send(task: str, *args: Any, countdown: float = 0) -> bool:
    """Send a task now. A broker that is down is logged, and the answer is False."""
    try:
        current_app.send_task(task, args=args, countdown=countdown or None, ignore_result=True)
    except Exception as error:  # every broker has its own exceptions
        logger.warning("the broker did not take %s%s (%s)", task, args, type(error).__name__)
        return False
    return True


def send_on_commit(task: str, *args: Any) -> None:
    transaction.on_commit(lambda: send(task, *args))
