"""/api/v1/goals/: the goals that policies rest on, and their figures."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from policies import permissions, services
from policies.models import Goal
from policies.progress import goal_progress
from workbench.accounts.api.base import body_of, caller


class GoalSerializer(serializers.ModelSerializer[Goal]):
    """A measure with baseline, target, unit and date. It takes effect with the next policy version."""

    activity = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)

    class Meta:
        model = Goal
        fields = ("id", "activity", "measure", "baseline", "target", "unit", "due", "source", "set_at")
        read_only_fields = ("id", "set_at")


class FigureSerializer(serializers.Serializer[Any]):
    """A figure of a day."""

    on = serializers.DateField()
    value = serializers.DecimalField(max_digits=12, decimal_places=2)


class GoalProgressSerializer(GoalSerializer):
    """A goal with where it stands: reached, on_course, behind, missed or unmeasured."""

    state = serializers.CharField(read_only=True)
    figures = FigureSerializer(many=True, read_only=True)

    class Meta(GoalSerializer.Meta):
        fields = (*GoalSerializer.Meta.fields, "state", "figures")  # type: ignore[assignment]


class GoalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Goal]):
    """Goals that a policy rests on now."""

    queryset = Goal.objects.none()
    serializer_class = GoalSerializer

    def get_queryset(self) -> QuerySet[Goal]:
        return Goal.objects.current().select_related("activity")

    @extend_schema(responses=GoalProgressSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A goal with its figures, oldest first."""
        return Response(_with_progress(self.get_object()))

    @extend_schema(request=FigureSerializer, responses=GoalProgressSerializer)
    @action(detail=True, methods=["post"])
    def measure(self, request: Request, pk: str = "") -> Response:
        """Enter a figure by hand, one a day; the same day again replaces it. For leaders and whoever is accountable."""
        goal = self.get_object()
        if not permissions.can_enter_figures(caller(request), goal):
            raise PermissionDenied(_("Figures are entered by leaders and by whoever is accountable for the activity."))
        services.enter_measurement(actor=caller(request), goal=goal, **body_of(request, FigureSerializer))
        return Response(_with_progress(goal))


def _with_progress(goal: Goal) -> Any:
    points, state = goal_progress(goal)
    figures = [{"on": day, "value": value} for day, value in points]
    return GoalSerializer(goal).data | {"state": state, "figures": FigureSerializer(figures, many=True).data}
