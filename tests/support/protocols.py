"""Servers on loopback that speak the protocols of the other providers: Anthropic, Google, Azure and Ollama.

Each answers ``ANSWER`` in pieces with a count of 11 tokens in and 7 out, or fails with the status it was told.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = "Situation: three cold stores, one alarm."


@dataclass
class Call:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Server:
    """``status`` other than 200 makes every call fail with it; ``broken`` ends the stream in the middle."""

    protocol: str
    url: str = ""
    status: int = 200
    broken: bool = False
    calls: list[Call] = field(default_factory=list)


def _pieces(broken: bool) -> list[str]:
    pieces = [ANSWER[i : i + 9] for i in range(0, len(ANSWER), 9)]
    return pieces[:2] if broken else pieces


def _anthropic(broken: bool) -> Iterator[bytes]:
    def event(kind: str, **fields: Any) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()

    start: dict[str, Any] = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "fake",
        "content": [],
        "stop_reason": None,
    }
    yield event("message_start", message=start | {"usage": {"input_tokens": 11, "output_tokens": 1}})
    yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    for piece in _pieces(broken):
        yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
    if not broken:
        yield event("content_block_stop", index=0)
        yield event("message_delta", delta={"stop_reason": "end_turn"}, usage={"input_tokens": 11, "output_tokens": 7})
        yield event("message_stop")


def _google(broken: bool) -> Iterator[bytes]:
    pieces = _pieces(broken)
    for number, piece in enumerate(pieces, 1):
        candidate: dict[str, Any] = {"content": {"role": "model", "parts": [{"text": piece}]}, "index": 0}
        frame: dict[str, Any] = {"candidates": [candidate], "modelVersion": "fake"}
        if number == len(pieces) and not broken:
            candidate["finishReason"] = "STOP"
            frame["usageMetadata"] = {"promptTokenCount": 11, "candidatesTokenCount": 7, "totalTokenCount": 18}
        yield f"data: {json.dumps(frame)}\r\n\r\n".encode()


def _azure(broken: bool) -> Iterator[bytes]:
    def event(**fields: Any) -> bytes:
        frame = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "fake", **fields}
        return f"data: {json.dumps(frame)}\n\n".encode()

    for piece in _pieces(broken):
        yield event(choices=[{"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}])
    if not broken:
        yield event(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}])
        yield event(choices=[], usage={"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18})
        yield b"data: [DONE]\n\n"


def _ollama(broken: bool) -> Iterator[bytes]:
    def line(**fields: Any) -> bytes:
        return json.dumps({"model": "fake", "created_at": "2026-01-01T00:00:00Z", **fields}).encode() + b"\n"

    for piece in _pieces(broken):
        yield line(message={"role": "assistant", "content": piece}, done=False)
    if not broken:
        end = {"done": True, "done_reason": "stop", "prompt_eval_count": 11, "eval_count": 7}
        yield line(message={"role": "assistant", "content": ""}, **end)


_STREAMS = {"anthropic": _anthropic, "google_genai": _google, "azure_openai": _azure, "ollama": _ollama}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        told: Server = self.server.told  # type: ignore[attr-defined]
        # The Ollama client sends its body in chunks.
        body = self._chunks() if "chunked" in self.headers.get("Transfer-Encoding", "") else self._sized()
        told.calls.append(Call(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.close_connection = True
        self.send_response(told.status)
        self.send_header("Connection", "close")
        kind = "application/x-ndjson" if told.protocol == "ollama" else "text/event-stream"
        self.send_header("Content-Type", kind if told.status == 200 else "application/json")
        self.end_headers()
        if told.status != 200:
            error = {"type": "error", "message": f"status {told.status}: {json.dumps(body)[:200]}", "code": told.status}
            self.wfile.write(json.dumps({"type": "error", "error": error}).encode())
            return
        for frame in _STREAMS[told.protocol](told.broken):
            self.wfile.write(frame)

    def _sized(self) -> dict[str, Any]:
        return dict(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _chunks(self) -> dict[str, Any]:
        content = b""
        while size := int(self.rfile.readline(), 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return dict(json.loads(content))


@contextmanager
def speak(protocol: str) -> Iterator[Server]:
    """Serve one protocol on loopback until the block ends; ``protocol`` is LangChain's name of the provider."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    told = Server(protocol, url=f"http://127.0.0.1:{server.server_address[1]}")
    server.told = told  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
