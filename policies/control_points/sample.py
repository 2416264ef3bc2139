"""A share of what rules released is looked at afterwards."""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import Kind, Param, Place

KIND = Kind(
    "sample", Place.AFTER, _("Sampled review"), _("A share is reviewed afterwards; too many rejects suspend the policy"), "shuffle",
    params=(
        Param("percent", _("percent of what is released"), {"type": "number", "minimum": 0, "maximum": 100}, default=20),
        Param("rejects", _("rejects at most"), {"type": "integer", "minimum": 0}, default=2),
        Param("window", _("samples looked back"), {"type": "integer", "minimum": 1, "maximum": 1000}, default=20),
    ),
)  # fmt: skip
