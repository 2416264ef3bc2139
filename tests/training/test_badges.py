"""A certificate as an Open Badge 3.0: whoever is handed one checks it with what stands open, and learns nothing that the certificate does not say."""

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from tests.training.test_assignments import moved, text_of
from tests.training.test_attempts import pass_path
from training.models import Completion
from workbench.accounts.services import grant_qualification, revoke_qualification
from workbench.privacy import badgekeys
from workbench.privacy.requests import erase_person

pytestmark = pytest.mark.django_db
HOME = "https://workbench.nordwerk.example"


@pytest.fixture(autouse=True)
def _fresh(settings):
    """Nothing is remembered of another test, and the address is known."""
    settings.WORKBENCH_URL = HOME
    cache.clear()


@pytest.fixture
def done(cast, recap) -> Completion:
    pass_path(cast.rep, recap)
    return Completion.objects.get()


def badge_of(done, client) -> str:
    answer = client.get(f"/certificates/{done.pk}/badge/")
    assert answer.status_code == 200
    return answer.content.decode()


def opened(token: str) -> dict:
    """What a verifier does who has no log-in: fetch the key that the header names, and check the signature and the times."""
    address = jwt.get_unverified_header(token)["kid"]
    assert address.startswith(f"{HOME}/badges/keys/")
    answer = Client().get(address.removeprefix(HOME))
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "d" not in answer.json()
    return jwt.decode(token, jwt.PyJWK(answer.json()), algorithms=["RS256"])


def is_revoked(badge: dict) -> bool:
    """As the Bitstring Status List says: the first bit is the leftmost of the unpacked list."""
    entry = badge["credentialStatus"]
    cache.clear()
    listed = opened(Client().get(entry["statusListCredential"].removeprefix(HOME)).content.decode())
    assert listed["id"] == entry["statusListCredential"]
    text = listed["credentialSubject"]["encodedList"]
    assert text[0] == "u"
    bits = gzip.decompress(base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4)))
    assert len(bits) * 8 >= 131_072
    index = int(entry["statusListIndex"])
    return bool(bits[index // 8] & 0x80 >> index % 8)


def test_whoever_is_handed_a_badge_checks_it_without_a_log_in(cast, done, sign_in) -> None:
    token = badge_of(done, sign_in(cast.rep))
    header, badge = jwt.get_unverified_header(token), opened(token)
    assert (header["alg"], header["typ"], set(header)) == ("RS256", "JWT", {"alg", "typ", "kid"})
    assert badge["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert badge["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert (badge["iss"], badge["jti"], badge["sub"]) == (
        badge["issuer"]["id"],
        badge["id"],
        badge["credentialSubject"]["id"],
    )
    assert datetime.fromtimestamp(badge["nbf"], UTC) == datetime.fromisoformat(badge["validFrom"])
    assert datetime.fromtimestamp(badge["exp"], UTC) == datetime.fromisoformat(badge["validUntil"])
    assert badge["exp"] == int(done.qualification.expires_at.timestamp())
    assert Client().get(badge["issuer"]["id"].removeprefix(HOME)).json() == badge["issuer"]
    assert not is_revoked(badge)


def test_it_says_what_the_certificate_says_and_nothing_else(cast, done, sign_in) -> None:
    badge = opened(badge_of(done, sign_in(cast.rep)))
    subject = badge["credentialSubject"]
    assert subject["identifier"][0]["identityHash"] == "Jonas Feld"
    assert subject["achievement"]["name"] == "Summaries of calls"
    assert "Recap with a gap (version 1)" in subject["achievement"]["criteria"]["narrative"]
    said = json.dumps(badge)
    for words in ("jonas", "@nordwerk", "North", "attempt", f'"{cast.rep.pk}"'):
        assert words not in said, words
    check = badge["evidence"][0]["id"].removeprefix(HOME)
    assert "This certificate is ours" in text_of(Client().get(check))
    assert done.code not in badge["id"] + subject["id"] + subject["achievement"]["id"]


def test_it_is_the_same_badge_each_time_and_another_for_each_completion(cast, done, second, sign_in) -> None:
    client = sign_in(cast.rep)
    assert badge_of(done, client) == badge_of(done, client)
    pass_path(cast.colleague, second)
    other = Completion.objects.get(learner=cast.colleague)
    first, later = opened(badge_of(done, client)), opened(badge_of(other, sign_in(cast.colleague)))
    assert first["id"] != later["id"]
    assert first["credentialSubject"]["achievement"]["id"] == later["credentialSubject"]["achievement"]["id"]


def test_an_altered_badge_does_not_verify(cast, done, sign_in) -> None:
    head, body, signature = badge_of(done, sign_in(cast.rep)).split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    said["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody Else"
    forged = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
    with pytest.raises(jwt.InvalidSignatureError):
        opened(f"{head}.{forged}.{signature}")


def test_only_the_person_takes_it_along(cast, done, sign_in) -> None:
    assert "Download as badge" in text_of(sign_in(cast.rep).get(f"/certificates/{done.pk}/"))
    for person in (cast.trainer, cast.compliance, cast.leader, cast.colleague, cast.administrator):
        assert sign_in(person).get(f"/certificates/{done.pk}/badge/").status_code == 404, person
    assert "Download as badge" not in text_of(sign_in(cast.trainer).get(f"/certificates/{done.pk}/"))


def test_what_was_taken_back_is_revoked_and_not_made_again(cast, done, second, sign_in) -> None:
    badge = opened(badge_of(done, sign_in(cast.rep)))
    revoke_qualification(actor=cast.leader, qualification=done.qualification)
    assert is_revoked(badge)
    assert sign_in(cast.rep).get(f"/certificates/{done.pk}/badge/").status_code == 404
    assert "Download as badge" not in text_of(sign_in(cast.rep).get(f"/certificates/{done.pk}/"))


def test_what_was_renewed_counts_on_as_long_as_the_newer_one(cast, done, sign_in) -> None:
    badge = opened(badge_of(done, sign_in(cast.rep)))
    grant_qualification(actor=cast.trainer, person=cast.rep, name="call-summaries", evidence="Course of March")
    assert not is_revoked(badge)
    assert "exp" not in opened(badge_of(done, sign_in(cast.rep))), "the newer one never ends"


def test_what_lapsed_is_not_made_again_and_says_of_itself_that_its_time_is_over(
    cast, done, sign_in, monkeypatch
) -> None:
    token = badge_of(done, sign_in(cast.rep))
    ends = done.qualification.expires_at
    key = jwt.PyJWK(Client().get(jwt.get_unverified_header(token)["kid"].removeprefix(HOME)).json())
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            leeway=timezone.now() - ends - timedelta(days=1),
            options={"verify_nbf": False},
        )
    moved(monkeypatch, 300)
    assert sign_in(cast.rep).get(f"/certificates/{done.pk}/badge/").status_code == 404


def test_after_the_persons_record_was_erased_the_badge_is_revoked(cast, done, sign_in) -> None:
    badge = opened(badge_of(done, sign_in(cast.rep)))
    cast.rep.is_active = False
    cast.rep.save()
    erase_person(actor=cast.administrator, person=cast.rep)
    assert is_revoked(badge)


def test_a_new_key_signs_and_badges_of_the_old_one_are_still_checked(cast, done, sign_in, settings) -> None:
    client = sign_in(cast.rep)
    before, old = badge_of(done, client), settings.WORKBENCH_BADGE_KEYS
    public = serialization.PublicFormat.SubjectPublicKeyInfo
    kept = badgekeys.parse(old).public[0].public_bytes(serialization.Encoding.PEM, public).decode()
    settings.WORKBENCH_BADGE_KEYS = f"{badgekeys.new_key()}\n{kept}"
    after = badge_of(done, client)
    assert jwt.get_unverified_header(before)["kid"] != jwt.get_unverified_header(after)["kid"]
    assert opened(before) == opened(after)


def test_without_a_key_there_are_no_badges_and_the_page_says_nothing_of_them(
    cast, done, sign_in, settings, tmp_path
) -> None:
    settings.WORKBENCH_BADGE_KEYS, settings.WORKBENCH_BADGE_KEYS_PATH = "", tmp_path / "badge-keys"
    client = sign_in(cast.rep)
    assert "Download as badge" not in text_of(client.get(f"/certificates/{done.pk}/"))
    assert client.get(f"/certificates/{done.pk}/badge/").status_code == 404
    assert Client().get("/badges/status/").status_code == 404
    settings.WORKBENCH_BADGE_KEYS_PATH.write_text(badgekeys.new_key())
    assert opened(badge_of(done, client))["name"] == "Summaries of calls"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no key",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    ],
)
def test_keys_that_cannot_be_used_stop_with_a_sentence(text) -> None:
    with pytest.raises(ImproperlyConfigured, match="badge"):
        badgekeys.parse(text)


def test_the_list_of_what_is_revoked_costs_the_same_for_one_and_for_many(cast, done, django_assert_num_queries) -> None:
    revoke_qualification(actor=cast.leader, qualification=done.qualification)
    with django_assert_num_queries(2):
        Client().get("/badges/status/")
    for _number in range(5):
        Completion.objects.create(learner=cast.rep, path=done.path, language="en", qualification=None, versions={})
    cache.clear()
    with django_assert_num_queries(2):
        Client().get("/badges/status/")
    with django_assert_num_queries(0):
        Client().get("/badges/status/")
