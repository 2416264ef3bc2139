"""The embedded model's process: a key, the OpenAI protocol, nothing in its log, and an end with its parent."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from workbench.embedded import fetch, server

ROOT = Path(__file__).resolve().parents[2]
CANARY = "Zwetschkenbaum-4711"


def test_the_key_file_is_made_once_and_for_its_owner_only(tmp_path) -> None:
    path = tmp_path / "keys" / "model.key"
    key = server.ensure_key(path)
    assert len(key) >= 40
    assert path.stat().st_mode & 0o777 == 0o600
    assert server.ensure_key(path) == key


def test_one_core_stays_free(monkeypatch) -> None:
    monkeypatch.setattr(server, "cores", lambda: 8)
    assert server.threads() == 7
    monkeypatch.setattr(server, "cores", lambda: 1)
    assert server.threads() == 1


def test_a_missing_model_file_is_told(tmp_path, capsys) -> None:
    missing = str(tmp_path / "none.gguf")
    assert server.main(["--gguf", missing, "--port", "0", "--key-file", str(tmp_path / "key")]) == 1
    assert "There is no model file at" in capsys.readouterr().err


def test_a_file_that_is_no_model_is_told(tmp_path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\0" * 100)
    command = [sys.executable, "-m", "workbench.embedded.server", "--gguf", str(broken), "--port", "0"]
    answer = subprocess.run([*command, "--key-file", str(tmp_path / "key")], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 1
    assert f"The model {broken} cannot be served" in answer.stderr


class Running:
    """A server with the small model on a free port."""

    def __init__(self, folder: Path) -> None:
        from workbench.demo.supervisor import free_port

        self.log = folder / "model.log"
        self.key_file = folder / "model.key"
        self.url = f"http://127.0.0.1:{free_port()}"
        gguf = fetch.ensure_model("small")
        port = self.url.rpartition(":")[2]
        self.command = [sys.executable, "-m", "workbench.embedded.server", "--gguf", str(gguf), "--port", port]
        self.command += ["--key-file", str(self.key_file), "--context", "2048", "--name", "small"]

    def wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        pytest.fail(self.log.read_text())

    def call(self, body: bytes | dict, key: str | None = None):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {key or self.key_file.read_text().strip()}",
        }
        request = urllib.request.Request(f"{self.url}/v1/chat/completions", data=content, headers=headers)
        return urllib.request.urlopen(request, timeout=60)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    made = Running(tmp_path_factory.mktemp("model"))
    with made.log.open("wb") as log:
        process = subprocess.Popen(made.command, cwd=ROOT, stdout=log, stderr=log)
    made.wait()
    yield made
    process.terminate()
    assert process.wait(5) == 0


def _ask(text: str, **more) -> dict:
    return {"model": "small", "messages": [{"role": "user", "content": text}], "max_tokens": 12, **more}


@pytest.mark.smoke
@pytest.mark.parametrize("key", ["wrong", " "])
def test_without_the_key_the_model_does_not_answer(running, key) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        running.call(_ask("Hello"), key=key)
    assert refused.value.code == 401
    refused.value.close()


@pytest.mark.smoke
def test_the_answer_comes_in_pieces(running) -> None:
    # The likeliest words, so that chance does not make the answer one word long.
    asked = _ask("Count from one to ten in words.", stream=True) | {"temperature": 0}
    with running.call(asked) as answer:
        lines = [line.decode().strip() for line in answer if line.startswith(b"data:")]
    assert lines[-1] == "data: [DONE]"
    assert len(lines) > 5


@pytest.mark.smoke
def test_an_answer_obeys_its_schema(running) -> None:
    schema = {
        "type": "object",
        "properties": {"stage": {"type": "string", "enum": ["open", "closed"]}, "doors": {"type": "boolean"}},
        "required": ["stage", "doors"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "json_schema": {"name": "fields", "strict": True, "schema": schema}}
    with running.call(_ask("Fill in.", response_format=form) | {"max_tokens": 60}) as answer:
        content = json.loads(json.load(answer)["choices"][0]["message"]["content"])
    assert content["stage"] in {"open", "closed"}
    assert isinstance(content["doors"], bool)


@pytest.mark.smoke
def test_nothing_of_what_was_asked_stands_in_the_log(running) -> None:
    running.call(_ask(f"Write about {CANARY}.")).close()
    with pytest.raises(urllib.error.HTTPError) as refused:
        running.call(f'{{"broken {CANARY}'.encode())
    refused.value.close()
    with pytest.raises(urllib.error.HTTPError) as too_long:
        running.call(_ask(f"{CANARY} " * 2000))
    too_long.value.close()
    log = running.log.read_text()
    assert CANARY not in log
    assert running.key_file.read_text().strip() not in log


@pytest.mark.smoke
def test_the_process_ends_with_the_one_that_started_it(tmp_path) -> None:
    made = Running(tmp_path)
    starter = (
        f"import subprocess, time; p = subprocess.Popen({made.command!r}); print(p.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", starter], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    made.wait()
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 5
    while time.monotonic() < until and _runs(pid):
        time.sleep(0.1)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    """False for a process that is gone or only waits to be collected."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")
