"""Fields that are copied, not written, stand in a source."""

import json

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import CheckResult, Draft, Kind, Param, Params, Place, not_json


def values_in_source(draft: Draft, params: Params) -> CheckResult:
    """Every text value of a JSON draft that is a single name, date or figure occurs in a source (case and spacing aside).

    ``fields`` lists the fields that are copied, not written; values of other fields are free.
    """
    try:
        value = json.loads(draft.text)
    except ValueError:
        return CheckResult("values_in_source", False, (not_json(),))
    sources = [_flat(source) for source in draft.sources]
    marks = []
    for name in params.get("fields", ()):
        found = value.get(name) if isinstance(value, dict) else None
        for item in found if isinstance(found, list) else [found]:
            if item not in (None, "") and not any(_flat(str(item)) in source for source in sources):
                marks.append(name)
    return CheckResult("values_in_source", not marks, tuple(dict.fromkeys(marks)))


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()


KIND = Kind(
    "values_in_source", Place.OUTPUT, _("Values appear in the source"), _("Copied fields must stand in the inputs"), "search",
    params=(Param("fields", _("fields that are copied"), {"type": "array", "items": {"type": "string"}}, default=[]),), check=values_in_source, remedy=_("Correct the value, or take it out."),
)  # fmt: skip
