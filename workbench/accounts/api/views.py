"""/api/v1/me/"""

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workbench.accounts import record
from workbench.accounts.api.base import caller
from workbench.accounts.models import User


class MeSerializer(serializers.ModelSerializer[User]):
    """Who a token speaks for."""

    roles = serializers.SerializerMethodField()
    name = serializers.CharField(source="get_full_name", read_only=True)
    team = serializers.CharField(source="team.name", read_only=True, default=None)

    class Meta:
        model = User
        fields = ("id", "username", "name", "title", "team", "language", "mail", "roles")
        read_only_fields = ("id", "username", "name", "title", "team", "roles")

    def get_roles(self, user: User) -> list[str]:
        return sorted(user.role_names)


class MeView(APIView):
    """Who I am, and what I may do."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(caller(request)).data)

    @extend_schema(request=MeSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Choose my language, and whether mails about what waits come at once, once a day or not at all."""
        form = MeSerializer(caller(request), data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        form.save()
        return Response(form.data)


class MyRecordView(APIView):
    """Everything that is stored about me, and who looked at it."""

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request) -> StreamingHttpResponse:
        """One object; each key is a kind of record, newest first."""
        response = StreamingHttpResponse(record.as_json(caller(request)), content_type="application/json")
        response["Cache-Control"] = "no-store"
        return response
