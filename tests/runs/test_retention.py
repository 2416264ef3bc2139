"""What was kept long enough goes when two people say so; what is under a hold stays."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit import retention as log_retention
from audit import sealing, verifying
from audit.models import AuditEvent, Leaf
from audit.services import record
from tests.support.removals import owner
from workbench.accounts import notices
from workbench.accounts.models import Notice
from workbench.privacy import erasing, requests, retention
from workbench.privacy.models import DataKey, RetentionRequest
from workbench.privacy.requests import RequestRefused
from workbench.privacy.subjects import find_subject
from workbench.runs import execution, services
from workbench.runs.models import Draft, Job, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_ago(monkeypatch):
    """``with long_ago(days):`` – everything in it happened that long ago."""
    real = timezone.now

    def at(days):
        clock = pytest.MonkeyPatch()

        class Then:
            def __enter__(self):
                clock.setattr(timezone, "now", lambda: real() - timedelta(days=days))

            def __exit__(self, *_exc):
                clock.undo()

        return Then()

    return at


@pytest.fixture
def ended(cast, summary, provider, call, long_ago):
    """``ended(days)``: a thinking aid or draft that was rejected so long ago."""

    def make(days):
        with long_ago(days):
            run = services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call})
            execution.execute_run(run.pk)
            services.review_run(
                actor=cast.reviewer, run=Run.objects.get(pk=run.pk), verdict="rejected", reason="Names no date.", seconds_open=9
            )  # fmt: skip
        return Run.objects.select_related("data_key").get(pk=run.pk)

    return make


@pytest.fixture
def old_log(cast, long_ago):
    """A log whose first segments are eight months old, verified."""
    with long_ago(240):
        with transaction.atomic():
            for number in range(700):
                record(action="keys.rotated", count=number, key_id="k")
        sealing.make_checkpoint()
    sealing.make_checkpoint()
    assert verifying.verify().faults == []


def _two_people(cast, kind):
    asked = retention.ask(actor=cast.compliance, kind=kind)
    return retention.confirm(actor=cast.leader, request=asked)


def test_texts_that_ended_long_ago_are_erased_and_younger_ones_stay(cast, ended) -> None:
    old, young = ended(240), ended(100)
    assert retention.preview("texts").count == 1
    done = _two_people(cast, "texts")
    retention.carry_on()
    done.refresh_from_db()
    assert (done.count, done.done, done.done_at is not None) == (1, 1, True)
    old.refresh_from_db()
    assert old.data_key is not None
    assert old.data_key.destroyed_at is not None
    assert DataKey.objects.get(pk=young.data_key_id).destroyed_at is None
    assert list(erasing.remembered()) == [old.data_key_id]
    assert find_subject("Ilaria Conti")["whole"] == {young.data_key_id}
    assert AuditEvent.objects.get(action="record.expired").data == {"count": 1, "request": done.pk}
    assert old.state == "rejected"


def test_what_still_waits_for_somebody_has_not_ended(cast, summary, provider, call, long_ago) -> None:
    with long_ago(300):
        run = services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call})
        execution.execute_run(run.pk)
    assert Run.objects.get(pk=run.pk).state == "in_review"
    assert retention.preview("texts").count == 0


def test_what_nobody_typed_at_for_months_goes_too(cast, summary, call, long_ago) -> None:
    with long_ago(240):
        services.save_draft(actor=cast.rep, prompt_version=summary, inputs={"transcript": call}, marks=[], preview=None)
    _two_people(cast, "texts")
    retention.carry_on()
    assert not Draft.objects.exists()


def test_a_list_goes_when_all_of_it_ended(cast, provider, call, long_ago) -> None:
    from policies.models import PromptVersion

    fields = PromptVersion.objects.approved().select_related("prompt__activity").get(prompt__slug="crm-fields-from-call")  # fmt: skip
    with long_ago(240):
        job = services.start_job(actor=cast.rep, prompt_version=fields, records=[{"transcript": call}], consent="consent")  # fmt: skip
    assert retention.preview("texts").count == 0
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(days=230), state="cancelled")
    assert retention.preview("texts").count == 1


def test_what_is_under_a_hold_stays_though_it_is_old_and_though_the_hold_came_later(cast, ended) -> None:
    one, other = ended(240), ended(239)
    asked = retention.ask(actor=cast.compliance, kind="texts")
    assert asked.count == 2
    requests.place_hold(actor=cast.compliance, keys=[one.data_key_id], reference="Lawsuit 12/26")
    done = retention.confirm(actor=cast.leader, request=asked)
    retention.carry_on()
    assert (done.count, done.held) == (1, 1)
    assert DataKey.objects.get(pk=one.data_key_id).destroyed_at is None
    assert DataKey.objects.get(pk=other.data_key_id).destroyed_at is not None


def test_entries_of_a_run_under_a_hold_keep_their_segment(cast, ended, old_log) -> None:
    run = ended(239)
    sealing.make_checkpoint()
    requests.place_hold(actor=cast.compliance, keys=[run.data_key_id], reference="Lawsuit 12/26")
    places = Leaf.objects.filter(event_pk__in=AuditEvent.objects.filter(run_id=run.pk).values("pk"))
    done = _two_people(cast, "log")
    retention.carry_on()
    assert places.count() == AuditEvent.objects.filter(run_id=run.pk).count() > 3
    assert verifying.verify().faults == []
    assert done.count > 0


def test_entries_go_and_the_log_verifies_with_its_runs(cast, ended, old_log, long_ago) -> None:
    ended(239)
    with long_ago(238):
        with transaction.atomic():
            for number in range(600):
                record(action="keys.rotated", count=number, key_id="k")
        sealing.make_checkpoint()
    before = AuditEvent.objects.count()
    done = _two_people(cast, "log")
    retention.carry_on()
    done.refresh_from_db()
    assert done.count >= 1024
    assert AuditEvent.objects.count() < before - 1000
    assert verifying.verify().faults == []
    said = AuditEvent.objects.get(pk=done.entry)
    assert (said.actor_id, said.data["asked_by_id"], said.data["count"]) == (cast.leader.pk, cast.compliance.pk, done.count)  # fmt: skip


def test_whoever_asked_does_not_confirm_and_neither_does_anybody_without_the_role(cast, ended) -> None:
    run = ended(240)
    asked = retention.ask(actor=cast.compliance, kind="texts")
    with pytest.raises(RequestRefused, match="second person"):
        retention.confirm(actor=cast.compliance, request=asked)
    for person in (cast.rep, cast.reviewer, cast.trainer):
        with pytest.raises(PermissionDenied):
            retention.confirm(actor=person, request=asked)
        with pytest.raises(PermissionDenied):
            retention.withdraw(actor=person, request=asked)
    for person in (cast.leader, cast.administrator, cast.rep):
        with pytest.raises(PermissionDenied):
            retention.ask(actor=person, kind="texts")
        with pytest.raises(PermissionDenied):
            retention.set_months(actor=person, kind="texts", count=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRequest.objects.update(confirmed_by=cast.compliance, confirmed_at=timezone.now())
    retention.carry_on()
    assert DataKey.objects.get(pk=run.data_key_id).destroyed_at is None


def test_a_request_is_decided_on_once(cast, ended) -> None:
    ended(240)
    asked = retention.ask(actor=cast.compliance, kind="texts")
    with pytest.raises(RequestRefused, match="request already"):
        retention.ask(actor=cast.compliance, kind="texts")
    retention.withdraw(actor=cast.leader, request=asked)
    with pytest.raises(RequestRefused, match="meanwhile"):
        retention.confirm(actor=cast.leader, request=asked)
    retention.carry_on()
    assert retention.preview("texts").count == 1


def test_six_months_are_the_least_and_the_log_is_kept_as_long_as_the_texts(cast) -> None:
    for kind, count in (("log", 5), ("log", 241), ("texts", 0), ("letters", 6)):
        with pytest.raises(RequestRefused, match="number of months"):
            retention.set_months(actor=cast.compliance, kind=kind, count=count)
    with pytest.raises(RequestRefused, match="at least as long"):
        retention.set_months(actor=cast.compliance, kind="texts", count=9)
    retention.set_months(actor=cast.compliance, kind="log", count=12)
    retention.set_months(actor=cast.compliance, kind="texts", count=9)
    retention.set_months(actor=cast.compliance, kind="texts", count=9)
    assert retention.months() == {"log": 12, "texts": 9}
    assert [event.data for event in AuditEvent.objects.filter(action="retention.changed").order_by("pk")] == [
        {"kind": "log", "months": 12, "before": 6}, {"kind": "texts", "months": 9, "before": 6}
    ]  # fmt: skip


def test_what_is_to_be_kept_longer_since_it_was_asked_for_stays(cast, ended, sign_in) -> None:
    run = ended(240)
    asked = retention.ask(actor=cast.compliance, kind="texts")
    retention.set_months(actor=cast.compliance, kind="log", count=36)
    retention.set_months(actor=cast.compliance, kind="texts", count=36)
    client, decide = sign_in(cast.leader), reverse("privacy:retention_decide", args=[asked.pk])
    refused = client.post(decide, {"act": "confirm", "sure": "yes"})
    assert (refused.status_code, "kept longer" in refused.content.decode()) == (422, True)
    retention.carry_on()
    assert DataKey.objects.get(pk=run.data_key_id).destroyed_at is None
    retention.withdraw(actor=cast.leader, request=asked)
    assert retention.preview("texts").count == 0


def test_what_is_to_be_kept_longer_since_it_was_confirmed_stays_too(cast, ended, sign_in) -> None:
    older, old = ended(400), ended(240)
    done = _two_people(cast, "texts")
    retention.set_months(actor=cast.compliance, kind="log", count=12)
    retention.set_months(actor=cast.compliance, kind="texts", count=12)
    retention.carry_on()
    done.refresh_from_db()
    assert (done.count, done.done, done.done_at is not None) == (2, 1, True)
    assert DataKey.objects.get(pk=older.data_key_id).destroyed_at is not None
    assert DataKey.objects.get(pk=old.data_key_id).destroyed_at is None


def test_entries_that_are_to_be_kept_longer_since_it_was_confirmed_stay_and_the_log_verifies(
    cast, old_log, sign_in
) -> None:
    done = _two_people(cast, "log")
    before = AuditEvent.objects.count()
    retention.set_months(actor=cast.compliance, kind="log", count=36)
    retention.carry_on()
    done.refresh_from_db()
    assert (done.count, done.done, done.done_at is not None) == (512, 0, True)
    assert AuditEvent.objects.count() > before
    assert verifying.verify().faults == []
    page = sign_in(cast.leader).get(reverse("privacy:retention")).content.decode()
    assert "kept</span>" in page
    assert not AuditEvent.objects.filter(action="log.entries_removed").exists(), (
        "the log names nothing that is still there"
    )
    retention.set_months(actor=cast.compliance, kind="log", count=6)
    assert retention.preview("log").count == 512
    _two_people(cast, "log")
    retention.carry_on()
    assert verifying.verify().faults == []
    assert AuditEvent.objects.get(action="log.entries_removed").data["ranges"] == ["0-511"]


def test_a_hold_that_comes_before_entries_are_removed_still_keeps_them(cast, ended, old_log, long_ago) -> None:
    run = ended(239)
    with long_ago(238):
        with transaction.atomic():
            for number in range(600):
                record(action="keys.rotated", count=number, key_id="k")
        sealing.make_checkpoint()
    verifying.verify()
    asked = _two_people(cast, "log")
    requests.place_hold(actor=cast.compliance, keys=[run.data_key_id], reference="Lawsuit 12/26")
    retention.carry_on()
    done = RetentionRequest.objects.get(pk=asked.pk)
    assert (done.held > 0, done.count < asked.count, done.done == done.count) == (True, True, True)
    assert AuditEvent.objects.filter(run_id=run.pk).exists()


def test_entries_that_are_not_what_was_sealed_stay_and_everybody_is_told(cast, old_log, ended, sign_in) -> None:
    asked, run = _two_people(cast, "log"), ended(240)
    _two_people(cast, "texts")
    owner(f"UPDATE audit_auditevent SET run_id = 999 WHERE id = {Leaf.objects.get(position=5).event_pk}")
    retention.carry_on()
    assert verifying.last().state == "failed"
    notices.tell_broken_seal()
    assert Notice.objects.filter(kind="seal_broken", person=cast.compliance).exists()
    assert RetentionRequest.objects.get(pk=asked.pk).done == 0
    page = sign_in(cast.leader).get(reverse("privacy:retention"))
    assert "found something wrong" in page.content.decode()
    assert "every 1s" not in page.content.decode(), "nothing moves, so nothing is asked every second"
    waits = sign_in(cast.leader).get(f"/api/v1/privacy/removals/{asked.pk}/").json()
    assert "found something wrong" in waits["stopped_by"]
    assert DataKey.objects.get(pk=run.data_key_id).destroyed_at is not None, "the other removal goes on"


def test_without_the_seal_key_the_page_opens_and_no_entry_may_go(cast, old_log, sign_in, settings, tmp_path) -> None:
    settings.WORKBENCH_SEAL_KEYS, settings.WORKBENCH_SEAL_KEYS_PATH = "", tmp_path / "none"
    assert sign_in(cast.leader).get(reverse("privacy:retention")).status_code == 200
    assert retention.preview("log").count == 0


def test_where_the_list_of_erased_keys_cannot_be_written_nothing_goes(cast, ended, settings, tmp_path, sign_in) -> None:
    run = ended(240)
    _two_people(cast, "texts")
    settings.WORKBENCH_ERASED_PATH = tmp_path / "nowhere" / "erased-keys"
    retention.carry_on()
    assert DataKey.objects.get(pk=run.data_key_id).destroyed_at is None
    assert "cannot be written" in sign_in(cast.leader).get(reverse("privacy:retention")).content.decode()
    settings.WORKBENCH_ERASED_PATH = tmp_path / "erased-keys"
    retention.carry_on()
    assert DataKey.objects.get(pk=run.data_key_id).destroyed_at is not None


def test_a_removal_that_stopped_in_the_middle_goes_on_and_removes_nothing_twice(cast, ended, monkeypatch) -> None:
    for days in (240, 241, 242):
        ended(days)
    done = _two_people(cast, "texts")
    monkeypatch.setattr(retention, "_BATCH", 1)
    remember, seen = erasing.remember, []

    def stop(keys):
        if len(seen) == 1:
            raise KeyboardInterrupt
        seen.append(keys)
        remember(keys)

    monkeypatch.setattr(erasing, "remember", stop)
    with pytest.raises(KeyboardInterrupt):
        retention.carry_on()
    monkeypatch.setattr(erasing, "remember", remember)
    retention.carry_on()
    done.refresh_from_db()
    assert (done.count, done.done) == (3, 3)
    assert sum(event.data["count"] for event in AuditEvent.objects.filter(action="record.expired")) == 3


def test_others_are_told_and_compliance_hears_what_is_due_once(cast, ended) -> None:
    ended(240)
    retention.tell_what_is_due()
    retention.tell_what_is_due()
    assert [notice.person for notice in Notice.objects.filter(kind="retention_due")] == [cast.compliance]
    retention.ask(actor=cast.compliance, kind="texts")
    assert {notice.person for notice in Notice.objects.filter(kind="removal_waits")} == {cast.leader, cast.administrator}  # fmt: skip


def test_the_page_shows_what_would_go_and_takes_two_people(cast, ended, old_log, sign_in) -> None:
    ended(240)
    address = reverse("privacy:retention")
    client = sign_in(cast.compliance)
    page = client.get(address).content.decode()
    assert "<b>512</b> entries from before" in page
    assert client.post(reverse("privacy:retention_ask"), {"kind": "log"}).status_code == 302
    asked = RetentionRequest.objects.get()
    refused = client.post(reverse("privacy:retention_decide", args=[asked.pk]), {"act": "confirm", "sure": "yes"})
    assert refused.status_code == 422
    other = sign_in(cast.leader)
    page = other.get(address).content.decode()
    assert f"{cast.compliance} asks that <b>512</b> entries" in page
    decide = reverse("privacy:retention_decide", args=[asked.pk])
    assert "cannot be brought back" in other.post(decide, {"act": "confirm"}).content.decode()
    assert other.post(decide, {"act": "confirm", "sure": "yes"}).status_code == 302
    retention.carry_on()
    page = other.get(address).content.decode()
    assert "removed" in page
    assert reverse("audit:entry", args=[RetentionRequest.objects.get().entry]) in page
    assert "hx-get" not in other.get(address, headers={"HX-Request": "true"}).content.decode()


def test_a_log_that_does_not_verify_loses_nothing_and_the_page_says_why(cast, old_log, sign_in, monkeypatch) -> None:
    asked = retention.ask(actor=cast.compliance, kind="log")
    monkeypatch.setattr(log_retention, "require_sound_log", lambda: (_ for _ in ()).throw(log_retention.NotNow("failed")))  # fmt: skip
    decide = reverse("privacy:retention_decide", args=[asked.pk])
    answer = sign_in(cast.leader).post(decide, {"act": "confirm", "sure": "yes"})
    assert answer.status_code == 422
    assert "found something wrong" in answer.content.decode()
    assert RetentionRequest.objects.get().confirmed_at is None


def test_the_page_costs_the_same_for_one_record_as_for_ten(cast, ended, sign_in, django_assert_max_num_queries) -> None:
    client = sign_in(cast.compliance)
    for more in (1, 9):
        for _n in range(more):
            ended(240)
        with django_assert_max_num_queries(18):
            client.get(reverse("privacy:retention"))


def test_the_api_does_the_same(cast, ended, sign_in) -> None:
    run = ended(240)
    one, other = sign_in(cast.compliance), sign_in(cast.leader)

    def post(client, path, **body):
        return client.post(f"/api/v1/privacy/removals/{path}", body, content_type="application/json")

    kept = {row["kind"]: row for row in one.get("/api/v1/privacy/removals/kept/").json()}
    assert (kept["texts"]["count"], kept["texts"]["months"], kept["log"]["count"]) == (1, 6, 0)
    assert post(other, "", kind="texts").status_code == 403
    asked = post(one, "", kind="texts").json()
    assert post(one, f"{asked['id']}/confirm/").status_code == 400
    assert post(other, f"{asked['id']}/confirm/").json()["confirmed_by_id"] == cast.leader.pk
    retention.carry_on()
    assert one.get(f"/api/v1/privacy/removals/{asked['id']}/").json()["done"] == 1
    assert DataKey.objects.get(pk=run.data_key_id).destroyed_at is not None
    assert post(one, "kept/", kind="log", months=12).status_code == 204
    assert post(one, "kept/", kind="log", months=5).status_code == 400
    assert post(one, "", kind="log").status_code == 400
