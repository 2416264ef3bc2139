"""Worksheets: the list, the page of a form, and one worksheet to fill in or to read."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies.models import Activity
from policies.views.base import person
from training import permissions, services
from training.models import Fundamental, Worksheet
from training.querysets import WorksheetQuerySet
from training.services import ChangedElsewhere, Refused, WorksheetRefused
from training.views.sheets import Shown, given, places_of, read_fields, typed_fields
from training.views.windows import kept_line, new_window
from training.worksheetfile import SheetForm, forms
from training.worksheets import as_text
from workbench.accounts.models import User
from workbench.accounts.paging import key_of

PAGE = 25


@require_GET
def worksheets(request: HttpRequest) -> HttpResponse:
    """Mine and my team's, newest first, by form and activity."""
    user, whose = person(request), request.GET.get("whose", "")
    seen = Worksheet.objects.visible_to(user)
    found = seen.of(user) if whose == "mine" else seen.exclude(filler=user) if whose == "team" else seen
    form, activity = request.GET.get("form", ""), request.GET.get("activity", "")
    if form in forms():
        found = found.filter(form=form)
    if activity:
        found = found.filter(activity__slug=activity.replace("\x00", ""))
    rows, older = _page_of(request, found)
    about = {"form": form if form in forms() else "", "activity": activity, "whose": whose}
    used = Activity.objects.filter(pk__in=seen.values("activity")).order_by("stage__order", "order", "pk")
    context = {
        "rows": rows, "older": older, "forms": list(forms().values()), "activities": used, "chosen": about, "filtered": any(about.values()),
        "may_fill": permissions.can_fill_worksheets(user), "me": user.pk,
    }  # fmt: skip
    return render(request, "training/worksheets.html", context)


def _page_of(request: HttpRequest, found: WorksheetQuerySet) -> tuple[list[Worksheet], int | None]:
    """A page, newest first, and the key behind which older ones begin."""
    if (key := key_of(request.GET.get("before", ""))) is not None:
        found = found.filter(pk__lt=key)
    page = list(
        found.select_related("activity", "filler", "shared_with", "data_key").defer("answers_sealed")[: PAGE + 1]
    )
    return page[:PAGE], page[PAGE - 1].pk if len(page) > PAGE else None


@require_http_methods(["GET", "POST"])
def worksheet_form(request: HttpRequest, slug: str) -> HttpResponse:
    """What a form asks and what it rests on; from here one is begun, for an activity."""
    form = forms().get(slug)
    if form is None:
        raise Http404
    user, fault = person(request), ""
    activities = _activities_for(form)
    asked = request.POST.get("activity") or request.GET.get("activity", "")
    chosen = next((one for one in activities if one.slug == asked), None)
    may_fill = permissions.can_fill_worksheets(user)
    if request.method == "POST":
        if not may_fill:
            raise PermissionDenied(_("Worksheets are for people who work here. Ask an administrator for a role."))
        try:
            if chosen is None:
                raise WorksheetRefused(_("Choose the activity that this worksheet is for."))
            begun = services.begin_worksheet(actor=user, form=form, activity=chosen)
        except WorksheetRefused as refused:
            fault = " ".join(refused.messages)
        else:
            return redirect("training:worksheet", pk=begun.pk)
    mine = Worksheet.objects.of(user).filter(form=slug).select_related("activity", "data_key").defer("answers_sealed")
    context = {
        "form": form, "activities": activities, "chosen": chosen or (activities[0] if activities else None), "fault": fault, "mine": mine[:5],
        "fundamentals": _rests_on(form), "may_fill": may_fill,
    }  # fmt: skip
    return render(request, "training/worksheet_form.html", context, status=422 if fault else 200)


def _activities_for(form: SheetForm) -> list[Activity]:
    """The activities on the map, those that the form belongs to in front: a house with a map of its own finds the form useful too."""
    found = Activity.objects.current().order_by("stage__order", "order", "pk")
    place = {slug: number for number, slug in enumerate(form.activities)}
    return sorted(found, key=lambda activity: place.get(activity.slug, len(place)))


def _rests_on(form: SheetForm) -> list[Fundamental]:
    return list(Fundamental.objects.current().filter(slug__in=form.fundamentals))


def _seen(request: HttpRequest, pk: int) -> Worksheet:
    seen = Worksheet.objects.visible_to(person(request))
    found: Worksheet = get_object_or_404(
        seen.select_related("activity__stage", "filler", "shared_with", "data_key"), pk=pk
    )
    return found


@require_GET
def worksheet(request: HttpRequest, pk: int) -> HttpResponse:
    """An open one of one's own to fill in; every other one, and this one too where it is asked for, to read and print."""
    sheet = _seen(request, pk)
    open_to_me = sheet.filler_id == person(request).pk and sheet.finished_at is None and not sheet.gone
    if open_to_me and request.GET.get("view") != "read":
        return _page(request, sheet, Shown(sheet.called, sheet.said))
    context = _context(request, sheet) | {
        "open_to_me": open_to_me, "fields": read_fields(sheet.asks, sheet.said), "text": as_text(sheet.asks, sheet.called, sheet.said),
    }  # fmt: skip
    return render(request, "training/worksheet_read.html", context)


def _context(request: HttpRequest, sheet: Worksheet) -> dict[str, Any]:
    user: User = person(request)
    return {
        "sheet": sheet, "form": sheet.asks, "mine": sheet.filler_id == user.pk, "team": user.team, "fundamentals": _rests_on(sheet.asks),
    }  # fmt: skip


def _urls(sheet: Worksheet) -> dict[str, str]:
    """Where a window keeps what is typed, and where it sees what is kept."""
    return {
        "save_url": reverse("training:worksheet_save", args=[sheet.pk]), "see_url": reverse("training:worksheet", args=[sheet.pk]) + "?view=read",
    }  # fmt: skip


def _page(request: HttpRequest, sheet: Worksheet, shown: Shown) -> HttpResponse:
    """The page to fill in, with what is typed and what is said about it."""
    context = _context(request, sheet) | {
        "shown": shown, "fields": typed_fields(sheet.asks, shown), "places": places_of(sheet.asks, shown.faults), "window": shown.window or new_window(),
        "revision": sheet.revision if shown.seen is None else shown.seen, **_urls(sheet),
    }  # fmt: skip
    return render(request, "training/worksheet.html", context, status=422 if shown.faults or shown.fault else 200)


@require_POST
def worksheet_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is typed (a fragment). Called while typing."""
    sheet = _seen(request, pk)
    fault = None
    try:
        services.save_worksheet(actor=person(request), worksheet=sheet, **given(sheet.asks, request.POST))
    except Refused as refused:
        fault = refused
    return kept_line(request, fault, **_urls(sheet))


@require_http_methods(["GET", "POST"])
def worksheet_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Finish it, or show what is missing with everything that was typed. Asked for again, such as after a log-in: its page."""
    sheet = _seen(request, pk)
    if request.method == "GET":
        return redirect("training:worksheet", pk=pk)
    typed = given(sheet.asks, request.POST)
    shown = Shown(typed["title"], typed["answers"], window=typed["window"], seen=typed["seen"])
    try:
        services.finish_worksheet(actor=person(request), worksheet=sheet, **typed)
    except Refused as refused:
        shown.changed = isinstance(refused, ChangedElsewhere)
        if hasattr(refused, "error_dict"):
            shown.faults = {name: " ".join(sentences) for name, sentences in refused.message_dict.items()}
        else:
            shown.fault = " ".join(refused.messages)
        return _page(request, sheet, shown)
    messages.success(request, _("Finished. It stays as it is; copy it as a new one when things change."))
    return redirect("training:worksheet", pk=pk)


@require_http_methods(["GET", "POST"])
def worksheet_share(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the team read it, or nobody any more. Asked for again, such as after a log-in: its page."""
    sheet, shared = _seen(request, pk), bool(request.POST.get("shared"))
    if request.method == "GET":
        return redirect("training:worksheet", pk=pk)
    if "title" in request.POST:
        # Pressed while typing: what stands in the fields is kept first.
        typed = given(sheet.asks, request.POST)
        try:
            services.save_worksheet(actor=person(request), worksheet=sheet, **typed)
        except Refused as refused:
            shown = Shown(typed["title"], typed["answers"], window=typed["window"], seen=typed["seen"])
            shown.fault, shown.changed = " ".join(refused.messages), isinstance(refused, ChangedElsewhere)
            return _page(request, sheet, shown)
    try:
        if services.share_worksheet(actor=person(request), worksheet=sheet, shared=shared):
            messages.success(request, _("Your team can read it now.") if shared else _("Only you see it now."))
    except WorksheetRefused as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("training:worksheet", pk=pk)


@require_POST
def worksheet_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin another one with what this one says."""
    try:
        made = services.copy_worksheet(actor=person(request), worksheet=_seen(request, pk))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("training:worksheet", pk=pk)
    messages.success(request, _("A new worksheet with the same text. The other one stays as it is."))
    return redirect("training:worksheet", pk=made.pk)


@require_POST
def worksheet_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw an open one away."""
    try:
        services.throw_away_worksheet(actor=person(request), worksheet=_seen(request, pk))
    except WorksheetRefused as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("training:worksheet", pk=pk)
    messages.success(request, _("The worksheet is thrown away, with everything that stood in it."))
    return redirect("training:worksheets")
