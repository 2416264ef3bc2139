"""Reads of the map and the library."""

import re
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Prefetch, Q

if TYPE_CHECKING:
    from policies.models import Activity, Goal, PolicyVersion, PromptVersion  # noqa: F401

_DECIDING = ("in_force", "suspended")
_LIVE = (*_DECIDING, "scheduled")


def _occurs(word: str) -> Q:
    """“summarize” finds “Summary of a call”: endings of long words do not count."""
    stem = re.escape(word[: max(5, len(word) - 3)])
    places = ("prompt__title", "prompt__activity__name", "prompt__activity__description", "goal")
    return reduce(or_, (Q(**{f"{place}__iregex": stem}) for place in places))


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


class GoalQuerySet(models.QuerySet["Goal"]):
    def current(self) -> Self:
        """Goals that a policy rests on now."""
        return self.filter(policy_versions__state__in=_DECIDING, activity__retired_at=None).distinct()


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

    def in_library(self, *, words: str = "", stage: str = "", favourite_of: Any = None) -> Self:
        """Approved prompts of activities on the map, by stage and activity.

        ``words`` occur, each without its ending, in title, activity or goal; where no prompt has them all, those with one of them are found.
        Matched as regular expressions, since SQLite's own comparison knows no small Ä.
        """
        found = (
            self.approved()
            .filter(prompt__activity__retired_at=None)
            .select_related("prompt__activity__stage", "approved_by")
            .order_by("prompt__activity__stage__order", "prompt__activity__order", "prompt__title")
        )
        wanted = [_occurs(word) for word in words.split()[:6]]
        every = found.filter(*wanted)
        found = every if len(wanted) < 2 or every.exists() else found.filter(reduce(or_, wanted))
        if stage:
            found = found.filter(prompt__activity__stage__name=stage)
        if favourite_of is not None:
            found = found.filter(prompt__favourite_of=favourite_of)
        return found
