"""Logs with removals, and what the owner of a database can do to them with its own tools."""

from django.db import connection, transaction
from django.utils import timezone

from audit import retention, sealing, triggers, verifying
from audit.models import AuditEvent
from audit.services import record


def months_ago(months=6):
    return retention.months_before(timezone.now(), months)


def remove(cast, **more) -> AuditEvent:
    entry = retention.decide(
        actor=cast.leader, asked_by=cast.compliance, going=retention.plan(months_ago(), **more), request=1
    )
    assert entry is not None
    assert sum(retention.carry_out(entry.pk)) > 0
    return entry


def faults():
    return [(fault["kind"], fault["entry"]) for fault in verifying.verify().faults]


def owner(*statements: str) -> None:
    with connection.cursor() as cursor:
        triggers.remove(connection)
        for sql in statements:
            cursor.execute(sql)
        triggers.install(connection)


def claim(cast, size: int, ranges: list[str], at=None) -> None:
    """An entry about a removal that nobody decided, written by hand and sealed."""
    with transaction.atomic():
        made = record(action="log.entries_removed", actor=cast.leader, ranges=ranges, size=size, signed_before="2026-01-01T00:00:00Z")  # fmt: skip
    if at is not None:
        owner(f"UPDATE audit_auditevent SET at = '{at.isoformat(' ')}' WHERE id = {made.pk}")
    sealing.make_checkpoint()
