"""One person is one number, whatever of the name stands where."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.gateway.pii import anonymize, deanonymize, restore
from workbench.gateway.pii.naming import name_persons


def test_parts_of_a_name_keep_the_number_of_the_person() -> None:
    assert name_persons(["Anna", "Tom Berg", "Anna Keller", "Keller", "KELLER", "Berg"]) == {
        "Anna": "[PERSON_1_FIRST]", "Anna Keller": "[PERSON_1]", "Keller": "[PERSON_1_LAST]", "KELLER": "[PERSON_1_LAST2]",
        "Tom Berg": "[PERSON_2]", "Berg": "[PERSON_2_LAST]",
    }  # fmt: skip


def test_initials_middle_names_and_genitives_are_the_same_person() -> None:
    names = name_persons(["Anna Keller", "A. Keller", "Anna M. Keller", "Kellers", "Anna's"])
    assert {name.partition("_")[2][0] for name in names.values()} == {"1"}
    assert len(set(names.values())) == 5


def test_a_part_that_two_people_share_is_nobodys_part() -> None:
    names = name_persons(["Tom Berg", "Ben Berg", "Berg", "Tom Vogt", "Tom"])
    assert names["Berg"] == "[PERSON_3]"
    assert names["Tom"] == "[PERSON_5]"


def test_an_initial_that_fits_two_people_is_a_person_of_its_own() -> None:
    names = name_persons(["Anna Keller", "Arno Keller", "A. Keller"])
    assert len({name[:9] for name in names.values()}) == 3


@given(
    st.lists(
        st.text(alphabet="AaBb. -'sK", max_size=8) | st.sampled_from(["Anna Keller", "Anna", "Keller", "Ann Keller"])
    )
)
def test_no_two_spellings_share_a_placeholder(originals: list[str]) -> None:
    names = name_persons(originals)
    assert set(names) == set(originals)
    assert len(set(names.values())) == len(names)


def test_a_model_sees_that_first_name_and_surname_are_one_person_and_all_comes_back() -> None:
    text = "Ilaria Conti: good morning.\nJonas Feld: Good morning Ilaria. Did Ms Conti get the offer?"
    result = anonymize({"call": text})
    assert (
        result.texts["call"]
        == "[PERSON_1]: good morning.\n[PERSON_2]: Good morning [PERSON_1_FIRST]. Did Ms [PERSON_1_LAST] get the offer?"
    )
    assert deanonymize(result.texts["call"], result.mapping) == text


def test_a_part_the_text_never_used_is_taken_from_the_full_name() -> None:
    restored = restore("Dear Ms [PERSON_1_LAST], [PERSON_2_LAST]", {"[PERSON_1]": "Ilaria Conti", "[PERSON_2]": "Sam"})
    assert restored.text == "Dear Ms Conti, [PERSON_2_LAST]"
    assert restored.unexpected == ("[PERSON_2_LAST]",)


def test_a_person_who_is_named_in_some_form_is_not_missing() -> None:
    mapping = {"[PERSON_1]": "Ilaria Conti", "[PERSON_1_FIRST]": "Ilaria", "[PERSON_2]": "Sam"}
    assert restore("[PERSON_1_FIRST] agreed.", mapping).missing == ("[PERSON_2]",)
