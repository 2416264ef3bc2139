"""The two databases everything is measured on: SQLite in a folder, and a PostgreSQL database made for it and dropped again."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
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


def database_of(name: str, folder: str) -> tuple[str, Callable[[], None]]:
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
