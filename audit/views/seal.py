"""The seal as pages: checkpoints, places outside, verifications."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from audit import keys, permissions, sealing, streams, tasks, verifying
from audit.models import Checkpoint, Verification
from audit.reading import faults_in_words
from audit.views.log import seal_context

PAGE = 20


def _allowed(request: HttpRequest) -> Any:
    if not permissions.can_see_seal(request.user):
        raise PermissionDenied(_("The seal is shown to compliance, leaders and administrators."))
    return request.user


def _may_seal(request: HttpRequest) -> Any:
    if not permissions.can_seal(request.user):
        raise PermissionDenied(_("Compliance and administrators sign checkpoints and verify the log."))
    return request.user


@never_cache
@require_GET
def seal(request: HttpRequest) -> HttpResponse:
    """Whether the log is whole, what is signed, and what lies outside."""
    user = _allowed(request)
    before = request.GET.get("before", "")
    checkpoints = Checkpoint.objects.all()
    if before.isascii() and before.isdecimal() and len(before) < 19:
        checkpoints = checkpoints.filter(size__lt=int(before))
    rows = list(checkpoints[: PAGE + 1])
    context = seal_context() | {
        "checkpoints": rows[:PAGE], "older": rows[PAGE - 1].size if len(rows) > PAGE else None, "ring": _keys(), "may_seal": permissions.can_seal(user),
        "running": verifying.running(), "streams": streams.rows(streams.all_streams()), "waiting": sealing.oldest_unsealed_seconds(), "verifications": Verification.objects.all()[:8],
    }  # fmt: skip
    size = context["size"] or 1
    context["anchored_share"] = f"{100 * context['anchored'] / size:.2f}"
    context["signed_share"] = f"{100 * (size - context['since_checkpoint']) / size:.2f}"
    return render(request, "audit/seal.html", context)


@never_cache
@require_GET
def verification(request: HttpRequest, pk: int) -> HttpResponse:
    """One verification: how far it is, or what it found. htmx asks for the middle of the page while it goes on."""
    _allowed(request)
    one = get_object_or_404(Verification, pk=pk)
    by = get_user_model().objects.filter(pk=one.by_id).first() if one.by_id else None
    context = {"one": one, "by": by, "faults": faults_in_words(one), "polling": one.state == "running"}
    if request.headers.get("HX-Request") == "true":
        return render(request, "audit/_verification.html", context)
    return render(request, "audit/verification.html", context)


@require_POST
def verify_now(request: HttpRequest) -> HttpResponse:
    """Ask the worker to verify everything."""
    user = _may_seal(request)
    tasks.verify.delay(user.pk)
    messages.info(request, _("The whole log is being verified. The result stands here as soon as it is there."))
    return redirect("audit:seal")


@require_POST
def seal_now(request: HttpRequest) -> HttpResponse:
    """Sign a checkpoint of everything up to now, and have it carried to the places outside."""
    user = _may_seal(request)
    try:
        checkpoint = sealing.make_checkpoint(actor=user)
    except ImproperlyConfigured as error:
        messages.error(request, str(error))
    except (LookupError, sealing.SealBroken):
        messages.error(
            request,
            _("The stored tree is damaged, so nothing was signed. Verify the log: the result names what is wrong."),
        )
    else:
        tasks.deliver.delay()
        messages.success(
            request,
            _("Checkpoint at entry %(size)s is signed and on its way to the places outside.")
            % {"size": checkpoint.size},
        )
    return redirect("audit:seal")


@require_GET
def checkpoint(request: HttpRequest, size: int) -> HttpResponse:
    """The signed note of a checkpoint, as it lies outside."""
    _allowed(request)
    return HttpResponse(get_object_or_404(Checkpoint, size=size).note, content_type="text/plain; charset=utf-8")


def _keys() -> keys.SealKeys | None:
    try:
        return keys.current()
    except ImproperlyConfigured:
        return None
