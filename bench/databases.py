"""The two databases everything is measured on: SQLite in a folder, and a PostgreSQL database made for it and dropped again."""

import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

POSTGRES = os.environ.get("WORKBENCH_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
NAMES = ("sqlite", "postgresql")


def on_both(module: str) -> list[dict[str, Any]]:
    """Run ``python -m module <database>`` for each, in a process of its own; its last line is a JSON list of rows."""
    rows: list[dict[str, Any]] = []
    for name in NAMES:
        done = subprocess.run([sys.executable, "-m", module, name], capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name}: not measured. {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ''}")
            continue
        rows += json.loads(done.stdout.strip().splitlines()[-1])
    return rows


@contextmanager
def installation(name: str, **more: str) -> Iterator[str]:
    """The environment of an empty workbench on this database, for this process, and its folder; both are removed again.

    Call ``django.setup()`` within. ``more`` are further settings.
    """
    with tempfile.TemporaryDirectory(prefix="workbench-bench-") as folder:
        database, drop = _database_of(name, folder)
        os.environ.update(
            DJANGO_SETTINGS_MODULE="workbench.settings", WORKBENCH_DATA_DIR=folder, WORKBENCH_SECRET_KEY="bench", WORKBENCH_DEMO="1",
            WORKBENCH_KEYRING="bench:" + base64.b64encode(os.urandom(32)).decode(), WORKBENCH_DATABASE_URL=database, **more,
        )  # fmt: skip
        try:
            yield folder
        finally:
            drop()


def _database_of(name: str, folder: str) -> tuple[str, Callable[[], None]]:
    """The address of an empty database, and how to remove it."""
    if name == "sqlite":
        return f"sqlite:///{folder}/bench.sqlite3", lambda: None
    import psycopg

    parts = urlsplit(POSTGRES)
    fresh = f"workbench_bench_{os.getpid()}"
    with psycopg.connect(POSTGRES.replace("postgres://", "postgresql://"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {fresh}")

    def drop() -> None:
        from django.db import connections

        connections.close_all()
        with psycopg.connect(POSTGRES.replace("postgres://", "postgresql://"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {fresh} WITH (FORCE)")

    return urlunsplit(parts._replace(path=f"/{fresh}")), drop
