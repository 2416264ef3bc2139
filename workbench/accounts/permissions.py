"""Who may change people."""

from typing import Any


def can_manage_people(user: Any) -> bool:
    """Administrators add people and give roles."""
    return "administrator" in user.role_names
