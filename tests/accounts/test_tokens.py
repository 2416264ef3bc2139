"""Tokens: shown once, stored hashed, revoked at once."""

import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from workbench.accounts.models import ApiToken
from workbench.accounts.services import create_token, find_token, revoke_token

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


def _ask(secret, scheme="Bearer"):
    return Client().get(ME, headers={"Authorization": f"{scheme} {secret}"})


@pytest.fixture
def token(cast):
    return create_token(actor=cast.rep, name="Night export")


def test_a_token_speaks_for_its_person_with_their_roles(cast, token) -> None:
    answer = _ask(token[1])
    assert answer.status_code == 200
    assert answer.json()["username"] == "jonas"
    assert answer.json()["roles"] == ["rep"]
    assert _ask(token[1], scheme="bearer").status_code == 200, "the scheme is written in any case (RFC 7235)"


def test_a_token_is_shown_once_and_not_kept_by_the_browser(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    answer = client.post(reverse("accounts:tokens"), {"name": "Night export"})
    page = answer.content.decode()
    (secret,) = [word for word in page.replace('"', " ").replace("<", " ").replace(">", " ").split() if word.startswith("swb_") and len(word) > 30][:1]  # fmt: skip
    assert _ask(secret).status_code == 200
    assert answer["Cache-Control"] == "no-store"
    again = client.get(reverse("accounts:tokens")).content.decode()
    assert "Night export" in again
    assert secret not in again


def test_only_the_hash_of_a_token_is_stored_and_nothing_of_it_is_logged(token) -> None:
    kept, secret = token
    assert kept.digest == hashlib.sha256(secret.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_apitoken")
        assert secret not in str(cursor.fetchall())
    assert len(kept.prefix) < len(secret) / 3
    assert kept.prefix not in str(list(AuditEvent.objects.values_list("data", flat=True)))


def test_no_two_tokens_are_alike(cast) -> None:
    assert len({create_token(actor=cast.rep, name="x")[1] for _ in range(20)}) == 20


def test_a_token_needs_a_name(cast) -> None:
    with pytest.raises(ValidationError):
        create_token(actor=cast.rep, name="  ")


def test_a_revoked_token_is_refused_from_the_next_call_on(cast, sign_in, token) -> None:
    kept, secret = token
    sign_in(cast.rep).post(reverse("accounts:token_revoke", args=[kept.pk]))
    answer = _ask(secret)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert "unknown or was revoked" in answer.json()["detail"]
    revoke_token(actor=cast.rep, token=kept)
    assert AuditEvent.objects.filter(action="token.revoked").count() == 1, "revoking twice is harmless and logged once"


def test_nobody_revokes_the_token_of_somebody_else(cast, sign_in, token) -> None:
    kept, secret = token
    answer = sign_in(cast.administrator).post(reverse("accounts:token_revoke", args=[kept.pk]))
    assert answer.status_code == 404
    with pytest.raises(PermissionDenied):
        revoke_token(actor=cast.administrator, token=kept)
    assert _ask(secret).status_code == 200


def test_nobody_sees_the_tokens_of_somebody_else(cast, sign_in, token) -> None:
    assert "Night export" not in sign_in(cast.colleague).get(reverse("accounts:tokens")).content.decode()


def test_the_last_use_is_noted_to_the_minute(token, django_assert_num_queries) -> None:
    kept, secret = token
    assert kept.last_used_at is None
    _ask(secret)
    kept.refresh_from_db()
    first = kept.last_used_at
    assert abs(timezone.now() - first) < timedelta(minutes=1)
    with django_assert_num_queries(1):
        find_token(secret)
    kept.refresh_from_db()
    assert kept.last_used_at == first, "within a minute nothing is written"
    ApiToken.objects.filter(pk=kept.pk).update(last_used_at=first - timedelta(seconds=61))
    find_token(secret)
    kept.refresh_from_db()
    assert kept.last_used_at >= first


def test_a_person_who_left_takes_their_tokens_along(cast, token) -> None:
    cast.rep.is_active = False
    cast.rep.save()
    assert _ask(token[1]).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer swb_a swb_b",
        "Bearer swb_unknown",
        "Bearer \u00e4\u00f6\u00fc",
        "Bearer " + "x" * 5000,
        "Basic am9uYXM6eA==",
        "Token swb_unknown",
        "swb_unknown",
        "",
    ],
)
def test_any_other_header_is_refused_with_a_sentence(company, header) -> None:
    answer = Client().get(ME, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["detail"].endswith(".")
    assert answer.json()["code"]


def test_a_session_and_a_bad_token_do_not_make_a_person(cast, sign_in) -> None:
    assert sign_in(cast.rep).get(ME, headers={"Authorization": "Bearer swb_unknown"}).status_code == 401


def test_a_token_does_not_open_pages(token) -> None:
    answer = Client().get("/runs/", headers={"Authorization": f"Bearer {token[1]}"})
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")
