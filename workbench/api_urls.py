"""/api/v1/: the same services as the pages."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from audit.api.views import AuditEventViewSet, CheckpointViewSet, VerificationViewSet
from policies.api.activities import ActivityViewSet, StagesView
from policies.api.goals import GoalViewSet
from policies.api.mapfile import MapView
from policies.api.prompts import PromptVersionViewSet, PromptViewSet
from policies.api.reports import ReportViewSet
from policies.api.tools import ToolViewSet
from training.api.assignments import AssignmentViewSet
from training.api.coaching import CoachingViewSet
from training.api.completions import CompletionViewSet, EvidenceView
from training.api.exercises import AttemptViewSet, ExerciseViewSet
from training.api.fundamentals import FundamentalViewSet, RoadView
from training.api.worksheets import WorksheetViewSet
from workbench.accounts.api.absences import AbsenceViewSet
from workbench.accounts.api.notices import NoticeViewSet
from workbench.accounts.api.qualifications import QualificationViewSet
from workbench.accounts.api.views import MeView, MyRecordView
from workbench.privacy.api import HoldViewSet, RemovalViewSet, SubjectRequestViewSet
from workbench.runs.api.jobs import JobViewSet
from workbench.runs.api.scrub import ScrubView
from workbench.runs.api.views import RunViewSet

router = SimpleRouter()
router.register("runs", RunViewSet)
router.register("activities", ActivityViewSet)
router.register("goals", GoalViewSet)
router.register("tools", ToolViewSet)
router.register("reports", ReportViewSet, basename="report")
router.register("jobs", JobViewSet)
router.register("notices", NoticeViewSet)
router.register("absences", AbsenceViewSet)
router.register("qualifications", QualificationViewSet)
router.register("exercises", ExerciseViewSet, basename="exercise")
router.register(r"exercises/(?P<slug>[-\w]+)/attempts", AttemptViewSet, basename="attempt")
router.register("fundamentals", FundamentalViewSet)
router.register("worksheets", WorksheetViewSet)
router.register("prompts", PromptViewSet, basename="prompt")
router.register(r"prompts/(?P<slug>[-\w]+)/versions", PromptVersionViewSet, basename="prompt-version")
router.register("assignments", AssignmentViewSet)
router.register("coaching", CoachingViewSet, basename="coaching")
router.register("completions", CompletionViewSet)
router.register("privacy/requests", SubjectRequestViewSet)
router.register("privacy/holds", HoldViewSet)
router.register("privacy/removals", RemovalViewSet, basename="removal")
router.register("audit/events", AuditEventViewSet)
router.register("audit/checkpoints", CheckpointViewSet)
router.register("audit/verifications", VerificationViewSet)

urlpatterns = [
    path("map/", MapView.as_view(), name="api-map"),
    path("stages/", StagesView.as_view(), name="api-stages"),
    path("evidence/", EvidenceView.as_view(), name="api-evidence"),
    path("me/", MeView.as_view(), name="api-me"),
    path("me/record/", MyRecordView.as_view(), name="api-my-record"),
    path("road/", RoadView.as_view(), name="api-road"),
    path("scrub/", ScrubView.as_view(), name="api-scrub"),
    path("", include(router.urls)),
]
