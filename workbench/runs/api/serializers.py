"""What a run looks like to a program."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from workbench.accounts.api.base import Named, caller
from workbench.accounts.models import User
from workbench.privacy.models import Erased
from workbench.runs.models import ENDED, Output, Run, Verdict
from workbench.runs.services import plant_of, queue_position, shown_to, text_sha256


class RunRequestSerializer(serializers.Serializer[Any]):
    """Ask for a run: an approved prompt and its inputs."""

    prompt = serializers.SlugField(help_text="Slug of an approved prompt; see /api/v1/prompts/.")
    inputs = serializers.DictField(child=serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=400_000), help_text="One text per input of the prompt.")  # fmt: skip
    marks = serializers.ListField(child=serializers.CharField(max_length=500), required=False, max_length=200, help_text="Further texts to replace by placeholders.")  # fmt: skip
    keep = serializers.ListField(child=serializers.CharField(max_length=500, trim_whitespace=False), required=False, max_length=200, help_text="False finds to leave readable, exactly as found. Only where the policy allows it; recorded.")  # fmt: skip

    consent = serializers.CharField(required=False, default="", allow_blank=True, max_length=24, help_text="On which basis a recording is used, where the policy asks for one: consent, contract or legitimate_interest.")  # fmt: skip


class MessageSerializer(serializers.Serializer[Any]):
    role = serializers.CharField()
    content = serializers.CharField()


class ReasonSerializer(serializers.Serializer[Any]):
    """Why a placeholder is there: what found it first, how sure (0 to 1), and how often it stands."""

    type = serializers.CharField()
    rule = serializers.CharField(source="source")
    score = serializers.FloatField()
    count = serializers.IntegerField()
    may_be_kept = serializers.BooleanField(help_text="Whether it was a guess, which a person may take back where the policy allows it.")  # fmt: skip


class PreviewSerializer(serializers.Serializer[Any]):
    """Exactly what would leave. The mapping stays here."""

    category = serializers.CharField()
    parts = serializers.ListField(child=MessageSerializer(many=True))
    findings = serializers.DictField(child=serializers.IntegerField())
    rules = serializers.DictField(child=serializers.IntegerField(), help_text="How many stretches each rule found.")
    reasons = serializers.DictField(child=ReasonSerializer(), help_text="Placeholder → why.")
    language = serializers.CharField()
    sha256 = serializers.CharField()


class RunSerializer(serializers.ModelSerializer[Run]):
    """A run. ``text`` is there once it may be used: released, or a thinking aid for its requester."""

    activity = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    prompt = serializers.CharField(source="prompt_version.prompt.slug", read_only=True, default=None)
    requester = serializers.CharField(source="requester.username", read_only=True)
    person_of_record = serializers.CharField(source="person_of_record.username", read_only=True, default=None)
    policy_version = serializers.IntegerField(source="policy_version.number", read_only=True, default=None)
    position = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = (
            "id", "state", "category", "activity", "prompt", "policy_version", "requester", "person_of_record", "created_at", "started_at",
            "finished_at", "due_at", "attempts", "progress", "position", "payload_sha256", "findings", "rules", "unmarked", "reasons", "failure", "sampled", "gates", "retry_of", "follows", "job",
        )  # fmt: skip
        read_only_fields = fields

    def get_position(self, run: Run) -> int:
        return queue_position(run)


class CheckSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    ok = serializers.BooleanField()
    marks = serializers.ListField(child=serializers.CharField())


class PointsSerializer(serializers.Serializer[Any]):
    """A verdict and the control points at review: kind → whether it held for the text that was decided on."""

    kind = serializers.CharField()
    verdict = serializers.CharField()
    reviewer = serializers.CharField(source="reviewer.username")
    decided_at = serializers.DateTimeField()
    points = serializers.DictField(child=serializers.BooleanField())


class PlantedErrorSerializer(serializers.Serializer[Any]):
    """The error that stood in the copy you decided on. Only you see whether you caught it."""

    kind = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    caught = serializers.BooleanField()


class RunDetailSerializer(RunSerializer):
    """A run with its texts, for those who may see them."""

    inputs = serializers.SerializerMethodField()
    draft = serializers.SerializerMethodField()
    draft_sha256 = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    checks = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField()
    unexpected = serializers.SerializerMethodField()
    reviews = serializers.SerializerMethodField()
    planted = serializers.SerializerMethodField()

    class Meta(RunSerializer.Meta):
        fields = (
            *RunSerializer.Meta.fields,
            "inputs",
            "draft",
            "draft_sha256",
            "text",
            "checks",
            "missing",
            "unexpected",
            "reviews",
            "planted",
        )  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]

    def _output(self, run: Run) -> Output | None:
        return getattr(run, "output", None)

    @extend_schema_field(serializers.DictField(child=serializers.CharField(), allow_null=True))
    def get_inputs(self, run: Run) -> Any:
        try:
            return run.inputs
        except Erased:
            return None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_draft(self, run: Run) -> Any:
        try:
            output = self._output(run)
            return shown_to(caller(self.context["request"]), run, output).text if output else None
        except Erased:
            return None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_draft_sha256(self, run: Run) -> Any:
        draft = self.get_draft(run)
        return None if draft is None else text_sha256(draft)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_text(self, run: Run) -> Any:
        try:
            output = self._output(run)
            if output is None:
                return None
            return output.final if run.state == "released" else output.draft if run.state == "answered" else None
        except Erased:
            return None

    @extend_schema_field(CheckSerializer(many=True))
    def get_checks(self, run: Run) -> Any:
        try:
            output = self._output(run)
            return shown_to(caller(self.context["request"]), run, output).checks if output else []
        except Erased:
            return []

    @extend_schema_field(PointsSerializer(many=True))
    def get_reviews(self, run: Run) -> Any:
        if run.state not in ENDED:
            return []
        return PointsSerializer(run.reviews.exclude(kind="note").select_related("reviewer"), many=True).data

    @extend_schema_field(PlantedErrorSerializer(allow_null=True))
    def get_planted(self, run: Run) -> Any:
        found = plant_of(run)
        if found is None or found.reviewer_id != caller(self.context["request"]).pk:
            return None
        try:
            content = found.content
        except Erased:
            return None
        value = {"kind": found.kind, "before": content["before"], "after": content["after"], "caught": found.caught}
        return PlantedErrorSerializer(value).data

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing(self, run: Run) -> Any:
        output = self._output(run)
        return output.missing if output else []

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_unexpected(self, run: Run) -> Any:
        output = self._output(run)
        return output.unexpected if output else []


class AskOnSerializer(serializers.Serializer[Any]):
    question = serializers.CharField(max_length=4000)


class MarkSerializer(serializers.Serializer[Any]):
    """A figure, date, name, quote or placeholder. ``line``: where in the inputs it stands, from 1; null where it does not: an open mark."""

    key = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    line = serializers.IntegerField(allow_null=True)


class VerdictSerializer(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=[Verdict.APPROVED, Verdict.EDITED, Verdict.REJECTED])
    text = serializers.CharField(
        required=False, trim_whitespace=False, max_length=400_000, help_text="The edited text, for “edited”."
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    vouched = serializers.ListField(
        child=serializers.CharField(max_length=400), max_length=200, required=False, help_text="Keys of open marks that you stand for; see “evidence”."
    )  # fmt: skip
    shown_sha256 = serializers.CharField(
        required=False, max_length=64, help_text="``draft_sha256`` of the run as it was looked at. Needed where the draft carried a planted error before."
    )  # fmt: skip
    seconds_open = serializers.IntegerField(required=False, min_value=0, max_value=86_400, default=0)


class HandOverSerializer(serializers.Serializer[Any]):
    to = Named(slug_field="username", queryset=User.objects.filter(is_active=True))


class NoteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=500)


class CaseSerializer(serializers.Serializer[Any]):
    """Why the contents of a run must be read; and, in the answer, until when they may be."""

    reason = serializers.CharField(max_length=1000)
    until = serializers.DateTimeField(read_only=True)


class RefusalSerializer(serializers.Serializer[Any]):
    """A refusal: a stable code, the reason in words, and the run that records it."""

    code = serializers.CharField()
    detail = serializers.CharField()
    run = serializers.IntegerField(required=False)
