"""Several people and workers at the same moment, each with a database connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from audit.models import AuditEvent
from policies.models import PolicyVersion, Tool
from policies.services import put_in_force
from workbench.runs import execution, heartbeat, services
from workbench.runs.models import Output, Review, Run, State

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at the same moment; each result is a value or the error it ended with."""
    gate = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            gate.wait(10)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def _queued(cast, summary, call) -> Run:
    return services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call})


def test_a_run_that_is_delivered_to_two_workers_is_done_once(cast, summary, provider, call) -> None:
    run = _queued(cast, summary, call)
    results = at_once(*[lambda: execution.execute_run(run.pk)] * 3)
    assert [result for result in results if result is not None] == []
    assert len(provider.asked) == 1
    assert Output.objects.filter(run=run).count() == 1
    assert AuditEvent.objects.filter(run_id=run.pk, action="run.drafted").count() == 1


def test_a_tool_that_bears_one_call_gets_one_at_a_time(cast, summary, provider, call) -> None:
    Tool.objects.update(max_concurrent=1)
    runs = [_queued(cast, summary, call) for _ in range(3)]
    claimed = at_once(*[lambda run=run: execution.claim(run.pk) for run in runs])
    assert [bool(result) for result in claimed].count(True) == 1
    assert Run.objects.filter(state=State.RUNNING).count() == 1


def test_two_reviewers_pressing_at_once_give_one_verdict(cast, summary, provider, call) -> None:
    run = _queued(cast, summary, call)
    execution.execute_run(run.pk)
    results = at_once(
        lambda: services.review_run(actor=cast.reviewer, run=run, verdict="approved"),
        lambda: services.review_run(actor=cast.reviewer, run=run, verdict="rejected", reason="no"),
    )
    assert sorted(type(result).__name__ for result in results) == ["Review", "RunRefused"]
    assert Review.objects.filter(run=run).count() == 1
    assert AuditEvent.objects.filter(run_id=run.pk, action__in=("run.approved", "run.rejected")).count() == 1


def test_cancelling_and_finishing_at_once_ends_the_run_one_way(cast, summary, provider, call) -> None:
    run = _queued(cast, summary, call)
    at_once(lambda: execution.execute_run(run.pk), lambda: services.cancel_run(actor=cast.rep, run=run))
    run.refresh_from_db()
    assert run.state in {State.IN_REVIEW, State.CANCELLED}
    assert Output.objects.filter(run=run).exists() == (run.state == State.IN_REVIEW)


def test_two_leaders_deciding_at_once_leave_one_policy_in_force(cast, summary) -> None:
    activity = summary.prompt.activity
    results = at_once(
        *[
            lambda why=why: put_in_force(actor=cast.leader, activity=activity, category="human_only", rationale=why)
            for why in ("People listen to people.", "Nobody else should.")
        ]
    )
    assert not [
        result for result in results if isinstance(result, Exception) and not isinstance(result, ValidationError)
    ], results
    assert PolicyVersion.objects.filter(activity=activity, state="in_force").count() == 1
    numbers = list(PolicyVersion.objects.filter(activity=activity).values_list("number", flat=True))
    assert len(numbers) == len(set(numbers))


def test_the_heartbeat_keeps_the_lease_and_notices_when_it_is_lost(cast, summary, provider, call, monkeypatch) -> None:
    monkeypatch.setattr(heartbeat, "HEARTBEAT_SECONDS", 0.05)
    run = execution.claim(_queued(cast, summary, call).pk)
    until = run.lease_until
    with execution.holding(run) as held:
        provider.release.wait(0.4)
        assert Run.objects.get(pk=run.pk).lease_until > until
        services.cancel_run(actor=cast.rep, run=run)
        assert held.lost.wait(5)
