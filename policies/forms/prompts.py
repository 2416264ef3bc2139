"""The form of a prompt: what it is for, what it asks for, and examples with what must be true of the answer."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from policies.forms.params import LinesField
from policies.models import Activity, OutputForm, PromptVersion

KINDS = (
    ("text", _("One line")), ("long_text", _("Text")), ("transcript", _("Transcript")), ("number", _("Number")), ("date", _("Date")), ("choice", _("Choice")),
)  # fmt: skip
MOST_INPUTS, MOST_EXAMPLES = 12, 6


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class NewPromptForm(forms.Form):
    """A prompt that does not exist yet: its title, activity and language."""

    title = forms.CharField(
        label=_("Title"), max_length=120, help_text=_("What one gets, for example “Summary of a discovery call”.")
    )
    activity = forms.ModelChoiceField(label=_("For which activity"), queryset=Activity.objects.none())
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("de", "Deutsch")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].queryset = Activity.objects.current().select_related("stage")  # type: ignore[attr-defined]


class PromptForm(forms.Form):
    """The content of a version. Rows for inputs and examples grow as they are filled."""

    role = forms.CharField(
        label=_("Role"), max_length=2000, widget=_area(2), help_text=_("Who the model is to be, in a sentence.")
    )
    goal = forms.CharField(
        label=_("Goal"),
        max_length=4000,
        widget=_area(4),
        help_text=_("One task, for whom, in which form and how long."),
    )
    information = forms.CharField(
        label=_("Information"),
        max_length=8000,
        widget=_area(6),
        help_text=_("Text with each input once, in braces: {notes}."),
    )
    limits = forms.CharField(
        label=_("Limits"),
        max_length=4000,
        required=False,
        widget=_area(2),
        help_text=_("What must not happen; checkable."),
    )
    output_form = forms.ChoiceField(label=_("Output form"), choices=OutputForm.choices)
    output_schema = forms.CharField(
        label=_("JSON Schema"), required=False, widget=_area(5), help_text=_("Only for fields.")
    )
    max_output_tokens = forms.IntegerField(label=_("Tokens at most"), min_value=16, max_value=8000, initial=500)
    known_limits = forms.CharField(
        label=_("Known limits"),
        max_length=2000,
        required=False,
        widget=_area(2),
        help_text=_("What it tends to get wrong; the reviewer sees it."),
    )
    note = forms.CharField(label=_("What changes, and why"), max_length=300, required=False)

    def __init__(self, *args: Any, version: PromptVersion | None = None, **kwargs: Any) -> None:
        self.inputs: Sequence[Mapping[str, Any]] = version.inputs if version else []
        self.stored: Sequence[Mapping[str, Any]] = version.examples if version else []
        if version is not None:
            names = (
                "role",
                "goal",
                "information",
                "limits",
                "output_form",
                "max_output_tokens",
                "known_limits",
                "note",
            )
            schema = (
                json.dumps(version.output_schema, ensure_ascii=False, indent=1)
                if version.output_schema is not None
                else ""
            )
            kwargs["initial"] = {name: getattr(version, name) for name in names} | {"output_schema": schema}
        super().__init__(*args, **kwargs)
        for number in range(min(len(self.inputs) + 2, MOST_INPUTS)):
            self._input_row(number, self.inputs[number] if number < len(self.inputs) else {})
        for number in range(min(len(self.stored) + 1, MOST_EXAMPLES)):
            self._example_row(number, self.stored[number] if number < len(self.stored) else {})

    def _input_row(self, number: int, entry: Mapping[str, Any]) -> None:
        self.fields |= {
            f"in{number}_name": forms.RegexField(r"^[a-z][a-z0-9_]{0,39}$", label=_("Short name"), required=False, initial=entry.get("name")),
            f"in{number}_label": forms.CharField(label=_("Question"), max_length=120, required=False, initial=entry.get("label")),
            f"in{number}_kind": forms.ChoiceField(label=_("Kind"), choices=KINDS, required=False, initial=entry.get("kind", "long_text")),
            f"in{number}_required": forms.BooleanField(label=_("Must be filled"), required=False, initial=entry.get("required", True)),
            f"in{number}_help": forms.CharField(label=_("Help"), max_length=300, required=False, initial=entry.get("help")),
            f"in{number}_choices": LinesField(label=_("Choices"), required=False, initial=entry.get("choices")),
            f"in{number}_max_length": forms.IntegerField(label=_("Characters at most"), required=False, min_value=1, max_value=200_000, initial=entry.get("max_length", 20_000)),
        }  # fmt: skip

    def _example_row(self, number: int, example: Mapping[str, Any]) -> None:
        expect = example.get("expect", {})
        self.fields[f"ex{number}_name"] = forms.CharField(
            label=_("Name of the example"), max_length=120, required=False, initial=example.get("name")
        )
        for entry in self.inputs:
            self.fields[f"ex{number}_in_{entry['name']}"] = forms.CharField(
                label=entry["label"], required=False, strip=False, max_length=200_000, widget=_area(3), initial=example.get("inputs", {}).get(entry["name"])
            )  # fmt: skip
        self.fields |= {
            f"ex{number}_contains": LinesField(label=_("Must contain"), required=False, initial=expect.get("contains")),
            f"ex{number}_lacks": LinesField(label=_("Must not contain"), required=False, initial=expect.get("lacks")),
            f"ex{number}_max_words": forms.IntegerField(label=_("Words at most"), required=False, min_value=1, max_value=10_000, initial=expect.get("max_words")),
        }  # fmt: skip

    def clean_output_schema(self) -> Any:
        text = self.cleaned_data["output_schema"].strip()
        if not text:
            return None
        try:
            return json.loads(text)
        except ValueError:
            raise forms.ValidationError(_("This is not JSON. Look for a missing quote, comma or bracket.")) from None

    def content(self) -> dict[str, Any]:
        """What the service takes. Browsers send lines with CR LF; stored ones end with LF, so that nothing changes by itself."""
        texts = ("role", "goal", "information", "limits", "known_limits", "note")
        plain = {name: self.cleaned_data[name].replace("\r\n", "\n") for name in texts}
        rest = {name: self.cleaned_data[name] for name in ("output_form", "output_schema", "max_output_tokens")}
        return plain | rest | {"inputs": self._inputs(), "examples": self._examples()}

    def _inputs(self) -> list[dict[str, Any]]:
        rows = []
        for number in range(MOST_INPUTS):
            get = {
                key: self.cleaned_data.get(f"in{number}_{key}")
                for key in ("name", "label", "kind", "required", "help", "choices", "max_length")
            }
            if not get["name"]:
                continue
            row = {"name": get["name"], "label": get["label"], "kind": get["kind"], "required": bool(get["required"])}
            row |= {key: get[key] for key in ("help", "max_length") if get[key]}
            if get["kind"] == "choice":
                row["choices"] = get["choices"]
            before = next((entry for entry in self.inputs if entry["name"] == row["name"]), {})
            rows.append(row | ({"example": before["example"]} if "example" in before else {}))
        return rows

    def _examples(self) -> list[dict[str, Any]]:
        rows = []
        names = {entry["name"] for entry in self._inputs()}
        for number in range(MOST_EXAMPLES):
            given = {
                entry["name"]: text.replace("\r\n", "\n")
                for entry in self.inputs
                if entry["name"] in names and (text := self.cleaned_data.get(f"ex{number}_in_{entry['name']}"))
            }
            if not given:
                continue
            expect = {
                key: value
                for key in ("contains", "lacks", "max_words")
                if (value := self.cleaned_data.get(f"ex{number}_{key}"))
            }
            rows.append(
                {
                    "name": self.cleaned_data.get(f"ex{number}_name") or f"{number + 1}",
                    "inputs": given,
                    "expect": expect,
                }
            )
        return rows

    @property
    def input_rows(self) -> list[list[BoundField]]:
        """The rows of inputs, for the page."""
        return self._rows("in")

    @property
    def example_rows(self) -> list[list[BoundField]]:
        return self._rows("ex") if self.inputs else []

    def _rows(self, start: str) -> list[list[BoundField]]:
        rows = []
        for number in range(MOST_INPUTS):
            if row := [self[name] for name in self.fields if name.startswith(f"{start}{number}_")]:
                rows.append(row)
        return rows
