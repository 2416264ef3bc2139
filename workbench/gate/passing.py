"""A run on its way through the model while its client waits: what is safe is passed on at once, and every way out ends the run in the database."""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from policies.failures import failure_in_words
from workbench.accounts.models import ApiToken, User
from workbench.gate.asking import Asked, ask, review_required
from workbench.gate.errors import GateError, from_tool
from workbench.gate.leases import holding
from workbench.gate.threads import in_database, in_request, in_run, in_texts
from workbench.gateway import guard, llm, pipeline
from workbench.gateway.answering import AnswerStream
from workbench.gateway.chat import Chat, names_of
from workbench.gateway.pii import ScrubberUnavailable
from workbench.gateway.prompts import tokens
from workbench.runs import dispatch, execution
from workbench.runs.models import Output, Run, State

logger = logging.getLogger(__name__)
_LOOK_AGAIN = 0.5
_AHEAD = 256
"""So many pieces of an answer are read ahead of what was passed on."""
_freed: dict[asyncio.AbstractEventLoop, asyncio.Event] = {}
_endings: set[asyncio.Task[Any]] = set()


async def made(*, actor: User, token: ApiToken, chat: Chat) -> Asked:
    """The run a request becomes. Whoever goes away meanwhile leaves none that waits for them. Raises GateError."""
    gone = threading.Event()

    def make() -> Asked | None:
        return None if gone.is_set() else ask(actor=actor, token=token, chat=chat)

    making = asyncio.ensure_future(in_request(actor.pk, make))
    try:
        asked = await asyncio.shield(making)
    except asyncio.CancelledError:
        gone.set()
        _keep(_left(making))
        raise
    assert asked is not None
    return asked


async def _left(making: asyncio.Future[Asked | None]) -> None:
    """End what is made for somebody who went away."""
    try:
        asked = await making
        if asked is not None and asked.run.live:
            await _ended(asked.run, _drop, asked.run)
    except Exception as error:
        logger.info("a request that nobody waits for was not taken (%s)", type(error).__name__)


def _drop(run: Run) -> None:
    """End a live run that nobody waits for, claimed or not."""
    execution.abandon(run, "client_gone")
    execution.fail(run, "client_gone")


async def ready(asked: Asked) -> Run:
    """The run, claimed. Waits a while for room at its tool; raises GateError where none comes or it may not leave any more."""
    run = asked.run
    until = time.monotonic() + execution.LIVE_WAIT.total_seconds()
    freed = _freed.setdefault(asyncio.get_running_loop(), asyncio.Event())
    claiming: asyncio.Future[Run] | None = None
    try:
        while run.state == State.QUEUED:
            if time.monotonic() > until:
                await in_database(execution.abandon, run, "tool_busy")
                raise GateError(429, "tool_busy", _("The model is busy with other calls and had no room for %d seconds. Nothing left; the same can be asked again.") % execution.LIVE_WAIT.total_seconds(), retry_after=5, more={"run": run.pk})  # fmt: skip
            freed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(freed.wait(), _LOOK_AGAIN)
            claiming = asyncio.ensure_future(in_database(_claim_again, run))
            run = await asyncio.shield(claiming)
    except asyncio.CancelledError:
        await _to_the_end(_given_up(run, claiming))
        raise
    if run.state != State.RUNNING:
        code = run.reasons[0] if run.reasons else "denied"
        raise GateError(403, code, _("The policy changed while the call waited, and does not allow it any more. Nothing left."), more={"run": run.pk})  # fmt: skip
    return run


async def _given_up(run: Run, claiming: asyncio.Future[Run] | None) -> None:
    """The last claim may have succeeded since."""
    if claiming is not None:
        run = await claiming
    await _ended(run, _drop, run)


def _claim_again(run: Run) -> Run:
    claimed = execution.claim(run.pk, live=True)
    if claimed is None:
        run.refresh_from_db(fields=("state", "reasons"))
    return claimed or run


async def passed_on(asked: Asked) -> AsyncGenerator[llm.Chunk]:
    """Stream a live run. The last chunk has a finish reason, and comes when the answer is kept in the database. Raises GateError."""
    run, chat, endpoint = await ready(asked), asked.chat, asked.endpoint
    assert chat is not None
    ending: tuple[Any, ...] | None = None
    answer: AnswerStream | None = None
    began = time.monotonic()
    async with holding(run) as held:
        try:
            if endpoint is None:
                raise llm.ToolError("no_model", retryable=False)
            mapping = dict(asked.mapping or {})
            await in_texts(lambda: guard.check("\n".join(asked.sources), mapping, fixed=asked.fixed))
            answer = await in_texts(lambda: AnswerStream(asked.sources, mapping, names=names_of(chat), as_document=chat.as_document))  # fmt: skip
            async with aclosing(_batches(llm.converse(endpoint, chat))) as batches:
                async for batch in batches:
                    for chunk in await in_texts(partial(_fed, answer, batch)):
                        held.offered = time.monotonic()
                        yield chunk
                        held.offered = None
            rest = await in_texts(lambda: list(answer.finish()))
            for chunk in rest:
                held.offered = time.monotonic()
                yield chunk
                held.offered = None
            completion = await in_texts(lambda: _completion(answer, time.monotonic() - began))
            held.over = True
            await _to_the_end(in_database(execution.save, run, endpoint, completion))
            ending = ()
            yield llm.Chunk("", (), answer.input_tokens, answer.output_tokens, answer.finish_reason or "stop")
        except guard.Leak as leak:
            ending = (execution.block, run, leak)
            raise GateError(400, "blocked", failure_in_words("blocked"), more={"run": run.pk}) from None
        except ScrubberUnavailable:
            ending = (execution.fail, run, "scrubber", *_begun(asked, answer, began))
            raise GateError(503, "scrubber_unavailable", failure_in_words("scrubber"), retry_after=30, more={"run": run.pk}) from None  # fmt: skip
        except llm.ToolError as error:
            ending = (execution.fail, run, error.code, *_begun(asked, answer, began))
            raise from_tool(error.code, run.pk) from None
        except pipeline.Cancelled:
            ending = ()
            raise _cancelled(run) from None
        except asyncio.CancelledError:
            if held.why == "cancelled":
                ending = ()
                raise _cancelled(run) from None
            raise
        except Exception:
            ending = (execution.fail, run, "internal", *_begun(asked, answer, began))
            raise
        finally:
            if ending is None:  # Whoever asked went away, or reads no more.
                ending = (execution.fail, run, "client_gone", *_begun(asked, answer, began, sent=True))
            await _to_the_end(_ended(run, *ending))


def _cancelled(run: Run) -> GateError:
    return GateError(409, "cancelled", _("Run %d was cancelled while the model wrote.") % run.pk, more={"run": run.pk})


async def _ended(run: Run, *ending: Any) -> None:
    try:
        if ending:
            await in_database(*ending)
        if run.tool_id:
            await in_database(dispatch.wake_next, run.tool_id, 1)
    finally:
        _freed.setdefault(asyncio.get_running_loop(), asyncio.Event()).set()


async def _to_the_end(work: Any) -> Any:
    """Do something to its end, whoever is cancelled meanwhile."""
    return await asyncio.shield(_keep(work))


def _keep(work: Any) -> asyncio.Task[Any]:
    task: asyncio.Task[Any] = asyncio.ensure_future(work)
    _endings.add(task)
    task.add_done_callback(_endings.discard)
    return task


async def _batches(chunks: AsyncGenerator[llm.Chunk]) -> AsyncGenerator[list[llm.Chunk]]:
    """All chunks that have come meanwhile, together: under load fewer and larger pieces are looked at."""
    queue: asyncio.Queue[llm.Chunk | BaseException | None] = asyncio.Queue(_AHEAD)

    async def read() -> None:
        try:
            async with aclosing(chunks) as source:
                async for chunk in source:
                    await queue.put(chunk)
            await queue.put(None)
        except Exception as error:
            await queue.put(error)

    reader = asyncio.create_task(read())
    try:
        over = False
        while not over:
            batch: list[llm.Chunk] = []
            fault: BaseException | None = None
            one = await queue.get()
            while True:
                if isinstance(one, llm.Chunk):
                    batch.append(one)
                else:
                    over, fault = True, one
                    break
                if queue.empty():
                    break
                one = queue.get_nowait()
            if batch and fault is None:
                yield batch
            if fault is not None:
                raise fault
    finally:
        reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reader


def _fed(answer: AnswerStream, batch: list[llm.Chunk]) -> list[llm.Chunk]:
    return [chunk for piece in batch for chunk in answer.feed(piece)]


def _completion(answer: AnswerStream, seconds: float) -> pipeline.Completion:
    return pipeline.Completion(
        answer.raw, answer.told, answer.missing, answer.unexpected, answer.input_tokens, answer.output_tokens, 1, seconds,
        answer.finish_reason in ("length", "max_tokens"),
    )  # fmt: skip


def _begun(asked: Asked, answer: AnswerStream | None, began: float, *, sent: bool = False) -> tuple[llm.Endpoint, pipeline.Completion] | tuple[()]:  # fmt: skip
    """What was passed on of an answer that is not whole, with tokens by our own count where the provider has not told them. Nothing where nothing came, unless the provider had it all the same (``sent``)."""
    if answer is None or asked.endpoint is None or not (sent or answer.raw.strip()):
        return ()
    completion = _completion(answer, time.monotonic() - began)
    read = completion.input_tokens or tokens("\n".join(asked.sources))
    return asked.endpoint, replace(completion, input_tokens=read, output_tokens=completion.output_tokens or tokens(answer.raw), truncated=True)  # fmt: skip


async def whole(asked: Asked) -> Output:
    """Take a live run through the model as the worker does: prompts whose answer must be checked before anybody sees it. Raises GateError."""
    run = await ready(asked)
    try:
        await _to_the_end(in_run(execution.take_through, run))
    except asyncio.CancelledError:
        # Whoever takes it through notices that it has ended, and stops the call.
        await _to_the_end(in_database(execution.fail, run, "client_gone"))
        raise
    run, output = await in_database(_result, run.pk)
    if output is not None and run.state in (State.ANSWERED, State.RELEASED):
        return output
    if run.state == State.IN_REVIEW:
        raise review_required(run)
    if run.state == State.CANCELLED:
        raise _cancelled(run)
    if run.state == State.BLOCKED:
        raise GateError(400, "blocked", failure_in_words("blocked"), more={"run": run.pk})
    raise from_tool(run.failure or "unavailable", run.pk)


def _result(run_id: int) -> tuple[Run, Output | None]:
    run = Run.objects.select_related("output__data_key", "data_key").get(pk=run_id)
    output = getattr(run, "output", None)
    if output is not None:
        _ = output.draft, output.final  # Unsealed here, where the database may be asked.
    return run, output
