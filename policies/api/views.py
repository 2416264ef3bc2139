"""/api/v1/activities/ and /api/v1/prompts/"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from policies import mapfile, permissions, services
from policies.control_points import KINDS
from policies.mapfile.form import FORMAT
from policies.mapfile.reading import MAX_BYTES
from policies.models import Activity, Category, DataClass, Goal, PolicyVersion, PromptVersion, Stage, Tool, Trait
from workbench.accounts.api.base import caller
from workbench.accounts.models import User


class PolicySerializer(serializers.ModelSerializer[PolicyVersion]):
    """The version that decides: who is responsible, why, since when."""

    decided_by = serializers.CharField(source="decided_by.get_full_name", read_only=True)
    accountable = serializers.CharField(source="accountable.get_full_name", read_only=True)
    tool = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    control_points = serializers.SerializerMethodField()

    class Meta:
        model = PolicyVersion
        fields = (
            "number",
            "state",
            "category",
            "rationale",
            "decided_by",
            "accountable",
            "tool",
            "in_force_at",
            "ended_at",
            "control_points",
        )
        read_only_fields = fields

    def get_control_points(self, version: PolicyVersion) -> dict[str, Any]:
        return {point.kind: point.params for point in version.control_points.all()}


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    stage = serializers.CharField(source="stage.name", read_only=True)
    policy = serializers.SerializerMethodField()

    class Meta:
        model = Activity
        fields = ("id", "slug", "name", "description", "stage", "traits", "data", "retired_at", "policy")
        read_only_fields = fields

    @extend_schema_field(PolicySerializer(allow_null=True))
    def get_policy(self, activity: Activity) -> Any:
        deciding = activity.deciding
        return PolicySerializer(deciding[0]).data if deciding else None


class PolicyRequestSerializer(serializers.Serializer[Any]):
    """A new version of the policy. What is left out is taken from the version before."""

    category = serializers.ChoiceField(choices=Category.choices)
    rationale = serializers.CharField(max_length=1000)
    accountable = serializers.SlugRelatedField(
        slug_field="username", queryset=User.objects.filter(is_active=True), required=False
    )
    tool = serializers.SlugRelatedField(
        slug_field="slug", queryset=Tool.objects.filter(enabled=True), required=False, allow_null=True
    )
    control_points = serializers.DictField(child=serializers.DictField(), required=False)
    effective_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="From when on; left out: with the next call."
    )
    draft = serializers.BooleanField(
        required=False, default=False, help_text="Keep it as the draft of the activity; nothing takes effect."
    )

    def validate_control_points(self, value: dict[str, Any]) -> dict[str, Any]:
        if unknown := set(value) - set(KINDS):
            raise serializers.ValidationError(f"Unknown control points: {', '.join(sorted(unknown))}.")
        return value


class GoalSerializer(serializers.ModelSerializer[Goal]):
    """A measure with baseline, target, unit and date. It takes effect with the next policy version."""

    class Meta:
        model = Goal
        fields = ("id", "measure", "baseline", "target", "unit", "due", "source", "set_at")
        read_only_fields = ("id", "set_at")


class ActivityRequestSerializer(serializers.Serializer[Any]):
    """How an activity is described. Who is responsible is decided at ``policy``."""

    name = serializers.CharField(max_length=120)
    stage = serializers.SlugRelatedField(slug_field="name", queryset=Stage.objects.all())
    description = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    traits = serializers.MultipleChoiceField(choices=Trait.choices)
    data = serializers.MultipleChoiceField(choices=DataClass.choices, required=False, default=set)  # type: ignore[assignment]


class ActivityViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Activity]):
    """The activity map."""

    queryset = Activity.objects.none()
    serializer_class = ActivitySerializer
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Activity]:
        activities = Activity.objects.visible_to(self.request.user).with_policy()
        return activities.current() if self.action == "list" else activities

    @extend_schema(request=ActivityRequestSerializer, responses={201: ActivitySerializer})
    def create(self, request: Request) -> Response:
        """Add an activity to a stage. For leaders."""
        return Response(self._saved(request, None), status=201)

    @extend_schema(request=ActivityRequestSerializer, responses=ActivitySerializer)
    def update(self, request: Request, slug: str = "") -> Response:
        """Describe an activity anew. For leaders."""
        return Response(self._saved(request, self.get_object()))

    def _saved(self, request: Request, activity: Activity | None) -> Any:
        if not permissions.can_change_map(caller(request)):
            raise PermissionDenied(_("Only leaders change the activity map."))
        body = ActivityRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        saved = services.save_activity(actor=caller(request), activity=activity, **body.validated_data)
        return ActivitySerializer(Activity.objects.with_policy().get(pk=saved.pk)).data

    @extend_schema(request=None, responses=ActivitySerializer)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, slug: str = "") -> Response:
        """Take an activity off the map; its next call is refused. For leaders."""
        activity = self.get_object()
        services.retire_activity(actor=caller(request), activity=activity)
        return Response(ActivitySerializer(Activity.objects.with_policy().get(pk=activity.pk)).data)

    @extend_schema(request=GoalSerializer, responses={201: GoalSerializer})
    @action(detail=True, methods=["post"])
    def goal(self, request: Request, slug: str = "") -> Response:
        """Set a goal. It takes effect with the next policy version. For leaders."""
        activity = self.get_object()
        if not permissions.can_decide_policies(caller(request)):
            raise PermissionDenied(_("Only leaders set goals."))
        body = GoalSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        goal = services.set_goal(actor=caller(request), activity=activity, **body.validated_data)
        return Response(GoalSerializer(goal).data, status=201)

    @extend_schema(request=PolicyRequestSerializer, responses=PolicySerializer)
    @action(detail=True, methods=["post"])
    def policy(self, request: Request, slug: str = "") -> Response:
        """Decide anew who is responsible. Takes effect with the next call. For leaders."""
        activity = self.get_object()
        body = PolicyRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        before = activity.policy_versions.prefetch_related("control_points").order_by("-number").first()
        points = data.get("control_points")
        if points is None:
            points = {point.kind: point.params for point in before.control_points.all()} if before else {}
        human_only = data["category"] == Category.HUMAN_ONLY
        # The newest goal counts; without one nothing but human only can be decided.
        content: dict[str, Any] = {
            "actor": caller(request),
            "activity": activity,
            "category": data["category"],
            "rationale": data["rationale"],
            "accountable": data.get("accountable") or (before.accountable if before else None),
            "goal": activity.goals.order_by("-id").first(),
            "tool": None if human_only else data.get("tool") or (before.tool if before else None),
            "control_points": list(points.items()),
        }
        if data["draft"]:
            return Response(PolicySerializer(services.save_policy_draft(**content)).data)
        version = services.put_in_force(**content, effective_at=data.get("effective_at"))
        return Response(PolicySerializer(version).data)

    @extend_schema(request=None, responses=PolicySerializer)
    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, slug: str = "") -> Response:
        """The stop switch: the next call is refused. For leaders and compliance."""
        activity = self.get_object()
        version = activity.policy_versions.filter(state="in_force").first()
        if version is None:
            raise DjangoValidationError("No policy is in force for this activity.")
        services.suspend_policy(actor=caller(request), version=version)
        version.refresh_from_db()
        return Response(PolicySerializer(version).data)


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
        parameters=[OpenApiParameter("dry_run", bool, description="Only say what would change.")],
        responses={200: ImportSerializer, 400: ImportSerializer},
    )
    def put(self, request: Request) -> Response:
        """Import: one transaction, one audit event. What the document does not name stays. For leaders."""
        if not permissions.can_change_map(caller(request)):
            raise PermissionDenied(_("Only leaders import the map."))
        dry = request.query_params.get("dry_run", "").lower() in {"1", "true"}
        raw: Any = request.data
        content = raw if isinstance(raw, bytes) else b""
        try:
            done = mapfile.import_map(actor=caller(request), file=mapfile.read(content), dry_run=dry)
        except mapfile.MapFileRefused as refused:
            return Response({"dry_run": dry, "faults": FaultSerializer(refused.faults, many=True).data}, status=400)
        return Response({"dry_run": dry, "changes": ChangeSerializer(done.changes, many=True).data})


class PromptSerializer(serializers.ModelSerializer[PromptVersion]):
    slug = serializers.CharField(source="prompt.slug", read_only=True)
    title = serializers.CharField(source="prompt.title", read_only=True)
    language = serializers.CharField(source="prompt.language", read_only=True)
    activity = serializers.CharField(source="prompt.activity.slug", read_only=True)

    class Meta:
        model = PromptVersion
        fields = (
            "id", "slug", "title", "language", "activity", "number", "state", "role", "goal", "information", "limits", "inputs", "output_form",
            "output_schema", "known_limits", "approved_at",
        )  # fmt: skip
        read_only_fields = fields


class PromptViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[PromptVersion]):
    """Approved prompts."""

    queryset = PromptVersion.objects.none()
    serializer_class = PromptSerializer
    lookup_field = "prompt__slug"
    lookup_url_kwarg = "slug"

    def get_queryset(self) -> QuerySet[PromptVersion]:
        return PromptVersion.objects.approved().select_related("prompt__activity")
