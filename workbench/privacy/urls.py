"""Requests of people in the records: /privacy/"""

from django.urls import path

from workbench.privacy import views

app_name = "privacy"
urlpatterns = [
    path("privacy/requests/", views.erasure, name="erasure"),
    path("privacy/requests/found/", views.found, name="found"),
    path("privacy/requests/act/", views.act, name="act"),
    path("privacy/holds/<int:pk>/lift/", views.lift, name="lift_hold"),
]
