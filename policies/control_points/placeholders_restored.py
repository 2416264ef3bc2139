"""No placeholder is left in the draft that stands for nothing here."""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import CheckResult, Draft, Kind, Params, Place


def placeholders_restored(draft: Draft, params: Params) -> CheckResult:
    """Placeholders the model left out are no fault of a summary; the reviewer sees them beside the draft."""
    return CheckResult("placeholders_restored", not draft.unexpected, draft.unexpected)


KIND = Kind(
    "placeholders_restored", Place.OUTPUT, _("No invented placeholder"), _("A placeholder that stands for nothing here must not stay in the text"), "braces-asterisk",
    check=placeholders_restored, remedy=_("Take out what stands for nothing, or reject."),
)  # fmt: skip
