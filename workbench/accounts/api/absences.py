"""/api/v1/absences/"""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from workbench.accounts import services
from workbench.accounts.api.base import Named, body_of, caller
from workbench.accounts.models import Absence, User


class AbsenceSerializer(serializers.ModelSerializer[Absence]):
    """Days on which somebody is away, and who stands in."""

    person = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    cover = Named(slug_field="username", queryset=User.objects.filter(is_active=True))

    class Meta:
        model = Absence
        fields = ("id", "person", "cover", "begins", "ends")


class AbsenceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Absence]):
    """One's own absences, and those in which one stands in."""

    queryset = Absence.objects.none()
    serializer_class = AbsenceSerializer

    def get_queryset(self) -> QuerySet[Absence]:
        return Absence.objects.visible_to(caller(self.request)).select_related("person", "cover")

    @extend_schema(request=AbsenceSerializer, responses={201: AbsenceSerializer})
    def create(self, request: Request) -> Response:
        """Say when one is away and who stands in."""
        absence = services.record_absence(actor=caller(request), **body_of(request, AbsenceSerializer))
        return Response(AbsenceSerializer(absence).data, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str = "") -> Response:
        """Take an absence of one's own back."""
        services.remove_absence(actor=caller(request), absence=self.get_object())
        return Response(status=204)
