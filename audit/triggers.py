"""The log's table refuses update, delete and truncate in the database itself, whoever asks.

SQLite has no TRUNCATE; an unqualified DELETE fires the delete trigger. PostgreSQL needs a statement trigger of its own.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "audit_auditevent"
MESSAGE = "audit log is append-only"

_SQLITE = tuple(
    f"CREATE TRIGGER IF NOT EXISTS audit_no_{act.lower()} BEFORE {act} ON {TABLE} "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    for act in ("UPDATE", "DELETE")
)
_SQLITE_REMOVE = tuple(f"DROP TRIGGER IF EXISTS audit_no_{act}" for act in ("update", "delete"))
_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$",
    f"CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    f"CREATE OR REPLACE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER audit_no_change",
    f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER audit_no_truncate",
)
_POSTGRESQL_REMOVE = tuple(
    f"DROP TRIGGER IF EXISTS {name} ON {TABLE}" for name in ("audit_no_change", "audit_no_truncate")
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the table append-only. Doing it twice is harmless."""
    with connection.cursor() as cursor:
        for statement in _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away. Only tests, which empty their own database, call this."""
    with connection.cursor() as cursor:
        for statement in _SQLITE_REMOVE if connection.vendor == "sqlite" else _POSTGRESQL_REMOVE:
            cursor.execute(statement)
