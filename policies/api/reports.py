"""/api/v1/reports/: AI used outside the workbench, as people tell it."""

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
from policies.models import Activity, DataClass, Stage, Trait, UseReport
from policies.models.reports import HowOften
from workbench.accounts.api.base import Named, body_of, caller


class ReportSerializer(serializers.ModelSerializer[UseReport]):
    """A report. Who told it is shown to leaders alone, and only where the name was given."""

    reported_by = serializers.SerializerMethodField()
    activity = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)

    class Meta:
        model = UseReport
        fields = (
            "id", "reported_on", "reported_by", "tool", "purpose", "how_often", "data", "state", "activity", "decision", "decided_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_reported_by(self, report: UseReport) -> str | None:
        leads = permissions.can_decide_policies(self.context["request"].user)
        return str(report.reported_by) if leads and report.reported_by else None


class ReportRequestSerializer(serializers.Serializer[Any]):
    """A use of AI outside the workbench. ``anonymous``: who told it is kept nowhere, in the log neither."""

    tool = serializers.CharField(max_length=100)
    purpose = serializers.CharField(max_length=300)
    how_often = serializers.ChoiceField(choices=HowOften.choices)
    data = serializers.MultipleChoiceField(choices=DataClass.choices)  # type: ignore[assignment]
    anonymous = serializers.BooleanField(default=False)


class ReportDecisionSerializer(serializers.Serializer[Any]):
    decision = serializers.CharField(max_length=500, help_text="One sentence that everybody may read.")


class ReportActivitySerializer(serializers.Serializer[Any]):
    """Either an activity of the map, or stage, name and traits of a new one."""

    activity = Named(slug_field="slug", queryset=Activity.objects.current(), required=False)
    stage = Named(slug_field="name", queryset=Stage.objects.all(), required=False)
    name = serializers.CharField(max_length=120, required=False, default="")
    traits = serializers.MultipleChoiceField(choices=Trait.choices, required=False, default=set)


class ReportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[UseReport]):
    """Reports of AI in use. Nobody is blamed for one."""

    queryset = UseReport.objects.none()
    serializer_class = ReportSerializer

    def get_queryset(self) -> QuerySet[UseReport]:
        return UseReport.objects.select_related("reported_by", "activity")

    @extend_schema(request=ReportRequestSerializer, responses={201: ReportSerializer})
    def create(self, request: Request) -> Response:
        """Tell of a use. For everybody who holds a role."""
        if not permissions.can_report_use(caller(request)):
            raise PermissionDenied(_("Reports are made by people who hold a role here."))
        report = services.report_use(actor=caller(request), **body_of(request, ReportRequestSerializer))
        return Response(self._shown(report), status=201)

    @extend_schema(request=ReportDecisionSerializer, responses=ReportSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str = "") -> Response:
        """Answer a report. For leaders."""
        report, data = self._asked(request, ReportDecisionSerializer)
        services.decide_report(actor=caller(request), report=report, **data)
        return Response(self._shown(self.get_object()))

    @extend_schema(request=ReportActivitySerializer, responses=ReportSerializer)
    @action(detail=True, methods=["post"])
    def activity(self, request: Request, pk: str = "") -> Response:
        """Turn a report into an activity, or tie it to one. For leaders."""
        report, data = self._asked(request, ReportActivitySerializer)
        services.turn_into_activity(actor=caller(request), report=report, **data)
        return Response(self._shown(self.get_object()))

    def _asked(self, request: Request, form: type[serializers.Serializer[Any]]) -> tuple[UseReport, Any]:
        report = self.get_object()
        if not permissions.can_decide_policies(caller(request)):
            raise PermissionDenied(_("Leaders decide what becomes of a report."))
        return report, body_of(request, form)

    def _shown(self, report: UseReport) -> Any:
        return ReportSerializer(report, context={"request": self.request}).data
