"""Whom the workbench tells of what happens to runs. The kinds and their sentences are in ``workbench.accounts.notices``."""

from collections.abc import Collection

from django.urls import reverse

from workbench.accounts.models import User
from workbench.accounts.notices import notify
from workbench.runs.models import Job, Run, Verdict

#: Of a draft that waits, no more people than this are told; the others see it at the desk.
MOST = 50


def tell_waiting(run: Run, deciders: Collection[User]) -> None:
    """A draft waits: reviewers of the requester's team, or all who may decide where the team has none. Once until they look."""
    others = [person for person in deciders if person.pk != run.requester_id]
    team = run.requester.team
    near = [person for person in others if team and (person.team_id == team.pk or person.pk == team.manager_id)]
    notify((near or others)[:MOST], "draft_waiting", reverse("runs:desk"))


def tell_due(run: Run, people: Collection[User]) -> None:
    """The time limit comes near: whoever has the draft, or else the people who may decide."""
    notify([person for person in people if person.pk != run.requester_id][:MOST], "draft_due", _desk(run))


def tell_escalated(run: Run) -> None:
    manager = run.requester.team.manager if run.requester.team else None
    notify([manager] if manager else [], "draft_escalated", _desk(run))


def tell_handed_over(run: Run, to: User) -> None:
    notify([to], "draft_handed_over", _desk(run))


def tell_verdict(run: Run, by: User, verdict: str) -> None:
    """The person who asked, unless they decided themselves."""
    kind = {Verdict.APPROVED: "run_approved", Verdict.EDITED: "run_edited", Verdict.REJECTED: "run_rejected"}[
        Verdict(verdict)
    ]
    notify([run.requester] if run.requester_id != by.pk else [], kind, _run(run))


def tell_expired(run: Run) -> None:
    notify([run.requester], "run_expired", _run(run))


def tell_job_ended(job: Job) -> None:
    notify([job.requester], "job_ended", reverse("runs:job", args=[job.pk]))


def _desk(run: Run) -> str:
    return reverse("runs:review", args=[run.pk])


def _run(run: Run) -> str:
    return reverse("runs:run", args=[run.pk])
