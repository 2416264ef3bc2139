"""/api/v1/notices/"""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from workbench.accounts.api.base import caller
from workbench.accounts.models import Notice
from workbench.accounts.notices import in_words


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """That something waits for me or happened to what is mine."""

    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ("id", "kind", "sentence", "path", "created_at", "seen_at")
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_sentence(self, notice: Notice) -> str:
        return in_words(notice)


class NoticeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Notice]):
    """What I was told, newest first."""

    queryset = Notice.objects.none()
    serializer_class = NoticeSerializer
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Notice]:
        return Notice.objects.visible_to(caller(self.request))

    @extend_schema(request=None, responses={204: None})
    @action(detail=False, methods=["post"])
    def seen(self, request: Request) -> Response:
        """Mark all as seen."""
        self.get_queryset().filter(seen_at=None).update(seen_at=timezone.now())
        return Response(status=204)
