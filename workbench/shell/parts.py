"""Sample content of the parts page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workbench.shell.templatetags.workbench import CATEGORIES, STATES

COLOURS = (
    "bg", "surface", "sunken", "hover", "line", "line-2", "control", "faint", "muted", "text", "accent", "accent-tint",
    "ok", "ok-tint", "warn", "warn-tint", "bad", "bad-tint",
)  # fmt: skip
RUN_STATES = (
    "queued",
    "running",
    "in_review",
    "released",
    "rejected",
    "denied",
    "blocked",
    "failed",
    "cancelled",
    "expired",
)


class SampleForm(forms.Form):
    """A valid and a faulty field."""

    target = forms.CharField(label=_("Target"), required=False, help_text=_("The number you want to see by the date."))
    by_when = forms.CharField(label=_("By when"))
    tone = forms.ChoiceField(label=_("Tone"), choices=[("plain", _("Plain, short")), ("warm", _("Warm"))])
    notes = forms.CharField(
        label=_("Notes from the call"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text=_("Facts in your own words. Names are replaced before anything leaves."),
    )


def context() -> dict[str, Any]:
    """What the template needs."""
    form = SampleForm({"target": "30", "by_when": "31 March 2025", "tone": "plain", "notes": ""})
    form.add_error(
        "by_when", _("This date has passed. Enter a day after 24 November 2026. Your other entries are kept.")
    )
    return {
        "colours": COLOURS,
        "categories": list(CATEGORIES),
        "run_states": RUN_STATES,
        "other_states": [name for name in STATES if name not in RUN_STATES],
        "form": form,
        "sample_text": (
            "Spoke with [PERSON_1] (ops) and her boss [PERSON_2] of [ORG_1] in [PLACE_1]. Pilot at [ADDRESS_1]. "
            "Offer to [EMAIL_1], copy [PHONE_1]. Supplier no. [CUSTOMER_ID_1], [IBAN_1], [MARKED_1]. <b>Not bold.</b>"
        ),
        "coverage": [("human_only", 5), ("sparring_partner", 5), ("human_in_the_loop", 8), ("automated", 3), ("", 3)],
    }
