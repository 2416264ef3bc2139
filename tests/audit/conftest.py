"""Logs of some age, and a small server that answers with the statuses it is given, in order."""

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from audit import anchoring, sealing, verifying
from audit.models import Checkpoint
from audit.services import record


class Answering:
    def __init__(self, statuses: list[int]) -> None:
        self.statuses, self.seen = list(statuses), []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                pass

            def do_POST(self) -> None:
                outer.seen.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                status = outer.statuses.pop(0)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", outer.url + "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def answering() -> Iterator[Any]:
    """``answering([500, 200])`` → a server on loopback with ``url`` and what it has ``seen``."""
    made: list[Answering] = []

    def make(statuses: list[int]) -> Answering:
        made.append(Answering(statuses))
        return made[-1]

    yield make
    for one in made:
        one.server.shutdown()
        one.server.server_close()


@pytest.fixture
def years(monkeypatch, settings, tmp_path, cast):
    """``years(days_ago, count)``: so many entries at that time, under a checkpoint that lies outside."""
    settings.WORKBENCH_ANCHORS = f"Works council=folder:{tmp_path}/outside"
    real = timezone.now

    def make(days_ago: int, count: int) -> Checkpoint:
        with monkeypatch.context() as clock:
            clock.setattr(timezone, "now", lambda: real() - timedelta(days=days_ago))
            with transaction.atomic():
                for number in range(count):
                    record(action="run.queued", actor=cast.rep, object_type="run", object_id=number, run_id=number % 40)
            made = sealing.make_checkpoint()
        anchoring.deliver_all(at_once=True)
        return made

    return make


@pytest.fixture
def log(years):
    """700 entries of eight months ago, 300 of last month, a few of now; verified."""
    years(240, 700)
    years(30, 300)
    years(0, 5)
    verifying.verify()
    return sealing.make_checkpoint()
