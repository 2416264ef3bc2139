"""Every figure of the draft stands in a source."""

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import CheckResult, Draft, Kind, Params, Place
from policies.evidence import Sources, dates, figures


def figures_in_source(draft: Draft, params: Params) -> CheckResult:
    """Every figure of the draft stands in a source, as the same amount: 84.000 € and 84,000 EUR are the same, 84,000 USD is not.

    List numbers at the start of a line do not count, nor do number words.
    """
    sources = Sources(draft.sources)
    days = [(start, end) for start, end, _words, _day in dates(draft.text)]
    marks = [
        figure.text
        for figure in figures(draft.text)
        if not figure.word
        and not any(start <= figure.start < end for start, end in days)
        and sources.figure(figure) is None
    ]
    return CheckResult("figures_in_source", not marks, tuple(dict.fromkeys(marks)))


KIND = Kind(
    "figures_in_source", Place.OUTPUT, _("Figures appear in the source"), _("Every number must stand in the inputs"), "123", check=figures_in_source, remedy=_("Correct the figure, or vouch for it.")
)  # fmt: skip
