"""Who answers the people who are in the records."""

from typing import Any


def can_answer_requests(user: Any) -> bool:
    """Compliance finds, discloses and erases, and places and lifts holds."""
    return "compliance" in user.role_names
