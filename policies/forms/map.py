"""Forms of the map: stages, activities, figures, and reports of informal use."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from policies.forms.params import LinesField
from policies.models import Activity, DataClass, Stage, Trait
from policies.models.reports import HowOften

TRAIT_HINTS = {
    Trait.LANGUAGE_DRIVEN: _("the work is reading and writing"),
    Trait.REPEATABLE: _("it recurs in the same form"),
    Trait.FORMALISED: _("rules or fields settle what is right"),
    Trait.CUSTOMER_FACING: _("the customer sees or hears the result"),
    Trait.JUDGEMENT_HEAVY: _("experience and responsibility decide"),
}


def _trait_choices() -> list[tuple[str, Any]]:
    return [
        (trait.value, _("%(trait)s: %(hint)s") % {"trait": trait.label, "hint": TRAIT_HINTS[trait]}) for trait in Trait
    ]


class ActivityForm(forms.Form):
    """What an activity is: where it stands, what it is like, what it handles."""

    name = forms.CharField(
        label=_("What is done"), max_length=120, help_text=_("With a verb, for example “Summarise a discovery call”.")
    )
    stage = forms.ModelChoiceField(label=_("Stage"), queryset=Stage.objects.none())
    description = forms.CharField(
        label=_("In one sentence"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("From what to what, for whom."),
    )  # fmt: skip
    traits = forms.MultipleChoiceField(
        label=_("What it is like"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("The traits suggest who could be responsible."),
    )  # fmt: skip
    data = forms.MultipleChoiceField(  # type: ignore[assignment]
        label=_("What it handles"), required=False, choices=DataClass.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("Only a tool that may see all of it can be attached."),
    )  # fmt: skip

    def __init__(self, *args: Any, activity: Activity | None = None, **kwargs: Any) -> None:
        if activity is not None:
            kwargs["initial"] = {
                name: getattr(activity, name) for name in ("name", "stage", "description", "traits", "data")
            }
        super().__init__(*args, **kwargs)
        self.fields["stage"].queryset = Stage.objects.all()  # type: ignore[attr-defined]
        self.fields["traits"].choices = _trait_choices()  # type: ignore[attr-defined]


class StagesForm(forms.Form):
    """The stages in order, one per line. ``was`` holds the names as they were, so that a renamed line keeps its activities."""

    stages = LinesField(label=_("Stages in order"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stages"].widget.attrs["rows"] = 10


class MeasurementForm(forms.Form):
    """A figure of a day."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    value = forms.DecimalField(label=_("Figure"), max_digits=12, decimal_places=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": timezone.localdate()})
        super().__init__(*args, **kwargs)


class ReportForm(forms.Form):
    """What somebody uses already, told in two minutes."""

    tool = forms.CharField(
        label=_("Which tool"),
        max_length=100,
        help_text=_("As you call it: a chat in the browser, an add-in, a note taker."),
    )
    purpose = forms.CharField(label=_("What for"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    how_often = forms.ChoiceField(
        label=_("How often"), choices=HowOften.choices, widget=forms.RadioSelect, initial=HowOften.WEEKLY
    )
    data = forms.MultipleChoiceField(  # type: ignore[assignment]
        label=_("With which data"), choices=DataClass.choices, widget=forms.CheckboxSelectMultiple
    )
    anonymous = forms.BooleanField(
        label=_("Without my name"),
        required=False,
        help_text=_("Then who told it is kept nowhere, in the audit log neither."),
    )
