"""Who may do what with the log."""

from typing import Any


def can_read_log(user: Any) -> bool:
    """Compliance and leaders read the log; both see ids, counts and versions, and the reasons people gave, never contents."""
    return bool({"compliance", "leader"} & user.role_names)


def can_open_contents(user: Any) -> bool:
    """Compliance may open a case on a run; the page of the case asks again (``workbench.runs.permissions``)."""
    return "compliance" in user.role_names


def can_see_seal(user: Any) -> bool:
    """Whoever reads the log, and administrators, who run the keeper and the places outside."""
    return can_read_log(user) or "administrator" in user.role_names


def can_seal(user: Any) -> bool:
    """Sign a checkpoint now, verify now: compliance and administrators."""
    return bool({"compliance", "administrator"} & user.role_names)


def can_export(user: Any) -> bool:
    """Entries are taken along by compliance."""
    return "compliance" in user.role_names
