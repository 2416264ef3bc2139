"""The last look: nothing that a placeholder stands for leaves."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workbench.gateway.guard import Leak, check
from workbench.gateway.pii import is_ordinary_word

MAPPING = {"[PERSON_1]": "Ilaria Conti", "[PERSON_2]": "Weiß", "[PHONE_1]": "+49 30 1234567", "[SECRET_1]": "(x)*"}


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        ("[PERSON_1] called [PERSON_2] on [PHONE_1].", ()),
        ("Ilaria Conti called.", ("[PERSON_1]",)),
        ("ILARIA CONTI called.", ("[PERSON_1]",)),
        ("Mr WEISS called.", ("[PERSON_2]",)),
        ("(Ilaria Conti)", ("[PERSON_1]",)),
        ("Call +49 30 1234567, Ilaria Conti!", ("[PERSON_1]", "[PHONE_1]")),
        ("Code (x)* it is", ("[SECRET_1]",)),
        ("Code(x)*", ("[SECRET_1]",)),
        ("[PERSON_1's boss Ilaria Conti]", ("[PERSON_1]",)),
        ("Die Wand ist weiß, sagt Frau [PERSON_2].", ()),
        ("Weißenfels is a town.", ()),
        ("", ()),
    ],
)
def test_what_stands_behind_a_placeholder_is_found_as_a_word_of_its_own(text, leaks) -> None:
    if not leaks:
        check(text, MAPPING)
        return
    with pytest.raises(Leak) as refusal:
        check(text, MAPPING)
    assert refusal.value.placeholders == leaks


def test_the_alarm_names_placeholders_and_never_what_they_stand_for() -> None:
    with pytest.raises(Leak) as refusal:
        check("Ilaria Conti", MAPPING)
    assert "Ilaria" not in str(refusal.value) + repr(refusal.value)


def test_a_word_of_the_template_may_stand_there_as_often_as_in_the_template_and_not_once_more() -> None:
    fixed, mapping = "Goal: name the goal.", {"[PERSON_1]": "Goal"}
    check("Goal: name the goal. [PERSON_1] agreed.", mapping, fixed=fixed)
    with pytest.raises(Leak):
        check("Goal: name the goal. Goal agreed.", mapping, fixed=fixed)


def test_what_only_looked_like_a_placeholder_is_not_personal() -> None:
    check("[PERSON_1] was typed by hand", {"[LITERAL_1]": "[PERSON_1]"})
    check("some   blanks", {"[MARKED_1]": "  "})


def test_only_a_name_may_be_an_ordinary_word_too() -> None:
    check("they will send it", {"[PERSON_1]": "Will"})
    for placeholder in ("[SECRET_1]", "[MARKED_1]"):
        with pytest.raises(Leak):
            check("they will send it", {placeholder: "Will"})


@pytest.mark.parametrize(
    ("text", "leaks"), [("[MARKED_1]ß", False), ("ßs", True), ("ẞ[MARKED_1]S", True), ("Maßnahme", False)]
)
def test_what_a_person_marked_is_no_part_of_a_letter(text, leaks) -> None:
    if leaks:
        with pytest.raises(Leak):
            check(text, {"[MARKED_1]": "s"})
    else:
        check(text, {"[MARKED_1]": "s"})


def test_what_a_person_marked_may_not_stand_inside_a_word_either() -> None:
    with pytest.raises(Leak):
        check("We met Hyperorions.", {"[MARKED_1]": "orion"})
    check("[MARKED_1] and Annabel", {"[PERSON_1]": "Anna", "[MARKED_1]": "orion"})


@given(st.text(max_size=30), st.text(min_size=1, max_size=15), st.text(max_size=30))
def test_no_original_gets_past_between_blanks(before, original, after) -> None:
    assume(original.strip() == original and not is_ordinary_word(original.lower()))
    with pytest.raises(Leak):
        check(f"{before} {original} {after}", {"[PERSON_1]": original})
