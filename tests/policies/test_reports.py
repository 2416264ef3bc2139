"""Reports of AI used outside the workbench: two minutes, with or without a name, and something becomes of them."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from audit.models import AuditEvent
from policies.models import Activity, Stage, UseReport
from policies.services import decide_report, report_use, turn_into_activity

pytestmark = pytest.mark.django_db
TOLD = {
    "tool": "a chat in the browser",
    "purpose": "Mails to customers in English",
    "how_often": "daily",
    "data": ["customer"],
}


def test_an_anonymous_report_holds_nobody_in_the_log_neither(cast, sign_in) -> None:
    assert sign_in(cast.rep).post(reverse("policies:report_new"), TOLD | {"anonymous": "on"}).status_code == 302
    assert UseReport.objects.get().reported_by is None
    event = AuditEvent.objects.get(action="use.reported")
    assert (event.action, event.actor_id, event.actor_role) == ("use.reported", None, "")
    assert "without a name" in sign_in(cast.leader).get(reverse("policies:reports")).content.decode()


def test_a_name_is_shown_to_leaders_alone(cast, sign_in) -> None:
    report_use(actor=cast.rep, **TOLD)
    url = reverse("policies:reports")
    assert "Jonas Feld" in sign_in(cast.leader).get(url).content.decode().split("<main")[1]
    assert "Jonas Feld" not in sign_in(cast.colleague).get(url).content.decode()


def test_a_report_becomes_an_activity_with_the_data_it_named(cast, sign_in) -> None:
    report = report_use(actor=cast.rep, **TOLD)
    url = reverse("policies:report", args=[report.pk])
    form = {
        "act": "new",
        "name": "Write mails in English",
        "stage": str(Stage.objects.first().pk),
        "traits": ["language_driven"],
    }
    assert sign_in(cast.leader).post(url, form).status_code == 302
    activity = Activity.objects.get(name="Write mails in English")
    assert (activity.data, activity.description) == (["customer"], TOLD["purpose"])
    report.refresh_from_db()
    assert (report.state, report.activity) == ("activity", activity)


def test_a_report_is_answered_once(cast) -> None:
    report = report_use(actor=cast.rep, **TOLD)
    with pytest.raises(ValidationError, match="one sentence"):
        decide_report(actor=cast.leader, report=report, decision="No.")
    decide_report(actor=cast.leader, report=report, decision="Fine for public data until summer.")
    with pytest.raises(ValidationError, match="meanwhile"):
        turn_into_activity(actor=cast.leader, report=report, activity=Activity.objects.first())


@pytest.mark.parametrize("who", ["rep", "reviewer", "compliance", "trainer", "administrator"])
def test_only_leaders_decide_what_becomes_of_it(cast, who) -> None:
    report = report_use(actor=cast.rep, **TOLD)
    with pytest.raises(PermissionDenied):
        decide_report(actor=getattr(cast, who), report=report, decision="Fine for public data.")


@pytest.mark.parametrize("change", [{"tool": ""}, {"purpose": ""}, {"how_often": "always"}, {"data": []}])
def test_a_gap_is_named_and_what_was_typed_is_kept(cast, sign_in, change) -> None:
    answer = sign_in(cast.rep).post(reverse("policies:report_new"), TOLD | change)
    assert answer.status_code == 422
    assert not UseReport.objects.exists()
    if "purpose" not in change:
        assert TOLD["purpose"] in answer.content.decode()
