"""/api/v1/me/"""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workbench.accounts.api.base import caller
from workbench.accounts.models import User


class MeSerializer(serializers.ModelSerializer[User]):
    """Who a token speaks for."""

    roles = serializers.SerializerMethodField()
    name = serializers.CharField(source="get_full_name", read_only=True)
    team = serializers.CharField(source="team.name", read_only=True, default=None)

    class Meta:
        model = User
        fields = ("id", "username", "name", "title", "team", "language", "roles")
        read_only_fields = fields

    def get_roles(self, user: User) -> list[str]:
        return sorted(user.role_names)


class MeView(APIView):
    """Who I am, and what I may do."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(caller(request)).data)
