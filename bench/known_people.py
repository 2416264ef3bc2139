"""What it costs to know 100,000 people and firms: time of scrubbing with and without them, on the same texts in one run."""

import random
import statistics
import time
from typing import Any

from bench.governed_path import text_of

ENTRIES = 100_000
ROUNDS = {1_000: 40, 10_000: 12}
_FIRST = [
    "an",
    "bel",
    "cor",
    "dar",
    "el",
    "fin",
    "gar",
    "hil",
    "is",
    "jor",
    "kat",
    "lin",
    "mar",
    "nor",
    "os",
    "pet",
    "quin",
    "ros",
    "sil",
    "tam",
    "ur",
    "vil",
    "wen",
    "xan",
    "yor",
    "zel",
]
_LAST = [
    "berg",
    "dahl",
    "feld",
    "gard",
    "heim",
    "kamp",
    "lund",
    "mann",
    "nau",
    "ow",
    "quist",
    "roth",
    "stein",
    "thal",
    "vik",
    "wald",
    "zorn",
    "ski",
    "vic",
    "ides",
]


def entries() -> list[Any]:
    """Invented people with addresses and numbers, and firms' domains; the same ones every time."""
    from workbench.gateway.pii import KnownEntity

    chance = random.Random(7)

    def word() -> str:
        return (chance.choice(_FIRST) + chance.choice(_FIRST) + chance.choice(_LAST)).capitalize()

    found = []
    for number in range(ENTRIES // 4):
        first, last = word(), word()
        found += [
            KnownEntity(f"{first} {last}"),
            KnownEntity(f"{first}.{last}@{word()}.example", "EMAIL"),
            KnownEntity(f"+49 {chance.randrange(10**9, 10**10)}", "PHONE"),
            KnownEntity(f"{word()}{number} GmbH", "ORG"),
        ]
    return found


def main() -> dict[str, Any]:
    from workbench.gateway.pii import DEFAULT_TYPES, NOBODY, KnownIndex, anonymize, warm_up

    warm_up()
    made = entries()
    started = time.perf_counter()
    index = KnownIndex(made)
    built = time.perf_counter() - started
    rows = []
    print(f"\nKnowing {len(index):,} entries (built in {built:.2f} s)")
    print(f"{'characters':>11}{'without ms':>12}{'with ms':>10}{'ratio':>8}{'index alone ms':>16}")
    for size, rounds in ROUNDS.items():
        without: list[float] = []
        with_: list[float] = []
        alone: list[float] = []
        for salt in range(rounds):
            # Two of the same length: what was looked at once is remembered.
            for known, times, turn in ((NOBODY, without, 0), (index, with_, 1_000)):
                texts = {"text": text_of(size, salt + turn)}
                started = time.perf_counter()
                anonymize(texts, known=known)
                times.append(time.perf_counter() - started)
            started = time.perf_counter()
            list(index.find(texts["text"], DEFAULT_TYPES))
            alone.append(time.perf_counter() - started)
        row = [1000 * statistics.median(times) for times in (without, with_, alone)]
        rows.append({"characters": size, "without_ms": row[0], "with_ms": row[1], "ratio": row[1] / row[0], "index_ms": row[2]})  # fmt: skip
        print(f"{size:>11,}{row[0]:>12.1f}{row[1]:>10.1f}{row[1] / row[0]:>8.2f}{row[2]:>16.2f}")
    return {"entries": len(index), "build_seconds": built, "rows": rows}
