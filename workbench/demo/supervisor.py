"""The embedded set-up under one roof: fetch, migrate, load the demo company, then web, gate, worker, scheduler, keeper of the log and model.

``python -m workbench.demo.supervisor [--data-dir DIR] [--port N] [--model qwen|small|none|PATH] [--no-open]``

Every process is started again when it ends. Ctrl-C or SIGTERM ends all of them within ten seconds; a run under way is
found by the sweeper at the next start. While everything answers, ``run.json`` in the data directory holds the address
and the process ids. Nothing is printed or logged that is secret.
"""

import argparse
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from workbench.embedded import fetch
from workbench.embedded.catalogue import MODELS
from workbench.embedded.server import CONTEXT_TOKENS, ensure_key

from .processes import Child, Guard

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
READY_SECONDS = 90.0
LOOK_SECONDS = 0.2
#: Seconds that the web process, the worker, the scheduler and the keeper have to end; then the model has the second number.
GRACE_SECONDS, MODEL_GRACE_SECONDS = 4.0, 2.0


class Ended(BaseException):
    """A signal asked for the end while nothing had been started that needs care."""


class CannotStart(Exception):
    """The set-up cannot be started. The text is one sentence for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to start.

    Args:
        data_dir: database, keys, queue and logs; made with mode 700.
        port: where the web process listens, the gate for other tools one above it; 0 takes free ones.
        model: ``qwen``, ``small``, ``none`` or the path of a GGUF file.
        open_browser: show the address in the person's browser.
    """

    data_dir: Path
    port: int = 8000
    model: str = "qwen"
    open_browser: bool = False


def listen(port: int) -> socket.socket:
    """Take the port on loopback and keep it, so that a restarted web process finds its callers waiting.

    Raises:
        CannotStart: It is taken, or not a port.
    """
    if not 0 <= port <= 65535:
        raise CannotStart(f"{port} is not a port; choose one between 1024 and 65535, for instance make demo PORT=8001.")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except PermissionError:
        listener.close()
        raise CannotStart(
            f"Port {port} needs more rights; choose another one, for instance make demo PORT=8001."
        ) from None
    except OSError:
        listener.close()
        raise CannotStart(
            f"Port {port} is taken by another program; choose another one, for instance make demo PORT={port + 1}."
        ) from None
    return listener


def listen_near(port: int) -> socket.socket:
    """Take this port, or where another program has it, any free one."""
    try:
        return listen(port)
    except CannotStart:
        return listen(0)


def free_port() -> int:
    """A port on loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


class Supervisor:
    """Starts everything, keeps it running, ends it."""

    def __init__(
        self, options: Options, environment: Mapping[str, str] = os.environ, out: IO[str] = sys.stdout
    ) -> None:
        self.options = options
        self.data = options.data_dir.resolve()
        self.environment = {
            **environment,
            "WORKBENCH_DATA_DIR": str(self.data),
            "WORKBENCH_DEMO": "1",
            "WORKBENCH_PII_MODEL_DIR": environment.get("WORKBENCH_PII_MODEL_DIR")
            or str(fetch.DEFAULT_DIRECTORY / "rampart"),
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
            "PYTHONUNBUFFERED": "1",
        }
        self.out = out
        self.children: list[Child] = []
        self.ending = False
        self._interruptible = False
        self._lock: IO[str] | None = None

    def say(self, line: str = "") -> None:
        """Print a line at once."""
        print(line, file=self.out, flush=True)

    def run(self) -> int:
        """Start, watch until a signal asks for the end, and end everything. Returns the exit code.

        Raises:
            CannotStart: With the sentence to print.
        """
        os.umask(0o077)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._asked)
        self._take_data_dir()
        listener = listen(self.options.port)
        port = listener.getsockname()[1]
        url = f"http://{LOOPBACK}:{port}/"
        self.environment.setdefault("WORKBENCH_URL", url)
        gate = listen_near(port + 1 if self.options.port else 0)
        self.environment.setdefault("WORKBENCH_GATE_URL", f"http://{LOOPBACK}:{gate.getsockname()[1]}/v1")
        guard = Guard()
        try:
            with self._at_once():
                self._make_keys()
                gguf = self._models()
            self._children(guard, listener.fileno(), gate.fileno(), gguf)
            # The web process needs as long to start as the database; nobody knows its address before both are ready.
            self._start("model", "web")
            with self._at_once():
                people = self._prepare()
            if self._wait(url):
                self._start("gate", "worker", "scheduler", "keeper")
                self._announce(url, people)
                self._watch(url)
        except Ended:
            self.say("\nStopped; what has arrived is kept.")
        finally:
            self._end()
            guard.close()
            listener.close()
            gate.close()
        return 0

    def _asked(self, number: int, frame: object) -> None:
        self.ending = True
        if self._interruptible:
            self._interruptible = False
            raise Ended

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """Inside, a signal stops what is being done; elsewhere it is heeded at the next step."""
        self._interruptible = True
        try:
            if self.ending:
                raise Ended
            yield
        finally:
            self._interruptible = False

    def _take_data_dir(self) -> None:
        """The data directory belongs to this supervisor alone, and to no other user of the machine."""
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.data.chmod(0o700)
            (self.data / "logs").mkdir(mode=0o700, exist_ok=True)
            self._lock = (self.data / "supervisor.lock").open("w")
        except OSError as error:
            raise CannotStart(f"The data directory {self.data} cannot be used: {error.strerror}.") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(
                f"The demo already runs with the data in {self.data}; end it there with Ctrl-C first."
            ) from None
        (self.data / "run.json").unlink(missing_ok=True)

    def _make_keys(self) -> None:
        if not all((self.data / name).exists() for name in ("secret.key", "keyring", "seal-keys", "badge-keys")):
            self._manage("ensure_keys", WORKBENCH_ENSURE_KEYS="1")

    def _manage(self, *arguments: str, **more: str) -> str:
        """Run a command of manage.py; its last line of complaint becomes the sentence."""
        return self._run([sys.executable, str(ROOT / "manage.py"), *arguments], more)

    def _run(self, command: list[str], more: Mapping[str, str]) -> str:
        answer = subprocess.run(
            command,
            cwd=ROOT,
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
        if answer.returncode:
            lines = [line for line in answer.stderr.splitlines() if line.strip()] or ["it gave no reason"]
            raise CannotStart(f"The database could not be prepared: {lines[-1].strip()}")
        return answer.stdout

    def _models(self) -> Path | None:
        """The embedded model's file, or None where there is none; missing models stop nothing."""
        self._scrubbing_model()
        if self.environment.get("WORKBENCH_MODEL"):
            self.say(f"Model: {self.environment['WORKBENCH_MODEL']} (WORKBENCH_MODEL); no embedded model is started.")
            return None
        choice = self.options.model
        if choice == "none":
            self._without("No embedded model, as asked for.")
            return None
        try:
            return fetch.ensure_model(choice) if choice in MODELS else fetch.local_gguf(Path(choice))
        except fetch.FetchError as error:
            self._without(str(error))
            return None

    def _scrubbing_model(self) -> None:
        try:
            fetch.ensure_pii(Path(self.environment["WORKBENCH_PII_MODEL_DIR"]))
        except fetch.FetchError as error:
            self.say(str(error))
            self.say("Until then no text can be scrubbed, and every run is refused. Everything else works.")

    def _without(self, reason: str) -> None:
        self.say(reason)
        self.say("Everything else works; a run is refused until there is a model. Two ways out:")
        self.say("  a file      make demo MODEL=/path/to/model.gguf")
        self.say("  a provider  WORKBENCH_MODEL=openai:gpt-4.1-mini OPENAI_API_KEY=… make demo")

    def _children(self, guard: Guard, listener: int, gate: int, gguf: Path | None) -> None:
        python, data = sys.executable, self.data
        commands: dict[str, list[str]] = {}
        if gguf is not None:
            name = self.options.model if self.options.model in MODELS else gguf.stem
            port = free_port()
            key_file = data / "model.key"
            ensure_key(key_file)
            context = int(self.environment.get("WORKBENCH_CONTEXT_TOKENS") or CONTEXT_TOKENS)
            self.environment |= {
                "WORKBENCH_EMBEDDED_URL": f"http://{LOOPBACK}:{port}/v1",
                "WORKBENCH_EMBEDDED_KEY_FILE": str(key_file),
                "WORKBENCH_EMBEDDED_MODEL": name,
            }
            commands["model"] = [python, "-m", "workbench.embedded.server", "--gguf", str(gguf), "--port", str(port)]
            commands["model"] += ["--key-file", str(key_file), "--context", str(context), "--name", name]
        web = "--workers 1 --worker-class gthread --threads 8 --graceful-timeout 3 --timeout 120 --no-control-socket"
        commands["web"] = [python, "-m", "gunicorn", "workbench.wsgi", *web.split(), "--bind", f"fd://{listener}"]
        commands["web"] += ["--log-level", "warning"]
        asgi = "--workers 1 --worker-class asgi --keep-alive 75 --graceful-timeout 3 --timeout 120 --no-control-socket --log-level warning"
        commands["gate"] = [python, "-m", "gunicorn", "workbench.asgi", *asgi.split(), "--bind", f"fd://{gate}"]
        celery = [python, "-m", "celery", "-A", "workbench"]
        quiet = "--loglevel=WARNING --without-gossip --without-mingle --without-heartbeat"
        commands["worker"] = [*celery, "worker", "--pool=threads", "--concurrency=4", "-n", "worker@%h", *quiet.split()]
        schedule = str(data / "beat-schedule")
        commands["scheduler"] = [*celery, "beat", "--loglevel=WARNING", "--schedule", schedule, "--pidfile="]
        commands["keeper"] = [python, str(ROOT / "manage.py"), "keep_log"]
        for name, command in commands.items():
            passed = {"web": (listener,), "gate": (gate,)}.get(name, ())
            log = data / "logs" / f"{name}.log"
            more = {"DJANGO_SETTINGS_MODULE": "workbench.gate_settings"} if name == "gate" else {}
            self.children.append(Child(name, command, self.environment | more, log, guard, self.say, passed, ROOT))

    def _start(self, *names: str) -> None:
        for child in self.children:
            if child.name in names and not self.ending:
                child.start()

    def _prepare(self) -> str:
        return self._run([sys.executable, "-m", "workbench.demo.prepare"], {})

    def _wait(self, url: str) -> bool:
        """True when the web process answers; False when the end was asked for meanwhile.

        Raises:
            CannotStart: It does not answer in time.
        """
        until = time.monotonic() + READY_SECONDS
        while not self.ending:
            try:
                urllib.request.urlopen(f"{url}healthz", timeout=5).close()
                return True
            except OSError:
                pass
            if time.monotonic() > until:
                raise CannotStart(f"The web process does not answer; {self.data / 'logs' / 'web.log'} says why.")
            self._look()
            time.sleep(LOOK_SECONDS)
        return False

    def _announce(self, url: str, people: str) -> None:
        self._write_run_file(url)
        self.say(f"\nThe workbench is open at {url}")
        self.say(f"Other tools ask at {self.environment['WORKBENCH_GATE_URL']} (page “Connect a tool”)")
        self.say(f"Sign in as one of these people:\n\n{people.rstrip()}\n")
        self.say(f"Logs: {self.data / 'logs'}   End: Ctrl-C")
        screen = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        if self.options.open_browser and screen and self.out.isatty():
            webbrowser.open(url)

    def _watch(self, url: str) -> None:
        while not self.ending:
            if self._look():
                self._write_run_file(url)
            time.sleep(LOOK_SECONDS)

    def _look(self) -> bool:
        started = [child.name for child in self.children if child.look()]
        return bool(started)

    def _write_run_file(self, url: str) -> None:
        """Tell tools and tests where everything is; the file exists only while the web process answers."""
        pids = {"supervisor": os.getpid()} | {child.name: child.pid for child in self.children if child.pid}
        temporary = self.data / "run.json.partial"
        told = {"url": url, "gate": self.environment["WORKBENCH_GATE_URL"], "pids": pids}
        temporary.write_text(json.dumps(told) + "\n", encoding="utf-8")
        os.replace(temporary, self.data / "run.json")

    def _end(self) -> None:
        """End web, gate, worker, scheduler and keeper, then the model, so that no run sees its model disappear."""
        (self.data / "run.json").unlink(missing_ok=True)
        started = [child for child in self.children if child.process]
        if started:
            self.say("Ending …")
        for names, seconds in (
            ({"web", "gate", "worker", "scheduler", "keeper"}, GRACE_SECONDS),
            ({"model"}, MODEL_GRACE_SECONDS),
        ):
            group = [child for child in started if child.name in names]
            for child in group:
                child.ask_to_end()
            deadline = time.monotonic() + seconds
            for child in group:
                child.end_by(deadline)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; a start that is not possible is one sentence and exit code 1."""
    parser = argparse.ArgumentParser(prog="workbench.demo.supervisor", description="Run the embedded set-up.")
    parser.add_argument("--data-dir", type=Path, default=Path(os.environ.get("WORKBENCH_DATA_DIR") or ROOT / "var"))
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    parser.add_argument("--model", default="qwen", help="qwen, small, none, or the path of a GGUF file")
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")
    options = parser.parse_args(arguments)
    try:
        return Supervisor(Options(options.data_dir, options.port, options.model, not options.no_open)).run()
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
