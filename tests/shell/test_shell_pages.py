"""The pages of the shell, as somebody in front of them sees them."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import reverse

from workbench.shell import health, views

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_health(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(health, "check_scrubber", lambda: health.Check("Scrubbing", True, "works"))
    health.forget()
    yield
    health.forget()


def test_the_parts_page_is_there_in_the_demo_only(client: Client, settings: Any) -> None:
    settings.DEBUG, settings.WORKBENCH_DEMO = False, True
    assert client.get(reverse("shell:parts")).status_code == 200
    settings.WORKBENCH_DEMO = False
    assert client.get(reverse("shell:parts")).status_code == 404


def test_the_shell_names_the_person_and_their_pages(cast: Any, sign_in: Any) -> None:
    page = sign_in(cast.rep).get(reverse("shell:health")).content.decode()
    assert "Jonas Feld" in page
    assert reverse("runs:start") in page
    assert reverse("audit:log") not in page


def test_health_names_what_does_not_work(cast: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = health.Check("Scrubbing", False, "The model file is missing.")
    monkeypatch.setattr(health, "check_scrubber", lambda: broken)
    page = sign_in(cast.rep).get(reverse("shell:health")).content.decode()
    assert "Scrubbing is not working" in page
    assert "The model file is missing." in page


def test_htmx_gets_the_line_of_the_top_bar_only(cast: Any, sign_in: Any) -> None:
    page = sign_in(cast.rep).get(reverse("shell:health"), headers={"HX-Request": "true"}).content.decode()
    assert page.lstrip().startswith('<a class="health')


def test_checks_are_remembered_for_a_short_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(health, "_run", lambda path: asked.append(1) or health.Check("x", True, ""))
    clock = [0.0]
    health.checks(now=lambda: clock[0])
    health.checks(now=lambda: clock[0])
    once = len(asked)
    clock[0] = health.REMEMBER_SECONDS + 1
    health.checks(now=lambda: clock[0])
    assert len(asked) == 2 * once


def test_what_stops_runs_outranks_what_does_not() -> None:
    found = (health.Check("Model", False, "", stops=False), health.Check("Log", False, ""))
    assert health.summary(found).level == "bad"
    assert health.summary(found[:1]).level == "warn"
    assert health.summary(()).level == "unknown"


def test_the_language_switch_is_kept_with_the_account(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.rep)
    answer = client.post(reverse("shell:language"), {"language": "de", "next": "/health/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/health/"
    cast.rep.refresh_from_db()
    assert cast.rep.language == "de"
    assert 'lang="de"' in client.get("/health/").content.decode()


def test_an_unknown_language_changes_nothing(cast: Any, sign_in: Any) -> None:
    sign_in(cast.rep).post(reverse("shell:language"), {"language": "xx", "next": "/"})
    cast.rep.refresh_from_db()
    assert cast.rep.language != "xx"


def test_the_switch_does_not_lead_elsewhere(client: Client) -> None:
    answer = client.post(reverse("shell:language"), {"language": "de", "next": "https://elsewhere.example/"})
    assert "elsewhere.example" not in answer["Location"]


def test_healthz_answers_without_signing_in(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


def test_a_probe_over_plain_http_is_answered_and_everything_else_goes_to_https(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get(reverse("account_login"))["Location"].startswith("https://")


def test_an_unknown_address_keeps_the_navigation_and_is_not_repeated(cast: Any, sign_in: Any, settings: Any) -> None:
    settings.DEBUG = False
    answer = sign_in(cast.rep).get("/Ilaria-Conti-wants-this/")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "There is nothing here for you" in page
    assert reverse("runs:start") in page
    assert "Ilaria" not in re.sub(r'name="next" value="[^"]*"', "", page)


def test_a_refusal_gives_the_reason_of_our_own_code(cast: Any) -> None:
    request = RequestFactory().get("/")
    request.user = cast.rep
    page = views.forbidden(request, PermissionDenied("Only administrators change people.")).content.decode()
    assert "Only administrators change people." in page


def test_too_large_a_body_is_told_apart(client: Client) -> None:
    from django.core.exceptions import RequestDataTooBig

    request = RequestFactory().get("/")
    answer = views.bad_request(request, RequestDataTooBig())
    assert answer.status_code == 413
    assert "That is more than fits" in answer.content.decode()


def test_the_page_for_our_own_faults_needs_no_context() -> None:
    from django.template.loader import render_to_string

    assert "Something broke on our side" in render_to_string("500.html")


def test_a_page_that_was_too_old_says_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("shell:language"), {"language": "de"})
    assert answer.status_code == 403
    assert "too old" in answer.content.decode()


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_signup"])
def test_the_pages_of_allauth_wear_our_look(client: Client, name: str) -> None:
    page = client.get(reverse(name)).content.decode()
    assert "workbench/css/tokens.css" in page


@pytest.mark.parametrize("name", ["mfa_index", "account_change_password", "account_logout"])
def test_the_account_pages_wear_our_look(cast: Any, sign_in: Any, name: str) -> None:
    answer = sign_in(cast.rep).get(reverse(name))
    assert answer.status_code == 200
    assert "workbench/css/tokens.css" in answer.content.decode()


def test_every_page_forbids_foreign_and_inline_code(cast: Any, sign_in: Any) -> None:
    answer = sign_in(cast.rep).get(reverse("shell:health"))
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    nonces = set(re.findall(r"'nonce-([^']+)'", policy))
    assert set(re.findall(r'nonce="([^"]+)"', answer.content.decode())) <= nonces


def test_the_demo_offers_its_people_and_a_real_installation_does_not(
    client: Client, company: Any, settings: Any
) -> None:
    settings.WORKBENCH_DEMO = True
    assert "Jonas Feld" in client.get(reverse("account_login")).content.decode()
    settings.WORKBENCH_DEMO = False
    assert "Jonas Feld" not in client.get(reverse("account_login")).content.decode()


def test_templates_carry_no_inline_style_or_handler() -> None:
    base = Path(django_settings.BASE_DIR)
    for folder in ("workbench", "policies", "audit"):
        for template in (base / folder).rglob("*.html"):
            text = template.read_text(encoding="utf-8")
            assert not re.search(
                r"\sstyle=|\son[a-z]+=|hx-on|javascript:|<style|<script(?![^>]*src=)(?![^>]*application/json)", text
            ), template
