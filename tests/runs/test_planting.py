"""Planted errors: seen or missed, told at once, never released, and nobody's business but the reviewer's."""

import random
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEvent
from policies.evidence import gather
from policies.evidence.planting import plant
from tests.support.policies import with_point
from workbench.accounts.models import RoleGrant, User
from workbench.runs import execution, figures, services
from workbench.runs.evidence import evidence_of
from workbench.runs.models import Plant, Run, State
from workbench.runs.services import text_sha256

pytestmark = pytest.mark.django_db
SOURCE = (
    "Jonas Feld: Good morning.\nIlaria Conti: We run three cold stores with 214 doors and lost 38,000 euros. Henrik Aas decides on 9 December. "
    "The other site has 96 doors."
)
DRAFT = "They run 214 doors and lost 38,000 euros. Henrik Aas decides on 9 December."
PEOPLE = ("Jonas Feld", "Ilaria Conti", "Henrik Aas")


@pytest.mark.parametrize("seed", range(30))
def test_a_planted_error_is_a_changed_figure_a_swapped_name_or_an_invented_date(seed) -> None:
    found = plant(DRAFT, SOURCE, PEOPLE, random.Random(seed))
    assert found.text != DRAFT
    assert found.text[: found.start] == DRAFT[: found.start]
    assert found.text.replace(found.after, found.before, 1) == DRAFT or found.text.count(found.after) > 1
    assert found.after in found.sentence
    assert found.sentence in found.text
    if found.kind == "name":
        assert found.after in PEOPLE
    if found.kind == "date":
        assert [mark.kind for mark in gather(found.text, [SOURCE]).open] == ["date"]


def test_the_figure_is_taken_from_the_source_so_that_no_mark_gives_it_away() -> None:
    found = {plant("They run 214 doors.", SOURCE, (), random.Random(seed)).text for seed in range(10)}
    assert found == {"They run 96 doors."}
    assert gather("They run 96 doors.", [SOURCE]).open == ()


def test_the_name_of_a_product_is_swapped_for_another_of_the_source() -> None:
    source = "We sell it at Walmart and soon at Billie. It is called CoolTrack."
    found = {plant("It is sold at Walmart.", source, (), random.Random(seed)).text for seed in range(10)}
    assert found <= {"It is sold at Billie.", "It is sold at CoolTrack."}


def test_a_spoken_figure_is_changed_too() -> None:
    source = "Sales grew two point five percent, and costs rose nine percent."
    found = {plant("Sales grew two point five percent.", source, (), random.Random(seed)).text for seed in range(5)}
    assert found == {"Sales grew nine percent."}


def test_a_text_without_figures_names_and_dates_takes_no_error() -> None:
    assert plant("They want an alarm.", "They want an alarm.", (), random.Random(1)) is None


@given(st.text(max_size=120), st.text(max_size=120), st.integers())
def test_one_stretch_alone_is_changed_whatever_the_text(draft, source, seed) -> None:
    found = plant(draft, source, ("Jonas Feld", "Ilaria Conti"), random.Random(seed))
    if found is not None:
        assert found.text != draft
        assert found.text == draft[: found.start] + found.after + draft[found.start + len(found.before) :]


class Chance(random.Random):
    """Dice that fall as the test says: first whether there is an error, then which."""

    falls = 0

    def __init__(self) -> None:
        super().__init__(7)

    def randrange(self, *args):
        return Chance.falls if len(args) == 1 and args[0] == 3 else super().randrange(*args)


@pytest.fixture
def planted(cast, summary, provider, call, monkeypatch):
    """``planted()`` → a run whose reviewer gets a copy with an error, the copy, and the draft as it is."""
    with_point("summarise-discovery-call", cast.leader, "planted_error", {"every": 3})
    monkeypatch.setattr(execution.random, "SystemRandom", Chance)
    monkeypatch.setattr(Chance, "falls", 0)
    provider.answer = "They run 214 doors in three cold stores."

    def make():
        run = services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call})
        execution.execute_run(run.pk)
        run = Run.objects.select_related("data_key", "plant__data_key", "output__data_key").get(pk=run.pk)
        plant = services.plant_of(run)
        return run, plant.content["text"] if plant else "", run.output.draft

    return make


def _vouched(run):
    return [mark.key for mark in evidence_of(run, run.plant.content["text"]).open]


def test_chance_plants_one_draft_in_n(planted, monkeypatch) -> None:
    run, wrong, draft = planted()
    assert wrong != draft == "They run 214 doors in three cold stores."
    assert run.plant.kind == "figure"
    monkeypatch.setattr(Chance, "falls", 1)
    assert services.plant_of(planted()[0]) is None


def test_without_the_control_point_no_error_is_planted(cast, summary, provider, call, monkeypatch) -> None:
    monkeypatch.setattr(execution.random, "SystemRandom", Chance)
    run = services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call})
    execution.execute_run(run.pk)
    assert not Plant.objects.exists()


def test_the_reviewer_gets_the_copy_and_the_requester_the_draft(cast, planted, sign_in) -> None:
    run, wrong, draft = planted()
    desk = sign_in(cast.reviewer).get(reverse("runs:review", args=[run.pk]))
    assert desk.context["draft"] == wrong
    assert sign_in(cast.rep).get(reverse("runs:run", args=[run.pk])).context["draft"] == draft
    through_api = sign_in(cast.reviewer).get(f"/api/v1/runs/{run.pk}/").json()
    assert (through_api["draft"], through_api["planted"]) == (wrong, None)


def test_whoever_rejects_the_copy_has_seen_the_error_and_the_draft_still_waits(cast, planted, sign_in) -> None:
    run, wrong, draft = planted()
    client = sign_in(cast.reviewer)
    answer = client.post(
        reverse("runs:verdict", args=[run.pk]),
        {"verdict": "rejected", "reason": "The figure is wrong.", "shown": text_sha256(wrong)},
        follow=True,
    )
    page = answer.content.decode()
    assert "You saw the planted error." in page
    assert "Nothing was released or rejected." in page
    assert answer.context["draft"] == draft
    run.refresh_from_db()
    assert (run.state, run.reviews.count(), run.plant.caught) == (State.IN_REVIEW, 0, True)
    seen = text_sha256(draft)
    assert (
        services.review_run(actor=cast.reviewer, run=run, verdict="approved", shown_sha256=seen).verdict == "approved"
    )
    run.output.refresh_from_db()
    assert run.output.final == draft


def test_whoever_approves_the_copy_is_told_at_once_and_nothing_goes_out(cast, planted, sign_in) -> None:
    run, wrong, _draft = planted()
    client = sign_in(cast.reviewer)
    answer = client.post(
        reverse("runs:verdict", args=[run.pk]),
        {"verdict": "approved", "vouch": _vouched(run), "shown": text_sha256(wrong)},
        follow=True,
    )
    page = answer.content.decode()
    assert "it went past you" in page
    assert "you saw 0 of 1" in page
    run.refresh_from_db()
    assert run.state == State.IN_REVIEW
    assert run.output.final is None


def test_the_sentence_with_the_error_is_never_released_and_what_was_typed_is_kept_without_it(
    cast, planted, sign_in
) -> None:
    run, wrong, draft = planted()
    client = sign_in(cast.reviewer)
    edited = wrong + "\nAnd my own line."
    client.post(
        reverse("runs:verdict", args=[run.pk]),
        {"verdict": "edited", "text": edited, "vouch": _vouched(run), "shown": text_sha256(wrong)},
    )
    run.refresh_from_db()
    assert run.plant.caught is False
    page = client.get(reverse("runs:review", args=[run.pk]))
    assert page.context["typed"]["text"] == draft + "\nAnd my own line."
    run, seen = Run.objects.get(pk=run.pk), text_sha256(draft)
    with pytest.raises(services.RunRefused, match="carries the planted error"):
        services.review_run(
            actor=cast.reviewer, run=run, verdict="edited", text=edited, vouched=_vouched(run), shown_sha256=seen
        )
    final = draft + "\nAnd my own line."
    assert (
        services.review_run(actor=cast.reviewer, run=run, verdict="edited", text=final, shown_sha256=seen).verdict
        == "edited"
    )


def test_pressing_twice_does_not_approve_a_draft_that_nobody_has_seen(cast, planted, sign_in) -> None:
    run, wrong, _draft = planted()
    client, address = sign_in(cast.reviewer), reverse("runs:verdict", args=[run.pk])
    pressed = {"verdict": "approved", "vouch": _vouched(run), "shown": text_sha256(wrong)}
    assert client.post(address, pressed).status_code == 302
    again = client.post(address, pressed)
    assert again.status_code == 422
    assert "The draft changed since this page was opened." in again.content.decode()
    with pytest.raises(services.RunRefused, match="changed since"):
        services.review_run(actor=cast.reviewer, run=Run.objects.get(pk=run.pk), verdict="approved")
    run.refresh_from_db()
    assert run.state == State.IN_REVIEW


def test_no_page_gives_the_copy_away_by_its_control_points(cast, planted, sign_in) -> None:
    run, _wrong, _draft = planted()
    run.plant.content |= {"checks": [{"kind": "length", "ok": False, "marks": []}]}
    run.plant.save()
    page = sign_in(cast.reviewer).get(reverse("runs:run", args=[run.pk]))
    assert "0 of 1 hold" in page.content.decode()
    assert "0 of 1 hold" not in sign_in(cast.rep).get(reverse("runs:run", args=[run.pk])).content.decode()


def test_the_log_holds_that_it_was_revealed_but_neither_who_nor_how_it_went(cast, planted) -> None:
    run, _wrong, _draft = planted()
    services.review_run(actor=cast.reviewer, run=run, verdict="rejected", reason="The figure is wrong.")
    event = AuditEvent.objects.get(action="run.error_revealed")
    assert (event.actor_id, event.data) == (None, {"kind": "figure"})
    assert not AuditEvent.objects.filter(action="run.rejected").exists()


def test_nobody_but_the_reviewer_learns_how_it_went(cast, planted, sign_in) -> None:
    run, _wrong, _draft = planted()
    services.review_run(actor=cast.reviewer, run=run, verdict="rejected", reason="The figure is wrong.")
    RoleGrant.objects.create(user=cast.trainer, role="reviewer")
    other = User.objects.get(pk=cast.trainer.pk)
    assert services.own_rate(cast.reviewer) == (1, 1)
    for person in (cast.rep, other, cast.leader, cast.compliance):
        for path in (f"/desk/{run.pk}/", f"/runs/{run.pk}/", f"/api/v1/runs/{run.pk}/", "/profile/record/file/"):
            answer = sign_in(person).get(path)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert b"planted error." not in body
            assert b'"caught": true' not in body
            assert b'"caught":true' not in body


def test_leaders_get_one_figure_per_policy_that_only_moves_by_five_reviewers_at_once(cast, planted) -> None:
    runs = [planted()[0] for _ in range(11)]
    activity = runs[0].activity
    people = [User.objects.create_user(f"reviewer{n}", f"r{n}@nordwerk.example") for n in range(5)]
    now, shown = timezone.now(), []
    for n, run in enumerate(runs):
        at = now - timedelta(minutes=60 - n)
        Plant.objects.filter(run=run).update(
            reviewer=people[n % 5], caught=n % 5 != 4, decided_at=at, verdict="rejected"
        )
        shown.append(figures.planted(activity))
    assert shown == [None] * 4 + [(4, 5)] * 5 + [(8, 10)] * 2
    Plant.objects.update(decided_at=now - timedelta(days=800))
    assert figures.planted(activity) is None


def test_the_database_knows_no_result_without_a_person(planted) -> None:
    run, _wrong, _draft = planted()
    with pytest.raises(IntegrityError), transaction.atomic():
        Plant.objects.filter(run=run).update(caught=True)


def test_the_policy_page_shows_the_figure_to_leaders_and_trainers_alone(cast, planted, sign_in, monkeypatch) -> None:
    run, _wrong, _draft = planted()
    path = reverse("policies:policy", args=[run.activity.slug])
    assert "five reviewers" in sign_in(cast.leader).get(path).content.decode()
    assert "five reviewers" not in sign_in(cast.rep).get(path).content.decode()
    monkeypatch.setattr(figures, "planted", lambda activity: (4, 5))
    assert "4 of 5 seen" in sign_in(cast.trainer).get(path).content.decode()
    assert sign_in(cast.leader).get(f"/api/v1/activities/{run.activity.slug}/planted/").json() == {"seen": 4, "of": 5}


def test_planted_errors_belong_where_a_person_reviews(cast, company) -> None:
    with pytest.raises(ValidationError, match="does nothing here"):
        with_point("challenge-account-plan", cast.leader, "planted_error", {"every": 2})
    with pytest.raises(ValidationError, match="does nothing here"):
        with_point("summarise-discovery-call", cast.leader, "follow_ups", {"limit": 2})


def test_the_right_sentence_is_kept_even_where_the_wrong_words_stand_in_it_already() -> None:
    source = "We run 214 doors here and 96 doors there."
    for seed in range(12):
        found = plant("We run 214 doors and not 96 doors.", source, (), random.Random(seed))
        assert found.right == "We run 214 doors and not 96 doors."


def test_a_changed_sentence_around_the_error_does_not_carry_it_out(cast, planted, sign_in) -> None:
    run, wrong, draft = planted()
    edited = wrong.replace("They run", "They now run")
    client = sign_in(cast.reviewer)
    client.post(
        reverse("runs:verdict", args=[run.pk]),
        {"verdict": "edited", "text": edited, "vouch": _vouched(run), "shown": text_sha256(wrong)},
    )
    page = client.get(reverse("runs:review", args=[run.pk]))
    right = draft.replace("They run", "They now run")
    assert page.context["typed"]["text"] == right, "what was typed, with the true words"
    run, seen = Run.objects.get(pk=run.pk), text_sha256(draft)
    with pytest.raises(services.RunRefused, match="carries the planted error"):
        services.review_run(
            actor=cast.reviewer, run=run, verdict="edited", text=edited, vouched=_vouched(run), shown_sha256=seen
        )
    assert (
        services.review_run(actor=cast.reviewer, run=run, verdict="edited", text=right, shown_sha256=seen).verdict
        == "edited"
    )
