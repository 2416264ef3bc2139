"""Both detectors on the kept texts, one table: quality, speed, memory, load, where the time goes, and throughput of the command."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.pii import corpus


def main() -> dict[str, Any]:
    """Measure both in processes of their own, one core each, and print the table."""
    rows = [json.loads(_run("-m", "bench.pii.quality", name, "kept")) for name in ("ours", "presidio")]
    print("\nFinding personal data: texts nobody tuned on (one core)")
    print(f"{'':<34}{'ours':>12}{'presidio':>12}")
    for name in rows[0]["sets"]:
        for figure in ("recall", "precision"):
            print(f"{name + ', ' + figure:<34}" + "".join(f"{row['sets'][name][figure]:>12.3f}" for row in rows))
    for key, label in (
        ("ms_per_1000_p50", "ms per 1,000 characters, p50"), ("memory_mb", "memory, MB"), ("load_seconds", "load, s")
    ):  # fmt: skip
        print(f"{label:<34}" + "".join(f"{row[key]:>12.1f}" for row in rows))
    print(f"{'time against presidio':<34}{rows[0]['ms_per_1000_p50'] / rows[1]['ms_per_1000_p50']:>12.2f}{1:>12.2f}")
    print("where our time goes: " + ", ".join(f"{stage} {share:.0%}" for stage, share in rows[0]["stages"].items()))
    types = {
        name: {type_: tuple(n) for type_, n in rows[0]["sets"][name]["by_type"].items()} for name in rows[0]["sets"]
    }
    for name, counts in types.items():
        print(f"{name}: " + ", ".join(f"{type_} {covered}/{all_}" for type_, (covered, all_) in counts.items()))
    speed = {jobs: _throughput(jobs) for jobs in (1, 2)}
    print(
        "manage.py scrub --jsonl: "
        + ", ".join(f"--jobs {jobs} {rate:,.0f} characters/s" for jobs, rate in speed.items())
    )
    return {"rows": rows, "characters_per_second": speed}


def _run(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True, env={**os.environ, **environment}
    )
    return done.stdout.strip().splitlines()[-1]


def _throughput(jobs: int) -> float:
    """Characters a second of the command, loading left out by the difference of a short and a long run."""
    texts = [text.text for language in ("en", "de") for text in corpus.read(f"{language}_kept")]
    with tempfile.TemporaryDirectory() as folder:
        seconds = []
        for rounds in (1, 4):
            lines = [json.dumps({"id": n, "text": text}) for n, text in enumerate(texts * rounds)]
            file = Path(folder) / "texts.jsonl"
            file.write_text("\n".join(lines), encoding="utf-8")
            began = time.perf_counter()
            _run("manage.py", "scrub", str(file), "--jsonl", "--jobs", str(jobs), WORKBENCH_DATA_DIR=folder, WORKBENCH_SECRET_KEY="bench", WORKBENCH_DEMO="1")  # fmt: skip
            seconds.append(time.perf_counter() - began)
    return 3 * sum(map(len, texts)) / (seconds[1] - seconds[0])
