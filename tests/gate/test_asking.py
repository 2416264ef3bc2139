"""What a program asks for becomes a run under the policy, or an error in the shape of the protocol that says why."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from audit.models import AuditEvent
from policies.models import Tool, ToolUse
from policies.services.deciding import month_of
from tests.support.policies import with_point
from workbench.accounts.services import create_token
from workbench.gate.asking import Asked, ask
from workbench.gate.errors import GateError
from workbench.gate.offered import models_for
from workbench.gateway.chat import read_chat
from workbench.runs import execution, permissions, services
from workbench.runs.models import Run, State

pytestmark = pytest.mark.django_db
THINK, REVIEWED, AUTOMATED = (
    "activity/challenge-account-plan",
    "activity/summarise-discovery-call",
    "activity/fill-crm-fields",
)
TEXT = "Please tell Katrin Hollmann that the offer is ready."


@pytest.fixture
def asking(cast: Any) -> Any:
    """``asking(model, text)`` → what the rep's program gets."""
    token, _secret = create_token(actor=cast.rep, name="side panel")

    def make(model: str = THINK, text: str = TEXT, actor: Any = None, **more: Any) -> Asked:
        body = {"model": model, "messages": [{"role": "user", "content": text}]} | more
        return ask(actor=actor or cast.rep, token=token, chat=read_chat(body))

    return make


def refused(asking: Any, *args: Any, **kwargs: Any) -> GateError:
    with pytest.raises(GateError) as error:
        asking(*args, **kwargs)
    return error.value


def test_a_thinking_aid_is_taken_by_whoever_waits_for_it(cast, asking) -> None:
    asked = asking()
    run = asked.run
    assert (run.state, run.live, run.conversation, run.prompt_version_id, run.requester) == (
        State.RUNNING,
        True,
        True,
        None,
        cast.rep,
    )
    assert run.inputs == {"conversation": f"user: {TEXT}"}
    assert (
        asked.chat.messages[0]["content"]
        == run.outbound["parts"][0][0]["content"]
        == "Please tell [PERSON_1] that the offer is ready."
    )
    events = AuditEvent.objects.filter(run_id=run.pk).order_by("id")
    assert [event.action for event in events] == ["run.queued", "run.started"]
    assert events[0].data["token_id"] == run.token_id
    assert events[0].data["payload_sha256"] == events[1].data["payload_sha256"] == services.payload_sha256(run.outbound)


def test_the_hash_of_what_leaves_covers_tools_and_options(asking) -> None:
    tool = {"type": "function", "function": {"name": "find", "description": "Finds"}}
    hashes = {asking(**more).run.payload_sha256 for more in ({}, {"tools": [tool]}, {"temperature": 1}, {"stop": "x"})}
    assert len(hashes) == 4


def test_a_draft_for_a_reviewer_waits_for_the_worker(asking, provider) -> None:
    asked = asking(REVIEWED)
    assert (asked.run.state, asked.run.live, asked.chat) == (State.QUEUED, False, None)
    execution.execute_run(asked.run.pk)
    asked.run.refresh_from_db()
    assert asked.run.state == State.IN_REVIEW


def test_a_conversation_is_reviewed_like_any_draft(cast, asking, provider, sign_in) -> None:
    provider.answer = "[PERSON_1] asks for three cold stores."
    run = asking(REVIEWED).run
    execution.execute_run(run.pk)
    page = sign_in(cast.reviewer).get(reverse("runs:review", args=[run.pk]))
    assert page.status_code == 200
    assert "in their own words, through a program" in page.content.decode()
    run = Run.objects.get(pk=run.pk)
    services.review_run(
        actor=cast.reviewer, run=run, verdict="edited", text="She asks for three cold stores.", reason="Shorter."
    )
    shown = sign_in(cast.rep).get(reverse("runs:run", args=[run.pk])).content.decode()
    assert "She asks for three cold stores." in shown
    assert "Conversation" in shown
    assert sign_in(cast.rep).get(reverse("runs:list")).status_code == 200
    told = sign_in(cast.rep).get(reverse("run-detail", args=[run.pk])).json()
    assert (told["prompt"], told["text"]) == (None, "She asks for three cold stores.")


def test_calls_of_programs_do_not_pile_up_on_the_home_page(cast, asking, sign_in) -> None:
    for state in (State.ANSWERED, State.FAILED):
        Run.objects.filter(pk=asking().run.pk).update(state=state)
    page = sign_in(cast.rep).get("/")
    assert page.context["back"] == []


def test_what_is_asked_through_a_program_is_neither_tried_again_nor_asked_on_from_a_page(cast, asking) -> None:
    run = asking().run
    execution.fail(run, "unavailable")
    run.refresh_from_db()
    assert not permissions.can_retry_run(cast.rep, run)
    Run.objects.filter(pk=run.pk).update(state=State.ANSWERED)
    run.refresh_from_db()
    assert not permissions.can_ask_on(cast.rep, run)


@pytest.mark.parametrize(
    ("model", "more", "status", "code"),
    [
        ("gpt-4.1", {}, 404, "model_not_found"),
        ("activity/", {}, 404, "model_not_found"),
        ("activity/nowhere", {}, 404, "model_not_found"),
        ("prompt/nowhere", {}, 404, "model_not_found"),
        ("activity/learn-and-practise", {}, 404, "model_not_found"),
        ("prompt/practice-en", {"inputs": {}}, 400, "refused"),
        ("activity/set-the-price", {}, 403, "human_only"),
        (AUTOMATED, {}, 400, "prompt_required"),
        (REVIEWED, {"tools": [{"type": "function", "function": {"name": "find"}}]}, 400, "tools_not_reviewed"),
        ("prompt/account-plan-challenge", {"tools": [{"type": "function", "function": {"name": "find"}}]}, 400, "tools_not_in_prompt"),
        ("prompt/account-plan-challenge", {"inputs": {"plan": "", "worry": "x"}}, 400, "refused"),
        ("prompt/account-plan-challenge", {"inputs": {"plan": "x", "colour": "y"}}, 400, "refused"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_says_why(asking, model, more, status, code) -> None:
    error = refused(asking, model, **more)
    assert (error.status, error.code) == (status, code)
    assert error.sentence.endswith(".")
    assert not Run.objects.exclude(state=State.DENIED).exists()


def test_an_automated_activity_names_its_prompts(asking) -> None:
    assert "prompt/crm-fields-from-call" in refused(asking, AUTOMATED).sentence


def test_a_prompt_with_several_inputs_takes_them_as_an_object_in_the_last_message(asking) -> None:
    asked = asking("prompt/account-plan-challenge", '{"plan": "Katrin Hollmann decides.", "worry": "time"}')
    assert asked.run.inputs == {"plan": "Katrin Hollmann decides.", "worry": "time"}
    assert asked.run.prompt_version is not None


def test_people_without_the_role_are_refused_and_offered_nothing(cast, asking) -> None:
    error = refused(asking, actor=cast.compliance)
    assert (error.status, error.code) == (403, "role")
    assert models_for(cast.compliance) == []


def test_a_right_that_is_missing_closes_it_and_takes_it_off_the_list(cast, asking) -> None:
    assert THINK in {model["id"] for model in models_for(cast.rep)}
    with_point("challenge-account-plan", cast.leader, "qualification", {"name": "account-planning"})
    assert refused(asking).code == "qualification"
    assert not {THINK, "prompt/account-plan-challenge"} & {model["id"] for model in models_for(cast.rep)}


def test_another_language_leaves_nothing_behind(asking) -> None:
    error = refused(asking, text="Pouvez-vous dire à Madame Hollmann que nous avons préparé une offre pour les trois entrepôts et que nous serons chez elle lundi matin avec notre équipe ?")  # fmt: skip
    assert (error.status, error.code) == (400, "refused")
    assert not Run.objects.exists()


def test_so_many_calls_a_minute_by_person_and_by_team(cast, asking, settings) -> None:
    settings.WORKBENCH_GATE_PERSON_PER_MINUTE = 2
    asking()
    asking()
    error = refused(asking)
    assert (error.status, error.code) == (429, "rate_limited")
    assert 50 <= error.retry_after <= 62
    settings.WORKBENCH_GATE_PERSON_PER_MINUTE, settings.WORKBENCH_GATE_TEAM_PER_MINUTE = 60, 2
    assert refused(asking).code == "team_rate_limited"
    assert asking(actor=cast.colleague)
    Run.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    assert asking()


def test_a_budget_that_is_used_up_comes_back_next_month(cast, asking) -> None:
    Tool.objects.update(team_calls_per_month=1)
    ToolUse.objects.create(tool=Tool.objects.get(), team=cast.rep.team, month=month_of(timezone.now()), calls=1)
    error = refused(asking)
    assert (error.status, error.code) == (429, "budget")
    assert 0 < error.retry_after <= 31 * 86_400


def test_without_the_scrubber_nothing_leaves_and_nothing_is_stored(asking, monkeypatch) -> None:
    from workbench.gateway.pii import ScrubberUnavailable, scrub

    def broken() -> Any:
        raise ScrubberUnavailable("no model")

    monkeypatch.setattr(scrub, "_load", broken)
    error = refused(asking)
    assert (error.status, error.code, error.retry_after) == (503, "scrubber_unavailable", 30)
    assert not Run.objects.exists()


def test_a_busy_tool_keeps_the_next_call_waiting(asking) -> None:
    Tool.objects.update(max_concurrent=1)
    first, second = asking().run, asking().run
    assert (first.state, second.state) == (State.RUNNING, State.QUEUED)
    execution.fail(first, "unavailable")
    assert execution.claim(second.pk, live=True) is not None


def test_whoever_waits_longest_for_a_busy_tool_comes_first(asking) -> None:
    Tool.objects.update(max_concurrent=1)
    first, second, third = asking().run, asking().run, asking().run
    execution.fail(first, "unavailable")
    assert execution.claim(third.pk, live=True) is None
    assert asking().run.state == State.QUEUED
    claimed = execution.claim(second.pk, live=True)
    execution.fail(claimed, "unavailable")
    # Who has given up stands in nobody's way.
    Run.objects.filter(pk=third.pk).update(created_at=timezone.now() - timedelta(seconds=25))
    assert asking().run.state == State.QUEUED
    Run.objects.filter(state=State.QUEUED).update(created_at=timezone.now() - timedelta(seconds=25))
    assert asking().run.state == State.RUNNING


def test_workers_leave_a_live_call_to_whoever_waits_for_it(asking) -> None:
    Tool.objects.update(max_concurrent=1)
    asking()
    waiting = asking().run
    Tool.objects.update(max_concurrent=5)
    assert execution.claim(waiting.pk) is None
    execution.execute_run(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == State.QUEUED


def test_a_gate_that_was_killed_leaves_no_run_open(asking) -> None:
    Tool.objects.update(max_concurrent=1)
    running, waiting = asking().run, asking().run
    Run.objects.filter(pk=running.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    Run.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(minutes=3))
    execution.sweep()
    for run in Run.objects.filter(pk__in=[running.pk, waiting.pk]):
        assert (run.state, run.failure) == (State.FAILED, "gate_lost")
        assert AuditEvent.objects.filter(run_id=run.pk, action="run.failed").count() == 1


def test_the_database_keeps_a_conversation_from_being_automated(asking) -> None:
    run = asking().run
    with pytest.raises(Exception, match="only_a_prompt_is_automated"), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(category="automated")


def test_errors_are_told_in_the_language_of_the_person(asking) -> None:
    with translation.override("de"):
        assert (
            "Mensch" in refused(asking, "activity/set-the-price").sentence
            or "bleibt" in refused(asking, "activity/set-the-price").sentence
        )


def test_asking_costs_the_same_few_queries_however_long_it_was_used(asking, django_assert_max_num_queries) -> None:
    for _ in range(3):
        asking()
    with django_assert_max_num_queries(34):
        asking()
