"""The map through the API and the commands: the same services, the same refusals."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from policies import mapfile
from policies.mapfile.form import FORMAT
from policies.models import Activity, PolicyVersion

pytestmark = pytest.mark.django_db
ONE = f"format: {FORMAT}\nactivities:\n  - {{slug: pick, name: Pick accounts, stage: Prospecting, traits: [judgement_heavy]}}\n"


def _put(client, body, kind="application/yaml", query=""):
    return client.put(f"/api/v1/map/{query}", body, content_type=kind)


def test_the_map_goes_out_and_in_as_json_and_yaml(cast, sign_in) -> None:
    client = sign_in(cast.leader)
    out = client.get("/api/v1/map/").json()
    assert out["format"] == FORMAT
    assert _put(client, json.dumps(out), "application/json").json()["changes"] == []
    assert [c["slug"] for c in _put(client, ONE, query="?dry_run=1").json()["changes"]] == ["pick"]
    assert not Activity.objects.filter(slug="pick").exists()
    assert _put(client, ONE).status_code == 200
    assert Activity.objects.filter(slug="pick").exists()


def test_a_program_that_escapes_what_is_beyond_ascii_is_read_as_it_wrote(cast, sign_in) -> None:
    document = {
        "format": FORMAT,
        "activities": [{"slug": "pick", "name": "Pick 🎯 zuerst für Köln", "stage": "Prospecting"}],
    }
    assert "\\ud83c\\udfaf" in json.dumps(document)
    assert _put(sign_in(cast.leader), json.dumps(document), "application/json").status_code == 200
    assert Activity.objects.get(slug="pick").name == "Pick 🎯 zuerst für Köln"


def test_what_changed_since_the_dry_run_is_not_replaced_unseen(cast, sign_in) -> None:
    client = sign_in(cast.leader)
    text = ONE.replace("slug: pick", "slug: set-the-price")
    seen = _put(client, text, query="?dry_run=1").json()["seen"]
    Activity.objects.filter(slug="set-the-price").update(name="Agree on the price")
    answer = _put(client, text, query=f"?seen={seen}")
    assert answer.status_code == 409
    assert "Nothing was imported" in answer.json()["detail"]
    assert Activity.objects.get(slug="set-the-price").name == "Agree on the price"
    again = _put(client, text, query="?dry_run=1").json()["seen"]
    assert _put(client, text, query=f"?seen={again}").status_code == 200


def test_a_document_of_brackets_and_one_with_a_zero_byte_are_a_400(cast, sign_in) -> None:
    for body in ("[" * 1_000_000, json.dumps({"format": FORMAT, "stages": ["a\0"]})):
        answer = _put(sign_in(cast.leader), body, "application/json")
        assert answer.status_code == 400
        assert answer.json()["faults"][0]["line"] == 1


def test_a_bad_map_answers_with_every_fault(cast, sign_in) -> None:
    answer = _put(sign_in(cast.leader), ONE.replace("Prospecting", "Nowhere").replace("judgement_heavy", "fast"))
    assert answer.status_code == 400
    assert answer.json()["faults"][0]["line"] == 3


def test_an_activity_is_added_decided_about_and_retired(cast, sign_in) -> None:
    client = sign_in(cast.leader)
    made = client.post("/api/v1/activities/", {"name": "Überprüfe Verträge", "stage": "Negotiation", "traits": ["formalised"], "data": ["terms"]}, content_type="application/json")  # fmt: skip
    assert made.status_code == 201, made.content
    path = f"/api/v1/activities/{made.json()['slug']}/"
    assert made.json()["slug"] == "ueberpruefe-vertraege"
    goal = {
        "measure": "Contracts checked within a day",
        "baseline": "20",
        "target": "80",
        "unit": "%",
        "due": str(timezone.localdate() + timedelta(days=60)),
    }
    assert client.post(path + "goal/", goal, content_type="application/json").status_code == 201
    vague = client.post(path + "goal/", goal | {"measure": "Use more AI"}, content_type="application/json")
    assert vague.status_code == 400
    decision = {"category": "human_only", "rationale": "Lawyers read every contract."}
    draft = client.post(path + "policy/", decision | {"draft": True}, content_type="application/json")
    assert draft.json()["state"] == "draft"
    later = client.post(
        path + "policy/",
        decision | {"effective_at": (timezone.now() + timedelta(days=2)).isoformat()},
        content_type="application/json",
    )
    assert later.json()["state"] == "scheduled"
    assert client.post(path + "policy/", decision, content_type="application/json").json()["state"] == "in_force"
    assert client.post(path + "retire/", content_type="application/json").json()["retired_at"]
    assert PolicyVersion.objects.deciding().filter(activity__slug="ueberpruefe-vertraege").count() == 0


def test_the_commands_export_and_import(cast, tmp_path) -> None:
    out = StringIO()
    call_command("export_map", stdout=out)
    assert out.getvalue() == mapfile.write(mapfile.current_map())
    path = tmp_path / "map.yaml"
    path.write_text(ONE, encoding="utf-8")
    out = StringIO()
    call_command("import_map", str(path), "--as", "marit", "--dry-run", stdout=out)
    assert "+ activity pick" in out.getvalue()
    assert "1 would change." in out.getvalue()
    call_command("import_map", str(path), "--as", "marit", stdout=StringIO())
    assert Activity.objects.filter(slug="pick").exists()


@pytest.mark.parametrize(
    ("actor", "content", "words"),
    [("nobody", ONE, "user name"), ("jonas", ONE, "Only leaders"), ("marit", "stages: 3", "Nothing was changed")],
)
def test_a_command_that_cannot_be_done_says_why(cast, tmp_path, actor, content, words) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=words):
        call_command("import_map", str(path), "--as", actor, stdout=StringIO())
