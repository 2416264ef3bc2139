"""Whoever asked does not decide."""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import Kind, Place

KIND = Kind("four_eyes", Place.REVIEW, _("Four eyes"), _("The requester cannot be the reviewer"), "people")
