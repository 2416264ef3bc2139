"""Whoever asks must have earned the right. The decision honours it, so a form without it never opens."""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import Kind, Param, Place

KIND = Kind(
    "qualification", Place.BEFORE, _("Qualification"), _("Whoever asks holds this qualification, and it has not lapsed"), "mortarboard",
    params=(Param("name", _("short name of the qualification"), {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,49}$"}),),
)  # fmt: skip
