"""What the gate adds to a provider that costs nothing: time, time to the first piece, calls a second, and memory, whole and streamed.

Requests are of 1,000 and 10,000 characters with personal data in them, none twice; the answer is a text of 400 characters that stands in no
request, so all of it is looked at. Beside it, in the same run: the provider alone, and scrubbing alone.
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.databases import installation, on_both

SIZES, CLIENTS, ANSWER = (1_000, 10_000), (1, 8), 400
ROUNDS = {1_000: 60, 10_000: 24}
GATE, UPSTREAM, WORKERS = 18_541, 18_542, 2
_WORDS = [
    "the",
    "buyer",
    "said",
    "that",
    "our",
    "offer",
    "is",
    "late",
    "and",
    "we",
    "have",
    "to",
    "bring",
    "the",
    "date",
    "forward",
    "before",
    "their",
    "board",
    "meets",
    "about",
    "the",
    "three",
    "cold",
    "stores",
]


def main() -> dict[str, Any]:
    """Both databases, each in a process of its own."""
    rows = on_both("bench.gate")
    print(f"{'database':<12}{'characters':>11}{'clients':>9}{'way':>10}{'bare p50':>10}{'gate p50':>10}{'p95':>8}{'added p50':>11}{'p95':>8}{'first +':>9}{'calls/s':>9}{'bare':>8}{'scrub':>8}{'ratio':>7}")  # fmt: skip
    for row in rows:
        if "clients" in row:
            print(f"{row['database']:<12}{row['characters']:>11,}{row['clients']:>9}{row['way']:>10}{row['bare_p50']:>10.1f}{row['gate_p50']:>10.1f}{row['gate_p95']:>8.1f}{row['added_p50']:>11.1f}{row['added_p95']:>8.1f}{row['first_added_p50']:>9.1f}{row['calls']:>9.1f}{row['bare_calls']:>8.0f}{row['scrub_p50']:>8.1f}{row['ratio']:>7.2f}")  # fmt: skip
        else:
            print(f"{row['database']:<12}memory of all processes of the gate {row['memory_mb']:,.0f} MB ({row['workers']} workers)")  # fmt: skip
    return {"rows": rows}


def text_of(size: int, salt: int) -> str:
    """A text of about this length that no other number gives."""
    parts = [
        f"Note {salt}: Katrin Hollmann{salt} (katrin{salt}@othermail.example, +49 171 {2_000_000 + salt}) has called."
    ]
    while sum(map(len, parts)) + len(parts) < size:
        at = len(parts)
        parts.append(" ".join(_WORDS[(at * 7 + salt + n * (at % 5 + 1)) % len(_WORDS)] for n in range(12)) + ".")
    return " ".join(parts)[:size]


def _call(port: int, token: str, model: str, text: str, *, stream: bool) -> tuple[float, float]:
    """One call over a connection of its own: seconds to the first piece of the answer, and to its end."""
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": text}], "stream": stream}).encode()
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("POST", "/v1/chat/completions", body, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})  # fmt: skip
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {answer.read()[:200]!r}")
    first = 0.0
    while line := answer.readline():
        if not first and b'"content"' in line and b'"content":""' not in line and b'"content": ""' not in line:
            first = time.perf_counter() - began
    connection.close()
    return first, time.perf_counter() - began


def _load(clients: int, rounds: int, call: Callable[[int], tuple[float, float]]) -> tuple[list[float], list[float], float]:  # fmt: skip
    """First pieces and ends in milliseconds, and calls a second, of so many clients at once."""
    firsts: list[float] = []
    ends: list[float] = []
    faults: list[str] = []
    numbers = iter(range(rounds))
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            try:
                first, end = call(number)
            except (OSError, RuntimeError) as error:
                faults.append(repr(error))
                return
            firsts.append(first * 1000)
            ends.append(end * 1000)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(faults[0])
    return firsts, ends, rounds / (time.perf_counter() - began)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def measure(name: str) -> list[dict[str, Any]]:
    pii = os.environ.get("WORKBENCH_PII_MODEL_DIR", str(Path.cwd() / "var" / "models" / "rampart"))
    more = {
        "WORKBENCH_PII_MODEL_DIR": pii, "WORKBENCH_MODEL": "openai:fake", "WORKBENCH_MODEL_BASE_URL": f"http://127.0.0.1:{UPSTREAM}/v1",
        "WORKBENCH_MODEL_API_KEY": "bench", "WORKBENCH_GATE_PERSON_PER_MINUTE": "1000000", "WORKBENCH_GATE_TEAM_PER_MINUTE": "1000000",
    }  # fmt: skip
    with installation(name, **more):
        return _measure(name)


def _measure(name: str) -> list[dict[str, Any]]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from policies.models import Tool
    from policies.scrubbing import house
    from workbench.accounts.models import User
    from workbench.accounts.services import create_token
    from workbench.demo import services

    call_command("migrate", verbosity=0)
    services.load()
    Tool.objects.update(max_concurrent=100)
    token = create_token(actor=User.objects.get(username="jonas"), name="bench")[1]
    scrub: dict[int, float] = {}
    salt = 0
    for size in SIZES:
        times = []
        for _ in range(20):
            salt += 1
            text = text_of(size, 500_000 + salt)
            began = time.perf_counter()
            house().anonymize({"text": text})
            times.append((time.perf_counter() - began) * 1000)
        scrub[size] = statistics.median(times[2:])
    connections.close_all()
    upstream = subprocess.Popen([sys.executable, "-m", "bench.upstream", str(UPSTREAM), str(ANSWER)])
    gunicorn = [
        sys.executable,
        "-m",
        "gunicorn",
        "workbench.asgi",
        "--worker-class",
        "asgi",
        "--workers",
        str(WORKERS),
        "--no-control-socket",
    ]
    gate = subprocess.Popen([*gunicorn, "--bind", f"127.0.0.1:{GATE}", "--log-level", "error"], env=os.environ | {"DJANGO_SETTINGS_MODULE": "workbench.gate_settings"})  # fmt: skip
    rows: list[dict[str, Any]] = []
    model = "activity/challenge-account-plan"
    try:
        _wait(GATE)
        _wait(UPSTREAM)
        for number in range(12):  # Both workers load what they need.
            salt += 1
            _call(GATE, token, model, text_of(1_000, salt), stream=bool(number % 2))
        for size in SIZES:
            for clients in CLIENTS:
                for stream in (False, True):
                    start, salt = salt, salt + ROUNDS[size] + 1
                    # The provider knows no other way than to stream; the gate asks it so for whole answers too.
                    bare = _load(clients, ROUNDS[size], lambda number, start=start, size=size: _call(UPSTREAM, "k", "fake", text_of(size, start + number), stream=True))  # type: ignore[misc]  # fmt: skip
                    mine = _load(clients, ROUNDS[size], lambda number, start=start, size=size, stream=stream: _call(GATE, token, model, text_of(size, start + number), stream=stream))  # type: ignore[misc]  # fmt: skip
                    rows.append({
                        "database": name, "characters": size, "clients": clients, "way": "streamed" if stream else "whole",
                        "bare_p50": statistics.median(bare[1]), "gate_p50": statistics.median(mine[1]), "gate_p95": _p95(mine[1]),
                        "added_p50": statistics.median(mine[1]) - statistics.median(bare[1]), "added_p95": _p95(mine[1]) - _p95(bare[1]),
                        "first_added_p50": statistics.median(mine[0]) - statistics.median(bare[0]), "calls": mine[2], "bare_calls": bare[2],
                        "scrub_p50": scrub[size], "ratio": (statistics.median(mine[1]) - statistics.median(bare[1])) / scrub[size],
                    })  # fmt: skip
        rows.append({"database": name, "memory_mb": _memory(gate.pid), "workers": WORKERS})
    finally:
        for process in (gate, upstream):
            process.terminate()
            process.wait(20)
    return rows


def _memory(pid: int) -> float:
    """Resident memory of a process and its children in MB, shared pages once for each (proportional set size)."""
    pids = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    total = 0
    for one in pids:
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def _wait(port: int) -> None:
    import socket

    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers at port {port}")


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
