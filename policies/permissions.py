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


def can_change_map(user: Any) -> bool:
    """Leaders describe the sales process: stages and activities."""
    return "leader" in user.role_names


def can_enter_figures(user: Any, goal: Any) -> bool:
    """Leaders, and whoever is accountable for an activity with this goal."""
    return "leader" in user.role_names or goal.policy_versions.filter(accountable=user).exists()


def can_report_use(user: Any) -> bool:
    """Everybody who works here may tell what they use."""
    return bool(user.role_names)


def can_propose_prompts(user: Any) -> bool:
    """Anyone who may use AI here may propose how."""
    return can_run(user)


def can_approve_prompt(user: Any, version: Any) -> bool:
    """Leaders and trainers, never for what they wrote themselves."""
    return bool({"leader", "trainer"} & user.role_names) and version.author_id != user.pk


def can_test_prompt(user: Any, version: Any) -> bool:
    """Its author, and those who could approve it."""
    return version.author_id == user.pk or bool({"leader", "trainer"} & user.role_names)


def can_retire_prompts(user: Any) -> bool:
    return bool({"leader", "trainer"} & user.role_names)


def can_see_planted(user: Any) -> bool:
    """Leaders and trainers see how reviews fare with planted errors: one figure per policy, from five reviewers on."""
    return bool({"leader", "trainer"} & user.role_names)
