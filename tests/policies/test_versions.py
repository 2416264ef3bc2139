"""Drafts, decisions from a day on, and the stop switch that nothing lifts but a new decision."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import AuditEvent
from policies.differences import policy_data, policy_differences, words_changed
from policies.models import Activity, ControlPoint, PolicyVersion, Tool
from policies.services import (
    decide,
    discard_policy_draft,
    put_in_force,
    retire_activity,
    save_policy_draft,
    set_goal,
    suspend_policy,
    take_effect,
    withdraw_policy,
)

pytestmark = pytest.mark.django_db
WHY = "Because we tried it and it held."


@pytest.fixture
def calls(company):
    return Activity.objects.get(slug="summarise-discovery-call")


@pytest.fixture
def proposal(company):
    return Activity.objects.get(slug="draft-proposal")


def _goal(cast, activity):
    return set_goal(
        actor=cast.leader, activity=activity, measure="Minutes per draft", baseline=Decimal(90), target=Decimal(30), unit="min",
        due=timezone.localdate() + timedelta(days=90),
    )  # fmt: skip


def _tomorrow():
    return timezone.now() + timedelta(days=1)


def _sql(statement, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_a_draft_may_have_gaps_and_changes_nothing_for_the_next_call(cast, calls, provider) -> None:
    draft = save_policy_draft(actor=cast.leader, activity=calls, category="human_only")
    assert draft.state == "draft"
    assert decide(actor=cast.rep, activity=calls).allowed
    again = save_policy_draft(actor=cast.leader, activity=calls, category="sparring_partner", rationale=WHY)
    assert (again.pk, calls.policy_versions.filter(state="draft").count()) == (draft.pk, 1)


def test_a_draft_becomes_the_version_that_is_put_in_force(cast, calls) -> None:
    draft = save_policy_draft(actor=cast.leader, activity=calls, category="human_only")
    version = put_in_force(actor=cast.leader, activity=calls, category="human_only", rationale=WHY)
    assert (version.pk, version.number, version.state) == (draft.pk, 2, "in_force")
    assert not calls.policy_versions.filter(state="draft").exists()


def test_a_draft_is_thrown_away(cast, calls) -> None:
    save_policy_draft(actor=cast.leader, activity=calls, category="human_only")
    assert discard_policy_draft(actor=cast.leader, activity=calls)
    assert not discard_policy_draft(actor=cast.leader, activity=calls)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({}, "category"),
        ({"category": "human_in_the_loop"}, "rationale"),
        ({"category": "human_in_the_loop", "rationale": WHY}, "goal"),
        ({"category": "human_only", "rationale": WHY}, "tool"),
    ],
)
def test_a_draft_too_takes_no_tool_before_the_steps_above_it(cast, proposal, content, field) -> None:
    with pytest.raises(ValidationError) as refusal:
        save_policy_draft(actor=cast.leader, activity=proposal, tool=Tool.objects.get(), **content)
    assert field in refusal.value.message_dict
    goal = _goal(cast, proposal)
    with pytest.raises(ValidationError, match="control point"):
        save_policy_draft(
            actor=cast.leader,
            activity=proposal,
            category="human_in_the_loop",
            rationale=WHY,
            goal=goal,
            tool=Tool.objects.get(),
        )


def test_the_database_refuses_a_tool_without_control_points_or_goal(cast, proposal) -> None:
    goal = _goal(cast, proposal)
    draft = save_policy_draft(
        actor=cast.leader, activity=proposal, category="human_in_the_loop", rationale=WHY, goal=goal
    )
    tool = Tool.objects.get()
    with pytest.raises(Error, match="after the control points"):
        _sql("UPDATE policies_policyversion SET tool_id = %s WHERE id = %s", tool.pk, draft.pk)
    ControlPoint.objects.create(policy_version=draft, kind="scrub")
    _sql("UPDATE policies_policyversion SET tool_id = %s WHERE id = %s", tool.pk, draft.pk)
    with pytest.raises(Error, match="after the control points"):
        _sql("DELETE FROM policies_controlpoint WHERE policy_version_id = %s", draft.pk)
    with pytest.raises(IntegrityError):
        _sql("UPDATE policies_policyversion SET goal_id = NULL WHERE id = %s", draft.pk)


def test_a_decision_from_a_day_on_waits_for_it_and_then_holds_with_the_very_next_call(
    cast, calls, provider, monkeypatch
) -> None:
    day = _tomorrow()
    version = put_in_force(actor=cast.leader, activity=calls, category="human_only", rationale=WHY, effective_at=day)
    assert version.state == "scheduled"
    assert decide(actor=cast.rep, activity=calls).allowed
    assert take_effect() == 0
    monkeypatch.setattr("django.utils.timezone.now", lambda: day + timedelta(seconds=1))
    refusal = decide(actor=cast.rep, activity=calls)
    assert refusal.reasons[0].code == "human_only"
    states = dict(calls.policy_versions.values_list("number", "state"))
    assert states == {1: "superseded", 2: "in_force"}
    assert AuditEvent.objects.filter(action="policy.took_effect", policy_version_id=version.pk).count() == 1


def test_a_decision_that_waits_can_be_taken_back_and_never_rewritten(cast, calls) -> None:
    version = put_in_force(
        actor=cast.leader, activity=calls, category="human_only", rationale=WHY, effective_at=_tomorrow()
    )
    with pytest.raises(Error, match="never changes"):
        _sql("UPDATE policies_policyversion SET rationale = 'x' WHERE id = %s", version.pk)
    assert withdraw_policy(actor=cast.leader, activity=calls)
    version.refresh_from_db()
    assert version.state == "draft"
    assert not withdraw_policy(actor=cast.leader, activity=calls)


def test_the_stop_switch_takes_back_what_waits_so_that_only_a_new_decision_lifts_it(cast, calls) -> None:
    put_in_force(actor=cast.leader, activity=calls, category="sparring_partner", rationale=WHY, goal=calls.goals.first(), tool=Tool.objects.get(), control_points=[("scrub", {})], effective_at=_tomorrow())  # fmt: skip
    assert suspend_policy(actor=cast.compliance, version=PolicyVersion.objects.deciding().get(activity=calls))
    assert not calls.policy_versions.filter(state="scheduled").exists()
    assert decide(actor=cast.rep, activity=calls).reasons[0].code == "suspended"


def test_a_retired_activity_refuses_every_call_and_keeps_its_record(cast, calls, provider) -> None:
    retire_activity(actor=cast.leader, activity=calls)
    calls.refresh_from_db()
    assert decide(actor=cast.rep, activity=calls).reasons[0].code == "retired"
    assert calls.policy_versions.count() == 1
    with pytest.raises(ValidationError, match="retired"):
        put_in_force(actor=cast.leader, activity=calls, category="human_only", rationale=WHY)


@pytest.mark.parametrize("who", ["rep", "reviewer", "compliance", "trainer", "administrator", "outsider"])
def test_only_leaders_prepare_take_back_and_retire(cast, calls, who) -> None:
    actor = getattr(cast, who)
    for act in (
        lambda: save_policy_draft(actor=actor, activity=calls, category="human_only"),
        lambda: discard_policy_draft(actor=actor, activity=calls),
        lambda: withdraw_policy(actor=actor, activity=calls),
        lambda: retire_activity(actor=actor, activity=calls),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_two_versions_differ_in_words(cast, calls) -> None:
    before = PolicyVersion.objects.deciding().get(activity=calls)
    after = put_in_force(
        actor=cast.leader, activity=calls, category="sparring_partner", rationale=WHY, goal=before.goal, tool=before.tool,
        accountable=cast.leader, control_points=[("scrub", {}), ("length", {"words": 300})],
    )  # fmt: skip
    words = list(policy_differences(policy_data(before), policy_data(after)))
    assert "responsible: Human in the loop → Sparring partner" in words
    assert "accountable: Aylin Demirtas → Marit Solheim" in words
    assert "Length: 600 words at most → 300 words at most" in words
    assert "control point taken away: Four eyes" in words


def test_two_texts_differ_word_by_word() -> None:
    assert words_changed("At most five points.", "At most three points.") == [
        ("same", "At most "), ("gone", "five "), ("new", "three "), ("same", "points."),
    ]  # fmt: skip
