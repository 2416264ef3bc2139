"""Reasons for deciding without a fundamental, in which a person can be named, for erasure and access requests (WORKBENCH_SUBJECT_RECORDS)."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from policies.models import PolicyOverride
from workbench.privacy.records import Found


def records_of(keys: Collection[UUID]) -> Iterator[Found]:
    """The reasons that these keys seal."""
    for one in PolicyOverride.objects.filter(data_key__in=keys).select_related("policy_version__activity", "by"):
        version = one.policy_version
        yield Found(
            one.data_key_id, _("Reason for a policy without a fundamental"), str(version), one.at, str(one.by), str(version.get_state_display()),
            reverse("policies:policy", args=[version.activity.slug]),
        )  # fmt: skip


def contents_of(keys: Collection[UUID]) -> Iterator[dict[str, Any]]:
    """What stands in them, for the person they are about."""
    found = PolicyOverride.objects.filter(data_key__in=keys, data_key__destroyed_at=None)
    for one in found.select_related("policy_version__activity", "data_key"):
        yield {
            "record": "reason for a policy without a fundamental",
            "policy": str(one.policy_version),
            "at": one.at,
            "given": one.why,
        }


def ended_before(moment: datetime) -> Q:
    """They stay as long as the decision they explain."""
    return Q(pk__in=[])


def keys_typed_by(person: Any) -> set[UUID]:
    """They are the house's record of a decision, whoever wrote them."""
    return set()


def run_ids_of(keys: Collection[UUID]) -> tuple[int, ...]:
    """They are about no run."""
    return ()


def before_erasing(actor: Any, keys: Collection[UUID]) -> None:
    """Nothing waits in them; the decision stays, and its reason reads as erased."""
