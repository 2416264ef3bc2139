"""The map as it stands, in the form of the file."""

from typing import Any

from django.db.models import Prefetch

from policies.mapfile.form import ACTIVITY, GOAL, PROMPT, PROMPT_CONTENT, TOOL
from policies.models import Activity, Goal, PolicyVersion, Prompt, PromptVersion, Stage, Tool
from policies.yamlfile import Data, plain


def current_map() -> Data:
    """Stages, tools, activities with the policy that decides, and of each prompt the approved version or else the newest."""
    activities = Activity.objects.with_policy().prefetch_related(
        "deciding__control_points",  # type: ignore[misc]
        Prefetch("goals", queryset=Goal.objects.order_by("pk")),
    )
    return {
        "stages": [stage.name for stage in Stage.objects.all()],
        "tools": [_tool(tool) for tool in Tool.objects.order_by("slug")],
        "activities": [_activity(activity) for activity in activities],
        "prompts": _prompts(),
    }


def _tool(tool: Tool) -> Data:
    return {name: plain(getattr(tool, name)) for name in TOOL}


def _activity(activity: Activity) -> Data:
    version = activity.deciding[0] if activity.deciding else None
    goals = list(activity.goals.all())
    goal = version.goal if version and version.goal else (goals[-1] if goals else None)
    result: Data = {
        name: plain(getattr(activity, name)) for name in ACTIVITY if hasattr(activity, name) and name != "stage"
    }
    result |= {"stage": activity.stage.name, "retired": activity.retired_at is not None}
    result["goal"] = {name: plain(getattr(goal, name)) for name in GOAL} if goal else None
    result["policy"] = _policy(version) if version else None
    return {name: result[name] for name in ACTIVITY}


def _policy(version: PolicyVersion) -> Data:
    return {
        "category": version.category,
        "rationale": version.rationale,
        "accountable": version.accountable.username if version.accountable else "",
        "tool": version.tool.slug if version.tool else None,
        "control_points": {kind: dict(params) for kind, params in version.points.items()},
        "state": version.state,
    }


def _prompts() -> list[Data]:
    prompts = Prompt.objects.select_related("activity").order_by("slug").prefetch_related(
        Prefetch("versions", queryset=PromptVersion.objects.order_by("-number"))
    )  # fmt: skip
    return [found for prompt in prompts if (found := prompt_data(prompt))]


def prompt_data(prompt: Prompt) -> Data | None:
    """A prompt as the file holds it, or None where nobody has written a version yet."""
    versions = list(prompt.versions.all())
    if not versions:
        return None
    version = next((version for version in versions if version.state == "approved"), versions[0])
    result: dict[str, Any] = {
        "slug": prompt.slug,
        "activity": prompt.activity.slug,
        "title": prompt.title,
        "language": prompt.language,
    }
    result |= {name: plain(getattr(version, name)) for name in PROMPT_CONTENT}
    return {name: result[name] for name in PROMPT}
