"""Who answers the people who are in the records, and who says what was kept long enough."""

from typing import Any


def can_answer_requests(user: Any) -> bool:
    """Compliance finds, discloses and erases, and places and lifts holds."""
    return "compliance" in user.role_names


def can_see_retention(user: Any) -> bool:
    """Compliance says how long and asks for a removal; leaders and administrators see it and may be the second person."""
    return bool({"compliance", "leader", "administrator"} & user.role_names)


def can_confirm_removal(user: Any, request: Any) -> bool:
    """Anybody of these but whoever asked."""
    return can_see_retention(user) and request.asked_by_id != user.pk
