"""Not empty and not too long."""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import CheckResult, Draft, Kind, Param, Params, Place


def length(draft: Draft, params: Params) -> CheckResult:
    """At most ``words`` words, and not empty."""
    count = len(draft.text.split())
    limit = int(KIND.value(params, "words"))
    return CheckResult("length", 0 < count <= limit, () if 0 < count <= limit else (f"{count}/{limit}",))


KIND = Kind(
    "length", Place.OUTPUT, _("Length"), _("Not empty and not too long"), "text-paragraph",
    params=(Param("words", _("words at most"), {"type": "integer", "minimum": 1, "maximum": 100_000}, default=1000),), check=length, remedy=_("Shorten it, or reject."),
)  # fmt: skip
