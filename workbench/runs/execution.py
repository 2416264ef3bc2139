"""What the worker does with a run: claim, call, save. And what the sweeper does with runs whose worker died."""

import logging
import random
import secrets
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.models import Origin
from policies import tools
from policies.control_points import CheckResult, Draft, run_checks
from policies.models import Category, ControlPoint, Tool
from policies.services import book_use, take_effect
from workbench.gateway import guard, llm, pipeline
from workbench.gateway.pii import ScrubberUnavailable
from workbench.runs import dispatch, jobs, testing, typed
from workbench.runs.heartbeat import LEASE, Heartbeat
from workbench.runs.models import Output, Run, State
from workbench.runs.notices import tell_waiting
from workbench.runs.services import (
    deciders,
    due_at,
    expire_overdue,
    log_run,
    payload_from_json,
    plant_error,
    refused_now,
    remind_before_limit,
    text_sha256,
)

logger = logging.getLogger(__name__)

PROGRESS_SECONDS = 0.6
MAX_ATTEMPTS = 4
MOST_TOKENS = 4_096
"""So long is the answer to a conversation that a reviewer reads, at most."""
LIVE_WAIT = timedelta(seconds=20)
"""So long whoever asked through the gate waits for room at a busy tool."""
ABANDONED = timedelta(minutes=2)
"""A live run that waits for its tool so long has lost whoever asked."""
BACKOFF_SECONDS = (2, 10, 30)


def execute_run(run_id: int) -> None:
    """Take a queued run through the model. A second delivery of the same run ends here without doing anything.

    Everything that can go wrong with the tool ends in a state: queued again, blocked or failed.
    """
    run = claim(run_id)
    if run is not None:
        take_through(run)


def take_through(run: Run) -> None:
    """Take a claimed run through the model to its end."""
    try:
        with holding(run) as heartbeat:
            _execute(run, heartbeat)
    except pipeline.Cancelled:
        logger.info("run %s was cancelled or taken over", run.pk)
    except guard.Leak as leak:
        block(run, leak)
    except ScrubberUnavailable:
        _retry_or_fail(run, "scrubber", retryable=True)
    except llm.ToolError as error:
        _retry_or_fail(run, error.code, retryable=error.retryable)
    finally:
        if run.tool_id:
            dispatch.wake_next(run.tool_id, 1)


@transaction.atomic
def claim(run_id: int, *, live: bool = False) -> Run | None:
    """Queued → running for one worker, or None: taken, ended, not yet due, or its tool is busy. ``live``: by whoever waits for it."""
    # The lock on the tool makes counting and claiming one step.
    tool = Tool.objects.select_for_update(of=("self",)).filter(runs=run_id).first()
    now = timezone.now()
    if tool is None or not _has_room(tool) or (live and not _is_next(run_id, tool, now)):
        return None
    run = (
        Run.objects.dispatchable(live=live)
        .select_related(
            "data_key", "tool__data_key", "activity", "prompt_version__prompt", "policy_version", "requester__team"
        )
        .filter(pk=run_id)
        .first()
    )
    if run is None:
        return None
    if reasons := refused_now(run):
        if Run.objects.filter(pk=run_id, state=State.QUEUED).update(
            state=State.DENIED, reasons=reasons, finished_at=now
        ):
            log_run("run.denied", run, None, reasons=reasons)
        return None
    return run if _begin(run, now) else None


@transaction.atomic
def take(run: Run) -> bool:
    """Claim a live run in the transaction that made it: nothing was decided since. False where its tool is busy; then it waits."""
    tool = Tool.objects.select_for_update(of=("self",)).get(pk=run.tool_id or 0)
    now = timezone.now()
    return _has_room(tool) and _is_next(run.pk, tool, now) and _begin(run, now)


def _has_room(tool: Tool) -> bool:
    return Run.objects.filter(state=State.RUNNING, tool=tool).count() < tool.max_concurrent


def _is_next(run_id: int, tool: Tool, now: datetime) -> bool:
    """Whoever waits for a busy tool longest comes first; who would have given up by now counts no more."""
    return not Run.objects.filter(state=State.QUEUED, live=True, tool=tool, pk__lt=run_id, created_at__gt=now - LIVE_WAIT).exists()  # fmt: skip


def _begin(run: Run, now: datetime) -> bool:
    change: dict[str, Any] = {
        "state": State.RUNNING, "lease": uuid.uuid4(), "lease_until": now + LEASE, "started_at": now,
        "attempts": run.attempts + 1, "retry_at": None, "progress": {"step": "guard"}, "partial_sealed": None,
    }  # fmt: skip
    if not Run.objects.filter(pk=run.pk, state=State.QUEUED).update(**change):
        return False
    for name, value in change.items():
        setattr(run, name, value)
    log_run("run.started", run, None, attempt=run.attempts, payload_sha256=run.payload_sha256)
    return True


def holding(run: Run) -> Heartbeat:
    """Keeps the lease of a run while the model thinks."""
    return Heartbeat(f"run {run.pk}", lambda: bool(_held(run).update(lease_until=timezone.now() + LEASE)))


def _held(run: Run) -> Any:
    return Run.objects.filter(pk=run.pk, state=State.RUNNING, lease=run.lease)


def _execute(run: Run, heartbeat: Heartbeat) -> None:
    assert run.tool is not None
    endpoint = tools.endpoint(run.tool)
    if endpoint is None or not run.tool.enabled:
        raise llm.ToolError("no_model", retryable=False)
    last = 0.0

    def report(progress: pipeline.Progress) -> None:
        nonlocal last
        if heartbeat.lost.is_set():
            raise pipeline.Cancelled
        now = time.monotonic()
        # "guard" stands there since the run was claimed; the steps after the model take milliseconds.
        if progress.step == "guard" or (progress.text and now - last < PROGRESS_SECONDS):
            return
        last = now
        run.partial = progress.text or None
        state = {
            "step": progress.step,
            "part": progress.part,
            "parts": progress.parts,
            "words": len(progress.text.split()),
        }
        if not _held(run).update(progress=state, partial_sealed=run.partial_sealed):
            raise pipeline.Cancelled

    completion = pipeline.complete(
        endpoint,
        payload_from_json(run.outbound),
        run.mapping,
        max_tokens=_longest(run),
        schema=run.output_schema,
        report=report,
    )
    save(run, endpoint, completion)


def save(run: Run, endpoint: llm.Endpoint, completion: pipeline.Completion) -> None:
    """Ask the control points on the output, and keep it with the state that follows. Raises pipeline.Cancelled where the lease was lost."""
    points = {
        point.kind: point.params for point in ControlPoint.objects.filter(policy_version_id=run.policy_version_id)
    }
    draft = Draft(completion.text, tuple(run.inputs.values()), completion.unexpected, run.output_schema)
    _save(run, endpoint, completion, run_checks(points, draft), points)


@transaction.atomic
def _save(
    run: Run,
    endpoint: llm.Endpoint,
    completion: pipeline.Completion,
    results: list[CheckResult],
    points: dict[str, Any],
) -> None:
    """The output and the next state, once: whoever lost the lease writes nothing."""
    assert run.policy_version is not None
    text = completion.text
    rules_hold = all(result.ok for result in results) and not completion.truncated
    now = timezone.now()
    change: dict[str, Any] = {"lease": None, "partial_sealed": None, "progress": {"step": "done"}}
    data: dict[str, Any] = {
        "raw_sha256": text_sha256(completion.raw),
        "output_sha256": text_sha256(text),
        "checks": {result.kind: result.ok for result in results},
        "missing": len(completion.missing),
        "unexpected": len(completion.unexpected),
        "input_tokens": completion.input_tokens,
        "output_tokens": completion.output_tokens,
        "calls": completion.calls,
    }
    released = run.category == Category.AUTOMATED and rules_hold and bool(results)
    if run.category == Category.SPARRING_PARTNER:
        action, change = (
            "run.answered",
            change | {"state": State.ANSWERED, "finished_at": now, "person_of_record_id": run.requester_id},
        )
    elif released:
        share = float(points.get("sample", {}).get("percent", 0))
        sampled = secrets.randbelow(10_000) < share * 100
        change |= {
            "state": State.RELEASED,
            "finished_at": now,
            "person_of_record_id": run.policy_version.accountable_id,
            "sampled": sampled,
        }
        action = "run.released_by_rule"
        data |= {"accountable_id": run.policy_version.accountable_id, "sampled": sampled}
    else:
        action, change = "run.drafted", change | {"state": State.IN_REVIEW, "due_at": due_at(points)}
    if not _held(run).update(**change):
        raise pipeline.Cancelled
    output = _output(run, endpoint, completion, results)
    if released:
        output.final, output.final_sha256 = text, data["output_sha256"]
    output.save()
    if run.tool is not None:
        book_use(
            tool=run.tool,
            team_id=run.requester.team_id,
            input_tokens=completion.input_tokens,
            output_tokens=completion.output_tokens,
        )
    log_run(action, run, None, origin=Origin.AI, model=_code(endpoint.model), **data)
    if action == "run.drafted":
        plant_error(run=run, draft=text, points=points, rng=random.SystemRandom())
        run.state = State.IN_REVIEW
        tell_waiting(run, deciders(run))


def _code(text: str) -> str:
    """A model's name or a placeholder-like mark as a code word for the log."""
    return "".join(char if (char.isalnum() and char.isascii()) or char in "_.:-/[]" else "_" for char in text)[:80]


def _longest(run: Run) -> int:
    """How many tokens the answer may have: as the prompt says, or as a conversation asked for, within the usual."""
    if run.prompt_version is not None:
        return run.prompt_version.max_output_tokens
    return min(int(run.outbound["conversation"].get("options", {}).get("max_tokens", MOST_TOKENS)), MOST_TOKENS)


def _retry_or_fail(run: Run, code: str, *, retryable: bool) -> None:
    if not retryable or run.live or run.attempts >= MAX_ATTEMPTS:
        fail(run, code)
        return
    pause = BACKOFF_SECONDS[min(run.attempts, len(BACKOFF_SECONDS)) - 1]
    with transaction.atomic():
        changed = _held(run).update(
            state=State.QUEUED, lease=None, lease_until=None, retry_at=timezone.now() + timedelta(seconds=pause),
            progress={"step": "waiting", "code": code}, partial_sealed=None,
        )  # fmt: skip
        if changed:
            log_run("run.retried", run, None, attempt=run.attempts, code=code)
            transaction.on_commit(lambda: dispatch.wake(run.pk, countdown=pause + 0.1))


@transaction.atomic
def fail(run: Run, code: str, endpoint: llm.Endpoint | None = None, begun: pipeline.Completion | None = None) -> None:
    """End a claimed run that got no answer, or not all of one. Nobody tries it again.

    ``begun``: what was passed on until then. It is kept and logged like every output, and counts for the team's month, since whoever asked has read it.
    """
    told: dict[str, Any] = {}
    if begun is not None and begun.raw.strip():
        told = {"raw_sha256": text_sha256(begun.raw), "output_sha256": text_sha256(begun.text), "input_tokens": begun.input_tokens, "output_tokens": begun.output_tokens}  # fmt: skip
    ended = _end(run, State.FAILED, "run.failed", failure=code, code=code, attempt=run.attempts, **told)
    if ended and begun is not None and endpoint is not None:
        if begun.raw.strip():
            _output(run, endpoint, begun, ()).save()
        if run.tool is not None:
            book_use(tool=run.tool, team_id=run.requester.team_id, input_tokens=begun.input_tokens, output_tokens=begun.output_tokens)  # fmt: skip


def _output(
    run: Run, endpoint: llm.Endpoint, completion: pipeline.Completion, results: Sequence[CheckResult]
) -> Output:
    """What the model wrote, sealed, not yet saved."""
    output = Output(
        run=run, data_key=run.data_key, missing=list(completion.missing), unexpected=[_code(mark) for mark in completion.unexpected],
        truncated=completion.truncated, draft_sha256=text_sha256(completion.text), model=endpoint.model, calls=completion.calls,
        input_tokens=completion.input_tokens, output_tokens=completion.output_tokens, seconds=completion.seconds,
    )  # fmt: skip
    output.raw, output.draft = completion.raw, completion.text
    output.checks = [{"kind": result.kind, "ok": result.ok, "marks": list(result.marks)} for result in results]
    return output


def block(run: Run, leak: guard.Leak) -> None:
    """End a claimed run of which something personal was about to leave."""
    _end(run, State.BLOCKED, "run.blocked", placeholders=list(leak.placeholders)[:50])


@transaction.atomic
def abandon(run: Run, code: str) -> None:
    """End a run that was never claimed, because whoever asked went away."""
    if Run.objects.filter(pk=run.pk, state=State.QUEUED).update(
        state=State.FAILED, failure=code, finished_at=timezone.now()
    ):
        log_run("run.failed", run, None, code=code, attempt=run.attempts)


@transaction.atomic
def _end(run: Run, state: str, action: str, failure: str = "", **data: Any) -> bool:
    """Whether it was held until now."""
    ended = _held(run).update(
        state=state, failure=failure or state, finished_at=timezone.now(), lease=None, partial_sealed=None
    )
    if ended:
        log_run(action, run, None, **data)
    return bool(ended)


def sweep() -> dict[str, int]:
    """Find what the broker lost and what dead workers left behind. Runs every few seconds, harmless at any time."""
    now = timezone.now()
    take_effect()
    taken_back = 0
    for run in Run.objects.filter(state=State.RUNNING, lease_until__lt=now).order_by("id")[:100]:
        _retry_or_fail(run, "gate_lost" if run.live else "worker_lost", retryable=True)
        taken_back += 1
    for run in Run.objects.dispatchable(live=True).filter(created_at__lt=now - ABANDONED)[:100]:
        abandon(run, "gate_lost")
    for tool_id in Run.objects.dispatchable().order_by().values_list("tool_id", flat=True).distinct():
        if tool_id:
            dispatch.wake_next(tool_id)
    return {
        "taken_back": taken_back, "expired": expire_overdue(), "reminded": remind_before_limit(), "tests": testing.sweep_prompt_tests(),
        "jobs": jobs.sweep_jobs(), "marked": typed.mark_typed(),
    }  # fmt: skip
