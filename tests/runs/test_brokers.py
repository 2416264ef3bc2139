"""A run goes through a real broker to a real worker process: Redis and RabbitMQ, where they can be reached."""

import base64
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.provider import serve

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
BROKERS = {
    "redis": os.environ.get("WORKBENCH_TEST_REDIS_URL", "redis://127.0.0.1:6379/8"),
    "rabbitmq": os.environ.get("WORKBENCH_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
}
SUBMIT = """
from policies.models import PromptVersion
from workbench.accounts.models import User
from workbench.runs import services
version = PromptVersion.objects.select_related("prompt__activity").get(prompt__slug="discovery-call-summary")
run = services.submit_run(actor=User.objects.get(username="jonas"), prompt_version=version,
    inputs={"transcript": "Jonas Feld: Good morning. Ilaria Conti: Our three cold stores need an alarm before the winter."})
print(run.pk)
"""


def _reachable(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=3).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("name", BROKERS)
def test_a_run_goes_through_the_broker_to_a_worker_and_comes_back_as_a_draft(name, tmp_path) -> None:
    if not _reachable(BROKERS[name]):
        pytest.skip(f"{name} cannot be reached at {urlsplit(BROKERS[name]).hostname}")
    with serve() as provider:
        env = {key: value for key, value in os.environ.items() if not key.startswith(("WORKBENCH_", "DJANGO_"))} | {
            "DJANGO_SETTINGS_MODULE": "workbench.settings", "WORKBENCH_DATA_DIR": str(tmp_path), "WORKBENCH_DEMO": "1",
            "WORKBENCH_SECRET_KEY": "test", "WORKBENCH_KEYRING": "test:" + base64.b64encode(os.urandom(32)).decode(),
            "WORKBENCH_BROKER_URL": BROKERS[name], "WORKBENCH_MODEL": "openai:stub", "WORKBENCH_MODEL_API_KEY": "k",
            "WORKBENCH_MODEL_BASE_URL": provider.url,
        }  # fmt: skip

        def manage(*words: str) -> str:
            done = subprocess.run(
                [sys.executable, "manage.py", *words], env=env, cwd=ROOT, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr[-800:]
            return done.stdout

        manage("migrate", "--verbosity", "0")
        manage("load_demo")
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "workbench", "worker", "--pool=threads", "--concurrency=1", "--loglevel=WARNING"],
            env=env, cwd=ROOT, stdout=(tmp_path / "worker.log").open("wb"), stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            run = int(manage("shell", "--no-imports", "-c", SUBMIT).strip().splitlines()[-1])
            assert _end_of(tmp_path, run) == "in_review", (tmp_path / "worker.log").read_text()[-800:]
        finally:
            os.killpg(worker.pid, signal.SIGTERM)
            worker.wait(30)
        assert len(provider.asked) == 1
        assert "Ilaria" not in str(provider.asked)


def _end_of(data: Path, run: int) -> str:
    """The state in which the run comes to rest, or the one it hangs in after a minute."""
    until, state = time.monotonic() + 60, ""
    while time.monotonic() < until:
        with sqlite3.connect(f"file:{data / 'workbench.sqlite3'}?mode=ro", uri=True, timeout=20) as connection:
            state = str(connection.execute("SELECT state FROM runs_run WHERE id = ?", (run,)).fetchone()[0])
        if state not in {"queued", "running"}:
            break
        time.sleep(0.05)
    return state
