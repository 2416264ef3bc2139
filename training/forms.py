"""The forms of training: an exercise as a file, an assignment, a fundamental in words, an assessment of it, and an entry of the coaching log."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from policies.forms.params import LinesField
from policies.models import Activity
from training import permissions
from training.models import CoachingEntry, Fundamental, LearningPath, Level, Occasion
from training.models.exercises import LANGUAGES
from workbench.accounts.models import Role, Team, User
from workbench.accounts.paging import key_of

LEVEL_HINTS = {
    "not_yet": _("Nobody could show it to somebody from outside."),
    "in_part": _("Some of the signs are there, or only with some of the team."),
    "in_place": _("The signs are there; somebody else would see them too."),
}

OCCASION_HINTS = {
    "call": _("You took part in a conversation with a customer and listened."),
    "review": _("The two of you looked at a deal and at what is not known of it."),
}


class FileField(forms.CharField):
    """A file as text. What is wrong with it is said by its line, so by whoever reads it and not here."""

    def run_validators(self, value: Any) -> None:
        pass


class ExerciseForm(forms.Form):
    """An exercise as its author writes it."""

    source = FileField(
        label=_("The file"), max_length=100_000, strip=False, widget=forms.Textarea(attrs={"rows": 34, "class": "raw", "spellcheck": "false"}),
        help_text=_("YAML. A fault names its line and field; nothing is lost."),
    )  # fmt: skip


class ChosenField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several of those that are offered. A number that no row could have is none of them, whatever the database says to it."""

    def clean(self, value: Any) -> Any:
        for one in value if isinstance(value, list | tuple) else ():
            if key_of(str(one)) is None:
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": str(one)[:40]}
                )
        return super().clean(value)


class PeopleField(ChosenField):
    """People by name and team, so that they are found by either."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} · {obj.team}" if obj.team else str(obj)


class AssignmentForm(forms.Form):
    """A path, by when, and for whom. A manager is offered their own teams and the people in them."""

    path = forms.ModelChoiceField(label=_("Learning path"), queryset=LearningPath.objects.all(), to_field_name="slug")
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", _("either language")), *LANGUAGES])
    due = forms.DateField(
        label=_("To be finished by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    teams = ChosenField(
        label=_("Teams"), queryset=Team.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever joins later is assigned the path too."),
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever gets it later is assigned the path too."),
    )  # fmt: skip
    people = PeopleField(
        label=_("People"), queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("A note with it"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everybody who has it reads it. What it is for, and whom to ask."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams, people = Team.objects.all(), User.objects.filter(is_active=True, erased_at=None)
        if not permissions.can_assign_to_everybody(actor):
            teams, people = teams.filter(manager=actor), people.filter(team__manager=actor)
            del self.fields["roles"]
        self.fields["teams"].queryset = teams  # type: ignore[attr-defined]
        self.fields["people"].queryset = people.select_related("team")  # type: ignore[attr-defined]
        self.fields["due"].widget.attrs["min"] = timezone.localdate().isoformat()

    def content(self) -> dict[str, Any]:
        """What the service takes."""
        names = ("path", "language", "due", "note")
        return {name: self.cleaned_data[name] for name in names} | {
            name: list(self.cleaned_data.get(name, ())) for name in ("people", "roles", "teams")
        }


class FundamentalForm(forms.Form):
    """A fundamental in one language."""

    name = forms.CharField(label=_("Name"), max_length=80)
    about = forms.CharField(
        label=_("In one sentence"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("What we do or have when it is in place.")
    )  # fmt: skip
    signs = LinesField(label=_("How it shows"))
    without = forms.CharField(
        label=_("What goes wrong without it"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("When AI is put on top all the same."),
    )  # fmt: skip
    months = forms.IntegerField(
        label=_("Months between assessments"), min_value=1, max_value=24, initial=3, widget=forms.NumberInput(attrs={"class": "is-short"})
    )  # fmt: skip
    activities = ChosenField(
        label=_("Activities that rest on it"),
        queryset=Activity.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, fundamental: Fundamental | None = None, language: str, **kwargs: Any) -> None:
        if fundamental is not None:
            words = fundamental.texts.get(language, {})
            chosen = list(fundamental.activities.values_list("pk", flat=True))
            kwargs["initial"] = {**words, "months": fundamental.months, "activities": chosen}
        super().__init__(*args, **kwargs)
        self.fields["signs"].widget.attrs["rows"] = 6
        self.fields["signs"].help_text = _("Three to five, one per line: what somebody else can see.")
        self.fields["activities"].queryset = Activity.objects.current().order_by("stage__order", "order", "pk")  # type: ignore[attr-defined]


class AssessmentForm(forms.Form):
    """How a team stands, and what was looked at."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=None)
    level = forms.ChoiceField(label=_("How it stands"), choices=Level.choices, widget=forms.RadioSelect)
    evidence = forms.CharField(
        label=_("What was looked at"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you saw, of the team and not of a person: “Plans of the last ten calls; six name a step.”"),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Where it is found"), max_length=300, required=False, help_text=_("A link, or the name of a document.")
    )
    looked_on = forms.DateField(
        label=_("Looked at on"), initial=timezone.localdate, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )  # fmt: skip

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.filter(pk__in=[team.pk for team in teams])  # type: ignore[attr-defined]

    @property
    def levels(self) -> list[dict[str, Any]]:
        """Radio cards with what each level means."""
        value = self["level"].value()
        return [
            {"value": level.value, "label": level.label, "hint": LEVEL_HINTS[level.value], "checked": value == level.value}
            for level in Level
        ]  # fmt: skip


class CoachingForm(forms.Form):
    """What was agreed with somebody of one's team."""

    person = forms.ModelChoiceField(
        label=_("With whom"), queryset=User.objects.none(), empty_label=_("Choose"),
        error_messages={
            "required": _("Choose somebody of your team."),
            "invalid_choice": _("This person does not work in a team that you manage. Choose somebody who does."),
        },
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("What it was"), choices=Occasion.choices, widget=forms.RadioSelect, error_messages={"required": _("Choose one of the two."), "invalid_choice": _("Choose one of the two.")},
    )  # fmt: skip
    held_on = forms.DateField(
        label=_("Day"), initial=timezone.localdate, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), error_messages={"required": _("Name the day.")},
    )  # fmt: skip
    activity = forms.ModelChoiceField(
        label=_("What it was about"), queryset=Activity.objects.none(), required=False, empty_label=_("no activity in particular"),
    )  # fmt: skip
    agreed = forms.CharField(
        label=_("What you agreed on"), widget=forms.Textarea(attrs={"rows": 4}), error_messages={"required": _("Say in a few words what you agreed on.")},
        help_text=_("One thing to try, in words that both of you would use. The two of you read it, and nobody else."),
    )  # fmt: skip
    due = forms.DateField(
        label=_("By when"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Both of you are reminded the day before."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: User, again: CoachingEntry | None = None, **kwargs: Any) -> None:
        """``again``: an entry to begin with, one that was taken back."""
        if again is not None:
            names = ("person", "kind", "held_on", "activity", "due")
            kwargs["initial"] = {name: getattr(again, name) for name in names} | {"agreed": again.agreed_said}
        super().__init__(*args, **kwargs)
        team = User.objects.filter(is_active=True, team__manager=actor).exclude(pk=actor.pk)
        self.fields["person"].queryset = team  # type: ignore[attr-defined]
        self.fields["activity"].queryset = Activity.objects.current().order_by("stage__order", "order", "pk")  # type: ignore[attr-defined]
        self.fields["held_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    @property
    def kinds(self) -> list[dict[str, Any]]:
        """Radio cards with what each is."""
        value = self["kind"].value()
        return [
            {"value": one.value, "label": one.label, "hint": OCCASION_HINTS[one.value], "checked": value == one.value}
            for one in Occasion
        ]
