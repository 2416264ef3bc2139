"""The form of a tool."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from policies.models import DataClass, Tool
from policies.tools import EMBEDDED
from workbench.gateway.llm import PROVIDERS

_NAMES = {
    EMBEDDED: _("The model on this server"), "openai": _("OpenAI, or any address that speaks its protocol"), "anthropic": "Anthropic", "google_genai": "Google",
    "azure_openai": "Azure OpenAI", "ollama": "Ollama",
}  # fmt: skip


class ToolForm(forms.ModelForm):  # type: ignore[type-arg]
    """A tool as leaders and administrators describe it. The key is typed, sealed and never shown again."""

    provider = forms.ChoiceField(label=_("Provider"))
    data = forms.MultipleChoiceField(  # type: ignore[assignment]
        label=_("Data it may see"), required=False, choices=DataClass.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("As your contract with the provider says. Personal data is scrubbed in every case."),
    )  # fmt: skip
    key = forms.CharField(
        label=_("Key"), required=False, strip=True, max_length=500, help_text=_("Sealed, and never shown again. Empty: the key stays as it is."),
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    forget_key = forms.BooleanField(label=_("Take the stored key away"), required=False)

    class Meta:
        model = Tool
        fields = (
            "name", "slug", "provider", "model", "base_url", "region", "contract_reference", "data", "context_tokens", "max_concurrent", "price_input",
            "price_output", "team_calls_per_month", "team_cost_per_month",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].choices = [(name, _NAMES[name]) for name in (EMBEDDED, *PROVIDERS)]  # type: ignore[attr-defined]
        currency = settings.WORKBENCH_CURRENCY
        for name in ("price_input", "price_output", "team_cost_per_month"):
            self.fields[name].help_text = currency
        self.fields["slug"].help_text = _("For addresses and files; small letters and hyphens.")
        for name in ("team_calls_per_month", "team_cost_per_month"):
            self.fields[name].required = False

    def content(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def key_given(self) -> str | None:
        """The new key, the empty string to take it away, or None to leave it."""
        return self.cleaned_data["key"] or ("" if self.cleaned_data["forget_key"] else None)

    def _post_clean(self) -> None:
        """The service checks and writes; the form's own instance stays as the database has it."""
