"""What was kept long enough goes, by whole segments; everything else verifies as before, and nobody makes younger entries vanish that way."""

import os
import subprocess
import sys
import threading
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit import exporting, merkle, proofs, retention, tree, triggers, verifying
from audit.filters import Filters
from audit.models import AuditEvent, Checkpoint, Leaf, Removal, Tile, Verification
from audit.services import record
from tests.audit.test_power_cut import database_url
from tests.support.removals import claim, faults, months_ago, owner, remove

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [("2026-08-31", 6, "2026-02-28"), ("2026-11-24", 6, "2026-05-24"), ("2028-02-29", 12, "2027-02-28"), ("2026-01-15", 1, "2025-12-15")],
)  # fmt: skip
def test_six_months_are_months_of_the_calendar(day, months, before) -> None:
    moment = timezone.datetime.fromisoformat(f"{day}T10:00+00:00")
    assert retention.months_before(moment, months).date().isoformat() == before


def test_whole_segments_go_and_the_rest_verifies(cast, log) -> None:
    plan = retention.plan(months_ago())
    assert (plan.ranges, plan.entries, plan.held) == (((0, 512),), 512, 0)
    roots = [bytes(tree.StoredTree(one.size).root) for one in Checkpoint.objects.all()]
    entry = remove(cast)
    assert not AuditEvent.objects.filter(pk__in=Leaf.objects.filter(position__lt=512).values("event_pk")).exists()
    assert AuditEvent.objects.filter(pk__in=Leaf.objects.filter(position__gte=512).values("event_pk")).count() == tree.size() - 512  # fmt: skip
    assert faults() == []
    assert entry.data["ranges"] == ["0-511"]
    assert (entry.actor_id, entry.data["asked_by_id"]) == (cast.leader.pk, cast.compliance.pk)
    assert all(tree.StoredTree(one.size).root in roots for one in Checkpoint.objects.filter(size__lte=log.size))
    assert retention.plan(months_ago()).ranges == ()
    left = Leaf.objects.get(position=600).event_pk
    assert proofs.inclusion(left)["position"] == 600
    old, new = Checkpoint.objects.order_by("size")[:2]
    assert proofs.consistency(old.size, new.size)["path"]


def test_what_is_younger_than_the_cutoff_or_in_an_unfinished_segment_stays(cast, years) -> None:
    years(240, 200)
    years(30, 400)
    assert retention.plan(months_ago()).ranges == ()
    assert retention.plan(timezone.now() - timedelta(days=400)).size == 0


def test_what_is_under_a_hold_keeps_its_segment(cast, log) -> None:
    held = Leaf.objects.get(position=300).event_pk
    only = AuditEvent.objects.filter(run_id=AuditEvent.objects.get(pk=held).run_id).values_list("pk", flat=True)
    segments = {position // 256 for position in Leaf.objects.filter(event_pk__in=list(only)).values_list("position", flat=True)}  # fmt: skip
    plan = retention.plan(months_ago(), held_runs={AuditEvent.objects.get(pk=held).run_id})
    assert not segments & {first // 256 for first, _behind in plan.ranges}
    assert plan.held == 256 * len({segment for segment in segments if segment < 2})


def test_a_stream_that_is_behind_keeps_what_it_has_not_sent(cast, log, settings, tmp_path) -> None:
    settings.WORKBENCH_SIEM = f"ocsf+file:{tmp_path}/siem.jsonl"
    plan = retention.plan(months_ago())
    assert (plan.ranges, plan.unsent) == ((), 512)


def test_a_second_removal_says_again_what_is_gone_so_that_the_first_entry_may_go(cast, years) -> None:
    years(700, 300)
    years(400, 300)
    years(240, 300)
    years(0, 1)
    verifying.verify()
    first = retention.decide(actor=cast.leader, asked_by=cast.compliance, going=retention.plan(timezone.now() - timedelta(days=450)), request=1)  # fmt: skip
    assert first is not None
    list(retention.carry_out(first.pk))
    assert faults() == []
    second = remove(cast)
    assert second.data["ranges"] == ["0-767"]
    assert [(r.first, r.behind) for r in Removal.objects.all()] == [(0, 256), (256, 768)]
    assert faults() == []


def test_nothing_goes_from_a_log_that_does_not_verify(cast, years) -> None:
    years(240, 300)
    plan = retention.plan(months_ago())
    with pytest.raises(retention.NotNow, match="unverified"):
        retention.decide(actor=cast.leader, asked_by=cast.compliance, going=plan, request=1)
    with connection.cursor() as cursor:
        triggers.remove(connection)
        cursor.execute("UPDATE audit_auditevent SET run_id = 999 WHERE id = %s", [Leaf.objects.get(position=5).event_pk])  # fmt: skip
        triggers.install(connection)
    assert verifying.verify().state == "failed"
    with pytest.raises(retention.NotNow, match="failed"):
        retention.decide(actor=cast.leader, asked_by=cast.compliance, going=plan, request=1)
    assert not Removal.objects.exists()


def test_the_database_lets_nothing_go_that_the_log_does_not_say(cast, log) -> None:
    old = Leaf.objects.get(position=3).event_pk
    for sql in (
        f"DELETE FROM audit_auditevent WHERE id = {old}",
        "INSERT INTO audit_removal (first, behind, event_pk) VALUES (0, 512, 1)",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    remove(cast)
    for sql in (
        f"DELETE FROM audit_auditevent WHERE id = {Leaf.objects.get(position=600).event_pk}",
        "DELETE FROM audit_removal",
        "UPDATE audit_removal SET behind = 9999",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


# What the owner of the database could try


def test_younger_entries_that_vanish_are_missing_whatever_the_log_claims(cast, log) -> None:
    young = Checkpoint.objects.filter(size__gt=760).order_by("size").first()
    gone = Leaf.objects.get(position=512).event_pk
    for forge in (
        lambda: claim(cast, 0, ["512-767"]),
        lambda: claim(cast, young.size, ["512-767"]),
        lambda: claim(cast, Checkpoint.objects.last().size, ["512-767"]),
        lambda: claim(cast, young.size, ["512-767"], timezone.now() + timedelta(days=900)),
        lambda: claim(cast, 768, ["512-767"]),
        lambda: claim(cast, young.size, ["x"]),
    ):
        with transaction.atomic():
            owner(
                "DELETE FROM audit_auditevent WHERE id IN (SELECT event_pk FROM audit_leaf WHERE position >= 512 AND position < 768)"
            )
            forge()
            assert ("missing", gone) in faults()
            transaction.set_rollback(True)


def test_an_old_entry_about_a_checkpoint_that_is_made_up_now_does_not_help(cast, log) -> None:
    young = Checkpoint.objects.filter(size__gt=760).order_by("size").first()
    with transaction.atomic():
        made = record(action="checkpoint.made", object_type="checkpoint", object_id=young.size, size=young.size, root="0", key="0")  # fmt: skip
    old = (timezone.now() - timedelta(days=400)).replace(tzinfo=None).isoformat(" ")
    owner(
        f"UPDATE audit_auditevent SET at = '{old}' WHERE id = {made.pk}",
        "DELETE FROM audit_auditevent WHERE id IN (SELECT event_pk FROM audit_leaf WHERE position >= 512 AND position < 768)",
    )
    claim(cast, young.size, ["512-767"])
    assert ("missing", Leaf.objects.get(position=512).event_pk) in faults()


def test_hashes_of_what_is_gone_cannot_be_changed_unseen(cast, log) -> None:
    remove(cast)
    for level in (0, 1):
        with transaction.atomic():
            tile = Tile.objects.get(level=level, number=0)
            hashes = bytearray(bytes(tile.hashes))
            hashes[40] ^= 1
            with connection.cursor() as cursor:
                triggers.remove(connection)
                cursor.execute("UPDATE audit_tile SET hashes = %s WHERE id = %s", [bytes(hashes), tile.pk])
            assert {kind for kind, _entry in faults()} & {"seal_altered", "rebuilt"}
            transaction.set_rollback(True)


def test_part_of_a_segment_that_comes_back_or_goes_is_named(cast, log) -> None:
    with transaction.atomic():
        remove(cast)
        pk = Leaf.objects.get(position=7).event_pk
        record(action="keys.rotated", count=1, key_id="k")
        owner(f"UPDATE audit_auditevent SET id = {pk} WHERE id = (SELECT max(id) FROM audit_auditevent)")
        assert {kind for kind, _entry in faults()} & {"missing", "altered", "incomplete"}
        transaction.set_rollback(True)


# Reading and taking along


def test_an_entry_that_is_gone_says_who_decided_that(cast, log, sign_in) -> None:
    pk = Leaf.objects.get(position=9).event_pk
    entry = remove(cast)
    client = sign_in(cast.compliance)
    page = client.get(reverse("audit:entry", args=[pk]))
    assert page.status_code == 410
    assert str(cast.leader) in page.content.decode()
    assert reverse("audit:entry", args=[entry.pk]) in page.content.decode()
    assert client.get(f"/api/v1/audit/events/{pk}/").status_code == 410
    assert client.get(f"/api/v1/audit/events/{pk}/proof/").status_code == 410
    assert client.get(reverse("audit:entry", args=[10**9])).status_code == 404
    assert "What is gone" in client.get(reverse("audit:log"), {"run": 3}).content.decode()
    shown = client.get(reverse("audit:entry", args=[entry.pk])).content.decode()
    assert "0-511" in shown
    assert f"asked by {cast.compliance}" in shown


def _export(cast, path):
    export, checkpoint = exporting.begin(actor=cast.compliance, filters=Filters(quiet=True))
    path.write_bytes(b"".join(exporting.stream(export, checkpoint, Filters(quiet=True))))
    return export


def _verify(path):
    return subprocess.run([sys.executable, project.BASE_DIR / "audit/handout/verify.py", path], capture_output=True, text=True, check=False)  # fmt: skip


def test_exports_from_before_and_after_verify(cast, log, tmp_path) -> None:
    before = _export(cast, tmp_path / "before.zip")
    entry = remove(cast)
    after = _export(cast, tmp_path / "after.zip")
    assert before.count - after.count > 500
    for name in ("before.zip", "after.zip"):
        done = _verify(tmp_path / name)
        assert (done.returncode, done.stdout.splitlines()[-1][:8]) == (0, "VERIFIED"), done.stdout
    with zipfile.ZipFile(tmp_path / "after.zip") as archive:
        about = archive.read("export.json").decode()
    assert f'"entry": {entry.pk}' in about


def test_a_verification_under_way_does_not_mistake_a_removal_for_a_loss(cast, log, monkeypatch) -> None:
    read, went = verifying._read, []

    def and_remove(*arguments):
        if not went:
            went.append(remove(cast))
        return read(*arguments)

    monkeypatch.setattr(verifying, "_read", and_remove)
    assert faults() == []
    assert went


WORK = """
import django; django.setup()
from audit import retention
print("ready", flush=True)
for _count in retention.carry_out({entry}):
    pass
print("done", flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_a_removal_that_is_killed_goes_on_where_it_was(cast, years, settings, tmp_path, monkeypatch) -> None:
    years(240, 6_000)
    years(0, 3)
    verifying.verify()
    plan = retention.plan(months_ago())
    entry = retention.decide(actor=cast.leader, asked_by=cast.compliance, going=plan, request=1)
    assert entry is not None
    environment = {
        "PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "workbench.settings", "WORKBENCH_DATA_DIR": str(tmp_path), "WORKBENCH_SECRET_KEY": "x", "WORKBENCH_DEMO": "1",
        "WORKBENCH_KEYRING": project.WORKBENCH_KEYRING, "WORKBENCH_SEAL_KEYS": project.WORKBENCH_SEAL_KEYS, "WORKBENCH_DATABASE_URL": database_url(),
        "WORKBENCH_ANCHORS": settings.WORKBENCH_ANCHORS,
    }  # fmt: skip
    removed = lambda: Leaf.objects.count() - AuditEvent.objects.filter(pk__in=Leaf.objects.values("event_pk")).count()  # noqa: E731
    for cut in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", WORK.format(entry=entry.pk)], cwd=project.BASE_DIR, env=environment, stdout=subprocess.PIPE
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        threading.Event().wait(0.004 * 2**cut)
        process.kill()
        process.wait()
        process.stdout.close()
        assert removed() % 256 == 0, "half a segment"
        assert faults() == []
    list(retention.carry_out(entry.pk))
    assert removed() == plan.entries
    assert faults() == []


def test_where_an_interrupted_verification_goes_on_is_not_believed_from_the_database_alone(
    cast, log, monkeypatch
) -> None:
    """An owner who alters an entry and writes an “interrupted” verification behind it, with the right peaks."""
    altered = Leaf.objects.get(position=3).event_pk
    owner(f"UPDATE audit_auditevent SET run_id = 999 WHERE id = {altered}")
    growing = merkle.Growing()
    for tile in Tile.objects.filter(level=0, number__lt=3).order_by("number"):
        hashes = bytes(tile.hashes)
        growing.add(merkle.fold([hashes[i : i + 32] for i in range(0, len(hashes), 32)]), 8)
    long_ago = timezone.now() - timedelta(minutes=10)
    forged = {
        "started_at": long_ago, "touched_at": long_ago, "size": tree.size(), "position": growing.size, "peaks": [peak.hex() for peak in growing.peaks],
    }  # fmt: skip
    Verification.objects.create(**forged)
    assert ("altered", altered) in faults()
    Verification.objects.all().delete()
    # One that we wrote ourselves, kept by the owner and put back after a day, with the time made new.
    Verification.objects.create(**forged, checked={"mac": "0" * 64})
    assert ("altered", altered) in faults()
