"""What it costs to compare a draft with its source: milliseconds for sources of 1,000 and 10,000 words."""

import statistics
import time
from typing import Any

ROUNDS = 15
LINE = "Speaker {n}: we have {n} doors and lost {m} euros in store {k}, on {d}. March our boss Henrik Aas decides about CoolTrack in Bergamo"


def main() -> dict[str, Any]:
    """Print a table and return its figures."""
    from policies.evidence import gather

    draft = "They lost 999,999 euros in store 3. Henrik Aas decides on 9 April.\n" * 15
    result: dict[str, Any] = {}
    print(f"{'words':>8} {'p50 ms':>8} {'worst ms':>9}")
    for words in (1_000, 10_000):
        source = "\n".join(LINE.format(n=n, m=n * 13, k=n % 17, d=n % 28 + 1) for n in range(words // 24 + 1))
        times = []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            assert gather(draft, [source]).open
            times.append((time.perf_counter() - begin) * 1000)
        result[str(words)] = {"p50_ms": round(statistics.median(times), 1), "worst_ms": round(max(times), 1)}
        print(f"{len(source.split()):>8,} {statistics.median(times):>8.1f} {max(times):>9.1f}")
    return result
