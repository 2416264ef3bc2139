"""The keys that sign checkpoints. They live outside the database, beside the key ring.

The text (WORKBENCH_SEAL_KEYS, its _FILE, or ``seal-keys`` in the data directory) holds one key a line in the form of C2SP's
signed notes: ``PRIVATE+KEY+…`` signs and checks, ``name+hash+…`` only checks what it once signed. The first line is the
active key; every private key in the list signs, so two of them together are the overlap of a rotation.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from audit import notes


@dataclass(frozen=True, slots=True)
class SealKeys:
    """Who signs, and whose signatures count. ``signers`` is never empty; the first is the active one."""

    signers: tuple[notes.Signer, ...]
    verifiers: tuple[notes.Verifier, ...]

    @property
    def origin(self) -> str:
        """What the log is called in every checkpoint: the name of its oldest key, which never changes."""
        return self.verifiers[-1].name

    @property
    def active(self) -> notes.Verifier:
        return self.signers[0].verifier


def parse(text: str) -> SealKeys:
    """Read the keys, or ImproperlyConfigured with what is wrong (never with key material)."""
    signers, verifiers = [], []
    for number, line in enumerate(
        filter(None, (line.strip() for line in text.replace(",", "\n").splitlines())), start=1
    ):
        try:
            if line.startswith("PRIVATE+KEY+"):
                signer = notes.parse_signer(line)
                signers.append(signer)
                verifiers.append(signer.verifier)
            else:
                verifiers.append(notes.parse_verifier(line))
        except notes.BadKey as error:
            raise ImproperlyConfigured(f"Line {number} of the seal keys: {error}") from None
    if not signers:
        raise ImproperlyConfigured(
            "There is no key that signs checkpoints. Run `manage.py ensure_keys`, or set WORKBENCH_SEAL_KEYS."
        )
    if any(verifier.kind != notes.PLAIN for verifier in verifiers):
        raise ImproperlyConfigured("A seal key is a plain Ed25519 key; those of witnesses belong to their anchor.")
    if len({verifier.name for verifier in verifiers}) > 1:
        raise ImproperlyConfigured("All seal keys carry the name of the log they seal.")
    return SealKeys(tuple(signers), tuple(verifiers))


@lru_cache(maxsize=8)
def _parsed(text: str) -> SealKeys:
    return parse(text)


def current() -> SealKeys:
    """The keys of this installation."""
    text = settings.WORKBENCH_SEAL_KEYS
    if not text:
        path = Path(settings.WORKBENCH_SEAL_KEYS_PATH)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    return _parsed(text)


def rotated(text: str) -> str:
    """The text with a fresh key in front; the older ones stay and sign as well, until ``retired``."""
    return f"{notes.new_signer(parse(text).origin)}\n{text.strip()}\n"


def retired(text: str) -> str:
    """The text with every private key but the first turned into its public half: the overlap ends."""
    keys = parse(text)
    lines = [str(keys.signers[0]), *(str(key) for key in keys.verifiers if key != keys.active)]
    return "\n".join(lines) + "\n"
