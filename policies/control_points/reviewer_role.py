"""A draft is decided on by a reviewer who also holds this role."""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import Kind, Param, Place
from workbench.accounts.models import Role

_ROLES = {role.value: role.label for role in (Role.LEADER, Role.REP, Role.TRAINER, Role.COMPLIANCE)}

KIND = Kind(
    "reviewer_role", Place.REVIEW, _("Role of the reviewer"), _("The reviewer also holds this role"), "person-badge",
    params=(Param("role", _("role"), {"enum": list(_ROLES)}, choices=_ROLES),),
)  # fmt: skip
