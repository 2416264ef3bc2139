"""The house's own scrubbing rules."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from policies import permissions, scrubbing
from policies.forms import ScrubbingForm
from policies.models import AllowedWord, IdentifierPattern
from policies.views.base import person
from workbench.accounts.models import User
from workbench.accounts.paging import key_of
from workbench.gateway.pii import ScrubberUnavailable


@require_http_methods(["GET", "POST"])
def scrubbing_rules(request: HttpRequest) -> HttpResponse:
    """The house's own patterns and words; a rule is tried on a text before it can be saved."""
    if not permissions.can_see_scrubbing(request.user):
        raise PermissionDenied(_("Scrubbing rules are shown to administrators and compliance."))
    form, trial = ScrubbingForm(), None
    if request.method == "POST":
        if not permissions.can_manage_scrubbing(request.user):
            raise PermissionDenied(_("Scrubbing rules are kept by administrators."))
        form = ScrubbingForm(request.POST)
        if form.is_valid():
            try:
                trial = _tried(request, form.cleaned_data)
            except ValidationError as faults:
                _add_faults(form, faults)
            except ScrubberUnavailable:
                form.add_error(None, _("The scrubber is not available, so nothing can be tried. Nothing was saved."))
            else:
                if trial is None:
                    messages.success(request, _("Saved. The next call obeys it."))
                    return redirect("policies:scrubbing")
    context = {
        "patterns": IdentifierPattern.objects.select_related("added_by"),
        "words": AllowedWord.objects.select_related("added_by"),
        "people": User.objects.count(),
        "may_manage": permissions.can_manage_scrubbing(request.user),
        "form": form,
        "trial": trial,
    }
    return render(request, "policies/scrubbing.html", context, status=422 if form.is_bound and form.errors else 200)


def _tried(request: HttpRequest, data: Mapping[str, Any]) -> scrubbing.Trial | None:
    """The trial of a rule, or None when it was saved."""
    actor = person(request)
    value, sample = data["value"], data["sample"]
    if request.POST.get("act") != "save":
        if data["kind"] == "word":
            return scrubbing.try_word(text=value, sample=sample)
        return scrubbing.try_pattern(pattern=value, sample=sample)
    if data["kind"] == "word":
        scrubbing.add_word(actor=actor, text=value, sample=sample)
    else:
        scrubbing.add_pattern(actor=actor, name=data["name"], pattern=value, sample=sample)
    return None


def _add_faults(form: ScrubbingForm, faults: ValidationError) -> None:
    for name, texts in faults.message_dict.items():
        form.add_error({"pattern": "value"}.get(name, name if name in form.fields else None), texts)


@require_POST
def scrubbing_remove(request: HttpRequest) -> HttpResponse:
    """Take a pattern or a word away."""
    number = request.POST.get("pattern", "") or request.POST.get("word", "")
    pk = key_of(number) or 0
    if "pattern" in request.POST:
        scrubbing.remove_pattern(actor=person(request), pattern=get_object_or_404(IdentifierPattern, pk=pk))
    else:
        scrubbing.remove_word(actor=person(request), word=get_object_or_404(AllowedWord, pk=pk))
    messages.success(request, _("Removed. The next call no longer knows it."))
    return redirect("policies:scrubbing")
