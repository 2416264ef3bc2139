"""A process that is kept running, its log file, and the guard that ends it when the supervisor is killed."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LOG_BYTES = 5_000_000
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
#: A process that lived this long is healthy again: its next end is answered quickly.
HEALTHY_SECONDS = 30.0


class Guard:
    """The small process that outlives a killed supervisor just long enough to end its children."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )

    def add(self, pid: int) -> None:
        """The guard answers for this process group from now on."""
        self._tell(f"+{pid}")

    def remove(self, pid: int) -> None:
        """This process group has ended."""
        self._tell(f"-{pid}")

    def close(self) -> None:
        """Let the guard end, and whatever is still on its list with it."""
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)

    def _tell(self, line: str) -> None:
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.write(f"{line}\n")
                self._process.stdin.flush()


@dataclass
class Child:
    """One process of the set-up, started again whenever it ends.

    Args:
        name: what people call it; also the name of its log file.
        command: what to run.
        environment: its whole environment.
        log: where its output goes; mode 600, begun anew above five megabytes (the old one is kept once).
        guard: told of every start and end.
        say: prints one line to the person.
        passed: file descriptors it inherits.
        folder: its working directory.
        clock: seconds that only grow.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    guard: Guard
    say: Callable[[str], None]
    passed: Sequence[int] = ()
    folder: Path | None = None
    clock: Callable[[], float] = time.monotonic
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _began: float = field(default=0.0, init=False)
    _pause: float = field(default=FIRST_PAUSE, init=False)
    _again_at: float | None = field(default=None, init=False)

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self.process.pid if self.process and self.process.poll() is None else None

    def start(self) -> None:
        """Start it in a process group of its own, its output in the log."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            os.replace(self.log, self.log.with_name(f"{self.log.name}.1"))
        handle = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=handle,
                pass_fds=self.passed,
                start_new_session=True,
            )
        finally:
            os.close(handle)
        self.guard.add(self.process.pid)
        self._began, self._again_at = self.clock(), None

    def look(self) -> bool:
        """Notice an end and start again after a pause that doubles; True when it was started just now."""
        if self.process is None or self.process.poll() is None:
            return False
        now = self.clock()
        if self._again_at is None:
            self._clear()
            if now - self._began > HEALTHY_SECONDS:
                self._pause = FIRST_PAUSE
            self._again_at = now + self._pause
            self.say(
                f"The {self.name} ended ({_ending(self.process.returncode)}); it is started again, see {self.log}."
            )
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if now < self._again_at:
            return False
        self.start()
        return True

    def ask_to_end(self) -> None:
        """Send SIGTERM to the process itself, which ends its own helpers in order."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)

    def end_by(self, deadline: float) -> None:
        """Wait until then, and end the whole process group if it is still there."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, deadline - self.clock()))
        self._clear()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)

    def _clear(self) -> None:
        """Nothing of the process group stays behind."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.guard.remove(self.process.pid)


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
