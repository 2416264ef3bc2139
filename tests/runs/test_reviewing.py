"""What reviewers decide, and what nobody may."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from policies.models import PolicyVersion
from policies.services import put_in_force, suspend_policy
from tests.support.policies import with_point
from workbench.accounts.models import RoleGrant
from workbench.privacy.services import destroy_keys
from workbench.runs import execution, services
from workbench.runs.models import Review, Run, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast, summary, provider, call):
    return _finished(services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call}))


def _finished(run):
    execution.execute_run(run.pk)
    run.refresh_from_db()
    return run


def test_an_approved_draft_is_released_with_the_reviewer_as_person_of_record(cast, draft) -> None:
    services.review_run(actor=cast.reviewer, run=draft, verdict="approved")
    draft.refresh_from_db()
    assert draft.state == State.RELEASED
    assert draft.person_of_record == cast.reviewer
    assert draft.output.final == draft.output.draft


def test_an_edited_draft_is_released_as_edited_and_the_share_is_kept(cast, draft) -> None:
    review = services.review_run(
        actor=cast.reviewer, run=draft, verdict="edited", text="Something quite different.", seconds_open=42
    )
    draft.refresh_from_db()
    assert draft.output.final == "Something quite different."
    assert draft.output.draft != draft.output.final
    assert review.share_edited > 0.5
    event = AuditEvent.objects.get(run_id=draft.pk, action="run.edited")
    assert event.data["seconds_open"] == 42
    assert "Something" not in json.dumps(event.data)


def test_an_approval_with_a_changed_text_counts_as_an_edit(cast, draft) -> None:
    assert services.review_run(actor=cast.reviewer, run=draft, verdict="approved", text="Changed.").verdict == "edited"


def test_a_rejection_needs_a_reason_and_reaches_the_requester(cast, draft) -> None:
    with pytest.raises(services.RunRefused):
        services.review_run(actor=cast.reviewer, run=draft, verdict="rejected")
    review = services.review_run(actor=cast.reviewer, run=draft, verdict="rejected", reason="Names a date nobody said.")
    draft.refresh_from_db()
    assert draft.state == State.REJECTED
    assert Review.objects.get(pk=review.pk).reason == "Names a date nobody said."


def test_two_reviewers_at_once_give_one_verdict_and_the_other_is_told(cast, draft) -> None:
    services.review_run(actor=cast.reviewer, run=draft, verdict="approved")
    with pytest.raises(services.RunRefused, match="decided meanwhile"):
        services.review_run(actor=cast.reviewer, run=draft, verdict="rejected", reason="too late")
    draft.refresh_from_db()
    assert draft.state == State.RELEASED


@pytest.mark.parametrize("who", ["rep", "colleague", "leader", "compliance", "administrator", "outsider"])
def test_only_reviewers_decide(cast, draft, who) -> None:
    with pytest.raises(PermissionDenied):
        services.review_run(actor=getattr(cast, who), run=draft, verdict="approved")


def test_four_eyes_keep_a_reviewer_from_deciding_on_their_own_draft(cast, summary, provider, call) -> None:
    RoleGrant.objects.create(user=cast.reviewer, role="rep")
    run = _finished(services.submit_run(actor=cast.reviewer, prompt_version=summary, inputs={"transcript": call}))
    with pytest.raises(PermissionDenied, match="four eyes"):
        services.review_run(actor=cast.reviewer, run=run, verdict="approved")
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(
            run=run, kind="release", reviewer=cast.reviewer, requester=cast.reviewer, four_eyes=True, verdict="approved"
        )


def test_the_database_refuses_a_released_output_without_a_person(cast, draft) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.filter(pk=draft.pk).update(state=State.RELEASED)


def test_the_database_refuses_to_release_a_thinking_aid(cast, challenge, provider, call) -> None:
    run = _finished(services.submit_run(actor=cast.rep, prompt_version=challenge, inputs={"plan": call}))
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(state=State.RELEASED)
    with pytest.raises(services.RunRefused):
        services.review_run(actor=cast.reviewer, run=run, verdict="approved")


def test_the_requester_writes_down_what_they_decided_and_nobody_else_can(cast, challenge, provider, call) -> None:
    run = _finished(services.submit_run(actor=cast.rep, prompt_version=challenge, inputs={"plan": call}))
    with pytest.raises(PermissionDenied):
        services.note_run(actor=cast.colleague, run=run, note="I decide")
    services.note_run(actor=cast.rep, run=run, note="I ask  Henrik first.")
    assert run.reviews.get(kind="note").reason == "I ask Henrik first."
    with pytest.raises(services.RunRefused):
        services.note_run(actor=cast.rep, run=run, note=" ")


def test_others_do_not_see_a_run_and_reviewers_never_see_a_thinking_aid(cast, draft, challenge, provider, call) -> None:
    aid = _finished(services.submit_run(actor=cast.rep, prompt_version=challenge, inputs={"plan": call}))
    assert set(Run.objects.visible_to(cast.rep)) == {draft, aid}
    assert set(Run.objects.visible_to(cast.reviewer)) == {draft}
    for who in (cast.colleague, cast.leader, cast.compliance, cast.administrator, cast.outsider):
        assert not Run.objects.visible_to(who).exists()


def test_a_sample_that_is_erased_waits_for_nobody(cast, fields, provider, call, monkeypatch, sign_in) -> None:
    provider.answer = json.dumps(
        {"contact_person": "[PERSON_2]", "budget": "", "decision_date": "", "needs": [], "next_step": ""}
    )
    monkeypatch.setattr(execution.secrets, "randbelow", lambda bound: 0)  # every run is drawn
    runs = [
        _finished(services.submit_run(actor=cast.rep, prompt_version=fields, inputs={"transcript": call}))
        for _n in range(2)
    ]
    assert set(Run.objects.in_queue(cast.reviewer)) == set(runs)
    destroy_keys([runs[0].data_key_id])
    assert list(Run.objects.in_queue(cast.reviewer)) == [runs[1]]
    assert Run.objects.queue_counts(cast.reviewer)["all"] == 1
    page = sign_in(cast.reviewer).get(reverse("runs:review", args=[runs[0].pk]))
    assert (page.status_code, page.context["may_decide"]) == (200, False)


def test_too_many_rejected_samples_suspend_the_policy_by_itself(cast, fields, provider, call, monkeypatch) -> None:
    provider.answer = json.dumps(
        {"contact_person": "[PERSON_2]", "budget": "", "decision_date": "", "needs": [], "next_step": ""}
    )
    monkeypatch.setattr(execution.secrets, "randbelow", lambda bound: 0)  # every run is drawn
    verdicts = []
    for _ in range(3):
        run = _finished(services.submit_run(actor=cast.rep, prompt_version=fields, inputs={"transcript": call}))
        assert run.state == State.RELEASED
        assert run.sampled
        assert run in Run.objects.waiting_for_review()
        verdicts.append(services.review_run(actor=cast.reviewer, run=run, verdict="rejected", reason="wrong person"))
        run.refresh_from_db()
        assert run.state == State.RELEASED
        assert run not in Run.objects.waiting_for_review()
    version = PolicyVersion.objects.get(pk=run.policy_version_id)
    assert version.state == "suspended"
    assert AuditEvent.objects.get(action="policy.suspended").data == {
        "version": 1,
        "rejects": 3,
        "samples": 3,
        "limit": 2,
    }
    with pytest.raises(services.RunDenied, match="suspended"):
        services.submit_run(actor=cast.rep, prompt_version=fields, inputs={"transcript": call})


def test_a_draft_whose_contents_were_erased_is_not_decided_on(cast, draft, sign_in) -> None:
    destroy_keys([draft.data_key.pk])
    with pytest.raises(services.RunRefused, match="were erased"):
        services.review_run(actor=cast.reviewer, run=draft, verdict="approved")
    assert sign_in(cast.reviewer).get(f"/desk/{draft.pk}/").status_code == 200
    assert sign_in(cast.reviewer).get(f"/api/v1/runs/{draft.pk}/").json()["draft"] is None


def test_under_a_policy_that_was_suspended_nothing_is_released_and_a_draft_can_be_rejected(
    cast, draft, sign_in
) -> None:
    page = sign_in(cast.reviewer)
    assert "not in force any more" not in page.get(f"/desk/{draft.pk}/").content.decode()
    suspend_policy(actor=cast.leader, version=draft.policy_version)
    assert "not in force any more" in page.get(f"/desk/{draft.pk}/").content.decode()
    for verdict, text in (("approved", None), ("edited", "Other words.")):
        with pytest.raises(services.RunRefused, match="not in force any more"):
            services.review_run(actor=cast.reviewer, run=draft, verdict=verdict, text=text)
    draft.refresh_from_db()
    assert draft.state == State.IN_REVIEW
    assert (
        services.review_run(actor=cast.reviewer, run=draft, verdict="rejected", reason="Stopped.").verdict == "rejected"
    )


@pytest.mark.parametrize(
    ("kind", "params", "words"), [("reviewer_role", {"role": "trainer"}, "Trainer"), ("reviewer_qualification", {"name": "exam"}, "exam")]
)  # fmt: skip
def test_what_the_policy_asks_of_reviewers_later_binds_drafts_that_wait(cast, draft, kind, params, words) -> None:
    with_point("summarise-discovery-call", cast.leader, kind, params)
    with pytest.raises(PermissionDenied, match=words):
        services.review_run(actor=cast.reviewer, run=draft, verdict="approved")


def test_what_the_policy_asked_when_a_draft_was_made_binds_even_where_it_asks_no_more(
    cast, summary, provider, call
) -> None:
    with_point("summarise-discovery-call", cast.leader, "reviewer_role", {"role": "trainer"})
    run = _finished(services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call}))
    now = PolicyVersion.objects.deciding().get(activity=run.activity)
    put_in_force(
        actor=cast.leader, activity=run.activity, category=now.category, rationale=now.rationale, accountable=now.accountable, goal=now.goal,
        tool=now.tool, control_points=[(kind, params) for kind, params in now.points.items() if kind != "reviewer_role"],
    )  # fmt: skip
    with pytest.raises(PermissionDenied, match="Trainer"):
        services.review_run(actor=cast.reviewer, run=run, verdict="approved")


def test_a_verdict_after_the_time_limit_does_not_count_even_where_nothing_swept_yet(cast, draft) -> None:
    Run.objects.filter(pk=draft.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(services.RunRefused, match="time limit of this draft ran out"):
        services.review_run(actor=cast.reviewer, run=draft, verdict="approved")
    draft.refresh_from_db()
    assert (draft.state, draft.reviews.count(), draft.output.final) == (State.EXPIRED, 0, None)
    assert AuditEvent.objects.filter(run_id=draft.pk, action="run.expired").count() == 1
