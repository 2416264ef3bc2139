"""Saying what the fundamentals are: a form in one language at a time, and the starter set."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from policies.views.base import add_faults, person
from training import permissions, services
from training.forms import FundamentalForm
from training.models import Fundamental
from training.models.exercises import LANGUAGES, language_of_page


def _require_editor(request: HttpRequest) -> None:
    if not permissions.can_edit_fundamentals(request.user):
        raise PermissionDenied(_("Fundamentals are described by leaders and trainers."))


@require_http_methods(["GET", "POST"])
def fundamental_new(request: HttpRequest) -> HttpResponse:
    """Describe a fundamental that is not there yet."""
    _require_editor(request)
    return _page(request, None)


@require_http_methods(["GET", "POST"])
def fundamental_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Describe one anew, in the language of the page or in the other."""
    _require_editor(request)
    return _page(request, get_object_or_404(Fundamental, slug=slug))


def _page(request: HttpRequest, found: Fundamental | None) -> HttpResponse:
    asked = request.GET.get("language", "")
    language = asked if asked in dict(LANGUAGES) else language_of_page()
    form = FundamentalForm(request.POST or None, fundamental=found, language=language)
    more: dict[str, Any] = {"seen": found.seen_in(language) if found else ""}
    if request.method == "POST" and form.is_valid():
        try:
            kept = services.save_fundamental(
                actor=person(request), fundamental=found, language=language, seen=_seen(request), **form.cleaned_data
            )
        except services.FundamentalChanged as refused:
            assert found is not None
            more |= {
                "fault": " ".join(refused.messages),
                "now": _otherwise(found, language, form.cleaned_data),
                "replace": more["seen"],
            }
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("training:fundamental", slug=kept.slug)
    if form.is_bound:
        more["seen"] = _seen(request) or ""
    other = "en" if language == "de" else "de"
    context = {"form": form, "fundamental": found, "language": language, "other": other, "two": found is not None and other in found.texts, **more}  # fmt: skip
    return render(request, "training/fundamental_form.html", context, status=422 if form.is_bound else 200)


def _seen(request: HttpRequest) -> str | None:
    """What whoever sends this has looked at; where they were told of something else, that."""
    return request.POST.get("replace") or request.POST.get("seen")


def _otherwise(found: Fundamental, language: str, typed: dict[str, Any]) -> list[tuple[Any, list[str]]]:
    """What stands there now and is not what was typed: the label of the field, and its lines."""
    texts: dict[str, Any] = found.texts.get(language, {})
    fields = FundamentalForm.base_fields
    rows = [
        (fields[name].label, [texts.get(name, "")])
        for name in ("name", "about", "without")
        if texts.get(name) != typed[name]
    ]
    if texts.get("signs") != typed["signs"]:
        rows.insert(2, (fields["signs"].label, texts.get("signs", [])))
    if found.months != typed["months"]:
        rows.append((fields["months"].label, [str(found.months)]))
    activities = [activity for activity in found.activities.all() if activity.retired_at is None]
    if set(activities) != set(typed["activities"]):
        rows.append((fields["activities"].label, [activity.name for activity in activities] or [_("none")]))
    return rows


@require_POST
def fundamental_adopt(request: HttpRequest) -> HttpResponse:
    """Take over the starter fundamentals that are missing."""
    count = services.adopt_fundamentals(actor=person(request))
    said = ngettext(
        "%d fundamental came in. Change what is different with you, then assess it.", "%d fundamentals came in. Change what is different with you, then assess the first.", count
    )  # fmt: skip
    messages.success(request, said % count if count else _("Nothing was missing: all of them are here."))
    return redirect("training:fundamentals")


@require_POST
def fundamental_retire(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a fundamental away, or up again."""
    found = get_object_or_404(Fundamental, slug=slug)
    if request.POST.get("back"):
        services.restore_fundamental(actor=person(request), fundamental=found)
        messages.success(request, _("“%s” is back, with its assessments.") % found)
    else:
        services.retire_fundamental(actor=person(request), fundamental=found)
        messages.success(request, _("“%s” is taken away. Its assessments stay; a policy that asks for it finds it missing.") % found)  # fmt: skip
    return redirect("training:fundamental", slug=slug)
