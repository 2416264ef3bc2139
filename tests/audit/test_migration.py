"""A log that was written before there was a seal is sealed from its first entry on."""

import json

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from audit import sealing, triggers, verifying
from audit.models import AuditEvent


@pytest.mark.django_db(transaction=True)
def test_older_entries_are_rewritten_once_and_sealed() -> None:
    executor = MigrationExecutor(connection)
    triggers.remove(connection)
    executor.migrate([("audit", "0002_triggers")])
    data = {"model": "house", "share_edited": 0.5, "checks": {"b": True, "a": 1.0}, "unexpected": 0}
    with connection.cursor() as cursor:
        for number in range(3):
            cursor.execute(
                "INSERT INTO audit_auditevent (event_id, at, action, origin, actor_role, object_type, object_id, category, data, run_id) "
                "VALUES (%s, '2026-11-23 10:00:00+00:00', 'run.drafted', 'ai', '', 'run', '5', 'automated', %s, 5)",
                [f"{number:032x}", json.dumps(data)],
            )
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    with connection.cursor() as cursor:
        cursor.execute("SELECT data, model FROM audit_auditevent ORDER BY id")
        assert cursor.fetchall() == [('{"checks":{"a":1,"b":true},"share_edited":0.5,"unexpected":0}', "house")] * 3
    assert sealing.make_checkpoint().size == 3
    assert verifying.verify().faults == []
    assert AuditEvent.objects.earliest("pk").data["checks"] == {"a": 1, "b": True}
    with connection.cursor() as cursor, pytest.raises(Exception, match="append-only"):
        cursor.execute("UPDATE audit_auditevent SET category = 'x'")
