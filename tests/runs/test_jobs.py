"""Many records at once: true progress, a result for each, and what failed with its reason."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from audit.models import AuditEvent
from policies.models import PolicyVersion
from policies.services import put_in_force, suspend_policy
from tests.runs.test_execution import GOOD_FIELDS
from workbench.accounts.models import Notice, User
from workbench.gateway.pii import ScrubberUnavailable
from workbench.privacy.models import Erased
from workbench.privacy.services import destroy_keys
from workbench.runs import execution, jobs, services
from workbench.runs.models import Job, JobRow, JobState, Run, State
from workbench.runs.services import bulk

pytestmark = pytest.mark.django_db


@pytest.fixture
def consent(fields):
    points = PolicyVersion.objects.deciding().get(activity=fields.prompt.activity).points
    return "consent" if "consent" in points else ""


@pytest.fixture
def job(cast, fields, provider, call, consent):
    """``job(texts)`` → a list of these transcripts."""
    provider.answer = json.dumps(GOOD_FIELDS)

    def make(texts):
        records = [{"transcript": text} for text in texts]
        return services.start_job(actor=cast.rep, prompt_version=fields, records=records, consent=consent)

    return make


def _work(job):
    jobs.run_job(job.pk)
    for run in Run.objects.filter(job=job, state=State.QUEUED):
        execution.execute_run(run.pk)
    execution.sweep()
    job.refresh_from_db()
    return services.job_counts(job)


def _table(lines):
    return list(csv.reader(io.StringIO("".join(lines).removeprefix("\ufeff"))))


def test_each_record_is_a_run_of_its_own_and_a_bad_one_says_why(cast, job, call, provider) -> None:
    made = job([call, "", "Это текст на русском языке, который никто здесь не читает. Он длинный и ясный.", call])
    assert services.job_counts(made)["waiting"] == 4
    counts = _work(made)
    assert counts["refused"] == 2
    assert counts["released"] + counts["in_review"] == 2
    assert counts["done"] == made.total == 4
    assert made.state == JobState.DONE
    results, failures = _table(services.results_csv(made)), _table(services.failures_csv(made))
    assert [row[0] for row in results[1:]] == ["1", "2", "3", "4"]
    assert [row[0] for row in failures[1:]] == ["2", "3"]
    assert failures[2][1].startswith("Это")
    assert "neither English nor German" in failures[2][-1]
    assert Notice.objects.get(person=cast.rep, kind="job_ended").path == reverse("runs:job", args=[made.pk])
    assert {event.data["rows"] for event in AuditEvent.objects.filter(action__startswith="job.")} == {4}


def test_a_second_delivery_sends_nothing_twice_and_a_lost_worker_loses_nothing(job, call) -> None:
    made = job([call] * 3)
    Job.objects.filter(pk=made.pk).update(lease_until=timezone.now() + timedelta(minutes=1))
    jobs.run_job(made.pk)
    assert not Run.objects.filter(job=made).exists()
    Job.objects.filter(pk=made.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.run_job(made.pk)
    Job.objects.filter(pk=made.pk).update(lease_until=None)
    jobs.run_job(made.pk)
    assert Run.objects.filter(job=made).count() == 3


def test_the_sweeper_wakes_a_list_that_the_broker_lost(job, call, monkeypatch) -> None:
    made = job([call])
    woken = []
    monkeypatch.setattr("workbench.runs.dispatch.wake_job", woken.append)
    jobs.sweep_jobs()
    assert woken == []
    Job.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(minutes=1))
    jobs.sweep_jobs()
    assert woken == [made.pk]


def test_a_policy_that_refuses_in_the_middle_stops_the_rest(cast, job, call, fields, provider) -> None:
    made = job([call] * 3)
    suspend_policy(actor=cast.leader, version=PolicyVersion.objects.deciding().get(activity=fields.prompt.activity))
    counts = _work(made)
    assert (made.state, counts["refused"], counts["waiting"]) == (JobState.STOPPED, 1, 2)
    assert provider.asked == []
    reasons = [row[-1] for row in _table(services.failures_csv(made))[1:]]
    assert "is suspended" in reasons[0]
    assert reasons[1:] == ["Not sent: the list was stopped before."] * 2
    assert Run.objects.filter(state=State.DENIED, requester=cast.rep).count() == 1


def test_nothing_more_is_sent_for_somebody_who_no_longer_works_here(cast, job, call, provider) -> None:
    made = job([call] * 2)
    User.objects.filter(pk=cast.rep.pk).update(is_active=False)
    _work(made)
    assert (made.state, provider.asked, Run.objects.filter(job=made).count()) == (JobState.STOPPED, [], 0)


def test_whoever_started_it_stops_it_and_nobody_else(cast, job, call, sign_in) -> None:
    made = job([call] * 2)
    jobs.run_job(made.pk)
    assert sign_in(cast.leader).post(reverse("runs:job_cancel", args=[made.pk])).status_code == 404
    assert sign_in(cast.rep).post(reverse("runs:job_cancel", args=[made.pk])).status_code == 302
    made.refresh_from_db()
    assert made.state == JobState.CANCELLED
    assert set(Run.objects.filter(job=made).values_list("state", flat=True)) == {State.CANCELLED}


def test_a_list_that_is_stopped_while_a_row_is_scrubbed_sends_nothing_of_it(cast, job, call, monkeypatch) -> None:
    made = job([call])
    scrub = services.preview_run

    def meanwhile(**given):
        preview = scrub(**given)
        services.cancel_job(actor=cast.rep, job=made)
        return preview

    monkeypatch.setattr(services, "preview_run", meanwhile)
    jobs.run_job(made.pk)
    made.refresh_from_db()
    assert (made.state, Run.objects.filter(job=made).exists()) == (JobState.CANCELLED, False)


def test_what_people_wait_for_comes_before_the_rows_of_a_list(cast, job, call, fields, consent) -> None:
    made = job([call] * 2)
    jobs.run_job(made.pk)
    mine = services.submit_run(
        actor=cast.colleague, prompt_version=fields, inputs={"transcript": call}, consent=consent
    )
    order = list(Run.objects.dispatchable().values_list("pk", flat=True))
    assert order[0] == mine.pk
    assert services.queue_position(mine) == 1
    assert services.queue_position(Run.objects.get(pk=order[2])) == 3


def test_lists_are_for_automated_activities(cast, summary, call) -> None:
    with pytest.raises(services.RunRefused, match="automated"):
        services.start_job(actor=cast.rep, prompt_version=summary, records=[{"transcript": call}])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Not found: "),
        ("transcript\n", "no record below"),
        ("transcript,colour\na,b\n", "no input for these columns: colour"),
        ("transcript\na,b\n", "Line 2 has 2 cells, the first line names 1"),
        ('transcript\n"open', "Line 2 cannot be read"),
        ("transcript,transcript\na,b\n", "Two columns are the same input"),
        ("transcript\n" + "a\n" * 1001, "More than 1000 records"),
    ],
)
def test_a_file_with_a_fault_sends_nothing_and_names_the_line(fields, text, sentence) -> None:
    with pytest.raises(services.RunRefused, match=sentence):
        services.read_records(text, fields)
    assert not JobRow.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["transcript\nHello; all\n\n", 'transcript;\n"Hello\nall";\n'.replace(";", ""), "\ttranscript\n"[1:] + "Hello\n"],
)
def test_a_file_as_spreadsheets_write_it_is_read(fields, text) -> None:
    assert services.read_records(text, fields)[0]["transcript"].startswith("Hello")


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(job, fields) -> None:
    made = job(["=HYPERLINK(1)"])
    assert _table(services.results_csv(made))[1][1] == "'=HYPERLINK(1)"


def test_no_spreadsheet_runs_what_it_splits_at_another_mark(job, fields) -> None:
    made = job(["a;=1+1", "b\n+cmd|' /C calc'!A0", "- one\n- two", "We pay 10, -5 % later; fine"])
    cells = [row[1] for row in _table(services.results_csv(made))[1:]]
    assert cells == ["a;'=1+1", "b\n'+cmd|' /C calc'!A0", "'- one\n- two", "We pay 10, -5 % later; fine"]


@given(st.text(alphabet="'=+-@;, \t\r\n\"a1", max_size=30))
@example("'=1")
@example("a;'=1\n''+x")
@example(";\r=")
def test_making_a_cell_harmless_is_undone_exactly(cell) -> None:
    assert bulk._APOSTROPHE.sub("", bulk._FORMULA.sub("'", cell)) == cell


def test_the_file_of_what_failed_can_be_sent_again_as_it_is(cast, job, fields, call) -> None:
    given = ["=1+1;=2", "- one\n+two", "'quoted'", "'=1"]
    made = job(given)
    suspend_policy(actor=cast.leader, version=PolicyVersion.objects.deciding().get(activity=fields.prompt.activity))
    _work(made)
    again = "".join(services.failures_csv(made)).removeprefix("\ufeff")
    assert again.startswith("#")
    assert [row["transcript"] for row in services.read_records(again, fields)] == given


def test_a_scrubber_that_is_away_costs_a_list_time_and_no_row(job, call, monkeypatch) -> None:
    made = job([call] * 2)

    class Away:
        def anonymize(self, *args, **kwargs):
            raise ScrubberUnavailable

    with monkeypatch.context() as patch:
        patch.setattr("workbench.runs.services.running.house", Away)
        jobs.run_job(made.pk)
    made.refresh_from_db()
    assert (made.state, services.job_counts(made)["waiting"]) == (JobState.OPEN, 2)
    assert made.lease_until > timezone.now()
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.run_job(made.pk)
    assert Run.objects.filter(job=made).count() == 2


def test_a_list_does_not_go_on_under_another_category(cast, job, call, fields, provider) -> None:
    made = job([call] * 2)
    now = PolicyVersion.objects.deciding().get(activity=fields.prompt.activity)
    kept = [(kind, params) for kind, params in now.points.items() if kind not in {"sample", "schema"}]
    put_in_force(
        actor=cast.leader, activity=now.activity, category="human_in_the_loop", rationale=now.rationale, accountable=now.accountable,
        goal=now.goal, tool=now.tool, control_points=kept,
    )  # fmt: skip
    jobs.run_job(made.pk)
    made.refresh_from_db()
    assert (made.state, Run.objects.filter(job=made).count()) == (JobState.STOPPED, 0)
    assert "no longer automated" in _table(services.failures_csv(made))[1][-1]


def test_a_row_is_erased_together_with_its_run(job, call) -> None:
    made = job([call, call])
    jobs.run_job(made.pk)
    first, second = JobRow.objects.filter(job=made).select_related("data_key", "run__data_key")
    assert first.inputs == {"transcript": call}
    destroy_keys([first.run.data_key.pk])
    with pytest.raises(Erased):
        JobRow.objects.select_related("data_key").get(pk=first.pk).inputs  # noqa: B018
    assert JobRow.objects.select_related("data_key").get(pk=second.pk).inputs == {"transcript": call}


def test_a_list_is_sent_and_followed_on_its_page(cast, sign_in, fields, provider, call, consent) -> None:
    client = sign_in(cast.rep)
    address = reverse("runs:job_new", args=[fields.prompt.slug])
    assert client.get(address).status_code == 200
    wrong = client.post(address, {"file": SimpleUploadedFile("x.csv", b"\x89PNG\x00"), "consent": consent})
    assert wrong.status_code == 422
    assert "not a text file" in wrong.content.decode()
    rows = "transcript\n" + "\n".join(f'"{call}"' for _ in range(2))
    sent = client.post(address, {"file": SimpleUploadedFile("x.csv", rows.encode()), "consent": consent})
    made = Job.objects.get()
    assert sent["Location"] == reverse("runs:job", args=[made.pk])
    page = client.get(sent["Location"])
    assert "0 of 2 done" in page.content.decode()
    assert sign_in(cast.reviewer).get(sent["Location"]).status_code == 404
    fragment = client.get(sent["Location"], headers={"HX-Request": "true", "HX-Target": "job"})
    assert b"<html" not in fragment.content


def test_a_program_sends_a_list_and_reads_what_came_of_it(cast, sign_in, fields, provider, call, consent) -> None:
    provider.answer = json.dumps(GOOD_FIELDS)
    client = sign_in(cast.rep)
    body = {"prompt": fields.prompt.slug, "records": [{"transcript": call}, {"transcript": ""}], "consent": consent}
    made = client.post("/api/v1/jobs/", body, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["counts"]["waiting"] == 2
    _work(Job.objects.get())
    rows = client.get(f"/api/v1/jobs/{made.json()['id']}/rows/").json()
    assert rows["next"] is None
    assert rows["results"][0]["state"] in {"released", "in_review"}
    assert rows["results"][1]["state"] == "refused"
    assert rows["results"][1]["failure"]


def test_the_cost_of_a_lists_page_does_not_grow_with_the_list(
    cast, sign_in, job, call, django_assert_max_num_queries
) -> None:
    made = job(["x"] * 120)
    client = sign_in(cast.rep)
    client.get("/")
    with django_assert_max_num_queries(9):
        page = client.get(reverse("runs:job", args=[made.pk]))
    assert len(page.context["rows"]) == 50


def test_a_list_whose_contents_were_erased_ends_and_its_files_say_so(cast, job, call) -> None:
    made = job([call] * 2)
    destroy_keys([made.data_key.pk])
    _work(made)
    assert made.state == JobState.STOPPED
    for lines in (services.results_csv(made), services.failures_csv(made)):
        assert "erased" in _table(lines)[1]


def test_a_refusal_of_a_list_stands_in_the_log(cast, fields, call) -> None:
    suspend_policy(actor=cast.leader, version=PolicyVersion.objects.deciding().get(activity=fields.prompt.activity))
    with pytest.raises(services.RunDenied):
        services.start_job(actor=cast.rep, prompt_version=fields, records=[{"transcript": call}])
    assert AuditEvent.objects.filter(action="run.denied", actor_id=cast.rep.pk).count() == 1
    assert not Job.objects.exists()
