"""A running gate: the demo company in a database of its own, pages, gate and worker as processes, and a provider on loopback."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.support.provider import Provider, serve

ROOT = Path(__file__).resolve().parents[2]
SETUP = """
import json, sys
from policies.models import Tool
from workbench.accounts.models import User
from workbench.accounts.services import create_token
Tool.objects.update(max_concurrent=300)
print(json.dumps({name: create_token(actor=User.objects.get(username=name), name="program")[1] for name in ("jonas", "clara", "aylin", "marit", "petra")}))
"""


@dataclass
class Gate:
    """The running processes and how to reach them."""

    data: Path
    url: str
    web: str
    provider: Provider
    tokens: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]]
    environment: dict[str, str]

    def shell(self, code: str) -> Any:
        """What a piece of Python prints as JSON, in the installation's own database."""
        done = subprocess.run([sys.executable, "manage.py", "shell", "--no-imports", "-c", f"import json\n{code}"], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True)  # fmt: skip
        return json.loads(done.stdout.strip().splitlines()[-1])

    def run(self, number: int) -> dict[str, Any]:
        """A run as the database has it, with the actions of its events."""
        return self.shell(
            "from workbench.runs.models import Run\nfrom audit.models import AuditEvent\n"
            f"run = Run.objects.get(pk={number})\n"
            "out = getattr(run, 'output', None)\n"
            "print(json.dumps({'state': run.state, 'failure': run.failure, 'live': run.live, 'conversation': run.conversation, 'token': run.token_id, 'key': str(run.data_key_id or ''),"
            "'person': run.person_of_record_id, 'requester': run.requester_id, 'tokens': [out.input_tokens, out.output_tokens] if out else None, 'draft': out.draft if out else None,"
            "'events': list(AuditEvent.objects.filter(run_id=run.pk).order_by('id').values_list('action', flat=True))}))"
        )  # fmt: skip

    def api(self, user: str, path: str, body: Any = None) -> Any:
        """One call of the API of the pages."""
        request = urllib.request.Request(
            f"{self.web}/api/v1/{path}", data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.tokens[user]}", "Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def raw(self, body: bytes, user: str = "jonas", **headers: str) -> tuple[int, dict[str, str], Any]:
        """Status, headers and JSON of one call of the gate."""
        request = urllib.request.Request(f"{self.url}/chat/completions", data=body, headers={"Authorization": f"Bearer {self.tokens[user]}", "Content-Type": "application/json"} | headers)  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, dict(answer.headers), json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, dict(refused.headers), json.load(refused)

    def logs(self) -> str:
        return "\n".join(file.read_text(errors="replace") for file in sorted(self.data.glob("*.log")))


def wait(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """Ask again until the condition holds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("not in time")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def _database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database beside the one of the tests: other processes must see what is committed there."""
    url = os.environ.get("WORKBENCH_TEST_DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{tmp_path_factory.mktemp('database')}/gate.sqlite3"
        return
    import psycopg

    name = f"gate_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory, _database: str) -> Iterator[Gate]:
    data = tmp_path_factory.mktemp("gate")
    web, port = _free_port(), _free_port()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("WORKBENCH_", "DJANGO_"))}
    with serve() as provider:
        environment = kept | {
            "WORKBENCH_DATA_DIR": str(data), "WORKBENCH_DEMO": "1", "WORKBENCH_DATABASE_URL": _database,
            "WORKBENCH_MODEL": "openai:fake", "WORKBENCH_MODEL_BASE_URL": provider.url, "WORKBENCH_MODEL_API_KEY": "k",
            "WORKBENCH_URL": f"http://127.0.0.1:{web}", "WORKBENCH_GATE_URL": f"http://127.0.0.1:{port}/v1", "WORKBENCH_GATE_BYTES": "300000",
            "WORKBENCH_GATE_PERSON_PER_MINUTE": "100000", "WORKBENCH_GATE_TEAM_PER_MINUTE": "100000", "WORKBENCH_SWEEP_SECONDS": "1",
            "WORKBENCH_PII_MODEL_DIR": os.environ.get("WORKBENCH_PII_MODEL_DIR", str(ROOT / "var" / "models" / "rampart")), "PYTHONUNBUFFERED": "1",
        }  # fmt: skip
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "ensure_keys"], cwd=ROOT, env=environment | {"WORKBENCH_ENSURE_KEYS": "1"}, check=True, capture_output=True)  # fmt: skip
        subprocess.run([sys.executable, "-m", "workbench.demo.prepare"], cwd=ROOT, env=environment, check=True, capture_output=True)  # fmt: skip
        done = subprocess.run([*manage, "shell", "--no-imports", "-c", SETUP], cwd=ROOT, env=environment, check=True, capture_output=True, text=True)  # fmt: skip
        running = Gate(data, environment["WORKBENCH_GATE_URL"], environment["WORKBENCH_URL"], provider, json.loads(done.stdout.strip().splitlines()[-1]), {}, environment)  # fmt: skip
        gunicorn = [
            sys.executable,
            "-m",
            "gunicorn",
            "--no-control-socket",
            "--log-level",
            "warning",
            "--graceful-timeout",
            "2",
        ]
        commands = {
            "gate": [*gunicorn, "workbench.asgi", "--worker-class", "asgi", "--keep-alive", "75", "--bind", f"127.0.0.1:{port}"],
            "web": [*gunicorn, "workbench.wsgi", "--worker-class", "gthread", "--threads", "4", "--bind", f"127.0.0.1:{web}"],
            "worker": [sys.executable, "-m", "celery", "-A", "workbench", "worker", "--pool=threads", "--concurrency=2", "--loglevel=WARNING", "-B", "-s", str(data / "beat")],
        }  # fmt: skip
        try:
            for name, command in commands.items():
                more = {"DJANGO_SETTINGS_MODULE": "workbench.gate_settings"} if name == "gate" else {}
                with (data / f"{name}.log").open("wb") as log:
                    running.processes[name] = subprocess.Popen(command, cwd=ROOT, env=environment | more, stdout=log, stderr=log, start_new_session=True)  # fmt: skip
            for address in (running.url.removesuffix("/v1"), running.web):
                wait(lambda address=address: _answers(f"{address}/healthz"), 60)
            yield running
        finally:
            for process in running.processes.values():
                process.send_signal(signal.SIGTERM)
            for process in running.processes.values():
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except OSError:
        return False
    return True


@pytest.fixture
def upstream(gate: Gate) -> Iterator[Provider]:
    """The provider, as new."""
    provider = gate.provider
    provider.script, provider.asked, provider.calls, provider.size, provider.pause = [], [], [], 7, 0.0
    provider.answer = "The offer is ready."
    provider.gone.clear()
    provider.release.clear()
    yield provider
    provider.release.set()
