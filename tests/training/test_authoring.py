"""Two trainers at one exercise: nobody overwrites or publishes what they have not seen, and nothing that was typed is lost."""

import re
from html import unescape

import pytest

from training import services
from training.models import Exercise
from workbench.accounts.models import RoleGrant

pytestmark = pytest.mark.django_db
PAGE = "/exercises/recap-with-a-gap/"


@pytest.fixture
def other(cast):
    """Another trainer."""
    RoleGrant.objects.create(user=cast.colleague, role="trainer")
    return type(cast.colleague).objects.get(pk=cast.colleague.pk)


@pytest.fixture
def source(recap) -> str:
    return recap.versions.get().source


def _sent(page, name="seen"):
    """What the form of a page sends along."""
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode()).group(1)


def _words(page) -> str:
    return unescape(page.content.decode())


def _minutes(source, minutes):
    return source.replace("minutes: 8", f"minutes: {minutes}")


def test_the_second_of_two_trainers_is_told_and_keeps_what_they_typed(cast, other, recap, source, sign_in) -> None:
    first, second = sign_in(cast.trainer), sign_in(other)
    opened = second.get(f"{PAGE}edit/")
    first.post(f"{PAGE}edit/", {"source": _minutes(source, 7), "seen": _sent(first.get(f"{PAGE}edit/"))})
    answer = second.post(f"{PAGE}edit/", {"source": _minutes(source, 12), "seen": _sent(opened)})
    assert answer.status_code == 422
    page = _words(answer)
    for words in (
        f"{cast.trainer} kept another text",
        "Nothing was overwritten",
        "See what stands there now",
        "minutes: 7",
        "minutes: 12",
    ):
        assert words in page
    assert recap.versions.get(number=2).minutes == 7
    # Pressing the same button once more is no look at it.
    assert second.post(f"{PAGE}edit/", {"source": _minutes(source, 12), "seen": _sent(answer)}).status_code == 422
    first.post(f"{PAGE}edit/", {"source": _minutes(source, 6), "seen": _sent(first.get(f"{PAGE}edit/"))})
    told = {"source": _minutes(source, 12), "seen": _sent(answer), "replace": _sent(answer, "replace")}
    again = second.post(f"{PAGE}edit/", told)
    assert again.status_code == 422, "it was another text that they were shown"
    assert second.post(f"{PAGE}edit/", told | {"replace": _sent(again, "replace")}).status_code == 302
    assert recap.versions.get(number=2).minutes == 12


def test_nobody_publishes_a_text_they_were_not_shown(cast, other, recap, source, sign_in) -> None:
    first, second = sign_in(cast.trainer), sign_in(other)
    second.post(f"{PAGE}edit/", {"source": _minutes(source, 12), "seen": _sent(second.get(f"{PAGE}edit/"))})
    opened = second.get(f"{PAGE}edit/")
    first.post(f"{PAGE}edit/", {"source": _minutes(source, 7), "seen": _sent(first.get(f"{PAGE}edit/"))})
    for sent in ({"seen": _sent(opened), "source": _minutes(source, 12)}, {}):
        answer = second.post(f"{PAGE}publish/", sent)
        assert answer.status_code == 422
        assert "Nothing was published" in _words(answer)
        assert "minutes: 7" in _words(answer)
    assert "minutes: 12" in _words(
        second.post(f"{PAGE}publish/", {"seen": _sent(opened), "source": _minutes(source, 12)})
    )
    assert recap.versions.get(number=2).published_at is None
    # A page that a refusal left at this address leads back to the file.
    assert second.get(f"{PAGE}publish/").headers["Location"] == f"{PAGE}edit/"
    assert second.post(f"{PAGE}publish/", {"seen": _sent(second.get(f"{PAGE}edit/"))}).status_code == 302
    assert recap.versions.get(number=2).published_at
    assert "published already" in _words(second.post(f"{PAGE}publish/", {"seen": _sent(opened)}))


def test_what_stands_in_the_box_and_is_not_kept_is_not_lost_by_publishing(cast, recap, source, sign_in) -> None:
    client = sign_in(cast.trainer)
    client.post(f"{PAGE}edit/", {"source": _minutes(source, 9), "seen": recap.versions.get().sha256})
    seen = _sent(client.get(f"{PAGE}edit/"))
    answer = client.post(f"{PAGE}publish/", {"source": _minutes(source, 10), "seen": seen})
    assert answer.status_code == 422
    assert "is not kept yet" in _words(answer)
    assert "minutes: 10" in _words(answer)
    assert recap.versions.get(number=2).published_at is None
    lines = _minutes(source, 9).replace("\n", "\r\n")
    assert client.post(f"{PAGE}publish/", {"source": lines, "seen": seen}).status_code == 302


def test_the_page_says_that_the_path_stays_before_and_after_somebody_tries(cast, recap, source, sign_in) -> None:
    client = sign_in(cast.trainer)
    page = client.get(f"{PAGE}edit/")
    assert "so does the path “summaries”" in _words(page)
    moved = source.replace("path: summaries", "path: follow-ups")
    answer = client.post(f"{PAGE}edit/", {"source": moved, "seen": _sent(page)})
    assert answer.status_code == 422
    assert "Line 3, path: This exercise stays in the path “summaries”" in _words(answer)
    assert "path: follow-ups" in _words(answer)


def test_what_was_taken_away_offers_no_publishing_and_says_what_to_do(cast, recap, source, sign_in) -> None:
    client = sign_in(cast.trainer)
    draft = services.save_exercise(actor=cast.trainer, source=_minutes(source, 9), exercise=recap)
    services.retire_exercise(actor=cast.trainer, exercise=recap)
    page = _words(client.get(f"{PAGE}edit/"))
    assert "under another name" in page
    assert f"{PAGE}publish/" not in page
    answer = client.post(f"{PAGE}publish/", {"seen": draft.sha256, "source": draft.source})
    assert answer.status_code == 422
    assert "To offer it again, keep its file as a new exercise" in _words(answer)
    draft.refresh_from_db()
    assert draft.published_at is None


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("[" * 90_000, "Line 1: Lists and fields stand more than"),
        ("title: a\0b", "Line 1: Here stands a character that cannot be stored"),
        ("title: x" + "y" * 110_000, "An exercise has at most 100,000 bytes."),
    ],
    ids=["brackets", "zero", "large"],
)
def test_a_file_that_cannot_be_read_comes_back_with_its_fault(cast, recap, sign_in, typed, fault) -> None:
    client = sign_in(cast.trainer)
    for address in (f"{PAGE}edit/", "/exercises/new/"):
        answer = client.post(address, {"source": typed, "seen": recap.versions.get().sha256})
        assert answer.status_code == 422
        assert fault in _words(answer)
    assert recap.versions.count() == 1


def test_a_draft_that_was_never_published_leads_nowhere_that_is_not_there(cast, source, sign_in) -> None:
    client = sign_in(cast.trainer)
    made = client.post("/exercises/new/", {"source": source.replace("slug: recap-with-a-gap", "slug: our-own")})
    page = client.get(made.headers["Location"]).content.decode()
    assert 'href="/exercises/our-own/"' not in page
    services.publish_exercise(actor=cast.trainer, version=Exercise.objects.get(slug="our-own").versions.get())
    assert 'href="/exercises/our-own/"' in client.get(made.headers["Location"]).content.decode()


def test_trainers_find_every_draft_and_what_was_taken_away_and_nobody_else_does(
    cast, other, recap, second, source, sign_in, django_assert_num_queries
) -> None:
    client = sign_in(cast.trainer)
    client.get("/exercises/")
    with django_assert_num_queries(15):
        client.get("/exercises/")
    for number in range(3):
        text = source.replace("slug: recap-with-a-gap", f"slug: only-a-draft-{number}").replace(
            "title: Recap with a gap", f"title: Only a draft {number}"
        )
        services.save_exercise(actor=other, source=text)
    services.save_exercise(actor=cast.trainer, source=_minutes(source, 9), exercise=recap)
    services.retire_exercise(actor=cast.trainer, exercise=second)
    with django_assert_num_queries(15):
        page = _words(client.get("/exercises/?language=de"))
    for words in ("/exercises/only-a-draft-1/edit/", "Only a draft 2", f"draft of version 1 · {other}", f"{PAGE}edit/", f"draft of version 2 · {cast.trainer}", "Taken away:", "/exercises/recap-against-the-record/edit/"):  # fmt: skip
        assert words in page
    for person in (cast.rep, cast.leader, cast.compliance, cast.administrator):
        page = _words(sign_in(person).get("/exercises/"))
        assert "Only a draft" not in page
        assert "Taken away:" not in page


def test_one_exercise_is_spoken_of_as_one(cast, recap, source, sign_in) -> None:
    client = sign_in(cast.trainer)
    assert "Nothing was missing" in _words(client.post("/exercises/adopt/", follow=True))
    draft = services.save_exercise(actor=cast.trainer, source=_minutes(source, 1), exercise=recap)
    services.publish_exercise(actor=cast.trainer, version=draft)
    assert "about 1 minute<" in _words(client.get(PAGE))
    short = source.replace("kind: transcript", "kind: notes")
    short = (
        short[: short.index("    text: |")]
        + "    text: One line of notes and nothing else, long enough to be material.\n"
        + short[short.index("boxes:") :]
    )
    assert "The material has 1 line." in _words(client.post("/exercises/new/", {"source": short}))
