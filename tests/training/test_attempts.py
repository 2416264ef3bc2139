"""Attempts are kept while typed, judged on demand, stay, and are the learner's alone; finishing a path opens its right at that minute."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEvent
from policies.models import PromptVersion
from policies.services import decide
from tests.support.policies import with_point
from tests.training.conftest import NEWCOMER, STANDS
from training import feedback, services
from training.models import Attempt, Completion, Exercise, LevelCount
from training.overview import progress_of
from training.services import AttemptRefused
from training.services.attempts import finish_path
from training.statistics import hardest
from workbench.accounts.models import Qualification
from workbench.gateway.pii import ScrubberUnavailable
from workbench.privacy.services import destroy_keys
from workbench.privacy.subjects import find_subject
from workbench.runs import typed

pytestmark = pytest.mark.django_db


def check(person, exercise, answers):
    attempt = services.open_attempt(actor=person, exercise=exercise)
    return services.check_attempt(actor=person, attempt=attempt, answers=answers)


def pass_path(person, exercise):
    """Pass every exercise of the path: its worked example does."""
    for one in Exercise.objects.published().filter(path=exercise.path, language=exercise.language):
        worked = one.versions.get().content["worked"]
        attempt = check(person, one, {name: text for name, text in worked.items() if name != "why"})
        assert attempt.passed, (one.slug, [row for row in attempt.found if row["level"] < row["need"]])


def test_what_is_typed_is_kept_and_found_again(cast, recap) -> None:
    attempt = services.open_attempt(actor=cast.rep, exercise=recap)
    services.save_attempt(actor=cast.rep, attempt=attempt, answers={"goal": "Write"})
    assert services.open_attempt(actor=cast.rep, exercise=recap).said == {"goal": "Write"}
    assert Attempt.objects.count() == 1
    assert b"Write" not in bytes(Attempt.objects.get().answers_sealed)


def test_a_checked_attempt_stays_and_the_next_one_begins_where_it_ended(cast, recap) -> None:
    first = check(cast.rep, recap, NEWCOMER)
    assert not first.passed
    assert {row["criterion"]: row["code"] for row in first.found}["knowable"] == "knowable_open"
    second = services.open_attempt(actor=cast.rep, exercise=recap)
    assert (second.number, second.said) == (2, NEWCOMER)
    services.save_attempt(actor=cast.rep, attempt=second, answers=STANDS)
    assert Attempt.objects.get(number=1).said == NEWCOMER
    for change in (
        lambda: Attempt.objects.filter(number=1).update(passed=True),
        lambda: Attempt.objects.filter(number=1).delete(),
    ):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            change()


def test_nobody_but_the_learner_sees_an_attempt(cast, recap) -> None:
    attempt = check(cast.rep, recap, STANDS)
    for person in (cast.leader, cast.trainer, cast.compliance, cast.administrator, cast.colleague):
        assert not Attempt.objects.visible_to(person).exists()
        with pytest.raises(PermissionDenied):
            services.save_attempt(actor=person, attempt=attempt, answers={})
    assert not AuditEvent.objects.filter(action__startswith="attempt").exists()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "The boxes are empty"),
        ({"goal": " \n"}, "The boxes are empty"),
        ({"goal": "🙂🙂🙂"}, "no words"),
        ({"goal": "write " * 20_000}, "It is kept"),
    ],
)
def test_what_cannot_be_judged_gets_a_sentence_and_is_kept(cast, recap, answers, words) -> None:
    attempt = services.open_attempt(actor=cast.rep, exercise=recap)
    with pytest.raises(AttemptRefused, match=words):
        services.check_attempt(actor=cast.rep, attempt=attempt, answers=answers)
    assert services.open_attempt(actor=cast.rep, exercise=recap).said == {
        box: text for box, text in answers.items() if text
    }
    assert Attempt.objects.get().checked_at is None


def test_what_is_too_long_to_be_kept_says_so(cast, recap) -> None:
    attempt = services.open_attempt(actor=cast.rep, exercise=recap)
    with pytest.raises(AttemptRefused, match="too long to be kept"):
        services.save_attempt(actor=cast.rep, attempt=attempt, answers={"goal": "x" * 200_001})


def test_two_windows_check_once(cast, recap) -> None:
    one, other = (services.open_attempt(actor=cast.rep, exercise=recap) for _ in range(2))
    services.check_attempt(actor=cast.rep, attempt=one, answers=STANDS)
    with pytest.raises(AttemptRefused, match="another window"):
        services.check_attempt(actor=cast.rep, attempt=other, answers=NEWCOMER)
    assert Attempt.objects.get(checked_at__isnull=False).said == STANDS


def test_finishing_the_path_opens_the_prompt_at_that_minute_and_expiry_closes_it(
    cast, recap, second, provider, monkeypatch
) -> None:
    activity = with_point("summarise-discovery-call", cast.leader, "qualification", {"name": "call-summaries"})
    prompt = PromptVersion.objects.approved().get(prompt__slug="discovery-call-summary")

    def may():
        return decide(actor=cast.rep, activity=activity, prompt_version=prompt).allowed

    assert check(cast.rep, recap, STANDS).passed
    assert not may()
    assert not Completion.objects.exists()
    pass_path(cast.rep, second)
    assert may()
    held = Qualification.objects.get(person=cast.rep, name="call-summaries")
    assert held.granted_by is None
    assert 150 < (held.expires_at - timezone.now()).days < 190
    event = AuditEvent.objects.get(action="qualification.earned")
    assert (event.actor_id, event.data["qualification"]) == (cast.rep.pk, "call-summaries")
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(days=200))
    assert not may()


def test_a_retake_adds_a_record_and_asks_for_everything_anew(cast, recap) -> None:
    pass_path(cast.rep, recap)
    first = Completion.objects.get()
    check(cast.rep, recap, STANDS)
    assert Completion.objects.count() == 1
    pass_path(cast.rep, recap)
    assert Completion.objects.count() == 2
    assert Completion.objects.filter(pk=first.pk, versions=first.versions).exists()
    assert Qualification.objects.held(on=timezone.now()).filter(person=cast.rep).count() == 1


def test_a_path_without_exercises_earns_nothing(cast, recap) -> None:
    Exercise.objects.filter(path=recap.path).update(retired_at=timezone.now())
    assert finish_path(learner=cast.rep, path=recap.path, language="en") is None


def test_the_worked_example_of_every_starter_exercise_reaches_what_it_asks(cast) -> None:
    for exercise in Exercise.objects.published().filter(versions__kind="prompt"):
        worked = exercise.versions.get().content["worked"]
        attempt = check(cast.rep, exercise, {name: text for name, text in worked.items() if name != "why"})
        assert attempt.passed, (
            exercise.slug,
            [
                (row["criterion"], row["code"], row["evidence"][:1])
                for row in attempt.found
                if (row["level"] or 0) < row["need"]
            ],
        )


def test_the_vague_prompt_of_every_starter_exercise_does_not(cast) -> None:
    for exercise in Exercise.objects.published().filter(versions__kind="prompt"):
        assert not check(cast.rep, exercise, {"goal": exercise.versions.get().content["vague"]}).passed, exercise.slug


OF_NOTHING = {
    "en": [
        {"role": "You are a devoted gardener who never hurries.", "goal": "Write a mail to everybody concerned, who should be glad to have it, so that they know enough.", "limits": "Where anything is missing, mark it as missing.", "form": "Three paragraphs, 100 words."},
        {"role": "You are a consultant. You could not care less about style.", "goal": "Give me a summary for somebody with little time, so that he can act.", "limits": "Uncertain points go under “Open”.", "form": "Six bullet points, 90 words."},
        {"role": "You are a clerk who only reports.", "goal": "Write a short handover note with everything that matters to the reader, who comes fresh to it.", "limits": "Say “not known” where nothing is said.", "form": "Two lists, 140 words."},
    ],
    "de": [
        {"role": "Du bist Gärtnerin und hetzt nie.", "goal": "Schreib eine Mail an alle Beteiligten, die sich darüber freuen sollen, damit sie genug wissen.", "limits": "Wo etwas fehlt, kennzeichne es als fehlend.", "form": "Drei Absätze, 100 Wörter."},
        {"role": "Du bist Berater. Stil ist dir vollkommen egal.", "goal": "Gib mir eine Zusammenfassung für jemanden mit wenig Zeit, damit er handeln kann.", "limits": "Ungewisses kommt unter „Offen“.", "form": "Sechs Stichpunkte, 90 Wörter."},
        {"role": "Du bist Sachbearbeiterin und berichtest nur.", "goal": "Schreib eine kurze Übergabe mit allem, was zählt, für den Leser, der neu dazukommt.", "limits": "Schreib „nicht bekannt“, wo nichts gesagt ist.", "form": "Zwei Listen, 140 Wörter."},
    ],
}  # fmt: skip


@pytest.mark.parametrize(("language", "number"), [(language, n) for language in OF_NOTHING for n in range(3)])
def test_a_prompt_that_knows_nothing_of_the_exercise_finishes_none(cast, language, number) -> None:
    text = OF_NOTHING[language][number]
    exercises = Exercise.objects.published().filter(versions__kind="prompt", language=language)
    assert exercises.count() == 10
    for exercise in exercises:
        version = exercise.versions.get()
        marks = " ".join(f"{{{one['name']}}}" for one in version.content["material"])
        # Where an exercise shows fewer boxes, everything stands in those that there are.
        rest = " ".join(text[box] for box in ("limits", "form") if box not in version.content["boxes"])
        answers = text | {"information": marks, "goal": f"{text['goal']} {rest}"}
        assert not feedback.passes(version, feedback.feedback_on(version, answers)), exercise.slug


def test_an_exercise_that_asks_little_still_asks_that_a_prompt_is_about_it(cast, recap) -> None:
    version = recap.versions.get()
    version.content = version.content | {"needs": {"material": 2}}
    by_name = {row["criterion"]: row for row in feedback.feedback_on(version, {"goal": "Write it. {transcript}"})}
    assert by_name.keys() == {"situation", "material"}
    assert (by_name["situation"]["code"], by_name["situation"]["need"]) == ("situation_missing", 1)


def test_trainers_see_levels_of_first_attempts_in_whole_groups_of_five(cast, recap) -> None:
    def seen() -> dict[str, tuple[int, int, int]]:
        return {item.title: item.levels for item in hardest(LevelCount.objects.filter(version__exercise=recap))}

    for count, person in enumerate((cast.rep, cast.colleague, cast.reviewer, cast.trainer, cast.leader), 1):
        assert seen() == {}
        check(person, recap, NEWCOMER)
        check(person, recap, STANDS)
        assert LevelCount.objects.filter(criterion="gaps", level=0).get().count == count
    before = seen()
    assert before["What is not known"] == (5, 0, 0)
    check(cast.compliance, recap, STANDS)
    assert sum(count.count for count in LevelCount.objects.filter(criterion="gaps")) == 6
    assert seen() == before, "one more attempt tells nothing of whose it is"


def test_who_passed_all_that_is_left_finishes_the_path_when_an_exercise_is_taken_out(cast, recap) -> None:
    others = list(Exercise.objects.published().filter(path=recap.path, language="en").exclude(pk=recap.pk))
    assert others
    for person in (cast.rep, cast.colleague):
        for one in others:
            worked = one.versions.get().content["worked"]
            assert check(person, one, {name: text for name, text in worked.items() if name != "why"}).passed
    check(cast.reviewer, others[0], NEWCOMER)
    assert not Completion.objects.exists()
    services.retire_exercise(actor=cast.trainer, exercise=recap)
    assert set(Completion.objects.values_list("learner", flat=True)) == {cast.rep.pk, cast.colleague.pk}
    assert Qualification.objects.held(on=timezone.now()).filter(name=recap.path.qualification).count() == 2
    for one in others[1:]:
        services.retire_exercise(actor=cast.trainer, exercise=one)
    assert Completion.objects.count() == 2, "who is done is not done again"


def test_errors_are_found_by_line_and_false_alarms_are_told(cast) -> None:
    exercise = Exercise.objects.get(slug="six-slips-in-a-recap")
    errors = exercise.versions.get().content["errors"]
    lines = {error["line"] for error in errors}
    wrong = next(line for line in range(1, 15) if line not in lines)
    attempt = check(cast.rep, exercise, {"lines": [errors[0]["line"], wrong]})
    assert not attempt.passed
    assert {row["criterion"]: row["code"] for row in attempt.found} == {
        str(errors[0]["line"]): "error_found",
        str(wrong): "error_false_alarm",
        "all": "errors_missing",
    }
    assert check(cast.rep, exercise, {"lines": sorted(lines)}).passed


def test_sorting_asks_for_a_reason_of_its_own_for_each_activity(cast) -> None:
    exercise = Exercise.objects.get(slug="who-answers-for-it")
    items = exercise.versions.get().content["items"]
    same = [{"category": item["accepted"][0], "reason": "Because it is better that way here"} for item in items]
    assert not check(cast.rep, exercise, {"items": same}).passed
    own = [
        {"category": item["accepted"][0], "reason": f"Because of point {n}: {item['name']}"}
        for n, item in enumerate(items)
    ]
    assert check(cast.rep, exercise, {"items": own}).passed


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        ("x y z q 9", "sort_thin_reason"),
        ("1 22 333 4444 55555 666666", "sort_thin_reason"),
        ("fits fits fits fits fits fits", "sort_thin_reason"),
        ("so it is so it is so it is so it is", "sort_thin_reason"),
        ("It stays theirs", "sort_no_reason"),
        ("", "sort_no_reason"),
        ("The customer waits for an honest answer", ""),
        ("A person answers for it if it is wrong, and it is hard to see that it is", ""),
    ],
)
def test_a_reason_for_sorting_is_made_of_words_that_differ(cast, reason, fault) -> None:
    version = Exercise.objects.get(slug="who-answers-for-it").versions.get()
    items = [{"category": item["accepted"][0], "reason": reason} for item in version.content["items"][:1]]
    [first, *_others] = feedback.feedback_on(version, {"items": items})
    assert first["reason"] == fault


def test_a_person_named_in_an_attempt_is_found_and_erased_and_the_page_stays(cast, recap, sign_in) -> None:
    attempt = check(cast.rep, recap, NEWCOMER | {"goal": "Write a mail to Ms Ilaria Conti, i.conti@tierney.example."})
    typed.mark_typed()
    assert find_subject("Ilaria Conti")["whole"] == {attempt.data_key_id}
    assert not find_subject("Okonjo")["some"]
    destroy_keys([attempt.data_key_id])
    answer = sign_in(cast.rep).get("/exercises/recap-with-a-gap/attempts/1/")
    assert answer.status_code == 200
    assert "Conti" not in answer.content.decode()
    assert services.open_attempt(actor=cast.rep, exercise=recap).said == {}


def test_somebody_named_in_an_attempt_that_is_being_typed_is_found_once_nobody_types_any_more(cast, recap) -> None:
    attempt = services.open_attempt(actor=cast.rep, exercise=recap)
    services.save_attempt(actor=cast.rep, attempt=attempt, answers={"goal": "Write to Ms Ilaria Conti."})
    typed.mark_typed()
    assert not find_subject("Ilaria Conti")["whole"], "they are still typing"
    Attempt.objects.filter(pk=attempt.pk).update(saved_at=timezone.now() - timedelta(minutes=2))
    typed.mark_typed()
    assert find_subject("Ilaria Conti")["whole"] == {attempt.data_key_id}
    services.save_attempt(actor=cast.rep, attempt=attempt, answers={"goal": "Write to Mr Enzo Ferrante."})
    Attempt.objects.filter(pk=attempt.pk).update(saved_at=timezone.now() - timedelta(minutes=2))
    typed.mark_typed()
    assert not find_subject("Ilaria Conti")["whole"], "an attempt names whom it names now"
    assert find_subject("Enzo Ferrante")["whole"] == {attempt.data_key_id}


def test_what_was_judged_is_kept_whatever_another_window_saved_meanwhile(cast, recap, monkeypatch) -> None:
    attempt = services.open_attempt(actor=cast.rep, exercise=recap)
    judge = feedback.feedback_on

    def and_save_in_the_other(version, answers):
        other = Attempt.objects.get(pk=attempt.pk)
        services.save_attempt(actor=cast.rep, attempt=other, answers={"goal": "Something else entirely."})
        return judge(version, answers)

    monkeypatch.setattr(feedback, "feedback_on", and_save_in_the_other)
    services.check_attempt(actor=cast.rep, attempt=attempt, answers=NEWCOMER)
    kept = Attempt.objects.select_related("data_key").get(pk=attempt.pk)
    assert kept.said["goal"] == NEWCOMER["goal"]


def test_a_checked_attempt_may_be_marked_as_looked_through_and_nothing_else(cast, recap) -> None:
    attempt = check(cast.rep, recap, NEWCOMER)
    Attempt.objects.filter(pk=attempt.pk).update(marked=True)
    for change in ({"feedback_sealed": None}, {"answers_sealed": None}, {"data_key": None}, {"passed": True}):
        with pytest.raises(Error, match="never changes"), transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).update(**change)


def test_a_scrubber_that_comes_back_is_asked_again_for_the_people_of_an_exercise(recap, monkeypatch) -> None:
    version = recap.versions.get()
    feedback._names.cache_clear()
    with monkeypatch.context() as away:

        def unavailable(*_given, **_more):
            raise ScrubberUnavailable("away")

        away.setattr(feedback, "anonymize", unavailable)
        assert not feedback.invented(version)
    assert "Okonjo" in feedback.invented(version)


def test_the_page_of_paths_costs_the_same_however_often_somebody_tried(cast, recap, django_assert_num_queries) -> None:
    check(cast.rep, recap, NEWCOMER)
    with CaptureQueriesContext(connection) as once:
        progress_of(cast.rep, "en")
    for _time in range(3):
        check(cast.rep, recap, NEWCOMER)
    with django_assert_num_queries(len(once)):
        [basics] = [one for one in progress_of(cast.rep, "en") if one.path.pk == recap.path_id]
    assert {step.exercise.slug: step.state for step in basics.steps}[recap.slug] == "begun"
