"""A draft is decided on by somebody who holds this qualification at the moment of the verdict."""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import Kind, Param, Place

KIND = Kind(
    "reviewer_qualification", Place.REVIEW, _("Qualification of the reviewer"), _("The reviewer holds it at the moment of the verdict"), "mortarboard",
    params=(Param("name", _("short name of the qualification"), {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,49}$"}),),
)  # fmt: skip
