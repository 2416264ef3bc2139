"""Leaders decide, in the order of the method; what was decided stays as it was."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import AuditEvent
from policies.models import Activity, ControlPoint, Goal, PolicyVersion, Prompt, PromptVersion, Tool
from policies.services import (
    approve_prompt_version,
    decide,
    put_in_force,
    set_goal,
    suspend_policy,
    switch_tool,
    write_prompt_version,
)
from tests.support.prompts import with_test

pytestmark = pytest.mark.django_db
WHY = "Because we tried it and it held."
INPUTS = [{"name": "notes", "kind": "long_text", "label": "Notes"}]


@pytest.fixture
def proposal(company):
    """An activity that nobody has decided about."""
    return Activity.objects.get(slug="draft-proposal")


@pytest.fixture
def calls(company):
    """An activity with a policy in force."""
    return Activity.objects.get(slug="summarise-discovery-call")


@pytest.fixture
def tool(company):
    return Tool.objects.get()


def _goal(cast, activity):
    return set_goal(
        actor=cast.leader,
        activity=activity,
        measure="Minutes per draft",
        baseline=Decimal(90),
        target=Decimal(30),
        unit="min",
        due=date(2027, 3, 31),
    )


def _in_force(activity):
    return PolicyVersion.objects.get(activity=activity, state="in_force")


def _sql(statement, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


# The order of the method


def test_a_tool_comes_last_and_every_gap_is_told_at_once(cast, proposal, tool) -> None:
    with pytest.raises(ValidationError) as refusal:
        put_in_force(actor=cast.leader, activity=proposal, category="human_in_the_loop", rationale="", tool=tool)
    gaps = refusal.value.message_dict
    assert set(gaps) == {"rationale", "goal", "tool"}
    assert all(sentence.endswith(".") for sentences in gaps.values() for sentence in sentences)
    assert not proposal.policy_versions.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category": ""}, "category"),
        ({"category": "ai_alone"}, "category"),
        ({"rationale": "  why not "}, "rationale"),
        ({"goal": None}, "goal"),
        ({"tool": None}, "tool"),
        ({"control_points": []}, "tool"),
        ({"control_points": [("hope", {})]}, "control_points"),
        ({"category": "automated"}, "category"),
        ({"category": "automated", "control_points": [("length", {})]}, "control_points"),
        ({"category": "human_only"}, "tool"),
    ],
)
def test_each_gap_is_named_where_it_is(cast, proposal, tool, change, field) -> None:
    whole = {
        "category": "human_in_the_loop",
        "rationale": WHY,
        "goal": _goal(cast, proposal),
        "tool": tool,
        "control_points": [("scrub", {})],
    }
    with pytest.raises(ValidationError) as refusal:
        put_in_force(actor=cast.leader, activity=proposal, **(whole | change))
    assert field in refusal.value.message_dict
    assert put_in_force(actor=cast.leader, activity=proposal, **whole).state == "in_force"


@pytest.mark.parametrize(
    "points",
    [
        [("length", {"words": "many"})],
        [("length", {"words": 0})],
        [("time_limit", {"hours": "soon"})],
        [("time_limit", {"hours": -1})],
        [("sample", {"percent": 400})],
        [("values_in_source", {"fields": "budget"})],
    ],
)
def test_a_control_point_that_could_not_be_honoured_is_refused_when_it_is_placed(cast, calls, tool, points) -> None:
    with pytest.raises(ValidationError) as refusal:
        put_in_force(
            actor=cast.leader,
            activity=calls,
            category="human_in_the_loop",
            rationale=WHY,
            goal=calls.goals.first(),
            tool=tool,
            control_points=points,
        )
    assert "control_points" in refusal.value.message_dict


def test_the_goal_of_another_activity_does_not_count(cast, proposal, calls, tool) -> None:
    with pytest.raises(ValidationError, match="Set a goal first"):
        put_in_force(
            actor=cast.leader,
            activity=proposal,
            category="sparring_partner",
            rationale=WHY,
            goal=calls.goals.first(),
            tool=tool,
            control_points=[("scrub", {})],
        )


def test_somebody_who_left_cannot_be_accountable(cast, proposal) -> None:
    cast.reviewer.is_active = False
    cast.reviewer.save()
    with pytest.raises(ValidationError, match="no longer works here"):
        put_in_force(
            actor=cast.leader, activity=proposal, category="human_only", rationale=WHY, accountable=cast.reviewer
        )


def test_a_goal_that_does_not_move_is_none(cast, proposal) -> None:
    with pytest.raises(ValidationError):
        set_goal(
            actor=cast.leader,
            activity=proposal,
            measure="Minutes",
            baseline=Decimal(30),
            target=Decimal(30),
            unit="min",
            due=date(2027, 3, 31),
        )
    assert not Goal.objects.filter(activity=proposal).exists()


@pytest.mark.parametrize("who", ["rep", "reviewer", "compliance", "trainer", "administrator", "outsider"])
def test_only_leaders_decide(cast, proposal, who) -> None:
    with pytest.raises(PermissionDenied):
        put_in_force(actor=getattr(cast, who), activity=proposal, category="human_only", rationale=WHY)
    assert not proposal.policy_versions.exists()


# One decides


def test_a_new_version_supersedes_the_one_before_and_the_very_next_decision_obeys(cast, calls) -> None:
    before = _in_force(calls)
    assert decide(actor=cast.rep, activity=calls).allowed
    after = put_in_force(
        actor=cast.leader, activity=calls, category="human_only", rationale="We lost a name in one of them."
    )
    decision = decide(actor=cast.rep, activity=calls)
    assert decision.reasons[0].code == "human_only"
    assert "Marit Solheim" in decision.sentence
    assert "We lost a name in one of them." in decision.sentence
    before.refresh_from_db()
    assert (before.state, before.ended_by, after.number) == ("superseded", cast.leader, before.number + 1)
    assert _in_force(calls) == after


def test_every_decision_stands_in_the_log_with_who_and_what_but_not_why(cast, calls) -> None:
    version = put_in_force(actor=cast.leader, activity=calls, category="human_only", rationale=WHY)
    event = AuditEvent.objects.filter(action="policy.in_force").latest("pk")
    assert (event.actor_id, event.actor_role, event.policy_version_id) == (cast.leader.pk, "leader", version.pk)
    assert (event.category, event.data["before"]) == ("human_only", "human_in_the_loop")
    assert WHY not in str(event.data)


def test_the_database_lets_only_one_version_decide(cast, calls, tool) -> None:
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.create(
            activity=calls,
            number=99,
            state="in_force",
            category="human_only",
            rationale=WHY,
            accountable=cast.leader,
            decided_by=cast.leader,
            in_force_at=now,
        )


def test_compliance_stops_an_activity_at_once_and_a_leader_starts_it_again(cast, calls, tool) -> None:
    version = _in_force(calls)
    assert suspend_policy(actor=cast.compliance, version=version)
    assert not suspend_policy(actor=cast.compliance, version=version), "the second press changes nothing"
    assert decide(actor=cast.rep, activity=calls).reasons[0].code == "suspended"
    assert AuditEvent.objects.filter(action="policy.suspended", policy_version_id=version.pk).count() == 1
    put_in_force(
        actor=cast.leader,
        activity=calls,
        category="human_in_the_loop",
        rationale=WHY,
        goal=version.goal,
        tool=tool,
        control_points=[("scrub", {})],
    )
    assert decide(actor=cast.rep, activity=calls).allowed
    version.refresh_from_db()
    assert version.ended_by == cast.compliance, "who stopped it stays on record"


@pytest.mark.parametrize("who", ["rep", "reviewer", "trainer", "administrator", "outsider"])
def test_nobody_else_stops_an_activity(cast, calls, who) -> None:
    with pytest.raises(PermissionDenied):
        suspend_policy(actor=getattr(cast, who), version=_in_force(calls))
    assert decide(actor=cast.rep, activity=calls).allowed


def test_a_tool_that_is_switched_off_refuses_the_next_call_and_the_switch_is_logged_once(cast, calls, tool) -> None:
    with pytest.raises(PermissionDenied):
        switch_tool(actor=cast.rep, tool=tool, enabled=False)
    before = AuditEvent.objects.filter(action="tool.changed").count()
    switch_tool(actor=cast.administrator, tool=tool, enabled=False)
    switch_tool(actor=cast.administrator, tool=tool, enabled=False)
    assert AuditEvent.objects.filter(action="tool.changed").count() == before + 1
    assert decide(actor=cast.rep, activity=calls).reasons[0].code == "tool_disabled"


# What took effect never changes


@pytest.mark.parametrize(
    "change",
    [
        "category = 'automated'",
        "rationale = 'another reason'",
        "goal_id = NULL",
        "tool_id = NULL",
        "number = 77",
        "accountable_id = decided_by_id",
        "in_force_at = '2020-01-01 00:00:00+00:00'",
        "state = 'draft'",
    ],
)
def test_the_database_refuses_to_rewrite_a_decision(calls, change) -> None:
    version = _in_force(calls)
    with pytest.raises(Error, match="never changes"):
        _sql(f"UPDATE policies_policyversion SET {change} WHERE id = %s", version.pk)


def test_the_database_refuses_to_remove_a_decision(calls) -> None:
    with pytest.raises(Error, match="never change"):
        _sql("DELETE FROM policies_policyversion WHERE id = %s", _in_force(calls).pk)


def test_a_decision_can_still_end(cast, calls) -> None:
    _sql("UPDATE policies_policyversion SET state = 'superseded' WHERE id = %s", _in_force(calls).pk)
    assert not PolicyVersion.objects.deciding().filter(activity=calls).exists()


def test_the_control_points_of_a_decision_are_frozen_with_it(cast, calls) -> None:
    version = _in_force(calls)
    for statement in (
        "UPDATE policies_controlpoint SET params = '{}' WHERE policy_version_id = %s AND kind = 'time_limit'",
        "DELETE FROM policies_controlpoint WHERE policy_version_id = %s AND kind = 'four_eyes'",
        "INSERT INTO policies_controlpoint (policy_version_id, kind, params, \"order\") VALUES (%s, 'sample', '{}', 9)",
    ):
        with pytest.raises(Error, match="never change"):
            _sql(statement, version.pk)
    assert version.control_points.filter(kind="four_eyes").exists()


def test_a_control_point_cannot_be_moved_into_a_decision_either(cast, calls) -> None:
    draft = PolicyVersion.objects.create(activity=calls, number=50, category="human_only", rationale=WHY)
    point = ControlPoint.objects.create(policy_version=draft, kind="sample", params={"percent": 0})
    with pytest.raises(Error, match="never change"):
        _sql("UPDATE policies_controlpoint SET policy_version_id = %s WHERE id = %s", _in_force(calls).pk, point.pk)
    point.delete()  # of a draft they are free


# Prompts


@pytest.fixture
def prompt(company):
    return Prompt.objects.get(slug="discovery-call-summary")


def _write(actor, prompt, **change):
    content = {"role": "You.", "goal": "A page.", "information": "Notes: {notes}", "inputs": INPUTS} | change
    examples = [{"name": "One", "inputs": {"notes": "Three cold stores."}, "expect": {}}]
    return write_prompt_version(actor=actor, prompt=prompt, examples=examples, **content)


def test_a_new_version_of_a_prompt_does_not_change_what_is_live(cast, prompt) -> None:
    live = prompt.versions.approved().get()
    fresh = _write(cast.trainer, prompt)
    assert (fresh.state, prompt.versions.approved().get()) == ("in_review", live)
    approve_prompt_version(actor=cast.leader, version=with_test(fresh, cast.leader))
    live.refresh_from_db()
    assert (live.state, prompt.versions.approved().get()) == ("retired", fresh)
    event = AuditEvent.objects.filter(action="prompt.approved").latest("pk")
    assert (event.prompt_version_id, event.actor_id) == (fresh.pk, cast.leader.pk)


def test_nobody_approves_what_they_wrote_not_even_by_sql(cast, prompt) -> None:
    own = _write(cast.leader, prompt)
    with pytest.raises(PermissionDenied):
        approve_prompt_version(actor=cast.leader, version=own)
    with pytest.raises(IntegrityError):
        _sql(
            "UPDATE policies_promptversion SET approved_by_id = author_id, approved_at = created_at, state = 'retired' WHERE id = %s",
            own.pk,
        )


@pytest.mark.parametrize("who", ["rep", "reviewer", "compliance", "administrator", "outsider"])
def test_only_leaders_and_trainers_approve_prompts(cast, prompt, who) -> None:
    version = with_test(_write(cast.colleague, prompt), cast.colleague)
    with pytest.raises(PermissionDenied):
        approve_prompt_version(actor=getattr(cast, who), version=version)


@pytest.mark.parametrize("who", ["compliance", "administrator", "outsider"])
def test_who_may_not_use_ai_writes_no_prompts(cast, prompt, who) -> None:
    with pytest.raises(PermissionDenied):
        _write(getattr(cast, who), prompt)


def test_approving_twice_says_so_and_leaves_the_live_version_alone(cast, prompt) -> None:
    first = approve_prompt_version(actor=cast.leader, version=with_test(_write(cast.trainer, prompt), cast.leader))
    with pytest.raises(ValidationError, match="not in review"), transaction.atomic():
        approve_prompt_version(actor=cast.leader, version=first)
    assert prompt.versions.approved().get() == first


@pytest.mark.parametrize(
    "change",
    [
        {"information": "Nothing named"},
        {"information": "Notes: {notes} and {more}"},
        {"inputs": [*INPUTS, *INPUTS]},
        {"inputs": [{"name": "No Name", "kind": "text", "label": "x"}]},
        {"inputs": [{"name": "notes", "kind": "file", "label": "x"}]},
        {"inputs": [{"name": "notes", "kind": "text", "label": ""}]},
        {"inputs": [{"name": "notes", "kind": "choice", "label": "x"}]},
        {"role": ""},
        {"goal": ""},
    ],
)
def test_a_prompt_with_inputs_that_do_not_fit_is_not_stored(cast, prompt, change) -> None:
    count = prompt.versions.count()
    with pytest.raises(ValidationError):
        _write(cast.trainer, prompt, **change)
    assert prompt.versions.count() == count


@pytest.mark.parametrize(
    "change",
    [
        "goal = 'Sell'",
        "inputs = '[]'",
        "information = 'x'",
        "approved_by_id = NULL",
        "state = 'draft'",
        "state = 'in_review'",
    ],
)
def test_the_database_refuses_to_rewrite_an_approved_prompt(prompt, change) -> None:
    live = prompt.versions.approved().get()
    with pytest.raises(Error, match="never changes"):
        _sql(f"UPDATE policies_promptversion SET {change} WHERE id = %s", live.pk)
    assert PromptVersion.objects.get(pk=live.pk).goal == live.goal


def test_the_database_refuses_to_remove_an_approved_prompt(prompt) -> None:
    with pytest.raises(Error, match="never changes"):
        _sql("DELETE FROM policies_promptversion WHERE id = %s", prompt.versions.approved().get().pk)
