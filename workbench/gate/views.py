"""``/v1``: what programs that speak the OpenAI protocol call. Asynchronous, so that a stream holds nothing while it waits."""

import json
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from policies.models import Category
from workbench.accounts.models import ApiToken
from workbench.accounts.services import find_token
from workbench.gate.asking import Asked, review_required
from workbench.gate.errors import GateError, from_refused, internal, unknown_model
from workbench.gate.offered import models_for
from workbench.gate.passing import made, passed_on, whole
from workbench.gate.threads import in_database
from workbench.gateway.answering import finish_of
from workbench.gateway.chat import Chat, ChatRefused, read_chat
from workbench.gateway.llm import CallPiece, Chunk

logger = logging.getLogger(__name__)
View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


def _answered(method: str) -> Callable[[View], View]:
    """A view of this method whose every error has the shape of the protocol, in the language of the person or the request."""

    def make(view: View) -> View:
        async def answer(request: HttpRequest, **named: str) -> HttpResponseBase:
            translation.activate(translation.get_language_from_request(request))
            try:
                if request.method != method:
                    raise GateError(405, "method", _("This address takes %s alone.") % method)
                token = await _caller(request)
                if token.user.language:
                    translation.activate(token.user.language)
                return await view(request, token, **named)
            except GateError as error:
                return _error(error)
            except Exception as error:
                # The text of an exception may carry a piece of what was sent.
                logger.error("a call at the gate failed (%s)", type(error).__name__)
                return _error(internal())

        return answer

    return make


async def _caller(request: HttpRequest) -> ApiToken:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise GateError(401, "no_token", _("The Authorization header must read: Bearer, one space, a token. Make one on the page “Connect a tool”."))  # fmt: skip
    token = await in_database(find_token, secret.strip())
    if token is None or not token.user.is_active:
        raise GateError(401, "invalid_api_key", _("This token is unknown or was revoked. Make a new one on your profile page."))  # fmt: skip
    return token


def _error(error: GateError) -> JsonResponse:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if error.more.get("run"):
        headers["X-Workbench-Run"] = str(error.more["run"])
    return JsonResponse(error.body, status=error.status, headers=headers)


@_answered("GET")
async def models(request: HttpRequest, token: ApiToken) -> HttpResponse:
    """What this person may ask for, as models."""
    return JsonResponse({"object": "list", "data": await in_database(models_for, token.user)})


@_answered("GET")
async def model(request: HttpRequest, token: ApiToken, name: str) -> HttpResponse:
    """One of them."""
    found = next((one for one in await in_database(models_for, token.user) if one["id"] == name), None)
    if found is None:
        raise unknown_model(name)
    return JsonResponse(found)


@_answered("POST")
async def completions(request: HttpRequest, token: ApiToken) -> HttpResponseBase:
    """A chat completion, whole or streamed."""
    chat = _read(request)
    asked = await made(actor=token.user, token=token, chat=chat)
    if asked.run.category == Category.HUMAN_IN_THE_LOOP:
        raise review_required(asked.run)
    chunks = passed_on(asked) if asked.chat is not None else _in_one_piece(asked)
    if not chat.stream:
        return await _whole(asked, chat, chunks)
    # What fails before the first piece is an error of HTTP; later ones are events.
    first = await anext(chunks)
    response = StreamingHttpResponse(_events(asked, chat, first, chunks), content_type="text/event-stream")
    for name, value in {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Workbench-Run": str(asked.run.pk)}.items():  # fmt: skip
        response.headers[name] = value
    return response


def _read(request: HttpRequest) -> Chat:
    try:
        body = request.body
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
    except RequestDataTooBig:
        raise GateError(413, "too_large", _("The request is larger than %d bytes. Nothing was stored, nothing left.") % settings.DATA_UPLOAD_MAX_MEMORY_SIZE) from None  # fmt: skip
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_number)
        # Half of a character can stand in an escape; nobody can write it in UTF-8.
        json.dumps(value, ensure_ascii=False).encode()
        return read_chat(value)
    except ChatRefused as refused:
        raise from_refused(refused) from None
    except (ValueError, RecursionError):
        raise GateError(
            400, "not_json", _("The body is not JSON in UTF-8. Nothing was stored, nothing left.")
        ) from None


def _no_number(name: str) -> None:
    """NaN and Infinity are no JSON, RFC 8259."""
    raise ValueError


async def _in_one_piece(asked: Asked) -> AsyncGenerator[Chunk]:
    """An answer that is checked as a whole before anybody sees it."""
    output = await whole(asked)
    yield Chunk(output.final or output.draft)
    yield Chunk("", (), output.input_tokens, output.output_tokens, "length" if output.truncated else "stop")


def _frame(asked: Asked, chat: Chat, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{asked.run.pk}", "object": kind, "created": int(asked.run.created_at.timestamp()), "model": chat.model}  # fmt: skip


def _usage(chunk: Chunk) -> dict[str, int]:
    return {"prompt_tokens": chunk.input_tokens, "completion_tokens": chunk.output_tokens, "total_tokens": chunk.input_tokens + chunk.output_tokens}  # fmt: skip


async def _whole(asked: Asked, chat: Chat, chunks: AsyncGenerator[Chunk]) -> HttpResponse:
    texts: list[str] = []
    calls: dict[int, dict[str, Any]] = {}
    last = Chunk()
    async for chunk in chunks:
        texts.append(chunk.text)
        for piece in chunk.calls:
            call = calls.setdefault(piece.at, {"id": piece.id, "type": "function", "function": {"name": piece.name, "arguments": ""}})  # fmt: skip
            call["function"]["arguments"] += piece.arguments
        last = chunk
    message: dict[str, Any] = {"role": "assistant", "content": "".join(texts) or None, "refusal": None}
    if calls:
        message["tool_calls"] = [call for _at, call in sorted(calls.items())]
    elif message["content"] is None:
        message["content"] = ""
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_of(last.finish_reason)}
    body = _frame(asked, chat, "chat.completion") | {"choices": [choice], "usage": _usage(last)}
    return JsonResponse(body, headers={"X-Workbench-Run": str(asked.run.pk)})


async def _events(asked: Asked, chat: Chat, first: Chunk, chunks: AsyncGenerator[Chunk]) -> AsyncGenerator[bytes]:
    """The answer as events of the protocol; what fails in the middle is an event with an error, after which nothing comes."""
    frame = _frame(asked, chat, "chat.completion.chunk") | ({"usage": None} if chat.usage else {})

    def event(delta: dict[str, Any], finish: str | None = None) -> bytes:
        return _line(frame | {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]})

    language = translation.get_language() or "en"
    try:
        yield event({"role": "assistant", "content": ""})
        chunk: Chunk | None = first
        while chunk is not None:
            if chunk.text:
                yield event({"content": chunk.text})
            for piece in chunk.calls:
                yield event({"tool_calls": [_call(piece)]})
            if chunk.finish_reason:
                yield event({}, finish_of(chunk.finish_reason))
                if chat.usage:
                    yield _line(frame | {"choices": [], "usage": _usage(chunk)})
                yield b"data: [DONE]\n\n"
                return
            chunk = await anext(chunks, None)
    except GateError as error:
        with translation.override(language):
            yield _line(error.body)
    except Exception as error:
        logger.error("a stream at the gate failed (%s)", type(error).__name__)
        yield _line(internal().body)
    finally:
        await chunks.aclose()


def _call(piece: CallPiece) -> dict[str, Any]:
    if piece.name:
        return {"index": piece.at, "id": piece.id, "type": "function", "function": {"name": piece.name, "arguments": piece.arguments}}  # fmt: skip
    return {"index": piece.at, "function": {"arguments": piece.arguments}}


def _line(value: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def nothing_here(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Any other address."""
    return _error(GateError(404, "not_found", _("There is nothing here. The gate answers at /v1/models and /v1/chat/completions.")))  # fmt: skip
