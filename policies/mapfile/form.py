"""The one form of a map as data, in files and in memory. What is left out of a file has the default given here."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from policies.yamlfile import Data, plain

FORMAT = "sales-ai-map/1"

GOAL: Data = {"measure": "", "baseline": None, "target": None, "unit": "", "due": "", "source": "manual"}
POLICY: Data = {
    "category": "",
    "rationale": "",
    "accountable": "",
    "tool": None,
    "control_points": {},
    "state": "in_force",
}
ACTIVITY: Data = {
    "slug": "",
    "name": "",
    "stage": "",
    "description": "",
    "traits": [],
    "data": [],
    "retired": False,
    "goal": None,
    "policy": None,
}
TOOL: Data = {
    "slug": "", "name": "", "provider": "", "model": "", "base_url": "", "region": "", "contract_reference": "", "data": [], "context_tokens": 8192,
    "max_concurrent": 4, "price_input": 0, "price_output": 0, "team_calls_per_month": None, "team_cost_per_month": None, "enabled": True,
}  # fmt: skip
PROMPT: Data = {
    "slug": "", "activity": "", "title": "", "language": "en", "role": "", "goal": "", "information": "", "limits": "", "inputs": [],
    "output_form": "text", "output_schema": None, "max_output_tokens": 500, "known_limits": "", "examples": [],
}  # fmt: skip
#: What of a prompt belongs to its version.
PROMPT_CONTENT = tuple(name for name in PROMPT if name not in {"slug", "activity", "title", "language"})


def whole(entry: Mapping[str, Any], defaults: Data) -> Data:
    """An entry with every key, in the order of ``defaults``."""
    return {name: plain(entry.get(name, deepcopy(default))) for name, default in defaults.items()}


def whole_activity(entry: Mapping[str, Any]) -> Data:
    """An activity with every key, its goal and policy too."""
    result = whole(entry, ACTIVITY)
    for name, defaults in (("goal", GOAL), ("policy", POLICY)):
        if isinstance(result[name], dict):
            result[name] = whole(result[name], defaults)
    return result


def short(entry: Mapping[str, Any], defaults: Data) -> Data:
    """An entry without what its default says anyway."""
    return {name: value for name, value in entry.items() if name not in defaults or value != defaults[name]}
