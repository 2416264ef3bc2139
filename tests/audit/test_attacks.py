"""Whoever owns the database can change the log. Nobody can do it unseen."""

import os
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from audit import anchoring, sealing, triggers, verifying
from audit.services import record
from tests.audit.attacks import Attacker
from tests.audit.attacks_on_gaps import GapAttacker
from tests.support.removals import remove

pytestmark = pytest.mark.django_db
ATTACKS = int(os.environ.get("WORKBENCH_TEST_ATTACKS", "1500"))


def _events(actor, count: int) -> None:
    for number in range(count):
        record(
            action="run.edited", actor=actor, object_type="run", object_id=number, run_id=number, activity_id=number % 7 + 1, policy_version_id=3,
            prompt_version_id=4, category="human_in_the_loop", model="house", output_sha256=f"{number:064x}", share_edited=number / 7, seconds_open=number,
        )  # fmt: skip


@pytest.fixture
def sealed_log(cast, settings, tmp_path):
    """A log of some hundred entries under four checkpoints that lie outside, and one entry since."""
    settings.WORKBENCH_ANCHORS = f"The works council=folder:{tmp_path}/outside"
    for count in (60, 200, 300, 30):
        with transaction.atomic():
            _events(cast.rep, count)
        sealing.make_checkpoint(actor=cast.compliance)
        anchoring.deliver_all(at_once=True)
    _without_what_waits()
    return anchoring.anchored_size()


def test_every_attack_is_found_and_named_rightly(sealed_log, settings) -> None:
    assert verifying.verify().faults == []
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE action = 'log.verified'")
        cursor.execute("DELETE FROM audit_unsealed")
    _all_are_named(lambda seed: Attacker(seed, sealed_log), ATTACKS)


def test_every_attack_on_a_log_with_a_removal_is_found_and_named_rightly(cast, years) -> None:
    for days, count in ((240, 700), (30, 300), (0, 40)):
        years(days, count)
    verifying.verify()
    sealing.make_checkpoint()
    entry = remove(cast)
    sealing.make_checkpoint()
    anchoring.deliver_all(at_once=True)
    assert verifying.verify().faults == []
    size = anchoring.anchored_size()
    _without_what_waits()
    _all_are_named(lambda seed: GapAttacker(seed, size, entry.pk), ATTACKS // 4)


def _without_what_waits() -> None:
    """The database without triggers, and without entries that have no place yet."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_unsealed")
        triggers.remove(connection)
        cursor.execute("DELETE FROM audit_auditevent WHERE id NOT IN (SELECT event_pk FROM audit_leaf)")


def _all_are_named(attacker: Callable[[int], Attacker], count: int) -> None:
    wrong = []
    for seed in range(count):
        with transaction.atomic():
            attack = attacker(seed).strike()
            result = verifying.verify()
            named = {(fault["kind"], fault["entry"]) for fault in result.faults}
            kinds = {kind for kind, _entry in named}
            if not (
                result.state == "failed"
                and kinds & attack.kinds
                and (
                    attack.entry is None or any(entry == attack.entry for kind, entry in named if kind in attack.kinds)
                )
            ):
                wrong.append((seed, attack, result.faults[:3]))
            transaction.set_rollback(True)
    assert not wrong, f"{len(wrong)} of {count}: {wrong[:12]}"
