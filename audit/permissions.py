"""Who may read the log."""

from typing import Any


def can_read_log(user: Any) -> bool:
    """Compliance and leaders read the log; both see ids, counts and versions, never contents."""
    return bool({"compliance", "leader"} & user.role_names)
