"""What a person may ask for at the gate, as the models of the OpenAI protocol."""

from typing import Any

from policies.models import Category, PolicyVersion
from policies.permissions import can_run
from workbench.accounts.models import User
from workbench.runs.services.practising import ACTIVITY as PRACTICE_ACTIVITY
from workbench.runs.usable import missing_rights, usable_prompts

_TALKED = (Category.SPARRING_PARTNER, Category.HUMAN_IN_THE_LOOP)
"""A conversation in one's own words is a thinking aid, or a draft for a reviewer; what is automated runs with approved prompts."""


def models_for(user: User) -> list[dict[str, Any]]:
    """Activities and approved prompts that are open to somebody now, with their category. Five queries."""
    if not can_run(user):
        return []
    closed = missing_rights(user)
    policies = (
        PolicyVersion.objects.filter(state="in_force", category__in=_TALKED, activity__retired_at=None)
        .exclude(activity__in=closed)
        .exclude(activity__slug=PRACTICE_ACTIVITY)
        .select_related("activity__stage")
        .order_by("activity__stage__order", "activity__order")
    )
    found = [_model(f"activity/{policy.activity.slug}", policy.activity.name, policy) for policy in policies]
    for version in usable_prompts(user, closed):
        inputs = [{"name": entry["name"], "kind": entry["kind"], "required": entry.get("required", True)} for entry in version.inputs]  # fmt: skip
        found.append(_model(f"prompt/{version.prompt.slug}", version.prompt.title, version.policy) | {"inputs": inputs})
    return found


def _model(name: str, title: str, policy: PolicyVersion) -> dict[str, Any]:
    since = policy.in_force_at or policy.created_at
    return {
        "id": name, "object": "model", "created": int(since.timestamp()), "owned_by": "workbench", "title": title,
        "category": policy.category, "answers_at_once": policy.category != Category.HUMAN_IN_THE_LOOP,
    }  # fmt: skip
