"""Only texts in languages that reviewers and prompts of this activity can answer for."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from policies.control_points.base import Given, Kind, Param, Params, Place

LANGUAGES = {"en": _("English"), "de": _("German")}


def gate(given: Given, params: Params) -> str:
    """The language of the text, as the scrubber saw it, is among those named."""
    allowed = params.get("languages", ())
    if given.language in allowed:
        return ""
    words = ", ".join(str(LANGUAGES.get(code, code)) for code in allowed)
    return gettext("This activity takes texts in these languages: %s. Nothing left; your text is kept.") % words


KIND = Kind(
    "languages", Place.BEFORE, _("Languages"), _("Refuses texts in another language"), "translate",
    params=(Param("languages", _("languages"), {"type": "array", "items": {"enum": list(LANGUAGES)}, "minItems": 1, "uniqueItems": True}, choices=LANGUAGES),),
    gate=gate,
)  # fmt: skip
