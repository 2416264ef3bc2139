"""/api/v1/qualifications/"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from workbench.accounts import permissions, services
from workbench.accounts.api.base import Named, body_of, caller
from workbench.accounts.models import Qualification, User


class QualificationSerializer(serializers.ModelSerializer[Qualification]):
    """A right that a person has earned. ``standing``: held, lapsed or revoked."""

    person = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    granted_by = serializers.CharField(source="granted_by.get_full_name", read_only=True, default=None)
    standing = serializers.CharField(read_only=True)

    class Meta:
        model = Qualification
        fields = (
            "id",
            "person",
            "name",
            "evidence",
            "granted_by",
            "granted_at",
            "expires_at",
            "revoked_at",
            "standing",
        )
        read_only_fields = fields


class GrantSerializer(serializers.Serializer[Any]):
    person = Named(slug_field="username", queryset=User.objects.filter(is_active=True))
    name = serializers.RegexField(r"^[a-z0-9][a-z0-9-]{0,49}$")
    evidence = serializers.CharField(max_length=300)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class QualificationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Qualification]):
    """One's own; all of them for trainers, leaders, administrators and compliance."""

    queryset = Qualification.objects.none()
    serializer_class = QualificationSerializer

    def get_queryset(self) -> QuerySet[Qualification]:
        return Qualification.objects.visible_to(caller(self.request)).select_related("person", "granted_by")

    @extend_schema(request=GrantSerializer, responses={201: QualificationSerializer})
    def create(self, request: Request) -> Response:
        """Record a qualification; one that is held is renewed. Nobody qualifies themselves."""
        if not permissions.can_grant_qualifications(caller(request)):
            raise PermissionDenied(_("Qualifications are granted by trainers, leaders and administrators."))
        granted = services.grant_qualification(actor=caller(request), **body_of(request, GrantSerializer))
        return Response(QualificationSerializer(granted).data, status=201)

    @extend_schema(request=None, responses=QualificationSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str = "") -> Response:
        """Take it back; it does not count from the next call on."""
        services.revoke_qualification(actor=caller(request), qualification=self.get_object())
        return Response(QualificationSerializer(self.get_object()).data)
