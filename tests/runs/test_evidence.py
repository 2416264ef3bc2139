"""A reviewer sees what rests on nothing, and nothing of it goes out unseen."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEvent
from policies.evidence import gather
from tests.support.policies import with_point
from workbench.accounts.services import grant_qualification
from workbench.runs import execution, services
from workbench.runs.models import Review, Run, State
from workbench.runs.views.marked import marked

pytestmark = pytest.mark.django_db
WRONG = "Ilaria Conti runs three cold stores. They lost €152,000 a year. Henrik Aas decides on 10 December."


@pytest.fixture
def draft(cast, summary, provider, call):
    def make(answer=WRONG):
        provider.answer = answer
        run = services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call})
        execution.execute_run(run.pk)
        run.refresh_from_db()
        assert run.state == State.IN_REVIEW
        return run

    return make


def test_an_invented_figure_is_not_approved_until_somebody_stands_for_it(cast, draft) -> None:
    run = draft()
    with pytest.raises(services.RunRefused, match="€152,000, 10 December"):
        services.review_run(actor=cast.reviewer, run=run, verdict="approved")
    with pytest.raises(services.RunRefused, match="10 December"):
        services.review_run(actor=cast.reviewer, run=run, verdict="approved", vouched=["figure:€152,000"])
    keys = ["figure:€152,000", "date:10 December", "figure:never there"]
    review = services.review_run(actor=cast.reviewer, run=run, verdict="approved", vouched=keys)
    assert Review.objects.get(pk=review.pk).vouched == keys[:2]
    event = AuditEvent.objects.get(run_id=run.pk, action="run.approved")
    assert event.data["vouched"] == 2
    assert "152" not in str(event.data)


def test_editing_it_out_is_enough_and_editing_something_new_in_is_not(cast, draft) -> None:
    run = draft()
    with pytest.raises(services.RunRefused, match="215"):
        services.review_run(actor=cast.reviewer, run=run, verdict="edited", text="They have 215 doors.")
    review = services.review_run(actor=cast.reviewer, run=run, verdict="edited", text="They have 214 doors.")
    assert Review.objects.get(pk=review.pk).vouched is None


def test_a_rejection_needs_nobody_to_stand_for_anything(cast, draft) -> None:
    services.review_run(actor=cast.reviewer, run=draft(), verdict="rejected", reason="A figure is wrong")


def test_nobody_vouches_for_a_placeholder(cast, draft) -> None:
    run = draft("Ilaria Conti runs three cold stores, says [PERSON_9].")
    with pytest.raises(services.RunRefused, match="Take it out"):
        services.review_run(actor=cast.reviewer, run=run, verdict="approved", vouched=["placeholder:[PERSON_9]"])


def test_the_desk_shows_marks_source_lines_and_the_nearest_figure(cast, draft, sign_in) -> None:
    run = draft()
    page = sign_in(cast.reviewer).get(reverse("runs:review", args=[run.pk])).content.decode()
    assert 'class="not-in-source" id="mark-1" data-mark="1"' in page
    assert "“€152,000” is not in the source." in page
    assert "The date “10 December” is not in the source." in page
    assert 'class="in-source" data-line="2"' in page
    assert 'data-remove="They lost €152,000 a year."' in page
    assert page.count('name="vouch"') == 2


def test_a_refused_approval_keeps_what_was_typed_and_vouched(cast, draft, sign_in) -> None:
    run = draft()
    form = {"verdict": "edited", "text": "They lost €152,000. They have 99 doors.", "vouch": ["figure:€152,000"]}
    answer = sign_in(cast.reviewer).post(reverse("runs:verdict", args=[run.pk]), form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "They have 99 doors." in page
    assert 'value="figure:€152,000" data-vouch checked' in page
    assert Run.objects.get(pk=run.pk).state == State.IN_REVIEW


def test_the_marks_of_an_edited_text_come_back_while_it_is_typed_and_nothing_is_kept(cast, draft, sign_in) -> None:
    run = draft()
    client = sign_in(cast.reviewer)
    path = reverse("runs:evidence", args=[run.pk])
    assert "“99” is not in the source." in client.post(path, {"text": "They have 99 doors."}).content.decode()
    assert "Every figure, date, name and quote stands" in client.post(path, {"text": "214 doors."}).content.decode()
    assert not Review.objects.filter(run=run).exists()


@given(st.text(alphabet="0123456789 .,\nabÄ€“”M", max_size=80), st.text(alphabet="0123456789 .ab", max_size=20))
def test_the_pieces_of_a_marked_draft_are_the_draft(text, source) -> None:
    stretches = marked(text, gather(text, [source]))
    assert "".join(piece.text for stretch in stretches for piece in stretch.pieces) == text


def test_what_a_model_wrote_is_escaped_among_the_marks(cast, draft, sign_in) -> None:
    run = draft("Ilaria <script>alert(1)</script> lost €999 of “<img src=x> onerror goods”.")
    page = sign_in(cast.reviewer).get(reverse("runs:review", args=[run.pk])).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "&lt;script&gt;alert" in page


def test_the_requester_sees_what_was_changed_and_vouched_for(cast, draft, sign_in) -> None:
    run = draft()
    services.review_run(
        actor=cast.reviewer, run=run, verdict="edited", text="They lost €152,000.", vouched=["figure:€152,000"]
    )
    page = sign_in(cast.rep).get(reverse("runs:run", args=[run.pk])).content.decode()
    assert f"What {cast.reviewer} changed" in page
    assert "<del>" in page
    assert f"{cast.reviewer} vouched for it:" in page


def test_the_api_tells_the_marks_and_takes_the_keys(cast, draft, sign_in) -> None:
    run = draft()
    client = sign_in(cast.reviewer)
    marks = client.get(f"/api/v1/runs/{run.pk}/evidence/").json()
    keys = [mark["key"] for mark in marks if mark["line"] is None]
    assert keys == ["figure:€152,000", "date:10 December"]
    body = {"verdict": "approved"}
    refused = client.post(f"/api/v1/runs/{run.pk}/review/", body, content_type="application/json")
    assert refused.status_code == 400
    done = client.post(f"/api/v1/runs/{run.pk}/review/", body | {"vouched": keys}, content_type="application/json")
    assert done.json()["state"] == "released"


def test_a_reviewer_without_the_qualification_the_policy_names_cannot_decide(cast, draft, sign_in) -> None:
    with_point("summarise-discovery-call", cast.leader, "reviewer_qualification", {"name": "review-basics"})
    run = draft("Ilaria Conti runs three cold stores.")
    with pytest.raises(Exception, match="review-basics"):
        services.review_run(actor=cast.reviewer, run=run, verdict="approved")
    assert 'value="approved"' not in sign_in(cast.reviewer).get(reverse("runs:review", args=[run.pk])).content.decode()
    grant_qualification(actor=cast.trainer, person=cast.reviewer, name="review-basics", evidence="Exam of 3 March")
    assert services.review_run(actor=cast.reviewer, run=run, verdict="approved").verdict == "approved"


def test_the_next_draft_takes_the_place_of_the_decided_one(cast, draft, sign_in) -> None:
    first, second = draft("214 doors."), draft("214 doors.")
    client = sign_in(cast.reviewer)
    answer = client.post(
        reverse("runs:verdict", args=[first.pk]), {"verdict": "approved"}, headers={"HX-Request": "true"}, follow=True
    )  # fmt: skip
    assert answer["HX-Push-Url"] == reverse("runs:review", args=[second.pk])


@pytest.mark.parametrize(("seconds", "hinted"), [("2", True), ("400", False), ("0", False)])
def test_whoever_decides_faster_than_anybody_reads_is_told_and_nobody_else_is(
    cast, draft, sign_in, seconds, hinted
) -> None:
    run = draft("They have 214 doors. " * 60)
    client = sign_in(cast.reviewer)
    form = {"verdict": "approved", "seconds_open": seconds}
    page = client.post(reverse("runs:verdict", args=[run.pk]), form, follow=True).content.decode()
    assert ("Only you see this hint" in page) is hinted
    assert "Only you see this hint" not in sign_in(cast.rep).get(reverse("runs:run", args=[run.pk])).content.decode()


def test_the_queue_is_narrowed_down_and_an_empty_one_says_how_to_get_back(cast, draft, sign_in) -> None:
    run = draft()
    client = sign_in(cast.reviewer)
    page = client.get(
        reverse("runs:desk"), {"filter": "1", "activity": run.activity.slug, "kind": "draft"}, follow=True
    )
    assert [item.pk for item in page.context["queue"]] == [run.pk]
    assert page.context["filters"]["count"] == 2
    empty = client.get(reverse("runs:desk"), {"filter": "1", "kind": "sample"})
    assert "Nothing matches what the queue is narrowed down to" in empty.content.decode()
    assert empty["HX-Push-Url"] == reverse("runs:desk")
    assert client.get(reverse("runs:desk"), {"filter": ""}).status_code == 302


def test_what_is_due_today_can_be_looked_at_alone(cast, draft, sign_in) -> None:
    first, second = draft(), draft()
    Run.objects.filter(pk=first.pk).update(due_at=timezone.now() + timedelta(days=3))
    Run.objects.filter(pk=second.pk).update(due_at=timezone.now() - timedelta(hours=1))
    page = sign_in(cast.reviewer).get(reverse("runs:desk"), {"filter": "1", "due": "today"}, follow=True)
    assert [item.pk for item in page.context["queue"]] == [second.pk]
