"""People, teams, one's own account and tokens, page by page."""

import pytest
from django.urls import reverse

from workbench.accounts.models import ApiToken, RoleGrant, Team, User

pytestmark = pytest.mark.django_db
EVERYBODY = ["leader", "rep", "reviewer", "compliance", "trainer", "administrator", "outsider"]


def _text(answer) -> str:
    return answer.content.decode()


def _new(**changes) -> dict[str, object]:
    form = {
        "username": "noor",
        "email": "noor@nordwerk.example",
        "first_name": "Noor",
        "last_name": "Haddad",
        "title": "Account executive",
        "team": "",
        "roles": ["rep"],
        "password": "a long first password",
    }
    return form | changes


# People


@pytest.mark.parametrize("who", EVERYBODY)
def test_people_belong_to_administrators(cast, sign_in, who) -> None:
    client = sign_in(getattr(cast, who))
    status = 200 if who == "administrator" else 403
    for url in (
        reverse("accounts:people"),
        reverse("accounts:person_new"),
        reverse("accounts:person", args=[cast.rep.pk]),
    ):
        assert client.get(url).status_code == status
    if who != "administrator":
        assert client.post(reverse("accounts:person_new"), _new()).status_code == 403
        assert not User.objects.filter(username="noor").exists()


def test_the_list_names_everybody_with_title_team_and_roles(cast, sign_in) -> None:
    User.objects.filter(pk=cast.colleague.pk).update(is_active=False)
    page = _text(sign_in(cast.administrator).get(reverse("accounts:people")))
    for text in ("Jonas Feld", "Account executive", "North", "Compliance", "Olga Petersen", "none", "closed"):
        assert text in page


def test_the_list_takes_no_query_per_person(cast, sign_in, django_assert_max_num_queries) -> None:
    User.objects.bulk_create(
        User(username=f"p{n}", first_name=f"Person {n}", email=f"p{n}@nordwerk.example", team=cast.rep.team)
        for n in range(80)
    )
    client = sign_in(cast.administrator)
    with django_assert_max_num_queries(8):
        assert "Person 79" in _text(client.get(reverse("accounts:people")))


def test_an_administrator_adds_a_person_who_can_sign_in(cast, sign_in, client) -> None:
    answer = sign_in(cast.administrator).post(reverse("accounts:person_new"), _new(), follow=True)
    assert "Noor Haddad was added." in _text(answer)
    noor = User.objects.get(username="noor")
    assert noor.role_names == {"rep"}
    assert noor.check_password("a long first password")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"username": "MARIT"}, "This user name is taken. Choose another one."),
        ({"password": "short"}, "too short"),
        ({"email": "nobody"}, "valid email"),
        ({"first_name": ""}, "This field is required"),
        ({"roles": ["emperor"]}, "Select a valid choice"),
    ],
)
def test_a_wrong_entry_is_named_and_the_rest_is_kept(cast, sign_in, changes, sentence) -> None:
    form = _new(last_name="<Haddad>") | changes
    answer = sign_in(cast.administrator).post(reverse("accounts:person_new"), form)
    assert answer.status_code == 422
    page = _text(answer)
    assert sentence in page
    assert "&lt;Haddad&gt;" in page
    assert "<Haddad>" not in page
    assert "a long first password" not in page  # a password is never sent back
    assert not User.objects.filter(username="noor").exists()


def test_roles_are_changed_and_take_effect_with_the_next_click(cast, sign_in) -> None:
    url = reverse("accounts:person", args=[cast.rep.pk])
    rep = sign_in(cast.rep)
    assert rep.get(reverse("audit:log")).status_code == 403
    form = {"title": "Deal desk", "team": "", "roles": ["compliance"], "is_active": "on"}
    assert "Saved." in _text(sign_in(cast.administrator).post(url, form, follow=True))
    assert rep.get(reverse("audit:log")).status_code == 200


def test_the_form_shows_what_a_person_has_now(cast, sign_in) -> None:
    page = _text(sign_in(cast.administrator).get(reverse("accounts:person", args=[cast.rep.pk])))
    assert 'value="Account executive"' in page
    assert "checked" in page.split('value="rep"')[1][:60]
    assert "checked" not in page.split('value="leader"')[1][:60]


def test_the_last_administrator_keeps_the_own_role(cast, sign_in) -> None:
    url = reverse("accounts:person", args=[cast.administrator.pk])
    answer = sign_in(cast.administrator).post(url, {"title": "", "team": "", "roles": [], "is_active": "on"})
    assert answer.status_code == 422
    assert 'role="alert"' in _text(answer)
    assert User.objects.get(pk=cast.administrator.pk).role_names == {"administrator"}


# Teams


@pytest.mark.parametrize("who", EVERYBODY)
def test_leaders_see_teams_and_administrators_change_them(cast, sign_in, who) -> None:
    client = sign_in(getattr(cast, who))
    url = reverse("accounts:teams")
    assert client.get(url).status_code == (200 if who in {"leader", "administrator"} else 403)
    form = {"name": "West", "manager": cast.leader.pk}
    assert client.post(url, form).status_code == (302 if who == "administrator" else 403)
    assert Team.objects.filter(name="West").exists() is (who == "administrator")
    if who == "leader":
        assert "Add a team" not in _text(client.get(url))


def test_a_team_is_renamed_and_a_name_is_used_once(cast, sign_in) -> None:
    client, south = sign_in(cast.administrator), Team.objects.get(name="South")
    url = reverse("accounts:team", args=[south.pk])
    assert "Change “South”" in _text(client.get(url))
    answer = client.post(url, {"name": "North", "manager": ""})
    assert answer.status_code == 422
    assert "already exists" in _text(answer)
    client.post(url, {"name": "South and east", "manager": ""})
    south.refresh_from_db()
    assert south.name == "South and east"


def test_without_teams_the_page_says_what_to_do(db, django_user_model, sign_in) -> None:
    for role, words in (
        ("administrator", "Add the first one with the form on this page."),
        ("leader", "An administrator adds them."),
    ):
        person = django_user_model.objects.create_user(role, f"{role}@example.org")
        RoleGrant.objects.create(user=person, role=role)
        assert words in _text(sign_in(person).get(reverse("accounts:teams")))


# My account


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_sees_their_own_account(cast, sign_in, who) -> None:
    user = getattr(cast, who)
    page = _text(sign_in(user).get(reverse("accounts:profile")))
    assert user.email in page
    assert reverse("mfa_index") in page
    assert reverse("accounts:tokens") in page


def test_the_chosen_language_is_kept_with_the_person(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    assert client.post(reverse("accounts:profile"), {"language": "de", "mail": "off"}).status_code == 302
    assert User.objects.get(pk=cast.rep.pk).language == "de"
    assert '<html lang="de"' in _text(client.get(reverse("accounts:profile")))
    client.post(reverse("accounts:profile"), {"language": "tlh"})
    assert User.objects.get(pk=cast.rep.pk).language == "de"


# Tokens


def test_a_token_is_shown_once_and_never_stored_by_a_browser(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    url = reverse("accounts:tokens")
    assert "No tokens" in _text(client.get(url))
    answer = client.post(url, {"name": "Nightly import"})
    secret = answer.context["secret"]
    assert len(secret) > 40
    assert secret in _text(answer)
    assert "it is shown this once" in _text(answer)
    assert answer["Cache-Control"] == "no-store"
    page = _text(client.get(url))
    assert secret not in page
    assert "Nightly import" in page


def test_a_token_needs_a_name(cast, sign_in) -> None:
    answer = sign_in(cast.rep).post(reverse("accounts:tokens"), {"name": ""})
    assert answer.status_code == 422
    assert "This field is required" in _text(answer)
    assert not ApiToken.objects.exists()


def test_a_token_is_revoked_by_its_owner_only(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    client.post(reverse("accounts:tokens"), {"name": "CRM side panel"})
    url = reverse("accounts:token_revoke", args=[ApiToken.objects.get().pk])
    assert sign_in(cast.administrator).post(url).status_code == 404
    assert ApiToken.objects.get().revoked_at is None
    page = _text(client.post(url, follow=True))
    assert "Programs with this token are refused from now on." in page
    assert ">revoked<" in page.replace("\n", "")
    assert url not in page


def test_nobody_sees_the_tokens_of_others(cast, sign_in) -> None:
    sign_in(cast.rep).post(reverse("accounts:tokens"), {"name": "Nightly import"})
    assert "Nightly import" not in _text(sign_in(cast.colleague).get(reverse("accounts:tokens")))
