"""Judge every prompt of the corpus and compare with the labels."""

import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CORPUS = Path(__file__).parent / "corpus"
ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "training" / "catalogue"
CRITERIA = ("role", "task", "reader", "form", "material", "gaps", "knowable", "people", "personal")
LANGUAGES, PARTS = ("en", "de"), ("development", "more", "kept")
SECOND = "second"
"""Labels of the kept part by somebody who did not see the first: how well two who label agree is the most that can be asked of the judge."""


def weighted_kappa(one: Sequence[int], other: Sequence[int], levels: int = 3) -> float:
    """Cohen's kappa with quadratic weights; 1.0 where both say the same of everything."""
    count = len(one)
    seen = [
        [sum(a == i and b == j for a, b in zip(one, other, strict=True)) for j in range(levels)] for i in range(levels)
    ]
    rows, columns = [sum(row) for row in seen], [sum(column) for column in zip(*seen, strict=True)]
    weight = [[(i - j) ** 2 / (levels - 1) ** 2 for j in range(levels)] for i in range(levels)]
    pairs = [(i, j) for i in range(levels) for j in range(levels)]
    chance = sum(weight[i][j] * rows[i] * columns[j] / count for i, j in pairs)
    return 1 - sum(weight[i][j] * seen[i][j] for i, j in pairs) / chance if chance else 1.0


def items_of(language: str, part: str) -> list[dict[str, Any]]:
    """The labelled prompts of one part."""
    found: list[dict[str, Any]] = yaml.safe_load((CORPUS / f"{language}_{part}.yaml").read_text(encoding="utf-8"))[
        "items"
    ]
    return found


@cache
def exercise(language: str, slug: str) -> Any:
    """An exercise of the catalogue as an unsaved version, as the pages judge it."""
    from training.exercisefile import read
    from training.models import Exercise, ExerciseVersion

    file = read((CATALOGUE / language / f"{slug}.yaml").read_text(encoding="utf-8"))
    needs = dict.fromkeys(CRITERIA, 1)
    return ExerciseVersion(
        exercise=Exercise(slug=slug, language=language),
        kind="prompt",
        content=file.content | {"needs": needs, "boxes": ["role", "goal", "information", "limits", "form"]},
    )


def levels_of(language: str, item: dict[str, Any]) -> dict[str, int]:
    """What the judge says: criterion → level."""
    from training.feedback import judgements

    return {
        one.criterion: one.level if one.level is not None else 2
        for one in judgements(exercise(language, item["exercise"]), item["boxes"])
    }


def main() -> dict[str, Any]:
    """Agreement by part, language and criterion, and how long a judgement takes."""
    with tempfile.TemporaryDirectory(prefix="workbench-bench-") as folder:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="workbench.settings", WORKBENCH_DATA_DIR=folder, WORKBENCH_SECRET_KEY="bench", WORKBENCH_DEMO="1",
            WORKBENCH_PII_MODEL_DIR=os.environ.get("WORKBENCH_PII_MODEL_DIR", str(ROOT / "var" / "models" / "rampart")),
            WORKBENCH_DATABASE_URL=f"sqlite:///{folder}/bench.sqlite3",
        )  # fmt: skip
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        return _measure()


def _measure() -> dict[str, Any]:
    rows, took = [], []
    parts = [part for part in PARTS if part in os.environ.get("WORKBENCH_BENCH_PARTS", ",".join(PARTS)).split(",")]
    for part in parts:
        for language in LANGUAGES:
            items, said = items_of(language, part), []
            for item in items:
                begin = time.perf_counter()
                said.append(levels_of(language, item))
                took.append((time.perf_counter() - begin) * 1000)
            rows.append(_row(part, language, [item["labels"] for item in items], said))
    for language in LANGUAGES:
        first = {item["id"]: item["labels"] for item in items_of(language, "kept")}
        second = {item["id"]: item["labels"] for item in items_of(language, SECOND)}
        both = sorted(first.keys() & second.keys())
        rows.append(_row(SECOND, language, [first[one] for one in both], [second[one] for one in both]))
    print(f"a judgement: p50 {statistics.median(took):.0f} ms, p95 {statistics.quantiles(took, n=20)[-1]:.0f} ms")
    return {
        "rows": rows,
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(statistics.quantiles(took, n=20)[-1], 1),
    }


def _row(part: str, language: str, labels: Sequence[dict[str, int]], said: Sequence[dict[str, int]]) -> dict[str, Any]:
    """Agreement criterion by criterion, their mean, and of all labels together."""

    def column(levels: Sequence[dict[str, int]], *criteria: str) -> list[int]:
        return [one[criterion] for one in levels for criterion in criteria]

    kappas = {name: round(weighted_kappa(column(labels, name), column(said, name)), 3) for name in CRITERIA}
    mean, pooled = statistics.mean(kappas.values()), weighted_kappa(column(labels, *CRITERIA), column(said, *CRITERIA))
    each = "  ".join(f"{name} {kappas[name]:.2f}" for name in CRITERIA)
    print(f"{part:<12}{language} {len(labels):>4}  mean {mean:.2f}  pooled {pooled:.2f}  {each}")
    return {"part": part, "language": language, "prompts": len(labels), **kappas, "mean": round(mean, 3), "pooled": round(pooled, 3)}  # fmt: skip
