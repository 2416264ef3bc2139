"""The keys that sign badges (``training.badges``). They live outside the database, beside the key ring.

The text (WORKBENCH_BADGE_KEYS, its _FILE, or ``badge-keys`` in the data directory) holds RSA keys as PEM, one behind the other. The first is private
and signs; the others, private or public, are told to whoever checks what they once signed. So a key is replaced by putting a new one in front.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_BITS = 3072
_LEAST_BITS = 2048
_BLOCK = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class BadgeKeys:
    """Who signs, and whose signatures count: the first of these is the signer's."""

    signer: RSAPrivateKey
    public: tuple[RSAPublicKey, ...]


def new_key() -> str:
    """A fresh key, as it stands in the file."""
    key = generate_private_key(public_exponent=65537, key_size=_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().strip()


def parse(text: str) -> BadgeKeys:
    """Read the keys, or ImproperlyConfigured with what is wrong (never with key material)."""
    keys = [_read(block, number) for number, block in enumerate(_BLOCK.finditer(text), start=1)]
    signer = keys[0] if keys else None
    if not isinstance(signer, RSAPrivateKey):
        raise ImproperlyConfigured(
            "There is no key that signs badges. Run `manage.py ensure_keys`, or set WORKBENCH_BADGE_KEYS, the private key first."
        )
    return BadgeKeys(signer, tuple(key.public_key() if isinstance(key, RSAPrivateKey) else key for key in keys))


def _read(block: re.Match[str], number: int) -> RSAPrivateKey | RSAPublicKey:
    raw, private = block[0].encode(), block[1].endswith("PRIVATE KEY")
    try:
        key = load_pem_private_key(raw, password=None) if private else load_pem_public_key(raw)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ImproperlyConfigured(f"Key {number} of the badge keys cannot be read as PEM.") from None
    if not isinstance(key, RSAPrivateKey | RSAPublicKey) or key.key_size < _LEAST_BITS:
        raise ImproperlyConfigured(f"Key {number} of the badge keys is no RSA key of {_LEAST_BITS} bits or more.")
    return key


@lru_cache(maxsize=8)
def _parsed(text: str) -> BadgeKeys:
    return parse(text)


def current() -> BadgeKeys:
    """The keys of this installation. Raises ImproperlyConfigured."""
    text = settings.WORKBENCH_BADGE_KEYS
    if not text:
        path = Path(settings.WORKBENCH_BADGE_KEYS_PATH)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    return _parsed(text)
