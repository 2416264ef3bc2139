"""A provider that costs nothing: it answers every call of the OpenAI protocol at once, with a text that stands in no request.

``python -m bench.upstream <port> <characters>``
"""

import asyncio
import json
import sys

_SENTENCES = (
    "The plan rests on one person, so ask who decides when that person is away. ",
    "The price was named before anybody knew what the delay costs, which makes it look high. ",
    "Two of the three reasons are ours and not the buyer's; the third one is worth a call. ",
    "Nobody has said what happens if nothing is bought, and that is the strongest competitor. ",
)


def answer(characters: int) -> str:
    """A text of this length."""
    text = "".join(_SENTENCES) * (characters // 300 + 1)
    return text[:characters]


def _event(value: dict[str, object]) -> bytes:
    return b"data: " + json.dumps({"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "fake", **value}).encode() + b"\n\n"  # fmt: skip


def events(text: str, size: int = 5) -> list[bytes]:
    """The answer as the events of a stream, a token each."""
    pieces = [_event({"choices": [{"index": 0, "delta": {"content": text[i : i + size]}, "finish_reason": None}]}) for i in range(0, len(text), size)]  # fmt: skip
    last = _event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    usage = _event({"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}})
    return [*pieces, last, usage, b"data: [DONE]\n\n"]


async def serve(port: int, characters: int) -> None:
    """Serve on loopback until the process ends."""
    body = b"".join(events(answer(characters)))

    async def call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), 0)  # fmt: skip
                await reader.readexactly(length)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(call, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
