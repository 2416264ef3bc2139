"""The key ring: the keys that wrap data keys. It lives outside the database.

Form: ``id:base64`` entries separated by commas or lines, newest first; each key is 32 random bytes. The first key wraps,
all of them unwrap, so a key is retired by putting a new one in front, running ``manage.py rotate_keys`` and removing the old.
"""

import base64
import binascii
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12
KEY_BYTES = 32


class Unreadable(Exception):
    """Ciphertext that cannot be opened: altered, moved from another record, or its key is gone."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by id, newest first."""

    keys: dict[str, bytes]

    @property
    def active_id(self) -> str:
        return next(iter(self.keys))

    def wrap(self, data_key: bytes, context: str) -> tuple[str, bytes]:
        """(id of the wrapping key, nonce + AES-256-GCM ciphertext bound to ``context``)."""
        return self.active_id, encrypt(self.keys[self.active_id], data_key, context)

    def unwrap(self, key_id: str, wrapped: bytes, context: str) -> bytes:
        if key_id not in self.keys:
            raise Unreadable(f"The key ring does not hold the key {key_id}.")
        return decrypt(self.keys[key_id], wrapped, context)


def encrypt(key: bytes, plain: bytes, context: str) -> bytes:
    """AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce in front; ``context`` is authenticated, not stored."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def decrypt(key: bytes, sealed: bytes, context: str) -> bytes:
    """The plain bytes, or Unreadable."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError):
        # ValueError: so little is left that it is not even a nonce.
        raise Unreadable("The sealed text was altered or belongs to another record.") from None


def parse(text: str) -> KeyRing:
    """Read a key ring, or ImproperlyConfigured with what is wrong (never with key material)."""
    keys: dict[str, bytes] = {}
    for entry in filter(None, re.split(r"[,\s]+", text)):
        key_id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", key_id) or len(key) != KEY_BYTES:
            raise ImproperlyConfigured("Each entry of the key ring reads id:base64, with 32 bytes behind the colon.")
        keys[key_id] = key
    if not keys:
        raise ImproperlyConfigured("The key ring is empty. Run `manage.py ensure_keys`, or set WORKBENCH_KEYRING.")
    return KeyRing(keys)


@lru_cache(maxsize=8)
def _parsed(text: str) -> KeyRing:
    return parse(text)


def current() -> KeyRing:
    """The key ring of this installation: WORKBENCH_KEYRING, its _FILE, or the file in the data directory."""
    text = settings.WORKBENCH_KEYRING
    if not text:
        path = Path(settings.WORKBENCH_KEYRING_PATH)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    return _parsed(text)


def new_entry(now: datetime | None = None) -> str:
    """A fresh key as ``id:base64``; the id tells its month and is unique enough to be told apart."""
    stamp = (now or datetime.now(UTC)).strftime("%Y-%m")
    return f"{stamp}-{secrets.token_hex(3)}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"
