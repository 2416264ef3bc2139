"""The addresses of the gate's own process (``workbench.asgi``)."""

from django.urls import path

from workbench.gate import views
from workbench.shell.views import healthz

urlpatterns = [
    path("v1/models", views.models, name="gate_models"),
    path("v1/models/<path:name>", views.model, name="gate_model"),
    path("v1/chat/completions", views.completions, name="gate_completions"),
    path("healthz", healthz, name="healthz"),
]
handler404 = "workbench.gate.views.nothing_here"
