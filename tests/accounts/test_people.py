"""People, roles, teams, and how somebody gets in."""

from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from workbench.accounts.models import RoleGrant, Team, User
from workbench.accounts.services import change_person, create_person, save_team
from workbench.demo.services import PASSWORD

pytestmark = pytest.mark.django_db
NEW = {"username": "nina", "email": "nina@nordwerk.example", "first_name": "Nina", "last_name": "Koch"}
OTHERS = ["leader", "rep", "reviewer", "compliance", "trainer", "outsider"]


def _change(actor, person, **change):
    values = {"title": person.title, "team": person.team, "is_active": True, "roles": person.role_names} | change
    return change_person(actor=actor, person=person, **values)


def _log_in(username, password=PASSWORD):
    client = Client()
    return client, client.post(reverse("account_login"), {"login": username, "password": password})


def test_an_administrator_adds_a_person_who_then_signs_in(cast) -> None:
    person = create_person(
        actor=cast.administrator, **NEW, roles=["rep", "reviewer"], password="long enough to be safe"
    )
    assert User.objects.get(pk=person.pk).role_names == {"rep", "reviewer"}
    event = AuditEvent.objects.filter(action="person.created").latest("pk")
    assert (event.actor_id, event.object_id) == (cast.administrator.pk, str(person.pk))
    assert "Nina" not in str(event.data)
    assert _log_in("nina", "long enough to be safe")[1].status_code == 302


def _create_administrator(monkeypatch, password, **change):
    """The command, with the password on standard input."""
    options = {"username": "vera", "email": "vera@nordwerk.example", "first_name": "Vera", "last_name": "Sand"} | change
    monkeypatch.setattr("sys.stdin", StringIO(password + "\n"))
    call_command("create_administrator", **options, stdout=StringIO())


def test_a_new_installation_gets_its_first_administrator_from_the_command_line(db, monkeypatch) -> None:
    _create_administrator(monkeypatch, "long enough to be safe")
    assert User.objects.get(username="vera").role_names == {"administrator"}
    client, answer = _log_in("vera", "long enough to be safe")
    assert answer.status_code == 302
    assert client.get(reverse("accounts:people")).status_code == 200
    assert AuditEvent.objects.get(action="person.created").actor_id is None


@pytest.mark.parametrize(
    ("password", "change", "word"),
    [
        ("short", {}, "short"),
        ("", {}, "short"),
        ("long enough to be safe", {"username": "TOM"}, "taken"),
        ("long enough to be safe", {"email": "nowhere"}, "valid"),
    ],
)
def test_an_administrator_that_cannot_be_is_not_added_and_the_reason_is_said(
    cast, monkeypatch, password, change, word
) -> None:
    before = User.objects.count()
    with pytest.raises(CommandError, match=word):
        _create_administrator(monkeypatch, password, **change)
    assert User.objects.count() == before


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_adds_or_changes_people_or_teams(cast, who) -> None:
    actor = getattr(cast, who)
    with pytest.raises(PermissionDenied):
        create_person(actor=actor, **NEW)
    with pytest.raises(PermissionDenied):
        _change(actor, cast.colleague, roles={"administrator"})
    with pytest.raises(PermissionDenied):
        save_team(actor=actor, team=Team(name="West"))
    assert User.objects.get(pk=cast.colleague.pk).role_names == {"rep"}


def test_roles_take_effect_with_the_next_click_and_are_logged(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    assert client.get(reverse("runs:desk")).status_code == 403
    _change(cast.administrator, cast.rep, roles={"rep", "reviewer"})
    assert client.get(reverse("runs:desk")).status_code in {200, 302}
    event = AuditEvent.objects.filter(action="person.roles_changed").latest("pk")
    assert (event.data["before"], event.data["after"]) == (["rep"], ["rep", "reviewer"])


def test_a_change_of_nothing_is_not_logged(cast) -> None:
    before = AuditEvent.objects.count()
    _change(cast.administrator, cast.rep)
    assert AuditEvent.objects.count() == before


def test_somebody_who_may_no_longer_sign_in_is_out_at_once(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    assert client.get("/").status_code == 200
    _change(cast.administrator, cast.rep, is_active=False)
    assert client.get("/").status_code == 302
    assert _log_in("jonas")[1].url == reverse("account_inactive")


@pytest.mark.parametrize("change", [{"roles": set()}, {"roles": {"leader"}}, {"is_active": False}])
def test_an_administrator_cannot_lock_themselves_out(cast, change) -> None:
    with pytest.raises(ValidationError, match="your own administrator access"):
        _change(cast.administrator, cast.administrator, **change)
    assert User.objects.get(pk=cast.administrator.pk).role_names == {"administrator"}


def test_the_page_says_so_and_keeps_what_was_chosen(cast, sign_in) -> None:
    answer = sign_in(cast.administrator).post(
        reverse("accounts:person", args=[cast.administrator.pk]), {"title": "Boss", "roles": ["rep"], "is_active": "on"}
    )
    assert answer.status_code == 422
    assert "your own administrator access" in answer.content.decode()
    assert 'value="Boss"' in answer.content.decode()


def test_an_unknown_role_is_refused(cast) -> None:
    with pytest.raises(ValueError, match="king"):
        _change(cast.administrator, cast.rep, roles={"king"})
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=cast.rep, role="king")


def test_a_person_holds_a_role_once(cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=cast.rep, role="rep")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"username": "JONAS"}, "taken"),
        ({"password": "xqz-7"}, "too short"),
        ({"password": "password1234"}, "too common"),
        ({"email": "no address"}, "valid email"),
        ({"username": "two words"}, "slug"),
    ],
)
def test_a_form_that_is_not_right_says_why_and_keeps_the_rest(cast, sign_in, change, word) -> None:
    data = {**NEW, "password": "long enough to be safe", "roles": ["rep"]} | change
    answer = sign_in(cast.administrator).post(reverse("accounts:person_new"), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert word in page
    assert 'value="Koch"' in page
    assert data["password"] not in page
    assert not User.objects.filter(last_name="Koch").exists()


def test_a_team_has_a_name_of_its_own(cast) -> None:
    team = save_team(actor=cast.administrator, team=Team(name="West", manager=cast.leader))
    assert AuditEvent.objects.filter(action="team.changed", object_id=str(team.pk)).exists()
    with pytest.raises(ValidationError):
        save_team(actor=cast.administrator, team=Team(name="West"))


# Getting in


def test_one_signs_in_by_name_or_address_and_both_ways_are_logged(cast) -> None:
    for login in ("jonas", "jonas@nordwerk.example"):
        client, answer = _log_in(login)
        assert (answer.status_code, answer.url) == (302, "/")
        assert client.get("/").status_code == 200
        client.post(reverse("account_logout"))
        assert client.get("/").status_code == 302
    assert AuditEvent.objects.filter(action="person.signed_in", actor_id=cast.rep.pk).count() == 2
    assert AuditEvent.objects.filter(action="person.signed_out", actor_id=cast.rep.pk).count() == 2


def test_a_wrong_password_is_logged_without_what_was_typed(cast) -> None:
    _, answer = _log_in("jonas", "my-dog-rex-1999")
    assert answer.status_code == 200
    event = AuditEvent.objects.filter(action="person.sign_in_failed").latest("pk")
    assert (event.actor_id, event.data) == (None, {})


def test_nobody_signs_themselves_up(company) -> None:
    count = User.objects.count()
    client = Client()
    data = {
        "username": "eve",
        "email": "eve@x.example",
        "password1": "long enough 1234",
        "password2": "long enough 1234",
    }
    for answer in (client.get(reverse("account_signup")), client.post(reverse("account_signup"), data)):
        assert (
            "<input" not in answer.content.decode().split("<main")[-1].replace('type="hidden"', "")
            or answer.status_code == 403
        )
    assert User.objects.count() == count


def test_the_pages_of_the_second_factor_are_there_after_the_password(cast) -> None:
    client, _ = _log_in("jonas")
    assert client.get(reverse("mfa_index")).status_code == 200
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.url.startswith(reverse("account_reauthenticate")), "the password is asked for once more"
    assert client.get(asked.url).status_code == 200
    answer = client.post(asked.url, {"password": PASSWORD})
    page = client.get(answer.url)
    assert (answer.url, page.status_code) == (reverse("mfa_activate_totp"), 200)
    assert 'name="code"' in page.content.decode()


def test_with_a_second_factor_the_password_alone_does_not_open_anything(cast) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import (
        TOTP,
        format_hotp_value,
        generate_totp_secret,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    secret = generate_totp_secret()
    TOTP.activate(cast.rep, secret)
    assert Authenticator.objects.filter(user=cast.rep, type="totp").exists()
    client, answer = _log_in("jonas")
    assert answer.url == reverse("mfa_authenticate")
    assert client.get("/").status_code == 302
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert client.get("/").status_code == 200


def test_demo_people_sign_in_with_a_click_and_nobody_else_does(cast, settings) -> None:
    client = Client()
    assert client.post(reverse("demo_login"), {"username": "olga"}).status_code == 404
    assert client.post(reverse("demo_login"), {"username": "jonas"}).status_code == 302
    assert client.get("/").status_code == 200
    for onward, leads_to in (("/exercises/", "/exercises/"), ("https://elsewhere.example/", "/")):
        answer = client.post(reverse("demo_login"), {"username": "jonas", "next": onward})
        assert answer.url == leads_to
    assert Client().get(reverse("demo_login")).status_code == 405
    settings.WORKBENCH_DEMO = False
    assert Client().post(reverse("demo_login"), {"username": "jonas"}).status_code == 404


def test_whoever_is_signed_out_meanwhile_is_told_in_the_page_and_comes_back_to_it(cast, sign_in) -> None:
    """For every page: a part of it is answered with 401 and never with the log-in page; a form leads back to where it stands."""
    part = Client().post("/exercises/recap-with-a-gap/save/", {"goal": "Write"}, headers={"hx-request": "true"})
    assert (part.status_code, part.content) == (401, b"")
    for page, onward in (
        ("http://testserver/people/?team=1#add", "/people/?team=1"),
        ("http://elsewhere.example/people/", reverse("accounts:teams")),
        ("", reverse("accounts:teams")),
    ):
        answer = Client().post(reverse("accounts:teams"), {"name": "script"}, headers={"referer": page})
        assert parse_qs(urlsplit(answer.headers["Location"]).query)["next"] == [onward], page
