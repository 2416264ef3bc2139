"""SIGKILL in the middle of writing, sealing, signing and anchoring: nothing half-done is left, and everything goes on."""

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings as project
from django.db import connection, transaction

from audit import anchoring, sealing, tree, verifying
from audit.models import AuditEvent, Checkpoint, Unsealed
from audit.services import record

CUTS = int(os.environ.get("WORKBENCH_TEST_CUTS", "8"))
WORK = """
import django; django.setup()
from django.db import transaction
from audit import anchoring, sealing
from audit.services import record
print("ready", flush=True)
number = 0
while True:
    with transaction.atomic():
        for _ in range(7):
            record(action="keys.rotated", count=number, key_id="k")
            number += 1
    if number % 3 == 0:
        sealing.seal()
    if number % 5 == 0:
        sealing.make_checkpoint()
        anchoring.deliver_all(at_once=True)
"""


def database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "postgresql":
        return f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return f"sqlite:///{database['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_a_power_cut_leaves_whole_events_and_a_log_that_verifies(settings, tmp_path) -> None:
    settings.WORKBENCH_ANCHORS = f"Works council=folder:{tmp_path}/outside"
    environment = {
        "PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "workbench.settings", "WORKBENCH_DATA_DIR": str(tmp_path), "WORKBENCH_SECRET_KEY": "x", "WORKBENCH_DEMO": "1",
        "WORKBENCH_KEYRING": project.WORKBENCH_KEYRING, "WORKBENCH_SEAL_KEYS": project.WORKBENCH_SEAL_KEYS, "WORKBENCH_DATABASE_URL": database_url(),
        "WORKBENCH_ANCHORS": settings.WORKBENCH_ANCHORS,
    }  # fmt: skip
    dice, before = random.Random(7), 0
    for cut in range(CUTS):
        process = subprocess.Popen(
            [sys.executable, "-c", WORK], cwd=Path(project.BASE_DIR), env=environment, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        threading.Event().wait(dice.uniform(0.02, 0.8))
        process.kill()
        process.wait()
        process.stdout.close()
        with transaction.atomic():
            record(action="keys.rotated", count=0, key_id="k")
        sealing.make_checkpoint()
        assert anchoring.deliver_all(at_once=True) >= 0
        result = verifying.verify()
        assert result.faults == []
        events = AuditEvent.objects.filter(action="keys.rotated").count()
        assert (events - cut - 1) % 7 == 0, "an act with half of its events"
        assert events > before
        before = events
        assert not Unsealed.objects.exclude(event_pk__gt=tree.size()).exists()
    assert Checkpoint.objects.count() > CUTS
    assert anchoring.anchored_size() > 0
