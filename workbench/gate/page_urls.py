"""The page on which people connect their other tools."""

from django.urls import path

from workbench.gate import pages

app_name = "gate"
urlpatterns = [
    path("connect/", pages.connect, name="connect"),
    path("v1/<path:name>", pages.elsewhere, name="elsewhere"),
    path("connect/test/", pages.test, name="test"),
]
