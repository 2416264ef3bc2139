"""The person's own language, where they chose one."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation


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
