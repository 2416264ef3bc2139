"""What a policy asks of whoever decides on a draft, and who has it now."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from policies.models import Category, ControlPoint, PolicyVersion
from workbench.accounts.models import Qualification, User
from workbench.accounts.querysets import holds_qualification
from workbench.runs import permissions
from workbench.runs.models import Run
from workbench.runs.permissions import ReviewTerms
from workbench.runs.querysets import binding_points


def obligation_params(run: Run, kind: str) -> Mapping[str, Any] | None:
    """The parameters of a control point of the policy version the run went under, or None."""
    point = ControlPoint.objects.filter(policy_version_id=run.policy_version_id, kind=kind).first()
    return None if point is None else point.params


def review_terms(run: Run) -> ReviewTerms:
    """What is asked of its reviewer: by the policy version the run went under, and by the one in force now, so the stricter. One query."""
    asked: dict[str, set[str]] = {"four_eyes": set(), "reviewer_role": set(), "reviewer_qualification": set()}
    name_of = {"four_eyes": "", "reviewer_role": "role", "reviewer_qualification": "name"}
    found = binding_points(run.policy_version_id, run.activity_id).filter(kind__in=asked)
    for kind, params in found.values_list("kind", "params"):
        asked[kind].add(str(params.get(name_of[kind], "")))
    roles, rights = (tuple(sorted(asked[kind] - {""})) for kind in ("reviewer_role", "reviewer_qualification"))
    return ReviewTerms(bool(asked["four_eyes"]), roles, rights)


def may_go_out(run: Run) -> bool:
    """Whether the activity is one now whose outputs may be released. A policy that was suspended or withdrawn releases nothing. One query."""
    releasing = (Category.HUMAN_IN_THE_LOOP, Category.AUTOMATED)
    return PolicyVersion.objects.filter(activity=run.activity_id, state="in_force", category__in=releasing).exists()


def held_back_sentence(run: Run) -> str:
    """Why nothing of this run may be released now, and what a reviewer can do; empty where it may. One query."""
    if may_go_out(run):
        return ""
    return _("The policy of this activity is not in force any more, so nothing is released. You can still reject; or wait until the policy is in force again.")  # fmt: skip


def is_qualified(user: User, terms: ReviewTerms) -> bool:
    """Whether somebody holds now what the policy asks of its reviewers."""
    return all(holds_qualification(user, name, on=timezone.now()) for name in terms.qualifications)


def deciders(run: Run) -> list[User]:
    """The reviewers who may decide on this draft now, 200 at most. Three queries, and one for each qualification that is asked for."""
    terms = review_terms(run)
    held: set[int] | None = None
    for name in terms.qualifications:
        holding = Qualification.objects.held(on=timezone.now()).filter(name=name)
        having = set(holding.values_list("person_id", flat=True))
        held = having if held is None else held & having
    people = User.objects.holding("reviewer").prefetch_related("role_grants")[:200]
    return [
        person
        for person in people
        if permissions.can_review_run(person, run, terms, qualified=held is None or person.pk in held)
    ]


def holder(run: Run) -> User | None:
    """Who has the draft now, or nobody. Free where the run came ``with_holder``; otherwise one query."""
    if run.claimed_by is None:
        return None
    taken = getattr(run, "taken", None)
    if taken is None:
        taken = getattr(Run.objects.with_holder().only("pk").filter(pk=run.pk).first(), "taken", False)
    return run.claimed_by if taken else None


def claimed_sentence(run: Run) -> str:
    """Who has it, and what to do."""
    if run.claimed_by is None or run.claimed_at is None:
        return _("This draft was decided meanwhile. Nothing was changed; the page now shows the verdict.")
    return _("%(who)s has this draft since %(when)s. Take the next one, or ask for it to be handed over.") % {
        "who": run.claimed_by, "when": date_format(timezone.localtime(run.claimed_at), "TIME_FORMAT"),
    }  # fmt: skip
