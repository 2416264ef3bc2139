"""Requests of the people who are in the records: find, disclose, erase; and legal holds. What is asked for stands in no address and no log."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from workbench.accounts.models import User
from workbench.accounts.permissions import can_manage_people
from workbench.privacy import requests
from workbench.privacy.erasing import ListUnwritable
from workbench.privacy.models import Hold, SubjectRequest
from workbench.privacy.records import disclosure

PAGE = 30
#: The records of so many data keys are shown at once.
_HOW = {
    "whole": gettext_lazy("As asked for"),
    "all": gettext_lazy("Every part of the name"),
    "some": gettext_lazy("Only a part of the name: may be somebody else"),
}


@never_cache
@require_GET
def erasure(request: HttpRequest) -> HttpResponse:
    """Where a request begins, the holds, and the requests so far."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **extra: Any) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    requests.require_permission(user)
    context = {
        "requests": SubjectRequest.objects.select_related("by")[:PAGE],
        "holds": Hold.objects.select_related("placed_by").filter(lifted_at=None)[:PAGE],
    }
    return render(request, "privacy/requests.html", context | extra, status=status)


@never_cache
@require_POST
def found(request: HttpRequest) -> HttpResponse:
    """The records in which a person occurs."""
    return _found_page(request, request.POST.get("who", "")[:200])


def _found_page(request: HttpRequest, who: str, *, fault: str = "") -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    text = request.POST.get("after", "")
    after = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    try:
        records, count = requests.records_found(actor=user, text=who, most=requests.MOST, after=after)
    except requests.RequestRefused as refusal:
        return _page(request, status=422, who=who, fault=fault or " ".join(refusal.messages))
    # What was chosen comes back where it was refused; on the next page other records stand.
    chosen = request.POST.getlist("key") if fault else []
    rows = [
        {"record": record, "how": _HOW[how], "hold": hold, "chosen": str(record.key) in chosen if chosen else how != "some"}
        for record, how, hold in records
    ]  # fmt: skip
    context = {"who": who, "rows": rows, "asked": True, "fault": fault}
    context |= {"more": max(0, count - after - requests.MOST), "after": after, "next": after + requests.MOST}
    context["reference"] = request.POST.get("reference", "")
    return _page(request, status=422 if fault else 200, **context)


@never_cache
@require_POST
def act(request: HttpRequest) -> HttpResponseBase:
    """Disclose, erase or hold the chosen records."""
    user: User = request.user  # type: ignore[assignment]
    requests.require_permission(user)
    keys = [key for text in list(dict.fromkeys(request.POST.getlist("key")))[: requests.MOST] if (key := _uuid(text))]
    reference = request.POST.get("reference", "")
    who = request.POST.get("who", "")[:200]
    try:
        match request.POST.get("act"):
            case "disclose":
                done, allowed = requests.begin_disclosure(actor=user, keys=keys, reference=reference)
                answer = StreamingHttpResponse(
                    disclosure({"reference": done.reference, "at": done.at, "records": done.count}, allowed),
                    content_type="application/json",
                )
                answer["Content-Disposition"] = f'attachment; filename="request-{done.pk}.json"'
                return answer
            case "erase":
                if request.POST.get("confirm") != "yes":
                    raise requests.RequestRefused(_("Confirm that what is erased cannot be brought back by anybody."))
                done = requests.erase_subject(actor=user, keys=keys, reference=reference)
                text = ngettext("%d record was erased.", "%d records were erased.", done.count) % done.count
                if done.held:
                    text += " " + ngettext("%d is under a hold and stays.", "%d are under a hold and stay.", done.held) % done.held  # fmt: skip
                messages.success(request, text)
            case "hold":
                hold = requests.place_hold(actor=user, keys=keys, reference=reference)
                messages.success(request, _("Held under the reference %s.") % hold)
            case _:
                raise requests.RequestRefused(_("Choose what is to be done."))
    except requests.RequestRefused as refusal:
        return _found_page(request, who, fault=" ".join(refusal.messages))
    except ListUnwritable:
        fault = _("Nothing was erased: the list of erased keys cannot be written, or was lost. Tell an administrator; without it a backup would bring everything back.")  # fmt: skip
        return _found_page(request, who, fault=fault)
    return redirect("privacy:erasure")


@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    requests.require_permission(user)
    hold = get_object_or_404(Hold, pk=pk)
    requests.lift_hold(actor=user, hold=hold)
    messages.success(request, _("The hold %s is lifted.") % hold)
    return redirect("privacy:erasure")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_POST
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase the record of a person of the house who left."""
    user: User = request.user  # type: ignore[assignment]
    if not can_manage_people(user):
        raise PermissionDenied(_("Only administrators change people."))
    found = get_object_or_404(User, pk=pk, erased_at=None)
    try:
        if request.POST.get("confirm") != "yes":
            raise requests.RequestRefused(_("Confirm that what is erased cannot be brought back by anybody."))
        requests.erase_person(actor=user, person=found)
    except requests.RequestRefused as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("accounts:person", pk)
    except ListUnwritable:
        messages.error(request, _("Nothing was erased: the list of erased keys cannot be written, or was lost. Tell an administrator; without it a backup would bring everything back."))  # fmt: skip
        return redirect("accounts:person", pk)
    messages.success(request, _("The record was erased. What the house keeps of their work names nobody."))
    return redirect("accounts:people")
