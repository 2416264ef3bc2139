"""The demo company for every test that asks for it: loaded through the services once, laid down row by row after that.

Loading takes half a second on SQLite and more than one on PostgreSQL, and two thousand tests begin with it; the rows
take a hundredth of that. They are written with the triggers aside, which saw them when they were made.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_rows: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {}


def lay_down() -> None:
    """Load the company into the database of this test, as ``services.load()`` would."""
    from workbench.accounts.models import User
    from workbench.demo import services

    # Outside of a transaction things happen on commit that rows alone do not bring about.
    if User.objects.exists() or not connection.in_atomic_block or not _may_step_aside():
        services.load()
        return
    if not _rows:
        empty = [table for table in connection.introspection.table_names() if not _read(table)[1]]
        services.load()
        _rows.update({table: read for table in empty if (read := _read(table))[1]})
        return
    with _triggers_aside(), connection.cursor() as cursor:
        for table, (columns, rows) in _rows.items():
            names, places = ", ".join(f'"{one}"' for one in columns), ", ".join(["%s"] * len(columns))
            # Some triggers of PostgreSQL cannot be set aside; what such a one has written already is the same row.
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places}) ON CONFLICT DO NOTHING', rows)
    services.load()  # the tool follows the settings of this test


def _read(table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return [column[0] for column in cursor.description], cursor.fetchall()


def _may_step_aside() -> bool:
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        return cursor.fetchone()[0] == "on"


@contextmanager
def _triggers_aside() -> Iterator[None]:
    if connection.vendor == "sqlite":
        connection.connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
        try:
            yield
        finally:
            connection.connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, True)
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
