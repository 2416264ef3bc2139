"""The Celery application. The database is the truth; the broker only wakes workers."""

import os
from contextlib import suppress
from typing import Any

from celery import Celery
from celery.signals import worker_ready
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")
TRANSPORT_ALIASES["filesystem"] = "workbench.filebroker:Transport"

app = Celery("workbench")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect  # type: ignore[untyped-decorator]
def _warm_up(**_: Any) -> None:
    """Load the model's client and the detector, which looks at every answer, before the first run asks for them."""
    from workbench.gateway import llm, pii

    llm.warm_up()
    with suppress(pii.ScrubberUnavailable):  # said by the run that meets it, and by the health page
        pii.warm_up()
