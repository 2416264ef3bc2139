"""The same person, address or number, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.privacy import subjects
from workbench.privacy.models import DataKey, SubjectIndex, SubjectMark
from workbench.privacy.spellings import subject_of, subjects_in, visible
from workbench.privacy.subjects import find_subject, mark_subjects

pytestmark = pytest.mark.django_db


def _how(asked: str, stored: str, kind: str) -> str:
    """How a record is found that names ``stored``, by whoever asks for ``asked``."""
    key = DataKey.make()
    mark_subjects(key, [(kind, stored)])
    return next((how for how, keys in find_subject(asked).items() if key.pk in keys), "")


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ("Soren Aberg", "Søren Åberg"),
        ("Søren Åberg", "Soren Aberg"),
        ("Lukasz Wrobel", "Łukasz Wróbel"),
        ("Yildiz Demir", "Yıldız Demir"),
        ("Djordje Popovic", "Đorđe Popović"),
        ("Dorde Popovic", "Đorđe Popović"),
        ("Thor Aegir", "Thor Ægir"),
        ("Hans Gross", "Hans Groß"),
        ("Hanspeter Maier", "Hans-Peter Maier"),
        ("Hans-Peter Maier", "Hanspeter Maier"),
        ("Hans Peter Maier", "Hans–Peter Maier"),
        ("Anna O'Brien", "Anna OBrien"),
        ("Anna O`Brien", "Anna O’Brien"),
        ("Anna O´Brien", "Anna O'Brien"),
        ("Ilaria Conti (Tessaro)", "Ilaria Conti"),
        ("Doktor Ilaria Conti", "Ilaria Conti"),
        ("Ilaria Conti", "Signora Ilaria Conti"),
        ("Conti, Ilaria", "Ms Ilaria Conti's"),
    ],
)
def test_a_name_is_found_as_a_whole_in_every_spelling(asked, stored) -> None:
    assert _how(asked, stored, "name") == "whole"


@pytest.mark.parametrize(
    ("asked", "stored"), [("Jürgen Müller", "Jürgen Müllers"), ("Jürgen Müllers", "Jürgen Müller"), ("Anna Peter", "Anna Peters")]
)  # fmt: skip
def test_a_german_genitive_is_found_and_does_not_make_one_of_two_people(asked, stored) -> None:
    assert _how(asked, stored, "name") == "all"


def test_a_family_name_alone_is_found_in_a_genitive_too() -> None:
    assert _how("Müller", "Herr Müllers", "name") == "some"


@pytest.mark.parametrize(
    ("asked", "stored", "how"),
    [
        ("+43 (0)664 1234567", "0664/1234567", "whole"),
        ("tel:+436641234567", "0664 1234567", "whole"),
        ("Tel. 0664 1234567", "0664 1234567", "whole"),
        ("0664 1234567 ext. 12", "0664 1234567", "whole"),
        ("0664 1234567", "0664 1234567 DW 12", "whole"),
        ("555 1234567 x12", "(555) 123-4567", "whole"),
        ("+43 1 234567", "234567", "some"),
        ("234567", "+43 1 234567", "some"),
        ("0664 1234567", "0664 7654321", ""),
    ],
)
def test_a_number_is_found_with_whatever_stands_around_it(asked, stored, how) -> None:
    assert _how(asked, stored, "phone") == how


@pytest.mark.parametrize("asked", ["Ilaria Conti <i.conti@tessaro.example>", "mailto:I.Conti@tessaro.example", "<i.conti@tessaro.example>", "i.conti@tessaro.example."])  # fmt: skip
def test_an_address_is_found_with_whatever_stands_around_it(asked) -> None:
    assert _how(asked, "i.conti@tessaro.example", "email") == "whole"


def test_a_name_an_address_and_a_number_are_asked_for_at_once() -> None:
    asked = "Ilaria Conti <i.conti@tessaro.example>, Tel. 0664 1234567"
    assert [subject.kind for subject in subjects_in(asked)] == ["email", "phone", "name"]
    for kind, stored in (("name", "Ilaria Conti"), ("email", "i.conti@tessaro.example"), ("phone", "+43 664 1234567")):
        assert _how(asked, stored, kind) == "whole"


def test_marks_from_before_are_found_by_the_spelling_they_were_written_in() -> None:
    key, secret = DataKey.make(), SubjectIndex.key()
    for kind, text in (("name", "aberg søren"), ("word", "søren"), ("word", "aberg")):
        SubjectMark.objects.create(data_key=key, digest=subjects._hmac(secret, kind, text))
    assert key.pk in find_subject("Søren Åberg")["whole"]
    assert key.pk in find_subject("Soren Aberg")["some"]


@given(st.text(max_size=80), st.sampled_from(["", "name", "email", "phone"]))
def test_whatever_is_asked_for_or_detected_is_read_without_an_error(text, kind) -> None:
    subject_of(text, kind)


@pytest.mark.parametrize(
    ("text", "seen"),
    [("a reason", "a reason"), ("\u200b" * 20, ""), ("\u3164" * 20, ""), ("\u2800\u00ad \u2060", ""), ("..........", ""), ("a\u200bb\n c", "ab c")],
)  # fmt: skip
def test_what_cannot_be_seen_is_no_text(text, seen) -> None:
    assert visible(text) == seen
