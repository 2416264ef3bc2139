"""Who may change people."""

from typing import Any


def can_see_teams(user: Any) -> bool:
    """Leaders see the teams, administrators change them."""
    return bool({"administrator", "leader"} & user.role_names)


def can_see_qualifications(user: Any) -> bool:
    """Those who grant them, and compliance, which must be able to show that overseers are qualified."""
    return can_grant_qualifications(user) or "compliance" in user.role_names


def can_grant_qualifications(user: Any) -> bool:
    """Trainers, leaders and administrators; never to themselves."""
    return bool({"trainer", "leader", "administrator"} & user.role_names)


def can_manage_people(user: Any) -> bool:
    """Administrators add people and give roles."""
    return "administrator" in user.role_names
