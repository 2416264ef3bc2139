"""Places outside that take checkpoints: what the database's owner does not own.

``WORKBENCH_ANCHORS`` lists them as ``Name=address`` separated by semicolons:

* ``folder:/path`` and ``git:/path`` or ``git:ssh://…`` hold every checkpoint and the tiles of the tree, laid out as C2SP's
  tlog-tiles; a verification reads them back and can name the very entry that differs;
* ``mailto:address`` sends the checkpoint, once a day unless ``?every=seconds`` says otherwise;
* ``https://…`` gets the checkpoint by POST as text;
* ``witness:https://…#name+hash+key`` is a witness as in C2SP's tlog-witness: it checks that the tree only grew, and cosigns.

Nothing here is personal: hashes, sizes, signatures.
"""

import base64
import os
import re
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from audit import notes
from audit.models import Tile
from audit.tree import StoredTree

SECONDS = 20
_LONGEST_NOTE = 65536
_ENV = {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -oBatchMode=yes"}


class NotDelivered(Exception):
    """A place did not take a checkpoint, or cannot be read. The text says why, for people."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place. ``every`` is the least time in seconds between two deliveries; ``readable`` whether copies can be read back."""

    name: str
    address: str
    every: int = 0

    readable = False

    def deliver(self, note: str, checkpoint: notes.Checkpoint) -> str:
        """Hand the checkpoint over and return what the place answered. Raises NotDelivered."""
        raise NotImplementedError

    def heads(self) -> Iterator[str]:
        """The notes that lie there. Raises NotDelivered."""
        return iter(())

    def tile(self, number: int, width: int) -> bytes:
        """The copy of a level-0 tile, at least ``width`` hashes of it where there are as many; empty where there is none."""
        return b""


class Folder(Place):
    """A directory, best on a file system that keeps what is written (WORM, or another owner's)."""

    readable = True

    @property
    def path(self) -> Path:
        return Path(self.address)

    def deliver(self, note: str, checkpoint: notes.Checkpoint) -> str:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            _lay_out(self.path, note, checkpoint)
        except OSError as error:
            raise NotDelivered(
                _("The folder %(folder)s cannot be written: %(reason)s.")
                % {"folder": self.address, "reason": error.strerror}
            ) from None
        return ""

    def heads(self) -> Iterator[str]:
        folder = self.path / "checkpoints"
        if not folder.is_dir():
            raise NotDelivered(_("There is no folder %(folder)s with checkpoints.") % {"folder": folder})
        for file in sorted(folder.iterdir(), key=lambda file: file.name.zfill(20)):
            if file.name.isdecimal():
                with file.open("rb") as note:
                    yield note.read(_LONGEST_NOTE).decode("utf-8", "replace")

    def tile(self, number: int, width: int) -> bytes:
        return _read_tile(self.path, number)


class Git(Place):
    """A repository that somebody else hosts; every delivery is a commit that is pushed, never forced."""

    readable = True

    @property
    def path(self) -> Path:
        safe = re.sub(r"[^A-Za-z0-9]+", "-", self.address).strip("-")
        return Path(settings.WORKBENCH_ANCHORS_PATH) / safe[-80:]

    def deliver(self, note: str, checkpoint: notes.Checkpoint) -> str:
        self._fresh()
        try:
            _lay_out(self.path, note, checkpoint)
        except OSError as error:
            raise NotDelivered(
                _("The folder %(folder)s cannot be written: %(reason)s.")
                % {"folder": self.path, "reason": error.strerror}
            ) from None
        self._git("add", "-A")
        if self._git("status", "--porcelain"):
            self._git("commit", "--quiet", "-m", f"Checkpoint {checkpoint.size} of {checkpoint.origin}")
        self._git("push", "--quiet", "origin", "HEAD")
        return self._git("rev-parse", "HEAD").strip()

    def heads(self) -> Iterator[str]:
        self._fresh()
        yield from Folder(self.name, str(self.path)).heads()

    def tile(self, number: int, width: int) -> bytes:
        return _read_tile(self.path, number)

    def _fresh(self) -> None:
        """The working copy as the place has it; what was committed here and did not arrive is thrown away and made again."""
        if not (self.path / ".git").is_dir():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._run("git", "clone", "--quiet", "--", self.address, str(self.path))
            return
        self._git("fetch", "--quiet", "origin")
        if upstream := self._git("for-each-ref", "--format=%(refname)", "refs/remotes/origin").split():
            branch = self._git("symbolic-ref", "--short", "HEAD").strip()
            target = f"refs/remotes/origin/{branch}"
            self._git("reset", "--quiet", "--hard", target if target in upstream else upstream[0])
        self._git("clean", "--quiet", "-fd")

    def _git(self, *arguments: str) -> str:
        return self._run(
            "git",
            "-C",
            str(self.path),
            "-c",
            "user.name=Sales AI Workbench",
            "-c",
            "user.email=workbench@localhost",
            *arguments,
        )

    def _run(self, *command: str) -> str:
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=SECONDS * 3, check=False, stdin=subprocess.DEVNULL, env={**os.environ, **_ENV}
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            raise NotDelivered(_("Git is not installed or did not answer in time.")) from None
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.strip()]
            raise NotDelivered(_("Git refused: %(reason)s") % {"reason": lines[-1][:200] if lines else done.returncode})
        return done.stdout


class Mail(Place):
    """A mailbox: the mail is the copy, for people to compare."""

    def deliver(self, note: str, checkpoint: notes.Checkpoint) -> str:
        text = _(
            "This is the signed head of the audit log. Keep this mail: with it anybody can show whether the log was "
            "altered afterwards. It holds hashes and nothing else."
        )
        try:
            EmailMessage(
                subject=_("Checkpoint %(size)s of the audit log %(origin)s") % {"size": checkpoint.size, "origin": checkpoint.origin},
                body=f"{text}\n\n{note}", to=[self.address],
            ).send()  # fmt: skip
        except OSError as error:
            raise NotDelivered(
                _("The mail could not be sent: %(reason)s.") % {"reason": type(error).__name__}
            ) from None
        return ""


class Http(Place):
    """An address that takes the checkpoint as text by POST, and keeps it."""

    def deliver(self, note: str, checkpoint: notes.Checkpoint) -> str:
        status, answer = post(self.address, note)
        if not 200 <= status < 300:
            raise NotDelivered(_("The address answered with status %(status)s.") % {"status": status})
        return answer[:1000]


class Witness(Place):
    """A witness: it remembers the largest tree it saw, asks for the proof that the new one continues it, and cosigns."""

    def deliver(self, note: str, checkpoint: notes.Checkpoint) -> str:
        base, _hash, key = self.address.partition("#")
        verifier = notes.parse_verifier(urllib.parse.unquote(key))
        tree, old = StoredTree(checkpoint.size), 0
        for _attempt in range(2):
            steps = "".join(f"{base64.b64encode(step).decode()}\n" for step in tree.consistency(old))
            status, answer = post(f"{base.rstrip('/')}/add-checkpoint", f"old {old}\n{steps}\n{note}")
            if status != 409 or not answer.strip().isdecimal() or int(answer) > checkpoint.size:
                break
            old = int(answer)
        if status == 409 and answer.strip().isdecimal() and int(answer) > checkpoint.size:
            raise NotDelivered(
                _("The witness has seen %(seen)s entries, more than there are now: entries are missing here.")
                % {"seen": answer.strip()}
            )
        if status != 200:
            raise NotDelivered(_("The witness refused to cosign (status %(status)s).") % {"status": status})
        text, _lines = notes.split(note)
        try:
            notes.open_note(f"{text}\n{answer}", verifier)
        except notes.BadNote as error:
            raise NotDelivered(
                _("The witness answered with something else than its cosignature: %(reason)s") % {"reason": error}
            ) from None
        return answer


_KINDS: dict[str, type[Place]] = {
    "folder": Folder,
    "git": Git,
    "mailto": Mail,
    "http": Http,
    "https": Http,
    "witness": Witness,
}


def parse(text: str) -> list[Place]:
    """The places in the text of WORKBENCH_ANCHORS, or ImproperlyConfigured with the entry that cannot be read."""
    places: list[Place] = []
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        name, found, address = entry.partition("=")
        scheme, colon, rest = address.partition(":")
        kind = _KINDS.get(scheme)
        if not (found and name.strip() and colon and rest and kind) or len(name) > 100:
            raise ImproperlyConfigured(
                f"WORKBENCH_ANCHORS: “{entry[:60]}” does not read Name=folder:…, git:…, mailto:…, https:… or witness:…."
            )
        if any(place.name == name.strip() for place in places):
            raise ImproperlyConfigured(f"WORKBENCH_ANCHORS: two places are called “{name.strip()}”.")
        every = 86400 if kind is Mail else 0
        if match := re.search(r"\?every=([0-9]{1,8})\Z", rest):
            rest, every = rest[: match.start()], int(match[1])
        if kind is Witness:
            try:
                notes.parse_verifier(urllib.parse.unquote(rest.partition("#")[2]))
            except notes.BadKey as error:
                raise ImproperlyConfigured(f"WORKBENCH_ANCHORS: the key of “{name.strip()}”: {error}") from None
        places.append(kind(name.strip(), address if kind is Http else rest, every))
    return places


def all_places() -> list[Place]:
    """The places of this installation. Without any, checkpoints go to a folder beside the database: better than nothing."""
    return parse(settings.WORKBENCH_ANCHORS) or [
        Folder("This server’s data directory", str(Path(settings.WORKBENCH_ANCHORS_PATH) / "here"))
    ]


def tile_path(level: int, number: int, width: int = Tile.WIDTH) -> str:
    """Where a tile lies: ``tile/0/x001/234``, a partial one with ``.p/17`` behind (C2SP tlog-tiles)."""
    digits = f"{number:03d}"
    if len(digits) > 3:
        digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{path}" + (f".p/{width}" if width < Tile.WIDTH else "")


def _lay_out(root: Path, note: str, checkpoint: notes.Checkpoint) -> None:
    """Add the tiles that are new since the last checkpoint there, then the checkpoint. What lies there is never written again."""
    last = 0
    current = root / "checkpoint"
    if current.exists():
        there = notes.parse_checkpoint(current.read_text(encoding="utf-8"))
        if there.origin != checkpoint.origin:
            raise NotDelivered(_("The place holds another log, %(origin)s.") % {"origin": there.origin})
        if there.size > checkpoint.size:
            raise NotDelivered(
                _("The place has seen %(seen)s entries, more than there are now: entries are missing here.")
                % {"seen": there.size}
            )
        last = there.size
    level, size = 0, checkpoint.size
    while size:
        for number in range(last // Tile.WIDTH, -(-size // Tile.WIDTH)):
            hashes = bytes(Tile.objects.get(level=level, number=number).hashes)
            width = min(Tile.WIDTH, size - number * Tile.WIDTH)
            _write_once(root / tile_path(level, number, width), hashes[: width * 32])
        level, size, last = level + 1, size // Tile.WIDTH, last // Tile.WIDTH
    _write_once(root / "checkpoints" / str(checkpoint.size), note.encode())
    fresh = root / f".checkpoint.{os.getpid()}.{time.monotonic_ns()}"
    fresh.write_bytes(note.encode())
    fresh.replace(current)


def _write_once(path: Path, content: bytes) -> None:
    """Write a file that must not exist with other content; it appears whole or not at all, and read-only."""
    if path.exists():
        if path.read_bytes() != content:
            raise NotDelivered(
                _("The place holds another %(file)s than the log: one of them was altered.") % {"file": path.name}
            )
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.parent / f".{path.name}.{os.getpid()}.{time.monotonic_ns()}"
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.chmod(0o444)
    os.link(fresh, path)  # Fails where the name was taken meanwhile, unlike a rename.
    fresh.unlink()


def _read_tile(root: Path, number: int) -> bytes:
    path = root / tile_path(0, number)
    if path.is_file():
        return path.read_bytes()
    partial = path.parent / f"{path.name}.p"
    widths = sorted(int(file.name) for file in partial.iterdir() if file.name.isdecimal()) if partial.is_dir() else []
    return (partial / str(widths[-1])).read_bytes() if widths else b""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


def post(address: str, body: str, *, kind: str = "text/plain; charset=utf-8", **headers: str) -> tuple[int, str]:
    """(status, first 64 KB of the answer). A place that sends us elsewhere is not followed. Raises NotDelivered."""
    request = urllib.request.Request(  # noqa: S310
        address,
        data=body.encode(),
        method="POST",
        headers={"Content-Type": kind, "User-Agent": "sales-ai-workbench", **headers},
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=SECONDS) as answer:
            return answer.status, answer.read(65536).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(65536).decode("utf-8", "replace")
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise NotDelivered(_("The address does not answer: %(reason)s") % {"reason": str(reason)[:200]}) from None
