"""Reports of AI used outside the workbench."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from policies import permissions, services
from policies.forms import ActivityForm, ReportForm
from policies.models import Activity, UseReport
from policies.views.base import add_faults, person
from workbench.accounts.paging import key_of

PAGE = 50


@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """What people told, newest first. Names only where they were given, and to leaders."""
    before = key_of(request.GET.get("before", ""))
    found = UseReport.objects.select_related("reported_by", "activity", "decided_by")
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    context = {
        "reports": page[:PAGE],
        "older": page[PAGE - 1].pk if len(page) > PAGE else None,
        "leads": permissions.can_decide_policies(request.user),
        "may_report": permissions.can_report_use(request.user),
    }
    return render(request, "policies/reports.html", context)


@require_http_methods(["GET", "POST"])
def report_new(request: HttpRequest) -> HttpResponse:
    """Two minutes: which tool, what for, how often, with which data."""
    if not permissions.can_report_use(request.user):
        raise PermissionDenied(_("Reports are made by people who hold a role here."))
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.report_use(actor=person(request), **form.cleaned_data)
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(request, _("Thank you. A leader reads it; nobody is blamed for it."))
            return redirect("policies:reports")
    return render(request, "policies/report_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn a report into an activity, tie it to one, or answer it."""
    if not permissions.can_decide_policies(request.user):
        raise PermissionDenied(_("Leaders decide what becomes of a report."))
    found = get_object_or_404(UseReport.objects.select_related("reported_by", "activity", "decided_by"), pk=pk)
    form = ActivityForm(
        request.POST if request.POST.get("act") == "new" else None,
        initial={"name": found.purpose[:60], "description": found.purpose, "data": found.data},
    )
    faults: list[str] = []
    if request.method == "POST":
        try:
            if _act(request, found, form):
                messages.success(request, _("Decided. Everybody can read what became of it."))
                return redirect("policies:reports")
        except ValidationError as error:
            if request.POST.get("act") == "new":
                add_faults(form, error)
            else:
                faults = error.messages
    context: dict[str, Any] = {
        "report": found, "form": form, "faults": faults, "activities": Activity.objects.current().select_related("stage"), "typed": request.POST,
    }  # fmt: skip
    return render(request, "policies/report.html", context, status=422 if request.method == "POST" else 200)


def _act(request: HttpRequest, found: UseReport, form: ActivityForm) -> bool:
    act = request.POST.get("act")
    if act == "new":
        if not form.is_valid():
            return False
        data = form.cleaned_data
        services.turn_into_activity(
            actor=person(request), report=found, stage=data["stage"], name=data["name"], traits=data["traits"]
        )
    elif act == "tie":
        pk = request.POST.get("activity", "")
        activity = Activity.objects.filter(pk=key_of(pk) or 0).first()
        if activity is None:
            raise ValidationError(_("Choose an activity."))
        services.turn_into_activity(actor=person(request), report=found, activity=activity)
    else:
        services.decide_report(actor=person(request), report=found, decision=request.POST.get("decision", ""))
    return True
