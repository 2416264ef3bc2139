"""The log refuses change in the database itself."""

import pytest
from django.db import Error, connection, transaction

from audit.models import AuditEvent
from audit.services import NotAllowedInLog, UnknownAction, record
from workbench.accounts.services import create_token

pytestmark = pytest.mark.django_db


def _event() -> AuditEvent:
    return record(action="keys.rotated", count=1, key_id="k")


def test_the_database_refuses_to_change_the_log() -> None:
    event = _event()
    statements = ["UPDATE audit_auditevent SET action = 'x'", "DELETE FROM audit_auditevent"]
    if connection.vendor == "postgresql":  # SQLite knows no TRUNCATE
        statements.append("TRUNCATE audit_auditevent")
    for statement in statements:
        with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert AuditEvent.objects.get(pk=event.pk).action == "keys.rotated"


def test_an_unknown_action_is_an_error() -> None:
    with pytest.raises(UnknownAction):
        record(action="run.whatever")


@pytest.mark.parametrize(
    "value", ["Ilaria Conti", "i.conti@tessaro.example", "two words", {"a b": 1}, [["x y"]], object()]
)
def test_free_text_cannot_stand_in_the_log(value: object) -> None:
    with pytest.raises(NotAllowedInLog):
        record(action="keys.rotated", count=1, key_id=value)


def test_a_key_that_the_action_does_not_register_is_refused() -> None:
    with pytest.raises(NotAllowedInLog):
        record(action="keys.rotated", reason="x")


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        _event()


def test_when_the_log_cannot_be_written_the_act_does_not_happen(cast, monkeypatch) -> None:
    from audit import services

    monkeypatch.setattr(services.AuditEvent.objects, "create", _broken)
    with pytest.raises(OSError, match="disk"):
        create_token(actor=cast.rep, name="side panel")
    assert not cast.rep.api_tokens.exists()


def _broken(**_: object) -> None:
    raise OSError("disk full")
