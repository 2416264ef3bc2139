"""What the database itself refuses, whoever asks.

Versions that were decided never change. A policy version that left the state draft may only move on in its life (state, ended_at,
ended_by), or back to a draft while its day has not come; a prompt version that is approved or retired may only be retired. Control points are
frozen with their policy version. The tool comes last: none is attached where no control point stands. A prompt version is approved
only where a finished test run of it is on record, and test runs stay. Why somebody decided without a fundamental is frozen with its version.
"""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

type Rule = tuple[str, str, str, str, str]

_POLICY = (
    "activity_id",
    "number",
    "category",
    "suggested",
    "rationale",
    "goal_id",
    "accountable_id",
    "tool_id",
    "decided_by_id",
    "in_force_at",
    "created_at",
)
_PROMPT = ("prompt_id", "number", "role", "goal", "information", "limits", "inputs", "output_form", "output_schema", "max_output_tokens", "known_limits", "examples", "author_id", "approved_by_id", "approved_at", "created_at")  # fmt: skip
# Table, when a row is frozen, the columns that stay, the steps back that are refused, and the sentence.
_FROZEN = (
    (
        "policies_policyversion",
        "OLD.state <> 'draft'",
        _POLICY,
        "NEW.state = 'draft' AND OLD.state <> 'scheduled' OR NEW.state = 'scheduled' AND OLD.state <> 'scheduled' OR OLD.state = 'superseded' AND NEW.state <> 'superseded' OR OLD.state = 'suspended' AND NEW.state = 'in_force'",
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
_TOOL_LAST = "a tool is attached after the control points"
_TESTED = "a prompt version is approved after a test run of it"
_TESTS_STAY = "a finished test run stays as it is"
_NO_POINTS = (
    "NEW.tool_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM policies_controlpoint WHERE policy_version_id = NEW.id)"
)
_LAST_POINT = (
    "EXISTS (SELECT 1 FROM policies_policyversion WHERE id = OLD.policy_version_id AND tool_id IS NOT NULL) "
    "AND (SELECT count(*) FROM policies_controlpoint WHERE policy_version_id = OLD.policy_version_id) < 2"
)
_UNTESTED = (
    "NEW.state = 'approved' AND NOT EXISTS (SELECT 1 FROM policies_prompttest "
    "WHERE version_id = NEW.id AND finished_at IS NOT NULL AND failure = '')"
)
_DECIDED = "EXISTS (SELECT 1 FROM policies_policyversion WHERE id = OLD.policy_version_id AND state <> 'draft')"
_OVERRIDE_CHANGED = " OR ".join(
    f"OLD.{column} IS DISTINCT FROM NEW.{column}"
    for column in ("policy_version_id", "by_id", "at", "fundamentals", "data_key_id", "reason_sealed")
)
_OVERRIDE_STAYS = "why a policy version took effect without a fundamental never changes"
# Name, table, act, condition, sentence.
_RULES = (
    ("policies_tool_last_insert", "policies_policyversion", "INSERT", _NO_POINTS, _TOOL_LAST),
    ("policies_tool_last_update", "policies_policyversion", "UPDATE", _NO_POINTS, _TOOL_LAST),
    ("policies_tool_last_point", "policies_controlpoint", "DELETE", _LAST_POINT, _TOOL_LAST),
    ("policies_prompt_tested_insert", "policies_promptversion", "INSERT", _UNTESTED, _TESTED),
    (
        "policies_prompt_tested_update",
        "policies_promptversion",
        "UPDATE",
        f"OLD.state <> 'approved' AND {_UNTESTED}",
        _TESTED,
    ),
    ("policies_test_stays_update", "policies_prompttest", "UPDATE", "OLD.finished_at IS NOT NULL", _TESTS_STAY),
    ("policies_test_stays_delete", "policies_prompttest", "DELETE", "OLD.finished_at IS NOT NULL", _TESTS_STAY),
    (
        "policies_override_update",
        "policies_policyoverride",
        "UPDATE",
        f"({_OVERRIDE_CHANGED}) AND {_DECIDED}",
        _OVERRIDE_STAYS,
    ),
    ("policies_override_delete", "policies_policyoverride", "DELETE", _DECIDED, _OVERRIDE_STAYS),
)
_OF_POLICY = "(SELECT state FROM policies_policyversion WHERE id = {row}.policy_version_id)"


def _sqlite(rules: Iterable[Rule]) -> list[str]:
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
    statements += [
        # The same in the words that older versions of SQLite know.
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {condition.replace(' IS DISTINCT FROM ', ' IS NOT ')} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for name, table, act, condition, message in rules
    ]
    return statements


def _postgresql(rules: Iterable[Rule]) -> list[str]:
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
            f"CREATE OR REPLACE FUNCTION {table}_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{message}'; END $$",
            f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_kept()",
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
    for name, table, act, condition, message in rules:
        row = "OLD" if act == "DELETE" else "NEW"
        statements += [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION '{message}'; END IF; RETURN {row}; END $$",
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]
    return statements


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers of the tables that are there. Called by each migration that changes their tables, after ``remove``."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        rules = [rule for rule in _RULES if rule[1] in there]
        for statement in _sqlite(rules) if connection.vendor == "sqlite" else _postgresql(rules):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: migrations that change their tables, and tests that empty their own database."""
    tables = [table for table, *_ in _FROZEN]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            names = [f"{table}_{end}" for table in tables for end in ("frozen", "kept")]
            for name in names + [f"policies_controlpoint_{act}" for act in ("insert", "update", "delete")]:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            for name, *_ in _RULES:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            for table in [*tables, "policies_controlpoint"]:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_frozen ON {table}")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_kept ON {table}")
            for name, table, *_ in _RULES:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
