"""One draft in N carries an error on purpose, for whoever reviews it; the draft with the error can never be released."""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import Kind, Param, Place

KIND = Kind(
    "planted_error", Place.REVIEW, _("Planted errors"), _("A copy of some drafts carries a labelled error; the reviewer learns of it right after the verdict"), "bullseye",
    params=(Param("every", _("drafts to one planted error"), {"type": "integer", "minimum": 1, "maximum": 1000}, default=20),),
    categories=("human_in_the_loop", "automated"),
)  # fmt: skip
