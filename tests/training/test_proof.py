"""The proof: a learner's prompt and a vague one on the same material, through the gate that every run goes through."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEvent
from policies.models import PolicyVersion, Prompt, PromptVersion
from policies.services import suspend_policy
from tests.support.policies import with_point
from tests.support.practice import with_practice
from tests.training.conftest import NEWCOMER, STANDS
from training import services
from training.checks import checked
from training.models import Exercise, Proof
from training.services import AttemptRefused, proving
from workbench.accounts.services import grant_qualification
from workbench.privacy.services import destroy_keys
from workbench.runs import execution
from workbench.runs.models import Run
from workbench.runs.permissions import can_ask_on, can_retry_run
from workbench.runs.services import RunRefused, Written, cancel_run, prepare_practice, retry_run, send_practice

pytestmark = pytest.mark.django_db
PAGE = "/exercises/recap-with-a-gap/attempts/1/"
GOOD = "- Agreed: 40 sensors for Emden, twelve months, our person on site for two days.\n- Open: the start waits for the port authority."
BAD = "They start in January with 40 sensors at 84,000 euros."


@pytest.fixture
def attempt(cast, recap):
    found = services.open_attempt(actor=cast.rep, exercise=recap)
    return services.check_attempt(actor=cast.rep, attempt=found, answers=STANDS)


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_both_prompts_run_scrubbed_and_logged_and_are_the_learners(cast, attempt, provider, sign_in) -> None:
    with_practice(cast)
    provider.answer = lambda prompt: GOOD if "At most" in prompt or "at most" in prompt else BAD
    client = sign_in(cast.rep)
    page = text_of(client.post(f"{PAGE}prove/", follow=True))
    assert "The model is writing" in page
    proof = Proof.objects.get()
    for run in (proof.precise, proof.vague):
        execution.execute_run(run.pk)
    sent = [message["content"] for call in provider.asked for message in call["messages"]]
    assert len(provider.asked) == 2
    assert not any("Okonjo" in text or "Petersen" in text for text in sent)
    assert any("You keep the minutes" in text for text in sent)
    runs = Run.objects.filter(pk__in=(proof.precise_id, proof.vague_id))
    assert {(run.state, run.requester_id, run.category) for run in runs} == {
        ("answered", cast.rep.pk, "sparring_partner")
    }
    assert AuditEvent.objects.filter(action="run.queued", actor_id=cast.rep.pk).count() == 2
    answer = client.get(f"{PAGE}proof/")
    assert answer.status_code == 286
    page = text_of(answer)
    assert "Okonjo" not in BAD
    assert "84,000" in page
    assert "These figures do not stand in the material." in page
    assert "Nobody named a month in the call." in page


def test_without_an_approved_practice_prompt_the_exercise_works_and_says_what_is_missing(
    cast, attempt, provider, sign_in
) -> None:
    PromptVersion.objects.filter(prompt__slug="practice-en").update(state="retired")
    page = text_of(sign_in(cast.rep).post(f"{PAGE}prove/", follow=True))
    assert "ask a leader for the activity “Learn and practise”" in page
    assert provider.asked == []
    assert not Run.objects.exists()


def test_a_refusal_names_who_decided_and_the_exercise_goes_on(cast, attempt, provider, sign_in) -> None:
    version = with_practice(cast)
    suspend_policy(actor=cast.leader, version=PolicyVersion.objects.deciding().get(activity=version.prompt.activity))
    page = text_of(sign_in(cast.rep).post(f"{PAGE}prove/", follow=True))
    assert "is suspended" in page
    assert "The exercise works without it." in page
    assert not Proof.objects.exists()
    assert AuditEvent.objects.get(action="run.denied").run_id == Run.objects.get().pk, (
        "the refusal is recorded for good"
    )


def test_a_program_that_is_refused_gets_the_number_of_a_run_that_is_there(cast, attempt, provider, sign_in) -> None:
    version = with_practice(cast)
    suspend_policy(actor=cast.leader, version=PolicyVersion.objects.deciding().get(activity=version.prompt.activity))
    answer = sign_in(cast.rep).post("/api/v1/exercises/recap-with-a-gap/attempts/1/prove/")
    assert answer.status_code == 403
    assert Run.objects.get(pk=answer.json()["run"]).state == "denied"


def test_an_attempt_that_is_erased_while_it_is_prepared_does_not_come_back_as_a_run(
    cast, attempt, provider, monkeypatch
) -> None:
    with_practice(cast)
    prepare = proving.prepare_practice

    def and_erase(**given):
        ready = prepare(**given)
        destroy_keys([attempt.data_key_id])
        return ready

    monkeypatch.setattr(proving, "prepare_practice", and_erase)
    with pytest.raises(AttemptRefused, match="erased"):
        services.prove_attempt(actor=cast.rep, attempt=attempt)
    assert not Run.objects.exists()


def test_of_two_windows_that_send_at_the_same_moment_one_does(cast, attempt, provider, monkeypatch) -> None:
    with_practice(cast)
    prepare = proving.prepare_practice

    def and_send_in_the_other(**given):
        monkeypatch.setattr(proving, "prepare_practice", prepare)
        services.prove_attempt(actor=cast.rep, attempt=attempt)
        return prepare(**given)

    monkeypatch.setattr(proving, "prepare_practice", and_send_in_the_other)
    assert services.prove_attempt(actor=cast.rep, attempt=attempt) == Proof.objects.get()
    assert Run.objects.count() == 2


def test_a_prompt_that_nobody_approved_never_runs_where_its_answer_could_be_released(cast, attempt, provider) -> None:
    with_practice(cast, category="human_in_the_loop")
    with pytest.raises(RunRefused, match="sparring partner"):
        services.prove_attempt(actor=cast.rep, attempt=attempt)
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("point", "params", "words"),
    [
        ("languages", {"languages": ["de"]}, "This activity takes texts in these languages: German"),
        ("required_inputs", {"names": ["material"]}, "The policy asks for these inputs too: material"),
    ],
)
def test_what_the_policy_asks_before_a_call_is_asked_of_practice_too(cast, provider, point, params, words) -> None:
    version = with_practice(cast)
    with_point("learn-and-practise", cast.leader, point, params)
    with pytest.raises(RunRefused, match=words):
        prepare_practice(
            actor=cast.rep, prompt_version=version, written=Written("", "Write a recap of the call.", ""), materials={}
        )
    assert not Run.objects.exists()


def test_made_up_material_needs_no_basis_for_a_recording_whatever_it_looks_like(cast, provider) -> None:
    version = with_practice(cast)
    with_point("learn-and-practise", cast.leader, "consent", {})
    for entry in version.inputs:
        entry["kind"] = "transcript"
    written = Written("", "Write a recap of the call.", "{call}")
    practice = prepare_practice(
        actor=cast.rep, prompt_version=version, written=written, materials={"call": "Buyer: Forty sensors."}
    )
    assert "consent" in send_practice(actor=cast.rep, practice=practice).gates


def test_asking_twice_sends_once(cast, attempt, provider) -> None:
    with_practice(cast)
    one, other = (services.prove_attempt(actor=cast.rep, attempt=attempt) for _ in range(2))
    assert one == other
    assert Run.objects.count() == 2


def test_a_mark_that_names_no_material_is_told_and_nothing_is_sent(cast, recap, provider) -> None:
    with_practice(cast)
    found = services.open_attempt(actor=cast.rep, exercise=recap)
    services.check_attempt(actor=cast.rep, attempt=found, answers=STANDS | {"information": "{call}"})
    with pytest.raises(RunRefused, match="No material is called"):
        services.prove_attempt(actor=cast.rep, attempt=found)
    assert not Run.objects.exists()
    assert not Proof.objects.exists()


def test_what_a_learner_typed_is_never_public_to_the_guard(cast, recap, provider) -> None:
    """The approved template is public; a learner's own words are not, so nothing that was replaced may stand in them."""
    with_practice(cast)
    found = services.open_attempt(actor=cast.rep, exercise=recap)
    services.check_attempt(
        actor=cast.rep,
        attempt=found,
        answers=STANDS | {"goal": "Write a recap for Ilaria Conti, i.conti@tierney.example, of at most 90 words."},
    )
    proof = services.prove_attempt(actor=cast.rep, attempt=found)
    outbound = Run.objects.get(pk=proof.precise_id).outbound
    assert "Conti" not in str(outbound)
    assert "Ilaria" not in outbound["fixed"]
    assert "recap" not in outbound["fixed"]


def test_checks_find_what_was_made_up_and_what_is_missing(recap) -> None:
    content = recap.versions.get().content
    sources = [one["text"] for one in content["material"]]
    assert all(one.ok for one in checked(content["checks"], GOOD, sources))
    broken = {one.why: one.marks for one in checked(content["checks"], BAD, sources) if not one.ok}
    assert broken["Nobody named a month in the call."] == ("January",)
    assert broken[""] == ("84,000 euros",)
    assert "Our person on site for two days must be there." in broken


@pytest.mark.parametrize(
    ("check", "answer", "ok"),
    [
        ({"kind": "max_words", "value": 3}, "one two three", True), ({"kind": "max_words", "value": 2}, "one two three", False),
        ({"kind": "min_words", "value": 3}, "one two", False), ({"kind": "max_lines", "value": 2}, "a\n\nb\n", True),
        ({"kind": "form", "value": "list"}, "- a\n- b", True), ({"kind": "form", "value": "list"}, "1. a\n2. b", True), ({"kind": "form", "value": "list"}, "a and b", False),
        ({"kind": "form", "value": "table"}, "| a | b |\n| 1 | 2 |", True), ({"kind": "form", "value": "paragraphs"}, "a\n\nb", True), ({"kind": "form", "value": "paragraphs"}, "a\nb", False),
        ({"kind": "lacks", "any": ["%", "price"]}, "a priceless 5 %", False), ({"kind": "lacks", "any": ["price"]}, "priceless", True),
        ({"kind": "contains", "any": ["two days", "2 days"]}, "for TWO\ndays", True),
    ],
)  # fmt: skip
def test_each_kind_of_check(check, answer, ok) -> None:
    assert checked([{**check, "why": "because"}], answer, [answer])[0].ok is ok


def test_a_good_prompt_goes_to_the_library_with_one_click_under_the_learners_name(cast, attempt, sign_in) -> None:
    answer = sign_in(cast.rep).post(f"{PAGE}propose/", {"activity": "summarise-discovery-call"}, follow=True)
    assert "Proposed under your name" in text_of(answer)
    version = PromptVersion.objects.get(state="in_review", author=cast.rep)
    assert version.role == STANDS["role"]
    assert version.information == "{transcript}"
    assert "120 words" in version.goal
    assert version.examples[0]["expect"]["max_words"] == 150
    assert "Okonjo" in version.examples[0]["inputs"]["transcript"]


def test_two_clicks_are_one_proposal(cast, attempt, sign_in) -> None:
    client = sign_in(cast.rep)
    pages = [client.post(f"{PAGE}propose/", {"activity": "summarise-discovery-call"}) for _click in range(2)]
    assert len({page.headers["Location"] for page in pages}) == 1
    assert PromptVersion.objects.filter(author=cast.rep).count() == 1
    # For another activity it is another proposal.
    client.post(f"{PAGE}propose/", {"activity": "draft-proposal"})
    assert PromptVersion.objects.filter(author=cast.rep).count() == 2


def test_a_proposal_that_the_library_does_not_take_says_which_box_it_is_about(cast, recap, sign_in) -> None:
    source = recap.versions.get().source.replace("needs: {role: 1, ", "needs: {")
    draft = services.save_exercise(actor=cast.trainer, source=source, exercise=recap)
    services.publish_exercise(actor=cast.trainer, version=draft)
    found = services.open_attempt(actor=cast.rep, exercise=recap)
    assert services.check_attempt(actor=cast.rep, attempt=found, answers=STANDS | {"role": ""}).passed
    before = Prompt.objects.count()
    answer = sign_in(cast.rep).post(f"{PAGE}propose/", {"activity": "summarise-discovery-call"}, follow=True)
    assert "Role: This field cannot be blank." in text_of(answer)
    assert Prompt.objects.count() == before


def test_only_what_finished_the_exercise_is_proposed(cast, recap, sign_in) -> None:
    found = services.open_attempt(actor=cast.rep, exercise=recap)
    services.check_attempt(actor=cast.rep, attempt=found, answers=NEWCOMER)
    client = sign_in(cast.rep)
    assert "Propose to the library" not in text_of(client.get(PAGE))
    client.post(f"{PAGE}propose/", {"activity": "summarise-discovery-call"})
    assert not PromptVersion.objects.filter(author=cast.rep).exists()


def test_a_refused_call_leads_straight_to_the_path_that_opens_it(cast, sign_in, provider) -> None:
    with_point("summarise-discovery-call", cast.leader, "qualification", {"name": "call-summaries"})
    client = sign_in(cast.rep)
    for answer in (
        client.get("/runs/start/discovery-call-summary/"),
        client.post("/runs/start/discovery-call-summary/draft/"),
    ):
        page = answer.content.decode()
        assert '<a href="/exercises/?language=en#summaries">Do the learning path “Summaries of calls”</a>' in page
    assert 'id="summaries"' in client.get("/exercises/?language=en").content.decode()
    client.cookies["django_language"] = "de"
    assert (
        'href="/exercises/?language=de#summaries"' in client.get("/runs/start/discovery-call-summary/").content.decode()
    )


def test_what_asks_for_a_right_is_offered_from_the_minute_on_at_which_somebody_holds_it(
    cast, sign_in, provider, django_assert_num_queries
) -> None:
    client = sign_in(cast.rep)
    card = 'href="/runs/start/discovery-call-summary/"'
    client.get("/runs/start/")
    with CaptureQueriesContext(connection) as before:
        assert card in client.get("/runs/start/").content.decode()
    with_point("summarise-discovery-call", cast.leader, "qualification", {"name": "call-summaries"})
    # Whether it is held is asked, and the way to it is looked up by its language.
    with django_assert_num_queries(len(before) + 2):
        page = client.get("/runs/start/").content.decode()
    assert card not in page
    assert "Opens when you have learned it" in page
    assert '<a href="/exercises/?language=en#summaries">Do the learning path “Summaries of calls”</a>' in page
    assert card not in client.get("/").content.decode()
    grant_qualification(
        actor=cast.leader, person=cast.rep, name="call-summaries", evidence="Course of October", expires_at=None
    )
    assert card in client.get("/").content.decode()
    page = client.get("/runs/start/").content.decode()
    assert card in page
    assert "Opens when you have learned it" not in page


def test_a_path_that_is_there_in_one_language_only_is_shown_in_it(cast, sign_in, provider) -> None:
    Exercise.objects.filter(path__qualification="call-summaries", language="en").update(retired_at=timezone.now())
    with_point("summarise-discovery-call", cast.leader, "qualification", {"name": "call-summaries"})
    page = sign_in(cast.rep).get("/runs/start/discovery-call-summary/").content.decode()
    assert 'href="/exercises/?language=de#summaries"' in page


def test_where_no_path_earns_it_the_refusal_points_nowhere(cast, sign_in, provider) -> None:
    with_point("summarise-discovery-call", cast.leader, "qualification", {"name": "driving-licence"})
    page = sign_in(cast.rep).get("/runs/start/discovery-call-summary/")
    assert page.status_code == 403
    assert "Do the learning path" not in page.content.decode()
    assert "Ask your trainer how to get it." in text_of(page)


def test_what_ended_without_an_answer_is_tried_again_from_the_exercise_and_only_there(cast, attempt, provider, sign_in) -> None:  # fmt: skip
    with_practice(cast)
    provider.answer = lambda prompt: GOOD
    client = sign_in(cast.rep)
    client.post(f"{PAGE}prove/")
    first = Proof.objects.get()
    execution.execute_run(first.vague_id)
    cancel_run(actor=cast.rep, run=first.precise)
    assert client.get(f"{PAGE}proof/").status_code == 286
    page = text_of(client.get(PAGE))
    assert "Try again what has no answer" in page
    run = Run.objects.get(pk=first.precise_id)
    assert (can_retry_run(cast.rep, run), can_ask_on(cast.rep, Run.objects.get(pk=first.vague_id))) == (False, False)
    with pytest.raises(PermissionDenied):
        retry_run(actor=cast.rep, run=run)
    client.post(f"{PAGE}prove/")
    again = Proof.objects.get()
    assert (again.vague_id, again.precise.retry_of_id) == (first.vague_id, first.precise_id)
    execution.execute_run(again.precise_id)
    page = text_of(client.get(PAGE))
    assert "Try again what has no answer" not in page
    assert page.count("Agreed: 40 sensors") == 2
    client.post(f"{PAGE}prove/")
    assert Run.objects.count() == 3, "what is answered is not sent again"
