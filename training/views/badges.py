"""Certificates as badges, and what whoever was handed one asks for without a log-in: who signs, the public key, and what does not count any more."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET

from training import badges
from training.certificates import certificate_of
from training.models import Completion


def base_of(request: HttpRequest) -> str:
    """Where the workbench is reached: the address people know, or the one that was asked."""
    return settings.WORKBENCH_URL or request.build_absolute_uri("/").rstrip("/")


@never_cache
@require_GET
def certificate_badge(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own certificate as a badge, while it counts."""
    done = get_object_or_404(Completion.objects.visible_to(request.user).for_certificates(), pk=pk)
    found = certificate_of(done)
    if not badges.can_be_badge(found):
        raise Http404
    answer = HttpResponse(badges.badge(found, base_of(request)), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="badge-{done.pk}.jwt"'
    answer["Cache-Control"] = "no-store"
    return answer


def _public(answer: HttpResponse) -> HttpResponse:
    """Readable by pages of others that check badges; there is nothing in it that is not public."""
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@cache_control(public=True, max_age=3600)
@login_not_required
@require_GET
def badge_issuer(request: HttpRequest) -> HttpResponse:
    """Who signs the badges of this house."""
    return _public(JsonResponse(badges.issuer(base_of(request))))


@cache_control(public=True, max_age=3600)
@login_not_required
@require_GET
def badge_key(request: HttpRequest, name: str) -> HttpResponse:
    """A public key by which badges are checked."""
    key: dict[str, Any] | None = badges.public_key(name)
    if key is None:
        raise Http404
    return _public(JsonResponse(key))


@cache_control(public=True, max_age=60)
@login_not_required
@require_GET
def badge_status(request: HttpRequest) -> HttpResponse:
    """Which badges do not count any more."""
    found = badges.status_list(base_of(request))
    if found is None:
        raise Http404
    return _public(HttpResponse(found, content_type="application/vc+jwt"))
