"""A small provider that speaks the OpenAI protocol on loopback and fails on request.

Run by hand: ``python -m tests.support.provider 8090``.
"""

import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = "Situation: three cold stores.\nNeeds: {first} wants an alarm.\nNext steps: send the offer."


@dataclass
class Provider:
    """What the server answers, and what it was asked. ``script`` holds one behaviour per call; afterwards it answers well.

    ``size``: characters in a piece. ``calls``: calls of tools that it makes instead, (name, arguments). ``gone``: set when a client goes away.
    """

    script: list[str] = field(default_factory=list)
    answer: str | Callable[[str], str] = ANSWER
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    pause: float = 0.0
    size: int = 7
    calls: list[tuple[str, str]] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def text_for(self, prompt: str) -> str:
        if callable(self.answer):
            return self.answer(prompt)
        material = prompt.split("<information>")[-1]
        marks = re.findall(r"\[PERSON_\d+\]", material)
        return self.answer.replace("{first}", marks[0] if marks else "somebody")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    provider: Provider

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length))
        provider = self.server.provider  # type: ignore[attr-defined]
        provider.asked.append(body)
        act = provider.script.pop(0) if provider.script else "ok"
        if act.isdigit():
            return self._json(
                int(act),
                {"error": {"message": f"status {act}: {(body['messages'][-1]['content'] or '')[:40]}", "type": "x"}},
            )
        if act == "garbage":
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"data: {this is not json\n\n")
            self.close_connection = True
            return None
        if act == "silence":
            provider.release.wait(120)
            self.close_connection = True
            return None
        text = provider.text_for("\n".join(message["content"] or "" for message in body["messages"]))
        if act == "echo":
            text = body["messages"][-1]["content"]
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        size = provider.size
        pieces = [text[i : i + size] for i in range(0, len(text), size)]
        if act == "half":
            pieces = pieces[: len(pieces) // 2]
        if act == "empty":
            pieces = []
        try:
            self._event(
                {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]}
            )
            for piece in pieces:
                self._event({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
                if provider.pause:
                    time.sleep(provider.pause)
                if act == "hold":
                    provider.release.wait(120)
                    act = "ok"
            for at, (name, arguments) in enumerate(provider.calls):
                self._call(at, {"id": f"call_{at}x", "type": "function", "function": {"name": name, "arguments": ""}})
                for i in range(0, len(arguments), size):
                    self._call(at, {"function": {"arguments": arguments[i : i + size]}})
            if act != "half":
                finish = "tool_calls" if provider.calls else "stop"
                self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
                self._event({"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}})
                self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            provider.gone.set()
        self.close_connection = True
        return None

    def _event(self, value: dict[str, Any]) -> None:
        frame = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "fake", **value}
        self.wfile.write(f"data: {json.dumps(frame)}\n\n".encode())
        self.wfile.flush()

    def _call(self, at: int, call: dict[str, Any]) -> None:
        self._event(
            {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": at, **call}]}, "finish_reason": None}]}
        )

    def _json(self, status: int, value: dict[str, Any]) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    request_queue_size = 256


@contextmanager
def serve(port: int = 0) -> Iterator[Provider]:
    """Serve on loopback until the block ends."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.daemon_threads = True
    provider = Provider(url=f"http://127.0.0.1:{server.server_address[1]}/v1")
    server.provider = provider  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.release.set()
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    with serve(int(sys.argv[1])) as running:
        running.pause = 0.05
        print(running.url, flush=True)
        threading.Event().wait()
