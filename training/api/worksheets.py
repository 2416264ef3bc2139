"""/api/v1/worksheets/: forms that people fill in themselves, and what they wrote. No model is asked."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from policies.models import Activity
from training import permissions, services
from training.models import Worksheet
from training.worksheetfile import Field, forms
from workbench.accounts.api.base import Named, body_of, caller


class SheetFieldSerializer(serializers.Serializer[Any]):
    """A question: ``short`` and ``long`` take text, ``choice`` one of its values, ``date`` a day (2026-12-31), ``rows`` a list of objects."""

    name = serializers.CharField()
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    hint = serializers.CharField()
    optional = serializers.BooleanField()
    most = serializers.IntegerField()
    choices = serializers.SerializerMethodField()
    columns = serializers.SerializerMethodField()
    rows = serializers.IntegerField()

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_choices(self, field: Field) -> dict[str, str]:
        return dict(field.options)

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_columns(self, field: Field) -> Any:
        return SheetFieldSerializer(field.columns, many=True).data


class SheetFormSerializer(serializers.Serializer[Any]):
    """A form as it is offered today, in the language of the caller."""

    slug = serializers.CharField()
    version = serializers.IntegerField()
    name = serializers.CharField(source="words.name")
    about = serializers.CharField(source="words.about")
    title = serializers.CharField(source="words.title")
    activities = serializers.ListField(child=serializers.CharField())
    fundamentals = serializers.ListField(child=serializers.CharField())
    questions = SheetFieldSerializer(source="fields", many=True)


class WorksheetLineSerializer(serializers.ModelSerializer[Worksheet]):
    """A worksheet in a list."""

    title = serializers.CharField(source="called", read_only=True)
    activity = serializers.CharField(source="activity.slug", read_only=True)
    by = serializers.CharField(source="filler.username", read_only=True)
    shared_with = serializers.CharField(source="shared_with.name", read_only=True, default=None)
    erased = serializers.BooleanField(source="gone", read_only=True)

    class Meta:
        model = Worksheet
        fields = ("id", "form", "version", "activity", "title", "by", "begun_at", "saved_at", "finished_at", "shared_with", "erased")  # fmt: skip
        read_only_fields = fields


class WorksheetSerializer(WorksheetLineSerializer):
    """A worksheet with its answers, by name of the field; of rows a list of objects. ``revision`` says how often it was kept."""

    answers = serializers.DictField(source="said", read_only=True)

    class Meta(WorksheetLineSerializer.Meta):
        fields = (*WorksheetLineSerializer.Meta.fields, "revision", "answers")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class BeginSerializer(serializers.Serializer[Any]):
    """Begin a worksheet for an activity, with what is known already."""

    form = serializers.SlugField()
    activity = Named(slug_field="slug", queryset=Activity.objects.all())
    title = serializers.CharField(required=False, allow_blank=True, default="", trim_whitespace=False)
    answers = serializers.DictField(required=False, default=dict)


class WriteSerializer(serializers.Serializer[Any]):
    """All of it as it is to be kept. ``revision``: the one that was read; where something was kept since, nothing is overwritten."""

    title = serializers.CharField(allow_blank=True, trim_whitespace=False)
    answers = serializers.DictField()
    revision = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class ShareSerializer(serializers.Serializer[Any]):
    """Whether one's team and its manager may read it."""

    shared = serializers.BooleanField()


class WorksheetViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Worksheet]):
    """One's own worksheets, and those that the team shares."""

    queryset = Worksheet.objects.none()
    serializer_class = WorksheetSerializer
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Worksheet]:
        seen = Worksheet.objects.visible_to(caller(self.request))
        found = seen.select_related("activity", "filler", "shared_with", "data_key")
        for name, field in (("form", "form"), ("activity", "activity__slug")):
            if self.action == "list" and (value := self.request.query_params.get(name)):
                found = found.filter(**{field: value.replace("\x00", "")})
        return found

    def get_serializer_class(self) -> Any:
        return WorksheetLineSerializer if self.action == "list" else WorksheetSerializer

    @extend_schema(parameters=[OpenApiParameter("form", str), OpenApiParameter("activity", str)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first, without their answers."""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses=SheetFormSerializer(many=True))
    @action(detail=False, pagination_class=None)
    def forms(self, request: Request) -> Response:
        """The forms that are offered today."""
        return Response(SheetFormSerializer(list(forms().values()), many=True).data)

    @extend_schema(request=BeginSerializer, responses={201: WorksheetSerializer})
    def create(self, request: Request) -> Response:
        """Begin one."""
        if not permissions.can_fill_worksheets(caller(request)):
            raise PermissionDenied(_("Worksheets are for people who work here. Ask an administrator for a role."))
        data = body_of(request, BeginSerializer)
        form = forms().get(data["form"])
        if form is None:
            raise serializers.ValidationError({"form": _("There is no such form. The list of forms names them.")})
        actor = caller(request)
        with transaction.atomic():
            made = services.begin_worksheet(actor=actor, form=form, activity=data["activity"])
            if data["title"] or data["answers"]:
                services.save_worksheet(actor=actor, worksheet=made, title=data["title"], answers=data["answers"])
        return Response(self._fresh(made), status=201)

    @extend_schema(request=WriteSerializer, responses=WorksheetSerializer)
    def update(self, request: Request, pk: str = "") -> Response:
        """Keep it as it is given. Only an open one, and only by whoever fills it in."""
        sheet = self.get_object()
        services.save_worksheet(actor=caller(request), worksheet=sheet, **_written(request))
        return Response(self._fresh(sheet))

    @extend_schema(request=WriteSerializer, responses=WorksheetSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: str = "") -> Response:
        """Keep it and finish it: from then on it does not change."""
        sheet = self.get_object()
        services.finish_worksheet(actor=caller(request), worksheet=sheet, **_written(request))
        return Response(self._fresh(sheet))

    @extend_schema(request=ShareSerializer, responses=WorksheetSerializer)
    @action(detail=True, methods=["post"])
    def share(self, request: Request, pk: str = "") -> Response:
        """Let the team read it, or nobody any more."""
        sheet = self.get_object()
        shared = body_of(request, ShareSerializer)["shared"]
        services.share_worksheet(actor=caller(request), worksheet=sheet, shared=shared)
        return Response(self._fresh(sheet))

    @extend_schema(request=None, responses={201: WorksheetSerializer})
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: str = "") -> Response:
        """Begin another one with what this one says."""
        made = services.copy_worksheet(actor=caller(request), worksheet=self.get_object())
        return Response(self._fresh(made), status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str = "") -> Response:
        """Throw an open one away, for good."""
        services.throw_away_worksheet(actor=caller(request), worksheet=self.get_object())
        return Response(status=204)

    def _fresh(self, sheet: Worksheet) -> Any:
        found = Worksheet.objects.select_related("activity", "filler", "shared_with", "data_key").get(pk=sheet.pk)
        return WorksheetSerializer(found).data


def _written(request: Request) -> dict[str, Any]:
    data = body_of(request, WriteSerializer)
    return {"title": data["title"], "answers": data["answers"], "seen": data.get("revision")}
