"""Who may learn, who writes exercises, who assigns paths, who says how fundamentals stand, who fills in worksheets, and who sees what of the coaching log."""

from collections.abc import Iterable
from typing import Any


def can_learn(user: Any) -> bool:
    """Everybody with a role here."""
    return bool(user.role_names)


def can_write_exercises(user: Any) -> bool:
    """Trainers write and publish exercises."""
    return "trainer" in user.role_names


def can_assign_to_everybody(user: Any) -> bool:
    """Trainers and leaders."""
    return bool({"trainer", "leader"} & user.role_names)


def can_assign_to(
    user: Any, *, people: Iterable[Any] = (), roles: Iterable[str] = (), teams: Iterable[Any] = ()
) -> bool:
    """Trainers and leaders to everybody; the manager of a team to it and to the people in it."""
    if can_assign_to_everybody(user):
        return True
    theirs = [person.team is not None and person.team.manager_id == user.pk for person in people]
    return not list(roles) and all(theirs) and all(team.manager_id == user.pk for team in teams)


def can_see_assignments(user: Any) -> bool:
    """Trainers and leaders, and the managers of teams. One query for the latter."""
    return can_assign_to_everybody(user) or bool(user.managed_teams.exists())


def can_end_assignment(user: Any, assignment: Any) -> bool:
    """Trainers and leaders; a manager what they assigned themselves."""
    return can_assign_to_everybody(user) or assignment.assigned_by_id == user.pk


def can_see_every_assignment(user: Any) -> bool:
    """Trainers and leaders see of every assignment who is complete."""
    return can_assign_to_everybody(user)


def can_see_every_certificate(user: Any) -> bool:
    """Trainers and compliance, beside the person themselves."""
    return bool({"trainer", "compliance"} & user.role_names)


def can_see_evidence(user: Any) -> bool:
    """Compliance, leaders and trainers see what was offered and done."""
    return bool({"compliance", "leader", "trainer"} & user.role_names)


def can_edit_fundamentals(user: Any) -> bool:
    """Leaders and trainers say what the fundamentals are and how they show."""
    return bool({"leader", "trainer"} & user.role_names)


def can_assess_fundamentals(user: Any) -> bool:
    """Leaders say how a team stands."""
    return "leader" in user.role_names


def can_see_all_assessments(user: Any) -> bool:
    """Beyond one's own team: leaders, trainers and compliance."""
    return bool({"leader", "trainer", "compliance"} & user.role_names)


def can_fill_worksheets(user: Any) -> bool:
    """Everybody with a role here: the work stays with people, whoever does it."""
    return bool(user.role_names)


def can_note_coaching(user: Any) -> bool:
    """The manager of a team, for the people in it. One query."""
    return bool(user.managed_teams.exists())


def can_finish_coaching(user: Any, entry: Any) -> bool:
    """Either of the two people concerned."""
    return user.pk in {entry.manager_id, entry.person_id}


def can_take_coaching_back(user: Any, entry: Any) -> bool:
    """Whoever noted it."""
    return bool(entry.manager_id == user.pk)


def can_see_coaching_counts(user: Any) -> bool:
    """Leaders, and of teams only."""
    return "leader" in user.role_names


def is_concerned_by_coaching(user: Any) -> bool:
    """Whom the navigation leads to the coaching log: those who sell and lead, and everybody else who belongs to a team. No query."""
    return bool({"leader", "reviewer", "rep"} & user.role_names) or getattr(user, "team_id", None) is not None
