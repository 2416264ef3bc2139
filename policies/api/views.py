"""/api/v1/activities/ and /api/v1/prompts/"""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from policies import services
from policies.control_points import KINDS
from policies.models import Activity, Category, PolicyVersion, PromptVersion, Tool
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
        fields = ("id", "slug", "name", "description", "stage", "traits", "policy")
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

    def validate_control_points(self, value: dict[str, Any]) -> dict[str, Any]:
        if unknown := set(value) - set(KINDS):
            raise serializers.ValidationError(f"Unknown control points: {', '.join(sorted(unknown))}.")
        return value


class ActivityViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Activity]):
    """The activity map."""

    queryset = Activity.objects.none()
    serializer_class = ActivitySerializer
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Activity]:
        return Activity.objects.visible_to(self.request.user).with_policy()

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
        version = services.put_in_force(
            actor=caller(request),
            activity=activity,
            category=data["category"],
            rationale=data["rationale"],
            accountable=data.get("accountable") or (before.accountable if before else None),
            goal=before.goal if before and before.goal else activity.goals.order_by("-id").first(),
            tool=None if human_only else data.get("tool") or (before.tool if before else None),
            control_points=list(points.items()),
        )
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
