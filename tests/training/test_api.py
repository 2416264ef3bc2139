"""Exercises and attempts through the API: the same services, the same privacy."""

import base64
from urllib.parse import quote

import pytest

from tests.training.conftest import NEWCOMER, STANDS
from training import services
from training.models import Attempt, Exercise
from workbench.accounts.services import create_token

pytestmark = pytest.mark.django_db
BASE = "/api/v1/exercises/"


@pytest.fixture
def api(client):
    """``api(person, method, path, body)`` with that person's token."""

    def call(person, method, path, body=None):
        _token, secret = create_token(actor=person, name="script")
        return getattr(client, method)(
            path, body, content_type="application/json", headers={"authorization": f"Bearer {secret}"}
        )

    return call


def test_a_program_lists_exercises_and_reads_one_without_its_answers(cast, api) -> None:
    rows = api(cast.rep, "get", BASE).json()
    assert len(rows) == 24
    one = api(cast.rep, "get", f"{BASE}recap-with-a-gap/").json()
    assert one["boxes"] == ["role", "goal", "information", "limits", "form"]
    assert "Okonjo" in one["material"][0]["text"]
    assert not {"worked", "open_points", "checks", "vague"} & set(one)
    errors = api(cast.rep, "get", f"{BASE}six-slips-in-a-recap/").json()
    assert len(errors["draft"]) == 14
    assert "errors" not in errors


def test_answers_are_checked_kept_and_found_again(cast, api) -> None:
    made = api(cast.rep, "post", f"{BASE}recap-with-a-gap/attempts/", {"answers": NEWCOMER})
    assert made.status_code == 201
    assert not made.json()["passed"]
    assert {row["criterion"]: row["code"] for row in made.json()["feedback"]}["knowable"] == "knowable_open"
    assert api(cast.rep, "post", f"{BASE}recap-with-a-gap/attempts/", {"answers": STANDS}).json()["passed"]
    rows = api(cast.rep, "get", f"{BASE}recap-with-a-gap/attempts/").json()["results"]
    assert [row["number"] for row in rows] == [2, 1]
    assert rows[1]["answers"] == NEWCOMER


def test_a_program_overwrites_nothing_that_is_being_typed_until_it_says_so(cast, api, sign_in) -> None:
    page, address = sign_in(cast.rep), "/exercises/recap-with-a-gap/"
    page.post(f"{address}save/", {**NEWCOMER, "window": "one", "revision": "0"})
    refused = api(cast.rep, "post", f"{BASE}recap-with-a-gap/attempts/", {"answers": STANDS})
    assert refused.status_code == 400
    assert "In another window something else was kept" in refused.json()["detail"]
    assert Attempt.objects.get().said == NEWCOMER
    made = api(cast.rep, "post", f"{BASE}recap-with-a-gap/attempts/", {"answers": STANDS, "replace": True})
    assert (made.status_code, made.json()["passed"]) == (201, True)
    # What a program sent in vain it sends again without being asked.
    for answers, status in (({"goal": "🙂"}, 400), ({"goal": "!"}, 400), (NEWCOMER, 201)):
        assert api(cast.rep, "post", f"{BASE}recap-with-a-gap/attempts/", {"answers": answers}).status_code == status


def test_a_program_that_read_an_older_version_is_judged_by_no_other(cast, api, recap) -> None:
    read = api(cast.rep, "get", f"{BASE}recap-with-a-gap/").json()["number"]
    draft = services.save_exercise(
        actor=cast.trainer, source=recap.versions.get().source.replace("minutes: 8", "minutes: 9"), exercise=recap
    )
    services.publish_exercise(actor=cast.trainer, version=draft)
    late = api(cast.rep, "post", f"{BASE}recap-with-a-gap/attempts/", {"answers": STANDS, "version": read})
    assert (late.status_code, "a new version" in late.json()["detail"]) == (400, True)
    made = api(cast.rep, "post", f"{BASE}recap-with-a-gap/attempts/", {"answers": STANDS, "version": read + 1})
    assert (made.status_code, made.json()["version"]) == (201, 2)


def test_what_cannot_be_judged_is_a_400_with_the_sentence(cast, api) -> None:
    answer = api(cast.rep, "post", f"{BASE}recap-with-a-gap/attempts/", {"answers": {"goal": "🙂"}})
    assert answer.status_code == 400
    assert "no words" in answer.content.decode()
    for body in ({}, {"answers": "x"}, {"answers": None}):
        assert api(cast.rep, "post", f"{BASE}recap-with-a-gap/attempts/", body).status_code == 400


@pytest.mark.parametrize(
    "answers",
    [
        {"lines": "x"},
        {"lines": [None, "9" * 40, {}]},
        {"items": 5},
        {"items": [5, None]},
        {"goal": ["a"], "role": {"x": 1}},
    ],
)
@pytest.mark.parametrize("slug", ["recap-with-a-gap", "six-slips-in-a-recap", "who-answers-for-it"])
def test_answers_of_another_shape_are_never_an_error(cast, api, slug, answers) -> None:
    assert api(cast.rep, "post", f"{BASE}{slug}/attempts/", {"answers": answers}).status_code in (201, 400)


@pytest.mark.parametrize("deep", [1_200, 1_500, 20_000])
@pytest.mark.parametrize("slug", ["recap-with-a-gap", "six-slips-in-a-recap", "who-answers-for-it"])
def test_answers_that_are_nested_deeply_are_a_400_with_a_sentence(cast, api, slug, deep) -> None:
    lists, rows = "[" * deep + "]" * deep, '{"a":' * deep + "1" + "}" * deep
    for nested in (lists, rows):
        body = '{"answers": {"goal": %s, "lines": [%s], "items": [%s]}}' % (nested, nested, nested)  # noqa: UP031
        answer = api(cast.rep, "post", f"{BASE}{slug}/attempts/", body)
        assert answer.status_code == 400
        assert answer.json()


def test_half_a_character_is_left_out_and_the_rest_judged(cast, api) -> None:
    body = '{"answers": {"goal": "\\ud800 Write a recap"}}'
    made = api(cast.rep, "post", f"{BASE}recap-with-a-gap/attempts/", body)
    assert made.status_code == 201
    assert made.json()["answers"] == {"goal": " Write a recap"}


def test_a_draft_that_was_never_published_is_not_there_for_anybody_who_learns(cast, api, sign_in) -> None:
    source = Exercise.objects.get(slug="recap-with-a-gap").versions.get().source
    mine = source.replace("slug: recap-with-a-gap", "slug: not-out-yet")
    services.save_exercise(actor=cast.trainer, source=mine)
    assert "not-out-yet" not in {row["slug"] for row in api(cast.rep, "get", BASE).json()}
    for person in (cast.rep, cast.trainer):
        assert api(person, "get", f"{BASE}not-out-yet/").status_code == 404
        assert api(person, "get", f"{BASE}not-out-yet/attempts/").status_code == 404
        assert api(person, "get", f"{BASE}not-out-yet/attempts/1/").status_code == 404
        assert api(person, "post", f"{BASE}not-out-yet/attempts/", {"answers": STANDS}).status_code == 404
    client = sign_in(cast.rep)
    assert "/exercises/not-out-yet/" not in client.get("/exercises/").content.decode()
    assert client.get("/exercises/not-out-yet/").status_code == 404
    for act in ("save", "check", "retire", "publish", "edit"):
        there = client.post(f"/exercises/not-out-yet/{act}/", {"goal": "Write"}).status_code
        assert there == client.post(f"/exercises/never-was/{act}/", {"goal": "Write"}).status_code != 200
    services.publish_exercise(actor=cast.trainer, version=Exercise.objects.get(slug="not-out-yet").versions.get())
    assert api(cast.rep, "get", f"{BASE}not-out-yet/").status_code == 200
    services.retire_exercise(actor=cast.trainer, exercise=Exercise.objects.get(slug="not-out-yet"))
    assert api(cast.rep, "get", f"{BASE}not-out-yet/attempts/").status_code == 200


def test_nobody_reads_another_persons_attempts(cast, api) -> None:
    api(cast.rep, "post", f"{BASE}recap-with-a-gap/attempts/", {"answers": STANDS})
    for person in (cast.leader, cast.trainer, cast.compliance):
        assert api(person, "get", f"{BASE}recap-with-a-gap/attempts/").json()["results"] == []
        assert api(person, "get", f"{BASE}recap-with-a-gap/attempts/1/").status_code == 404
        assert api(person, "post", f"{BASE}recap-with-a-gap/attempts/1/prove/").status_code == 404


def test_the_list_asks_the_database_a_fixed_number_of_times(cast, api, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(9):
        api(cast.rep, "get", BASE)
    assert Exercise.objects.count() == 24


@pytest.mark.parametrize("place", ["abc", "", "-1", "1_0", "9" * 25])
def test_a_page_that_begins_at_no_key_is_not_found(cast, api, place) -> None:
    cursor = base64.b64encode(f"p={place}".encode()).decode()
    for name in ("assignments", "coaching", "completions", "worksheets", "fundamentals"):
        answer = api(cast.trainer, "get", f"/api/v1/{name}/?cursor={quote(cursor)}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
