"""The answer to a conversation on its way home: text and calls of tools, piece by piece, each piece safe to pass on."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workbench.gateway.llm import CallPiece, Chunk
from workbench.gateway.pii import DocumentStream, Reply, TextStream, restore

_ID = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_FENCE = re.compile(r"```(?:json)?[ \t]*\r?\n\s*", re.IGNORECASE)
_BEGINS_FENCE = re.compile(r"`{1,3}|```(?:j(?:s(?:o(?:n)?)?)?)?[ \t]*\r?\n?\s*", re.IGNORECASE)
_BEGINS_DOCUMENT = re.compile(r"\{\s*[\"}]|\[\s*[{\[\"]")
#: How the providers say why they stopped, as the OpenAI protocol says it.
_FINISHES = {
    "end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "tool_use": "tool_calls", "safety": "content_filter",
    "refusal": "content_filter", "function_call": "tool_calls",
}  # fmt: skip
FINISHES = frozenset({"stop", "length", "tool_calls", "content_filter"})


def finish_of(reason: str) -> str:
    """Why the answer ended, in the words of the OpenAI protocol."""
    reason = _FINISHES.get(reason, reason)
    return reason if reason in FINISHES else "stop"


class _Content:
    """The text of an answer: JSON where it was asked for or begins like it, else text."""

    def __init__(self, reply: Reply, *, as_document: bool) -> None:
        self._reply, self._as_document = reply, as_document
        self._begin = ""
        self._stream: TextStream | DocumentStream | None = None

    def feed(self, chunk: str) -> str:
        if self._stream is not None:
            return self._stream.feed(chunk)
        self._begin += chunk
        return self._decide(final=False)

    def finish(self) -> str:
        before = self._decide(final=True) if self._stream is None else ""
        return before + (self._stream.finish() if self._stream is not None else "")

    def _decide(self, *, final: bool) -> str:
        """Which of the two it is shows at its first characters; a fence of Markdown before a document passes."""
        text = self._begin.lstrip()
        blank = self._begin[: len(self._begin) - len(text)]
        if not final and (not text or _BEGINS_FENCE.fullmatch(text)):
            return ""
        fence = _FENCE.match(text)
        body = text[fence.end() :] if fence else text
        if not final and (not body or re.fullmatch(r"[{\[]\s*", body)):
            return ""
        if _BEGINS_DOCUMENT.match(body) or (self._as_document and not fence):
            self._stream = DocumentStream(self._reply)
            return blank + (fence[0] if fence else "") + self._stream.feed(body)
        self._stream = TextStream(self._reply)
        return self._stream.feed(self._begin)


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    begun: bool = False
    raw: list[str] = field(default_factory=list)
    home: list[str] = field(default_factory=list)


class AnswerStream:
    """Takes the chunks of a model and gives the ones that may be passed on; whole answers go the same way. Not for several threads.

    Args:
        sources: what the model was given, with placeholders.
        mapping: placeholder → original.
        names: names of the tools it was given and of their fields, which stay as they are.
        as_document: whether JSON was asked for.

    Raises:
        ScrubberUnavailable: here or later; nobody can say then what the answer holds, and no more of it leaves.
    """

    def __init__(
        self, sources: Sequence[str], mapping: Mapping[str, str], *, names: Collection[str] = (), as_document: bool = False
    ) -> None:  # fmt: skip
        self._reply = Reply(sources, mapping, names)
        self._mapping = mapping
        self._new_content: Callable[[], _Content] = lambda: _Content(self._reply, as_document=as_document)
        self._content: _Content | None = None
        self._raw: list[str] = []
        self._home: list[str] = []
        self._calls: dict[int, _Call] = {}
        self._arguments: dict[int, DocumentStream] = {}
        self.finish_reason = ""
        self.input_tokens = self.output_tokens = 0

    def feed(self, chunk: Chunk) -> Iterator[Chunk]:
        """Take the next chunk; what may be passed on now."""
        self.input_tokens += chunk.input_tokens
        self.output_tokens += chunk.output_tokens
        self.finish_reason = chunk.finish_reason or self.finish_reason
        if chunk.text:
            self._raw.append(chunk.text)
            self._content = self._content or self._new_content()
            yield from self._said(self._content.feed(chunk.text))
        for piece in chunk.calls:
            # What was said before a call is over.
            yield from self._end_content()
            yield from self._called(piece)

    def finish(self) -> Iterator[Chunk]:
        """What was held back. The answer is over then."""
        yield from self._end_content()
        for at, call in sorted(self._calls.items()):
            yield from self._begun(at, call)
            yield from self._argued(at, call, self._arguments[at].finish())

    def _end_content(self) -> Iterator[Chunk]:
        if self._content is not None:
            yield from self._said(self._content.finish())
            self._content = None

    def _said(self, text: str) -> Iterator[Chunk]:
        if text:
            self._home.append(text)
            yield Chunk(text)

    def _called(self, piece: CallPiece) -> Iterator[Chunk]:
        call = self._calls.setdefault(piece.at, _Call())
        self._arguments.setdefault(piece.at, DocumentStream(self._reply))
        if not call.begun:
            call.id += piece.id
            call.name += piece.name
        if piece.arguments:
            call.raw.append(piece.arguments)
            # A name may come in pieces too; it is whole when the arguments begin.
            yield from self._begun(piece.at, call)
            yield from self._argued(piece.at, call, self._arguments[piece.at].feed(piece.arguments))

    def _begun(self, at: int, call: _Call) -> Iterator[Chunk]:
        if not call.begun:
            call.begun = True
            fine = _ID.fullmatch(call.id) and not self._reply.unexpected(call.id)
            call.id = call.id if fine else f"call_{at + 1}"
            call.name = self._known(call.name)
            yield Chunk(calls=(CallPiece(at, call.id, call.name),))

    def _argued(self, at: int, call: _Call, text: str) -> Iterator[Chunk]:
        if text:
            call.home.append(text)
            yield Chunk(calls=(CallPiece(at, arguments=text),))

    def _known(self, name: str) -> str:
        """The name of a tool that there is; another one is looked at like any text, and holds no sign that a name may not."""
        if name in self._reply.names:
            return name
        stream = TextStream(self._reply)
        shown = stream.feed(name.replace("_", " ")) + stream.finish()
        return re.sub(r"[^A-Za-z0-9-]+", "_", shown)[:64]

    @property
    def text(self) -> str:
        """What was passed on as text so far."""
        return "".join(self._home)

    @property
    def calls(self) -> list[CallPiece]:
        """The calls that were passed on so far, each in one piece."""
        return [CallPiece(at, call.id, call.name, "".join(call.home)) for at, call in sorted(self._calls.items())]

    @property
    def raw(self) -> str:
        """All that came, with placeholders: the text, then the calls, one a line."""
        return "\n".join(["".join(self._raw), *(f"{call.name}({''.join(call.raw)})" for _at, call in sorted(self._calls.items()))])  # fmt: skip

    @property
    def told(self) -> str:
        """All that was passed on, as ``raw`` writes it."""
        return "\n".join([self.text, *(f"{call.name}({call.arguments})" for call in self.calls)])

    @property
    def missing(self) -> tuple[str, ...]:
        """Placeholders that the answer lacks."""
        return restore(self.raw, self._mapping).missing

    @property
    def unexpected(self) -> tuple[str, ...]:
        """Placeholders that nobody gave, and the marks over what was personal and stood in no source."""
        unknown = restore(self.raw, self._mapping).unexpected
        return (*(mark for mark in unknown if mark not in self._reply.names), *self._reply.marks)
