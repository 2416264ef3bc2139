"""/api/v1/map/: the whole map as one document, out and in."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from policies import mapfile, permissions
from policies.mapfile.form import FORMAT
from policies.mapfile.reading import MAX_BYTES
from workbench.accounts.api.base import caller


class RawParser(BaseParser):
    """The body as it came: a map file says in which line its faults are."""

    media_type = "application/yaml"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream.read(MAX_BYTES + 1)


class RawJSONParser(RawParser):
    media_type = "application/json"


class FaultSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    field = serializers.CharField()
    sentence = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    slug = serializers.CharField()
    name = serializers.CharField()
    new = serializers.BooleanField()
    words = serializers.ListField(child=serializers.CharField())


class ImportSerializer(serializers.Serializer[Any]):
    """What changed, or would change in a dry run; or every fault, and then nothing was changed."""

    dry_run = serializers.BooleanField(default=False)
    changes = ChangeSerializer(many=True, required=False)
    seen = serializers.CharField(
        required=False, help_text="Hash of what the document says and of what it would replace."
    )
    faults = FaultSerializer(many=True, required=False)


class MapView(APIView):
    """The whole map as one document; its form is at /map/schema.json."""

    parser_classes = (RawParser, RawJSONParser)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Export. Keys of tools are never in it. For leaders, compliance and administrators."""
        if not permissions.can_see_tools(caller(request)):
            raise PermissionDenied(_("The map is exported by leaders, compliance and administrators."))
        return Response({"format": FORMAT, **mapfile.current_map()})

    @extend_schema(
        request={"application/yaml": OpenApiTypes.STR, "application/json": OpenApiTypes.OBJECT},
        parameters=[
            OpenApiParameter("dry_run", bool, description="Only say what would change."),
            OpenApiParameter("seen", str, description="``seen`` of the dry run: import only what was looked at."),
        ],
        responses={200: ImportSerializer, 400: ImportSerializer, 409: OpenApiTypes.OBJECT},
    )
    def put(self, request: Request) -> Response:
        """Import: one transaction, one audit event. What the document does not name stays. For leaders.

        With ``seen``: 409, and nothing is imported, where the document is another one or somebody changed the same since the dry run.
        """
        if not permissions.can_change_map(caller(request)):
            raise PermissionDenied(_("Only leaders import the map."))
        dry = request.query_params.get("dry_run", "").lower() in {"1", "true"}
        raw: Any = request.data
        content = raw if isinstance(raw, bytes) else b""
        try:
            done = mapfile.import_map(
                actor=caller(request), file=mapfile.read(content), dry_run=dry, seen=request.query_params.get("seen")
            )
        except mapfile.MapChanged as changed:
            return Response({"code": "changed", "detail": str(changed)}, status=409)
        except mapfile.FileRefused as refused:
            return Response({"dry_run": dry, "faults": FaultSerializer(refused.faults, many=True).data}, status=400)
        changes = ChangeSerializer(done.changes, many=True).data
        return Response({"dry_run": dry, "changes": changes, "seen": done.seen})
