"""/api/v1/audit/events/"""

from django.db.models import QuerySet
from rest_framework import mixins, permissions, serializers, viewsets
from rest_framework.request import Request
from rest_framework.views import APIView

from audit.models import AuditEvent
from audit.permissions import can_read_log


class MayReadLog(permissions.BasePermission):
    message = "The log is read by compliance and leaders."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return can_read_log(request.user)


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    class Meta:
        model = AuditEvent
        fields = (
            "id", "event_id", "at", "action", "origin", "actor_id", "actor_role", "object_type", "object_id", "run_id", "activity_id",
            "policy_version_id", "prompt_version_id", "category", "data",
        )  # fmt: skip
        read_only_fields = fields


class AuditEventViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[AuditEvent]):
    """The append-only log, newest first."""

    queryset = AuditEvent.objects.none()
    serializer_class = AuditEventSerializer
    permission_classes = (permissions.IsAuthenticated, MayReadLog)
    filterset_fields = ("run_id", "action", "activity_id", "actor_id")
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[AuditEvent]:
        return AuditEvent.objects.visible_to(self.request.user)
