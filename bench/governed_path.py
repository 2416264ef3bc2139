"""The whole governed path without the model, as a multiple of scrubbing alone.

policy → scrub → store → queue → worker → guard → stub provider on loopback → restore → checks → output and log, from the
request until the output is stored. A real worker process, a real broker: files with SQLite, Redis with PostgreSQL.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.databases import installation, on_both

REDIS = os.environ.get("WORKBENCH_TEST_BROKER_URL", "redis://127.0.0.1:6379/9")
SIZES = (1_000, 10_000)
ROUNDS = {1_000: 40, 10_000: 15}
LINES = (
    "Jonas Feld: Good morning, how did the audit of the cold store go?",
    "Ilaria Conti: We found three doors that stay open at night, my colleague Henrik Aas has the list.",
    "Jonas Feld: What did it cost you last year?",
    "Ilaria Conti: About 38,000 euros. Write to i.conti@tessaro.example or call +39 035 555 0142.",
    "Jonas Feld: Then let us start with one site before the winter and measure for six weeks.",
    "Ilaria Conti: Our IT does not want new cables, and the insurance asks for a plan by 15 January.",
)


def text_of(size: int, salt: int) -> str:
    """A dialogue of ``size`` characters; the salt keeps two rounds from being the same text."""
    lines: list[str] = [f"Meeting number {salt} about cold stores."]
    while sum(map(len, lines)) + len(lines) < size:
        lines.append(LINES[(len(lines) + salt) % len(LINES)])
    return "\n".join(lines)[:size]


def main() -> dict[str, Any]:
    """Both databases, each in a process of its own, so that neither warms the other's caches."""
    rows = on_both("bench.governed_path")
    print("\nThe governed path without the model (milliseconds)")
    print(
        f"{'database':<12}{'broker':<12}{'characters':>11}{'scrub p50':>11}{'path p50':>10}{'path p95':>10}{'x p50':>8}{'x p95':>8}"
    )
    for row in rows:
        print(
            f"{row['database']:<12}{row['broker']:<12}{row['characters']:>11,}{row['scrub_p50']:>11.1f}{row['path_p50']:>10.1f}"
            f"{row['path_p95']:>10.1f}{row['multiple_p50']:>8.2f}{row['multiple_p95']:>8.2f}"
        )
    if rows:
        print(f"web process with the detector loaded: {rows[0]['memory_mb']:.0f} MB")
    return {"rows": rows}


def measure(name: str) -> list[dict[str, Any]]:
    """Measure one database in this process, with a worker beside it."""
    more = {"WORKBENCH_BROKER_URL": REDIS if name == "postgresql" else "", "WORKBENCH_MODEL": "openai:stub", "WORKBENCH_MODEL_API_KEY": "bench"}  # fmt: skip
    with installation(name, **more) as folder:
        from tests.support.provider import serve

        with serve() as provider:
            os.environ["WORKBENCH_MODEL_BASE_URL"] = provider.url
            return _measured(name, folder)


def _measured(name: str, folder: str) -> list[dict[str, Any]]:
    import django

    django.setup()
    from django.core.management import call_command

    from policies.models import PromptVersion
    from workbench.accounts.models import User
    from workbench.demo.services import load
    from workbench.gateway.pii import anonymize
    from workbench.runs import services
    from workbench.runs.models import Run

    call_command("migrate", verbosity=0)
    load()
    actor = User.objects.get(username="jonas")
    version = PromptVersion.objects.select_related("prompt__activity").get(prompt__slug="discovery-call-summary")
    log = (Path(folder) / "worker.log").open("wb")
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "workbench", "worker", "--pool=threads", "--concurrency=2", "--loglevel=ERROR",
         "--without-gossip", "--without-mingle", "--without-heartbeat"],
        stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip

    def finish(text: str) -> float:
        started = time.perf_counter()
        run = services.submit_run(actor=actor, prompt_version=version, inputs={"transcript": text})
        while Run.objects.filter(pk=run.pk, state__in=("queued", "running")).exists():
            if time.perf_counter() - started > 60:
                sys.exit(f"The worker did not finish: {(Path(folder) / 'worker.log').read_text()[-300:]}")
            time.sleep(0.002)
        return time.perf_counter() - started

    rows = []
    try:
        for salt in range(3):
            finish(text_of(1_000, salt))
        for size in SIZES:
            scrubs, paths = [], []
            for salt in range(ROUNDS[size]):
                text = text_of(size, salt)
                # Another one of the same length: what was looked at once is remembered.
                other = text_of(size, salt + 1_000)
                started = time.perf_counter()
                anonymize({"transcript": other})
                scrubs.append(time.perf_counter() - started)
                paths.append(finish(text))
            scrub = statistics.median(scrubs)
            rows.append(
                {
                    "database": name,
                    "broker": urlsplit(REDIS).scheme if name == "postgresql" else "files",
                    "characters": size,
                    "scrub_p50": scrub * 1000,
                    "path_p50": statistics.median(paths) * 1000,
                    "path_p95": _p95(paths) * 1000,
                    "multiple_p50": statistics.median(paths) / scrub,
                    "multiple_p95": _p95(paths) / _p95(scrubs),
                    "memory_mb": _memory_mb(),
                }
            )
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(20)
    return rows


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def _memory_mb() -> float:
    """Resident memory of this process, which has loaded what the web process loads."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1048576


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
