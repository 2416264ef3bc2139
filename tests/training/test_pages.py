"""The pages of training as people see them."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import translation

from tests.training.conftest import NEWCOMER, STANDS
from training import services
from training.models import Attempt

pytestmark = pytest.mark.django_db
PAGE = "/exercises/recap-with-a-gap/"


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def window(name: str, answers: dict[str, str], attempt: int = 1, revision: int = 0) -> dict[str, str | int]:
    """What a window sends that was opened at this attempt and revision."""
    return {"window": name, "attempt": attempt, "revision": revision, **answers}


def test_a_learner_writes_checks_and_reads_what_was_found_beside_the_words(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    assert "Only you see your attempts" in text_of(client.get(PAGE))
    assert "Kept as you type" in text_of(client.post(f"{PAGE}save/", window("one", NEWCOMER)))
    page = text_of(client.post(f"{PAGE}check/", window("one", NEWCOMER), follow=True))
    assert "“start date”" in page
    assert "Line 6 leaves the date open" in page
    assert "Two tasks in one" in page
    assert "Lost: Line 4" in page
    assert "One way to do it" not in page
    assert NEWCOMER["goal"] in page


def test_a_worked_example_and_the_next_exercise_appear_after_finishing(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    client.post(f"{PAGE}check/", NEWCOMER)
    page = text_of(client.post(f"{PAGE}check/", STANDS, follow=True))
    assert "One way to do it" in page
    assert "Next: Recap against the record" in page


def test_what_changed_between_two_attempts_is_shown(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    client.post(f"{PAGE}check/", NEWCOMER)
    client.post(f"{PAGE}check/", NEWCOMER | {"goal": NEWCOMER["goal"].replace(" and write a follow-up mail too", "")})
    page = text_of(client.get(f"{PAGE}attempts/2/"))
    assert "What changed since attempt 1" in page
    assert "<del>" in page


def test_a_text_that_cannot_be_judged_comes_back_whole(cast, sign_in) -> None:
    answer = sign_in(cast.rep).post(f"{PAGE}check/", {"goal": "🙂🙂", "role": ""})
    assert answer.status_code == 422
    assert "There are no words in this" in text_of(answer)
    assert "🙂🙂" in text_of(answer)


def test_html_in_a_prompt_is_shown_and_never_run(cast, sign_in) -> None:
    page = (
        sign_in(cast.rep)
        .post(
            f"{PAGE}check/",
            {"goal": "Write a recap. <script>alert(1)</script> and the start date <b>x</b>"},
            follow=True,
        )
        .content.decode()
    )
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


MORNING = "A whole morning of careful words."


def test_an_older_window_overwrites_nothing_until_its_person_says_so(cast, recap, sign_in) -> None:
    client = sign_in(cast.rep)
    assert 'name="revision" value="0"' in text_of(client.get(PAGE))
    assert "Kept as you type" in text_of(client.post(f"{PAGE}save/", window("one", {"goal": MORNING})))
    older = window("two", {"goal": "x"})
    told = text_of(client.post(f"{PAGE}save/", older))
    assert "In another window something else was kept" in told
    assert "Keep what stands here" in told
    answer = client.post(f"{PAGE}check/", older)
    assert answer.status_code == 422
    assert "Keep what stands here" in text_of(answer)
    assert "Kept as you type" not in text_of(answer)
    assert Attempt.objects.get().said == {"goal": MORNING}
    assert Attempt.objects.get().checked_at is None
    assert "Kept as you type" in text_of(client.post(f"{PAGE}save/", window("one", {"goal": MORNING + " And more."})))
    assert "Kept as you type" in text_of(client.post(f"{PAGE}save/", older | {"replace": "1"}))
    assert "Kept as you type" in text_of(client.post(f"{PAGE}save/", older | {"goal": "xy"}))
    assert Attempt.objects.get().said == {"goal": "xy"}
    loaded = client.get(PAGE).content.decode()
    assert f'name="revision" value="{Attempt.objects.get().revision}"' in loaded


def test_a_window_that_stands_at_an_attempt_that_was_checked_overwrites_nothing_of_the_next_one(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    client.post(f"{PAGE}check/", window("one", NEWCOMER))
    client.post(f"{PAGE}save/", window("one", {"goal": MORNING}, attempt=2))
    told = text_of(client.post(f"{PAGE}save/", window("two", {"goal": "x"}, revision=1)))
    assert "In another window something else was kept" in told
    assert Attempt.objects.get(number=2).said["goal"] == MORNING


def test_whoever_typed_at_an_older_version_is_told_and_judged_by_no_other(cast, recap, sign_in) -> None:
    client = sign_in(cast.rep)
    opened = client.get(PAGE).content.decode()
    assert 'name="version" value="1"' in opened
    source = recap.versions.get().source.replace(
        "boxes: [role, goal, information, limits, form]", "boxes: [role, goal, information, limits]"
    )
    worked = source[: source.index("  form: ")] + source[source.index("  why: >-") :]
    draft = services.save_exercise(actor=cast.trainer, source=worked, exercise=recap)
    services.publish_exercise(actor=cast.trainer, version=draft)
    typed = {**window("one", STANDS), "version": "1"}
    assert "a new version of this exercise was published" in text_of(client.post(f"{PAGE}save/", typed))
    answer = client.post(f"{PAGE}check/", typed)
    assert answer.status_code == 422
    for words in (STANDS["form"], "a new version of this exercise was published", "See the new version"):
        assert words in text_of(answer)
    assert not Attempt.objects.filter(learner=cast.rep).exists()
    assert client.post(f"{PAGE}save/", {**window("two", STANDS), "version": "2"}).status_code == 200
    assert Attempt.objects.get().version.number == 2


def test_what_was_typed_stays_when_the_exercise_was_taken_away_meanwhile(cast, recap, sign_in) -> None:
    client = sign_in(cast.rep)
    services.retire_exercise(actor=cast.trainer, exercise=recap)
    assert "still in the fields" in text_of(client.post(f"{PAGE}save/", window("one", {"goal": MORNING})))
    answer = client.post(f"{PAGE}check/", window("one", {"goal": MORNING}))
    assert answer.status_code == 422
    for words in (MORNING, "not offered any more", "What you typed is still in the fields"):
        assert words in text_of(answer)
    assert "Kept as you type" not in text_of(answer)


def test_what_was_kept_before_the_exercise_was_taken_away_is_read_on_its_page(cast, recap, sign_in) -> None:
    client = sign_in(cast.rep)
    client.post(f"{PAGE}save/", window("one", {"goal": MORNING}))
    services.retire_exercise(actor=cast.trainer, exercise=recap)
    page = text_of(client.get(PAGE))
    assert MORNING in page
    assert "This exercise is not offered any more. What you wrote is kept" in page


def test_pressing_check_after_the_session_ended_leads_to_the_page_of_the_exercise(cast, recap, sign_in) -> None:
    """Its text is put back there by the browser: tests/e2e/test_training.py."""
    for page in (
        PAGE,
        f"{PAGE}check/",
    ):  # The page stands at either address: as it was opened, or as a check that was refused.
        answer = Client().post(f"{PAGE}check/", {"goal": MORNING}, headers={"referer": f"http://testserver{page}"})
        onward = parse_qs(urlsplit(answer.headers["Location"]).query)["next"][0]
        assert onward == page
        back = sign_in(cast.rep).get(onward, follow=True)
        assert (back.status_code, back.request["PATH_INFO"]) == (200, PAGE)


def test_a_zero_byte_is_dropped_and_the_rest_kept(cast, sign_in) -> None:
    sign_in(cast.rep).post(f"{PAGE}save/", {"goal": "Write\x00 a recap"})
    assert Attempt.objects.get().said["goal"] == "Write a recap"


def test_the_page_speaks_the_language_of_the_person_and_the_exercise_its_own(cast, sign_in) -> None:
    cast.rep.language = "de"
    cast.rep.save()
    client = sign_in(cast.rep)
    page = text_of(
        client.post(
            "/exercises/angebot-nachfassen/check/",
            {"goal": "Schreib eine Mail und nenn die Höhe des Aufschlags."},
            follow=True,
        )
    )
    assert "Ihre Versuche sehen nur Sie" in page
    assert "Die Höhe des Aufschlags ist nicht geklärt" in page
    with translation.override("de"):
        assert "Nachfassen, ohne zu drängen" in text_of(client.get("/exercises/"))
    assert "Prompt basics" not in text_of(client.get("/exercises/"))
    assert "After the trial fortnight" in text_of(client.get("/exercises/?language=en"))


def test_lists_and_pages_ask_the_database_a_fixed_number_of_times(cast, sign_in, django_assert_num_queries) -> None:
    client = sign_in(cast.rep)
    client.get("/exercises/")
    for _ in range(3):
        client.post(f"{PAGE}check/", NEWCOMER)
    with django_assert_num_queries(13):
        client.get("/exercises/")
    with django_assert_num_queries(16):
        client.get(PAGE)


def test_a_trainer_writes_keeps_previews_and_publishes(cast, sign_in, recap) -> None:
    client = sign_in(cast.trainer)
    source, seen = recap.versions.get().source, recap.versions.get().sha256
    broken = client.post(f"{PAGE}edit/", {"source": source.replace("minutes: 8", "minutes: soon"), "seen": seen})
    assert broken.status_code == 422
    assert "Line 6, minutes" in text_of(broken)
    assert "minutes: soon" in broken.content.decode()
    typed = {"source": source.replace("minutes: 8", "minutes: 9"), "seen": seen}
    assert "draft of version 2" in text_of(client.post(f"{PAGE}edit/", typed, follow=True))
    shown = recap.versions.get(number=2).sha256
    assert "version 2, published" in text_of(client.post(f"{PAGE}publish/", typed | {"seen": shown}, follow=True))


def test_somebody_elses_attempt_is_not_found(cast, sign_in) -> None:
    sign_in(cast.rep).post(f"{PAGE}check/", STANDS)
    for person in (cast.colleague, cast.leader, cast.trainer, cast.compliance, cast.administrator):
        assert sign_in(person).get(f"{PAGE}attempts/1/").status_code == 404


def test_the_rubric_is_published(cast, sign_in) -> None:
    page = text_of(sign_in(cast.rep).get("/exercises/rubric/"))
    for words in ("Nothing it cannot know", "CO-STAR", "persona", "expectations"):
        assert words in page
