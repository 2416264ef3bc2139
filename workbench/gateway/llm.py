"""The only place that opens a connection to a model, and the only user of LangChain.

LangChain and the provider packages are imported inside the functions: they cost a second and a hundred megabytes, and the web
process never calls a model.
"""

import os
import re
import warnings
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from workbench.gateway.chat import Chat
from workbench.gateway.prompts import Message

#: LangChain's names of the providers whose clients are installed; "openai" stands for every address that speaks its protocol.
PROVIDERS = ("openai", "anthropic", "google_genai", "azure_openai", "ollama")
#: The stable version of Azure OpenAI's data plane, https://learn.microsoft.com/azure/ai-services/openai/api-version-deprecation
AZURE_API_VERSION = "2024-10-21"
_MOST_TOKENS = 1_000_000_000
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model that can be called. ``provider`` is LangChain's name; seconds are how long to wait for the next piece."""

    provider: str
    model: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    context_tokens: int = 8192
    first_token_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class CallPiece:
    """A piece of a call that the model makes of a tool: ``at`` numbers the calls of an answer; id and name stand in the first piece."""

    at: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of the answer; the last one carries what the provider counted."""

    text: str = ""
    calls: tuple[CallPiece, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    finish_reason: str = ""


class ToolError(Exception):
    """A call that did not work. ``code`` is for programs and the log, ``retryable`` says whether waiting helps.

    Codes: rate_limited, unavailable, timeout, broken_stream, garbage, refused, unknown_model, too_long, misconfigured.
    """

    def __init__(self, code: str, *, retryable: bool) -> None:
        self.code = code
        self.retryable = retryable
        super().__init__(code)


def warm_up() -> None:
    """Import what a call needs, so that the first run does not pay for it."""
    import langchain_openai  # noqa: F401


def stream(
    endpoint: Endpoint, messages: Sequence[Message], *, max_tokens: int, schema: Mapping[str, Any] | None = None
) -> Iterator[Chunk]:
    """Call the model and yield its answer as it comes.

    Closing the iterator closes the connection. Raises ToolError; nothing of the answer or of the provider's error text, which
    may repeat what was sent, is kept in it.
    """
    model = _model(endpoint, max_tokens, schema)
    started = False
    finish = ""
    fault: ToolError | None = None
    try:
        answer = model.stream([(message["role"], message["content"]) for message in messages])
        try:
            for piece in answer:
                text = piece.text if isinstance(piece.text, str) else piece.text()
                usage = piece.usage_metadata
                finish = _finish(piece.response_metadata) or finish
                started = started or bool(text)
                if text or usage:
                    yield Chunk(text, (), *_counted(usage), finish)
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
    except (GeneratorExit, ToolError):
        raise
    except Exception as error:
        fault = _translate(error, started)
    if fault is not None:
        # Raised out here, so that the provider's exception does not hang on to ours.
        raise fault
    if not started:
        raise ToolError("garbage", retryable=True)
    if not finish:
        # Every one of the protocols ends with a reason; without one the stream broke off and the text is only a part.
        raise ToolError("broken_stream", retryable=True)


async def converse(endpoint: Endpoint, chat: Chat) -> AsyncGenerator[Chunk]:
    """Pass a conversation on and yield the answer as it comes: text and calls of tools.

    Cancelling or closing it closes the connection. Raises ToolError like ``stream``.
    """
    started, finish = False, ""
    numbered = _Numbering()
    fault: ToolError | None = None
    try:
        model = _model(endpoint, int(chat.options.get("max_tokens", 0)), None, temperature=None)
        model = model.bind(**_passed_on(endpoint.provider, chat))
        if chat.tools:
            model = model.bind_tools(list(chat.tools), **_choice(endpoint.provider, chat.options.get("tool_choice")))
        async with aclosing(model.astream(_for_langchain(chat.messages))) as answer:
            async for piece in answer:
                text = _whole_characters(piece.text if isinstance(piece.text, str) else piece.text())
                usage = piece.usage_metadata
                finish = _finish(piece.response_metadata) or finish
                calls = tuple(
                    CallPiece(
                        numbered(one), *(_whole_characters(one.get(name) or "") for name in ("id", "name", "args"))
                    )
                    for one in piece.tool_call_chunks
                )
                started = started or bool(text or calls)
                if text or calls or usage:
                    yield Chunk(text, calls, *_counted(usage), finish)
    except (GeneratorExit, ToolError):
        raise
    except Exception as error:
        fault = _translate(error, started)
    if fault is not None:
        raise fault
    if not started and not finish:
        raise ToolError("garbage", retryable=True)
    if not finish:
        raise ToolError("broken_stream", retryable=True)
    yield Chunk(finish_reason=finish)


class _Numbering:
    """Numbers the calls of an answer from 0 on. Providers number the blocks of an answer, give no numbers, or the same to all; then another id tells."""

    def __init__(self) -> None:
        self._open: dict[Any, tuple[int, str]] = {}
        self._next = 0

    def __call__(self, piece: Mapping[str, Any]) -> int:
        index, id_ = piece.get("index"), piece.get("id") or ""
        at, known = self._open.get(index, (-1, ""))
        if at < 0 or (id_ and known and id_ != known):
            at, known = self._next, ""
            self._next += 1
        self._open[index] = at, known or id_
        return at


def _choice(provider: str, choice: Any) -> dict[str, Any]:
    """Which tool must be called, in the words of LangChain: "any", or the name of one. Providers that speak the OpenAI protocol take its own."""
    if choice is None:
        return {}
    if provider not in {"openai", "azure_openai"}:
        if isinstance(choice, dict):
            choice = choice["function"]["name"]
        elif choice == "required":
            choice = "any"
        elif choice == "none" and provider == "anthropic":
            choice = {"type": "none"}
    return {"tool_choice": choice}


def _whole_characters(text: str) -> str:
    """Without halves of characters, which cannot be written in UTF-8."""
    return _HALF.sub("\ufffd", text)


def _for_langchain(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**message, "content": message["content"] or ""} for message in messages]


def _passed_on(provider: str, chat: Chat) -> dict[str, Any]:
    """The options of a conversation as a provider's client takes them; what it has no word for is left out."""
    options = {name: value for name, value in chat.options.items() if name not in ("max_tokens", "tool_choice")}
    stop, form = list(chat.stop), chat.response_format
    if provider in {"openai", "azure_openai"}:
        passed = options | ({"stop": stop} if stop else {})
        # As a plain field of the body, see ``_model``.
        return passed | ({"extra_body": {"response_format": dict(form)}} if form else {})
    known = {"temperature", "top_p", "seed"} if provider != "anthropic" else {"temperature", "top_p"}
    passed = {name: value for name, value in options.items() if name in known} | ({"stop": stop} if stop else {})
    if chat.as_document and provider == "ollama":
        passed["format"] = form["json_schema"]["schema"] if form and form["type"] == "json_schema" else "json"
    if chat.as_document and provider == "google_genai":
        passed["response_mime_type"] = "application/json"
    return passed


def probe(endpoint: Endpoint) -> None:
    """Ask for one word, to see whether the model answers. Nothing of the house is in it. Raises ToolError."""
    for _piece in stream(endpoint, [{"role": "user", "content": "Answer with the word yes."}], max_tokens=8):
        pass


def _counted(usage: Mapping[str, Any] | None) -> tuple[int, int]:
    """Tokens in and out as the provider counted them, within what anybody can have used."""
    told = usage or {}
    read, written = (min(max(int(told.get(name) or 0), 0), _MOST_TOKENS) for name in ("input_tokens", "output_tokens"))
    return read, written


def _finish(told: Mapping[str, Any]) -> str:
    """Why the model stopped, under whichever name the provider says it: "stop", "length", "end_turn", "max_tokens" …"""
    return next(
        (str(told[name]).lower() for name in ("finish_reason", "stop_reason", "done_reason") if told.get(name)), ""
    )


def _model(
    endpoint: Endpoint, max_tokens: int, schema: Mapping[str, Any] | None, *, temperature: float | None = 0.2
) -> Any:
    """The client of a provider. ``max_tokens`` 0 and ``temperature`` None: as the provider has it."""
    # Tracing would send prompts to another house; it stays off whatever the environment says.
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGCHAIN_TRACING"):
        os.environ[name] = "false"
    # These warnings quote what the provider sent, and would stand in the log.
    warnings.filterwarnings("ignore", "Pydantic serializer warnings", UserWarning)
    from langchain.chat_models import init_chat_model

    limit = max_tokens or None
    options: dict[str, Any] = {"temperature": temperature, "max_retries": 0}
    if endpoint.provider in {"openai", "azure_openai"}:
        options |= {"timeout": endpoint.first_token_seconds, "max_tokens": limit, "stream_usage": True}
        if schema is not None:
            # As a plain field of the body: the client's own parser would raise on an answer that does not fit, and we
            # want to keep that answer and say what is wrong with it.
            options["extra_body"] = {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "output", "schema": dict(schema), "strict": False},
                }
            }
        if endpoint.provider == "azure_openai":
            # Azure refuses a call without a version of its interface; OPENAI_API_VERSION names another one.
            options["api_version"] = os.environ.get("OPENAI_API_VERSION", AZURE_API_VERSION)
    elif endpoint.provider == "ollama":
        options = {
            "temperature": temperature,
            "num_predict": limit,
            "client_kwargs": {"timeout": endpoint.first_token_seconds},
        }
        if schema is not None:
            options["format"] = dict(schema)
    elif endpoint.provider == "google_genai":
        options |= {"timeout": endpoint.first_token_seconds, "max_output_tokens": limit}
    else:
        options |= {"timeout": endpoint.first_token_seconds, "max_tokens": limit}
    options = {name: value for name, value in options.items() if value is not None}
    if endpoint.base_url:
        options["azure_endpoint" if endpoint.provider == "azure_openai" else "base_url"] = endpoint.base_url
    if endpoint.api_key:
        options["api_key"] = endpoint.api_key
    try:
        return init_chat_model(endpoint.model, model_provider=endpoint.provider, **options)
    except Exception:
        raise ToolError("misconfigured", retryable=False) from None


def _translate(error: Exception, started: bool) -> ToolError:
    """The providers' many exceptions as one. Told apart by HTTP status where there is one, else by the kind of failure."""
    status = next(filter(None, map(_status, (error, getattr(error, "response", None), error.__cause__))), None)
    kind = " ".join(cls.__name__ for cls in type(error).__mro__).lower()
    if status is not None:
        if status == 429:
            return ToolError("rate_limited", retryable=True)
        if status in {401, 403}:
            return ToolError("refused", retryable=False)
        if status == 404:
            return ToolError("unknown_model", retryable=False)
        if status in {400, 413, 422}:
            told = str(error).lower()
            long = any(words in told for words in ("context", "too long", "token count"))
            return ToolError("too_long" if long else "misconfigured", retryable=False)
        return ToolError("unavailable", retryable=True)
    if "timeout" in kind:
        return ToolError("timeout", retryable=True)
    if started:
        return ToolError("broken_stream", retryable=True)
    if "connect" in kind or "protocol" in kind or "network" in kind or isinstance(error, OSError):
        return ToolError("unavailable", retryable=True)
    return ToolError("garbage", retryable=True)


def _status(told: object) -> int | None:
    """The HTTP status an exception or response carries; Google's client calls it ``code``."""
    found = getattr(told, "status_code", None) or getattr(told, "code", None)
    return found if isinstance(found, int) and 400 <= found < 600 else None
