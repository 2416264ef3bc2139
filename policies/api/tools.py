"""/api/v1/tools/: the models behind the activities."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from policies import permissions, services, tools
from policies.models import DataClass, Tool, ToolUse
from policies.services.tools import FIELDS
from workbench.accounts.api.base import body_of, caller


class ToolUseSerializer(serializers.ModelSerializer[ToolUse]):
    """What a team used in one month."""

    team = serializers.CharField(source="team.name", default=None, read_only=True)

    class Meta:
        model = ToolUse
        fields = ("team", "month", "calls", "cost")
        read_only_fields = fields


class ToolSerializer(serializers.ModelSerializer[Tool]):
    """A tool. Whether it has a key is told, the key never."""

    has_key = serializers.SerializerMethodField()
    ready = serializers.SerializerMethodField()

    class Meta:
        model = Tool
        fields = (*FIELDS, "enabled", "has_key", "ready", "probe", "probed_at")
        read_only_fields = fields

    def get_has_key(self, tool: Tool) -> bool:
        return tool.key_sealed is not None

    def get_ready(self, tool: Tool) -> bool:
        return tools.is_ready(tool.provider, has_key=tool.key_sealed is not None)


class ToolRequestSerializer(serializers.ModelSerializer[Tool]):
    """A tool as it is described. What is left out of a change stays as it is; an empty key takes the stored one away."""

    data = serializers.MultipleChoiceField(choices=DataClass.choices, required=False)  # type: ignore[assignment]
    key = serializers.CharField(required=False, allow_blank=True, max_length=500, write_only=True)
    # Bounds of our own: those of the database differ, and with them the description of the API.
    context_tokens = serializers.IntegerField(min_value=1024, max_value=10_000_000, required=False)
    max_concurrent = serializers.IntegerField(min_value=1, max_value=10_000, required=False)
    team_calls_per_month = serializers.IntegerField(
        min_value=0, max_value=2_000_000_000, required=False, allow_null=True
    )

    class Meta:
        model = Tool
        fields = (*FIELDS, "key")


class SwitchSerializer(serializers.Serializer[Any]):
    enabled = serializers.BooleanField()


class ToolViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Tool]):
    """Tools, for leaders, compliance and administrators; changed by leaders and administrators."""

    queryset = Tool.objects.none()
    serializer_class = ToolSerializer
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Tool]:
        if not permissions.can_see_tools(caller(self.request)):
            raise PermissionDenied(_("Tools are shown to leaders, compliance and administrators."))
        return Tool.objects.select_related("data_key")

    @extend_schema(request=ToolRequestSerializer, responses={201: ToolSerializer})
    def create(self, request: Request) -> Response:
        """Describe a tool. It arrives switched off."""
        return Response(self._saved(request, None), status=201)

    @extend_schema(request=ToolRequestSerializer, responses=ToolSerializer)
    def partial_update(self, request: Request, slug: str = "") -> Response:
        """Change what is given. A new address or provider takes the key away, unless a new one comes with it."""
        return Response(self._saved(request, self.get_object()))

    def _saved(self, request: Request, tool: Tool | None) -> Any:
        if not permissions.can_manage_tools(caller(request)):
            raise PermissionDenied(_("Only leaders and administrators change tools."))
        body = ToolRequestSerializer(tool, data=request.data, partial=tool is not None)
        body.is_valid(raise_exception=True)
        content = dict(body.validated_data)
        saved = services.save_tool(actor=caller(request), tool=tool, key=content.pop("key", None), **content)
        return ToolSerializer(saved).data

    @extend_schema(request=SwitchSerializer, responses=ToolSerializer)
    @action(detail=True, methods=["post"])
    def switch(self, request: Request, slug: str = "") -> Response:
        """Switch a tool on or off; the next call obeys."""
        tool = self.get_object()
        if not permissions.can_manage_tools(caller(request)):
            raise PermissionDenied(_("Only leaders and administrators switch tools."))
        services.switch_tool(actor=caller(request), tool=tool, **body_of(request, SwitchSerializer))
        return Response(ToolSerializer(self.get_object()).data)

    @extend_schema(request=None, responses={202: ToolSerializer})
    @action(detail=True, methods=["post"])
    def probe(self, request: Request, slug: str = "") -> Response:
        """Have a worker say one word to the tool; ``probe`` becomes "ok" or a code."""
        services.ask_for_probe(actor=caller(request), tool=self.get_object())
        return Response(ToolSerializer(self.get_object()).data, status=202)

    @extend_schema(responses=ToolUseSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def use(self, request: Request, slug: str = "") -> Response:
        """Calls and cost per team and month, the newest first; at most a year."""
        rows = ToolUse.objects.filter(tool=self.get_object()).select_related("team").order_by("-month", "team__name")
        newest = list(rows.values_list("month", flat=True).distinct().order_by("-month")[:12])
        return Response(ToolUseSerializer(rows.filter(month__in=newest), many=True).data)
