"""Versions that took effect never change: the database refuses, whoever asks.

A policy version that left the state draft may only move on in its life (state, ended_at, ended_by); a prompt version that is approved
or retired may only be retired. Control points are frozen with their policy version. No version goes back in its life.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

_POLICY = (
    "activity_id",
    "number",
    "category",
    "rationale",
    "goal_id",
    "accountable_id",
    "tool_id",
    "decided_by_id",
    "in_force_at",
    "created_at",
)
_PROMPT = ("prompt_id", "number", "role", "goal", "information", "limits", "inputs", "output_form", "output_schema", "max_output_tokens", "known_limits", "author_id", "approved_by_id", "approved_at", "created_at")  # fmt: skip
# Table, when a row is frozen, the columns that stay, the steps back that are refused, and the sentence.
_FROZEN = (
    (
        "policies_policyversion",
        "OLD.state <> 'draft'",
        _POLICY,
        "NEW.state = 'draft' OR OLD.state = 'superseded' AND NEW.state <> 'superseded' OR OLD.state = 'suspended' AND NEW.state = 'in_force'",
        "a policy version that took effect never changes",
    ),
    (
        "policies_promptversion",
        "OLD.state IN ('approved', 'retired')",
        _PROMPT,
        "NEW.state IN ('draft', 'in_review') OR OLD.state = 'retired' AND NEW.state <> 'retired'",
        "an approved prompt version never changes",
    ),
)
_OF_POLICY = "(SELECT state FROM policies_policyversion WHERE id = {row}.policy_version_id)"


def _sqlite() -> list[str]:
    statements = []
    for table, frozen, columns, back, message in _FROZEN:
        changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
        statements += [
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} WHEN {frozen} AND ({changed} OR {back}) "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
            f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} WHEN {frozen} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
        ]
    for act, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
        frozen = " OR ".join(f"{_OF_POLICY.format(row=row)} <> 'draft'" for row in rows)
        statements.append(
            f"CREATE TRIGGER policies_controlpoint_{act.lower()} BEFORE {act} ON policies_controlpoint WHEN {frozen} "
            "BEGIN SELECT RAISE(ABORT, 'the control points of a policy version that took effect never change'); END"
        )
    return statements


def _postgresql() -> list[str]:
    statements = []
    for table, frozen, columns, back, message in _FROZEN:
        changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        statements += [
            f"CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {frozen} THEN "
            f"IF TG_OP = 'DELETE' THEN RAISE EXCEPTION '{message}'; END IF; "
            f"IF {changed} OR {back} THEN RAISE EXCEPTION '{message}'; END IF; "
            "END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_frozen()",
        ]
    statements += [
        "CREATE OR REPLACE FUNCTION policies_controlpoint_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE versions bigint[]; BEGIN "
        "IF TG_OP <> 'INSERT' THEN versions := versions || OLD.policy_version_id; END IF; "
        "IF TG_OP <> 'DELETE' THEN versions := versions || NEW.policy_version_id; END IF; "
        "IF EXISTS (SELECT 1 FROM policies_policyversion WHERE id = ANY(versions) AND state <> 'draft') THEN "
        "RAISE EXCEPTION 'the control points of a policy version that took effect never change'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER policies_controlpoint_frozen BEFORE INSERT OR UPDATE OR DELETE ON policies_controlpoint "
        "FOR EACH ROW EXECUTE FUNCTION policies_controlpoint_frozen()",
    ]
    return statements


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers. Called by a migration."""
    with connection.cursor() as cursor:
        for statement in _sqlite() if connection.vendor == "sqlite" else _postgresql():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: migrating back, and tests that empty their own database."""
    tables = [table for table, *_ in _FROZEN]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            names = [f"{table}_{end}" for table in tables for end in ("frozen", "kept")]
            for name in names + [f"policies_controlpoint_{act}" for act in ("insert", "update", "delete")]:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            for table in [*tables, "policies_controlpoint"]:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_frozen ON {table}")
