"""What the database itself keeps, whoever asks: the log refuses update, delete and truncate, and every event waits to be sealed.

An event may go only where a row of ``audit_removal`` covers its place, and such a row is taken only with an entry of the log that names these
places.

SQLite has no TRUNCATE; an unqualified DELETE fires the delete trigger. PostgreSQL needs a statement trigger of its own.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

APPEND_ONLY = ("audit_auditevent", "audit_leaf", "audit_checkpoint", "audit_anchor", "audit_removal")
MESSAGE = "audit log is append-only"
_MAY_GO = ("audit_auditevent", "DELETE")
# The place is looked up by the entry first, once: no planner may walk through all places of a removal for each entry that goes.
_REMOVED = (
    "EXISTS (SELECT 1 FROM audit_removal r WHERE "
    "(SELECT l.position FROM audit_leaf l WHERE l.event_pk = OLD.id) BETWEEN r.first AND r.behind - 1)"
)
# The entry names stretches as “first-last”.
_NAMED = (
    "EXISTS (SELECT 1 FROM audit_auditevent e CROSS JOIN {stretches} WHERE e.id = NEW.event_pk AND e.action = 'log.entries_removed' "
    "AND NEW.first >= CAST({first} AS bigint) AND NEW.behind <= CAST({last} AS bigint) + 1)"
)
_DECIDED = {
    "sqlite": _NAMED.format(
        stretches="json_each(e.data, '$.ranges') r",
        first="substr(r.value, 1, instr(r.value, '-') - 1)", last="substr(r.value, instr(r.value, '-') + 1)",
    ),
    "postgresql": _NAMED.format(
        stretches="LATERAL json_array_elements_text(e.data::json -> 'ranges') AS r(value)",
        first="split_part(r.value, '-', 1)", last="split_part(r.value, '-', 2)",
    ),
}  # fmt: skip


def _sqlite(tables: tuple[str, ...]) -> tuple[str, ...]:
    refused = [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table} {_unless(table, act, tables)}"
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for table in (*tables, "audit_tile")
        for act in ("UPDATE", "DELETE")
        if (table, act) != ("audit_tile", "UPDATE")
    ]
    decided = (
        f"CREATE TRIGGER IF NOT EXISTS audit_removal_decided BEFORE INSERT ON audit_removal WHEN NOT {_DECIDED['sqlite']} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )
    return (
        *refused,
        *((decided,) if "audit_removal" in tables else ()),
        "CREATE TRIGGER IF NOT EXISTS audit_tile_only_grows BEFORE UPDATE ON audit_tile "
        "WHEN NEW.id <> OLD.id OR NEW.level <> OLD.level OR NEW.number <> OLD.number OR length(NEW.hashes) > 8192 "
        "OR length(NEW.hashes) <= length(OLD.hashes) OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
        "CREATE TRIGGER IF NOT EXISTS audit_wait_for_seal AFTER INSERT ON audit_auditevent "
        "BEGIN INSERT INTO audit_unsealed (event_pk) VALUES (NEW.id); END",
    )


def _unless(table: str, act: str, tables: tuple[str, ...]) -> str:
    return f"WHEN NOT {_REMOVED} " if (table, act) == _MAY_GO and "audit_removal" in tables else ""


def _postgresql(tables: tuple[str, ...]) -> tuple[str, ...]:
    guards = [
        statement
        for table in (*tables, "audit_tile")
        for statement in (
            f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE {'DELETE' if table == 'audit_tile' else 'UPDATE OR DELETE'} "
            f"ON {table} FOR EACH ROW EXECUTE FUNCTION {_function(table, tables)}()",
            f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
        )
    ]
    decided = (
        "CREATE OR REPLACE FUNCTION audit_decided() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NOT {_DECIDED['postgresql']} THEN RAISE EXCEPTION '{MESSAGE}'; END IF; RETURN NEW; END $$",
        "CREATE OR REPLACE TRIGGER audit_removal_decided BEFORE INSERT ON audit_removal FOR EACH ROW EXECUTE FUNCTION audit_decided()",
        "ALTER TABLE audit_removal ENABLE ALWAYS TRIGGER audit_removal_decided",
    )
    return (
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$",
        "CREATE OR REPLACE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' AND {_REMOVED} THEN RETURN OLD; END IF; RAISE EXCEPTION '{MESSAGE}'; END $$",
        *guards,
        *(decided if "audit_removal" in tables else ()),
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


def _function(table: str, tables: tuple[str, ...]) -> str:
    return "audit_keep" if table == _MAY_GO[0] and "audit_removal" in tables else "audit_refuse"


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the tables append-only and every event wait for its seal. Doing it twice is harmless.

    Tables that a later migration makes are left to that migration, which takes the triggers away and installs them again.
    """
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        tables = tuple(table for table in APPEND_ONLY if table in there)
        for statement in _sqlite(tables) if connection.vendor == "sqlite" else _postgresql(tables):
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
