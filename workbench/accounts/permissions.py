"""Who may change people."""

from typing import Any


def can_see_teams(user: Any) -> bool:
    """Leaders see the teams, administrators change them."""
    return bool({"administrator", "leader"} & user.role_names)


def can_manage_people(user: Any) -> bool:
    """Administrators add people and give roles."""
    return "administrator" in user.role_names
