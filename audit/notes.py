"""Signed notes and checkpoints as published by C2SP (signed-note, tlog-checkpoint, tlog-cosignature), with Ed25519.

A note is a text that ends with a line break, an empty line, and signature lines ``— name base64``. The first four bytes
behind the base64 tell the key. A checkpoint is a note of three lines: origin, size of the tree, its root in base64; ours have an extension line
``time`` behind them, so that nobody who owns the database can make a head older than it is.
"""

import base64
import binascii
import os
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

PLAIN, COSIGNATURE = 1, 4
"""Kinds of signature: of the note's text; of the text with the time the witness saw it."""

_TIME = "time "
_NAME = re.compile(r"[^\s+\x00-\x1f]{1,120}\Z")


class BadKey(ValueError):
    """A key that cannot be read. The text never holds key material."""


class BadNote(ValueError):
    """A note that cannot be read, or that no trusted key signed."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key: what checks signatures. Written ``name+hash+base64``."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell the key within a note."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key, for people to compare: sixteen groups of four."""
        digest = sha256(self.public).hexdigest()
        return " ".join(digest[i : i + 4] for i in range(0, 64, 4))

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_b64(bytes([self.kind]) + self.public)}"

    def check(self, text: str, signature: bytes) -> int | None:
        """The time of a cosignature (seconds since 1970), None for a plain signature. Raises BadNote."""
        message, seen = text.encode(), None
        if self.kind == COSIGNATURE:
            if len(signature) != 72:
                raise BadNote("A cosignature has 72 bytes.")
            (seen,) = struct.unpack(">Q", signature[:8])
            message, signature = _cosigned(text, seen), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise BadNote(f"The signature of {self.name} does not fit the text.") from None
        return seen


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key. Written ``PRIVATE+KEY+name+hash+base64``."""

    name: str
    kind: int
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return Verifier(self.name, self.kind, public)

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def __str__(self) -> str:
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{_b64(bytes([self.kind]) + self.seed)}"

    def __repr__(self) -> str:
        return f"Signer({self.name})"

    def line(self, text: str, seen: int = 0) -> str:
        """The signature line over ``text``; a cosignature carries ``seen``, the seconds since 1970."""
        if self.kind == COSIGNATURE:
            signature = struct.pack(">Q", seen) + self._key.sign(_cosigned(text, seen))
        else:
            signature = self._key.sign(text.encode())
        return f"— {self.name} {_b64(self.verifier.key_id + signature)}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: all entries up to ``size`` have the root ``root``. ``at``: when it was signed, to the second; not every log says so."""

    origin: str
    size: int
    root: bytes
    at: datetime | None = None

    def __str__(self) -> str:
        time = f"{_TIME}{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\n" if self.at else ""
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n{time}"


def new_signer(name: str, kind: int = PLAIN) -> Signer:
    """A fresh key. Raises BadKey for a name with spaces or a plus sign."""
    if not _NAME.match(name):
        raise BadKey("The name of a key has no spaces and no plus sign.")
    key = Ed25519PrivateKey.generate()
    return Signer(name, kind, key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))


def parse_signer(text: str) -> Signer:
    """Read ``PRIVATE+KEY+name+hash+base64``, or BadKey."""
    if not text.startswith("PRIVATE+KEY+"):
        raise BadKey("A private key begins with PRIVATE+KEY+.")
    name, key_id, kind, seed = _parts(text.removeprefix("PRIVATE+KEY+"))
    signer = Signer(name, kind, seed)
    if signer.verifier.key_id.hex() != key_id:
        raise BadKey(f"The key of {name} does not fit its hash.")
    return signer


def parse_verifier(text: str) -> Verifier:
    """Read ``name+hash+base64``, or BadKey."""
    name, key_id, kind, public = _parts(text)
    verifier = Verifier(name, kind, public)
    if verifier.key_id.hex() != key_id:
        raise BadKey(f"The key of {name} does not fit its hash.")
    return verifier


def sign(text: str, *signers: Signer) -> str:
    """The note: ``text``, an empty line, one signature line for each signer."""
    if not text.endswith("\n"):
        raise BadNote("The text of a note ends with a line break.")
    return f"{text}\n" + "".join(signer.line(text) for signer in signers)


def open_note(note: str, *verifiers: Verifier) -> str:
    """The text of a note that at least one of the verifiers signed.

    Signatures of unknown keys are passed over; one by a known key that does not fit makes the whole note bad. Raises BadNote.
    """
    text, lines = split(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    good = False
    for name, signature in lines:
        if verifier := known.get((name, signature[:4])):
            verifier.check(text, signature[4:])
            good = True
    if not good:
        raise BadNote("No key that is trusted here signed this.")
    return text


def split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """(text, [(name, key id and signature)]) of a note, nothing checked but its form. Raises BadNote."""
    text, found, tail = note.rpartition("\n\n")
    if not found or not tail.endswith("\n"):
        raise BadNote("A note has an empty line before its signatures.")
    lines = []
    for line in tail.splitlines():
        match = re.fullmatch(r"— (\S+) ([A-Za-z0-9+/=]+)", line)
        signature = _unb64(match[2]) if match else b""
        if not match or len(signature) < 5:
            raise BadNote("A signature line cannot be read.")
        lines.append((match[1], signature))
    return text + "\n", lines


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note's text (extension lines other than the time are passed over), or BadNote."""
    lines = text.splitlines()
    if len(lines) < 3 or not lines[0] or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
        raise BadNote("A checkpoint has three lines: origin, size, root.")
    root = _unb64(lines[2])
    if len(root) != 32:
        raise BadNote("The root of a checkpoint has 32 bytes.")
    times = [line.removeprefix(_TIME) for line in lines[3:] if line.startswith(_TIME)]
    try:
        at = datetime.strptime(times[0], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if times else None
    except ValueError:
        raise BadNote("The time of a checkpoint cannot be read.") from None
    return Checkpoint(lines[0], int(lines[1]), root, at)


def new_origin() -> str:
    """A name for a log that nobody else has: for installations that give none."""
    return f"workbench/{os.urandom(4).hex()}"


def _cosigned(text: str, seen: int) -> bytes:
    return f"cosignature/v1\ntime {seen}\n{text}".encode()


def _parts(text: str) -> tuple[str, str, int, bytes]:
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = _unb64(encoded)
    if not _NAME.match(name) or len(raw) != 33 or raw[0] not in (PLAIN, COSIGNATURE):
        raise BadKey("A key reads name+hash+base64, with a byte for its kind and 32 bytes behind the second plus sign.")
    return name, key_id, raw[0], raw[1:]


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _unb64(text: str) -> bytes:
    """The bytes, or none of them unless the text is the one way to write them: stray bits in the last character count as damage."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if _b64(raw) == text else b""
