"""Personal data is replaced before the call. Always on; the parameter is what it can be told."""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import Kind, Param, Place

KIND = Kind(
    "scrub", Place.BEFORE, _("Scrub personal data"), _("Blocks when the scrubber is not available"), "shield-lock",
    params=(Param("unmark", _("false finds may stay readable"), {"type": "boolean"}, default=False),),
)  # fmt: skip
