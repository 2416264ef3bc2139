"""The prompt that practice is logged under; the demo's leader let people practise."""

from policies.models import PolicyVersion, PromptVersion
from policies.services import put_in_force
from workbench.runs.services import practice_prompt


def with_practice(cast, category: str = "") -> PromptVersion:
    """The approved practice prompt, under another category where one is named."""
    version = practice_prompt("en")
    assert version is not None
    if category:
        activity = version.prompt.activity
        now = PolicyVersion.objects.deciding().get(activity=activity)
        put_in_force(
            actor=cast.leader, activity=activity, category=category, rationale=now.rationale, accountable=now.accountable, goal=now.goal, tool=now.tool,
            control_points=[("scrub", {})],
        )  # fmt: skip
    return version
