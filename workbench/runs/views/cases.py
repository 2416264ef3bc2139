"""A case: compliance opens the contents of one run, with a reason."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from workbench.accounts.models import User
from workbench.privacy.models import Erased
from workbench.runs import permissions, services
from workbench.runs.models import Case, Run


def _run(request: HttpRequest, pk: int) -> Run:
    if not permissions.can_open_case(request.user):
        raise PermissionDenied(_("Contents are opened by compliance, with a reason."))
    return get_object_or_404(Run.objects.select_related("activity", "requester", "data_key"), pk=pk)


@never_cache
@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the reason, then read; and who opened this run before."""
    run = _run(request, pk)
    user: User = request.user  # type: ignore[assignment]
    reason, fault = request.POST.get("reason", ""), ""
    if request.method == "POST":
        try:
            opened = services.open_case(actor=user, run=run, reason=reason)
        except services.RunRefused as refusal:
            fault = " ".join(refusal.messages)
        else:
            return redirect("runs:run", opened.run_id)
    first = run.follows_id or run.pk
    if request.method == "GET" and Case.objects.open_for(user).filter(run=first).exists():
        return redirect("runs:run", first)
    before = [{"case": one, "reason": _reason(one)} for one in Case.objects.select_related("opened_by", "data_key").filter(run=first)[:20]]  # fmt: skip
    erased = run.data_key is None or run.data_key.destroyed_at is not None
    context = {"run": run, "before": before, "reason": reason, "fault": fault, "erased": erased}
    return render(request, "runs/case.html", context, status=422 if fault else 200)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End one's own case on a run."""
    run = _run(request, pk)
    user: User = request.user  # type: ignore[assignment]
    services.close_case(actor=user, run=run)
    messages.success(request, _("The case is closed."))
    return redirect(reverse("audit:log") + f"?run={run.pk}")


def _reason(one: Case) -> str:
    try:
        return one.reason or ""
    except Erased:
        return _("erased")
