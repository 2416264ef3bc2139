"""The real thing: supervisor, web, worker, scheduler, the small model, and a real Chromium."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Demo:
    """A running demo. Everything is read anew when asked: processes come and go."""

    data: Path
    process: subprocess.Popen[bytes]
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads((self.data / "run.json").read_text())
        return value

    @property
    def url(self) -> str:
        return str(self.state["url"]).rstrip("/")

    def kill(self, name: str) -> None:
        """SIGKILL, as a power cut would."""
        os.kill(self.state["pids"][name], signal.SIGKILL)

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.data / 'workbench.sqlite3'}?mode=ro", uri=True, timeout=20) as connection:
            return connection.execute(sql, values).fetchall()

    def api(self, user: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call of the API as this person."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.tokens[user]}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def decide(self, slug: str, **changes: Any) -> None:
        """Put a new version of an activity's policy in force, as the leader: the one that decides now with these changes."""
        now = self.api("marit", f"activities/{slug}/")["policy"]
        kept = {name: now[name] for name in ("category", "rationale", "tool", "control_points")}
        self.api("marit", f"activities/{slug}/policy/", kept | {"accountable": "aylin"} | changes)

    def wait(self, condition: Callable[[], Any], seconds: float, what: str) -> Any:
        """Ask again until the condition holds."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if found := condition():
                    return found
            except OSError:
                pass  # the web process is being started again
            time.sleep(0.1)
        raise AssertionError(f"{what}: not within {seconds:g} s\n{self.logs()[-1500:]}")

    def logs(self) -> str:
        return "\n".join(
            f"--- {file.name}\n{file.read_text(errors='replace')}"
            for file in sorted((self.data / "logs").glob("*.log"))
        )


_TOKENS = """
from workbench.accounts.models import User
from workbench.accounts.services import create_token
for name in ("jonas", "aylin", "marit", "petra"):
    print(name, create_token(actor=User.objects.get(username=name), name="end to end")[1])
"""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """``make demo MODEL=small`` without make, in a data directory of its own."""
    data = tmp_path_factory.mktemp("demo")
    env = {key: value for key, value in os.environ.items() if not key.startswith(("WORKBENCH_", "DJANGO_"))}
    env["WORKBENCH_SIEM"] = f"ocsf+file:{data / 'siem.jsonl'}"
    command = [
        sys.executable,
        "-m",
        "workbench.demo.supervisor",
        "--data-dir",
        str(data),
        "--port",
        "0",
        "--model",
        "small",
        "--no-open",
    ]
    with (data / "supervisor.out").open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT)
    running = Demo(data, process)
    try:
        until = time.monotonic() + 240
        while not (data / "run.json").exists():
            assert process.poll() is None, (data / "supervisor.out").read_text()
            assert time.monotonic() < until, (data / "supervisor.out").read_text()
            time.sleep(0.2)
        shell_env = env | {"WORKBENCH_DATA_DIR": str(data), "WORKBENCH_DEMO": "1"}
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", _TOKENS],
            cwd=ROOT,
            env=shell_env,
            capture_output=True,
            text=True,
            check=True,
        )
        running.tokens = dict(line.split() for line in done.stdout.strip().splitlines())
        yield running
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.fail("No Chromium here. On Debian: apt-get install chromium.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def person(browser: Any, demo: Demo) -> Iterator[Callable[[str], Any]]:
    """``person("jonas")`` → a page of a signed-in person. Every error in a console fails the test."""
    contexts: list[Any] = []
    errors: list[str] = []

    def sign_in(username: str, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{demo.url}/")
        page.locator(
            f"form:has(input[name=username][value={username}]) button, button[name=username][value={username}]"
        ).first.click()
        page.wait_for_url(f"{demo.url}/")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    # A refused page or part is an answer of the server, and htmx notes a poll that a reload cuts off; neither is a fault of the page.
    fine = ("status of 4", "Response Status Error Code 4")
    assert [one for one in errors if not any(words in one for words in fine) and not one.startswith("htmx:")] == []
