"""Requests of people in the records, holds, retention: /privacy/"""

from django.urls import path

from workbench.privacy.views import requests, retention

app_name = "privacy"
urlpatterns = [
    path("privacy/requests/", requests.erasure, name="erasure"),
    path("privacy/requests/found/", requests.found, name="found"),
    path("privacy/requests/act/", requests.act, name="act"),
    path("privacy/holds/<int:pk>/lift/", requests.lift, name="lift_hold"),
    path("people/<int:pk>/erase/", requests.person, name="erase_person"),
    path("privacy/retention/", retention.page, name="retention"),
    path("privacy/retention/months/", retention.months, name="retention_months"),
    path("privacy/retention/ask/", retention.ask, name="retention_ask"),
    path("privacy/retention/<int:pk>/decide/", retention.decide, name="retention_decide"),
]
