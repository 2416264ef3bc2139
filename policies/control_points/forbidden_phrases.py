"""Promises and words that must not go out."""

import re

from django.utils.translation import gettext_lazy as _

from policies.control_points.base import CheckResult, Draft, Kind, Param, Params, Place


def forbidden_phrases(draft: Draft, params: Params) -> CheckResult:
    """None of the phrases stands in the draft, as whole words; case and spacing aside."""
    marks = []
    for phrase in params.get("phrases", ()):
        words = r"\s+".join(re.escape(word) for word in phrase.split())
        if words and re.search(rf"(?<!\w){words}(?!\w)", draft.text, re.IGNORECASE):
            marks.append(phrase)
    return CheckResult("forbidden_phrases", not marks, tuple(marks))


KIND = Kind(
    "forbidden_phrases", Place.OUTPUT, _("Forbidden phrases"), _("Words that must not go out, such as “guaranteed”"), "slash-circle",
    params=(Param("phrases", _("phrases"), {"type": "array", "items": {"type": "string", "minLength": 2, "maxLength": 100}, "minItems": 1, "maxItems": 100}),),
    check=forbidden_phrases, remedy=_("Word it differently."),
)  # fmt: skip
