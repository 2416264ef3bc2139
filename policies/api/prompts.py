"""/api/v1/prompts/: the prompt library, its versions, test runs and decisions."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from policies import catalogue, permissions, services
from policies.api.activities import AdoptedSerializer, AdoptSerializer
from policies.figures import figures
from policies.models import Activity, OutputForm, Prompt, PromptTest, PromptVersion, Tool
from policies.services.prompts import CONTENT
from workbench.accounts.api.base import Named, body_of, caller


class UsageSerializer(serializers.Serializer[Any]):
    """How often a version was used, and what became of its drafts. Never by person."""

    runs = serializers.IntegerField()
    approved = serializers.IntegerField()
    edited = serializers.IntegerField()
    rejected = serializers.IntegerField()


class PromptSerializer(serializers.ModelSerializer[PromptVersion]):
    """A version of a prompt."""

    slug = serializers.CharField(source="prompt.slug", read_only=True)
    title = serializers.CharField(source="prompt.title", read_only=True)
    language = serializers.CharField(source="prompt.language", read_only=True)
    activity = serializers.CharField(source="prompt.activity.slug", read_only=True)
    successor = serializers.CharField(source="prompt.successor.slug", read_only=True, default=None)

    class Meta:
        model = PromptVersion
        fields = (
            "id", "slug", "title", "language", "activity", "number", "state", "role", "goal", "information", "limits", "inputs", "output_form",
            "output_schema", "known_limits", "approved_at", "successor",
        )  # fmt: skip
        read_only_fields = fields


class PromptTestSerializer(serializers.ModelSerializer[PromptTest]):
    """A test run: each example with what left, the answer, and what was expected of it."""

    tool = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    tested_by = serializers.CharField(source="tested_by.get_full_name", read_only=True)
    results = serializers.SerializerMethodField()

    class Meta:
        model = PromptTest
        fields = (
            "id",
            "tool",
            "model",
            "tested_by",
            "tested_at",
            "finished_at",
            "failure",
            "passed",
            "total",
            "results",
        )
        read_only_fields = fields

    def get_results(self, test: PromptTest) -> list[dict[str, Any]]:
        return test.results or []


class PromptVersionSerializer(PromptSerializer):
    """A version with all that its author wrote, and the decisions about it."""

    author = serializers.CharField(source="author.get_full_name", read_only=True)
    approved_by = serializers.CharField(source="approved_by.get_full_name", read_only=True, default=None)
    declined_by = serializers.CharField(source="declined_by.get_full_name", read_only=True, default=None)

    class Meta(PromptSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *PromptSerializer.Meta.fields, "max_output_tokens", "examples", "note", "author", "created_at", "approved_by", "declined_by",
            "declined_at", "decline_reason",
        )  # fmt: skip
        read_only_fields = fields  # type: ignore[assignment]


class VersionUseSerializer(PromptVersionSerializer):
    use = UsageSerializer(read_only=True)

    class Meta(PromptVersionSerializer.Meta):
        fields = (*PromptVersionSerializer.Meta.fields, "use")  # type: ignore[assignment]


class VersionTestsSerializer(PromptVersionSerializer):
    tests = PromptTestSerializer(many=True, read_only=True)

    class Meta(PromptVersionSerializer.Meta):
        fields = (*PromptVersionSerializer.Meta.fields, "tests")  # type: ignore[assignment]


class ContentSerializer(serializers.Serializer[Any]):
    """What an author writes. ``propose`` false keeps it as the draft; else somebody else decides about it."""

    role = serializers.CharField(max_length=2000)
    goal = serializers.CharField(max_length=4000)
    information = serializers.CharField(max_length=8000, help_text="Text with each input once in braces.")
    limits = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    inputs = serializers.ListField(child=serializers.DictField(), max_length=12)
    output_form = serializers.ChoiceField(choices=OutputForm.choices, required=False)
    output_schema = serializers.DictField(required=False, allow_null=True)
    max_output_tokens = serializers.IntegerField(min_value=16, max_value=8000, required=False)
    known_limits = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    examples = serializers.ListField(child=serializers.DictField(), max_length=6, required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    propose = serializers.BooleanField(default=True)


class NewPromptSerializer(ContentSerializer):
    title = serializers.CharField(max_length=120)
    activity = Named(slug_field="slug", queryset=Activity.objects.current())
    language = serializers.ChoiceField(choices=[("en", "English"), ("de", "Deutsch")])


class RetireSerializer(serializers.Serializer[Any]):
    successor = Named(slug_field="slug", queryset=Prompt.objects.all(), required=False, allow_null=True, default=None)


class FavouriteSerializer(serializers.Serializer[Any]):
    favourite = serializers.BooleanField()


class TestRequestSerializer(serializers.Serializer[Any]):
    tool = Named(slug_field="slug", queryset=Tool.objects.filter(enabled=True))


class DeclineSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


def _write(request: Request, prompt: Prompt, data: dict[str, Any]) -> PromptVersion:
    """Keep a draft of the caller, and propose it where that was asked."""
    content = {name: value for name, value in data.items() if name in CONTENT}
    version = services.save_prompt_draft(actor=caller(request), prompt=prompt, **content)
    return services.submit_prompt_version(actor=caller(request), version=version) if data["propose"] else version


def _require_author(request: Request) -> None:
    if not permissions.can_propose_prompts(caller(request)):
        raise PermissionDenied(_("Your roles do not include writing prompts."))


class PromptViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[PromptVersion]):
    """The library: the approved version of each prompt."""

    queryset = PromptVersion.objects.none()
    serializer_class = PromptSerializer
    lookup_field = "prompt__slug"
    lookup_url_kwarg = "slug"

    def get_queryset(self) -> QuerySet[PromptVersion]:
        asked = self.request.query_params
        return PromptVersion.objects.in_library(
            words=asked.get("q", ""), stage=asked.get("stage", ""), favourite_of=caller(self.request) if asked.get("favourites") else None
        ).select_related("prompt__successor")  # fmt: skip

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, description="Words in title, activity or goal."),
            OpenApiParameter("stage", str, description="The name of a stage."),
            OpenApiParameter("favourites", bool, description="Only one's own favourites."),
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Approved prompts of activities on the map."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, slug: str = "", **kwargs: Any) -> Response:
        """The approved version; of a prompt that was retired, the last one, with its successor."""
        found = PromptVersion.objects.filter(prompt__slug=slug, state__in=("approved", "retired"))
        version = found.select_related("prompt__activity", "prompt__successor").order_by("state", "-number").first()
        if version is None:
            get_object_or_404(Prompt.objects.none())
        return Response(PromptSerializer(version).data)

    @extend_schema(request=NewPromptSerializer, responses={201: PromptVersionSerializer})
    def create(self, request: Request) -> Response:
        """Write a prompt that the library does not have. For everybody who may use AI here."""
        _require_author(request)
        data = body_of(request, NewPromptSerializer)
        with transaction.atomic():
            named = {name: data[name] for name in ("title", "activity", "language")}
            slug = services.free_prompt_slug(data["title"])
            version = _write(request, services.new_prompt(actor=caller(request), slug=slug, **named), data)
        return Response(PromptVersionSerializer(version).data, status=201)

    @extend_schema(request=RetireSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, slug: str = "") -> Response:
        """Take a prompt out of use; its address points to the successor. For leaders and trainers."""
        prompt = get_object_or_404(Prompt, slug=slug)
        if not permissions.can_retire_prompts(caller(request)):
            raise PermissionDenied(_("Leaders and trainers retire prompts."))
        services.retire_prompt(actor=caller(request), prompt=prompt, **body_of(request, RetireSerializer))
        return Response(status=204)

    @extend_schema(request=FavouriteSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def favourite(self, request: Request, slug: str = "") -> Response:
        """Keep a prompt among one's own favourites, or not."""
        prompt = get_object_or_404(Prompt, slug=slug)
        services.set_favourite(actor=caller(request), prompt=prompt, **body_of(request, FavouriteSerializer))
        return Response(status=204)

    @extend_schema(request=AdoptSerializer, responses=AdoptedSerializer)
    @action(detail=False, methods=["post"])
    def adopt(self, request: Request) -> Response:
        """Bring the starter prompts for the activities of the map in as proposals. For leaders."""
        if not permissions.can_change_map(caller(request)):
            raise PermissionDenied(_("Only leaders bring in the starter prompts."))
        return Response({"added": catalogue.adopt_prompts(actor=caller(request), **body_of(request, AdoptSerializer))})


_SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH)


@extend_schema(parameters=[_SLUG])
class PromptVersionViewSet(viewsets.GenericViewSet[PromptVersion]):
    """The versions of one prompt: decided ones for everybody, proposals for leaders and trainers, one's own in every state."""

    queryset = PromptVersion.objects.none()
    serializer_class = PromptVersionSerializer
    lookup_field = "number"
    lookup_value_regex = r"\d{1,9}"

    def get_queryset(self) -> QuerySet[PromptVersion]:
        found = PromptVersion.objects.visible_to(self.request.user).filter(prompt__slug=self.kwargs["slug"])
        people = found.select_related("prompt__activity", "prompt__successor", "author", "approved_by", "declined_by")
        return people.order_by("-number")

    @extend_schema(responses=VersionUseSerializer(many=True))
    def list(self, request: Request, slug: str = "") -> Response:
        """The newest hundred versions, each with how it was used."""
        get_object_or_404(Prompt, slug=slug)
        versions = list(self.get_queryset()[:100])
        used = figures().usage(versions)
        rows = PromptVersionSerializer(versions, many=True).data
        return Response(
            [row | {"use": UsageSerializer(used[version.pk]).data} for row, version in zip(rows, versions, strict=True)]
        )

    @extend_schema(responses=VersionTestsSerializer)
    def retrieve(self, request: Request, slug: str = "", number: str = "") -> Response:
        """One version with its ten newest test runs."""
        version = self.get_object()
        tests = version.tests.select_related("tool", "tested_by", "data_key")[:10]
        shown = PromptVersionSerializer(version).data
        return Response(shown | {"tests": PromptTestSerializer(tests, many=True).data})

    @extend_schema(request=ContentSerializer, responses={201: PromptVersionSerializer})
    def create(self, request: Request, slug: str = "") -> Response:
        """Write the next version, or go on with one's own draft. What is live does not change."""
        prompt = get_object_or_404(Prompt, slug=slug)
        _require_author(request)
        with transaction.atomic():
            version = _write(request, prompt, body_of(request, ContentSerializer))
        return Response(PromptVersionSerializer(version).data, status=201)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, slug: str = "", number: str = "") -> Response:
        """Throw one's own draft away."""
        services.discard_prompt_draft(actor=caller(request), version=self.get_object())
        return Response(status=204)

    def _done(self, version: PromptVersion, status: int = 200) -> Response:
        return Response(PromptVersionSerializer(version).data, status=status)

    @extend_schema(request=None, responses=PromptVersionSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, slug: str = "", number: str = "") -> Response:
        """Propose one's own draft."""
        return self._done(services.submit_prompt_version(actor=caller(request), version=self.get_object()))

    @extend_schema(request=None, responses=PromptVersionSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, slug: str = "", number: str = "") -> Response:
        """Take one's own proposal back."""
        return self._done(services.withdraw_prompt_version(actor=caller(request), version=self.get_object()))

    @extend_schema(request=TestRequestSerializer, responses={202: PromptTestSerializer})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, slug: str = "", number: str = "") -> Response:
        """Have a worker run the version on its examples; read the result at the version."""
        version = self.get_object()
        if not permissions.can_test_prompt(caller(request), version):
            raise PermissionDenied(_("A version is tested by its author, by leaders and by trainers."))
        test = services.start_prompt_test(
            actor=caller(request), version=version, **body_of(request, TestRequestSerializer)
        )
        return Response(PromptTestSerializer(test).data, status=202)

    @extend_schema(request=None, responses=PromptVersionSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, slug: str = "", number: str = "") -> Response:
        """Make a tested proposal the live version. For a leader or trainer who did not write it."""
        return self._done(services.approve_prompt_version(actor=caller(request), version=self.get_object()))

    @extend_schema(request=DeclineSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, slug: str = "", number: str = "") -> Response:
        """Send a proposal back to its author with a reason. For a leader or trainer who did not write it."""
        version = self.get_object()
        if not permissions.can_approve_prompt(caller(request), version):
            raise PermissionDenied(_("A prompt is approved by a leader or trainer who did not write it."))
        services.decline_prompt_version(actor=caller(request), version=version, **body_of(request, DeclineSerializer))
        return Response(status=204)

    @extend_schema(request=None, responses={201: PromptVersionSerializer})
    @action(detail=True, methods=["post"])
    def roll_back(self, request: Request, slug: str = "", number: str = "") -> Response:
        """Propose the content of an earlier version anew."""
        version = self.get_object()
        if version.state not in {"approved", "retired"}:
            raise DjangoValidationError(_("Only a version that was approved once is brought back."))
        return self._done(services.roll_back_prompt(actor=caller(request), version=version), 201)
