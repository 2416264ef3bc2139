"""Reads of runs."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.fields.json import KT
from django.utils import timezone

from policies.models import ControlPoint
from workbench.accounts.models import Qualification, RoleGrant, User

if TYPE_CHECKING:
    from workbench.runs.models import Case, Run  # noqa: F401

#: A claim that nobody renewed or decided on is free again after this.
CLAIM = timedelta(minutes=30)
# What a reviewer may open that others asked for: drafts that wait, what was decided, and samples of what was released by rule.
_REVIEWABLE = Q(
    category__in=("human_in_the_loop", "automated"), state__in=("in_review", "released", "rejected", "expired")
)


def binding_points(version: Any, activity: Any) -> models.QuerySet[ControlPoint]:
    """The control points that bind a verdict: of the policy version the run went under, and of the one in force for its activity now."""
    now = Q(policy_version__activity=activity, policy_version__state="in_force")
    return ControlPoint.objects.filter(Q(policy_version=version) | now)


def _taken() -> Any:
    """That somebody has an outer run who may decide on it: a claim that has not lapsed or a hand-over, to somebody who is still here and holds
    what the policy asks for. What the policy asks beyond that (four eyes, an escalation) is settled when a draft is taken.
    """
    holder = OuterRef("claimed_by")
    here = User.objects.filter(pk=holder, is_active=True, role_grants__role="reviewer")
    asked = binding_points(OuterRef("policy_version"), OuterRef("activity")).annotate(
        holder=ExpressionWrapper(OuterRef("claimed_by"), models.BigIntegerField())
    )
    role = asked.filter(kind="reviewer_role").annotate(asked=KT("params__role"))
    held = RoleGrant.objects.filter(user=OuterRef("holder"), role=OuterRef("asked"))
    lacks_role = role.filter(~Exists(held))
    right = asked.filter(kind="reviewer_qualification").annotate(asked=KT("params__name"))
    earned = Qualification.objects.held(on=timezone.now()).filter(person=OuterRef("holder"), name=OuterRef("asked"))
    lacks_right = right.filter(~Exists(earned))
    kept = Q(assigned=True) | Q(claimed_at__gt=timezone.now() - CLAIM)
    return Q(claimed_by__isnull=False) & kept & Exists(here) & ~Exists(lacks_role) & ~Exists(lacks_right)


_IN_QUEUE: dict[str, Callable[[Any], Q]] = {
    "mine": lambda user: Q(claimed_by=user.pk) | Q(claimed_by__in=user.covered_ids, assigned=True),
    "team": lambda user: (
        Q(requester__team=user.team_id, requester__team__isnull=False) | Q(requester__team__manager=user.pk)
    ),
}


class CaseQuerySet(models.QuerySet["Case"]):
    def open_for(self, user: Any) -> Self:
        """The cases that somebody opened and that are neither closed nor over; none once they are not compliance any more."""
        if "compliance" not in user.role_names:
            return self.none()
        return self.filter(opened_by=user.pk, closed_at=None, until__gt=timezone.now())


class RunQuerySet(models.QuerySet["Run"]):
    def readable_by(self, user: Any) -> Self:
        """``visible_to``, and what compliance reads under a case."""
        cases = apps.get_model("runs.Case").objects.open_for(user)
        return self.visible_to(user) | self.filter(pk__in=cases.values("run"))

    def visible_to(self, user: Any) -> Self:
        """One's own runs; for reviewers also everything that is or was up for review. Thinking aids stay with the person."""
        mine = Q(requester_id=user.pk)
        return self.filter(mine | _REVIEWABLE if "reviewer" in user.role_names else mine)

    def waiting_for_review(self) -> Self:
        """Drafts that need a verdict and samples that need a look, the one that is due first in front. Of an erased one there is nothing to look at."""
        sample = Q(state="released", sampled=True, data_key__destroyed_at=None) & ~Q(reviews__kind="sample")
        return self.filter(Q(state="in_review") | sample).order_by(F("due_at").asc(nulls_last=True), "id")

    def in_queue(self, user: Any, which: str = "all") -> Self:
        """What waits for a reviewer, without what they asked for: ``mine`` (taken or handed over), ``team`` or all they may decide on."""
        found = self.visible_to(user).waiting_for_review().exclude(requester_id=user.pk)
        return found.filter(_IN_QUEUE[which](user)) if which in _IN_QUEUE else found

    def narrowed(self, *, activity: str = "", kind: str = "", due: str = "") -> Self:
        """A queue with only one activity (its slug), only drafts or samples, or only what is due until the end of the day."""
        found = self.filter(activity__slug=activity) if activity else self
        if kind:
            found = found.filter(state="in_review" if kind == "draft" else "released")
        if due:
            midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
            found = found.filter(due_at__lt=midnight)
        return found

    def waiting_activities(self, user: Any) -> list[tuple[str, str]]:
        """Slug and name of the activities of which something waits for a reviewer. One query."""
        rows = self.in_queue(user).order_by("activity__name").values_list("activity__slug", "activity__name").distinct()
        return list(rows[:200])

    def queue_counts(self, user: Any) -> dict[str, int]:
        """How much waits in each queue. One query."""
        counts = {name: models.Count("pk", filter=condition(user)) for name, condition in _IN_QUEUE.items()}
        return self.in_queue(user).order_by().aggregate(all=models.Count("pk"), **counts)

    def free_for(self, user: Any) -> Self:
        """Without what another reviewer has taken. What somebody has for whom this person stands in is free for them."""
        own = Q(claimed_by__in={user.pk, *user.covered_ids})
        return self.with_holder().filter(Q(claimed_by=None) | own | Q(taken=False))

    def with_holder(self) -> Self:
        """``taken``: whether ``claimed_by`` has the draft now. A claim lapses, and one of somebody who left or lost the right counts no more."""
        return self.annotate(taken=ExpressionWrapper(_taken(), BooleanField()))

    def asked_for(self, user: Any) -> Self:
        """What somebody began: without follow-up questions, which stand on the page of their first answer, and without rows of jobs."""
        return self.filter(requester_id=user.pk, follows=None, job=None)

    def for_list(self) -> Self:
        """With what a row of a list shows, without any sealed text."""
        return self.select_related("activity", "requester", "prompt_version__prompt", "tool").defer(
            "inputs_sealed", "outbound_sealed", "mapping_sealed", "partial_sealed"
        )

    def dispatchable(self, *, live: bool = False) -> Self:
        """Queued and not waiting for a later attempt. What people wait for comes before the rows of jobs. ``live``: what a caller takes by itself."""
        ready = self.filter(state="queued", live=live).filter(Q(retry_at=None) | Q(retry_at__lte=timezone.now()))
        return ready.order_by(F("job").asc(nulls_first=True), "id")
