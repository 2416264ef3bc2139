"""Reads of runs."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from workbench.runs.models import Run  # noqa: F401

# What a reviewer may open that others asked for: drafts that wait, what was decided, and samples of what was released by rule.
_REVIEWABLE = Q(
    category__in=("human_in_the_loop", "automated"), state__in=("in_review", "released", "rejected", "expired")
)


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, user: Any) -> Self:
        """One's own runs; for reviewers also everything that is or was up for review. Thinking aids stay with the person."""
        mine = Q(requester_id=user.pk)
        return self.filter(mine | _REVIEWABLE if "reviewer" in user.role_names else mine)

    def waiting_for_review(self) -> Self:
        """Drafts that need a verdict and samples that need a look, the one that is due first in front."""
        return self.filter(
            Q(state="in_review") | Q(state="released", sampled=True) & ~Q(reviews__kind="sample")
        ).order_by(models.F("due_at").asc(nulls_last=True), "id")

    def for_list(self) -> Self:
        """With what a row of a list shows, without any sealed text."""
        return self.select_related("activity", "requester", "prompt_version__prompt", "tool").defer(
            "inputs_sealed", "outbound_sealed", "mapping_sealed", "partial_sealed"
        )

    def dispatchable(self) -> Self:
        """Queued and not waiting for a later attempt."""
        return self.filter(state="queued").filter(Q(retry_at=None) | Q(retry_at__lte=timezone.now())).order_by("id")
