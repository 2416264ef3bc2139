"""/api/v1/activities/: the activity map, who is responsible, and goals."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from policies import catalogue, permissions, services
from policies.api.goals import GoalSerializer
from policies.control_points import KINDS
from policies.differences import policy_history
from policies.figures import figures
from policies.models import Activity, Category, DataClass, PolicyVersion, Stage, Tool, Trait
from policies.suggestion import suggest
from workbench.accounts.api.base import Named, body_of, caller
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


class SuggestionSerializer(serializers.Serializer[Any]):
    """What the traits suggest, and why. A person decides."""

    category = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    stage = serializers.CharField(source="stage.name", read_only=True)
    policy = serializers.SerializerMethodField()
    suggestion = serializers.SerializerMethodField()

    class Meta:
        model = Activity
        fields = ("id", "slug", "name", "description", "stage", "traits", "data", "retired_at", "suggestion", "policy")
        read_only_fields = fields

    @extend_schema_field(PolicySerializer(allow_null=True))
    def get_policy(self, activity: Activity) -> Any:
        deciding = activity.deciding
        return PolicySerializer(deciding[0]).data if deciding else None

    @extend_schema_field(SuggestionSerializer(allow_null=True))
    def get_suggestion(self, activity: Activity) -> Any:
        suggestion = suggest(activity.traits)
        return SuggestionSerializer(suggestion).data if suggestion else None


class PolicyRequestSerializer(serializers.Serializer[Any]):
    """A new version of the policy. What is left out is taken from the version before."""

    category = serializers.ChoiceField(choices=Category.choices)
    rationale = serializers.CharField(max_length=1000)
    accountable = Named(slug_field="username", queryset=User.objects.filter(is_active=True), required=False)
    tool = Named(slug_field="slug", queryset=Tool.objects.filter(enabled=True), required=False, allow_null=True)
    control_points = serializers.DictField(child=serializers.DictField(), required=False)
    effective_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="From when on; left out: with the next call."
    )
    override = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, default="",
        help_text="Why it takes effect although fundamentals that its control points name are not in place. Kept with your name.",
    )  # fmt: skip
    draft = serializers.BooleanField(
        required=False, default=False, help_text="Keep it as the draft of the activity; nothing takes effect."
    )

    def validate_control_points(self, value: dict[str, Any]) -> dict[str, Any]:
        if unknown := set(value) - set(KINDS):
            raise serializers.ValidationError(f"Unknown control points: {', '.join(sorted(unknown))}.")
        return value


class ActivityRequestSerializer(serializers.Serializer[Any]):
    """How an activity is described. Who is responsible is decided at ``policy``."""

    name = serializers.CharField(max_length=120)
    stage = Named(slug_field="name", queryset=Stage.objects.all())
    description = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    traits = serializers.MultipleChoiceField(choices=Trait.choices)
    data = serializers.MultipleChoiceField(choices=DataClass.choices, required=False, default=set)  # type: ignore[assignment]


class PolicyVersionSerializer(PolicySerializer):
    """A decision with what it changed against the one before, in words."""

    changes = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta(PolicySerializer.Meta):
        fields = (*PolicySerializer.Meta.fields, "suggested", "changes")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class ReplaySerializer(serializers.Serializer[Any]):
    """Of the last hundred runs in ninety days: how many would have been refused, marked, or sent to a person."""

    runs = serializers.IntegerField()
    refused = serializers.IntegerField()
    marked = serializers.IntegerField()
    second = serializers.IntegerField()
    second_before = serializers.IntegerField()
    by = serializers.DictField(child=serializers.IntegerField())


class PlantedSerializer(serializers.Serializer[Any]):
    """Planted errors that reviewers saw, of the last year up to last week. Of the policy, never of a person."""

    seen = serializers.IntegerField(allow_null=True)
    of = serializers.IntegerField(allow_null=True)


class MoveSerializer(serializers.Serializer[Any]):
    stage = Named(slug_field="name", queryset=Stage.objects.all())
    before = Named(slug_field="slug", queryset=Activity.objects.all(), required=False, allow_null=True, default=None)


class AdoptSerializer(serializers.Serializer[Any]):
    language = serializers.ChoiceField(choices=[("en", "English"), ("de", "Deutsch")], default="en")


class AdoptedSerializer(serializers.Serializer[Any]):
    added = serializers.IntegerField()


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
        saved = services.save_activity(
            actor=caller(request), activity=activity, **body_of(request, ActivityRequestSerializer)
        )
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
        goal = services.set_goal(actor=caller(request), activity=activity, **body_of(request, GoalSerializer))
        return Response(GoalSerializer(goal).data, status=201)

    @extend_schema(request=PolicyRequestSerializer, responses=PolicySerializer)
    @action(detail=True, methods=["post"])
    def policy(self, request: Request, slug: str = "") -> Response:
        """Decide anew who is responsible. Takes effect with the next call. For leaders."""
        activity = self.get_object()
        data = body_of(request, PolicyRequestSerializer)
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
        version = services.put_in_force(**content, effective_at=data.get("effective_at"), override=data["override"])
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

    @extend_schema(responses=PolicyVersionSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def versions(self, request: Request, slug: str = "") -> Response:
        """The newest fifty decisions, each with what it changed. Drafts and days to come are for leaders."""
        found = (
            self.get_object()
            .policy_versions.order_by("-number")
            .select_related("accountable", "decided_by", "goal", "tool")
        )
        if not permissions.can_decide_policies(caller(request)):
            found = found.exclude(state__in=("draft", "scheduled"))
        rows = list(policy_history(list(found.prefetch_related("control_points")[:50])))
        for version, words in rows:
            version.changes = words
        return Response(PolicyVersionSerializer([version for version, _words in rows], many=True).data)

    @extend_schema(request=None, responses={200: PolicySerializer, 204: None})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, slug: str = "") -> Response:
        """Take back a decision whose day has not come; it is a draft again. 204 where none waits. For leaders."""
        activity = self.get_object()
        if not services.withdraw_policy(actor=caller(request), activity=activity):
            return Response(status=204)
        return Response(PolicySerializer(activity.policy_versions.order_by("-number").first()).data)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, slug: str = "") -> Response:
        """Throw the draft of the policy away, if there is one. For leaders."""
        services.discard_policy_draft(actor=caller(request), activity=self.get_object())
        return Response(status=204)

    @extend_schema(responses=ReplaySerializer)
    @action(detail=True, methods=["get"])
    def replay(self, request: Request, slug: str = "") -> Response:
        """What the draft, or the decision that waits for its day, would have done with recent runs. No model is called. For leaders."""
        activity = self.get_object()
        if not permissions.can_decide_policies(caller(request)):
            raise PermissionDenied(_("Only leaders decide who is responsible for an activity."))
        version = activity.policy_versions.filter(state__in=("draft", "scheduled")).order_by("-number").first()
        if version is None:
            raise DjangoValidationError(_("There is no draft to try. Save one first."))
        return Response(ReplaySerializer(figures().replay(version)).data)

    @extend_schema(responses=PlantedSerializer)
    @action(detail=True, methods=["get"])
    def planted(self, request: Request, slug: str = "") -> Response:
        """How reviews of this activity fare with planted errors; nulls below five reviewers. For leaders and trainers."""
        activity = self.get_object()
        if not permissions.can_see_planted(caller(request)):
            raise PermissionDenied(_("Leaders and trainers see how reviews fare with planted errors."))
        seen, of = figures().planted(activity) or (None, None)
        return Response(PlantedSerializer({"seen": seen, "of": of}).data)

    @extend_schema(request=None, responses=ActivitySerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, slug: str = "") -> Response:
        """Take a retired activity up again; nobody has decided about it then. For leaders."""
        activity = self.get_object()
        services.restore_activity(actor=caller(request), activity=activity)
        return Response(ActivitySerializer(Activity.objects.with_policy().get(pk=activity.pk)).data)

    @extend_schema(request=MoveSerializer, responses=ActivitySerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, slug: str = "") -> Response:
        """Put an activity into a stage, in front of another one or at the end. For leaders."""
        activity = self.get_object()
        if not permissions.can_change_map(caller(request)):
            raise PermissionDenied(_("Only leaders change the activity map."))
        services.move_activity(actor=caller(request), activity=activity, **body_of(request, MoveSerializer))
        return Response(ActivitySerializer(Activity.objects.with_policy().get(pk=activity.pk)).data)

    @extend_schema(request=AdoptSerializer, responses=AdoptedSerializer)
    @action(detail=False, methods=["post"])
    def adopt(self, request: Request) -> Response:
        """Take the activities of the starter catalogue over that the map does not have yet. For leaders."""
        if not permissions.can_change_map(caller(request)):
            raise PermissionDenied(_("Only leaders change the activity map."))
        return Response(
            {"added": catalogue.adopt(actor=caller(request), language=body_of(request, AdoptSerializer)["language"])}
        )


class StagesSerializer(serializers.Serializer[Any]):
    """The stages in order. ``renamed``: old name → new name, so that a stage keeps its activities."""

    stages = serializers.ListField(child=serializers.CharField(max_length=100))
    renamed = serializers.DictField(child=serializers.CharField(max_length=100), required=False, write_only=True)


class StagesView(APIView):
    """The steps of the sales process."""

    @extend_schema(responses=StagesSerializer)
    def get(self, request: Request) -> Response:
        return Response({"stages": list(Stage.objects.values_list("name", flat=True))})

    @extend_schema(request=StagesSerializer, responses=StagesSerializer)
    def put(self, request: Request) -> Response:
        """Set the stages. One in which activities stand cannot be left out. For leaders."""
        if not permissions.can_change_map(caller(request)):
            raise PermissionDenied(_("Only leaders change the activity map."))
        data = body_of(request, StagesSerializer)
        stages = services.set_stages(actor=caller(request), names=data["stages"], renamed=data.get("renamed"))
        return Response({"stages": [stage.name for stage in stages]})
