"""A right is earned by passing and by nothing else, ends when it ends, and what stands about it never changes."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from policies.models import PromptVersion
from policies.services import decide
from tests.support.policies import with_point
from tests.support.practice import with_practice
from tests.training.conftest import NEWCOMER, STANDS
from tests.training.test_attempts import check, pass_path
from training import services
from training.models import Attempt, Completion, Exercise
from training.services import AttemptRefused, attempts
from training.services.exercises import CATALOGUE
from workbench.accounts.models import Qualification, User
from workbench.accounts.services import grant_qualification, revoke_qualification
from workbench.privacy.subjects import find_subject
from workbench.runs import execution, typed
from workbench.runs.models import Run
from workbench.runs.services import RunRefused, open_case, preview_run, submit_run

pytestmark = pytest.mark.django_db
PAGE = "/exercises/recap-with-a-gap/"
SOURCE = (CATALOGUE / "en" / "recap-with-a-gap.yaml").read_text(encoding="utf-8")


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def worked(exercise) -> dict[str, str]:
    content = exercise.versions.order_by("-number").first().content["worked"]
    return {name: text for name, text in content.items() if name != "why"}


def later(monkeypatch, days: float) -> None:
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(days=days))


def holds(person, name: str = "call-summaries") -> bool:
    return Qualification.objects.held(on=timezone.now()).filter(person=person, name=name).exists()


@pytest.fixture
def second(recap):
    """The other exercise of the path, which has two."""
    [other] = Exercise.objects.published().filter(path=recap.path, language="en").exclude(pk=recap.pk)
    return other


def test_the_worked_example_of_a_new_version_is_not_shown_before_that_is_finished(cast, recap, sign_in) -> None:
    check(cast.rep, recap, STANDS)
    draft = services.save_exercise(
        actor=cast.trainer,
        source=SOURCE.replace("You keep the minutes for a sales team.", "You keep the NEW-ANSWER minutes."),
        exercise=recap,
    )
    services.publish_exercise(actor=cast.trainer, version=draft)
    assert "NEW-ANSWER" not in text_of(sign_in(cast.rep).get(PAGE))


def test_a_lapsed_right_is_not_renewed_by_pressing_check_on_the_old_answer(cast, recap, monkeypatch) -> None:
    pass_path(cast.rep, recap)
    later(monkeypatch, 200)
    for one in Exercise.objects.published().filter(path=recap.path, language="en"):
        attempt = services.open_attempt(actor=cast.rep, exercise=one)
        assert attempt.said == {}, "what finished it is not written again"
        with pytest.raises(AttemptRefused, match="empty"):
            services.check_attempt(actor=cast.rep, attempt=attempt, answers=attempt.said)
    assert not holds(cast.rep)


def test_after_a_right_was_taken_back_everything_is_done_anew(cast, recap, second) -> None:
    pass_path(cast.rep, recap)
    check(cast.rep, recap, STANDS)  # once more on the same day
    revoke_qualification(
        actor=cast.trainer, qualification=Qualification.objects.get(person=cast.rep, name="call-summaries")
    )
    check(cast.rep, second, worked(second))  # one of two
    assert not holds(cast.rep)


def test_after_a_right_lapsed_everything_is_done_anew(cast, recap, second, monkeypatch) -> None:
    pass_path(cast.rep, recap)
    check(cast.rep, recap, STANDS)
    later(monkeypatch, 200)
    check(cast.rep, second, worked(second))
    assert not holds(cast.rep)


def test_two_clicks_are_one_check_and_finish_a_path_once(cast, sign_in) -> None:
    exercise = Exercise.objects.get(slug="sceptic-before-the-tender")
    client = sign_in(cast.rep)
    for _click in range(2):
        client.post(f"/exercises/{exercise.slug}/check/", worked(exercise) | {"attempt": "1"})
    assert Completion.objects.filter(learner=cast.rep).count() == 1
    assert Attempt.objects.filter(learner=cast.rep).count() == 1


def test_what_finished_it_is_not_passed_again_by_pressing_check_but_from_the_start(cast, sign_in) -> None:
    exercise = Exercise.objects.get(slug="sceptic-before-the-tender")
    client, page = sign_in(cast.rep), f"/exercises/{exercise.slug}/"
    client.post(f"{page}check/", worked(exercise) | {"attempt": "1"})
    shown = client.get(page)
    assert worked(exercise)["goal"][:30] in shown.content.decode()
    client.post(f"{page}check/", worked(exercise) | {"attempt": str(shown.context["shown_number"])})
    assert Completion.objects.filter(learner=cast.rep).count() == 1
    empty = client.get(f"{page}?again=1")
    assert worked(exercise)["goal"][:30] not in empty.content.decode()
    client.post(f"{page}check/", worked(exercise) | {"attempt": str(empty.context["shown_number"])})
    assert Completion.objects.filter(learner=cast.rep).count() == 2


def test_taking_an_exercise_away_does_not_grant_a_right_for_what_was_passed_years_ago(
    cast, recap, second, monkeypatch
) -> None:
    check(cast.rep, recap, STANDS)
    later(monkeypatch, 5 * 365)
    services.retire_exercise(actor=cast.trainer, exercise=second)
    assert not holds(cast.rep)


def test_learning_does_not_shorten_a_right(cast, recap, monkeypatch) -> None:
    Qualification.objects.filter(person=cast.rep, name="call-summaries").delete()
    grant_qualification(
        actor=cast.trainer, person=cast.rep, name="call-summaries", evidence="Exam of 3 March", expires_at=None
    )
    pass_path(cast.rep, recap)
    later(monkeypatch, 200)
    assert holds(cast.rep)


def test_the_page_of_an_exercise_begins_empty_where_what_passed_counts_no_more(cast, recap, sign_in, monkeypatch) -> None:  # fmt: skip
    pass_path(cast.rep, recap)
    said = Attempt.objects.get(exercise=recap).said["goal"]
    client = sign_in(cast.rep)
    assert said in text_of(client.get(PAGE))
    right = Qualification.objects.get(person=cast.rep, name="call-summaries")
    revoke_qualification(actor=cast.trainer, qualification=right)
    page = text_of(client.get(PAGE))
    assert said not in page
    assert "Finished." not in page


def test_who_had_no_access_when_an_exercise_was_taken_away_has_the_path_when_they_come_back(
    cast, recap, second
) -> None:
    check(cast.rep, recap, worked(recap))
    User.objects.filter(pk=cast.rep.pk).update(is_active=False)
    services.retire_exercise(actor=cast.trainer, exercise=second)
    assert Completion.objects.filter(learner=cast.rep).exists()


@pytest.mark.django_db(transaction=True)
def test_passing_while_a_trainer_takes_the_other_exercise_away_finishes_the_path(cast, recap, second, monkeypatch) -> None:  # fmt: skip
    if connection.vendor == "sqlite":
        pytest.skip("SQLite writes one after the other")
    attempt = services.open_attempt(actor=cast.rep, exercise=recap)
    passed, original = Event(), attempts.finish_path

    def and_wait(**given):
        found = original(**given)
        passed.set()
        return found

    monkeypatch.setattr(attempts, "finish_path", and_wait)

    def learn() -> None:
        try:
            services.check_attempt(actor=cast.rep, attempt=attempt, answers=worked(recap))
        finally:
            connections.close_all()

    learner = Thread(target=learn)
    learner.start()
    assert passed.wait(60)
    services.retire_exercise(actor=cast.trainer, exercise=second)
    learner.join(60)
    assert Completion.objects.filter(learner=cast.rep).count() == 1


# What leaves


@pytest.mark.parametrize("how", ["lapsed", "taken back"])
def test_a_call_that_waits_does_not_leave_once_the_right_is_gone(cast, provider, monkeypatch, sign_in, how) -> None:
    soon = timezone.now() + timedelta(hours=1)
    right = grant_qualification(actor=cast.trainer, person=cast.rep, name="call-summaries", evidence="Exam of 3 March", expires_at=soon)  # fmt: skip
    with_point("summarise-discovery-call", cast.leader, "qualification", {"name": "call-summaries"})
    prompt = PromptVersion.objects.approved().get(prompt__slug="discovery-call-summary")
    run = submit_run(actor=cast.rep, prompt_version=prompt, inputs={"transcript": "Three cold stores, one alarm."})
    if how == "lapsed":
        later(monkeypatch, 1)
    else:
        revoke_qualification(actor=cast.trainer, qualification=right)
    assert not decide(actor=cast.rep, activity=prompt.prompt.activity, prompt_version=prompt).allowed
    execution.execute_run(run.pk)
    assert provider.asked == []
    run = Run.objects.get(pk=run.pk)
    assert (run.state, run.reasons) == ("denied", ["qualification"])
    assert "The qualification that the policy asks for was not held." in text_of(
        sign_in(cast.rep).get(f"/runs/{run.pk}/")
    )


def test_the_prompt_of_practice_runs_from_exercises_and_from_nowhere_else(cast, provider, sign_in) -> None:
    version = with_practice(cast)
    with pytest.raises(RunRefused, match="for exercises"):
        preview_run(actor=cast.rep, prompt_version=version, inputs={"prompt": "Write a poem.", "material": "Sea."})
    client = sign_in(cast.rep)
    assert client.get("/runs/start/practice-en/").headers["Location"] == "/exercises/"
    assert "practice-en" not in client.get("/runs/start/").content.decode()


def test_compliance_opens_no_case_on_practice(cast, recap, provider, sign_in) -> None:
    with_practice(cast)
    attempt = check(cast.rep, recap, STANDS)
    proof = services.prove_attempt(actor=cast.rep, attempt=attempt)
    execution.execute_run(proof.precise_id)
    with pytest.raises(RunRefused, match="read by nobody else"):
        open_case(actor=cast.compliance, run=Run.objects.get(pk=proof.precise_id), reason="Looking into how somebody learns.")  # fmt: skip
    page = text_of(sign_in(cast.compliance).post(f"/runs/{proof.precise_id}/case/", {"reason": "Looking into it."}, follow=True))  # fmt: skip
    assert "You keep the minutes" not in page


def test_a_material_called_as_a_box_does_not_take_the_place_of_what_the_learner_wrote(cast, recap, provider) -> None:
    with_practice(cast)
    source = SOURCE.replace("name: transcript", "name: box_goal").replace("{transcript}", "{box_goal}")
    draft = services.save_exercise(actor=cast.trainer, source=source, exercise=recap)
    services.publish_exercise(actor=cast.trainer, version=draft)
    attempt = check(cast.rep, recap, STANDS | {"information": "{box_goal}"})
    proof = services.prove_attempt(actor=cast.rep, attempt=attempt)
    assert "Write a recap of the call" in str(Run.objects.get(pk=proof.precise_id).outbound)


def test_who_shares_a_name_with_somebody_made_up_is_found_in_an_attempt(cast, recap) -> None:
    asks = "Ask Dagmar Petersen of the Bremen depot. What was left open goes under “Open”."
    attempt = check(cast.rep, recap, STANDS | {"limits": asks})
    typed.mark_typed()
    assert find_subject("Dagmar Petersen")["whole"] == {attempt.data_key_id}


# What stays


def test_that_a_path_was_finished_never_changes(cast, recap) -> None:
    pass_path(cast.rep, recap)
    for change in (
        {"versions": {}}, {"at": timezone.now() + timedelta(days=300)}, {"learner": cast.colleague}, {"code": "0" * 32},
        {"qualification": grant_qualification(actor=cast.trainer, person=cast.colleague, name="x", evidence="Exam of 3 March", expires_at=None)},
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
            Completion.objects.update(**change)
    with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
        Completion.objects.all().delete()
    Completion.objects.update(qualification=None)


@pytest.mark.parametrize(
    "table", ["training_attempt", "training_exerciseversion", "training_completion", "policies_policyversion", "policies_promptversion"]
)  # fmt: skip
def test_no_statement_replaces_or_empties_what_never_changes(cast, recap, table) -> None:
    check(cast.rep, recap, NEWCOMER)
    pass_path(cast.rep, recap)
    statement = f"TRUNCATE {table} CASCADE"
    if connection.vendor == "sqlite":
        statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = (SELECT min(id) FROM {table})"
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match=r"never change|stays as it was"), transaction.atomic():
            cursor.execute(statement)
