"""Exercises are files: a broken one names line and field, a new version leaves old attempts alone."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from policies.yamlfile import FileRefused
from tests.training.conftest import NEWCOMER
from training import services
from training.exercisefile import read
from training.models import Attempt, Exercise, ExerciseVersion
from training.services.attempts import live_version
from training.services.exercises import CATALOGUE, missing

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(recap) -> str:
    return recap.versions.get().source


def test_there_are_twelve_exercises_in_each_language_over_all_paths(company) -> None:
    assert {language: Exercise.objects.filter(language=language).count() for language in ("en", "de")} == {
        "en": 12,
        "de": 12,
    }
    assert {row.path.slug for row in Exercise.objects.filter(language="en")} == {
        row.path.slug for row in Exercise.objects.filter(language="de")
    }
    assert len(set(Exercise.objects.values_list("path", flat=True))) == 9
    assert missing() == []


@pytest.mark.parametrize("file", sorted(CATALOGUE.glob("??/*.yaml")), ids=lambda file: file.stem)
def test_every_file_holds_together_and_is_called_what_it_says(file) -> None:
    found = read(file.read_text(encoding="utf-8"))
    assert (found.head["slug"], found.head["language"]) == (file.stem, file.parent.name)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("minutes: 8", "minutes: soon", "Line 6, minutes: Expected a whole number. Found: “soon”."),
        ("kind: prompt", "kind: essay", "Expected one of: prompt, errors, sort. Found: “essay”."),
        ("    line: 6\n", "    line: 66\n", "open_points[1]: The material has 8 lines."),
        ("words: [two days, first two days, send someone]", "words: [three days]", "easily_lost[1]: None of these words stands in line 4."),
        ('  information: "{transcript}"', '  information: "the call"', "worked.information: The worked example inserts every material. Missing: {transcript}."),
        ("hints:", "tips:", "tips: Unknown."),
        ("needs: {role: 1", "needs: {style: 1", "needs"),
        ("  - {kind: max_words, value: 150", "  - {kind: max_words, value: many", "checks[4].value: Expected a whole number. Found: “many”."),
        ("title: Recap with a gap", "title: [", "This is not YAML"),
        ("    line: 6\n", "    line: 6.0\n", "open_points[1].line: Expected a whole number. Found: “6.0”."),
        ("minutes: 8", "minutes: 0x" + "f" * 60, "Line 6, minutes: This number is too large"),
        ("minutes: 8", "minutes: !!int ''", "Line 6, minutes: This value cannot be read."),
        ("title: Recap with a gap", 'title: "Recap\\0with a gap"', "Line 5, title: Here stands a character that cannot be stored"),
        ("title: Recap with a gap", 'title: "   "', "Line 5, title: This has no words."),
    ],
)  # fmt: skip
def test_a_broken_file_names_line_and_field(source, before, after, fault) -> None:
    assert before in source
    with pytest.raises(FileRefused) as refused:
        read(source.replace(before, after, 1))
    assert fault in " | ".join(map(str, refused.value.faults))


def test_two_errors_in_one_line_could_not_both_be_found_and_are_refused(company) -> None:
    source = ExerciseVersion.objects.get(exercise__slug="six-slips-in-a-recap").source
    first = read(source).content["errors"][0]
    line = next(n for n, text in enumerate(source.splitlines(), 1) if text == "errors:") + 1
    again = f'errors:\n  - line: {first["line"]}\n    words: "{first["words"]}"\n    type: invented\n    why: The same line once more.\n'
    with pytest.raises(FileRefused) as refused:
        read(source.replace("errors:\n", again, 1))
    assert [str(fault) for fault in refused.value.faults] == [
        f"Line {line + 4}, errors[2].line: Line {first['line']} of the draft has an error already: errors[1]. Plant one error in each line."
    ]


def test_name_language_and_path_of_an_exercise_stay_and_a_file_that_says_otherwise_is_refused_by_line(
    cast, recap, source
) -> None:
    moved = source.replace("path: summaries", "path: follow-ups").replace("language: en", "language: de")
    with pytest.raises(FileRefused) as refused:
        services.save_exercise(actor=cast.trainer, source=moved, exercise=recap)
    assert [(fault.line, fault.field) for fault in refused.value.faults] == [(2, "language"), (3, "path")]
    assert "stays in the path “summaries”" in str(refused.value)
    assert recap.versions.count() == 1
    recap.refresh_from_db()
    assert recap.path.slug == "summaries"


def test_whoever_was_shown_another_text_overwrites_and_publishes_nothing(cast, recap, source) -> None:
    seen, mine = recap.versions.get().sha256, source.replace("minutes: 8", "minutes: 9")
    theirs = services.save_exercise(actor=cast.trainer, source=source.replace("minutes: 8", "minutes: 7"), exercise=recap, seen=seen)  # fmt: skip
    with pytest.raises(services.ExerciseChanged, match=r"Lukas .* kept another text .* Nothing was overwritten"):
        services.save_exercise(actor=cast.trainer, source=mine, exercise=recap, seen=seen)
    with pytest.raises(services.ExerciseChanged, match="Nothing was published"):
        services.publish_exercise(actor=cast.trainer, version=theirs, seen=seen)
    theirs.refresh_from_db()
    assert (theirs.minutes, theirs.published_at) == (7, None)
    kept = services.save_exercise(actor=cast.trainer, source=mine, exercise=recap, seen=theirs.sha256)
    assert (kept.pk, kept.minutes) == (theirs.pk, 9)
    again = services.save_exercise(actor=cast.trainer, source=mine, exercise=recap, seen=theirs.sha256)
    assert again.pk == kept.pk, "two clicks keep the same twice, and nobody is told of another text"
    assert services.publish_exercise(actor=cast.trainer, version=kept, seen=kept.sha256).published_at


def test_what_was_taken_away_is_not_published_and_the_sentence_says_what_to_do(cast, recap, source) -> None:
    draft = services.save_exercise(
        actor=cast.trainer, source=source.replace("minutes: 8", "minutes: 9"), exercise=recap
    )
    services.retire_exercise(actor=cast.trainer, exercise=recap)
    with pytest.raises(services.Refused, match="keep its file as a new exercise under another name"):
        services.publish_exercise(actor=cast.trainer, version=draft)
    draft.refresh_from_db()
    assert draft.published_at is None


def test_a_draft_is_seen_by_trainers_only_until_it_is_published_and_old_attempts_stay(
    cast, recap, source, sign_in
) -> None:
    attempt = services.open_attempt(actor=cast.rep, exercise=recap)
    services.check_attempt(actor=cast.rep, attempt=attempt, answers=NEWCOMER)
    draft = services.save_exercise(
        actor=cast.trainer,
        source=source.replace("title: Recap with a gap", "title: Recap with two gaps"),
        exercise=recap,
    )
    assert (draft.number, live_version(recap).number) == (2, 1)
    assert "two gaps" not in sign_in(cast.rep).get("/exercises/").content.decode()
    services.publish_exercise(actor=cast.trainer, version=draft)
    assert "two gaps" in sign_in(cast.rep).get("/exercises/").content.decode()
    assert Attempt.objects.get(number=1).version.number == 1
    assert "Recap with a gap" in sign_in(cast.rep).get("/exercises/recap-with-a-gap/attempts/1/").content.decode()
    again = services.open_attempt(actor=cast.rep, exercise=recap)
    assert (again.version.number, again.said) == (2, {})


def test_a_published_version_never_changes(recap) -> None:
    for change in (lambda: ExerciseVersion.objects.update(title="x"), lambda: ExerciseVersion.objects.all().delete()):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            change()


def test_a_new_exercise_takes_a_known_path_and_a_name_of_its_own(cast, source) -> None:
    for before, after, fault in (
        ("path: summaries", "path: magic", "No path is called “magic”"),
        ("slug: recap", "slug: recap", "is there already"),
    ):
        with pytest.raises(FileRefused, match=fault):
            services.save_exercise(actor=cast.trainer, source=source.replace(before, after))
    made = services.save_exercise(actor=cast.trainer, source=source.replace("slug: recap-with-a-gap", "slug: our-own"))
    assert (made.exercise.slug, made.number, made.published_at) == ("our-own", 1, None)
    with pytest.raises(FileRefused, match="Another name would be another exercise"):
        services.save_exercise(actor=cast.trainer, source=source, exercise=made.exercise)


def test_only_trainers_write_exercises(cast, recap, source) -> None:
    for person in (cast.rep, cast.leader, cast.reviewer, cast.compliance, cast.administrator, cast.outsider):
        with pytest.raises(PermissionDenied):
            services.save_exercise(actor=person, source=source, exercise=recap)
        with pytest.raises(PermissionDenied):
            services.retire_exercise(actor=person, exercise=recap)


def test_a_retired_exercise_is_offered_to_nobody_and_its_attempts_stay(cast, recap, sign_in) -> None:
    attempt = services.open_attempt(actor=cast.rep, exercise=recap)
    services.check_attempt(actor=cast.rep, attempt=attempt, answers=NEWCOMER)
    services.retire_exercise(actor=cast.trainer, exercise=recap)
    client = sign_in(cast.rep)
    assert "Recap with a gap" not in client.get("/exercises/").content.decode()
    assert client.get("/exercises/recap-with-a-gap/attempts/1/").status_code == 200
    answer = client.post("/exercises/recap-with-a-gap/check/", {"goal": "Write"}, follow=True)
    assert "not offered any more" in answer.content.decode()
