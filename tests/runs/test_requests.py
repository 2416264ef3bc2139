"""Somebody asks what is kept about them, or wants it gone."""

import json
import os
import subprocess
import sys
import threading
from io import StringIO

import pytest
from django.conf import settings as project
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from audit import sealing, verifying
from audit.models import AuditEvent
from tests.audit.test_power_cut import database_url
from workbench.privacy import erasing, requests
from workbench.privacy.holds import held_by
from workbench.privacy.models import DataKey, Hold, SubjectMark, SubjectRequest
from workbench.privacy.spellings import subject_of
from workbench.privacy.subjects import find_subject, mark_subjects
from workbench.runs import execution, services
from workbench.runs.models import Run, State
from workbench.shell import health

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("asked", "detected", "kind"),
    [
        ("Conti, Ilaria", "Ilaria Conti", "name"),
        ("ilaria conti", "Ms Ilaria Conti's", "name"),
        ("Jürgen Müller", "Herr Dr. Juergen Mueller", "name"),
        ("I.Conti@Tessaro.example", "i.conti@tessaro.example", "email"),
        ("+49 151 2345 6789", "0151/23456789", "phone"),
    ],
)
def test_the_same_person_in_another_spelling_is_the_same(asked, detected, kind) -> None:
    assert subject_of(asked).whole == subject_of(detected, kind).whole
    assert subject_of(asked).kind == kind


@given(st.text(max_size=80))
def test_any_text_can_be_asked_for(text) -> None:
    subject_of(text)


@pytest.mark.parametrize(
    ("who", "how"),
    [
        ("Ilaria Conti", "whole"),
        ("i.conti@tessaro.example", "whole"),
        ("Conti", "some"),
        ("Marco Conti", "some"),
        ("Ilaria", "some"),
    ],
)
def test_a_person_is_found_by_name_address_and_part_of_the_name(run, who, how) -> None:
    found = find_subject(who)
    assert {name for name, keys in found.items() if run.data_key_id in keys} == {how}


def test_nothing_in_the_database_says_who_is_marked(run) -> None:
    dump = b"".join(bytes(mark.digest) for mark in SubjectMark.objects.all())
    assert SubjectMark.objects.filter(data_key=run.data_key).count() > 2
    for word in (b"Conti", b"conti", b"tessaro"):
        assert word not in dump


def test_an_erased_person_is_found_and_read_nowhere_and_the_log_still_verifies(cast, run, call) -> None:
    keys = find_subject("Ilaria Conti")["whole"]
    done = requests.erase_subject(actor=cast.compliance, keys=keys, reference="Letter 7")
    assert (done.count, done.held) == (1, 0)
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert not any(find_subject("Ilaria Conti").values())
    assert not SubjectMark.objects.filter(data_key=run.data_key).exists()
    event = AuditEvent.objects.get(action="subject.erased")
    assert event.data == {"count": 1, "held": 0, "request": done.pk}
    assert not any("onti" in json.dumps(event.data) for event in AuditEvent.objects.all())
    assert list(erasing.remembered()) == [run.data_key_id]


def test_what_a_backup_brings_back_is_noticed_and_erased_again(cast, run) -> None:
    before = bytes(run.data_key.wrapped)
    requests.erase_subject(actor=cast.compliance, keys=[run.data_key_id], reference="Letter 7")
    DataKey.objects.filter(pk=run.data_key_id).update(wrapped=before, destroyed_at=None)
    assert erasing.come_back() == 1
    out = StringIO()
    call_command("replay_erasures", stdout=out)
    assert "1 records were erased again" in out.getvalue()
    assert (erasing.come_back(), DataKey.objects.get(pk=run.data_key_id).wrapped) == (0, b"")
    assert AuditEvent.objects.get(action="record.erased_again").data == {"count": 1}


def test_a_machine_that_stops_right_before_the_commit_has_decided(cast, run, monkeypatch) -> None:
    write = erasing.remember

    def and_stop(keys):
        write(keys)
        raise KeyboardInterrupt

    monkeypatch.setattr(erasing, "remember", and_stop)
    with pytest.raises(KeyboardInterrupt):
        requests.erase_subject(actor=cast.compliance, keys=[run.data_key_id], reference="Letter 7")
    assert DataKey.objects.get(pk=run.data_key_id).destroyed_at is None
    assert not health.check_erasures().ok
    assert erasing.replay() == 1
    assert health.check_erasures().ok
    assert not any(find_subject("Ilaria Conti").values())


def test_a_line_of_the_list_that_a_crash_cut_off_swallows_no_other(cast, run, settings) -> None:
    settings.WORKBENCH_ERASED_PATH.write_text("7f9c24e8-3b1")
    requests.erase_subject(actor=cast.compliance, keys=[run.data_key_id], reference="Letter 7")
    assert list(erasing.remembered()) == [run.data_key_id]


def test_where_the_list_cannot_be_written_nothing_is_erased(cast, run, settings, tmp_path) -> None:
    settings.WORKBENCH_ERASED_PATH = tmp_path / "no such folder" / "erased-keys"
    with pytest.raises(erasing.ListUnwritable):
        requests.erase_subject(actor=cast.compliance, keys=[run.data_key_id], reference="Letter 7")
    assert DataKey.objects.get(pk=run.data_key_id).destroyed_at is None
    assert not AuditEvent.objects.filter(action="subject.erased").exists()


def test_what_is_under_a_hold_stays_and_the_reference_is_told(cast, run, sign_in) -> None:
    hold = requests.place_hold(actor=cast.compliance, keys=[run.data_key_id], reference="Lawsuit 12/26")
    with pytest.raises(requests.RequestRefused, match="under a hold"):
        requests.erase_subject(actor=cast.compliance, keys=[run.data_key_id], reference="Letter 7")
    client = sign_in(cast.compliance)
    page = client.post(reverse("privacy:found"), {"who": "Ilaria Conti"}).content.decode()
    assert "hold Lawsuit 12/26" in page
    client.post(reverse("privacy:lift_hold", args=[hold.pk]))
    assert Hold.objects.get().lifted_by == cast.compliance
    assert requests.erase_subject(actor=cast.compliance, keys=[run.data_key_id], reference="Letter 7").count == 1


@pytest.mark.parametrize("reference", ["", " ", "x", "x" * 61, "a\x00b"])
def test_without_a_reference_nothing_is_done(cast, run, reference) -> None:
    for act in (requests.erase_subject, requests.place_hold, requests.begin_disclosure):
        with pytest.raises(requests.RequestRefused, match="reference"):
            act(actor=cast.compliance, keys=[run.data_key_id], reference=reference)


def test_marking_costs_the_same_whoever_a_record_names(run, django_assert_num_queries) -> None:
    for count in (1, 40):
        people = [("name", f"Person{chr(97 + n // 20)}{chr(97 + n % 20)} Surname") for n in range(count)]
        with django_assert_num_queries(5 if count else 0):
            mark_subjects(run.data_key, people)


def test_only_keys_of_records_with_people_are_destroyed(cast, run) -> None:
    others = DataKey.objects.exclude(pk=run.data_key_id)
    assert others.exists()
    with pytest.raises(requests.RequestRefused):
        requests.erase_subject(actor=cast.compliance, keys=list(others.values_list("pk", flat=True)), reference="x1")


def test_the_page_finds_hands_over_and_erases(cast, run, sign_in, call) -> None:
    client = sign_in(cast.compliance)
    page = client.post(reverse("privacy:found"), {"who": "Ilaria Conti"}).content.decode()
    assert "Occurs in 1 record" in page
    chosen = {"who": "Ilaria Conti", "key": str(run.data_key_id), "reference": "Letter 7"}
    answer = client.post(reverse("privacy:act"), chosen | {"act": "disclose"})
    file = json.loads(b"".join(answer.streaming_content))
    assert (file["reference"], file["contents"][0]["given"]["transcript"]) == ("Letter 7", call)
    refused = client.post(reverse("privacy:act"), chosen | {"act": "erase"})
    assert refused.status_code == 422
    assert "Confirm that" in refused.content.decode()
    done = client.post(reverse("privacy:act"), chosen | {"act": "erase", "confirm": "yes"}, follow=True)
    assert "1 record was erased." in done.content.decode()
    assert SubjectRequest.objects.count() == 2
    assert "Ilaria" not in done.content.decode()


@pytest.fixture
def typed(cast, summary, call):
    """A draft that somebody is typing, and has looked at."""
    given = {"transcript": call}
    preview = services.preview_run(actor=cast.rep, prompt_version=summary, inputs=given)
    return services.save_draft(actor=cast.rep, prompt_version=summary, inputs=given, marks=[], preview=preview)


def test_what_somebody_is_typing_is_erased_and_they_can_go_on(cast, typed, summary, sign_in) -> None:
    requests.erase_subject(actor=cast.compliance, keys=[typed.data_key_id], reference="Letter 7")
    page = sign_in(cast.rep).get(reverse("runs:compose", args=[summary.prompt.slug]))
    assert page.status_code == 200
    assert "Conti" not in page.content.decode()
    services.save_draft(actor=cast.rep, prompt_version=summary, inputs={"transcript": "Anew"}, marks=[], preview=None)


def test_a_held_draft_is_not_thrown_away_and_stays_held_when_it_is_sent(cast, typed, summary, sign_in) -> None:
    requests.place_hold(actor=cast.compliance, keys=[typed.data_key_id], reference="Lawsuit 12/26")
    address = reverse("runs:clear", args=[summary.prompt.slug])
    assert "under a legal hold (Lawsuit 12/26)" in sign_in(cast.rep).post(address, follow=True).content.decode()
    run = services.submit_draft(actor=cast.rep, draft=typed, seen_sha256=typed.preview_sha256)
    assert held_by([run.data_key_id]) == {run.data_key_id: "Lawsuit 12/26"}


def test_the_page_costs_the_same_for_one_record_as_for_thirty(
    cast, run, summary, call, sign_in, django_assert_max_num_queries
) -> None:
    client = sign_in(cast.compliance)
    for more in (0, 29):
        for _n in range(more):
            services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call})
        # Session, person, roles; the index key and the marks; runs, drafts, lists, notes of assignments, assessments, worksheets,
        # entries of the coaching log and reasons of policies, holds; log; requests; notices, and savepoints of a test.
        with django_assert_max_num_queries(21):
            page = client.post(reverse("privacy:found"), {"who": "Ilaria Conti"})
        assert len(page.context["rows"]) == 1 + more


def test_of_a_common_name_the_person_asked_for_stands_in_front_and_the_rest_comes_page_by_page(
    cast, run, sign_in, monkeypatch
) -> None:
    def others(count):
        keys = []
        for n in range(count):
            keys.append(DataKey.make())
            Run.objects.create(requester=cast.rep, activity=run.activity, state="denied", data_key=keys[-1])
            mark_subjects(keys[-1], [("name", f"Ilaria {'Longer ' * (n % 2)}Conti{'ni' * (n % 2 == 0)}")])
        return [key.pk for key in keys]

    made = others(6)
    monkeypatch.setattr(requests, "MOST", 3)
    client = sign_in(cast.compliance)
    page = client.post(reverse("privacy:found"), {"who": "Ilaria Conti"})
    some, every = made[::-1][1::2], made[::-1][::2]
    assert [row["record"].key for row in page.context["rows"]] == [run.data_key_id, *every[:2]]
    assert "4 more come after these" in page.content.decode()
    page = client.post(reverse("privacy:found"), {"who": "Ilaria Conti", "after": "3", "key": str(run.data_key_id)})
    assert [row["record"].key for row in page.context["rows"]] == [every[2], *some[:2]]
    assert [row["chosen"] for row in page.context["rows"]] == [True, False, False]
    rows = client.post("/api/v1/privacy/requests/find/", {"who": "Ilaria Conti", "after": 6}, "application/json").json()
    assert (rows["count"], [row["key"] for row in rows["results"]]) == (7, [str(some[2])])
    assert client.post(reverse("privacy:found"), {"who": "Ilaria Conti", "after": "x"}).status_code == 200


def test_without_the_key_ring_nobody_is_looked_for_and_nothing_handed_over_and_a_sentence_says_why(
    cast, run, sign_in, settings
) -> None:
    client = sign_in(cast.compliance)
    chosen = {"who": "Ilaria Conti", "key": str(run.data_key_id), "reference": "Letter 7", "act": "disclose"}
    for ring in ("other:" + "eg" * 21 + "c=", ""):
        settings.WORKBENCH_KEYRING = ring
        for path, form in (("privacy:found", {"who": "Ilaria Conti"}), ("privacy:act", chosen)):
            page = client.post(reverse(path), form)
            assert (page.status_code, "the key ring is missing" in page.content.decode()) == (422, True)
        answer = client.post("/api/v1/privacy/requests/find/", {"who": "Ilaria Conti"}, "application/json")
        assert (answer.status_code, "the key ring is missing" in answer.content.decode()) == (400, True)
    assert not SubjectRequest.objects.exists()


def test_whoever_takes_a_file_along_is_told_of_others_in_it_and_nobody_between_keeps_it(cast, run, sign_in) -> None:
    client = sign_in(cast.compliance)
    assert "Article 15(4)" in client.get(reverse("privacy:erasure")).content.decode()
    body = {"keys": [str(run.data_key_id)], "reference": "Letter 7"}
    answer = client.post("/api/v1/privacy/requests/disclose/", body, content_type="application/json")
    assert "no-store" in answer["Cache-Control"]
    assert json.loads(b"".join(answer.streaming_content))["contents"]


def test_an_unknown_or_odd_request_is_answered_and_changes_nothing(cast, run, sign_in) -> None:
    client = sign_in(cast.compliance)
    for who in ("", "?", "\x00", "x" * 500, "12", "@"):
        assert "Nobody was found" in client.post(reverse("privacy:found"), {"who": who}).content.decode()
    for form in ({}, {"act": "burn"}, {"act": "erase", "confirm": "yes", "key": ["x", ""], "reference": "Letter 7"}):
        assert client.post(reverse("privacy:act"), form).status_code == 422
    assert DataKey.objects.get(pk=run.data_key_id).destroyed_at is None


@pytest.mark.parametrize("who", ["leader", "rep", "reviewer", "trainer", "administrator"])
def test_requests_are_for_compliance(cast, run, who) -> None:
    person = getattr(cast, who)
    for act in (requests.erase_subject, requests.place_hold, requests.begin_disclosure):
        with pytest.raises(PermissionDenied):
            act(actor=person, keys=[run.data_key_id], reference="Letter 7")
    with pytest.raises(PermissionDenied):
        requests.search_subject(actor=person, text="Ilaria Conti")


def test_runs_from_before_are_marked_by_a_command(run) -> None:
    SubjectMark.objects.all().delete()
    call_command("mark_subjects", stdout=StringIO())
    assert run.data_key_id in find_subject("Ilaria Conti")["whole"]


def test_the_api_finds_holds_discloses_and_erases(cast, run, sign_in, call) -> None:
    client = sign_in(cast.compliance)

    def post(path, **body):
        return client.post(f"/api/v1/privacy/{path}/", body, content_type="application/json")

    found = post("requests/find", who="Ilaria Conti").json()
    assert (found["count"], found["results"][0]["how"]) == (1, "whole")
    keys = [found["results"][0]["key"]]
    hold = post("holds", keys=keys, reference="Lawsuit 12/26").json()
    assert hold["records"] == 1
    refused = post("requests/erase", keys=keys, reference="Letter 7")
    assert (refused.status_code, "under a hold" in refused.content.decode()) == (400, True)
    assert client.get("/api/v1/privacy/holds/").json()["results"][0]["reference"] == "Lawsuit 12/26"
    assert post(f"holds/{hold['id']}/lift").json()["lifted_at"]
    file = json.loads(b"".join(post("requests/disclose", keys=keys, reference="Letter 7").streaming_content))
    assert file["contents"][0]["given"]["transcript"] == call
    assert post("requests/erase", keys=keys, reference="Letter 7").json()["count"] == 1
    assert post("requests/find", who="Ilaria Conti").json()["count"] == 0
    assert [one["kind"] for one in client.get("/api/v1/privacy/requests/").json()["results"]] == ["erasure", "access"]
    for body in ({}, {"keys": [], "reference": "x1"}, {"keys": ["x"], "reference": "Letter 7"}, {"keys": keys}):
        assert post("requests/erase", **body).status_code == 400


WORK = """
import django; django.setup()
from workbench.accounts.models import User
from workbench.privacy import requests
from workbench.privacy.subjects import find_subject
person = User.objects.get(username="{who}")
keys = find_subject("Ilaria Conti")["whole"]
print("ready", flush=True)
requests.erase_subject(actor=person, keys=keys, reference="Letter {cut}")
print("done", flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_a_power_cut_erases_all_or_nothing_and_what_was_decided_is_carried_out(cast, settings, tmp_path) -> None:
    environment = {
        "PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "workbench.settings", "WORKBENCH_DATA_DIR": str(tmp_path), "WORKBENCH_SECRET_KEY": "x", "WORKBENCH_DEMO": "1",
        "WORKBENCH_KEYRING": project.WORKBENCH_KEYRING, "WORKBENCH_SEAL_KEYS": project.WORKBENCH_SEAL_KEYS, "WORKBENCH_DATABASE_URL": database_url(),
    }  # fmt: skip
    ends = set()
    for cut, wait in enumerate((0.0, 0.01, 0.03, 0.06, 0.1, 5)):
        keys = [DataKey.make() for _n in range(150)]
        for key in keys:
            mark_subjects(key, [("name", "Ilaria Conti")])
        process = subprocess.Popen(
            [sys.executable, "-c", WORK.format(who=cast.compliance.username, cut=cut)], cwd=project.BASE_DIR, env=environment, stdout=subprocess.PIPE
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        threading.Event().wait(wait) if wait < 1 else process.stdout.readline()
        process.kill()
        process.wait()
        process.stdout.close()
        living = DataKey.objects.filter(pk__in=[key.pk for key in keys], destroyed_at=None).count()
        decided = sum(key.pk in set(erasing.remembered()) for key in keys)
        assert living in {0, 150}, "a part of a person was erased"
        assert living == 150 or decided == 150, "erased, and a backup would bring it back"
        assert AuditEvent.objects.filter(action="subject.erased").count() == SubjectRequest.objects.count()
        assert bool(erasing.come_back()) == bool(living and decided)
        erasing.replay()
        ends.add(living)
        DataKey.objects.filter(pk__in=[key.pk for key in keys], destroyed_at=None).delete()
    assert ends == {0, 150}, "the cuts came too early or too late to show anything"
    sealing.make_checkpoint()
    assert verifying.verify().faults == []


def test_whoever_a_reviewer_writes_about_is_found_too(cast, summary, provider, call, settings) -> None:
    made = services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call})
    execution.execute_run(made.pk)
    run = Run.objects.get(pk=made.pk)
    if run.state != State.IN_REVIEW:
        pytest.fail(run.state)
    services.review_run(
        actor=cast.reviewer, run=run, verdict="rejected", reason="Ask Benedikta Rautenstrauch first, b.rauten@alpweg.example."
    )  # fmt: skip
    assert not any(find_subject("Benedikta Rautenstrauch").values())
    execution.sweep()
    assert find_subject("Benedikta Rautenstrauch")["whole"] == {run.data_key_id}
    assert run.data_key_id in find_subject("Ilaria Conti")["whole"], "what was known before stays known"
    assert execution.sweep()["marked"] == 0


def test_while_the_scrubber_is_away_what_people_typed_waits(cast, run, monkeypatch) -> None:
    from workbench.gateway.pii import ScrubberUnavailable
    from workbench.runs import typed

    def away():
        raise ScrubberUnavailable

    services.review_run(actor=cast.reviewer, run=run, verdict="rejected", reason="Ask Benedikta Rautenstrauch first.")
    with monkeypatch.context() as broken:
        broken.setattr(typed, "house", away)
        assert typed.mark_typed() == 0
    assert typed.mark_typed() == 1
    assert find_subject("Benedikta Rautenstrauch")["whole"]


def test_rows_of_a_list_that_were_never_sent_are_found_disclosed_and_erased(cast, provider) -> None:
    from policies.models import PromptVersion
    from workbench.runs.models import Job

    fields = PromptVersion.objects.approved().select_related("prompt__activity").get(prompt__slug="crm-fields-from-call")  # fmt: skip
    rows = [{"transcript": f"Jonas Feld: I met Benedikta Rautenstrauch about offer {n}. She wants it by Friday."} for n in range(2)]  # fmt: skip
    job = services.start_job(actor=cast.rep, prompt_version=fields, records=rows, consent="consent")
    services.cancel_job(actor=cast.rep, job=job)
    execution.sweep()
    keys = find_subject("Benedikta Rautenstrauch")["whole"]
    assert keys == {job.data_key_id}
    found, _count = requests.records_found(actor=cast.compliance, text="Benedikta Rautenstrauch", most=10)
    assert found[0][0].label == f"List {job.pk}, rows that were not sent"
    _done, allowed = requests.begin_disclosure(actor=cast.compliance, keys=keys, reference="Letter 7")
    from workbench.privacy.records import contents_of

    assert [one["given"]["transcript"] for one in contents_of(allowed)] == [row["transcript"] for row in rows]
    requests.erase_subject(actor=cast.compliance, keys=keys, reference="Letter 7")
    assert list(contents_of(allowed)) == []
    assert Job.objects.get(pk=job.pk).state == "cancelled"
    assert "Rautenstrauch" not in "".join(services.failures_csv(job))
