"""Fundamentals of selling that must be in place before the policy takes effect, or a leader says why it does all the same.

Asked when somebody decides and when a day comes, not at each call: a team does not lose its habits between two calls. See ``policies.fundamentals``.
"""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import Kind, Param, Place

KIND = Kind(
    "fundamentals", Place.BEFORE, _("Fundamentals"), _("In place in the team of the accountable person before the policy takes effect"), "bricks",
    params=(
        Param(
            "names", _("fundamentals"),
            {"type": "array", "items": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,49}$"}, "minItems": 1, "maxItems": 20, "uniqueItems": True},
        ),
    ),
    categories=("sparring_partner", "human_in_the_loop", "automated"),
)  # fmt: skip
