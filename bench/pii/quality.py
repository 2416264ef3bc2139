"""Quality, speed and memory of one detector on the texts, in a process of its own: ``python -m bench.pii.quality ours kept``."""

import argparse
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.pii import corpus, generated
from bench.pii.score import Score

Find = Callable[[str, str], list[tuple[int, int]]]


def ours() -> Find:
    """The pipeline as the product runs it, all types on but firms and lone places."""
    from workbench.gateway.pii import LanguageUnsupported, anonymize, warm_up

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
    from bench.pii.spacy_model import ensure
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    engine = AnalyzerEngine(
        nlp_engine=NlpEngineProvider(
            nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": str(ensure())}]}
        ).create_engine()
    )
    # Dates, firms, places and nationalities are no personal data by our measure; without them it covers less and blackens less.
    entities = [e for e in engine.get_supported_entities("en") if e not in {"DATE_TIME", "NRP", "LOCATION", "ORGANIZATION"}]

    def find(text: str, language: str) -> list[tuple[int, int]]:
        return [(found.start, found.end) for found in engine.analyze(text, "en", entities=[*entities, "LOCATION"])]

    return find


def sets(name: str) -> dict[str, Callable[[], list[corpus.Text]]]:
    """Set → its texts."""
    return {
        "English": lambda: corpus.read(f"en_{name}"),
        "German": lambda: corpus.read(f"de_{name}"),
        "sentences": lambda: list(generated.texts(name)),
    }


def measure(detector: str, name: str, *, errors: bool = False, only: str = "") -> dict[str, Any]:
    """Load the detector, run it over the set, count and time."""
    started = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    find = {"ours": ours, "presidio": presidio}[detector]()
    find("Anna Keller called.", "en")
    load = time.perf_counter() - started
    result: dict[str, Any] = {"detector": detector, "set": name, "load_seconds": load, "sets": {}}
    per_thousand = []
    for set_name, read in sets(name).items():
        if only and only != set_name:
            continue
        texts = read()
        score = Score()
        for text in texts:
            began = time.perf_counter()
            found = find(text.text, text.language)
            seconds = time.perf_counter() - began
            if len(text.text) > 300:
                per_thousand.append(1000 * seconds / len(text.text) * 1000)
            score.add(text, found)
        result["sets"][set_name] = {
            "texts": len(texts), "recall": score.recall, "precision": score.precision, "by_type": score.by_type(),
        }  # fmt: skip
        if errors:
            print("\n".join(score.errors))
    result["ms_per_1000_p50"] = statistics.median(per_thousand) if per_thousand else None
    result["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result["memory_before_mb"] = before / 1024
    return result


def main() -> None:
    """The command line; prints one line of JSON, or the errors where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("detector", choices=("ours", "presidio"))
    parser.add_argument("set", choices=("development", "kept"))
    parser.add_argument("--errors", action="store_true", help="print every miss and every false alarm (development only)")
    parser.add_argument("--only", default="", help="English, German or sentences")
    options = parser.parse_args()
    if options.errors and options.set == "kept":
        sys.exit("The kept set is looked at for its figure alone.")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(json.dumps(measure(options.detector, options.set, errors=options.errors, only=options.only)))


if __name__ == "__main__":
    main()
