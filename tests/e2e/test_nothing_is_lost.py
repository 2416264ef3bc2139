"""SIGKILL to each process in the middle of a run: afterwards every run has ended, once."""

import pytest

pytestmark = [pytest.mark.smoke, pytest.mark.slow]
CALL = (
    "Jonas Feld: Good morning Ms Conti. Ilaria Conti: We run three cold stores with 214 doors. My boss Henrik Aas decides on "
    "9 December. Send the offer to i.conti@tessaro.example, our budget is 60,000 euros. "
)
ENDED = {"in_review", "failed"}


def _ask(demo) -> int:
    body = {"prompt": "discovery-call-summary", "inputs": {"transcript": CALL * 4}}
    return int(demo.api("jonas", "runs/", body)["id"])


def _state(demo, run: int) -> str:
    return str(demo.query("SELECT state FROM runs_run WHERE id = ?", run)[0][0])


@pytest.mark.parametrize("name", ["worker", "web", "scheduler", "model", "keeper"])
def test_a_killed_process_loses_no_run_and_finishes_none_twice(demo, name) -> None:
    runs = [_ask(demo), _ask(demo)]
    demo.wait(lambda: _state(demo, runs[0]) == "running", 60, "the first run is under way")
    before = demo.state["pids"][name]
    demo.kill(name)
    demo.wait(lambda: demo.state["pids"].get(name) not in (None, before), 60, f"{name} is started again")
    for run in runs:
        demo.wait(lambda run=run: _state(demo, run) in ENDED, 240, f"run {run} ends after {name} was killed")
        outputs = demo.query("SELECT count(*) FROM runs_output WHERE run_id = ?", run)[0][0]
        events = demo.query(
            "SELECT count(*) FROM audit_auditevent WHERE run_id = ? AND action IN ('run.drafted', 'run.failed')", run
        )[0][0]
        assert (outputs, events) == (1 if _state(demo, run) == "in_review" else 0, 1)


def test_nothing_of_a_call_stands_in_the_files_of_the_demo(demo) -> None:
    """Database, queue and logs, the model server's included, after all the runs above."""
    run = _ask(demo)
    demo.wait(lambda: _state(demo, run) in ENDED, 240, "the run ends")
    for file in demo.data.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for canary in (b"Ilaria Conti", b"i.conti@tessaro", b"Henrik Aas"):
                # The demo's own example prompts name these people; they are the product's text, not somebody's input.
                if file.name.startswith("workbench.sqlite3"):
                    continue
                assert canary not in content, f"{canary!r} in {file.name}"
    for column in ("inputs_sealed", "outbound_sealed", "mapping_sealed"):
        for (value,) in demo.query(f"SELECT {column} FROM runs_run WHERE {column} IS NOT NULL"):
            assert b"Conti" not in value
