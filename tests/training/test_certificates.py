"""A certificate says what was finished; whoever was handed one can ask whether it is ours, and nobody learns anything else."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests.training.test_assignments import moved, text_of
from tests.training.test_attempts import pass_path
from training.certificates import certificate_of, find_certificate
from training.models import Completion, Exercise
from training.pdf import as_pdf
from workbench.accounts.services import grant_qualification, revoke_qualification
from workbench.privacy.requests import erase_person

pytestmark = pytest.mark.django_db
CHECK = "/certificates/check/"


@pytest.fixture
def done(cast, recap) -> Completion:
    pass_path(cast.rep, recap)
    return Completion.objects.for_certificates().get()


def code_of(completion) -> str:
    return certificate_of(completion).code


def asked(code) -> tuple[int, str]:
    answer = Client().get(CHECK, {"code": code})
    return answer.status_code, text_of(answer)


def test_the_page_says_what_was_finished_and_under_which_versions(cast, done, sign_in) -> None:
    client = sign_in(cast.rep)
    assert f"/certificates/{done.pk}/" in text_of(client.get("/exercises/"))
    page = text_of(client.get(f"/certificates/{done.pk}/"))
    for words in ("Jonas Feld", "Summaries of calls", "English", "counts until", "Recap with a gap", "Nordwerk", "supports the development of AI literacy"):  # fmt: skip
        assert words in page, words
    assert "it certifies nothing in law" in page


def test_the_person_trainers_and_compliance_have_it_and_nobody_else(cast, done, sign_in) -> None:
    for person, status in (
        (cast.rep, 200), (cast.trainer, 200), (cast.compliance, 200), (cast.leader, 404), (cast.reviewer, 404), (cast.colleague, 404), (cast.administrator, 404),
    ):  # fmt: skip
        for place in (f"/certificates/{done.pk}/", f"/certificates/{done.pk}/file/"):
            assert sign_in(person).get(place).status_code == status, person


def test_whoever_was_handed_the_paper_sees_without_a_log_in_what_is_printed(cast, done) -> None:
    for code in (code_of(done), code_of(done).upper(), f" {done.pk} - {done.code} "):
        status, page = asked(code)
        assert status == 200
        assert "This certificate is ours" in page
        assert "Jonas Feld" in page
    assert "jonas" not in page
    assert "attempt" not in page.lower()


@pytest.mark.parametrize(
    "change",
    [
        lambda one: f"{one.pk}-{'0' * 32}",
        lambda one: f"{one.pk + 1}-{one.code}",
        lambda one: f"{one.pk}-{one.code[:-1]}",
        lambda one: f"{one.pk}-{one.code}0",
        lambda one: one.code,
        lambda one: f"{one.pk}",
        lambda one: f"{'9' * 30}-{one.code}",
        lambda one: "’; select",
        lambda one: "²-" + one.code,
    ],
)
def test_everything_else_is_not_known(done, change) -> None:
    status, page = asked(change(done))
    assert status == 404
    assert "Not known." in page
    assert "Jonas" not in page
    assert "Summaries" not in page


def test_without_a_code_the_page_asks_for_one(db) -> None:
    answer = Client().get(CHECK)
    assert answer.status_code == 200
    assert "Not known" not in text_of(answer)


def test_a_code_is_made_of_128_bits_and_nobody_elses(cast, done, second) -> None:
    pass_path(cast.colleague, second)
    codes = [one.code for one in Completion.objects.all()]
    assert len(set(codes)) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", code) for code in codes)
    with pytest.raises(IntegrityError), transaction.atomic():
        Completion.objects.create(learner=cast.leader, path=done.path, language="en", versions={}, code=codes[0])


def test_what_lapsed_or_was_taken_back_shows_as_such(cast, done, monkeypatch) -> None:
    revoke_qualification(actor=cast.leader, qualification=done.qualification)
    page = asked(code_of(done))[1]
    assert "was ours and does not count any more" in page
    assert "taken back on" in page
    type(done.qualification).objects.update(revoked_at=None, revoked_by=None)
    moved(monkeypatch, 300)
    assert "lapsed on" in asked(code_of(done))[1]


def test_one_that_was_renewed_says_so_and_is_not_called_taken_back(cast, done) -> None:
    grant_qualification(actor=cast.trainer, person=cast.rep, name="call-summaries", evidence="Course of March", expires_at=timezone.now() + timedelta(days=500))  # fmt: skip
    page = asked(code_of(done))[1]
    assert "This certificate is ours" in page
    assert "renewed; the newer one counts until" in page


def test_after_the_persons_record_was_erased_nothing_is_said_about_it(cast, done) -> None:
    cast.rep.is_active = False
    cast.rep.save()
    erase_person(actor=cast.administrator, person=cast.rep)
    status, page = asked(f"{done.pk}-{done.code}")
    assert status == 200
    assert "Nothing can be said about it any more." in page
    assert "Jonas" not in page
    assert "Summaries" not in page


def test_the_file_is_a_pdf_and_the_same_each_time(cast, done, sign_in) -> None:
    client = sign_in(cast.rep)
    answer = client.get(f"/certificates/{done.pk}/file/")
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.startswith(b"%PDF-")
    assert answer.content == client.get(f"/certificates/{done.pk}/file/").content
    assert b"Inter-400" in answer.content
    assert len(answer.content) < 200_000


def test_names_of_any_length_and_alphabet_and_many_exercises_fit_on_paper(cast, done) -> None:
    done.learner.first_name, done.learner.last_name = "Łukasz <b>&amp;", "Ștefănescu-Wołodźko Ольга Παπαδοπούλου " * 6
    done.versions = {f"exercise-{n}": [1, "a" * 64] for n in range(80)}
    for language in ("en", "de"):
        done.language = language
        content = as_pdf(certificate_of(done), "https://workbench.example/certificates/check/?code=" + "x" * 60)
        assert content.count(b"/Type /Page\n") >= 2


def test_the_page_costs_the_same_for_one_exercise_and_for_many(cast, done, sign_in, django_assert_num_queries) -> None:
    client = sign_in(cast.rep)
    with django_assert_num_queries(7) as few:
        client.get(f"/certificates/{done.pk}/")
    slugs = list(Exercise.objects.values_list("slug", flat=True))
    more = Completion.objects.create(
        learner=cast.rep, path=done.path, language="de", versions={slug: [1, "a" * 64] for slug in slugs}
    )
    with django_assert_num_queries(len(few.captured_queries)):
        client.get(f"/certificates/{more.pk}/")


def test_the_api_lists_ones_own_and_all_for_trainers(cast, done, second, sign_in, django_assert_num_queries) -> None:
    pass_path(cast.colleague, second)
    mine = sign_in(cast.rep).get("/api/v1/completions/").json()["results"]
    assert [(one["person"], one["path"], one["standing"]) for one in mine] == [("jonas", "summaries", "held")]
    assert find_certificate(mine[0]["code"]) == done
    client = sign_in(cast.trainer)
    with django_assert_num_queries(4):
        assert len(client.get("/api/v1/completions/").json()["results"]) == 2
    assert sign_in(cast.leader).get("/api/v1/completions/").json()["results"] == []
