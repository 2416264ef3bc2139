"""Certificates: the page of one, its file, and the check that is open to whoever was handed one."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from training.badges import can_be_badge
from training.certificates import Certificate, certificate_of, find_certificate, in_words
from training.models import Completion
from training.pdf import as_pdf
from training.views.badges import base_of


def _certificate(request: HttpRequest, pk: int) -> Certificate:
    found = get_object_or_404(Completion.objects.certificates_visible_to(request.user).for_certificates(), pk=pk)
    return certificate_of(found)


def _address(request: HttpRequest, certificate: Certificate) -> str:
    """Where it is checked: the address people reach the workbench at, or the one that was asked."""
    return f"{base_of(request)}{certificate.check_path}"


@never_cache
@require_GET
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody finished, and until when it counts."""
    found = _certificate(request, pk)
    mine = found.completion.learner_id == request.user.pk
    context = {
        "certificate": found, "state": in_words(found), "address": _address(request, found), "badge": mine and can_be_badge(found),
    }  # fmt: skip
    return render(request, "training/certificate.html", context)


@never_cache
@require_GET
def certificate_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as PDF."""
    found = _certificate(request, pk)
    answer = HttpResponse(as_pdf(found, _address(request, found)), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="certificate-{found.completion.pk}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


@never_cache
@login_not_required
@require_GET
def check_certificate(request: HttpRequest) -> HttpResponse:
    """Whether a certificate is ours: what is printed on it, given its code, and “not known” for everything else."""
    code = request.GET.get("code", "")[:200]
    completion = find_certificate(code)
    found = certificate_of(completion) if completion else None
    context = {"code": code, "certificate": found, "state": in_words(found) if found else ""}
    return render(request, "training/check.html", context, status=404 if code and not found else 200)
