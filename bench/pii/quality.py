"""Quality, speed and memory of one detector on the texts, in a process of its own: ``python -m bench.pii.quality ours kept``."""

import argparse
import hashlib
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.pii import corpus, generated
from bench.pii.score import Score

Find = Callable[[str, str], list[tuple[int, int]]]


def ours(adapter: str = "") -> Find:
    """The pipeline as the product runs it, all types on but firms and lone places; ``adapter`` tries another one."""
    from workbench.gateway.pii import LanguageUnsupported, anonymize, model, warm_up

    if adapter:
        model.ADAPTER = Path(adapter).resolve()
        model.ADAPTER_SHA256 = hashlib.sha256(model.ADAPTER.read_bytes()).hexdigest()
    warm_up()

    def find(text: str, language: str) -> list[tuple[int, int]]:
        try:
            result = anonymize({"text": text})
        except LanguageUnsupported:
            # The text would not leave at all.
            return [(0, len(text))]
        return [(finding.start, finding.end) for finding in result.findings["text"]]

    return find


def presidio() -> Find:
    """Presidio as it comes out of its box, with the English model it recommends for speed."""
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    from bench.pii.spacy_model import ensure

    engine = AnalyzerEngine(
        nlp_engine=NlpEngineProvider(
            nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": str(ensure())}]}
        ).create_engine()
    )
    # Dates, firms, places and nationalities are no personal data by our measure; without them it covers less and blackens less.
    entities = [
        e for e in engine.get_supported_entities("en") if e not in {"DATE_TIME", "NRP", "LOCATION", "ORGANIZATION"}
    ]

    def find(text: str, language: str) -> list[tuple[int, int]]:
        return [(found.start, found.end) for found in engine.analyze(text, "en", entities=[*entities, "LOCATION"])]

    return find


def sets(name: str) -> dict[str, Callable[[], list[corpus.Text]]]:
    """Set → its texts."""
    return {
        "English": lambda: corpus.read(f"en_{name}"),
        "German": lambda: corpus.read(f"de_{name}"),
        # Of the development texts every fourth was kept from the training of the adapter.
        "untrained": lambda: [*corpus.read(f"en_{name}")[3::4], *corpus.read(f"de_{name}")[3::4]],
        "sentences": lambda: list(generated.texts(name)),
    }


class _Stages:
    """How the time of our pipeline divides: the model, the pattern recognizers, and everything else."""

    def __init__(self) -> None:
        from workbench.gateway.pii import engine, model

        self.seconds: dict[str, float] = {}
        self._wrap(model.TokenClassifier, "spans", "model")
        self._wrap(engine.FunctionRecognizer, "analyze", "patterns")

    def _wrap(self, owner: Any, name: str, stage: str) -> None:
        inner = getattr(owner, name)

        def timed(*args: Any, **options: Any) -> Any:
            began = time.perf_counter()
            try:
                return inner(*args, **options)
            finally:
                self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - began

        setattr(owner, name, timed)

    def shares(self, total: float) -> dict[str, float]:
        """Stage → share of ``total`` seconds, 0 to 1."""
        known = {stage: seconds / total for stage, seconds in self.seconds.items()}
        return {**known, "rest": 1 - sum(known.values())}


def measure(detector: str, name: str, *, errors: bool = False, only: str = "", adapter: str = "") -> dict[str, Any]:
    """Load the detector, run it over the set, count and time."""
    started = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    find = ours(adapter) if detector == "ours" else presidio()
    find("Anna Keller called.", "en")
    stages = _Stages() if detector == "ours" else None
    load = time.perf_counter() - started
    result: dict[str, Any] = {"detector": detector, "set": name, "load_seconds": load, "sets": {}}
    per_thousand = []
    total = 0.0
    for set_name, read in sets(name).items():
        if (only and only != set_name) or (not only and set_name == "untrained"):
            continue
        texts = read()
        score = Score()
        for text in texts:
            began = time.perf_counter()
            found = find(text.text, text.language)
            seconds = time.perf_counter() - began
            total += seconds
            if len(text.text) > 300:
                per_thousand.append(1000 * seconds / len(text.text) * 1000)
            score.add(text, found)
        result["sets"][set_name] = {
            "texts": len(texts), "recall": score.recall, "precision": score.precision, "by_type": score.by_type(),
        }  # fmt: skip
        if errors:
            print("\n".join(score.errors))
    if stages:
        result["stages"] = stages.shares(total)
    result["ms_per_1000_p50"] = statistics.median(per_thousand) if per_thousand else None
    result["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result["memory_before_mb"] = before / 1024
    return result


def main() -> None:
    """The command line; prints one line of JSON, or the errors where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("detector", choices=("ours", "presidio"))
    parser.add_argument("set", choices=("development", "kept"))
    parser.add_argument(
        "--errors", action="store_true", help="print every miss and every false alarm (development only)"
    )
    parser.add_argument("--only", default="", help="English, German or sentences")
    parser.add_argument("--adapter", default="", help="another adapter than the one in the package")
    options = parser.parse_args()
    if options.errors and options.set == "kept":
        sys.exit("The kept set is looked at for its figure alone.")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(
        json.dumps(
            measure(options.detector, options.set, errors=options.errors, only=options.only, adapter=options.adapter)
        )
    )


if __name__ == "__main__":
    main()
