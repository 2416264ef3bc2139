"""What a person may do with a run. The page asks the same predicates which buttons to show."""

from dataclasses import dataclass
from typing import Any

from workbench.runs.models import Run, State


@dataclass(frozen=True, slots=True)
class ReviewTerms:
    """What the policy of a run asks of whoever decides on its draft, each role and each qualification."""

    four_eyes: bool = False
    roles: tuple[str, ...] = ()
    qualifications: tuple[str, ...] = ()


def can_review_run(user: Any, run: Run, terms: ReviewTerms, *, qualified: bool = True) -> bool:
    """A reviewer may decide on a waiting draft or sample; with four eyes not on what they asked for themselves.

    ``qualified``: whether they hold the qualifications of the terms now. A draft whose time ran out waits for the manager of the
    requester's team alone.
    """
    waiting = run.state == State.IN_REVIEW or (run.state == State.RELEASED and run.sampled)
    if not waiting or "reviewer" not in user.role_names or (terms.four_eyes and run.requester_id == user.pk):
        return False
    if not set(terms.roles) <= user.role_names or not qualified:
        return False
    return run.escalated_at is None or manages(user, run)


def manages(user: Any, run: Run) -> bool:
    """Whether this person manages the team of the person who asked, or stands in for whoever does."""
    team = run.requester.team
    return team is not None and (team.manager_id == user.pk or team.manager_id in user.covered_ids)


def can_cancel_run(user: Any, run: Run) -> bool:
    return run.requester_id == user.pk and run.state in {State.QUEUED, State.RUNNING}


def can_retry_run(user: Any, run: Run) -> bool:
    """The same input again: after a failure, a cancellation, a rejection or a lapse, by the person who asked. Practice is tried again from its exercise, a conversation by the program."""
    ended = run.state in {State.FAILED, State.CANCELLED, State.REJECTED, State.EXPIRED}
    return (
        run.requester_id == user.pk and ended and run.follows_id is None and not (run.is_practice or run.conversation)
    )


def can_note_run(user: Any, run: Run) -> bool:
    """The requester of a thinking aid writes down what they decided, once for the whole conversation."""
    return run.requester_id == user.pk and run.state == State.ANSWERED and run.follows_id is None


def can_ask_on(user: Any, run: Run) -> bool:
    """The requester of a thinking aid asks further; how often, the policy says. Not in practice: what a learner wrote was sent, no approved template."""
    return can_note_run(user, run) and not (run.is_practice or run.conversation)


def can_open_case(user: Any) -> bool:
    """Compliance opens contents, one run at a time and with a reason."""
    return "compliance" in user.role_names
