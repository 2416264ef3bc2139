"""/api/v1/exercises/ and /api/v1/exercises/{slug}/attempts/"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from training import permissions, services
from training.models import Attempt, Exercise, ExerciseVersion
from training.overview import live_versions
from training.services.attempts import live_version
from workbench.accounts.api.base import body_of, caller
from workbench.runs.api.base import refusal_of
from workbench.runs.services import RunDenied

#: Programs are one window among those in which somebody types.
_WINDOW = "api"


class ExerciseSerializer(serializers.ModelSerializer[ExerciseVersion]):
    """An exercise as learners get it: situation, task, material and boxes. Answer keys and worked examples are not in it."""

    slug = serializers.CharField(source="exercise.slug", read_only=True)
    path = serializers.CharField(source="exercise.path.slug", read_only=True)
    language = serializers.CharField(read_only=True)
    situation = serializers.CharField(source="content.situation", read_only=True)
    task = serializers.CharField(source="content.task", read_only=True)
    material = serializers.SerializerMethodField()
    boxes = serializers.SerializerMethodField()
    draft = serializers.SerializerMethodField()
    items = serializers.SerializerMethodField()

    class Meta:
        model = ExerciseVersion
        fields = (
            "slug",
            "path",
            "language",
            "kind",
            "title",
            "minutes",
            "number",
            "situation",
            "task",
            "material",
            "boxes",
            "draft",
            "items",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_material(self, version: ExerciseVersion) -> list[dict[str, Any]]:
        return [
            {name: one[name] for name in ("name", "kind", "title", "text")}
            for one in version.content.get("material", ())
        ]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_boxes(self, version: ExerciseVersion) -> list[str]:
        return list(version.content.get("boxes", ()))

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_draft(self, version: ExerciseVersion) -> list[str]:
        return str(version.content.get("draft", {}).get("text", "")).strip("\n").splitlines()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_items(self, version: ExerciseVersion) -> list[str]:
        return [item["name"] for item in version.content.get("items", ())]


class LineSerializer(serializers.ModelSerializer[ExerciseVersion]):
    """An exercise in a list."""

    slug = serializers.CharField(source="exercise.slug", read_only=True)
    path = serializers.CharField(source="exercise.path.slug", read_only=True)
    language = serializers.CharField(read_only=True)

    class Meta:
        model = ExerciseVersion
        fields = ("slug", "path", "language", "kind", "title", "minutes", "number")
        read_only_fields = fields


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """One of one's own attempts. ``feedback``: what was found, each with the words it rests on; empty until it is checked."""

    exercise = serializers.CharField(source="exercise.slug", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    answers = serializers.DictField(source="said", read_only=True)
    feedback = serializers.ListField(source="found", child=serializers.DictField(), read_only=True)

    class Meta:
        model = Attempt
        fields = ("exercise", "version", "number", "started_at", "checked_at", "passed", "answers", "feedback")
        read_only_fields = fields


class AnswersSerializer(serializers.Serializer[Any]):
    """``answers``: box → text for a prompt; ``lines``: numbers of wrong lines; ``items``: category and reason of each, in order.

    ``version``: the ``number`` of the exercise that was read; where another one is answered by now, nothing is judged.
    ``replace``: also where something is being typed on the page of the exercise, which is then gone.
    """

    answers = serializers.DictField()
    version = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    replace = serializers.BooleanField(required=False, default=False)


class ExerciseViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet[ExerciseVersion]):
    """Exercises that can be done."""

    queryset = ExerciseVersion.objects.none()
    serializer_class = ExerciseSerializer
    lookup_field = "slug"
    lookup_value_regex = r"[-\w]+"

    def get_object(self) -> ExerciseVersion:
        version = live_version(
            get_object_or_404(Exercise.objects.select_related("path"), slug=self.kwargs["slug"], retired_at=None)
        )
        if version is None:
            raise Http404
        return version

    @extend_schema(responses=LineSerializer(many=True))
    def list(self, request: Request) -> Response:
        """All exercises that can be done, in the order of the paths."""
        return Response(LineSerializer(live_versions(), many=True).data)


class AttemptViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Attempt]):
    """One's own attempts at an exercise, newest first; nobody sees another person's."""

    queryset = Attempt.objects.none()
    serializer_class = AttemptSerializer
    lookup_field = "number"
    lookup_value_regex = r"[0-9]{1,9}"

    def get_queryset(self) -> QuerySet[Attempt]:
        exercise = get_object_or_404(Exercise.objects.once_published(), slug=self.kwargs["slug"])
        mine = Attempt.objects.visible_to(caller(self.request)).filter(exercise=exercise)
        return mine.select_related("exercise", "version", "data_key")

    @extend_schema(request=AnswersSerializer, responses={201: AttemptSerializer})
    def create(self, request: Request, slug: str = "") -> Response:
        """Have answers checked: an attempt of its own, with its feedback, that never changes. Needs no model.

        What is being typed on the page of the exercise is not overwritten unless ``replace`` says so.
        """
        exercise = get_object_or_404(Exercise.objects.once_published().select_related("path"), slug=slug)
        if not permissions.can_learn(caller(request)):
            raise PermissionDenied(_("Exercises are for people who work here. Ask an administrator for a role."))
        body = body_of(request, AnswersSerializer)
        attempt = services.open_attempt(actor=caller(request), exercise=exercise, shown=body.get("version"))
        checked = services.check_attempt(
            actor=caller(request), attempt=attempt, answers=body["answers"], seen=None if body["replace"] else 0, window=_WINDOW
        )  # fmt: skip
        return Response(AttemptSerializer(checked).data, status=201)

    @extend_schema(request=None, responses={202: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["post"])
    def prove(self, request: Request, slug: str = "", number: str = "") -> Response:
        """Send the prompt of a checked attempt and the exercise's vague one: the numbers of the two runs."""
        try:
            proof = services.prove_attempt(actor=caller(request), attempt=self.get_object())
        except RunDenied as refusal:
            return refusal_of(refusal)
        return Response({"precise": proof.precise_id, "vague": proof.vague_id}, status=202)
