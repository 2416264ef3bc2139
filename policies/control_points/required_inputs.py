"""Inputs that a prompt may leave optional and this policy does not."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from policies.control_points.base import Given, Kind, Param, Params, Place


def gate(given: Given, params: Params) -> str:
    """Every named input that the prompt has is filled."""
    empty = [name for name in params.get("names", ()) if name in given.kinds and not given.inputs.get(name, "").strip()]
    return (
        gettext("The policy asks for these inputs too: %s. Fill them in; your text is kept.") % ", ".join(empty)
        if empty
        else ""
    )


KIND = Kind(
    "required_inputs", Place.BEFORE, _("Required inputs"), _("Inputs that must be filled, even where the prompt leaves them open"), "input-cursor-text",
    params=(Param("names", _("names of inputs"), {"type": "array", "items": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}, "minItems": 1, "maxItems": 20}),),
    gate=gate,
)  # fmt: skip
