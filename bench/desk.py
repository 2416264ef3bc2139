"""The review desk with 100 and 10,000 drafts in the queue: milliseconds and queries of a page, on SQLite and PostgreSQL."""

import json
import statistics
import sys
import time
from copy import copy
from typing import Any

from bench.databases import installation, on_both

SIZES = (100, 10_000)
ROUNDS = 30


def main() -> dict[str, Any]:
    """Both databases, each in a process of its own."""
    rows = on_both("bench.desk")
    print(f"{'database':<12}{'drafts':>8}{'p50 ms':>9}{'p95 ms':>9}{'queries':>9}")
    for row in rows:
        print(f"{row['database']:<12}{row['drafts']:>8,}{row['p50_ms']:>9.1f}{row['p95_ms']:>9.1f}{row['queries']:>9}")
    return {"rows": rows}


def measure(name: str) -> list[dict[str, Any]]:
    """Fill the queue and open the first draft, again and again, as a reviewer."""
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
    from workbench.privacy.models import DataKey
    from workbench.runs.models import Output, Run

    call_command("migrate", verbosity=0)
    services.load()
    version = PromptVersion.objects.select_related("prompt__activity").get(
        prompt__slug="discovery-call-summary", number=1
    )
    policy = version.prompt.activity.policy_versions.deciding().get()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username="aylin"), backend="django.contrib.auth.backends.ModelBackend")
    rows, there = [], 0
    for size in SIZES:
        template = Run(
            requester=User.objects.get(username="jonas"), activity=version.prompt.activity, policy_version=policy, prompt_version=version,
            tool=policy.tool, category=policy.category, state="in_review", due_at=timezone.now(), data_key=DataKey.make(),
        )  # fmt: skip
        template.inputs = {"transcript": "Ilaria Conti: We run three cold stores with 214 doors.\n" * 40}
        template.mapping = {}
        Run.objects.bulk_create([copy(template) for _ in range(size - there)], batch_size=1000)
        there = size
        first = Run.objects.order_by("due_at", "id")[0]
        if not Output.objects.filter(run=first).exists():
            output = Output(run=first, data_key=first.data_key, draft_sha256="0" * 64, model="bench")
            output.raw = output.draft = "They run 214 doors. They lost 999 euros. " * 10
            output.checks = []
            output.save()
        connection.cursor().execute("ANALYZE")
        times = []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            answer = client.get(f"/desk/{first.pk}/")
            times.append((time.perf_counter() - begin) * 1000)
            assert answer.status_code == 200
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/desk/{first.pk}/")
        rows.append({
            "database": name, "drafts": size, "p50_ms": round(statistics.median(times), 1), "p95_ms": round(sorted(times)[int(ROUNDS * 0.95)], 1),
            "queries": len(asked),
        })  # fmt: skip
    return rows


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
