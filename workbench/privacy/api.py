"""/api/v1/privacy/: finding people, requests, holds, retention. For compliance; what was searched stands in no address and no log."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, mixins, permissions, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.retention import NotNow
from workbench.accounts.api.base import body_of, caller
from workbench.privacy import requests, retention, tasks
from workbench.privacy.erasing import ListUnwritable
from workbench.privacy.models import Hold, Kind, RetentionRequest, SubjectRequest
from workbench.privacy.permissions import can_answer_requests, can_see_retention
from workbench.privacy.records import disclosure
from workbench.privacy.retention import NOT_NOW


class MayAnswer(permissions.BasePermission):
    message = "Requests of the people in the records are for compliance."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return can_answer_requests(request.user)


class WhoSerializer(serializers.Serializer[Any]):
    who = serializers.CharField(max_length=200, help_text="name, e-mail address or phone number")
    after = serializers.IntegerField(min_value=0, default=0, help_text="how many were shown before these")


class FoundSerializer(serializers.Serializer[Any]):
    """A record in which the person occurs, without a word of its contents."""

    key = serializers.UUIDField()
    how = serializers.ChoiceField(
        ["whole", "all", "some"], help_text="as asked for, every part of the name, only a part of it"
    )
    record = serializers.CharField()
    about = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField()
    state = serializers.CharField()
    hold = serializers.CharField(allow_blank=True, help_text="the reference of the hold it is under")


class FoundListSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(
        help_text=f"of data keys in all; the records of at most {requests.MOST} are listed"
    )
    results = FoundSerializer(many=True)


class ChosenSerializer(serializers.Serializer[Any]):
    keys = serializers.ListField(child=serializers.UUIDField(), max_length=requests.MOST, min_length=1)
    reference = serializers.CharField(
        max_length=60, help_text="the number of the letter or the case, never the name: it stays"
    )


class SubjectRequestSerializer(serializers.ModelSerializer[SubjectRequest]):
    class Meta:
        model = SubjectRequest
        fields = ("id", "kind", "reference", "at", "count", "held")
        read_only_fields = fields


class HoldSerializer(serializers.ModelSerializer[Hold]):
    records = serializers.IntegerField(source="held.count", read_only=True)

    class Meta:
        model = Hold
        fields = ("id", "reference", "placed_at", "lifted_at", "records")
        read_only_fields = fields


class _Unwritable(exceptions.APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "unwritable"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nothing was erased: the list of erased keys cannot be written, or was lost. Tell an administrator; without it a backup would bring everything back."
            )
        )


class SubjectRequestViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[SubjectRequest]):
    """Requests of the people who occur in the records (GDPR, Articles 15 and 17), newest first."""

    queryset = SubjectRequest.objects.all()
    serializer_class = SubjectRequestSerializer
    permission_classes = (permissions.IsAuthenticated, MayAnswer)
    filter_backends = ()

    @extend_schema(request=WhoSerializer, responses=FoundListSerializer)
    @action(detail=False, methods=["post"])
    def find(self, request: Request) -> Response:
        """The records in which a person occurs. Searching is an entry of the log that holds how many there were."""
        body = body_of(request, WhoSerializer)
        records, count = requests.records_found(
            actor=caller(request), text=body["who"], most=requests.MOST, after=body["after"]
        )
        rows = [
            {"key": one.key, "how": how, "record": one.label, "about": one.about, "at": one.at, "by": one.by, "state": one.state, "hold": hold}
            for one, how, hold in records
        ]  # fmt: skip
        return Response(FoundListSerializer({"count": count, "results": rows}).data)

    @extend_schema(request=ChosenSerializer, responses={201: SubjectRequestSerializer})
    @action(detail=False, methods=["post"])
    def erase(self, request: Request) -> Response:
        """Destroy the keys of these records, for good. What is under a hold stays, and is counted."""
        try:
            done = requests.erase_subject(actor=caller(request), **body_of(request, ChosenSerializer))
        except ListUnwritable:
            raise _Unwritable from None
        return Response(SubjectRequestSerializer(done).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ChosenSerializer, responses={200: OpenApiTypes.OBJECT})
    @action(detail=False, methods=["post"])
    def disclose(self, request: Request) -> HttpResponseBase:
        """The contents of these records as one JSON file, for the person they are about.

        It holds whole records, and with them others who occur there: take out what is theirs before it is handed over (GDPR, Article 15(4)).
        """
        done, allowed = requests.begin_disclosure(actor=caller(request), **body_of(request, ChosenSerializer))
        head = {"reference": done.reference, "at": done.at, "records": done.count}
        answer = StreamingHttpResponse(disclosure(head, allowed), content_type="application/json")
        answer["Cache-Control"] = "no-store"
        return answer


class HoldViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Hold]):
    """Legal holds, newest first: what is under one is neither erased nor removed when its time is over."""

    queryset = Hold.objects.all()
    serializer_class = HoldSerializer
    permission_classes = (permissions.IsAuthenticated, MayAnswer)
    lookup_value_regex = r"[0-9]{1,18}"
    filter_backends = ()

    @extend_schema(request=ChosenSerializer, responses={201: HoldSerializer})
    def create(self, request: Request) -> Response:
        """Place records under a hold."""
        hold = requests.place_hold(actor=caller(request), **body_of(request, ChosenSerializer))
        return Response(HoldSerializer(hold).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=HoldSerializer)
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, pk: str) -> Response:
        """End a hold; harmless where it is lifted."""
        hold = self.get_object()
        requests.lift_hold(actor=caller(request), hold=hold)
        hold.refresh_from_db()
        return Response(HoldSerializer(hold).data)


class MaySeeRetention(permissions.BasePermission):
    message = "How long records are kept is seen by compliance, leaders and administrators."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return can_see_retention(request.user)


class KeptSerializer(serializers.Serializer[Any]):
    """For how long a kind is kept, and what would go now."""

    kind = serializers.ChoiceField(Kind.choices)
    months = serializers.IntegerField()
    before = serializers.DateTimeField()
    count = serializers.IntegerField()
    held = serializers.IntegerField()
    unsent = serializers.IntegerField()


class KindSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Kind.choices)


class MonthsSerializer(KindSerializer):
    months = serializers.IntegerField(min_value=1, max_value=retention.MOST)


class RemovalSerializer(serializers.ModelSerializer[RetentionRequest]):
    stopped_by = serializers.SerializerMethodField(
        help_text="why a confirmed removal does not go on; empty where it does or is done"
    )

    class Meta:
        model = RetentionRequest
        fields = ("id", "kind", "before", "count", "held", "asked_at", "asked_by_id", "confirmed_at", "confirmed_by_id", "withdrawn_at", "entry", "done", "done_at", "stopped_by")  # fmt: skip
        read_only_fields = fields

    def get_stopped_by(self, asked: RetentionRequest) -> str:
        return retention.stopped_by(asked) if asked.confirmed_at and not asked.done_at else ""


class _NotNow(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "not_now"


class RemovalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[RetentionRequest]):
    """Removals of what was kept long enough, newest first: one person asks, another confirms, a worker carries it out."""

    queryset = RetentionRequest.objects.all()
    serializer_class = RemovalSerializer
    permission_classes = (permissions.IsAuthenticated, MaySeeRetention)
    lookup_value_regex = r"[0-9]{1,18}"
    filter_backends = ()

    @extend_schema(methods=["get"], responses=KeptSerializer(many=True))
    @extend_schema(methods=["post"], request=MonthsSerializer, responses={204: None})
    @action(detail=False, methods=["get", "post"], pagination_class=None)
    def kept(self, request: Request) -> Response:
        """For how long each kind is kept and what would go; or, from compliance, a new number of months."""
        if request.method == "POST":
            body = body_of(request, MonthsSerializer)
            retention.set_months(actor=caller(request), kind=body["kind"], count=body["months"])
            return Response(status=status.HTTP_204_NO_CONTENT)
        kept = retention.months()
        rows = [{**asdict(retention.preview(kind)), "months": kept[kind]} for kind in Kind.values]
        return Response(KeptSerializer(rows, many=True).data)

    @extend_schema(request=KindSerializer, responses={201: RemovalSerializer})
    def create(self, request: Request) -> Response:
        """Ask that what was kept long enough is removed. For compliance."""
        asked = retention.ask(actor=caller(request), kind=body_of(request, KindSerializer)["kind"])
        return Response(RemovalSerializer(asked).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=RemovalSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """As a second person. 409 while the log does not verify."""
        try:
            done = retention.confirm(actor=caller(request), request=self.get_object())
        except NotNow as reason:
            raise _NotNow(str(NOT_NOW[reason.code])) from None
        transaction.on_commit(tasks.carry_on_removals.delay)
        return Response(RemovalSerializer(done).data)

    @extend_schema(request=None, responses=RemovalSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the request back, or refuse it."""
        asked = self.get_object()
        retention.withdraw(actor=caller(request), request=asked)
        asked.refresh_from_db()
        return Response(RemovalSerializer(asked).data)
