"""/api/v1/runs/"""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from policies.models import PromptVersion
from workbench.accounts.api.base import body_of, caller
from workbench.accounts.services import look_at
from workbench.privacy.models import Erased
from workbench.runs import services
from workbench.runs.api.base import approved, refusal_of
from workbench.runs.api.serializers import (
    AskOnSerializer,
    CaseSerializer,
    HandOverSerializer,
    MarkSerializer,
    NoteSerializer,
    PreviewSerializer,
    RefusalSerializer,
    RunDetailSerializer,
    RunRequestSerializer,
    RunSerializer,
    VerdictSerializer,
)
from workbench.runs.evidence import evidence_of
from workbench.runs.models import Output, Run
from workbench.runs.permissions import can_open_case

_ERRORS = {400: RefusalSerializer, 403: RefusalSerializer, 404: RefusalSerializer}


class RunViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Run]):
    """Runs that are mine, and drafts that I may review."""

    queryset = Run.objects.none()
    serializer_class = RunSerializer
    filterset_fields = ("state", "category", "activity__slug", "follows", "job")
    lookup_value_regex = r"[0-9]{1,18}"

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        run = self.get_object()
        self._looked(run)
        return Response(self.get_serializer(run).data)

    def get_queryset(self) -> QuerySet[Run]:
        queue = self.request.query_params.get("queue", "") if self.action == "list" else ""
        user = caller(self.request)
        if self.action == "case":
            # Who may is settled by the service; a case is opened on runs that one does not see otherwise.
            return Run.objects.all() if can_open_case(user) else Run.objects.visible_to(user)
        if self.action == "retrieve":
            seen = Run.objects.readable_by(user)
        else:
            seen = Run.objects.in_queue(user, queue) if queue else Run.objects.visible_to(user)
        runs = seen.select_related(
            "activity", "requester", "prompt_version__prompt", "policy_version", "person_of_record"
        )
        if self.action == "list":
            return runs.defer("inputs_sealed", "outbound_sealed", "mapping_sealed", "partial_sealed")
        return runs.select_related("data_key", "output__data_key", "plant__data_key")

    def get_serializer_class(self) -> Any:
        return RunSerializer if self.action == "list" else RunDetailSerializer

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "queue", str, enum=["mine", "team", "all"], description="Only what waits for me as a reviewer."
            )
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """My runs and drafts that I may review, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(methods=["post"], request=CaseSerializer, responses={201: CaseSerializer, **_ERRORS})
    @extend_schema(methods=["delete"], request=None, responses={204: None, **_ERRORS})
    @action(detail=True, methods=["post", "delete"])
    def case(self, request: Request, pk: str = "") -> Response:
        """Open the contents of a run for a week, with a reason, or close them again. For compliance."""
        run = self.get_object()
        if not can_open_case(request.user):
            raise PermissionDenied(_("Contents are opened by compliance, with a reason."))
        if request.method == "DELETE":
            services.close_case(actor=caller(request), run=run)
            return Response(status=status.HTTP_204_NO_CONTENT)
        opened = services.open_case(actor=caller(request), run=run, **body_of(request, CaseSerializer))
        return Response(CaseSerializer(opened).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=RunRequestSerializer, responses={201: RunDetailSerializer, **_ERRORS})
    def create(self, request: Request) -> Response:
        """Ask for a run. The answer comes at once; poll the run until its state ends."""
        version, data = self._asked(request)
        try:
            run = services.submit_run(
                actor=caller(request),
                prompt_version=version,
                inputs=data["inputs"],
                marks=data.get("marks", ()),
                keep=data.get("keep", ()),
                consent=data.get("consent", ""),
            )
        except services.RunDenied as refusal:
            return refusal_of(refusal)
        return self._shown(run, status.HTTP_201_CREATED)

    @extend_schema(request=RunRequestSerializer, responses={200: PreviewSerializer, **_ERRORS})
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """Exactly what would leave, byte for byte. Nothing is stored and nothing leaves."""
        version, data = self._asked(request)
        try:
            preview = services.preview_run(
                actor=caller(request),
                prompt_version=version,
                inputs=data["inputs"],
                marks=data.get("marks", ()),
                keep=data.get("keep", ()),
                consent=data.get("consent", ""),
            )
        except services.RunDenied as refusal:
            return refusal_of(refusal)
        value = {
            "category": preview.decision.category,
            "parts": [list(part) for part in preview.payload.parts],
            "findings": preview.findings,
            "rules": preview.rules,
            "reasons": preview.reasons,
            "language": preview.language,
            "sha256": preview.sha256,
        }
        return Response(PreviewSerializer(value).data)

    @extend_schema(request=None, responses={200: RunDetailSerializer, **_ERRORS})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str = "") -> Response:
        run = self.get_object()
        services.cancel_run(actor=caller(request), run=run)
        return self._shown(run)

    @extend_schema(request=None, responses={201: RunDetailSerializer, **_ERRORS})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str = "") -> Response:
        """The same input again, as a new run."""
        try:
            run = services.retry_run(actor=caller(request), run=self.get_object())
        except services.RunDenied as refusal:
            return refusal_of(refusal)
        return self._shown(run, status.HTTP_201_CREATED)

    @extend_schema(request=VerdictSerializer, responses={200: RunDetailSerializer, **_ERRORS})
    @action(detail=True, methods=["post"])
    def review(self, request: Request, pk: str = "") -> Response:
        """Approve, edit and approve, or reject. Where the draft carried a planted error, the answer holds it under ``planted`` and the draft still waits."""
        run = self.get_object()
        services.review_run(actor=caller(request), run=run, **body_of(request, VerdictSerializer))
        return self._shown(run)

    @extend_schema(request=None, responses={200: RunDetailSerializer, **_ERRORS})
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk: str = "") -> Response:
        """Take a draft for half an hour; 400 says who has it. For reviewers who may decide on it."""
        run = self.get_object()
        services.claim_run(actor=caller(request), run=run)
        return self._shown(run)

    @extend_schema(request=HandOverSerializer, responses={200: RunDetailSerializer, **_ERRORS})
    @action(detail=True, methods=["post"])
    def hand_over(self, request: Request, pk: str = "") -> Response:
        """Give a draft to another reviewer, with whom it stays."""
        run = self.get_object()
        services.hand_over_run(actor=caller(request), run=run, **body_of(request, HandOverSerializer))
        return self._shown(run)

    @extend_schema(responses=MarkSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def evidence(self, request: Request, pk: str = "") -> Response:
        """What of the draft rests on the inputs, and what does not. Offsets in code points; of fields, into their values line by line."""
        run = self.get_object()
        output: Output | None = getattr(run, "output", None)
        self._looked(run)
        try:
            marks = evidence_of(run, services.shown_to(caller(request), run, output).text).marks if output else ()
        except Erased:
            marks = ()
        return Response(MarkSerializer(marks, many=True).data)

    @extend_schema(request=AskOnSerializer, responses={201: RunDetailSerializer, **_ERRORS})
    @action(detail=True, methods=["post"])
    def follow_ups(self, request: Request, pk: str = "") -> Response:
        """Ask on after a thinking aid, as often as the policy allows. The question is a run of its own that ``follows`` this one."""
        try:
            run = services.ask_on(actor=caller(request), run=self.get_object(), **body_of(request, AskOnSerializer))
        except services.RunDenied as refusal:
            return refusal_of(refusal)
        return self._shown(run, status.HTTP_201_CREATED)

    @extend_schema(request=NoteSerializer, responses={200: RunDetailSerializer, **_ERRORS})
    @action(detail=True, methods=["post"])
    def note(self, request: Request, pk: str = "") -> Response:
        """Write down what you decided after a thinking aid."""
        run = self.get_object()
        services.note_run(actor=caller(request), run=run, note=body_of(request, NoteSerializer)["note"])
        return self._shown(run)

    def _asked(self, request: Request) -> tuple[PromptVersion, dict[str, Any]]:
        data = body_of(request, RunRequestSerializer)
        return approved(data["prompt"]), data

    def _looked(self, run: Run) -> None:
        look_at(viewer=caller(self.request), person_id=run.requester_id, kind="run", object_id=run.pk)

    def _shown(self, run: Run, code: int = status.HTTP_200_OK) -> Response:
        """A run with its texts, which is a look at it."""
        self._looked(run)
        fresh = self.get_queryset().get(pk=run.pk)
        return Response(RunDetailSerializer(fresh, context=self.get_serializer_context()).data, status=code)
