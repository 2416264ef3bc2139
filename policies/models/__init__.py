"""The map of activities, the policies that decide who is responsible, and the prompts that are approved for them."""

from policies.models.map import Activity, Category, DataClass, Goal, GoalSource, Measurement, Stage, Trait
from policies.models.policies import ControlPoint, PolicyOverride, PolicyState, PolicyVersion
from policies.models.prompts import OutputForm, Prompt, PromptState, PromptTest, PromptVersion
from policies.models.reports import ReportState, UseReport
from policies.models.scrubbing import AllowedWord, IdentifierPattern
from policies.models.tools import Tool, ToolUse

__all__ = [
    "Activity",
    "AllowedWord",
    "Category",
    "ControlPoint",
    "DataClass",
    "Goal",
    "GoalSource",
    "IdentifierPattern",
    "Measurement",
    "OutputForm",
    "PolicyOverride",
    "PolicyState",
    "PolicyVersion",
    "Prompt",
    "PromptState",
    "PromptTest",
    "PromptVersion",
    "ReportState",
    "Stage",
    "Tool",
    "ToolUse",
    "Trait",
    "UseReport",
]
