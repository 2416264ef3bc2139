"""What every API endpoint shares: who is calling, pages by key, and errors in one shape."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions, serializers
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from workbench.accounts.models import User
from workbench.accounts.paging import key_of
from workbench.accounts.services import find_token


def caller(request: Request) -> User:
    """The person a request speaks for. Endpoints behind IsAuthenticated have one."""
    if not isinstance(request.user, User):
        raise exceptions.NotAuthenticated
    return request.user


def body_of(request: Request, form: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The checked values of a request's body; what is wrong is answered field by field."""
    body = form(data=request.data)
    body.is_valid(raise_exception=True)
    values: dict[str, Any] = body.validated_data
    return values


class Named(serializers.SlugRelatedField[Any]):
    """A record by its name. A zero byte is in no name, and PostgreSQL cannot look for one."""

    def to_internal_value(self, data: Any) -> Any:
        if "\x00" in str(data):
            self.fail("does_not_exist", slug_name=self.slug_field, value=str(data).replace("\x00", ""))
        return super().to_internal_value(data)


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer swb_…`` (RFC 6750)."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise exceptions.AuthenticationFailed(
                _("The Authorization header must read: Bearer, one space, the token.")
            )
        token = find_token(parts[1].decode("latin-1"))
        if token is None:
            raise exceptions.AuthenticationFailed(
                _("This token is unknown or was revoked. Make a new one on your profile page.")
            )
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BodyParser(JSONParser):
    """JSON. One that nests deeper than Python reads is answered with 400 like any other that is none."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise exceptions.ParseError(
                _("Lists and objects stand too deep in one another to be read. Nothing was stored.")
            ) from error


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class KeysetPagination(CursorPagination):
    """Newest first, by key: the cost of a page does not grow with the number of rows before it."""

    ordering = "-id"
    page_size = 50

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Where a page begins. One that stands at no key, like one that cannot be read, is answered with 404."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and key_of(str(cursor.position)) is None:
            raise exceptions.NotFound(self.invalid_cursor_message)
        return cursor


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error has ``code`` and ``detail`` (a sentence); a form's errors stand under ``fields``."""
    # Imported here: rest_framework.views reads the settings that name this module.
    from rest_framework.views import exception_handler as drf_exception_handler

    if isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(
            error.message_dict if hasattr(error, "error_dict") else {"detail": error.messages}
        )
    response = drf_exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        fields = response.data if isinstance(response.data, dict) else {"detail": response.data}
        own = fields.pop("detail", None)
        detail = (
            " ".join(str(part) for part in own) if own else _("Some values are missing or wrong. Nothing was stored.")
        )
        response.data = {"code": "invalid", "detail": detail, "fields": fields}
    elif isinstance(error, Http404 | exceptions.NotFound):
        response.data = {"code": "not_found", "detail": _("There is nothing here, or it is not yours to see.")}
    else:
        codes = error.get_codes() if isinstance(error, exceptions.APIException) else "forbidden"
        detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
        response.data = {"code": codes if isinstance(codes, str) else "error", "detail": str(detail)}
    return response
