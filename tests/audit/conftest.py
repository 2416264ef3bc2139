"""A small server that answers with the statuses it is given, in order."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest


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
