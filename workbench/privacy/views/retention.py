"""How long records are kept, what would go, and the two people who decide that it goes."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audit.retention import NotNow
from workbench.accounts.models import User
from workbench.privacy import permissions, retention, tasks
from workbench.privacy.models import Kind, RetentionRequest
from workbench.privacy.requests import RequestRefused

PAGE = 30


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The page; htmx asks for the list of removals while one is under way."""
    return _shown(request)


def _shown(request: HttpRequest, *, fault: str = "", status: int = 200) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    if not permissions.can_see_retention(user):
        raise PermissionDenied(_("How long records are kept is seen by compliance, leaders and administrators."))
    rows = list(RetentionRequest.objects.select_related("asked_by", "confirmed_by", "withdrawn_by")[:PAGE])
    stopped = {row.pk: retention.stopped_by(row) for row in rows if row.confirmed_at and not row.done_at}
    context: dict[str, Any] = {
        "rows": [(row, stopped.get(row.pk)) for row in rows],
        "polling": not all(stopped.values()),
    }
    if request.headers.get("HX-Request") == "true":
        return render(request, "privacy/_removals.html", context)
    waiting = {row.kind: row for row in rows if row.done_at is None and row.withdrawn_at is None}
    kept = retention.months()
    context |= {
        "kinds": [
            {
                "kind": kind, "months": kept[kind.value], "least": retention.LEAST[kind], "most": retention.MOST,
                "waiting": waiting.get(kind.value), "preview": None if kind.value in waiting else retention.preview(kind.value),
                "may_confirm": kind.value in waiting and permissions.can_confirm_removal(user, waiting[kind.value]),
            }
            for kind in Kind
        ],
        "may_ask": permissions.can_answer_requests(user), "fault": fault,
    }  # fmt: skip
    return render(request, "privacy/retention.html", context, status=status)


@require_POST
def months(request: HttpRequest) -> HttpResponse:
    """For how many months a kind is kept."""
    user: User = request.user  # type: ignore[assignment]
    text = request.POST.get("months", "").strip()
    count = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    try:
        retention.set_months(actor=user, kind=request.POST.get("kind", ""), count=count)
    except RequestRefused as refusal:
        return _shown(request, fault=" ".join(refusal.messages), status=422)
    messages.success(request, _("Saved. What is older goes only when two people say so."))
    return redirect("privacy:retention")


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask that what the page shows is removed."""
    user: User = request.user  # type: ignore[assignment]
    try:
        retention.ask(actor=user, kind=request.POST.get("kind", ""))
    except RequestRefused as refusal:
        return _shown(request, fault=" ".join(refusal.messages), status=422)
    messages.success(request, _("Asked for. A second person confirms it: compliance, a leader or an administrator. They were told."))  # fmt: skip
    return redirect("privacy:retention")


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm or withdraw."""
    user: User = request.user  # type: ignore[assignment]
    if not permissions.can_see_retention(user):
        raise PermissionDenied(_("Removals are decided on by compliance, leaders and administrators."))
    asked = get_object_or_404(RetentionRequest, pk=pk)
    try:
        match request.POST.get("act"):
            case "confirm":
                if request.POST.get("sure") != "yes":
                    raise RequestRefused(_("Confirm that what is removed cannot be brought back by anybody."))
                retention.confirm(actor=user, request=asked)
                transaction.on_commit(tasks.carry_on_removals.delay)
                messages.success(request, _("Confirmed. It is being removed; the list shows how far it is."))
            case "withdraw":
                retention.withdraw(actor=user, request=asked)
                messages.success(request, _("Withdrawn. Nothing was removed."))
            case _:
                raise RequestRefused(_("Choose what is to be done."))
    except RequestRefused as refusal:
        return _shown(request, fault=" ".join(refusal.messages), status=422)
    except NotNow as reason:
        return _shown(request, fault=str(retention.NOT_NOW[reason.code]), status=422)
    return redirect("privacy:retention")
