"""A draft that nobody decides on in time is never released."""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import Kind, Param, Place

_THEN = {"deny": _("then it ends"), "escalate": _("then the team's manager has as long again")}

KIND = Kind(
    "time_limit", Place.REVIEW, _("Time limit"), _("Not decided in time means not released"), "clock",
    params=(
        Param("hours", _("hours"), {"type": "number", "exclusiveMinimum": 0, "maximum": 8760}, default=24),
        Param("remind", _("hours before it a reminder"), {"type": "number", "minimum": 0, "maximum": 168}, default=4),
        Param("then", _("what happens then"), {"enum": list(_THEN)}, default="deny", choices=_THEN),
    ),
)  # fmt: skip
