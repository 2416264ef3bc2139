"""The only place that opens a connection to a model, and the only user of LangChain.

LangChain and the provider packages are imported inside the functions: they cost a second and a hundred megabytes, and the web
process never calls a model.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.gateway.prompts import Message

#: LangChain's names of the providers whose clients are installed; "openai" stands for every address that speaks its protocol.
PROVIDERS = ("openai", "anthropic", "google_genai", "azure_openai", "ollama")
#: The stable version of Azure OpenAI's data plane, https://learn.microsoft.com/azure/ai-services/openai/api-version-deprecation
AZURE_API_VERSION = "2024-10-21"


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
class Chunk:
    """A piece of the answer; the last one carries what the provider counted."""

    text: str = ""
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
                usage = piece.usage_metadata or {}
                finish = _finish(piece.response_metadata) or finish
                started = started or bool(text)
                if text or usage:
                    yield Chunk(text, usage.get("input_tokens", 0), usage.get("output_tokens", 0), finish)
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


def probe(endpoint: Endpoint) -> None:
    """Ask for one word, to see whether the model answers. Nothing of the house is in it. Raises ToolError."""
    for _piece in stream(endpoint, [{"role": "user", "content": "Answer with the word yes."}], max_tokens=8):
        pass


def _finish(told: Mapping[str, Any]) -> str:
    """Why the model stopped, under whichever name the provider says it: "stop", "length", "end_turn", "max_tokens" …"""
    return next(
        (str(told[name]).lower() for name in ("finish_reason", "stop_reason", "done_reason") if told.get(name)), ""
    )


def _model(endpoint: Endpoint, max_tokens: int, schema: Mapping[str, Any] | None) -> Any:
    # Tracing would send prompts to another house; it stays off whatever the environment says.
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGCHAIN_TRACING"):
        os.environ[name] = "false"
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"temperature": 0.2, "max_retries": 0}
    if endpoint.provider in {"openai", "azure_openai"}:
        options |= {"timeout": endpoint.first_token_seconds, "max_tokens": max_tokens, "stream_usage": True}
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
            "temperature": 0.2,
            "num_predict": max_tokens,
            "client_kwargs": {"timeout": endpoint.first_token_seconds},
        }
        if schema is not None:
            options["format"] = dict(schema)
    elif endpoint.provider == "google_genai":
        options |= {"timeout": endpoint.first_token_seconds, "max_output_tokens": max_tokens}
    else:
        options |= {"timeout": endpoint.first_token_seconds, "max_tokens": max_tokens}
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
