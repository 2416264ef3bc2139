"""Every address × every role. An address without a row fails, so a new page cannot be forgotten."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

pytestmark = pytest.mark.django_db

ROLES = ("leader", "rep", "reviewer", "compliance", "trainer", "administrator", "outsider")
ALL = dict.fromkeys(ROLES, 200)
NONE = dict.fromkeys(ROLES, 403)
GONE = dict.fromkeys(ROLES, 404)
USES_AI = ("leader", "rep", "reviewer", "trainer")


def only(*roles: str, ok: int = 200, no: int = 403) -> dict[str, int]:
    return {role: ok if role in roles else no for role in ROLES}


# name of the address → (method, arguments, status per role). Objects of somebody else are 404 for everybody here.
TABLE: dict[str, tuple[str, dict[str, Any], dict[str, int]]] = {
    "home": ("get", {}, ALL),
    "runs:list": ("get", {}, ALL),
    "runs:start": ("get", {}, ALL),
    "runs:ask": ("get", {"slug": "fill-crm-fields"}, only(*USES_AI, ok=302)),
    "runs:compose": ("get", {"slug": "discovery-call-summary"}, only(*USES_AI)),
    "runs:draft": ("post", {"slug": "discovery-call-summary"}, ALL),  # a refusal is a fragment
    "runs:upload": ("post", {"slug": "discovery-call-summary", "name": "transcript"}, ALL),
    "runs:example": ("post", {"slug": "discovery-call-summary"}, dict.fromkeys(ROLES, 302)),
    "runs:clear": ("post", {"slug": "discovery-call-summary"}, dict.fromkeys(ROLES, 302)),
    "runs:send": ("post", {"slug": "discovery-call-summary"}, only(*USES_AI, ok=422)),
    "runs:run": ("get", {"pk": 999}, GONE),
    "runs:progress": ("get", {"pk": 999}, GONE),
    "runs:cancel": ("post", {"pk": 999}, GONE),
    "runs:retry": ("post", {"pk": 999}, GONE),
    "runs:note": ("post", {"pk": 999}, GONE),
    "runs:desk": ("get", {}, only("reviewer")),
    "runs:decided": ("get", {}, only("reviewer")),
    "runs:review": ("get", {"pk": 999}, only("reviewer", ok=404)),
    "runs:verdict": ("post", {"pk": 999}, only("reviewer", ok=404)),
    "policies:map": ("get", {}, ALL),
    "policies:list": ("get", {}, ALL),
    "policies:policy": ("get", {"slug": "set-the-price"}, ALL),
    "policies:suspend": ("post", {"slug": "set-the-price"}, only("leader", "compliance", ok=302)),
    "policies:prompts": ("get", {}, ALL),
    "policies:prompt": ("get", {"slug": "discovery-call-summary"}, ALL),
    "policies:tools": ("get", {}, only("leader", "compliance", "administrator")),
    "policies:tool_switch": ("post", {"slug": "house-model"}, only("leader", "administrator", ok=302)),
    "audit:log": ("get", {}, only("leader", "compliance")),
    "accounts:people": ("get", {}, only("administrator")),
    "accounts:person_new": ("get", {}, only("administrator")),
    "accounts:person": ("get", {"pk": 1}, only("administrator")),
    "accounts:teams": ("get", {}, only("administrator", "leader")),
    "accounts:team": ("get", {"pk": 1}, only("administrator")),
    "accounts:profile": ("get", {}, ALL),
    "accounts:tokens": ("get", {}, ALL),
    "accounts:token_revoke": ("post", {"pk": 999}, GONE),
    "shell:health": ("get", {}, ALL),
    "api-me": ("get", {}, ALL),
    "api-schema": ("get", {}, ALL),
    "api-docs": ("get", {}, ALL),
    "run-list": ("get", {}, ALL),
    "run-detail": ("get", {"pk": "999"}, GONE),
    "run-preview": ("post", {}, dict.fromkeys(ROLES, 400)),
    "run-cancel": ("post", {"pk": "999"}, GONE),
    "run-retry": ("post", {"pk": "999"}, GONE),
    "run-review": ("post", {"pk": "999"}, GONE),
    "run-note": ("post", {"pk": "999"}, GONE),
    "activity-list": ("get", {}, ALL),
    "activity-detail": ("get", {"slug": "set-the-price"}, ALL),
    "activity-policy": ("post", {"slug": "set-the-price"}, only("leader")),
    "activity-suspend": ("post", {"slug": "set-the-price"}, only("leader", "compliance")),
    "promptversion-list": ("get", {}, ALL),
    "promptversion-detail": ("get", {"slug": "discovery-call-summary"}, ALL),
    "auditevent-list": ("get", {}, only("leader", "compliance")),
    "auditevent-detail": ("get", {"pk": "1"}, only("leader", "compliance")),
}
# Reached without signing in; everything else sends a stranger to the log-in page (401 in the API).
OPEN = {"healthz", "demo_login", "shell:parts", "shell:language"}
# allauth's own pages, which bring their own rules and tests.
FOREIGN = ("account_", "mfa_", "socialaccount_")


def _names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _names(entry, f"{entry.namespace}:" if entry.namespace else prefix)
        elif isinstance(entry, URLPattern) and entry.name:
            yield prefix + entry.name


def test_every_address_has_a_row() -> None:
    names = {name for name in _names(get_resolver()) if not name.startswith(FOREIGN)}
    assert names - OPEN == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_each_role_gets_what_the_table_says(name, cast, sign_in, provider) -> None:
    from django.urls import reverse

    method, arguments, expected = TABLE[name]
    if name in {"accounts:person", "accounts:team"}:
        from workbench.accounts.models import Team

        arguments = {"pk": cast.rep.pk if name == "accounts:person" else Team.objects.first().pk}
    if name == "auditevent-detail":
        from audit.models import AuditEvent

        arguments = {"pk": str(AuditEvent.objects.first().pk)}
    url = reverse(name, kwargs=arguments)
    body: dict[str, Any] = {}
    if name == "activity-policy":
        body = {"category": "human_only", "rationale": "The price is a promise."}
    found = {}
    for role in ROLES:
        if name in {"policies:suspend", "activity-suspend"}:
            from policies.models import Activity
            from policies.services import put_in_force

            put_in_force(
                actor=cast.leader,
                activity=Activity.objects.get(slug="set-the-price"),
                category="human_only",
                rationale="The price is a promise.",
            )
        client = sign_in(getattr(cast, role))
        if method == "get":
            answer = client.get(url)
        elif name.split(":")[0] in {"runs", "policies", "accounts"}:
            answer = client.post(url, body)
        else:
            answer = client.post(url, json.dumps(body), content_type="application/json")
        found[role] = answer.status_code
        assert answer.headers.get("Content-Security-Policy") or answer.status_code == 302
    if name == "runs:desk":
        expected = expected | {"reviewer": 200}
    assert found == expected


@pytest.mark.parametrize("name", TABLE)
def test_a_stranger_is_sent_to_the_log_in_page(name, company, client) -> None:
    from django.urls import reverse

    method, arguments, _ = TABLE[name]
    answer = getattr(client, method)(reverse(name, kwargs=arguments))
    assert (answer.status_code, answer.headers.get("Location", "").split("?")[0]) in {
        (302, "/accounts/login/"),
        (401, ""),
    }


def test_forms_from_elsewhere_are_refused(cast) -> None:
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.leader, backend="django.contrib.auth.backends.ModelBackend")
    for url in ("/policies/set-the-price/suspend/", "/profile/tokens/"):
        assert client.post(url, {"name": "x"}).status_code == 403, url
    api = client.post("/api/v1/activities/set-the-price/suspend/", "{}", content_type="application/json")
    assert (api.status_code, api.json()["code"]) == (403, "permission_denied")
