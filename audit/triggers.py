"""What the database itself keeps, whoever asks: the log refuses update, delete and truncate, and every event waits to be sealed.

SQLite has no TRUNCATE; an unqualified DELETE fires the delete trigger. PostgreSQL needs a statement trigger of its own.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

APPEND_ONLY = ("audit_auditevent", "audit_leaf", "audit_checkpoint", "audit_anchor")
MESSAGE = "audit log is append-only"


def _sqlite() -> tuple[str, ...]:
    refused = [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for table in (*APPEND_ONLY, "audit_tile")
        for act in ("UPDATE", "DELETE")
        if (table, act) != ("audit_tile", "UPDATE")
    ]
    return (
        *refused,
        "CREATE TRIGGER IF NOT EXISTS audit_tile_only_grows BEFORE UPDATE ON audit_tile "
        "WHEN NEW.id <> OLD.id OR NEW.level <> OLD.level OR NEW.number <> OLD.number OR length(NEW.hashes) > 8192 "
        "OR length(NEW.hashes) <= length(OLD.hashes) OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
        "CREATE TRIGGER IF NOT EXISTS audit_wait_for_seal AFTER INSERT ON audit_auditevent "
        "BEGIN INSERT INTO audit_unsealed (event_pk) VALUES (NEW.id); END",
    )


def _postgresql() -> tuple[str, ...]:
    guards = [
        statement
        for table in (*APPEND_ONLY, "audit_tile")
        for statement in (
            f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE {'DELETE' if table == 'audit_tile' else 'UPDATE OR DELETE'} "
            f"ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
            f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
        )
    ]
    return (
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$",
        *guards,
        "CREATE OR REPLACE FUNCTION audit_tile_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.id <> OLD.id OR NEW.level <> OLD.level OR NEW.number <> OLD.number OR length(NEW.hashes) > 8192 "
        "OR length(NEW.hashes) <= length(OLD.hashes) OR substring(NEW.hashes FROM 1 FOR length(OLD.hashes)) <> OLD.hashes "
        f"THEN RAISE EXCEPTION '{MESSAGE}'; END IF; RETURN NEW; END $$",
        "CREATE OR REPLACE TRIGGER audit_tile_only_grows BEFORE UPDATE ON audit_tile "
        "FOR EACH ROW EXECUTE FUNCTION audit_tile_grows()",
        "ALTER TABLE audit_tile ENABLE ALWAYS TRIGGER audit_tile_only_grows",
        "CREATE OR REPLACE FUNCTION audit_wait() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO audit_unsealed (event_pk) VALUES (NEW.id); RETURN NULL; END $$",
        "CREATE OR REPLACE TRIGGER audit_wait_for_seal AFTER INSERT ON audit_auditevent "
        "FOR EACH ROW EXECUTE FUNCTION audit_wait()",
        "ALTER TABLE audit_auditevent ENABLE ALWAYS TRIGGER audit_wait_for_seal",
    )


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the tables append-only and every event wait for its seal. Doing it twice is harmless."""
    with connection.cursor() as cursor:
        for statement in _sqlite() if connection.vendor == "sqlite" else _postgresql():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away. Only migrations, and tests that empty or attack their own database, call this."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit\\_%' ESCAPE '\\'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute(
                "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'audit\\_%'"
            )
            for name, table in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name} ON {table}")
