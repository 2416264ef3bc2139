"""What may stand in the log: ids, hashes, counts, versions and code words."""

import hashlib
import re
from typing import Any

from audit.canonical import canonical_json

_CODE = re.compile(r"[A-Za-z0-9_.:\-/\[\]]{0,128}\Z")


def is_code(text: str) -> bool:
    """No spaces, no @, nothing a person would write."""
    return bool(_CODE.match(text))


def as_codes(values: dict[str, Any]) -> dict[str, Any]:
    """The values, with every text that is no code word replaced by its SHA-256."""
    return {
        name: hashlib.sha256(canonical_json(value).encode()).hexdigest()
        if isinstance(value, str) and not is_code(value)
        else value
        for name, value in values.items()
    }
