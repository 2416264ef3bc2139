"""Evidence of AI literacy: what was offered, what was done, when and under which version; no attempt, and no figure about a person."""

import csv
import json
import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from audit.models import AuditEvent
from tests.training.conftest import NEWCOMER
from tests.training.test_assignments import assign, text_of
from tests.training.test_attempts import check, pass_path
from training import services
from training.evidence import COLUMNS, evidence, take_evidence
from training.models import Completion, LearningPath
from workbench.accounts.models import Team
from workbench.accounts.services import change_person, create_person, grant_qualification, revoke_qualification
from workbench.privacy.requests import erase_person

pytestmark = pytest.mark.django_db


def counts(tallies) -> dict[str, tuple[int, int]]:
    return {name: (tally.assigned, tally.complete) for name, tally in tallies.items()}


def rows(actor) -> list[dict[str, str]]:
    return list(csv.DictReader("".join(take_evidence(actor=actor, form="csv")).splitlines()))


def test_complete_of_assigned_is_counted_by_path_role_and_team(cast, recap) -> None:
    assign(cast.trainer, roles=["rep"])
    assign(cast.trainer, people=[cast.rep, cast.compliance])
    pass_path(cast.rep, recap)
    (one,) = evidence().paths
    assert one.path.slug == "summaries"
    assert (one.total.assigned, one.total.complete) == (3, 1)
    assert counts(one.by_role) == {"rep": (2, 1), "compliance": (1, 0)}
    assert counts(one.by_team) == {"North": (1, 1), "South": (1, 0), "": (1, 0)}


def test_somebody_is_complete_of_a_path_when_everything_asked_of_them_is(cast, recap) -> None:
    assign(cast.trainer, people=[cast.rep])
    assign(cast.trainer, people=[cast.rep], language="de")
    pass_path(cast.rep, recap)
    cast.rep.qualifications.update(revoked_at=timezone.now())
    assert (evidence().paths[0].total.assigned, evidence().paths[0].total.complete) == (1, 0)


def test_an_ended_assignment_stays_as_offered_and_counts_no_more(cast) -> None:
    given = assign(cast.trainer, people=[cast.rep])
    services.end_assignment(actor=cast.trainer, assignment=given)
    found = evidence()
    assert found.paths == []
    assert [one.assignment for one in found.learners[0].offered] == [given]


def test_the_file_says_what_was_offered_and_done_when_and_under_which_version(cast, recap) -> None:
    assign(cast.trainer, people=[cast.rep])
    pass_path(cast.rep, recap)
    grant_qualification(actor=cast.trainer, person=cast.colleague, name="sparring", evidence="Course of the chamber")
    offered, finished, recorded = sorted(rows(cast.compliance), key=lambda row: ("offered", "finished", "recorded").index(row["kind"]))  # fmt: skip
    assert (offered["name"], offered["path"], offered["complete"], offered["assigned_by"]) == (
        "Jonas Feld", "summaries", "yes", "Lukas Brandt",
    )  # fmt: skip
    assert offered["due"] == (timezone.localdate() + timedelta(days=20)).isoformat()
    sha256 = recap.versions.get().sha256
    assert f"recap-with-a-gap v1 {sha256}" in finished["versions"]
    assert finished["at"].startswith(timezone.now().date().isoformat())
    assert (recorded["name"], recorded["path"]) == ("Clara Nguyen", "sparring")
    assert "chamber" not in str(recorded)


def test_what_was_taken_back_or_renewed_reads_as_on_the_certificate(cast, recap) -> None:
    pass_path(cast.rep, recap)
    first = Completion.objects.get().qualification
    revoke_qualification(actor=cast.leader, qualification=first)
    first.refresh_from_db()
    (row,) = rows(cast.compliance)
    assert (row["standing"], row["counts_until"]) == ("revoked", first.revoked_at.isoformat(timespec="seconds"))
    grant_qualification(actor=cast.trainer, person=cast.rep, name=first.name, evidence="Course of the chamber")
    assert [(row["standing"], row["counts_until"]) for row in rows(cast.compliance)] == [("renewed", ""), ("held", "")]


def test_what_lapsed_before_it_was_renewed_ended_on_its_day(cast, recap) -> None:
    pass_path(cast.rep, recap)
    lapsed = timezone.now() - timedelta(days=3)
    cast.rep.qualifications.update(expires_at=lapsed, revoked_at=timezone.now())
    (row,) = rows(cast.compliance)
    assert (row["standing"], row["counts_until"]) == ("lapsed", lapsed.isoformat(timespec="seconds"))


def test_there_is_no_attempt_in_it(cast, recap, sign_in) -> None:
    assign(cast.trainer, people=[cast.rep])
    before = "".join(take_evidence(actor=cast.compliance, form="csv"))
    tables = re.compile(r"<table.*?</table>")
    client = sign_in(cast.compliance)
    page = tables.findall(text_of(client.get("/evidence/")))
    check(cast.rep, recap, NEWCOMER)
    assert "".join(take_evidence(actor=cast.compliance, form="csv")) == before
    assert page == tables.findall(text_of(client.get("/evidence/")))


def test_taking_it_along_leaves_an_event_of_counts(cast, recap, sign_in) -> None:
    assign(cast.trainer, people=[cast.rep])
    pass_path(cast.rep, recap)
    answer = sign_in(cast.compliance).post("/evidence/file/", {"format": "json"})
    told = json.loads(b"".join(answer.streaming_content))
    assert told["organisation"] == "Nordwerk Automation"
    assert told["paths"][0]["by_role"] == {"rep": {"assigned": 1, "complete": 1}}
    assert [one["kind"] for one in told["people"][0]["done"]] == ["finished"]
    event = AuditEvent.objects.get(action="literacy.exported")
    assert (event.actor_id, event.data) == (
        cast.compliance.pk, {"format": "json", "people": 1, "completions": 1, "assignments": 1},
    )  # fmt: skip
    assert sign_in(cast.compliance).post("/evidence/file/", {"format": "exe"}).status_code == 404
    for person in (cast.rep, cast.reviewer, cast.administrator, cast.outsider):
        with pytest.raises(PermissionDenied):
            take_evidence(actor=person, form="csv")
    assert AuditEvent.objects.filter(action="literacy.exported").count() == 1


def test_what_somebody_did_stays_when_their_record_is_erased_and_the_name_reads_erased(cast, recap, sign_in) -> None:
    given = assign(cast.reviewer, people=[cast.rep])
    pass_path(cast.rep, recap)
    for person in (cast.rep, cast.reviewer):
        change_person(actor=cast.administrator, person=person, title="", team=None, is_active=False, roles=[])
    assert [row["name"] for row in rows(cast.compliance)] == ["Jonas Feld"]
    erase_person(actor=cast.administrator, person=cast.rep)
    erase_person(actor=cast.administrator, person=cast.reviewer)
    (row,) = rows(cast.compliance)
    assert (row["name"], row["kind"], row["path"]) == ("erased", "finished", "summaries")
    page = text_of(sign_in(cast.compliance).get("/evidence/"))
    assert "erased" in page
    assert "Jonas" not in page
    assert Completion.objects.get().qualification is None
    assert str(type(given).objects.get(pk=given.pk).assigned_by) == "somebody whose record was erased"


def test_no_cell_of_the_file_is_run_by_a_spreadsheet(cast) -> None:
    person = create_person(actor=None, username="x", email="x@x.example", first_name="=1+1", last_name="A", roles=["rep"])  # fmt: skip
    assign(cast.trainer, people=[person])
    assert rows(cast.compliance)[0]["name"] == "'=1+1 A"
    assert set(rows(cast.compliance)[0]) == set(COLUMNS)


def test_the_page_filters_by_name_role_and_team_and_goes_on_by_key(cast, sign_in) -> None:
    north = Team.objects.get(name="North")
    for n in range(60):
        create_person(actor=None, username=f"n{n}", email=f"n{n}@x.example", first_name="A", last_name=f"{n:02}", roles=["rep"], team=north)  # fmt: skip
    assign(cast.trainer, roles=["rep"])
    client = sign_in(cast.trainer)
    page = text_of(client.get("/evidence/?by=team"))
    assert "A 49" in page
    assert "A 50" not in page
    assert "South" in page
    last = page.split("after=")[1].split("&")[0]
    assert "Jonas Feld" in text_of(client.get(f"/evidence/?after={last}"))
    assert "Clara Nguyen" in text_of(client.get("/evidence/?q=clara"))
    assert "A 01" not in text_of(client.get("/evidence/?q=clara"))
    assert "Nobody fits this filter." in text_of(client.get("/evidence/?role=compliance"))
    assert "Clara Nguyen" not in text_of(client.get(f"/evidence/?team={north.pk}&q=clara"))


def test_it_asks_the_database_a_fixed_number_of_times(cast, recap, sign_in, django_assert_num_queries) -> None:
    client = sign_in(cast.compliance)
    assign(cast.trainer, roles=["rep"])
    pass_path(cast.rep, recap)
    with django_assert_num_queries(14) as few:
        client.get("/evidence/")
    for path in LearningPath.objects.all():
        services.assign_path(actor=cast.trainer, path=path, due=timezone.localdate(), roles=["rep", "reviewer"])
    with django_assert_num_queries(len(few.captured_queries)):
        client.get("/evidence/")
