"""Every date of the draft stands in a source."""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import CheckResult, Draft, Kind, Params, Place
from policies.evidence import Sources, dates


def dates_in_source(draft: Draft, params: Params) -> CheckResult:
    """Dates are compared as days, so “12 March 2027”, “12.03.2027” and “2027-03-12” are the same; a draft may leave the year out."""
    sources = Sources(draft.sources)
    marks = [words for _start, _end, words, day in dates(draft.text) if sources.date(day) is None]
    return CheckResult("dates_in_source", not marks, tuple(dict.fromkeys(marks)))


KIND = Kind(
    "dates_in_source", Place.OUTPUT, _("Dates appear in the source"), _("Every date must stand in the inputs"), "calendar-check", check=dates_in_source, remedy=_("Correct the date, or vouch for it.")
)  # fmt: skip
