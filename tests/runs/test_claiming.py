"""Several reviewers at once: who takes a draft has it, who comes second is told, and nothing is decided twice."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from tests.support.policies import with_point
from workbench.accounts.models import Look, RoleGrant, Team, User
from workbench.accounts.services import record_absence, remove_absence
from workbench.runs import execution, services
from workbench.runs.models import Run, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(cast):
    """Another reviewer."""
    RoleGrant.objects.create(user=cast.trainer, role="reviewer")
    return User.objects.get(pk=cast.trainer.pk)


@pytest.fixture
def draft(cast, summary, provider, call):
    def make():
        run = services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call})
        execution.execute_run(run.pk)
        return Run.objects.select_related("claimed_by").get(pk=run.pk)

    return make


def test_whoever_comes_second_is_told_who_has_the_draft(cast, draft, second) -> None:
    run = draft()
    services.claim_run(actor=cast.reviewer, run=run)
    services.claim_run(actor=cast.reviewer, run=run)
    with pytest.raises(services.RunRefused, match=f"{cast.reviewer} has this draft since"):
        services.claim_run(actor=second, run=run)
    with pytest.raises(services.RunRefused, match=f"{cast.reviewer} has this draft since"):
        services.review_run(actor=second, run=run, verdict="approved")
    assert services.review_run(actor=cast.reviewer, run=run, verdict="approved").verdict == "approved"


def test_a_claim_lapses_and_can_be_given_back(cast, draft, second) -> None:
    run = draft()
    services.claim_run(actor=cast.reviewer, run=run)
    Run.objects.update(claimed_at=timezone.now() - timedelta(minutes=31))
    services.claim_run(actor=second, run=run)
    services.give_back_run(actor=cast.reviewer, run=run)
    assert Run.objects.get(pk=run.pk).claimed_by == second
    services.give_back_run(actor=second, run=run)
    services.claim_run(actor=cast.reviewer, run=run)


def test_what_is_handed_over_stays_with_the_person_and_is_in_the_log(cast, draft, second) -> None:
    run = draft()
    services.hand_over_run(actor=cast.reviewer, run=run, to=second)
    Run.objects.update(claimed_at=timezone.now() - timedelta(days=2))
    with pytest.raises(services.RunRefused, match=str(second)):
        services.claim_run(actor=cast.reviewer, run=run)
    assert [row.pk for row in Run.objects.in_queue(second, "mine")] == [run.pk]
    assert AuditEvent.objects.get(action="run.handed_over").data == {"to_id": second.pk}
    assert services.review_run(actor=second, run=run, verdict="approved").verdict == "approved"


def test_a_draft_goes_only_to_somebody_who_may_decide_on_it(cast, draft) -> None:
    run = draft()
    assert cast.rep not in services.heirs(run, cast.reviewer)
    for who in (cast.rep, cast.compliance, cast.reviewer):
        with pytest.raises(services.RunRefused, match="cannot decide"):
            services.hand_over_run(actor=cast.reviewer, run=run, to=who)
    with pytest.raises(PermissionDenied):
        services.claim_run(actor=cast.rep, run=run)


def test_a_decided_draft_is_not_taken(cast, draft, second) -> None:
    run = draft()
    services.review_run(actor=cast.reviewer, run=run, verdict="approved")
    run.refresh_from_db()
    assert run.state == State.RELEASED
    with pytest.raises(PermissionDenied):
        services.claim_run(actor=second, run=run)


def test_the_queues_tell_mine_my_teams_and_all_apart(cast, draft, second) -> None:
    one, two = draft(), draft()
    services.claim_run(actor=second, run=one)
    Team.objects.filter(pk=cast.rep.team_id).update(manager=second)

    def queue(who, which):
        return [run.pk for run in Run.objects.in_queue(who, which)]

    assert queue(second, "mine") == [one.pk]
    assert queue(second, "team") == [one.pk, two.pk]
    other = User.objects.get(pk=cast.reviewer.pk)
    assert queue(other, "mine") == []
    assert queue(other, "all") == [one.pk, two.pk]
    assert [run.pk for run in Run.objects.in_queue(other, "all").free_for(other)] == [two.pk]


def test_the_desk_takes_the_draft_it_opens_and_offers_the_next_free_one(cast, draft, second, sign_in) -> None:
    one, two = draft(), draft()
    services.claim_run(actor=second, run=one)
    client = sign_in(cast.reviewer)
    assert client.get(reverse("runs:desk")).url == reverse("runs:review", args=[two.pk])
    assert f"{second} has this draft" in client.post(reverse("runs:claim", args=[one.pk])).content.decode()
    assert "Yours for half an hour" in client.post(reverse("runs:claim", args=[two.pk])).content.decode()
    answer = client.post(reverse("runs:hand_over", args=[two.pk]), {"to": second.pk}, follow=True)
    assert f"Handed over to {second}" in answer.content.decode()
    assert Run.objects.get(pk=two.pk).assigned
    refused = client.post(reverse("runs:hand_over", args=[one.pk]), {"to": "x"})
    assert refused.status_code == 422


def test_the_desk_costs_as_many_queries_for_one_draft_as_for_fifty(
    cast, draft, second, sign_in, django_assert_max_num_queries
) -> None:
    run = draft()
    client = sign_in(cast.reviewer)
    client.get(reverse("runs:review", args=[run.pk]))
    for number in range(12):
        Run.objects.create(
            requester=cast.rep, activity=run.activity, policy_version=run.policy_version, prompt_version=run.prompt_version, tool=run.tool,
            category=run.category, state="in_review", data_key=run.data_key, claimed_by=second if number % 2 else None, claimed_at=timezone.now(),
        )  # fmt: skip
    # Eleven, and the two of the savepoint that only a test has around the note of the look.
    with django_assert_max_num_queries(14):
        client.get(reverse("runs:review", args=[run.pk]))


def test_whoever_stands_in_sees_and_decides_what_was_handed_to_somebody_who_is_away(cast, draft, second) -> None:
    run = draft()
    services.hand_over_run(actor=cast.reviewer, run=run, to=second)
    stand_in = User.objects.get(pk=cast.reviewer.pk)
    with pytest.raises(services.RunRefused):
        services.claim_run(actor=stand_in, run=run)
    today = timezone.localdate()
    record_absence(actor=second, cover=stand_in, begins=today, ends=today + timedelta(days=7))
    stand_in = User.objects.get(pk=cast.reviewer.pk)
    assert [row.pk for row in Run.objects.in_queue(stand_in, "mine")] == [run.pk]
    assert services.review_run(actor=stand_in, run=run, verdict="approved").reviewer == stand_in


def test_cover_ends_with_its_last_day_and_lends_no_rights(cast, draft, second) -> None:
    run = draft()
    today = timezone.localdate()
    services.hand_over_run(actor=cast.reviewer, run=run, to=second)
    absence = record_absence(actor=second, cover=cast.rep, begins=today, ends=today)
    with pytest.raises(PermissionDenied):
        services.claim_run(actor=User.objects.get(pk=cast.rep.pk), run=run)
    remove_absence(actor=second, absence=absence)
    record_absence(actor=second, cover=cast.reviewer, begins=today + timedelta(days=1), ends=today + timedelta(days=2))
    with pytest.raises(services.RunRefused):
        services.claim_run(actor=User.objects.get(pk=cast.reviewer.pk), run=run)


@pytest.mark.parametrize(("begins", "ends", "field"), [(3, 1, "ends"), (-3, -1, "ends"), (1, 2, "begins")])
def test_an_absence_that_cannot_be_says_why(cast, begins, ends, field) -> None:
    today = timezone.localdate()
    record_absence(
        actor=cast.reviewer, cover=cast.leader, begins=today + timedelta(days=2), ends=today + timedelta(days=4)
    )
    with pytest.raises(ValidationError) as refused:
        record_absence(
            actor=cast.reviewer,
            cover=cast.leader,
            begins=today + timedelta(days=begins),
            ends=today + timedelta(days=ends),
        )
    assert set(refused.value.message_dict) == {field}


def test_the_profile_keeps_when_somebody_is_away(cast, sign_in) -> None:
    client = sign_in(cast.reviewer)
    today = timezone.localdate()
    wrong = client.post(
        reverse("accounts:absence"), {"cover": cast.leader.pk, "begins": today, "ends": today - timedelta(days=1)}
    )
    assert "The last day lies before the first." in wrong.content.decode()
    client.post(reverse("accounts:absence"), {"cover": cast.leader.pk, "begins": today, "ends": today})
    assert f"{cast.leader} stands in" in client.get(reverse("accounts:profile")).content.decode()
    assert "you stand in for" in sign_in(cast.leader).get(reverse("accounts:profile")).content.decode()
    absence = cast.reviewer.absences.get()
    assert sign_in(cast.leader).post(reverse("accounts:absence_remove", args=[absence.pk])).status_code == 403
    client.post(reverse("accounts:absence_remove", args=[absence.pk]))
    assert not cast.reviewer.absences.exists()


def test_queues_and_absences_through_the_api(cast, draft, second, sign_in) -> None:
    one, two = draft(), draft()
    client = sign_in(cast.reviewer)
    assert client.post(f"/api/v1/runs/{one.pk}/claim/").status_code == 200
    assert "has this draft" in sign_in(second).post(f"/api/v1/runs/{one.pk}/claim/").json()["detail"]

    def queue(which):
        return [run["id"] for run in client.get("/api/v1/runs/", {"queue": which}).json()["results"]]

    assert (queue("mine"), queue("all")) == ([one.pk], [two.pk, one.pk])
    body = {"to": second.username}
    assert client.post(f"/api/v1/runs/{one.pk}/hand_over/", body, content_type="application/json").status_code == 200
    assert queue("mine") == []
    today = str(timezone.localdate())
    away = {"cover": cast.reviewer.username, "begins": today, "ends": today}
    made = sign_in(second).post("/api/v1/absences/", away, content_type="application/json")
    assert made.status_code == 201, made.content
    assert queue("mine") == [one.pk]
    assert client.delete(f"/api/v1/absences/{made.json()['id']}/").status_code == 403
    assert sign_in(second).delete(f"/api/v1/absences/{made.json()['id']}/").status_code == 204


def _leaves(person):
    User.objects.filter(pk=person.pk).update(is_active=False)


def _is_no_reviewer_any_more(person):
    RoleGrant.objects.filter(user=person, role="reviewer").delete()


def _lost_the_qualification(person):
    person.qualifications.update(revoked_at=timezone.now())


def _lost_the_second_role(person):
    RoleGrant.objects.filter(user=person, role="trainer").delete()


@pytest.mark.parametrize("lose", [_leaves, _is_no_reviewer_any_more, _lost_the_qualification, _lost_the_second_role])
def test_what_was_handed_to_somebody_who_may_not_decide_any_more_is_free(
    cast, company, draft, second, sign_in, lose
) -> None:
    with_point("summarise-discovery-call", cast.leader, "reviewer_qualification", {"name": "reviews"})
    with_point("summarise-discovery-call", cast.leader, "reviewer_role", {"role": "trainer"})
    RoleGrant.objects.create(user=cast.reviewer, role="trainer")
    first = User.objects.get(pk=cast.reviewer.pk)
    for person in (first, second):
        person.qualifications.create(name="reviews", evidence="A day of reviewing together.")
    run = draft()
    services.hand_over_run(actor=first, run=run, to=second)
    assert not Run.objects.in_queue(first).free_for(first).exists()
    lose(second)
    assert Run.objects.in_queue(first).free_for(first).get() == run
    client = sign_in(first)
    assert client.get(reverse("runs:desk")).url == reverse("runs:review", args=[run.pk])
    assert "Yours for half an hour" in client.post(reverse("runs:claim", args=[run.pk])).content.decode()
    assert services.review_run(actor=first, run=run, verdict="approved").verdict == "approved"


def test_opening_a_draft_is_noted_for_whoever_asked_with_and_without_a_script(cast, draft, sign_in) -> None:
    run = draft()
    for path in (f"/desk/{run.pk}/", f"/runs/{run.pk}/progress/", f"/api/v1/runs/{run.pk}/evidence/"):
        Look.objects.all().delete()
        assert sign_in(cast.reviewer).get(path).status_code in {200, 286}
        assert Look.objects.get().person == cast.rep, path
    for path in (f"/desk/{run.pk}/evidence/", f"/api/v1/runs/{run.pk}/claim/"):
        Look.objects.all().delete()
        assert sign_in(cast.reviewer).post(path, {"text": "214 doors"}).status_code == 200
        assert Look.objects.get().person == cast.rep, path


def test_an_odd_address_is_answered_and_not_an_error(cast, company, draft, sign_in) -> None:
    draft()
    client = sign_in(cast.reviewer)
    assert client.get("/desk/?filter=1&activity=%00").status_code == 400
    denied = Run.objects.create(requester=cast.reviewer, activity=Run.objects.get().activity, state=State.DENIED)
    assert client.post(f"/desk/{denied.pk}/evidence/", {"text": "x"}).status_code == 404
    waiting = Run.objects.get(state=State.IN_REVIEW)
    answer = client.post(f"/api/v1/runs/{waiting.pk}/hand_over/", {"to": "a\x00b"}, content_type="application/json")
    assert answer.status_code == 400
