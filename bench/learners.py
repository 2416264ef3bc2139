"""Five hundred learners who have their prompts checked within a minute: errors, and how long the feedback takes, over HTTP with one gunicorn worker."""

import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from bench.databases import installation, on_both

LEARNERS, SECONDS, PORT = 500, 60.0, 18531


def main() -> dict[str, Any]:
    """Both databases, each in a process of its own."""
    rows = on_both("bench.learners")
    for row in rows:
        print(f"{row['database']:<12}{row['what']:<64}{row['value']:>14,.2f} {row['unit']}")
    return {"rows": rows}


def measure(name: str) -> list[dict[str, Any]]:
    pii = os.environ.get("WORKBENCH_PII_MODEL_DIR", os.path.join(os.getcwd(), "var", "models", "rampart"))
    with installation(name, WORKBENCH_PII_MODEL_DIR=pii):
        return _measure(name)


def _measure(name: str) -> list[dict[str, Any]]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from bench.judge.agreement import items_of
    from training.models import Attempt
    from workbench.accounts.models import RoleGrant, User
    from workbench.accounts.services import create_token
    from workbench.demo import services

    call_command("migrate", verbosity=0)
    services.load()
    people = User.objects.bulk_create(
        User(username=f"learner{number}", email=f"l{number}@nordwerk.example") for number in range(LEARNERS)
    )
    RoleGrant.objects.bulk_create(RoleGrant(user=person, role="rep") for person in people)
    tokens = [create_token(actor=person, name="bench")[1] for person in people]
    items = [item for language in ("en", "de") for item in items_of(language, "development")]
    connections.close_all()

    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "workbench.wsgi", "--workers", "1", "--worker-class", "gthread", "--threads", "8", "--bind", f"127.0.0.1:{PORT}", "--log-level", "error"]
    )  # fmt: skip
    took: list[float] = []
    errors: list[str] = []
    lock = threading.Lock()

    def learn(number: int, at: float) -> None:
        item = items[number % len(items)]
        time.sleep(max(0.0, at - time.monotonic()))
        begin = time.perf_counter()
        fault = _check(item["exercise"], tokens[number], item["boxes"])
        with lock:
            took.append((time.perf_counter() - begin) * 1000)
            if fault:
                errors.append(fault)

    try:
        _wait()
        _check(items[0]["exercise"], tokens[0], items[0]["boxes"])  # The detection model is loaded with the first text.
        dice, begin = random.Random(7), time.monotonic() + 0.5
        threads = [
            threading.Thread(target=learn, args=(number, begin + dice.random() * SECONDS))
            for number in range(1, LEARNERS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        server.terminate()
        server.wait(10)
    for fault in sorted(set(errors))[:5]:
        print(fault, file=sys.stderr)
    rows = [
        ("learners within a minute", LEARNERS, ""), ("attempts checked and kept", Attempt.objects.exclude(checked_at=None).count(), ""), ("errors", len(errors), ""),
        ("feedback, p50", statistics.median(took), "ms"), ("feedback, p95", statistics.quantiles(took, n=20)[-1], "ms"), ("feedback, longest", max(took), "ms"),
    ]  # fmt: skip
    return [{"database": name, "what": what, "value": round(value, 1), "unit": unit} for what, value, unit in rows]


def _check(slug: str, token: str, boxes: dict[str, str]) -> str:
    """Have a prompt checked; what went wrong, or nothing."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/api/v1/exercises/{slug}/attempts/", json.dumps({"answers": boxes}).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}, method="POST",
    )  # fmt: skip
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return "" if answer.status == 201 else f"status {answer.status}"
    except urllib.error.HTTPError as error:
        return f"status {error.code}: {error.read()[:120]!r}"
    except OSError as error:
        return type(error).__name__


def _wait() -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server does not answer")


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
