"""Run the benchmarks: ``python -m bench [name …]``."""

import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import decide, desk, evidence, gate, governed_path, judge, known_people, learners, requests, seal
from bench.pii import table

ALL = {
    "governed_path": governed_path.main, "pii": table.main, "known_people": known_people.main, "decide": decide.main, "evidence": evidence.main, "desk": desk.main, "seal": seal.main, "requests": requests.main, "judge": judge.main, "learners": learners.main, "gate": gate.main,
}  # fmt: skip


def main() -> None:
    """Run what is named, or everything; print tables; write one JSON file."""
    names = sys.argv[1:] or list(ALL)
    if unknown := [name for name in names if name not in ALL]:
        sys.exit(f"Unknown: {', '.join(unknown)}. There are: {', '.join(ALL)}.")
    results = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        **{name: ALL[name]() for name in names},
    }
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    file = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    file.write_text(json.dumps(results, indent=2), encoding="utf-8")
    print(f"\nwritten to {file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file}")


if __name__ == "__main__":
    main()
