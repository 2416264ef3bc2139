"""What the database itself refuses, whoever asks: a published version of an exercise, a checked attempt, a completion, an assessment, a finished
worksheet and an entry of the coaching log never change."""

from django.db.backends.base.base import BaseDatabaseWrapper

_ALWAYS = "1 = 1"
_ASSESSED = (
    "fundamental_id",
    "team_id",
    "level",
    "looked_on",
    "assessed_by_id",
    "at",
    "data_key_id",
    "evidence_sealed",
    "source_sealed",
)
_NOTED = (
    "manager_id",
    "person_id",
    "team_id",
    "kind",
    "held_on",
    "noted_at",
    "data_key_id",
    "agreed_sealed",
    "activity_id",
    "due",
)
_COMPLETED = ("learner_id", "path_id", "language", "at", "versions", "code")
_ONCE = ("done_at", "done_by_id", "taken_back_at")
_FILLED = (
    "filler_id",
    "form",
    "version",
    "activity_id",
    "data_key_id",
    "title_sealed",
    "answers_sealed",
    "begun_at",
    "saved_at",
    "finished_at",
)
_ATTEMPTED = (
    "learner_id", "exercise_id", "version_id", "number", "data_key_id", "answers_sealed", "feedback_sealed", "started_at", "saved_at", "checked_at", "passed",
)  # fmt: skip


def _any_changes(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


# Table, when a row is frozen, when changing a frozen row is refused, the sentence. Taking a frozen row away is refused in any case.
_FROZEN = (
    (
        "training_exerciseversion",
        "OLD.published_at IS NOT NULL",
        _ALWAYS,
        "a published version of an exercise never changes",
    ),
    # These may only be marked as looked through.
    ("training_attempt", "OLD.checked_at IS NOT NULL", _any_changes(_ATTEMPTED), "a checked attempt never changes"),
    ("training_assessment", _ALWAYS, _any_changes(_ASSESSED), "an assessment stays as it was"),
    # The qualification it earned goes where the person's record is erased.
    (
        "training_completion",
        _ALWAYS,
        _any_changes(_COMPLETED)
        + " OR (NEW.qualification_id IS NOT NULL AND OLD.qualification_id IS DISTINCT FROM NEW.qualification_id)",
        "that a path was finished stays as it was",
    ),
    # It may be shared or taken back, and marked as looked through.
    ("training_worksheet", "OLD.finished_at IS NOT NULL", _any_changes(_FILLED), "a finished worksheet never changes"),
    # It may be marked as looked through, and once as done or taken back.
    (
        "training_coachingentry",
        _ALWAYS,
        " OR ".join([_any_changes(_NOTED), *(f"(OLD.{one} IS NOT NULL AND {_any_changes((one,))})" for one in _ONCE)]),
        "an entry of the coaching log stays as it was",
    ),
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers of the tables that are there. Called by each migration that changes their tables, after ``remove``."""
    make = _sqlite if connection.vendor == "sqlite" else _postgresql
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for table, frozen, changed, message in _FROZEN:
            for statement in make(table, frozen, changed, message) if table in there else ():
                cursor.execute(statement)


def _sqlite(table: str, frozen: str, changed: str, message: str) -> list[str]:
    # The same in the words that older versions of SQLite know.
    changed = changed.replace(" IS DISTINCT FROM ", " IS NOT ")
    refused = {"UPDATE": f"({frozen}) AND ({changed})", "DELETE": frozen}
    return [
        f"CREATE TRIGGER {table}_frozen_{act.lower()} BEFORE {act} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for act, condition in refused.items()
    ]


def _postgresql(table: str, frozen: str, changed: str, message: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN IF {frozen} THEN RAISE EXCEPTION '{message}'; END IF; RETURN OLD; END IF; "
        f"IF ({frozen}) AND ({changed}) THEN RAISE EXCEPTION '{message}'; END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_frozen()",
        f"CREATE OR REPLACE FUNCTION {table}_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{message}'; END $$",
        f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_kept()",
    ]


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take them away: migrations that change the tables, and tests that empty their own database."""
    with connection.cursor() as cursor:
        for table, *_ in _FROZEN:
            if connection.vendor == "sqlite":
                for act in ("update", "delete"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_frozen_{act}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_frozen ON {table}")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_kept ON {table}")
