"""A map as YAML that people like to read: long texts as blocks, defaults left out, keys in a fixed order."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from policies.mapfile.form import ACTIVITY, FORMAT, GOAL, POLICY, PROMPT, TOOL, short

_HEAD = "# The activity map of this house. Read by the page “Import” and by: python manage.py import_map FILE\n"


_BREAKS = re.compile("[\r\x85\u2028\u2029]")


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    # The emitter falls back to quotes where a block cannot hold the text.
    # Line breaks other than \n are folded by readers wherever they are not escaped.
    style = '"' if _BREAKS.search(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def write(data: Mapping[str, Any]) -> str:
    """The file's text. Reading it gives the same map again."""
    activities = []
    for entry in data["activities"]:
        row = short(entry, ACTIVITY)
        if row.get("goal"):
            row["goal"] = short(row["goal"], GOAL)
        if row.get("policy"):
            row["policy"] = short(row["policy"], POLICY)
        activities.append(row)
    whole = {
        "format": FORMAT,
        "stages": list(data["stages"]),
        "tools": [short(entry, TOOL) for entry in data["tools"]],
        "activities": activities,
        "prompts": [short(entry, PROMPT) for entry in data["prompts"]],
    }
    return _HEAD + yaml.dump(
        whole, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120, default_flow_style=False
    )
