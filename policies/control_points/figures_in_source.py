"""Every figure of the draft stands in a source."""

import re

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import CheckResult, Draft, Kind, Params, Place

# A figure: digits with separators, at least one digit; percent signs, currency and units are compared by their digits alone.
_FIGURE = re.compile(r"(?<![\w\[])\d(?:[\d.,'’  ]*\d)?(?![\w\]])")
_LIST_NUMBER = re.compile(r"(?m)^\s*\d{1,2}[.)]\s")


def _digits(figure: str) -> str:
    return re.sub(r"\D", "", figure)


def figures_in_source(draft: Draft, params: Params) -> CheckResult:
    """Every figure of the draft stands in a source. Figures are compared by digits, so 84.000 and 84,000 are the same.

    Bare list numbers at the start of a line do not count.
    """
    # A source is read with and without its list numbers, so that a copied line raises no alarm either way.
    sources = [text for source in draft.sources for text in (source, _LIST_NUMBER.sub("", source))]
    known = {_digits(match[0]) for source in sources for match in _FIGURE.finditer(source)}
    text = _LIST_NUMBER.sub("", draft.text)
    marks = tuple(dict.fromkeys(m[0].strip() for m in _FIGURE.finditer(text) if _digits(m[0]) not in known))
    return CheckResult("figures_in_source", not marks, marks)


KIND = Kind(
    "figures_in_source", Place.OUTPUT, _("Figures appear in the source"), _("Every number must stand in the inputs"), "123", check=figures_in_source
)  # fmt: skip
