"""What every request passes: an address that is text, and the person's own language."""

from collections.abc import Callable

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
