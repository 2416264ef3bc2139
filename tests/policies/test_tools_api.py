"""Tools, goals, reports and stages through the API."""

import pytest
from django.utils import timezone

from policies.models import Activity, PolicyVersion, Stage, Tool, UseReport

pytestmark = pytest.mark.django_db
TOOL = {
    "slug": "second",
    "name": "Second",
    "provider": "openai",
    "model": "m-1",
    "data": ["public"],
    "key": "sk-secret",
}


def _send(client, method, path, body=None):
    return getattr(client, method)(f"/api/v1/{path}", body or {}, content_type="application/json")


def test_a_tool_is_described_changed_and_switched_and_its_key_never_comes_back(cast, sign_in) -> None:
    client = sign_in(cast.administrator)
    made = _send(client, "post", "tools/", TOOL)
    assert made.status_code == 201, made.content
    assert (made.json()["enabled"], made.json()["has_key"]) == (False, True)
    assert "sk-secret" not in made.content.decode() + client.get("/api/v1/tools/").content.decode()
    assert _send(client, "post", "tools/second/switch/", {"enabled": True}).json()["enabled"] is True
    kept = _send(client, "patch", "tools/second/", {"region": "EU", "data": ["public", "internal"]})
    assert (kept.json()["has_key"], kept.json()["data"]) == (True, ["public", "internal"])
    moved = _send(client, "patch", "tools/second/", {"base_url": "https://elsewhere.example/v1"})
    assert moved.json()["has_key"] is False
    assert _send(client, "post", "tools/second/probe/").json()["probe"] == "asked"
    bad = _send(client, "patch", "tools/second/", {"provider": "nobody"})
    assert "Unknown provider" in bad.json()["fields"]["provider"][0]


def test_the_use_of_a_tool_is_told_by_team_and_month_and_never_by_person(cast, sign_in) -> None:
    tool = Tool.objects.get()
    tool.use.create(team=cast.rep.team, month=timezone.localdate().replace(day=1), calls=3, cost="0.5")
    rows = sign_in(cast.compliance).get(f"/api/v1/tools/{tool.slug}/use/").json()
    assert rows == [
        {"team": cast.rep.team.name, "month": f"{timezone.localdate():%Y-%m}-01", "calls": 3, "cost": "0.500000"}
    ]


def test_a_figure_is_entered_and_the_goal_tells_where_it_stands(cast, sign_in) -> None:
    client = sign_in(cast.leader)
    goal = PolicyVersion.objects.deciding().exclude(goal=None).filter(goal__source="manual").first().goal
    assert goal.pk in [row["id"] for row in client.get("/api/v1/goals/").json()["results"]]
    today = str(timezone.localdate())
    answer = _send(client, "post", f"goals/{goal.pk}/measure/", {"on": today, "value": str(goal.target)})
    assert answer.json()["state"] == "reached"
    assert answer.json()["figures"] == [{"on": today, "value": f"{goal.target:.2f}"}]
    later = _send(client, "post", f"goals/{goal.pk}/measure/", {"on": "2999-01-01", "value": "1"})
    assert later.status_code == 400


def test_a_report_without_a_name_is_answered_and_another_becomes_an_activity(cast, sign_in) -> None:
    rep, leader = sign_in(cast.rep), sign_in(cast.leader)
    told = {"tool": "a chat", "purpose": "Mails to customers", "how_often": "daily", "data": ["customer"]}
    first = _send(rep, "post", "reports/", told | {"anonymous": True}).json()
    second = _send(rep, "post", "reports/", told).json()
    assert first["reported_by"] is None
    assert second["reported_by"] is None
    assert leader.get(f"/api/v1/reports/{second['id']}/").json()["reported_by"] == str(cast.rep)
    assert UseReport.objects.get(pk=first["id"]).reported_by is None
    done = _send(leader, "post", f"reports/{first['id']}/decide/", {"decision": "Use the library for this."})
    assert done.json()["state"] == "decided"
    again = _send(leader, "post", f"reports/{first['id']}/decide/", {"decision": "Something else now then."})
    assert again.status_code == 400
    stage = Stage.objects.first().name
    new = {"stage": stage, "name": "Write mails to customers", "traits": ["language_driven"]}
    assert (
        _send(leader, "post", f"reports/{second['id']}/activity/", new).json()["activity"] == "write-mails-to-customers"
    )
    assert Activity.objects.get(slug="write-mails-to-customers").data == ["customer"]


def test_stages_are_renamed_and_one_with_activities_cannot_be_left_out(cast, sign_in) -> None:
    client = sign_in(cast.leader)
    names = client.get("/api/v1/stages/").json()["stages"]
    full = Activity.objects.first().stage.name
    refused = _send(client, "put", "stages/", {"stages": [name for name in names if name != full]})
    assert "Move them first" in refused.json()["fields"]["stages"][0]
    renamed = ["First" if name == full else name for name in names]
    assert _send(client, "put", "stages/", {"stages": renamed, "renamed": {full: "First"}}).json()["stages"] == renamed
    assert Activity.objects.filter(stage__name="First").exists()


def test_an_activity_is_moved_retired_and_taken_up_again(cast, sign_in) -> None:
    client = sign_in(cast.leader)
    activity, last = Activity.objects.first(), Stage.objects.last()
    path = f"activities/{activity.slug}/"
    assert _send(client, "post", path + "move/", {"stage": last.name}).json()["stage"] == last.name
    assert _send(client, "post", path + "retire/").json()["retired_at"]
    assert _send(client, "post", path + "restore/").json()["retired_at"] is None


def test_the_history_of_a_policy_says_what_each_decision_changed(cast, sign_in) -> None:
    client = sign_in(cast.leader)
    path = "activities/summarise-discovery-call/"
    change = {"category": "human_only", "rationale": "People read every call."}
    assert _send(client, "post", path + "policy/", change).status_code == 200
    rows = client.get(f"/api/v1/{path}versions/").json()
    assert "responsible: Human in the loop → Human only" in rows[0]["changes"]
    assert rows[-1]["changes"] == []
    _send(client, "post", path + "policy/", change | {"draft": True, "rationale": "Only a draft of a reason."})
    assert client.get(f"/api/v1/{path}versions/").json()[0]["state"] == "draft"
    assert sign_in(cast.rep).get(f"/api/v1/{path}versions/").json()[0]["state"] == "in_force"
    assert client.get(f"/api/v1/{path}replay/").json()["runs"] == 0
    assert _send(client, "post", path + "discard/").status_code == 204
    assert client.get(f"/api/v1/{path}replay/").status_code == 400
