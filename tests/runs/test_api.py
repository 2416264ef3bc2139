"""The same rules through the other door."""

import pytest
from rest_framework.test import APIClient

from policies.models import Activity
from workbench.accounts.services import create_token
from workbench.runs import execution
from workbench.runs.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    def make(user) -> APIClient:
        _token, secret = create_token(actor=user, name="test")
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return make


def _ask(client, call, **more):
    return client.post(
        "/api/v1/runs/", {"prompt": "discovery-call-summary", "inputs": {"transcript": call}} | more, format="json"
    )


def test_a_run_from_request_to_released_text(cast, api, provider, call) -> None:
    rep, reviewer = api(cast.rep), api(cast.reviewer)
    preview = rep.post(
        "/api/v1/runs/preview/", {"prompt": "discovery-call-summary", "inputs": {"transcript": call}}, format="json"
    ).json()
    assert "Ilaria" not in str(preview["parts"])
    asked = _ask(rep, call)
    assert asked.status_code == 201
    body = asked.json()
    assert body["state"] == "queued"
    assert body["payload_sha256"] == preview["sha256"]
    execution.execute_run(body["id"])
    url = f"/api/v1/runs/{body['id']}/"
    assert rep.get(url).json()["text"] is None  # a draft is not a deliverable
    assert reviewer.post(url + "review/", {"verdict": "rejected"}, format="json").status_code == 400
    done = reviewer.post(url + "review/", {"verdict": "edited", "text": "Short and right."}, format="json").json()
    assert (done["state"], done["person_of_record"]) == ("released", "aylin")
    assert rep.get(url).json()["text"] == "Short and right."


def test_a_refusal_has_a_code_a_reason_and_the_run_that_records_it(cast, api, call) -> None:
    leader = api(cast.leader)
    change = leader.post(
        "/api/v1/activities/summarise-discovery-call/policy/",
        {"category": "human_only", "rationale": "People listen to people."},
        format="json",
    )
    assert change.json()["category"] == "human_only"
    refusal = _ask(api(cast.rep), call)
    assert refusal.status_code == 403
    body = refusal.json()
    assert body["code"] == "human_only"
    assert "Marit Solheim" in body["detail"]
    assert Run.objects.get(pk=body["run"]).inputs_sealed is None


def test_only_leaders_decide_through_the_api_too(cast, api) -> None:
    for who in (cast.rep, cast.reviewer, cast.compliance, cast.trainer, cast.administrator, cast.outsider):
        answer = api(who).post(
            "/api/v1/activities/set-the-price/policy/",
            {"category": "human_only", "rationale": "No reason at all"},
            format="json",
        )
        assert answer.status_code == 403, who
    assert Activity.objects.get(slug="set-the-price").policy_versions.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({"prompt": "nothing-of-the-kind", "inputs": {}}, 400, "no approved prompt"),
        ({"inputs": {"transcript": "x"}}, 400, "prompt"),
        ({"prompt": "discovery-call-summary", "inputs": {"transcript": ""}}, 400, "is empty"),
        (
            {"prompt": "discovery-call-summary", "inputs": {"transcript": "Hello there.", "colour": "red"}},
            400,
            "colour",
        ),
        ({"prompt": "discovery-call-summary", "inputs": "text"}, 400, "inputs"),
        ({"prompt": "discovery-call-summary", "inputs": {"transcript": "y" * 250_000}}, 400, "200 000"),
        ({"prompt": "discovery-call-summary", "inputs": {"transcript": "null \x00 byte"}}, 400, ""),
    ],
)
def test_bad_requests_get_a_sentence(cast, api, provider, body, status, word) -> None:
    answer = api(cast.rep).post("/api/v1/runs/", body, format="json")
    assert answer.status_code == status
    assert word in str(answer.json())
    assert set(answer.json()) == {"code", "detail", "fields"}
    assert not Run.objects.filter(requester=cast.rep).exists()


def test_json_that_is_not_json_gets_a_sentence(cast, api) -> None:
    answer = api(cast.rep).post("/api/v1/runs/", "{oops", content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["code"] == "parse_error"


def test_a_stranger_finds_nothing_and_compliance_reads_the_log_without_contents(cast, api, provider, call) -> None:
    run = _ask(api(cast.rep), call).json()
    assert api(cast.colleague).get(f"/api/v1/runs/{run['id']}/").status_code == 404
    assert api(cast.compliance).get(f"/api/v1/runs/{run['id']}/").status_code == 404
    assert api(cast.rep).get("/api/v1/audit/events/").status_code == 403
    events = api(cast.compliance).get("/api/v1/audit/events/", {"run_id": run["id"]})
    assert [event["action"] for event in events.json()["results"]] == ["run.queued"]
    assert "Ilaria" not in events.content.decode()
    assert api(cast.compliance).post("/api/v1/audit/events/", {}, format="json").status_code == 405


def test_lists_are_paged_by_key(cast, api, provider, call, django_assert_max_num_queries) -> None:
    client = api(cast.rep)
    for _ in range(3):
        _ask(client, call)
    with django_assert_max_num_queries(12):
        page = client.get("/api/v1/runs/").json()
    assert len(page["results"]) == 3
    assert "count" not in page


def test_without_a_token_nothing(db) -> None:
    answer = APIClient().get("/api/v1/runs/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_thinking_aid_gives_its_text_to_the_requester_alone(cast, api, provider, call) -> None:
    client = api(cast.rep)
    run = client.post(
        "/api/v1/runs/", {"prompt": "account-plan-challenge", "inputs": {"plan": call}}, format="json"
    ).json()
    execution.execute_run(run["id"])
    assert "wants an alarm" in client.get(f"/api/v1/runs/{run['id']}/").json()["text"]
    assert (
        client.post(f"/api/v1/runs/{run['id']}/note/", {"note": "I call Henrik first."}, format="json").status_code
        == 200
    )
    assert api(cast.reviewer).get(f"/api/v1/runs/{run['id']}/").status_code == 404
