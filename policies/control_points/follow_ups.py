"""How often a person may ask on after a thinking aid."""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import Kind, Param, Place

KIND = Kind(
    "follow_ups", Place.REVIEW, _("Follow-up questions"), _("A thinking aid may be asked further, up to this limit; without this control point not at all"), "chat-left-quote",
    params=(Param("limit", _("questions at most"), {"type": "integer", "minimum": 1, "maximum": 20}, default=5),),
    categories=("sparring_partner",),
)  # fmt: skip
