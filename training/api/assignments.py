"""/api/v1/assignments/"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from training import permissions, services
from training.models import Assignment, LearningPath
from training.models.exercises import LANGUAGES
from training.standing import House, assigned_to, audience_shown_to, shown_to
from workbench.accounts.api.base import Named, body_of, caller
from workbench.accounts.models import Role, Team, User

_WHO = inline_serializer(
    "AssignedPerson", {"person": serializers.CharField(), "complete": serializers.BooleanField()}, many=True
)


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """A learning path that people are to finish by a day. ``language`` empty: either counts."""

    path = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    note = serializers.CharField(source="note_said", read_only=True)
    assigned_by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    people = serializers.SerializerMethodField()
    roles = serializers.SerializerMethodField()
    teams = serializers.SerializerMethodField()

    class Meta:
        model = Assignment
        fields = (
            "id", "path", "language", "due", "note", "assigned_by", "created_at", "ended_at", "people", "roles", "teams",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_people(self, one: Assignment) -> list[str]:
        me = caller(self.context["request"])
        shown = audience_shown_to(me, one.audiences.all(), permissions.can_see_every_assignment(me))
        return [audience.person.username for audience in shown if audience.person]

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Role.choices)))
    def get_roles(self, one: Assignment) -> list[str]:
        return [audience.role for audience in one.audiences.all() if audience.role]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_teams(self, one: Assignment) -> list[str]:
        return [audience.team.name for audience in one.audiences.all() if audience.team]


class AssignSerializer(serializers.Serializer[Any]):
    path = Named(slug_field="slug", queryset=LearningPath.objects.all())
    language = serializers.ChoiceField(choices=LANGUAGES, required=False, allow_blank=True, default="")
    due = serializers.DateField()
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    people = Named(
        slug_field="username", queryset=User.objects.select_related("team"), many=True, required=False, default=list
    )
    roles = serializers.MultipleChoiceField(choices=Role.choices, required=False, default=set)
    teams = Named(slug_field="name", queryset=Team.objects.all(), many=True, required=False, default=list)


class MineSerializer(serializers.ModelSerializer[Assignment]):
    """What I am assigned now, and whether I am complete."""

    path = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    note = serializers.CharField(source="note_said", read_only=True)
    complete = serializers.BooleanField(read_only=True)

    class Meta:
        model = Assignment
        fields = ("id", "path", "language", "due", "note", "complete")
        read_only_fields = fields


class AssignmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Assignment]):
    """All of them for leaders and trainers, those of the team for its manager, none for anybody else."""

    queryset = Assignment.objects.none()
    serializer_class = AssignmentSerializer
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Assignment]:
        found = Assignment.objects.visible_to(caller(self.request)).select_related("path", "assigned_by", "data_key")
        return found.prefetch_related("audiences__person__team", "audiences__team")

    @extend_schema(request=AssignSerializer, responses={201: AssignmentSerializer})
    def create(self, request: Request) -> Response:
        """Assign a path to people, roles or teams, and tell them."""
        if not permissions.can_see_assignments(caller(request)):
            raise PermissionDenied(_("Paths are assigned by trainers and leaders, and by managers to their own team."))
        made = services.assign_path(actor=caller(request), **body_of(request, AssignSerializer))
        return Response(self.get_serializer(made).data, status=201)

    @extend_schema(request=None, responses=AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str = "") -> Response:
        """Ask it of nobody any more; what was done stays."""
        services.end_assignment(actor=caller(request), assignment=self.get_object())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(responses=_WHO)
    @action(detail=True, pagination_class=None)
    def standing(self, request: Request, pk: str = "") -> Response:
        """Who has it now, and who is complete; nothing else about anybody's learning."""
        me, found = caller(request), self.get_object()
        rows = shown_to(me, House.now(found.path_id).standing(found), permissions.can_see_every_assignment(me))
        return Response([{"person": person.username, "complete": complete} for person, complete in rows])

    @extend_schema(responses=MineSerializer(many=True))
    @action(detail=False, pagination_class=None)
    def mine(self, request: Request) -> Response:
        """What I am assigned, what is due first in front."""
        return Response(MineSerializer(assigned_to(caller(request)), many=True).data)
