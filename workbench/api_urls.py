"""/api/v1/: the same services as the pages."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from audit.api.views import AuditEventViewSet
from policies.api.views import ActivityViewSet, MapView, PromptViewSet
from workbench.accounts.api.views import MeView
from workbench.runs.api.scrub import ScrubView
from workbench.runs.api.views import RunViewSet

router = SimpleRouter()
router.register("runs", RunViewSet)
router.register("activities", ActivityViewSet)
router.register("prompts", PromptViewSet)
router.register("audit/events", AuditEventViewSet)

urlpatterns = [
    path("map/", MapView.as_view(), name="api-map"),
    path("me/", MeView.as_view(), name="api-me"),
    path("scrub/", ScrubView.as_view(), name="api-scrub"),
    path("", include(router.urls)),
]
