"""What a decision costs with 1, 100 and 10,000 activities: milliseconds and queries, on SQLite."""

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

SIZES = (1, 100, 10_000)
ROUNDS = 400


def main() -> dict[str, Any]:
    """Print a table and return its figures."""
    folder = Path(tempfile.mkdtemp())
    key = folder / "model.key"
    key.write_text("none", encoding="utf-8")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "WORKBENCH_DATA_DIR": str(folder),
        "WORKBENCH_DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "WORKBENCH_EMBEDDED_URL": "http://127.0.0.1:1/v1",
        "WORKBENCH_EMBEDDED_KEY_FILE": str(key),
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from policies import mapfile
    from policies.mapfile.form import ACTIVITY, whole
    from policies.models import Activity
    from policies.services import decide
    from workbench.accounts.models import User
    from workbench.demo import services

    call_command("migrate", verbosity=0)
    services.load()
    leader, rep = User.objects.get(username="marit"), User.objects.get(username="jonas")
    assert rep.role_names
    activity = Activity.objects.get(slug="summarise-discovery-call")
    result: dict[str, Any] = {}
    print(f"{'activities':>12} {'p50 ms':>8} {'p95 ms':>8} {'queries':>8}")
    for size in SIZES:
        missing = size - Activity.objects.count()
        policy: dict[str, Any] = {
            "category": "human_only",
            "rationale": "Because it was decided so.",
            "accountable": "marit",
            "tool": None,
            "control_points": {},
            "state": "in_force",
        }
        rows = [
            whole(
                {
                    "slug": f"more-{size}-{n}",
                    "name": f"More {n}",
                    "stage": "Proposal",
                    "traits": ["repeatable"],
                    "policy": policy,
                },
                ACTIVITY,
            )
            for n in range(missing)
        ]
        if rows:
            mapfile.import_map(
                actor=leader,
                file=mapfile.MapFile(
                    {"stages": [], "tools": [], "activities": rows, "prompts": []}, {}, f"bench-{size}"
                ),
            )
        times = []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            assert decide(actor=rep, activity=activity).category
            times.append((time.perf_counter() - begin) * 1000)
        with CaptureQueriesContext(connection) as asked:
            decide(actor=rep, activity=activity)
        p50, p95 = statistics.median(times), sorted(times)[int(ROUNDS * 0.95)]
        result[str(size)] = {"p50_ms": round(p50, 2), "p95_ms": round(p95, 2), "queries": len(asked)}
        print(f"{max(size, Activity.objects.count()):>12,} {p50:>8.2f} {p95:>8.2f} {len(asked):>8}")
    return result
