"""The form with which a qualification is recorded."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workbench.accounts.models import User


class QualificationForm(forms.Form):
    """Who earned what, on what it rests, and until when it counts."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none())
    name = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]{0,49}$", label=_("Qualification"), max_length=50, help_text=_("Short name, as policies ask for it: small letters and hyphens."),
        widget=forms.TextInput(attrs={"list": "known-qualifications", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    evidence = forms.CharField(
        label=_("What it rests on"), max_length=300, help_text=_("For example “Exam of 3 March, 18 of 20”.")
    )
    expires = forms.DateField(
        label=_("Counts until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day. Empty: without an end."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.filter(is_active=True).exclude(pk=actor.pk)  # type: ignore[attr-defined]

    def content(self) -> dict[str, Any]:
        """What the service takes; a day counts to its end."""
        data = self.cleaned_data
        end = data["expires"]
        expires_at = timezone.make_aware(datetime.combine(end, time.max)) if end else None
        return {name: data[name] for name in ("person", "name", "evidence")} | {"expires_at": expires_at}
