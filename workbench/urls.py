"""All addresses. Every one needs a log-in unless it says otherwise."""

from django.conf import settings
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from workbench.demo.views import demo_login
from workbench.runs.views.home import home
from workbench.shell.views import healthz

urlpatterns = [
    path("", home, name="home"),
    path("", include("workbench.runs.urls")),
    path("", include("policies.urls")),
    path("", include("training.urls")),
    path("", include("workbench.gate.page_urls")),
    path("audit/", include("audit.urls")),
    path("", include("workbench.privacy.urls")),
    path("", include("workbench.accounts.urls")),
    path("", include("workbench.shell.urls")),
    path("accounts/", include("allauth.urls")),
    path("healthz", healthz, name="healthz"),
    path("api/v1/", include("workbench.api_urls")),
    path("api/schema/", SpectacularAPIView.as_view(urlconf="workbench.urls"), name="api-schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
if settings.WORKBENCH_DEMO:
    urlpatterns.append(path("demo/sign-in/", demo_login, name="demo_login"))

handler400 = "workbench.shell.views.bad_request"
handler403 = "workbench.shell.views.forbidden"
handler404 = "workbench.shell.views.not_found"
