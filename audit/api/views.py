"""/api/v1/audit/: events, proofs, checkpoints, verifications, exports."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view, inline_serializer
from rest_framework import exceptions, mixins, permissions, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit import exporting, proofs, retention, sealing, tasks, verifying
from audit.filters import parse
from audit.models import AuditEvent, CanonicalJSONField, Checkpoint, Leaf, Verification
from audit.permissions import can_export, can_read_log, can_seal, can_see_seal
from audit.viewing import note_look

_FILTERS = [
    OpenApiParameter("run_id", int), OpenApiParameter("actor_id", int), OpenApiParameter("activity_id", int),
    OpenApiParameter("policy_version_id", int), OpenApiParameter("prompt_version_id", int), OpenApiParameter("category", str), OpenApiParameter("model", str),
    OpenApiParameter("kind", str, enum=["outputs", "verdicts", "refused", "policies", "people", "log"]),
    OpenApiParameter("verdict", str, enum=["approved", "edited", "rejected", "by_rule", "expired"]), OpenApiParameter("action", str),
    OpenApiParameter("subject", str, description="type:id of the object"), OpenApiParameter("since", OpenApiTypes.DATE), OpenApiParameter("until", OpenApiTypes.DATE),
    OpenApiParameter("upto", int, description="no entry above this number"),
]  # fmt: skip
_SAME = {
    "run_id": "run",
    "actor_id": "person",
    "activity_id": "activity",
    "policy_version_id": "policy",
    "prompt_version_id": "prompt",
}


class MayReadLog(permissions.BasePermission):
    message = "The log is read by compliance and leaders."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return can_read_log(request.user)


class MaySeeSeal(permissions.BasePermission):
    message = "The seal is shown to compliance, leaders and administrators."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return can_see_seal(request.user) if request.method == "GET" else can_seal(request.user)


class MayExport(permissions.BasePermission):
    message = "Exports are made by compliance."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return can_export(request.user)


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        CanonicalJSONField: serializers.JSONField,
    }

    class Meta:
        model = AuditEvent
        fields = (
            "id", "event_id", "at", "action", "origin", "actor_id", "actor_role", "object_type", "object_id", "run_id", "activity_id",
            "policy_version_id", "prompt_version_id", "category", "model", "data",
        )  # fmt: skip
        read_only_fields = fields


def _filters(request: Request) -> Any:
    """The filters of the page, under the names of the columns. What cannot be read is an error here, not a remark."""
    query = {_SAME.get(name, name): value for name, value in request.query_params.items()}
    # The page hides sign-ins unless they are asked for; a program gets what there is.
    filters = parse({**query, "q": "", "quiet": "1"})
    if filters.faults:
        raise exceptions.ValidationError({"detail": list(filters.faults)})
    return filters


@extend_schema_view(list=extend_schema(parameters=_FILTERS))
class AuditEventViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[AuditEvent]):
    """The append-only log, newest first. Looking at it leaves an entry."""

    queryset = AuditEvent.objects.none()
    serializer_class = AuditEventSerializer
    permission_classes = (permissions.IsAuthenticated, MayReadLog)
    lookup_value_regex = r"[0-9]{1,18}"
    filter_backends = ()

    def get_queryset(self) -> QuerySet[AuditEvent]:
        events = AuditEvent.objects.visible_to(self.request.user)
        if self.action != "list":
            return events
        filters = _filters(self.request)
        if "cursor" not in self.request.query_params:
            note_look(actor=self.request.user, filters=filters)
        asked: QuerySet[AuditEvent] = filters.apply(events)
        return asked

    def get_object(self) -> AuditEvent:
        try:
            return super().get_object()
        except Http404:
            if retention.removal_of(int(self.kwargs["pk"])):
                raise _Gone from None
            raise

    @extend_schema(
        responses=inline_serializer(
            "InclusionProof",
            {
                "entry": serializers.IntegerField(), "position": serializers.IntegerField(), "event": serializers.JSONField(),
                "leaf_sha256": serializers.CharField(), "size": serializers.IntegerField(), "root": serializers.CharField(),
                "path": serializers.ListField(child=serializers.CharField()), "checkpoint": serializers.CharField(),
            },
        )
    )  # fmt: skip
    @action(detail=True)
    def proof(self, request: Request, pk: str) -> Response:
        """That this entry is under the newest checkpoint (RFC 9162, 2.1.3). 409 until a checkpoint covers it."""
        event = self.get_object()
        try:
            return Response(proofs.inclusion(event.pk))
        except (proofs.NoProofYet, Leaf.DoesNotExist):
            raise _Conflict(_("No checkpoint covers this entry yet; the next one is signed within minutes.")) from None
        except LookupError:
            raise _Conflict(
                _("The stored tree is damaged: there is no proof for this entry. Verify the log.")
            ) from None

    @extend_schema(parameters=_FILTERS, request=None, responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=False, methods=["post"], permission_classes=[permissions.IsAuthenticated, MayExport])
    def export(self, request: Request) -> Any:
        """A zip of what the filters ask for, with checkpoint, proof and a program that checks it. For compliance."""
        filters = _filters(request)
        try:
            export, checkpoint = exporting.begin(actor=request.user, filters=filters)
        except (ImproperlyConfigured, LookupError, sealing.SealBroken):
            raise _Unsealed from None
        answer = StreamingHttpResponse(exporting.stream(export, checkpoint, filters), content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="audit-log-{export.pk}.zip"'
        return answer


class _Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class _Gone(exceptions.APIException):
    status_code = status.HTTP_410_GONE
    default_code = "removed"
    default_detail = gettext_lazy("The entry was removed when its time was over; its hash stays in the tree.")


class _Unsealed(exceptions.APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "unsealed"

    def __init__(self) -> None:
        super().__init__(
            _(
                "The log cannot be sealed at the moment: a key is missing, or the stored tree is damaged. Nothing was done."
            )
        )


class CheckpointSerializer(serializers.ModelSerializer[Checkpoint]):
    class Meta:
        model = Checkpoint
        fields = ("size", "root_hex", "note", "at")
        read_only_fields = fields


class _BySize(CursorPagination):
    """Newest first, by key."""

    ordering = "-size"
    page_size = 50


class CheckpointViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Checkpoint]):
    """Signed tree heads, newest first. Compliance and administrators sign one at once."""

    queryset = Checkpoint.objects.all()
    serializer_class = CheckpointSerializer
    permission_classes = (permissions.IsAuthenticated, MaySeeSeal)
    pagination_class = _BySize
    lookup_value_regex = r"[0-9]{1,18}"
    filter_backends = ()

    @extend_schema(request=None, responses={201: CheckpointSerializer})
    def create(self, request: Request) -> Response:
        """Seal what waits and sign the tree as it is now. The places outside get it from the worker."""
        try:
            checkpoint = sealing.make_checkpoint(actor=request.user)
        except (ImproperlyConfigured, LookupError, sealing.SealBroken):
            raise _Unsealed from None
        tasks.deliver.delay()
        return Response(CheckpointSerializer(checkpoint).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[OpenApiParameter("old", int, required=True)],
        responses=inline_serializer(
            "ConsistencyProof",
            {
                "old_size": serializers.IntegerField(), "new_size": serializers.IntegerField(), "old_root": serializers.CharField(),
                "new_root": serializers.CharField(), "path": serializers.ListField(child=serializers.CharField()),
                "old_checkpoint": serializers.CharField(), "new_checkpoint": serializers.CharField(),
            },
        ),
    )  # fmt: skip
    @action(detail=True)
    def consistency(self, request: Request, pk: str) -> Response:
        """That the tree of an older checkpoint (``?old=size``) is the beginning of this one (RFC 9162, 2.1.4)."""
        newer = get_object_or_404(Checkpoint, size=int(pk))
        old = str(request.query_params.get("old", ""))
        if not (old.isascii() and old.isdecimal() and len(old) < 19):
            raise exceptions.ValidationError({"old": [_("The size of an older checkpoint.")]})
        try:
            return Response(proofs.consistency(int(old), newer.size))
        except Checkpoint.DoesNotExist:
            raise exceptions.NotFound from None
        except ValueError:
            raise exceptions.ValidationError({"old": [_("The older tree is the smaller one.")]}) from None
        except LookupError:
            raise _Conflict(_("The stored tree is damaged: there is no proof. Verify the log.")) from None


class LogFaultSerializer(serializers.Serializer[Any]):
    """One thing that is wrong; see ``audit.verifying`` for the kinds."""

    kind = serializers.CharField()
    entry = serializers.IntegerField(allow_null=True)
    position = serializers.IntegerField(allow_null=True)
    detail = serializers.CharField(allow_blank=True)


class VerificationSerializer(serializers.ModelSerializer[Verification]):
    faults = LogFaultSerializer(many=True, read_only=True)

    class Meta:
        model = Verification
        fields = ("id", "state", "started_at", "ended_at", "by_id", "size", "position", "seconds", "faults")
        read_only_fields = fields


class VerificationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Verification]):
    """Verifications of the whole log, newest first."""

    queryset = Verification.objects.all()
    serializer_class = VerificationSerializer
    permission_classes = (permissions.IsAuthenticated, MaySeeSeal)
    lookup_value_regex = r"[0-9]{1,18}"
    filter_backends = ()

    @extend_schema(request=None, responses={202: None})
    def create(self, request: Request) -> Response:
        """Ask the worker to verify everything; the newest entry of the list tells how far it is. One at a time."""
        if (now := verifying.running()) is not None and not verifying.is_lost(now):
            raise _Conflict(_("A verification is under way."))
        tasks.verify.delay(request.user.pk)
        return Response(status=status.HTTP_202_ACCEPTED)
