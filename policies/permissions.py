"""Who may decide, write prompts, and use AI at all."""

from typing import Any

# Everybody who sells, reviews or teaches may ask for a run; those who only govern may not.
RUNNING_ROLES = frozenset({"rep", "leader", "reviewer", "trainer"})


def can_decide_policies(user: Any) -> bool:
    """Leaders decide who is responsible."""
    return "leader" in user.role_names


def can_suspend_policies(user: Any) -> bool:
    """The stop switch: leaders and compliance."""
    return bool({"leader", "compliance"} & user.role_names)


def can_manage_tools(user: Any) -> bool:
    return bool({"leader", "administrator"} & user.role_names)


def can_see_tools(user: Any) -> bool:
    return bool({"leader", "administrator", "compliance"} & user.role_names)


def can_run(user: Any) -> bool:
    """Whether this person may use AI here at all; the policy of the activity decides about the rest."""
    return bool(RUNNING_ROLES & user.role_names)


def can_review(user: Any) -> bool:
    return "reviewer" in user.role_names


def can_manage_scrubbing(user: Any) -> bool:
    """Administrators keep the house's own patterns and words."""
    return "administrator" in user.role_names


def can_see_scrubbing(user: Any) -> bool:
    return bool({"administrator", "compliance"} & user.role_names)
