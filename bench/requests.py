"""Requests and retention over 1,000 and 100,000 records: milliseconds and queries of the pages, and of erasing thirty records."""

import json
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from copy import copy
from datetime import timedelta
from typing import Any

from bench.databases import installation, on_both

SIZES = (1_000, 100_000)
ROUNDS, THEIRS, NAMES = 15, 30, 3


def main() -> dict[str, Any]:
    """Both databases, each in a process of its own."""
    rows = on_both("bench.requests")
    print(f"{'database':<12}{'records':>9}  {'what':<46}{'p50 ms':>9}{'queries':>9}")
    for row in rows:
        print(f"{row['database']:<12}{row['records']:>9,}  {row['what']:<46}{row['p50_ms']:>9.1f}{row['queries']:>9}")
    return {"rows": rows}


def measure(name: str) -> list[dict[str, Any]]:
    """Fill the records, and ask as compliance does."""
    with installation(name):
        return _measure(name)


def _measure(name: str) -> list[dict[str, Any]]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from policies.models import PromptVersion
    from workbench.accounts.models import User
    from workbench.demo import services
    from workbench.privacy import requests
    from workbench.privacy.models import DataKey, SubjectMark
    from workbench.privacy.subjects import find_subject, mark_subjects
    from workbench.runs.models import Run

    call_command("migrate", verbosity=0)
    services.load()
    version = PromptVersion.objects.select_related("prompt__activity").get(prompt__slug="discovery-call-summary", number=1)  # fmt: skip
    policy = version.prompt.activity.policy_versions.deciding().get()
    petra = User.objects.get(username="petra")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(petra, backend="django.contrib.auth.backends.ModelBackend")
    rows: list[dict[str, Any]] = []
    there = 0
    now = timezone.now()

    def fill(size: int) -> None:
        """Runs that ended, half of them eight months ago, each naming three people of whom nobody asks."""
        template = Run(
            requester=User.objects.get(username="jonas"), activity=version.prompt.activity, policy_version=policy, prompt_version=version,
            tool=policy.tool, category=policy.category, state="rejected",
        )  # fmt: skip
        key = DataKey.make()
        for start in range(there, size, 5_000):
            keys = [DataKey(ring_key_id=key.ring_key_id, wrapped=key.wrapped) for _ in range(min(5_000, size - start))]
            DataKey.objects.bulk_create(keys, batch_size=1000)
            runs = []
            for number, one in enumerate(keys):
                run = copy(template)
                run.data_key, run.finished_at = one, now - timedelta(days=240 if number % 2 else 20)
                runs.append(run)
            Run.objects.bulk_create(runs, batch_size=1000)
            marks = [SubjectMark(data_key=one, digest=secrets.token_bytes(32)) for one in keys for _ in range(NAMES * 3)]  # fmt: skip
            SubjectMark.objects.bulk_create(marks, batch_size=2000)
        for run in Run.objects.select_related("data_key").order_by("-id")[: 0 if there else THEIRS]:
            mark_subjects(run.data_key, [("name", "Ilaria Conti"), ("email", "i.conti@tessaro.example")])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def add(what: str, act: Callable[[], Any], rounds: int = ROUNDS) -> None:
        times = []
        for _ in range(rounds):
            begin = time.perf_counter()
            act()
            times.append((time.perf_counter() - begin) * 1000)
        with CaptureQueriesContext(connection) as asked:
            act()
        rows.append({"database": name, "records": size, "what": what, "p50_ms": round(statistics.median(times), 1), "queries": len(asked)})  # fmt: skip

    def found() -> None:
        answer = client.post("/privacy/requests/found/", {"who": "Ilaria Conti"})
        assert f"Occurs in {THEIRS} records".encode() in answer.content

    def erase() -> None:
        """Thirty records, put back each time."""
        keys = find_subject("Ilaria Conti")["whole"]
        kept = {key.pk: bytes(key.wrapped) for key in DataKey.objects.filter(pk__in=keys)}
        marks = list(SubjectMark.objects.filter(data_key__in=keys))
        requests.erase_subject(actor=petra, keys=keys, reference="Letter 7")
        DataKey.objects.filter(pk__in=keys).update(wrapped=next(iter(kept.values())), destroyed_at=None)
        SubjectMark.objects.bulk_create([SubjectMark(data_key_id=m.data_key_id, digest=m.digest) for m in marks])

    for size in SIZES:
        fill(size)
        there = size
        add("page of requests", lambda: client.get("/privacy/requests/"))
        add("find a person of 30 records", found)
        add("erase them (and put them back)", erase, 5)
        add("page of retention, half may go", lambda: client.get("/privacy/retention/"), 5)
    return rows


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
