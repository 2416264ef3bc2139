"""Every check of the project, in order, with a table at the end. ``make test`` runs it; ``--fast`` leaves out the slow ones.

PostgreSQL, Redis and Chromium are required where ``CI=true``; elsewhere what is missing is left out and named.
The first red step ends the run with exit code 1.
"""

import argparse
import base64
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
DATABASE_URL = os.environ.get("WORKBENCH_TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
BROKER_URL = os.environ.get("WORKBENCH_TEST_BROKER_URL") or "redis://127.0.0.1:6379/9"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: What a developer has set for a demo or a provider must not leak into the tests.
KEPT = {"WORKBENCH_PII_MODEL_DIR", "WORKBENCH_SHARED_DATA"}


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    step: str
    state: str
    seconds: float
    note: str = ""


class Red(Exception):
    """A step failed; the text says why when its output does not."""


def environment(**more: str) -> dict[str, str]:
    """The environment without this project's variables, and with those given."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("WORKBENCH_", "DJANGO_")) or key in KEPT
    }
    return kept | {"PYTHONUNBUFFERED": "1"} | more


def run(*command: str, **more: str) -> None:
    """Run a command with its output shown.

    Raises:
        Red: It ended with another code than 0.
    """
    if subprocess.run(command, cwd=ROOT, env=environment(**more), check=False).returncode:
        raise Red


def pytest(marks: str, **more: str) -> None:
    """Run the tests with these marks."""
    run(sys.executable, "-m", "pytest", "-q", "-m", marks, **more)


def production(data: str) -> dict[str, str]:
    """The environment of an installation as the README describes it, with throw-away secrets."""
    return {
        "WORKBENCH_DATA_DIR": data,
        "WORKBENCH_SECRET_KEY": secrets.token_urlsafe(60),
        "WORKBENCH_KEYRING": "check:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "WORKBENCH_ALLOWED_HOSTS": "workbench.example.com",
    }


def as_in_production(*command: str) -> None:
    """Run a command that loads the settings, as in production, with a data directory of its own."""
    with tempfile.TemporaryDirectory() as data:
        run(*command, **production(data))


def manage(*arguments: str) -> None:
    """Run manage.py as in production."""
    as_in_production(sys.executable, "manage.py", *arguments)


def unreachable() -> tuple[str, str]:
    """Why PostgreSQL and why Redis cannot be used; empty where they can."""
    import psycopg
    import redis

    database = broker = ""
    try:
        psycopg.connect(DATABASE_URL, connect_timeout=3).close()
    except psycopg.Error as error:
        database = f"PostgreSQL cannot be used ({(str(error).splitlines() or ['no reason given'])[0]})"
    try:
        redis.Redis.from_url(BROKER_URL, socket_connect_timeout=3).ping()
    except redis.RedisError as error:
        broker = f"Redis cannot be used ({error})"
    return database, broker


def services_step() -> str:
    """The whole suite on PostgreSQL and Redis; the note says which were used."""
    database, broker = unreachable()
    if CI and (database or broker):
        raise Red("; ".join(filter(None, (database, broker))) + "; CI=true requires both.")
    if database:
        return f"skipped: {database}. Start one, or name it in WORKBENCH_TEST_DATABASE_URL."
    more = {"WORKBENCH_TEST_DATABASE_URL": DATABASE_URL}
    if not broker:
        more["WORKBENCH_TEST_BROKER_URL"] = BROKER_URL
    pytest("not browser and not smoke", **more)
    return f"PostgreSQL; {broker}" if broker else "PostgreSQL and Redis"


def chromium() -> str:
    """Find Chromium, or install Debian's package where that is allowed. Returns the path, or an empty string."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None and shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing Chromium")
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(["apt-get", *command], env=env, stdout=subprocess.DEVNULL, check=False)
        path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    return path or ""


def browser_step() -> str:
    """The tests that drive a browser."""
    path = chromium()
    if not path:
        sentence = "Chromium is missing; install it (Debian: apt-get install chromium) and run make test again."
        if CI:
            raise Red(sentence)
        return f"skipped: {sentence}"
    pytest("browser")
    return path


def smoke_step() -> str:
    """The tests with the real small model."""
    pytest("smoke and not browser")
    return "SmolLM2-135M"


def sqlite_step(marks: str) -> str:
    """The whole suite on SQLite and the file broker."""
    pytest(marks)
    return "SQLite and files"


def table(results: list[Result]) -> None:
    """Print what ran, how it ended and how long it took."""
    width = max(len(result.step) for result in results)
    print("\n" + "-" * 78)
    for result in results:
        print(f"  {result.step:<{width}}  {result.state:<7} {result.seconds:7.1f} s  {result.note}")
    print(f"  {'together':<{width}}  {'':<7} {sum(result.seconds for result in results):7.1f} s", flush=True)


def main() -> int:
    """Run the steps; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--fast", action="store_true", help="lint, types and SQLite without browser, model and slow tests"
    )
    fast = parser.parse_args().fast
    fetch = [sys.executable, "-m", "workbench.embedded.fetch", "--pii"]
    steps: dict[str, Callable[[], str | None]] = {
        "format": lambda: run(str(BIN / "ruff"), "format", "--check", "."),
        "lint": lambda: run(str(BIN / "ruff"), "check", "."),
        "types": lambda: as_in_production(str(BIN / "mypy")),
        "imports": lambda: run(str(BIN / "lint-imports")),
    }
    if fast:
        steps |= {
            "models": lambda: run(*fetch),
            "tests": lambda: sqlite_step("not browser and not smoke and not slow"),
        }
    else:
        steps |= {
            "migrations": lambda: manage("makemigrations", "--check", "--dry-run"),
            "deployment": lambda: manage("check", "--deploy", "--fail-level", "WARNING"),
            "models": lambda: run(*fetch, "--model", "small"),
            "tests": lambda: sqlite_step("not browser and not smoke"),
            "tests, services": services_step,
            "tests, browser": browser_step,
            "tests, model": smoke_step,
        }
    results: list[Result] = []
    for name, step in steps.items():
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        try:
            note = step() or ""
        except Red as error:
            results.append(Result(name, "RED", time.monotonic() - started, str(error)))
            table(results)
            return 1
        state = "skipped" if note.startswith("skipped") else "ok"
        results.append(Result(name, state, time.monotonic() - started, note.removeprefix("skipped: ")))
        if state == "skipped":
            print(note)
    table(results)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
