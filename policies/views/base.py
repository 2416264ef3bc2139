"""What the views of this app share."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from workbench.accounts.models import User


def person(request: HttpRequest) -> User:
    """Who asks; a log-in is required everywhere."""
    return request.user  # type: ignore[return-value]


def add_faults(form: forms.BaseForm, error: ValidationError, names: dict[str, str] | None = None) -> None:
    """A service's objections at the fields they belong to. ``names``: a service's word → the field of the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error.messages)
        return
    for name, sentences in error.message_dict.items():
        target = (names or {}).get(name, name)
        form.add_error(target if target in form.fields else None, sentences)
