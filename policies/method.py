"""The order of the method as a pure function: what must stand before a decision takes effect, or before a tool is attached.

The page, the API and the import of a file ask it; the database refuses the same (constraints and triggers).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from policies.control_points import KINDS
from policies.models.map import Category, DataClass

MIN_RATIONALE = 10


@dataclass(frozen=True, slots=True)
class ToolSeen:
    """What of a tool counts here: its name, and the classes of data it may see."""

    name: str
    data: Collection[str]


def gaps(
    *, category: str, rationale: str, has_goal: bool, tool: ToolSeen | None, points: Mapping[str, Any], data: Collection[str]
) -> dict[str, str]:  # fmt: skip
    """Field → sentence for everything that is missing. ``data``: the classes of data the activity handles."""
    found: dict[str, str] = {}
    if category not in Category.values:
        found["category"] = _("Choose who is responsible.")
    if len(rationale.strip()) < MIN_RATIONALE:
        found["rationale"] = _("Write one sentence why. It is shown to everybody whose call is refused.")
    if category == Category.HUMAN_ONLY:
        if tool is not None:
            found["tool"] = _("An activity that stays with people has no tool.")
        return found
    if category not in Category.values:
        if tool is not None:
            found["tool"] = _("Choose who is responsible before you attach a tool.")
        return found
    if not has_goal:
        found["goal"] = _("Set a goal first: a measure, from where to where, by when.")
    if tool is None:
        found["tool"] = _("Attach a tool: without one there is nothing to call.")
    elif not points:
        found["tool"] = _("Place at least one control point before you attach a tool.")
    elif unseen := [str(DataClass(name).label) for name in data if name in DataClass.values and name not in tool.data]:
        found["tool"] = _("%(tool)s may not see what this activity handles: %(data)s. Choose another tool, or widen its contract.") % {"tool": tool.name, "data": ", ".join(unseen)}  # fmt: skip
    odd = [
        KINDS[name]
        for name in points
        if name in KINDS and KINDS[name].categories and category not in KINDS[name].categories
    ]
    if odd:
        found["control_points"] = _("“%(point)s” does nothing here: it is for %(categories)s. Take it out.") % {
            "point": odd[0].label, "categories": ", ".join(str(Category(name).label) for name in odd[0].categories),
        }  # fmt: skip
    checks = {kind.name for kind in KINDS.values() if kind.check}
    if category == Category.AUTOMATED and ("schema" not in points or len(set(points) & checks) < 2):
        found["control_points"] = _("Automation needs the schema check and at least one more rule on the output.")
    return found
