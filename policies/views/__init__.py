"""The activity map, the policy of an activity, goals, the prompt library, tools, reports and scrubbing rules."""

from policies.views.goals import goal_measure, goals
from policies.views.map import activity_edit, activity_map, activity_move, activity_new, activity_retire, adopt, stages
from policies.views.mapfile import map_export, map_import, map_schema
from policies.views.policy import policy, policy_discard, policy_list, policy_replay, policy_withdraw, suspend
from policies.views.prompts import (
    prompt,
    prompt_act,
    prompt_adopt,
    prompt_edit,
    prompt_favourite,
    prompt_new,
    prompt_retire,
    prompt_version,
    prompts,
)
from policies.views.qualifications import qualification_revoke, qualifications
from policies.views.reports import report, report_new, reports
from policies.views.scrubbing import scrubbing_remove, scrubbing_rules
from policies.views.tools import tool_edit, tool_list, tool_new, tool_probe, tool_switch

__all__ = [
    "activity_edit",
    "activity_map",
    "activity_move",
    "activity_new",
    "activity_retire",
    "adopt",
    "goal_measure",
    "goals",
    "map_export",
    "map_import",
    "map_schema",
    "policy",
    "policy_discard",
    "policy_list",
    "policy_replay",
    "policy_withdraw",
    "prompt",
    "prompt_act",
    "prompt_adopt",
    "prompt_edit",
    "prompt_favourite",
    "prompt_new",
    "prompt_retire",
    "prompt_version",
    "prompts",
    "qualification_revoke",
    "qualifications",
    "report",
    "report_new",
    "reports",
    "scrubbing_remove",
    "scrubbing_rules",
    "stages",
    "suspend",
    "tool_edit",
    "tool_list",
    "tool_new",
    "tool_probe",
    "tool_switch",
]
