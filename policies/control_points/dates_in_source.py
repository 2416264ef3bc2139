"""Every date of the draft stands in a source."""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import CheckResult, Draft, Kind, Params, Place
from policies.control_points.dates import dates


def dates_in_source(draft: Draft, params: Params) -> CheckResult:
    """Dates are compared as days, so “12 March 2027”, “12.03.2027” and “2027-03-12” are the same; a draft may leave the year out."""
    known = [date for source in draft.sources for _words, date in dates(source)]
    marks = [words for words, date in dates(draft.text) if not any(date.fits(other) for other in known)]
    return CheckResult("dates_in_source", not marks, tuple(dict.fromkeys(marks)))


KIND = Kind(
    "dates_in_source", Place.OUTPUT, _("Dates appear in the source"), _("Every date must stand in the inputs"), "calendar-check", check=dates_in_source
)  # fmt: skip
