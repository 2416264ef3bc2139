"""From the queue through a model and back, and every way in which a tool can fail."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from policies.models import PolicyVersion
from policies.services import put_in_force, suspend_policy
from workbench.runs import execution, services
from workbench.runs.models import Output, Run, State

pytestmark = pytest.mark.django_db
GOOD_FIELDS = {
    "contact_person": "[PERSON_2]",
    "budget": "60,000 euros",
    "decision_date": "9 December",
    "needs": ["an alarm"],
    "next_step": "send the offer",
}


def _run(actor, version, call, **inputs):
    return services.submit_run(actor=actor, prompt_version=version, inputs={version.inputs[0]["name"]: call, **inputs})


def _finish(run):
    execution.execute_run(run.pk)
    run.refresh_from_db()
    return run


def test_a_summary_comes_back_with_its_names_and_waits_for_a_reviewer(cast, summary, provider, call) -> None:
    run = _finish(_run(cast.rep, summary, call))
    assert run.state == State.IN_REVIEW
    assert run.due_at > timezone.now()
    assert "Jonas Feld wants an alarm" in run.output.draft
    assert "[PERSON_1]" in run.output.raw


def test_what_leaves_is_byte_for_byte_what_was_previewed(cast, summary, provider, call) -> None:
    preview = services.preview_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call})
    run = _finish(_run(cast.rep, summary, call))
    assert provider.asked[0]["messages"] == list(preview.payload.parts[0])
    assert run.payload_sha256 == preview.sha256


def test_no_name_address_or_number_of_a_person_leaves(cast, summary, provider, call) -> None:
    _finish(_run(cast.rep, summary, call))
    left = json.dumps(provider.asked)
    for secret in ("Ilaria", "Conti", "Henrik", "Aas", "tessaro", "Jonas", "Feld"):
        assert secret not in left


def test_a_second_delivery_of_the_same_run_does_nothing(cast, summary, provider, call) -> None:
    run = _finish(_run(cast.rep, summary, call))
    execution.execute_run(run.pk)
    assert len(provider.asked) == 1
    assert AuditEvent.objects.filter(run_id=run.pk, action="run.drafted").count() == 1


def test_a_thinking_aid_answers_its_requester_and_is_never_released(cast, challenge, provider, call) -> None:
    run = _finish(_run(cast.rep, challenge, call))
    assert run.state == State.ANSWERED
    assert run.person_of_record == cast.rep
    assert run.output.final is None


def test_fields_that_pass_every_rule_are_released_under_the_accountable_person(cast, fields, provider, call) -> None:
    provider.answer = json.dumps(GOOD_FIELDS)
    run = _finish(_run(cast.rep, fields, call))
    assert run.state == State.RELEASED
    assert run.person_of_record == cast.reviewer  # named as accountable in the policy
    assert json.loads(run.output.final)["contact_person"] == "Ilaria Conti"
    assert provider.asked[0]["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("no json at all", "schema"),
        (json.dumps(GOOD_FIELDS | {"needs": "not a list"}), "schema"),
        (json.dumps(GOOD_FIELDS | {"budget": "95,000 euros"}), "figures_in_source"),
        (json.dumps(GOOD_FIELDS | {"contact_person": "Somebody Else"}), "values_in_source"),
    ],
)
def test_fields_that_break_a_rule_wait_for_a_reviewer(cast, fields, provider, call, answer, kind) -> None:
    provider.answer = answer
    run = _finish(_run(cast.rep, fields, call))
    assert run.state == State.IN_REVIEW
    assert run.person_of_record is None
    assert kind in [check["kind"] for check in run.output.checks if not check["ok"]]


@pytest.mark.parametrize(
    ("act", "code"),
    [
        ("429", "rate_limited"),
        ("500", "unavailable"),
        ("half", "broken_stream"),
        ("garbage", "garbage"),
        ("empty", "garbage"),
    ],
)
def test_a_tool_that_fails_for_a_moment_is_asked_again(cast, summary, provider, call, act, code) -> None:
    provider.script = [act]
    run = _finish(_run(cast.rep, summary, call))
    assert run.state == State.QUEUED
    assert run.retry_at > timezone.now()
    assert run.progress["code"] == code
    Run.objects.filter(pk=run.pk).update(retry_at=timezone.now() - timedelta(seconds=1))
    assert _finish(run).state == State.IN_REVIEW
    assert Output.objects.filter(run=run).count() == 1


def test_a_tool_that_keeps_failing_ends_the_run_with_its_input_kept(cast, summary, provider, call) -> None:
    provider.script = ["500"] * execution.MAX_ATTEMPTS
    run = _run(cast.rep, summary, call)
    for _ in range(execution.MAX_ATTEMPTS):
        Run.objects.filter(pk=run.pk).update(retry_at=None)
        _finish(run)
    assert (run.state, run.failure) == (State.FAILED, "unavailable")
    assert run.inputs["transcript"] == call
    again = _finish(services.retry_run(actor=cast.rep, run=run))
    assert again.state == State.IN_REVIEW
    assert again.inputs == run.inputs
    assert again.retry_of == run


@pytest.mark.parametrize(("act", "code"), [("401", "refused"), ("404", "unknown_model")])
def test_a_fault_that_waiting_does_not_mend_ends_at_once(cast, summary, provider, call, act, code) -> None:
    provider.script = [act]
    run = _finish(_run(cast.rep, summary, call))
    assert (run.state, run.failure, run.attempts) == (State.FAILED, code, 1)


def test_a_tool_that_says_nothing_is_given_up_in_time(cast, summary, provider, call, monkeypatch) -> None:
    from dataclasses import replace

    from policies import tools

    original = tools.endpoint
    monkeypatch.setattr(tools, "endpoint", lambda tool: replace(original(tool), first_token_seconds=0.5))
    provider.script = ["silence"]
    run = _finish(_run(cast.rep, summary, call))
    assert (run.state, run.progress["code"]) == (State.QUEUED, "timeout")


def test_when_something_personal_would_leave_the_run_is_blocked_and_nothing_leaves(
    cast, summary, provider, call
) -> None:
    run = _run(cast.rep, summary, call)
    mapping = run.mapping | {"[PERSON_9]": "cold stores"}  # as if the scrubber had missed what it knows
    run.mapping = mapping
    Run.objects.filter(pk=run.pk).update(mapping_sealed=run.mapping_sealed)
    assert _finish(run).state == State.BLOCKED
    assert provider.asked == []
    assert AuditEvent.objects.get(run_id=run.pk, action="run.blocked").data == {"placeholders": ["[PERSON_9]"]}


def test_a_policy_that_changes_while_a_run_waits_stops_it(cast, summary, provider, call) -> None:
    run = _run(cast.rep, summary, call)
    version = PolicyVersion.objects.get(pk=run.policy_version_id)
    suspend_policy(actor=cast.compliance, version=version)
    assert _finish(run).state == State.DENIED
    assert provider.asked == []


def test_the_very_next_call_obeys_a_leader_who_keeps_the_activity_with_people(cast, summary, provider, call) -> None:
    put_in_force(
        actor=cast.leader,
        activity=summary.prompt.activity,
        category="human_only",
        rationale="Customers talk to people here.",
    )
    with pytest.raises(services.RunDenied) as refusal:
        _run(cast.rep, summary, call)
    assert "Marit Solheim keeps “Summarise a discovery call” with people." in str(refusal.value)
    assert "“Customers talk to people here.”" in str(refusal.value)
    denied = refusal.value.run
    assert denied.state == State.DENIED
    assert denied.inputs_sealed is None
    assert provider.asked == []


def test_one_run_at_a_time_where_the_tool_bears_only_one(cast, summary, provider, call) -> None:
    first, second = _run(cast.rep, summary, call), _run(cast.colleague, summary, call)
    first.tool.__class__.objects.filter(pk=first.tool_id).update(max_concurrent=1)
    assert services.queue_position(second) == 2
    assert execution.claim(first.pk) is not None
    assert execution.claim(second.pk) is None
    second.refresh_from_db()
    assert second.state == State.QUEUED


def test_a_cancelled_run_stays_cancelled_whatever_the_model_still_writes(cast, summary, provider, call) -> None:
    run = _run(cast.rep, summary, call)

    def answer(prompt: str) -> str:
        Run.objects.filter(pk=run.pk).update(state=State.CANCELLED, lease=None)
        return "too late"

    claimed = execution.claim(run.pk)
    Run.objects.filter(pk=run.pk).update(state=State.CANCELLED, lease=None)
    with execution.holding(claimed) as heartbeat, pytest.raises(execution.pipeline.Cancelled):
        execution._execute(claimed, heartbeat)
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert not Output.objects.filter(run=run).exists()


def test_a_worker_that_died_leaves_nothing_behind_but_another_attempt(cast, summary, provider, call) -> None:
    run = _run(cast.rep, summary, call)
    dead = execution.claim(run.pk)
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert execution.sweep()["taken_back"] == 1
    run.refresh_from_db()
    assert run.state == State.QUEUED
    Run.objects.filter(pk=run.pk).update(retry_at=None)
    assert _finish(run).state == State.IN_REVIEW
    # The dead worker comes back and writes: its lease is gone, so nothing happens.
    with pytest.raises(execution.pipeline.Cancelled), execution.holding(dead) as heartbeat:
        execution._execute(dead, heartbeat)
    assert Output.objects.filter(run=run).count() == 1


def test_a_text_longer_than_the_context_is_read_in_parts_and_nothing_is_cut(
    cast, summary, provider, call, settings
) -> None:
    settings.WORKBENCH_CONTEXT_TOKENS = 2048
    long_call = "\n".join(
        f"Speaker: We spoke about point number {number} of the list and agreed on it." for number in range(200)
    )
    run = _run(cast.rep, summary, long_call)
    parts = run.outbound["parts"]
    assert len(parts) > 2
    bodies = [part[1]["content"].split("<information>\n")[1].split("\n</information>")[0] for part in parts]
    assert "".join(bodies) == run.outbound["information"]
    _finish(run)
    assert run.state == State.IN_REVIEW
    assert run.output.calls >= len(parts) + 1
    assert AuditEvent.objects.get(run_id=run.pk, action="run.queued").data["parts"] == len(parts)


def test_a_draft_that_nobody_decides_on_in_time_is_never_released(cast, summary, provider, call) -> None:
    run = _finish(_run(cast.rep, summary, call))
    Run.objects.filter(pk=run.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    assert execution.sweep()["expired"] == 1
    run.refresh_from_db()
    assert run.state == State.EXPIRED
    assert run.output.final is None


def test_every_step_of_a_run_stands_in_the_log(cast, summary, provider, call) -> None:
    run = _finish(_run(cast.rep, summary, call))
    services.review_run(actor=cast.reviewer, run=run, verdict="approved")
    actions = AuditEvent.objects.filter(run_id=run.pk).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["run.queued", "run.started", "run.drafted", "run.approved"]


def test_without_a_model_a_run_is_refused_with_both_ways_out(
    cast, summary, provider, call, settings, monkeypatch
) -> None:
    settings.WORKBENCH_MODEL_API_KEY = ""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(services.RunDenied) as refusal:
        _run(cast.rep, summary, call)
    assert "MODEL=/path" in str(refusal.value)
    assert "WORKBENCH_MODEL" in str(refusal.value)
