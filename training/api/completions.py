"""/api/v1/completions/ and /api/v1/evidence/"""

from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.views import APIView

from training.certificates import standing_of
from training.evidence import take_evidence
from training.models import Completion
from workbench.accounts.api.base import caller


class CompletionSerializer(serializers.ModelSerializer[Completion]):
    """A learning path that somebody finished. ``standing``: held, renewed, lapsed, revoked or erased. ``code`` is printed on the certificate."""

    person = serializers.SlugRelatedField[Any](source="learner", slug_field="username", read_only=True)
    path = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    standing = serializers.SerializerMethodField()
    code = serializers.SerializerMethodField()

    class Meta:
        model = Completion
        fields = ("id", "person", "path", "language", "at", "versions", "standing", "code")
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=["held", "renewed", "lapsed", "revoked", "erased"]))
    def get_standing(self, completion: Completion) -> str:
        return standing_of(completion)[0]

    @extend_schema_field(serializers.CharField())
    def get_code(self, completion: Completion) -> str:
        return f"{completion.pk}-{completion.code}"


class CompletionViewSet(viewsets.ReadOnlyModelViewSet[Completion]):
    """One's own; all of them for trainers and compliance."""

    queryset = Completion.objects.none()
    serializer_class = CompletionSerializer
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Completion]:
        return Completion.objects.certificates_visible_to(caller(self.request)).for_certificates()


class EvidenceView(APIView):
    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> StreamingHttpResponse:
        """Take the evidence of AI literacy along as JSON: counts by path, role and team, and per person what was offered and done. Leaves an event."""
        answer = StreamingHttpResponse(
            take_evidence(actor=caller(request), form="json"), content_type="application/json"
        )
        answer["Cache-Control"] = "no-store"
        return answer
