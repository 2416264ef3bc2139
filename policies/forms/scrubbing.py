"""The form of the house's own scrubbing rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ScrubbingForm(forms.Form):
    """A pattern or a word of the house, and a text to try it on."""

    kind = forms.ChoiceField(
        label=_("What"),
        choices=[("pattern", _("A number that is replaced")), ("word", _("A word that stays readable"))],
        widget=forms.RadioSelect,
        initial="pattern",
    )
    value = forms.CharField(
        label=_("Pattern or word"),
        max_length=400,
        help_text=_("A regular expression such as NW-\\d{5}, or the word itself."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.SlugField(
        label=_("Name of the number"),
        max_length=40,
        required=False,
        help_text=_("Shown as the reason. Letters, digits and hyphens; only for a pattern."),
    )
    sample = forms.CharField(
        label=_("A text to try it on"), strip=False, help_text=_("It is kept nowhere."), widget=forms.Textarea(attrs={"rows": 9})
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == "pattern" and not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("A pattern needs a name, for example customer-number."))
        return data
