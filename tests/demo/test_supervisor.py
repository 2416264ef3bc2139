"""One supervisor: what it refuses in one sentence, what it starts again, and that nothing outlives it."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workbench.demo import supervisor
from workbench.demo.processes import LOG_BYTES, Child, Guard
from workbench.demo.supervisor import CannotStart, Options, Supervisor, listen
from workbench.embedded import fetch

ROOT = Path(__file__).resolve().parents[2]


def _runs(pid: int) -> bool:
    """False for a process that is gone or only waits to be collected."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


def _wait(condition, seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.05)


# Port and data directory


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port} is taken by another program; .* make demo PORT={port + 1}"):
            listen(port)


@pytest.mark.parametrize("port", [-1, 65536])
def test_what_is_not_a_port_is_told(port) -> None:
    with pytest.raises(CannotStart, match="is not a port"):
        listen(port)


def test_port_zero_takes_a_free_one() -> None:
    with listen(0) as listener:
        assert listener.getsockname()[1] > 1023


def test_two_supervisors_never_share_a_data_directory(tmp_path) -> None:
    first, second = (Supervisor(Options(tmp_path / "data"), {}, io.StringIO()) for _ in range(2))
    first._take_data_dir()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    with pytest.raises(CannotStart, match="The demo already runs with the data in"):
        second._take_data_dir()


def test_a_data_directory_that_cannot_be_made_is_told(tmp_path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match=r"The data directory .* cannot be used"):
        Supervisor(Options(tmp_path / "file" / "data"), {}, io.StringIO())._take_data_dir()


# Models


def _models(monkeypatch, tmp_path, choice: str, environment: dict[str, str] | None = None) -> tuple[Path | None, str]:
    monkeypatch.setattr(fetch, "ensure_pii", lambda folder: folder)
    out = io.StringIO()
    found = Supervisor(Options(tmp_path, model=choice), environment or {}, out)._models()
    return found, out.getvalue()


def test_without_a_model_everything_else_starts_and_two_ways_out_are_told(monkeypatch, tmp_path) -> None:
    def unreachable(name: str) -> Path:
        raise fetch.FetchError("The model could not be fetched (no network).")

    monkeypatch.setattr(fetch, "ensure_model", unreachable)
    found, said = _models(monkeypatch, tmp_path, "qwen")
    assert found is None
    assert "The model could not be fetched (no network)." in said
    assert "make demo MODEL=/path/to/model.gguf" in said
    assert "WORKBENCH_MODEL=openai:" in said


def test_a_missing_path_is_told_with_the_two_ways_out(monkeypatch, tmp_path) -> None:
    found, said = _models(monkeypatch, tmp_path, str(tmp_path / "none.gguf"))
    assert found is None
    assert "There is no model file at" in said
    assert "Two ways out" in said


def test_a_path_is_used_as_it_is(monkeypatch, tmp_path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF")
    assert _models(monkeypatch, tmp_path, str(own)) == (own, "")


def test_with_a_provider_no_model_is_fetched(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(fetch, "ensure_model", lambda name: pytest.fail("fetched"))
    found, said = _models(monkeypatch, tmp_path, "qwen", {"WORKBENCH_MODEL": "openai:gpt-4.1-mini"})
    assert found is None
    assert "openai:gpt-4.1-mini" in said


def test_without_the_detection_model_the_start_goes_on(monkeypatch, tmp_path) -> None:
    def unreachable(folder: Path) -> Path:
        raise fetch.FetchError("The detection model could not be fetched (no network).")

    monkeypatch.setattr(fetch, "ensure_pii", unreachable)
    out = io.StringIO()
    Supervisor(Options(tmp_path, model="none"), {}, out)._models()
    assert "every run is refused" in out.getvalue()


# Processes


@pytest.fixture
def guard():
    made = Guard()
    yield made
    made.close()


def _child(guard: Guard, tmp_path: Path, code: str, clock=time.monotonic) -> tuple[Child, list[str]]:
    said: list[str] = []
    child = Child(
        "helper", [sys.executable, "-c", code], os.environ, tmp_path / "helper.log", guard, said.append, clock=clock
    )
    return child, said


def test_a_killed_process_is_started_again_and_its_end_is_told(guard, tmp_path) -> None:
    child, said = _child(guard, tmp_path, "import time; time.sleep(60)")
    child.start()
    first = child.pid
    os.kill(first, signal.SIGKILL)
    _wait(child.look, 5, "started again")
    assert child.pid not in (None, first)
    assert said == [f"The helper ended (signal SIGKILL); it is started again, see {tmp_path / 'helper.log'}."]
    child.ask_to_end()
    child.end_by(time.monotonic() + 5)
    assert child.pid is None


def test_a_process_that_keeps_failing_is_started_ever_more_slowly(guard, tmp_path) -> None:
    now = 0.0
    child, _ = _child(guard, tmp_path, "raise SystemExit(3)", clock=lambda: now)
    child.start()
    pauses = []
    for _ in range(8):
        assert child.process
        child.process.wait()
        began = now
        assert not child.look()
        while not child.look():
            now += 0.25
        pauses.append(now - began)
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]
    child.end_by(now)


def test_a_process_that_does_not_end_is_made_to_with_its_helpers(guard, tmp_path) -> None:
    code = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print(p.pid, flush=True); time.sleep(60)"
    )
    child, _ = _child(guard, tmp_path, code)
    child.start()
    _wait(lambda: child.log.read_text().strip(), 5, "the helper has started")
    helper = int(child.log.read_text())
    child.ask_to_end()
    child.end_by(time.monotonic() + 0.3)
    assert child.pid is None
    _wait(lambda: not _runs(helper), 2, "the helper is gone")


def test_a_log_is_private_and_begun_anew_when_it_is_long(guard, tmp_path) -> None:
    child, _ = _child(guard, tmp_path, "print('hello')")
    child.log.write_bytes(b"x" * (LOG_BYTES + 1))
    child.start()
    assert child.process
    child.process.wait()
    assert child.log.read_text() == "hello\n"
    assert child.log.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "helper.log.1").stat().st_size == LOG_BYTES + 1


def test_the_guard_ends_what_a_killed_supervisor_leaves(tmp_path) -> None:
    code = (
        "import os, pathlib, sys, time\n"
        "from workbench.demo.processes import Child, Guard\n"
        f"child = Child('helper', [sys.executable, '-c', 'import time; time.sleep(60)'], os.environ, "
        f"pathlib.Path({str(tmp_path / 'helper.log')!r}), Guard(), print)\n"
        "child.start(); print(child.pid, flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout
    pid = int(owner.stdout.readline())
    assert _runs(pid)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    _wait(lambda: not _runs(pid), 5, "the process is gone")


# Python


def _python(folder: Path, name: str, answer: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{answer}\n")
    path.chmod(0o755)


def _find_python(folder: Path) -> subprocess.CompletedProcess[str]:
    for tool in ("sh", "sort", "tr", "sed"):
        (folder / tool).symlink_to(Path("/usr/bin") / tool if Path("/usr/bin", tool).exists() else Path("/bin") / tool)
    env = {"PATH": str(folder), "HOME": str(folder)}
    return subprocess.run([str(ROOT / "scripts/find-python")], env=env, capture_output=True, text=True, check=False)


def test_a_shim_that_answers_command_not_found_is_passed_over(tmp_path) -> None:
    _python(tmp_path, "python3.13", "echo 'command not found' >&2; exit 127")
    _python(tmp_path, "python3.12", "echo good /somewhere/python3.12")
    assert _find_python(tmp_path).stdout.strip() == "/somewhere/python3.12"


@pytest.mark.skipif(any(Path("/").glob("opt/*/bin/python3")), reason="another Python is found under /opt")
def test_too_old_a_python_is_one_sentence_with_what_to_install(tmp_path) -> None:
    _python(tmp_path, "python3", "echo old 3.11")
    answer = _find_python(tmp_path)
    if answer.returncode == 0:
        pytest.skip("another Python stands where no test can hide it")
    assert answer.stdout == ""
    assert answer.stderr.startswith("Python 3.12 or newer is needed (found: 3.11")
    assert len(answer.stderr.strip().splitlines()) == 1


def test_a_python_without_venv_names_the_package(tmp_path) -> None:
    _python(tmp_path, "python3", "echo bare 3.12")
    answer = _find_python(tmp_path)
    if answer.returncode == 0:
        pytest.skip("another Python stands where no test can hide it")
    assert "apt-get install python3.12-venv" in answer.stderr


# The whole


@pytest.fixture
def demo(tmp_path):
    """``make demo MODEL=none`` without make."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("WORKBENCH_", "DJANGO_"))}
    command = [sys.executable, "-m", "workbench.demo.supervisor", "--data-dir", str(tmp_path / "data"), "--port", "0"]
    with (tmp_path / "out").open("wb") as out:
        process = subprocess.Popen(
            [*command, "--model", "none", "--no-open"], cwd=ROOT, env=env, stdout=out, stderr=out
        )
    try:
        _wait(
            (tmp_path / "data" / "run.json").exists,
            supervisor.READY_SECONDS + 30,
            lambda: (tmp_path / "out").read_text(),
        )
        yield process, tmp_path
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(15)


@pytest.mark.slow
def test_the_address_and_the_people_are_told_and_a_signal_ends_everything(demo) -> None:
    process, folder = demo
    run = json.loads((folder / "data" / "run.json").read_text())
    assert set(run["pids"]) == {"supervisor", "web", "gate", "worker", "scheduler", "keeper"}
    said = (folder / "out").read_text()
    assert f"The workbench is open at {run['url']}" in said
    assert "Marit Solheim" in said
    for name in ("secret.key", "keyring"):
        file = folder / "data" / name
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.read_text().strip() not in said
    began = time.monotonic()
    process.terminate()
    assert process.wait(15) == 0
    assert time.monotonic() - began < 10
    assert not [pid for pid in run["pids"].values() if _runs(pid)]
    assert not (folder / "data" / "run.json").exists()


@pytest.mark.slow
def test_nothing_outlives_a_killed_supervisor(demo) -> None:
    process, folder = demo
    run = json.loads((folder / "data" / "run.json").read_text())
    process.kill()
    process.wait()
    _wait(lambda: not [pid for pid in run["pids"].values() if _runs(pid)], 10, "everything has ended")
