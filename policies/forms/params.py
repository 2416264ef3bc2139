"""A form field for whatever a control point can be told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from policies.control_points import Param


class LinesField(forms.CharField):
    """A list of texts, one per line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}), help_text=_("One per line."), **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def run_validators(self, value: Any) -> None:
        """Of each line: in a list a zero byte would be hidden from them."""
        for line in value:
            super().run_validators(line)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


def field_for(param: Param, value: Any) -> forms.Field:
    """The field of a parameter, filled with its value or its default. Left empty, it falls back to the default."""
    schema: dict[str, Any] = dict(param.schema)
    common: dict[str, Any] = {
        "label": param.label,
        "required": False,
        "initial": param.default if value is None else value,
    }
    choices = [(name, words) for name, words in param.choices.items()]
    kind = schema.get("type")
    if kind == "boolean":
        return forms.BooleanField(**common)
    if kind == "array" and choices:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
    if kind == "array":
        return LinesField(**common)
    if choices:
        return forms.ChoiceField(choices=choices, **common)
    if kind in {"integer", "number"}:
        whole = common | {
            "initial": int(common["initial"]) if common["initial"] == int(common["initial"]) else common["initial"]
        }
        bounds = {"min_value": schema.get("minimum", 0), "max_value": schema.get("maximum")}
        return forms.IntegerField(**whole, **bounds) if kind == "integer" else forms.FloatField(**whole, **bounds)
    return forms.CharField(max_length=100, **common)
