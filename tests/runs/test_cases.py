"""Compliance reads nothing of what was written, unless a case is opened with a reason."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from tests.support.policies import with_point
from workbench.accounts.models import Look
from workbench.privacy import requests
from workbench.runs import execution, services
from workbench.runs.models import Case, Run
from workbench.runs.services import RunRefused

pytestmark = pytest.mark.django_db
REASON = "Complaint 17 of Tessaro about this summary"


def test_contents_open_with_a_reason_and_the_log_and_the_person_know(cast, run, call, sign_in) -> None:
    client = sign_in(cast.compliance)
    page = reverse("runs:run", args=[run.pk])
    assert client.get(page).status_code == 404
    assert reverse("runs:case", args=[run.pk]) in client.get(reverse("audit:log"), {"run": run.pk}).content.decode()
    address = reverse("runs:case", args=[run.pk])
    short = client.post(address, {"reason": "because"})
    assert short.status_code == 422
    assert "because" in short.content.decode()
    opened = client.post(address, {"reason": REASON}, follow=True).content.decode()
    assert "Ilaria Conti" in opened
    assert REASON in opened
    event = AuditEvent.objects.get(action="case.opened")
    assert (event.actor_id, event.run_id) == (cast.compliance.pk, run.pk)
    assert "Tessaro" not in str(event.data)
    assert Look.objects.filter(viewer=cast.compliance, person=cast.rep, object_id=run.pk).exists()
    assert client.get(address).status_code == 302
    client.post(reverse("runs:case_close", args=[run.pk]))
    assert client.get(page).status_code == 404
    assert AuditEvent.objects.filter(action="case.closed").count() == 1
    assert REASON in client.get(address).content.decode()


@pytest.mark.parametrize("reason", ["\u200b" * 20, "\u3164" * 20, "because" + "\u2060" * 9, "." * 20, "\u2800 " * 15])
def test_a_reason_that_nobody_can_see_opens_nothing(cast, run, reason) -> None:
    with pytest.raises(RunRefused, match="can be seen"):
        services.open_case(actor=cast.compliance, run=run, reason=reason)
    assert not Case.objects.exists()


def test_a_case_opens_one_run_for_one_person_and_one_week(cast, run, summary, call, sign_in, monkeypatch) -> None:
    other = services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call})
    case = services.open_case(actor=cast.compliance, run=run, reason=REASON)
    assert services.open_case(actor=cast.compliance, run=run, reason=REASON) == case
    client = sign_in(cast.compliance)
    assert client.get(reverse("runs:run", args=[run.pk])).status_code == 200
    assert client.get(reverse("runs:run", args=[other.pk])).status_code == 404
    assert sign_in(cast.leader).get(reverse("runs:run", args=[run.pk])).status_code == 404
    Case.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert client.get(reverse("runs:run", args=[run.pk])).status_code == 404


def test_whoever_is_not_compliance_any_more_reads_nothing_more(cast, run, sign_in) -> None:
    services.open_case(actor=cast.compliance, run=run, reason=REASON)
    cast.compliance.role_grants.all().delete()
    assert sign_in(cast.compliance).get(reverse("runs:run", args=[run.pk])).status_code == 404


def test_a_reader_of_a_case_changes_nothing_about_the_run(cast, run, sign_in) -> None:
    services.open_case(actor=cast.compliance, run=run, reason=REASON)
    client = sign_in(cast.compliance)
    for name in ("cancel", "retry", "note", "ask_on"):
        assert client.post(reverse(f"runs:{name}", args=[run.pk]), {"question": "?"}).status_code in {403, 404}
    assert client.get(reverse("runs:review", args=[run.pk])).status_code in {403, 404}
    assert not Run.objects.in_queue(cast.compliance).exists()


@pytest.mark.parametrize("who", ["leader", "rep", "reviewer", "trainer", "administrator"])
def test_cases_are_for_compliance(cast, run, who, sign_in) -> None:
    person = getattr(cast, who)
    with pytest.raises(PermissionDenied):
        services.open_case(actor=person, run=run, reason=REASON)
    assert sign_in(person).post(reverse("runs:case", args=[run.pk]), {"reason": REASON}).status_code == 403


def test_what_was_erased_is_not_opened_and_the_reason_goes_with_it(cast, run, sign_in) -> None:
    services.open_case(actor=cast.compliance, run=run, reason=REASON)
    requests.erase_subject(actor=cast.compliance, keys=[run.data_key_id], reference="Letter 7")
    client = sign_in(cast.compliance)
    assert client.get(reverse("runs:run", args=[run.pk])).status_code == 200
    client.post(reverse("runs:case_close", args=[run.pk]))
    page = client.get(reverse("runs:case", args=[run.pk])).content.decode()
    assert "Nothing to read" in page
    assert "Tessaro" not in page
    with pytest.raises(RunRefused, match="nothing to read"):
        services.open_case(actor=cast.compliance, run=run, reason=REASON)


@pytest.mark.parametrize("reason", ["", "         ", "short", "x" * 1001, "a reason\x00 with a zero"])
def test_without_a_reason_nothing_opens(cast, run, reason) -> None:
    with pytest.raises(RunRefused, match="reason"):
        services.open_case(actor=cast.compliance, run=run, reason=reason)
    assert not Case.objects.exists()


def test_the_api_opens_reads_and_closes(cast, run, call, sign_in) -> None:
    client = sign_in(cast.compliance)
    address = f"/api/v1/runs/{run.pk}/"
    assert client.get(address).status_code == 404
    opened = client.post(f"{address}case/", {"reason": REASON}, content_type="application/json")
    assert (opened.status_code, opened.json()["reason"]) == (201, REASON)
    assert client.get(address).json()["inputs"]["transcript"] == call
    assert client.delete(f"{address}case/").status_code == 204
    assert client.get(address).status_code == 404
    assert sign_in(cast.rep).post(f"{address}case/", {"reason": REASON}, content_type="application/json").status_code == 403  # fmt: skip


def test_a_case_on_a_conversation_is_closed_from_any_of_its_questions(cast, challenge, provider, call, sign_in) -> None:
    with_point("challenge-account-plan", cast.leader, "follow_ups", {"limit": 2})
    inputs = {
        entry["name"]: call if entry["kind"] in ("long_text", "transcript") else entry.get("example", "x")
        for entry in challenge.inputs
    }
    first = services.submit_run(actor=cast.rep, prompt_version=challenge, inputs=inputs)
    execution.execute_run(first.pk)
    turn = services.ask_on(actor=cast.rep, run=first, question="And what then?")
    client = sign_in(cast.compliance)
    address = f"/api/v1/runs/{turn.pk}/case/"
    for close in (
        lambda: client.delete(address),
        lambda: client.post(reverse("runs:case_close", args=[turn.pk])),
    ):
        assert client.post(address, {"reason": REASON}, content_type="application/json").status_code == 201
        assert client.get(f"/api/v1/runs/{first.pk}/").status_code == 200
        close()
        assert client.get(f"/api/v1/runs/{first.pk}/").status_code == 404
    events = AuditEvent.objects.filter(action="case.closed")
    assert {event.run_id for event in events} == {first.pk}
    assert len(events) == 2
