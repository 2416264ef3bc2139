"""Keys in addresses: pages by key take a number that a person could also type."""

import re

_KEY = re.compile(r"[0-9]{1,18}")


def key_of(text: str) -> int | None:
    """The key in a query string, or None where there is none or where no row could have it ("²", a number beyond 64 bits)."""
    return int(text) if _KEY.fullmatch(text) else None
