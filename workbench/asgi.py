"""ASGI entry point of the gate for other tools: ``gunicorn workbench.asgi --worker-class asgi --keep-alive 75``. Pages and API are served by ``workbench.wsgi``."""

import contextlib
import os
import threading
from io import BytesIO
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.gate_settings")

import django

django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402
from django.core.exceptions import RequestAborted  # noqa: E402
from django.core.handlers.asgi import ASGIHandler  # noqa: E402

from workbench.gateway import llm, pii  # noqa: E402


class GateHandler(ASGIHandler):
    """Django's handler, which never keeps more of a body than a request may have: of a longer one the rest is read and dropped."""

    async def read_body(self, receive: Any) -> Any:
        body = BytesIO()
        size, most = 0, settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RequestAborted
            piece = message.get("body", b"")
            body.write(piece[: max(0, most - size)])
            size += len(piece)
            if not message.get("more_body", False):
                break
        body.seek(0)
        return body


def _warm_up() -> None:
    """Load the detector and a provider's client, so that the first call does not pay for it. What is missing is told to whoever asks."""
    with contextlib.suppress(pii.ScrubberUnavailable):
        pii.warm_up()
    llm.warm_up()


threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
application = GateHandler()
