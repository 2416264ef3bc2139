"""What a policy asks of whoever decides on a draft, and who has it now."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from policies.models import ControlPoint
from workbench.accounts.models import Qualification, User
from workbench.accounts.querysets import holds_qualification
from workbench.runs import permissions
from workbench.runs.models import Run
from workbench.runs.permissions import ReviewTerms
from workbench.runs.querysets import CLAIM


def obligation_params(run: Run, kind: str) -> Mapping[str, Any] | None:
    """The parameters of a control point of the policy version the run went under, or None."""
    point = ControlPoint.objects.filter(policy_version_id=run.policy_version_id, kind=kind).first()
    return None if point is None else point.params


def review_terms(run: Run) -> ReviewTerms:
    """What the policy version the run went under asks of its reviewer. One query."""
    kinds = ("four_eyes", "reviewer_role", "reviewer_qualification")
    found = ControlPoint.objects.filter(policy_version_id=run.policy_version_id, kind__in=kinds)
    points: dict[str, Mapping[str, Any]] = dict(found.values_list("kind", "params"))
    return ReviewTerms(
        "four_eyes" in points, str(points.get("reviewer_role", {}).get("role", "")),
        str(points.get("reviewer_qualification", {}).get("name", "")),
    )  # fmt: skip


def is_qualified(user: User, terms: ReviewTerms) -> bool:
    """Whether somebody holds now what the policy asks of its reviewers."""
    return not terms.qualification or holds_qualification(user, terms.qualification, on=timezone.now())


def deciders(run: Run) -> list[User]:
    """The reviewers who may decide on this draft now, 200 at most. Three queries, four where the policy asks for a qualification."""
    terms = review_terms(run)
    held: set[int] | None = None
    if terms.qualification:
        holding = Qualification.objects.held(on=timezone.now()).filter(name=terms.qualification)
        held = set(holding.values_list("person_id", flat=True))
    people = User.objects.holding("reviewer").prefetch_related("role_grants")[:200]
    return [
        person
        for person in people
        if permissions.can_review_run(person, run, terms, qualified=held is None or person.pk in held)
    ]


def holder(run: Run) -> User | None:
    """Who has the draft now, or nobody."""
    if run.claimed_by is None or run.claimed_at is None:
        return None
    return run.claimed_by if run.assigned or run.claimed_at > timezone.now() - CLAIM else None


def claimed_sentence(run: Run) -> str:
    """Who has it, and what to do."""
    if run.claimed_by is None or run.claimed_at is None:
        return _("This draft was decided meanwhile. Nothing was changed; the page now shows the verdict.")
    return _("%(who)s has this draft since %(when)s. Take the next one, or ask for it to be handed over.") % {
        "who": run.claimed_by, "when": date_format(timezone.localtime(run.claimed_at), "TIME_FORMAT"),
    }  # fmt: skip
