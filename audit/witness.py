"""A witness for logs: it remembers the largest tree it saw, and cosigns only what continues it (C2SP tlog-witness, tlog-cosignature).

    python -m audit.witness --log NAME+HASH+KEY --state DIR [--listen 127.0.0.1:8200] [--name witness.example/one]

Run it on a machine that the owner of the log's database does not own. It needs no database and no settings: a folder with
its key, made at the first start, and one file for each log. At the start it prints the line for WORKBENCH_ANCHORS.
"""

import argparse
import base64
import binascii
import fcntl
import hashlib
import os
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any

from audit import merkle, notes

MOST_BYTES = 64 * 1024
MOST_STEPS = 63


class Refused(Exception):
    """A request that is not cosigned: HTTP status and body."""

    def __init__(self, status: int, body: str = "") -> None:
        super().__init__(body)
        self.status, self.body = status, body


class Witness:
    """What one witness has seen and signs with.

    Args:
        folder: where its key and the checkpoints it saw are kept.
        logs: public keys of the logs it looks after.
        name: its own name, for a key that is made anew.
    """

    def __init__(self, folder: Path, logs: list[notes.Verifier], name: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder, self.logs, self.lock = folder, logs, Lock()
        path = folder / "witness-key"
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(f"{notes.new_signer(name, notes.COSIGNATURE)}\n")
        self.signer = notes.parse_signer(path.read_text(encoding="utf-8").strip())

    def add_checkpoint(self, body: str) -> str:
        """The cosignature line for a request of ``add-checkpoint``. Raises Refused."""
        head, found, note = body.partition("\n\n")
        lines = head.splitlines()
        match = re.fullmatch(r"old (0|[1-9][0-9]{0,18})", lines[0]) if lines else None
        if not found or not match or len(lines) > MOST_STEPS + 1:
            raise Refused(400, "the request has no old size, proof and checkpoint")
        old = int(match[1])
        try:
            text, _signatures = notes.split(note)
            checkpoint = notes.parse_checkpoint(text)
            steps = [base64.b64decode(line, validate=True) for line in lines[1:]]
        except (notes.BadNote, binascii.Error) as error:
            raise Refused(400, str(error)) from None
        keys = [key for key in self.logs if key.name == checkpoint.origin]
        if not keys:
            raise Refused(404, "this log is not known here")
        try:
            notes.open_note(note, *keys)
        except notes.BadNote as error:
            raise Refused(403, str(error)) from None
        if old > checkpoint.size:
            raise Refused(400, "the old size is larger than the checkpoint")
        with self.lock, self._one_process():
            self._compare(checkpoint, old, steps)
            self._keep(checkpoint.origin, note)
            return self.signer.line(text, int(time.time()))

    def _compare(self, checkpoint: notes.Checkpoint, old: int, steps: list[bytes]) -> None:
        path = self._path(checkpoint.origin)
        seen = notes.parse_checkpoint(path.read_text(encoding="utf-8")) if path.exists() else None
        size, root = (seen.size, seen.root) if seen else (0, merkle.EMPTY_ROOT)
        if old != size or (size == checkpoint.size and root != checkpoint.root):
            raise Refused(409, f"{size}\n")
        try:
            merkle.check_consistency(size, checkpoint.size, steps, root, checkpoint.root)
        except merkle.ProofFailed as error:
            raise Refused(422, str(error)) from None

    def _path(self, origin: str) -> Path:
        return self.folder / f"seen-{hashlib.sha256(origin.encode()).hexdigest()[:32]}"

    def _keep(self, origin: str, note: str) -> None:
        """On disk before anything is signed: what was cosigned is never forgotten."""
        path = self._path(origin)
        fresh = path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def _one_process(self) -> Any:
        lock = (self.folder / "lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)  # Given back when the file is closed.
        return lock


def serve(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """The HTTP server of a witness; ``serve_forever`` runs it."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 20

        def log_message(self, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            try:
                length = int(self.headers.get("Content-Length") or 0)
                if not self.path.rstrip("/").endswith("/add-checkpoint"):
                    raise Refused(404)
                if not 0 < length <= MOST_BYTES:
                    raise Refused(413)
                body = self.rfile.read(length).decode("utf-8", "replace")
                status, answer = 200, witness.add_checkpoint(body)
            except ValueError:
                status, answer = 400, ""
            except Refused as refused:
                status, answer = refused.status, refused.body
            raw = answer.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/x.tlog.size" if status == 409 else "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

    return ThreadingHTTPServer((host, port), Handler)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line until Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m audit.witness", description="Cosign checkpoints of logs that only grow."
    )
    parser.add_argument(
        "--log", action="append", required=True, help="public key of a log: name+hash+key; may be given again"
    )
    parser.add_argument("--state", type=Path, required=True, help="folder for the key and what was seen")
    parser.add_argument("--listen", default="127.0.0.1:8200", help="host:port (127.0.0.1:8200)")
    parser.add_argument("--name", default="", help="name of the witness; made up if left out")
    options = parser.parse_args(arguments)
    host, _colon, port = options.listen.rpartition(":")
    try:
        witness = Witness(
            options.state,
            [notes.parse_verifier(key) for key in options.log],
            options.name or f"witness/{os.urandom(4).hex()}",
        )
        server = serve(witness, host or "127.0.0.1", int(port))
    except (notes.BadKey, OSError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(f"Witness=witness:http://{host}:{server.server_port}#{witness.signer.verifier}", flush=True)  # noqa: T201
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
