"""The kinds of control points. A new kind is one file in this folder, one name in the list below, and one test."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from policies.control_points.base import CheckResult, Draft, Given, Kind, Param, Params, Place

__all__ = [
    "KINDS",
    "CheckResult",
    "Draft",
    "Given",
    "Kind",
    "Param",
    "Params",
    "Place",
    "accepts",
    "refusals",
    "run_checks",
]

# In the order of the way of a run; checks run and are shown in this order.
_NAMES = (
    "scrub", "required_inputs", "consent", "languages", "qualification", "fundamentals",
    "schema", "figures_in_source", "dates_in_source", "values_in_source", "placeholders_restored", "forbidden_phrases", "length",
    "reviewer_role", "reviewer_qualification", "four_eyes", "time_limit", "planted_error",
    "follow_ups",
    "sample",
)  # fmt: skip

KINDS: dict[str, Kind] = {name: import_module(f"policies.control_points.{name}").KIND for name in _NAMES}


def accepts(kind: str, params: Any) -> bool:
    """Whether a control point of this kind can be honoured with these parameters."""
    return kind in KINDS and KINDS[kind].accepts(params)


def refusals(points: Mapping[str, Params], given: Given) -> dict[str, str]:
    """What the gates before the call object to: kind → sentence."""
    found = {
        kind.name: kind.gate(given, points[kind.name]) for kind in KINDS.values() if kind.gate and kind.name in points
    }
    return {name: sentence for name, sentence in found.items() if sentence}


def run_checks(points: Mapping[str, Params], draft: Draft) -> list[CheckResult]:
    """Run the checks on the output that ``points`` (kind → parameters) asks for, in the order of the list of kinds."""
    return [kind.check(draft, points[kind.name]) for kind in KINDS.values() if kind.check and kind.name in points]
