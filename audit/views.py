"""The log as a page."""

from itertools import groupby

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from audit import permissions
from audit.actions import ACTIONS
from audit.models import AuditEvent
from audit.reading import read

PAGE = 50


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Entries newest first, by day, 50 a page by key; for one run or one action where asked."""
    if not permissions.can_read_log(request.user):
        raise PermissionDenied(_("The log is read by compliance and leaders."))
    run, action, before = (request.GET.get(name, "") for name in ("run", "action", "before"))
    events = AuditEvent.objects.visible_to(request.user)
    faults = []
    run = run.replace(" ", "").replace("\u202f", "")
    if run:
        if run.isdecimal() and len(run) < 19:
            events = events.filter(run_id=int(run))
        else:
            faults.append(_("A run is a number. All entries are shown."))
            run = ""
    if action in ACTIONS:
        events = events.filter(action=action)
    elif not request.GET.get("signins"):
        events = events.exclude(action__in=("person.signed_in", "person.signed_out"))
    events = events.before(int(before) if before.isdecimal() and len(before) < 19 else None)
    page = list(events[: PAGE + 1])
    entries = read(page[:PAGE])
    days = [
        (day, list(of_day))
        for day, of_day in groupby(entries, key=lambda entry: timezone.localtime(entry.event.at).date())
    ]
    newest = AuditEvent.objects.order_by("-id").values_list("pk", flat=True).first()
    context = {
        "days": days, "older": page[PAGE - 1].pk if len(page) > PAGE else None, "run": run, "action": action, "actions": sorted(ACTIONS),
        "newest": newest, "today": timezone.localdate(), "run_number": int(run) if run else None, "faults": faults, "signins": bool(request.GET.get("signins")), "before": before,
    }  # fmt: skip
    return render(request, "audit/log.html", context)
