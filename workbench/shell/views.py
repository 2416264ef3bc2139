"""Pages of the shell itself: parts, health, language, and what Django shows when something goes wrong."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from workbench.accounts.models import User
from workbench.shell import health, parts


@login_not_required
@require_GET
def parts_page(request: HttpRequest) -> HttpResponse:
    """Every part of the shell on one page: the visual test. Only with DEBUG or in demo mode."""
    if not (settings.DEBUG or settings.WORKBENCH_DEMO):
        raise Http404
    return render(request, "shell/parts.html", parts.context())


@never_cache
@require_GET
def health_page(request: HttpRequest) -> HttpResponse:
    """What works and what does not, for everyone who is signed in; htmx gets the line of the top bar only."""
    found = health.checks()
    context = {"checks": found, "health": health.summary(found)}
    if request.headers.get("HX-Request") == "true":
        return render(request, "shell/health_line.html", context)
    return render(request, "shell/health.html", context)


@login_not_required
@never_cache
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """For supervisors and load balancers: 200 when this process answers and reaches its database, else 503."""
    ok = health.check_log().ok
    return HttpResponse("ok\n" if ok else "database\n", status=200 if ok else 503, content_type="text/plain")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Django's own language switch; for a signed-in person the choice is also kept with their account."""
    response = set_language(request)
    chosen = request.POST.get("language", "")
    user = getattr(request, "user", None)
    if (
        user is not None
        and user.is_authenticated
        and translation.check_for_language(chosen)
        and chosen in dict(settings.LANGUAGES)
    ):
        User.objects.filter(pk=user.pk).update(language=chosen)
    return response


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere. Says what to do; the reason is for the log of the server."""
    return _error(request, "403_csrf.html", 403)


def _error(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    user = getattr(request, "user", None)
    # Somebody who is signed in keeps the navigation.
    layout = "base.html" if user is not None and user.is_authenticated else "bare.html"
    return render(request, template, {"layout": layout, **context}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 without the address asked for: addresses are typed, and what is typed is not repeated."""
    return _error(request, "404.html", 404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the sentence that our own code gave, if it gave one."""
    return _error(request, "403.html", 403, reason=str(exception) if exception.args else "")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, and 413 for a body that is larger than the settings allow."""
    from django.core.exceptions import RequestDataTooBig

    too_big = isinstance(exception, RequestDataTooBig)
    return _error(request, "400.html", 413 if too_big else 400, too_big=too_big)
