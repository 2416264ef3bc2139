"""/api/v1/fundamentals/ and /api/v1/road/: what sound selling rests on, how teams stand, and the order of work for AI on the pipeline."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from policies.models import Activity
from training import permissions, services
from training.models import Assessment, Fundamental, Level
from training.models.exercises import LANGUAGES
from training.road import road
from workbench.accounts.api.base import Named, body_of, caller
from workbench.accounts.models import Team


class FundamentalSerializer(serializers.ModelSerializer[Fundamental]):
    """A fundamental, in the language of the caller or in the one there is. ``seen``: by language what is sent along to change only what was read."""

    name = serializers.CharField(source="words.name", read_only=True)
    about = serializers.CharField(source="words.about", read_only=True)
    signs = serializers.ListField(source="words.signs", child=serializers.CharField(), read_only=True)
    without = serializers.CharField(source="words.without", read_only=True)
    activities = serializers.SlugRelatedField[Any](slug_field="slug", many=True, read_only=True)
    seen = serializers.SerializerMethodField()

    class Meta:
        model = Fundamental
        fields = ("id", "slug", "name", "about", "signs", "without", "activities", "months", "retired_at", "seen")
        read_only_fields = fields

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_seen(self, fundamental: Fundamental) -> dict[str, str]:
        return {language: fundamental.seen_in(language) for language, _name in LANGUAGES}


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    """How a team stood on a day, with what was looked at; null where that was erased."""

    team = serializers.CharField(source="team.name", read_only=True)
    assessed_by = serializers.CharField(source="assessed_by.get_full_name", read_only=True)
    evidence = serializers.SerializerMethodField()
    source = serializers.SerializerMethodField()  # type: ignore[assignment]

    class Meta:
        model = Assessment
        fields = ("id", "team", "level", "looked_on", "evidence", "source", "assessed_by", "at")
        read_only_fields = fields

    def get_evidence(self, row: Assessment) -> str | None:
        return row.seen["evidence"] if row.seen else None

    def get_source(self, row: Assessment) -> str | None:
        return row.seen["source"] if row.seen else None


class StandingSerializer(serializers.Serializer[Any]):
    """The last look at a team. ``due``: by when it is looked at again."""

    team = serializers.CharField()
    level = serializers.ChoiceField(choices=Level.choices)
    looked_on = serializers.DateField()
    due = serializers.DateField()


class FundamentalStandingSerializer(FundamentalSerializer):
    """A fundamental with how the teams stand that the caller sees; a team that is not named was not assessed."""

    teams = serializers.SerializerMethodField()

    class Meta(FundamentalSerializer.Meta):
        fields = (*FundamentalSerializer.Meta.fields, "teams")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]

    @extend_schema_field(StandingSerializer(many=True))
    def get_teams(self, fundamental: Fundamental) -> Any:
        newest = Assessment.objects.visible_to(caller(self.context["request"])).filter(fundamental=fundamental).newest()
        rows = [
            {"team": look.team.name, "level": look.level, "looked_on": look.looked_on, "due": fundamental.due_after(look.looked_on)}
            for look in newest.select_related("team").order_by("team__name")
        ]  # fmt: skip
        return StandingSerializer(rows, many=True).data


class DescribeSerializer(serializers.Serializer[Any]):
    """A fundamental in one language. What it says in the other stays, and so do ``activities`` and ``months`` where they are left out.

    ``seen``: that of the language as it was read; where something else was saved since, nothing is overwritten.
    """

    language = serializers.ChoiceField(choices=LANGUAGES)
    name = serializers.CharField(max_length=80)
    about = serializers.CharField(max_length=300)
    signs = serializers.ListField(child=serializers.CharField(max_length=200), min_length=3, max_length=5)
    without = serializers.CharField(max_length=400)
    activities = Named(slug_field="slug", queryset=Activity.objects.current(), many=True, required=False)
    months = serializers.IntegerField(min_value=1, max_value=24, required=False)
    seen = serializers.CharField(max_length=64, required=False)


class AssessSerializer(serializers.Serializer[Any]):
    """How a team stands, in one of three words."""

    team = Named(slug_field="name", queryset=Team.objects.all())
    level = serializers.ChoiceField(choices=Level.choices)
    evidence = serializers.CharField(max_length=1000)
    source = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")  # type: ignore[assignment]
    looked_on = serializers.DateField()


class AdoptedFundamentalsSerializer(serializers.Serializer[Any]):
    added = serializers.IntegerField()


class FundamentalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Fundamental]):
    """The fundamentals of selling."""

    queryset = Fundamental.objects.none()
    serializer_class = FundamentalSerializer
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Fundamental]:
        found = Fundamental.objects.visible_to(caller(self.request)).prefetch_related("activities")
        return found.current() if self.action == "list" else found

    @extend_schema(responses=FundamentalStandingSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A fundamental with how the teams stand: all for leaders, trainers and compliance, else one's own."""
        return Response(FundamentalStandingSerializer(self.get_object(), context={"request": request}).data)

    @extend_schema(request=DescribeSerializer, responses={201: FundamentalSerializer})
    def create(self, request: Request) -> Response:
        """Describe a fundamental that is not there yet. For leaders and trainers."""
        return Response(self._saved(request, None), status=201)

    @extend_schema(request=DescribeSerializer, responses=FundamentalSerializer)
    def update(self, request: Request, slug: str = "") -> Response:
        """Describe one anew. For leaders and trainers."""
        return Response(self._saved(request, self.get_object()))

    def _saved(self, request: Request, found: Fundamental | None) -> Any:
        if not permissions.can_edit_fundamentals(caller(request)):
            raise PermissionDenied(_("Fundamentals are described by leaders and trainers."))
        data = body_of(request, DescribeSerializer)
        return FundamentalSerializer(services.save_fundamental(actor=caller(request), fundamental=found, **data)).data

    @extend_schema(request=AssessSerializer, responses={201: AssessmentSerializer})
    @action(detail=True, methods=["post"])
    def assess(self, request: Request, slug: str = "") -> Response:
        """Say how a team stands. It stays; a later look is another one. For leaders."""
        found = self.get_object()
        if not permissions.can_assess_fundamentals(caller(request)):
            raise PermissionDenied(_("Leaders assess how their teams stand."))
        data = body_of(request, AssessSerializer)
        kept = services.assess_fundamental(actor=caller(request), fundamental=found, **data)
        return Response(AssessmentSerializer(kept).data, status=201)

    @extend_schema(responses=AssessmentSerializer(many=True))
    @action(detail=True, methods=["get"])
    def assessments(self, request: Request, slug: str = "") -> Response:
        """What was assessed, what was entered last first: all for leaders, trainers and compliance, else of one's own team."""
        looks = Assessment.objects.visible_to(caller(request)).filter(fundamental=self.get_object())
        page: Any = self.paginate_queryset(looks.select_related("team", "assessed_by", "data_key"))  # type: ignore[arg-type]
        return self.get_paginated_response(AssessmentSerializer(page, many=True).data)

    @extend_schema(request=None, responses=FundamentalSerializer)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, slug: str = "") -> Response:
        """Take it away; a policy that asks for it finds it missing. For leaders and trainers."""
        services.retire_fundamental(actor=caller(request), fundamental=self.get_object())
        return Response(FundamentalSerializer(self.get_object()).data)

    @extend_schema(request=None, responses=FundamentalSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, slug: str = "") -> Response:
        """Take it up again, with its assessments. For leaders and trainers."""
        services.restore_fundamental(actor=caller(request), fundamental=self.get_object())
        return Response(FundamentalSerializer(self.get_object()).data)

    @extend_schema(request=None, responses=AdoptedFundamentalsSerializer)
    @action(detail=False, methods=["post"])
    def adopt(self, request: Request) -> Response:
        """Take over the starter fundamentals that are missing. For leaders and trainers."""
        return Response({"added": services.adopt_fundamentals(actor=caller(request))})


class RoadActivitySerializer(serializers.Serializer[Any]):
    """An activity that a step rests on: in_force, suspended, human_only, undecided or not_on_map."""

    slug = serializers.CharField()
    name = serializers.CharField()
    state = serializers.CharField()


class RoadFundamentalSerializer(serializers.Serializer[Any]):
    """A fundamental that a step rests on: in place in so many teams of so many."""

    slug = serializers.CharField()
    name = serializers.CharField()
    teams = serializers.IntegerField()
    of = serializers.IntegerField()
    known = serializers.BooleanField()


class RoadWarningSerializer(serializers.Serializer[Any]):
    """An earlier step that is not in force while this one is, and what goes wrong then."""

    step = serializers.CharField()
    sentence = serializers.CharField()


class RoadStepSerializer(serializers.Serializer[Any]):
    """One step of the road. ``begun``: some of its activities are in force with AI; ``in_force``: all; ``stands``: on fundamentals in every team."""

    slug = serializers.CharField()
    name = serializers.CharField()
    about = serializers.CharField()
    begun = serializers.BooleanField()
    in_force = serializers.BooleanField()
    stands = serializers.BooleanField()
    activities = RoadActivitySerializer(many=True)
    fundamentals = RoadFundamentalSerializer(many=True)
    warnings = RoadWarningSerializer(many=True)


class RoadView(APIView):
    """The order of work for AI on the pipeline, and how far this house is."""

    @extend_schema(responses=RoadStepSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(RoadStepSerializer(road(), many=True).data)
