"""Reads of the map and the library."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Prefetch, Q

if TYPE_CHECKING:
    from policies.models import Activity, PolicyVersion, PromptVersion  # noqa: F401

_DECIDING = ("in_force", "suspended")
_LIVE = (*_DECIDING, "scheduled")


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, user: Any) -> Self:
        """Everybody who is signed in sees the map: who is responsible is no secret."""
        return self

    def current(self) -> Self:
        """Without the retired ones."""
        return self.filter(retired_at=None)

    def with_policy(self) -> Self:
        """Each activity with the version that decides now, as ``activity.deciding`` (a list of at most one)."""
        from policies.models import PolicyVersion

        versions = PolicyVersion.objects.deciding().select_related("accountable", "decided_by", "goal", "tool")
        return self.select_related("stage").prefetch_related(
            Prefetch("policy_versions", queryset=versions, to_attr="deciding")
        )


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def visible_to(self, user: Any) -> Self:
        return self

    def deciding(self) -> Self:
        """The version that decides about an activity now: in force, or suspended (which refuses)."""
        return self.filter(state__in=_DECIDING)

    def live(self) -> Self:
        """What decides now or on a day to come."""
        return self.filter(state__in=_LIVE)


class PromptVersionQuerySet(models.QuerySet["PromptVersion"]):
    def visible_to(self, user: Any) -> Self:
        """Decided versions for everybody, proposals for leaders and trainers; whoever wrote a version sees it in every state."""
        seen = Q(author=user.pk) | Q(state__in=("approved", "retired"))
        return (
            self.filter(seen | Q(state="in_review")) if {"leader", "trainer"} & user.role_names else self.filter(seen)
        )

    def approved(self) -> Self:
        return self.filter(state="approved")
