"""/api/v1/jobs/"""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from workbench.accounts.api.base import body_of, caller
from workbench.accounts.paging import key_of
from workbench.privacy.models import Erased
from workbench.runs import services
from workbench.runs.api.base import approved, refusal_of
from workbench.runs.api.serializers import RefusalSerializer
from workbench.runs.models import Job, JobRow, Output, State

ROWS = 100


class JobRequestSerializer(serializers.Serializer[Any]):
    """A list of records for one automated prompt."""

    prompt = serializers.SlugField(help_text="Slug of an approved prompt of an automated activity.")
    records = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField(allow_blank=True, trim_whitespace=False)),
        min_length=1, max_length=services.MAX_ROWS, help_text="One object per record: a text per input of the prompt.",
    )  # fmt: skip
    consent = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=24, help_text="As with a run."
    )


class CountsSerializer(serializers.Serializer[Any]):
    """How many records stand where. ``done`` of ``total`` is the progress."""

    done = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Not sent yet.")
    under_way = serializers.IntegerField()
    released = serializers.IntegerField()
    in_review = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Their run ended without a text.")
    refused = serializers.IntegerField(help_text="Could not be sent; the record says why.")


class JobSerializer(serializers.ModelSerializer[Job]):
    prompt = serializers.CharField(source="prompt_version.prompt.slug", read_only=True)
    counts = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = ("id", "prompt", "state", "total", "counts", "created_at", "finished_at")
        read_only_fields = fields

    @extend_schema_field(CountsSerializer)
    def get_counts(self, job: Job) -> Any:
        return services.job_counts(job)


class JobRowSerializer(serializers.ModelSerializer[JobRow]):
    """One record: its run, its text once that is released, and what happened where nothing came of it."""

    # Said here, because the bounds of the column differ between databases.
    number = serializers.IntegerField(min_value=1, max_value=services.MAX_ROWS)
    state = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    failure = serializers.SerializerMethodField()

    class Meta:
        model = JobRow
        fields = ("number", "run", "state", "text", "failure")

    @extend_schema_field(serializers.CharField())
    def get_state(self, row: JobRow) -> str:
        if row.run is not None:
            return row.run.state
        return "refused" if row.fault_sealed else "waiting"

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_text(self, row: JobRow) -> Any:
        output: Output | None = getattr(row.run, "output", None) if row.run else None
        try:
            return output.final if output and row.run and row.run.state == State.RELEASED else None
        except Erased:
            return None

    @extend_schema_field(serializers.CharField())
    def get_failure(self, row: JobRow) -> str:
        return services.why_failed(row)


class JobRowsSerializer(serializers.Serializer[Any]):
    next = serializers.IntegerField(allow_null=True, help_text="Give it as ``after`` for the next records.")
    results = JobRowSerializer(many=True)


class JobViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Job]):
    """My lists of records."""

    queryset = Job.objects.none()
    serializer_class = JobSerializer
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Job]:
        jobs = Job.objects.filter(requester=caller(self.request))
        return jobs.select_related("prompt_version__prompt__activity", "data_key")

    @extend_schema(
        request=JobRequestSerializer, responses={201: JobSerializer, 400: RefusalSerializer, 403: RefusalSerializer}
    )
    def create(self, request: Request) -> Response:
        """Send a list. The answer comes at once; poll the job until nothing is waiting or under way."""
        data = body_of(request, JobRequestSerializer)
        try:
            job = services.start_job(
                actor=caller(request),
                prompt_version=approved(data["prompt"]),
                records=data["records"],
                consent=data["consent"],
            )
        except services.RunDenied as refusal:
            return refusal_of(refusal)
        return Response(JobSerializer(job).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[OpenApiParameter("after", int, description="Only records behind this number.")],
        responses=JobRowsSerializer,
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def rows(self, request: Request, pk: str = "") -> Response:
        """What came of each record, in the order of the list."""
        after = request.query_params.get("after", "")
        found = services.rows_after(self.get_object(), key_of(after) or 0, ROWS + 1)
        more = found[ROWS - 1].number if len(found) > ROWS else None
        return Response(JobRowsSerializer({"next": more, "results": found[:ROWS]}).data)

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str = "") -> Response:
        """Stop a list: what is done stays, nothing more is sent."""
        services.cancel_job(actor=caller(request), job=self.get_object())
        return Response(JobSerializer(self.get_object()).data)
