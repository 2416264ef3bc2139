"""What every request passes: an address that is text, the person's own language, and a log-in that loses nothing."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation


class TextAddressMiddleware:
    """An address with a zero byte is no text: PostgreSQL cannot look for it, so it is answered with 400 before anything looks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path_info:
            raise BadRequest("zero byte in the address")
        return self.get_response(request)


class PersonLanguageMiddleware:
    """After authentication: the language a person saved wins over the browser's, the language cookie wins over both."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        if language and not request.COOKIES.get("django_language"):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)


class SignedInMiddleware(LoginRequiredMiddleware):
    """A log-in is required everywhere, and one that is asked for while somebody works loses nothing of it.

    A part of a page that htmx asks for is answered with 401: the page stays as it is and says so. Whoever sends a form comes back to the
    page on which it stands; forms.js puts back there what was typed.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponse:  # type: ignore[override]
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401)
        page = urlsplit(request.headers.get("Referer", ""))
        if request.method == "POST" and page.netloc == request.get_host():
            return redirect_to_login(page._replace(scheme="", netloc="", fragment="").geturl(), settings.LOGIN_URL)
        return super().handle_no_permission(request, view_func)
