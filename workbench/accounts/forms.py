"""Forms for people, teams and tokens."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from workbench.accounts.models import MailChoice, Role, Team, User


class PersonForm(forms.Form):
    """Title, team, access and roles of a person."""

    title = forms.CharField(label=_("Job title"), required=False, max_length=100)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.all(), required=False)
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They take effect with the next click."),
    )
    is_active = forms.BooleanField(label=_("May sign in"), required=False)


class NewPersonForm(forms.Form):
    """A new person with a first password, which they change after signing in."""

    username = forms.SlugField(label=_("User name"), max_length=60)
    email = forms.EmailField(label=_("E-mail"))
    first_name = forms.CharField(label=_("First name"), max_length=60)
    last_name = forms.CharField(label=_("Last name"), max_length=60)
    title = forms.CharField(label=_("Job title"), required=False, max_length=100)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.all(), required=False)
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    password = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters."),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("This user name is taken. Choose another one."))
        return name


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Team
        fields = ("name", "manager")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=100, help_text=_("For instance “CRM side panel”."))


class AbsenceForm(forms.Form):
    """From when until when one is away, and who stands in."""

    cover = forms.ModelChoiceField(label=_("Who stands in"), queryset=User.objects.none())
    begins = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.holding("reviewer", "leader").exclude(pk=actor.pk)
        self.fields["cover"].queryset = people  # type: ignore[attr-defined]


class PreferencesForm(forms.Form):
    """Language, and how one hears of what waits."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("As the browser asks")), ("en", "English"), ("de", "Deutsch")],
        required=False,
    )
    mail = forms.ChoiceField(
        label=_("E-mail about what waits for me"),
        choices=MailChoice.choices,
        help_text=_("Mails hold links and nothing else. In the workbench you see everything in any case."),
    )
