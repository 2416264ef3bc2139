"""The prompt library through the API: write, test, decide, retire, with the refusals of the pages."""

import pytest

from policies.models import PromptTest, PromptVersion, Tool
from tests.support.prompts import with_test

pytestmark = pytest.mark.django_db
LIVE = "discovery-call-summary"
CONTENT = {
    "role": "You are an assistant in a sales team.",
    "goal": "Write three questions for the next call.",
    "information": "Notes: {notes}",
    "inputs": [{"name": "notes", "kind": "long_text", "label": "Notes", "required": True}],
    "examples": [{"name": "one", "inputs": {"notes": "They run three cold stores."}, "expect": {"max_words": 90}}],
}
NEW = CONTENT | {"title": "Questions for the next call", "activity": "summarise-discovery-call", "language": "en"}


def _post(client, path, body=None):
    return client.post(f"/api/v1/prompts/{path}", body or {}, content_type="application/json")


def test_a_rep_writes_a_prompt_a_leader_tests_and_approves_it_and_everybody_finds_it(cast, sign_in) -> None:
    rep, leader = sign_in(cast.rep), sign_in(cast.leader)
    made = _post(rep, "", NEW)
    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["slug"]) == ("in_review", "questions-for-the-next-call")
    path = "questions-for-the-next-call/versions/1/"
    assert _post(rep, path + "approve/").status_code == 403
    untested = _post(leader, path + "approve/")
    assert untested.status_code == 400
    assert "Test this version" in untested.json()["detail"]
    asked = _post(leader, path + "test/", {"tool": Tool.objects.get().slug})
    assert asked.status_code == 202
    PromptTest.objects.filter(pk=asked.json()["id"]).update(failure="timeout")
    with_test(PromptVersion.objects.get(prompt__slug="questions-for-the-next-call"), cast.leader)
    assert _post(leader, path + "approve/").json()["state"] == "approved"
    found = rep.get("/api/v1/prompts/", {"q": "QUESTIONS for the next call"}).json()["results"]
    assert "questions-for-the-next-call" in [row["slug"] for row in found]
    shown = rep.get(f"/api/v1/prompts/{path}").json()
    assert shown["tests"][0]["results"][0]["answer"] == "y"


def test_a_draft_is_its_authors_alone_and_can_be_thrown_away(cast, sign_in) -> None:
    rep = sign_in(cast.rep)
    made = _post(rep, f"{LIVE}/versions/", CONTENT | {"propose": False})
    assert made.json()["state"] == "draft"
    path = f"/api/v1/prompts/{LIVE}/versions/{made.json()['number']}/"
    assert sign_in(cast.colleague).get(path).status_code == 404
    assert sign_in(cast.leader).get(path).status_code == 404
    assert rep.delete(path).status_code == 204
    assert rep.get(path).status_code == 404


def test_a_proposal_is_declined_with_a_reason_taken_up_again_and_withdrawn(cast, sign_in) -> None:
    rep, leader = sign_in(cast.rep), sign_in(cast.leader)
    number = _post(rep, f"{LIVE}/versions/", CONTENT).json()["number"]
    path = f"{LIVE}/versions/{number}/"
    assert _post(leader, path + "decline/", {"reason": "No."}).status_code == 400
    assert _post(leader, path + "decline/", {"reason": "The budget is missing."}).status_code == 204
    mine = rep.get(f"/api/v1/prompts/{path}").json()
    assert (mine["state"], mine["decline_reason"]) == ("draft", "The budget is missing.")
    assert _post(rep, path + "submit/").json()["state"] == "in_review"
    assert _post(rep, path + "withdraw/").json()["state"] == "draft"


def test_a_prompt_that_does_not_hold_together_names_each_field(cast, sign_in) -> None:
    answer = _post(sign_in(cast.rep), "", NEW | {"information": "Nothing here", "role": "You are {notes}."})
    assert answer.status_code == 400
    assert {"information", "role"} <= set(answer.json()["fields"])
    assert not PromptVersion.objects.filter(prompt__slug="questions-for-the-next-call").exists()


def test_a_retired_prompt_answers_with_its_successor(cast, sign_in) -> None:
    leader = sign_in(cast.leader)
    other = PromptVersion.objects.approved().exclude(prompt__slug=LIVE).first().prompt.slug
    assert _post(leader, f"{LIVE}/retire/", {"successor": other}).status_code == 204
    found = leader.get(f"/api/v1/prompts/{LIVE}/").json()
    assert (found["state"], found["successor"]) == ("retired", other)
    assert LIVE not in [row["slug"] for row in leader.get("/api/v1/prompts/").json()["results"]]
    back = _post(leader, f"{LIVE}/versions/1/roll_back/")
    assert back.json()["state"] == "in_review"


def test_favourites_are_found_again(cast, sign_in) -> None:
    rep = sign_in(cast.rep)
    assert _post(rep, f"{LIVE}/favourite/", {"favourite": True}).status_code == 204
    assert [row["slug"] for row in rep.get("/api/v1/prompts/?favourites=1").json()["results"]] == [LIVE]
    assert sign_in(cast.colleague).get("/api/v1/prompts/?favourites=1").json()["results"] == []


def test_the_versions_tell_how_they_were_used_and_cost_as_many_queries_for_one_as_for_many(
    cast, sign_in, django_assert_num_queries
) -> None:
    client = sign_in(cast.leader)
    client.get("/api/v1/me/")
    path = f"/api/v1/prompts/{LIVE}/versions/"
    with django_assert_num_queries(7):
        rows = client.get(path).json()
    assert rows[0]["use"] == {"runs": 0, "approved": 0, "edited": 0, "rejected": 0}
    for _ in range(3):
        _post(client, f"{LIVE}/versions/1/roll_back/")
    with django_assert_num_queries(7):
        assert len(client.get(path).json()) == 4


def test_words_are_found_whatever_their_case_also_umlauts(cast, sign_in) -> None:
    prompt = PromptVersion.objects.approved().first().prompt
    type(prompt).objects.filter(pk=prompt.pk).update(title="Übergabe an die Ähnlichen (2)")
    client = sign_in(cast.rep)
    for words in ("übergabe", "ÄHNLICHEN", "(2)"):
        assert [row["slug"] for row in client.get("/api/v1/prompts/", {"q": words}).json()["results"]] == [prompt.slug]
        assert prompt.slug in client.get("/prompts/", {"q": words}).content.decode()
    assert client.get("/api/v1/prompts/", {"q": ".*"}).json()["results"] == []


def test_words_in_another_form_and_words_that_do_not_all_occur_still_find_something(cast, sign_in) -> None:
    client = sign_in(cast.rep)

    def found(words):
        return [row["slug"] for row in client.get("/api/v1/prompts/", {"q": words}).json()["results"]]

    assert LIVE in found("summarize")
    assert LIVE in found("recap discovery")
    assert found("recap") == []
