"""What the owner of the database tries with the entry about removals: to pass younger entries off, to blind a verification, to have evidence removed."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit import anchoring, notes, retention, sealing, streams, verifying
from audit.models import AuditEvent, Checkpoint, Leaf, Unsealed, Verification
from audit.services import record
from policies.models import Activity, PolicyVersion, PromptVersion, Tool
from tests.support.removals import claim, faults, months_ago, owner, remove
from workbench.privacy import retention as house
from workbench.runs.models import Run
from workbench.shell import health

pytestmark = pytest.mark.django_db

GONE = "DELETE FROM audit_auditevent WHERE id IN (SELECT event_pk FROM audit_leaf WHERE position < 768)"


def _long_ago(days=400) -> str:
    return (timezone.now() - timedelta(days=days)).replace(tzinfo=None).isoformat(" ")


def test_a_checkpoint_says_in_its_signed_text_when_it_was_signed(cast, years) -> None:
    made = years(240, 10)
    said = notes.parse_checkpoint(made.note)
    assert said.at == made.at
    assert (timezone.now() - said.at).days == 240
    assert str(said) == notes.split(made.note)[0]


def test_an_entry_about_the_newest_checkpoint_that_is_dated_back_makes_nothing_old(cast, years) -> None:
    """Its own entry waits for its seal for a moment, so its time can be changed and no verification sees that."""
    for days in (20, 3, 1):
        years(days, 300)
    verifying.verify()
    with transaction.atomic():
        record(action="keys.rotated", count=1, key_id="k")
    head = sealing.make_checkpoint()
    anchoring.deliver_all(at_once=True)
    made = AuditEvent.objects.filter(action="checkpoint.made").order_by("-id").first()
    assert Unsealed.objects.filter(pk=made.pk).exists()
    assert made.object_id == str(head.size)
    owner(f"UPDATE audit_auditevent SET at = '{_long_ago()}' WHERE id = {made.pk}")
    claim(cast, head.size, ["0-767"])
    owner(GONE)
    anchoring.deliver_all(at_once=True)
    found = faults()
    assert found[0] == ("removal", retention.claimed().pk)
    assert ("missing", Leaf.objects.get(position=0).event_pk) in found


def test_the_time_in_the_row_of_a_checkpoint_makes_nothing_old_and_is_named(cast, years) -> None:
    years(20, 600)
    years(0, 5)
    owner(f"UPDATE audit_checkpoint SET at = '{_long_ago()}'")
    assert retention.plan(months_ago()).ranges == ()
    assert ("checkpoint", None) in faults()


def test_a_checkpoint_without_a_time_in_its_text_is_as_old_as_nothing(cast, years, monkeypatch) -> None:
    """Logs sealed by an earlier version keep their entries until the first head that tells its time is old enough."""
    with monkeypatch.context() as before:
        before.setattr(
            notes.Checkpoint, "__str__", lambda self: f"{self.origin}\n{self.size}\n{notes._b64(self.root)}\n"
        )
        years(400, 300)
    assert retention.plan(months_ago()).ranges == ()
    years(240, 1)
    years(0, 5)
    assert retention.plan(months_ago()).ranges == ((0, 256),)
    assert faults() == []


def test_a_longer_rule_after_a_removal_leaves_the_earlier_gap_explained(cast, years) -> None:
    years(500, 300)
    years(240, 500)
    years(0, 5)
    verifying.verify()
    first = retention.plan(months_ago())
    but_the_held_segment = retention.Plan(first.size, first.signed_at, ((256, 768),), 256, 0)
    entry = retention.decide(actor=cast.leader, asked_by=cast.compliance, going=but_the_held_segment, request=1)
    list(retention.carry_out(entry.pk))
    assert faults() == []
    later = retention.plan(months_ago(12))
    assert later.ranges == ((0, 256),)
    entry = retention.decide(actor=cast.leader, asked_by=cast.compliance, going=later, request=2)
    list(retention.carry_out(entry.pk))
    assert faults() == []


def test_evidence_that_was_altered_after_the_decision_stays(cast, log) -> None:
    entry = retention.decide(actor=cast.leader, asked_by=cast.compliance, going=retention.plan(months_ago()), request=1)
    altered = Leaf.objects.get(position=5).event_pk
    owner(f"UPDATE audit_auditevent SET run_id = 999 WHERE id = {altered}")
    with pytest.raises(retention.NotNow, match="failed"):  # No verification has seen it yet.
        list(retention.carry_out(entry.pk))
    assert verifying.verify().state == "failed"
    with pytest.raises(retention.NotNow, match="failed"):
        list(retention.carry_out(entry.pk))
    assert AuditEvent.objects.filter(pk=altered).exists()


def test_a_removal_rests_on_a_verification_of_these_days(cast, log) -> None:
    Verification.objects.update(ended_at=timezone.now() - timedelta(days=3))
    with pytest.raises(retention.NotNow, match="unverified"):
        retention.decide(actor=cast.leader, asked_by=cast.compliance, going=retention.plan(months_ago()), request=1)


def test_health_says_when_the_log_was_not_verified_for_days(cast, log) -> None:
    assert health.check_seal().ok
    Verification.objects.update(ended_at=timezone.now() - timedelta(days=3))
    assert not health.check_seal().ok


def test_a_row_that_lets_entries_go_is_taken_only_for_places_that_the_entry_names(cast, log) -> None:
    entry = remove(cast)
    for first, behind in ((0, 1_000_000), (512, 768), (256, 513)):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_removal (first, behind, event_pk) VALUES (%s, %s, %s)", [first, behind, entry.pk]
            )
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_removal (first, behind, event_pk) VALUES (0, 256, %s)", [entry.pk])


def test_the_place_of_a_removed_entry_that_goes_too_is_named(cast, log) -> None:
    remove(cast)
    owner("DELETE FROM audit_leaf WHERE position = 9")
    assert ("missing", None) in faults()


def test_an_inserted_entry_is_found_though_the_queue_points_at_nothing(cast, log) -> None:
    pk = Leaf.objects.get(position=5).event_pk
    others = "at, action, origin, actor_id, actor_role, object_type, object_id, run_id, activity_id, policy_version_id, prompt_version_id, category, model, data"
    fresh = "'0f0e0d0c0b0a09080706050403020100'" + ("::uuid" if connection.vendor == "postgresql" else "")
    for queued in (-7, pk):
        with transaction.atomic():
            owner(
                f"INSERT INTO audit_auditevent (id, event_id, {others}) SELECT 20000000, {fresh}, {others} FROM audit_auditevent WHERE id = {pk}",
                "DELETE FROM audit_unsealed WHERE event_pk = 20000000",
                f"INSERT INTO audit_unsealed (event_pk) VALUES ({queued})",
            )
            assert ("inserted", 20000000) in faults()
            transaction.set_rollback(True)


@pytest.mark.parametrize("signed_before", ["2099-01-01T00:00:00Z", "2026-01-01T00:00:00", "yesterday", ""])
def test_an_entry_that_removes_nothing_neither_stops_a_verification_nor_blinds_it(cast, log, signed_before) -> None:
    Run.objects.create(
        requester=cast.rep,
        activity=Activity.objects.first(),
        state="denied",
        category="human_only",
        finished_at=timezone.now(),
    )
    with transaction.atomic():
        record(action="log.entries_removed", actor=cast.leader, ranges=[], size=1, signed_before=signed_before)
    sealing.make_checkpoint()
    assert {kind for kind, _entry in faults()} == {"removal", "incomplete"}


def test_an_end_that_the_log_contradicts_is_named_however_old_the_run_says_it_is(cast, log) -> None:
    run = Run.objects.create(
        requester=cast.rep,
        activity=Activity.objects.first(),
        state="denied",
        category="human_in_the_loop",
        finished_at=timezone.now(),
    )
    with transaction.atomic():
        record(action="run.denied", actor=cast.rep, object_type="run", object_id=run.pk, run_id=run.pk)
    remove(cast)
    assert faults() == []
    long_ago = timezone.now() - timedelta(days=900)
    rests_on = {
        "policy_version": PolicyVersion.objects.filter(state="in_force", category="human_in_the_loop").first(),
        "prompt_version": PromptVersion.objects.first(), "tool": Tool.objects.first(),
    }  # fmt: skip
    Run.objects.filter(pk=run.pk).update(state="cancelled", **rests_on, created_at=long_ago, finished_at=long_ago)
    assert [kind for kind, _entry in faults()] == ["incomplete"]


def test_a_stream_that_is_added_after_a_removal_passes_the_gap_without_an_empty_message(
    cast, log, settings, answering
) -> None:
    remove(cast)
    server = answering([200] * 20)
    settings.WORKBENCH_SIEM = f"ocsf+{server.url}"
    assert streams.send_all() > 512
    assert all(server.seen)


def test_checkpoints_of_a_removal_are_those_that_were_signed(cast, log) -> None:
    entry = remove(cast)
    said = retention.believed({one.size: one.at for one in Checkpoint.objects.all()})
    assert said is not None
    assert (said.entry, said.before) == (entry.pk, Checkpoint.objects.get(size=entry.data["size"]).at)


def test_what_was_confirmed_waits_while_the_log_does_not_verify(cast, years) -> None:
    years(240, 700)
    years(0, 5)
    verifying.verify()
    asked = house.ask(actor=cast.compliance, kind="log")
    house.confirm(actor=cast.leader, request=asked)
    altered = Leaf.objects.get(position=300).event_pk
    before = AuditEvent.objects.get(pk=altered).run_id
    owner(f"UPDATE audit_auditevent SET run_id = 999 WHERE id = {altered}")
    assert verifying.verify().state == "failed"
    house.carry_on()
    asked.refresh_from_db()
    assert asked.done_at is None
    assert AuditEvent.objects.filter(pk=altered).exists()
    owner(f"UPDATE audit_auditevent SET run_id = {before or 'NULL'} WHERE id = {altered}")
    assert verifying.verify().state == "passed"
    house.carry_on()
    asked.refresh_from_db()
    assert asked.done_at is not None
    assert not AuditEvent.objects.filter(pk=altered).exists()
