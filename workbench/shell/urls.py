"""Addresses of the shell. Include under the empty prefix."""

from django.urls import path

from workbench.shell import views

app_name = "shell"
urlpatterns = [
    path("parts/", views.parts_page, name="parts"),
    path("health/", views.health_page, name="health"),
    path("language/", views.language, name="language"),
]
