"""/api/v1/coaching/: what two people agreed on, for those two; counts of teams for leaders."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from policies.models import Activity
from training import permissions, services
from training.coaching import counts_of, groups
from training.models import CoachingEntry, Occasion
from workbench.accounts.api.base import Named, body_of, caller
from workbench.accounts.models import User


class CoachingEntrySerializer(serializers.ModelSerializer[CoachingEntry]):
    """An entry of the coaching log. ``agreed`` is null where it was erased."""

    manager = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    person = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    activity = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True, allow_null=True)
    agreed = serializers.CharField(source="agreed_said", read_only=True, allow_null=True)
    done_by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True, allow_null=True)

    class Meta:
        model = CoachingEntry
        fields = (
            "id", "manager", "person", "kind", "held_on", "activity", "agreed", "due", "noted_at", "done_at", "done_by", "taken_back_at",
        )  # fmt: skip
        read_only_fields = fields


class NoteCoachingSerializer(serializers.Serializer[Any]):
    """What was agreed with somebody of one's team."""

    person = Named(slug_field="username", queryset=User.objects.filter(is_active=True))
    kind = serializers.ChoiceField(choices=Occasion.choices)
    held_on = serializers.DateField()
    activity = Named(slug_field="slug", queryset=Activity.objects.current(), required=False, allow_null=True, default=None)  # fmt: skip
    agreed = serializers.CharField()
    due = serializers.DateField(required=False, allow_null=True, default=None)


class CoachingMonthSerializer(serializers.Serializer[Any]):
    """One month of a group; ``open`` and ``done``: what became by now of what was agreed then."""

    begins = serializers.DateField()
    calls = serializers.IntegerField()
    reviews = serializers.IntegerField()
    open = serializers.IntegerField()
    done = serializers.IntegerField()


class CoachingCountsSerializer(serializers.Serializer[Any]):
    """A team of five people and more, or the smaller ones together (``smaller``); ``months`` is null where even these are too few people."""

    key = serializers.CharField()
    team = serializers.CharField()
    months = CoachingMonthSerializer(many=True, allow_null=True)


class CoachingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[CoachingEntry]):
    """One's own entries: those one noted, and those that were noted for one."""

    queryset = CoachingEntry.objects.none()
    serializer_class = CoachingEntrySerializer
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[CoachingEntry]:
        return CoachingEntry.objects.visible_to(caller(self.request)).with_people().select_related("done_by")

    @extend_schema(request=NoteCoachingSerializer, responses={201: CoachingEntrySerializer})
    def create(self, request: Request) -> Response:
        """Note what was agreed, and tell the other person. For the manager of a team, of the people in it."""
        me = caller(request)
        if not permissions.can_note_coaching(me):
            raise PermissionDenied(_("Entries are noted by the managers of teams, for the people in them."))
        made = services.note_coaching(actor=me, **body_of(request, NoteCoachingSerializer))
        return Response(self.get_serializer(made).data, status=201)

    @extend_schema(request=None, responses=CoachingEntrySerializer)
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: str = "") -> Response:
        """Mark what was agreed as done, once. What is not open any more stays as it is."""
        services.finish_coaching(actor=caller(request), entry=self.get_object())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses=CoachingEntrySerializer)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str = "") -> Response:
        """Take a slip back; both still read it. For whoever noted it."""
        services.take_coaching_back(actor=caller(request), entry=self.get_object())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(responses=CoachingCountsSerializer(many=True))
    @action(detail=False, pagination_class=None)
    def counts(self, request: Request) -> Response:
        """The last twelve months by team, of no person. For leaders."""
        if not permissions.can_see_coaching_counts(caller(request)):
            raise PermissionDenied(_("How often it happens in a team is shown to leaders."))
        found = groups()
        rows = [
            {"key": group.key, "team": group.label, "months": counts and counts.months}
            for group, counts in zip(found, counts_of(found), strict=True)
        ]
        return Response(CoachingCountsSerializer(rows, many=True).data)
