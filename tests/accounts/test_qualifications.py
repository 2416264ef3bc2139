"""Qualifications: earned with evidence, granted by somebody else, gone when they lapse or are taken back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from policies.services import decide
from tests.support.policies import with_point
from workbench.accounts.models import Qualification
from workbench.accounts.services import grant_qualification, revoke_qualification

pytestmark = pytest.mark.django_db
EVIDENCE = "Exam of 3 March, 18 of 20"


@pytest.fixture
def asking(cast):
    """The activity, under a policy that asks for the qualification “discovery”."""
    return with_point("summarise-discovery-call", cast.leader, "qualification", {"name": "discovery"})


def test_a_right_opens_the_activity_and_its_loss_closes_it_with_the_next_call(cast, asking) -> None:
    assert decide(actor=cast.rep, activity=asking).reasons[0].code == "qualification"
    granted = grant_qualification(actor=cast.trainer, person=cast.rep, name="discovery", evidence=EVIDENCE)
    assert decide(actor=cast.rep, activity=asking).allowed
    revoke_qualification(actor=cast.trainer, qualification=granted)
    assert decide(actor=cast.rep, activity=asking).reasons[0].code == "qualification"


def test_a_right_counts_until_its_last_moment(cast, asking) -> None:
    granted = grant_qualification(
        actor=cast.trainer, person=cast.rep, name="discovery", evidence=EVIDENCE, expires_at=timezone.now() + timedelta(days=1)
    )  # fmt: skip
    assert decide(actor=cast.rep, activity=asking).allowed
    Qualification.objects.filter(pk=granted.pk).update(expires_at=timezone.now())
    assert not decide(actor=cast.rep, activity=asking).allowed


def test_nobody_qualifies_themselves_not_even_past_the_service(cast) -> None:
    with pytest.raises(ValidationError, match="Nobody qualifies themselves"):
        grant_qualification(actor=cast.trainer, person=cast.trainer, name="discovery", evidence=EVIDENCE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Qualification.objects.create(person=cast.trainer, name="x", evidence="y z", granted_by=cast.trainer)


@pytest.mark.parametrize(
    "wrong", [{"evidence": "ok"}, {"expires_at": timezone.now() - timedelta(days=1)}, {"name": "Not A Slug!"}]
)
def test_a_record_without_evidence_or_with_a_past_day_is_refused_by_field(cast, wrong) -> None:
    given = {"actor": cast.trainer, "person": cast.rep, "name": "discovery", "evidence": EVIDENCE} | wrong
    with pytest.raises(ValidationError) as refused:
        grant_qualification(**given)
    assert set(refused.value.message_dict) == set(wrong)


def test_renewing_ends_the_older_record_and_keeps_it(cast) -> None:
    for evidence in (EVIDENCE, "Exam of 4 June, 19 of 20"):
        grant_qualification(actor=cast.trainer, person=cast.rep, name="discovery", evidence=evidence)
    standing = [row.standing for row in Qualification.objects.filter(person=cast.rep).order_by("pk")]
    assert standing == ["revoked", "held"]
    assert AuditEvent.objects.filter(action="qualification.granted").latest("pk").data["renewed"] is True


def test_a_rep_grants_nothing_and_takes_nothing_back(cast) -> None:
    with pytest.raises(PermissionDenied):
        grant_qualification(actor=cast.rep, person=cast.colleague, name="discovery", evidence=EVIDENCE)
    granted = grant_qualification(actor=cast.trainer, person=cast.rep, name="discovery", evidence=EVIDENCE)
    with pytest.raises(PermissionDenied):
        revoke_qualification(actor=cast.rep, qualification=granted)


def test_the_page_warns_where_a_policy_asks_for_what_nobody_holds(cast, asking, sign_in) -> None:
    client = sign_in(cast.trainer)
    page = client.get(reverse("policies:qualifications")).content.decode()
    assert "nobody" in page
    given = {"person": cast.rep.pk, "name": "discovery", "evidence": EVIDENCE, "expires": ""}
    assert client.post(reverse("policies:qualifications"), given).status_code == 302
    page = client.get(reverse("policies:qualifications")).content.decode()
    assert EVIDENCE in page
    assert "nobody" not in page
    assert "discovery" in sign_in(cast.rep).get(reverse("accounts:profile")).content.decode()
    found = client.get(reverse("policies:qualifications"), {"q": "Nobody Like This"}).content.decode()
    assert "Nobody fits this filter" in found


def test_the_page_costs_as_many_queries_for_one_as_for_many(cast, sign_in, django_assert_max_num_queries) -> None:
    client = sign_in(cast.trainer)
    for number in range(60):
        grant_qualification(actor=cast.trainer, person=cast.rep, name=f"right-{number}", evidence=EVIDENCE)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("policies:qualifications")).content.decode()
    assert "Older" in page


def test_a_person_sees_their_own_through_the_api_and_nobody_elses(cast, sign_in) -> None:
    body = {"person": cast.rep.username, "name": "discovery", "evidence": EVIDENCE}
    made = sign_in(cast.trainer).post("/api/v1/qualifications/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    path = f"/api/v1/qualifications/{made.json()['id']}/"
    assert sign_in(cast.rep).get(path).json()["standing"] == "held"
    assert sign_in(cast.colleague).get(path).status_code == 404
    assert sign_in(cast.trainer).post(path + "revoke/").json()["standing"] == "revoked"
