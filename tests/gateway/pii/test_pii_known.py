"""What the workbench knows about people and firms is found wherever and however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.gateway.pii import DEFAULT_TYPES, PLACEHOLDER_TYPES, KnownEntity, KnownIndex, anonymize

INDEX = KnownIndex(
    [
        KnownEntity("Tamsin Harbour"), KnownEntity("Jörg Müller"), KnownEntity("Nordlicht GmbH", "ORG"),
        KnownEntity("t.harbour@coldline.example", "EMAIL"), KnownEntity("+49 (0)40 5550142", "PHONE"), KnownEntity("coldline.example", "URL"),
    ]
)  # fmt: skip


def _found(text, index=INDEX, types=DEFAULT_TYPES):
    return [text[f.start : f.end] for f in index.find(text, frozenset(types))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("we met tamsin harbour there", ["tamsin harbour"]),
        ("TAMSIN HARBOUR, Tamsin  Harbour's desk", ["TAMSIN HARBOUR", "Tamsin  Harbour"]),
        ("Das Angebot Jörg Müllers liegt vor, sagt Joerg Mueller.", ["Jörg Müllers", "Joerg Mueller"]),
        ("ask Tamsin or Mueller", ["Tamsin", "Mueller"]),
        ("the harbour and its cranes", []),
        ("write to T.Harbour@Coldline.example", ["T.Harbour@Coldline.example"]),
        ("ring 040/555 01 42 or 0049 40 5550142", ["040/555 01 42", "0049 40 5550142"]),
        ("article 4055501423 and 555014", []),
        ("see www.coldline.example", ["coldline.example"]),
        ("Tamsin\nHarbour", ["Tamsin\nHarbour"]),
        ("Tamsin; Harbour", ["Tamsin", "Harbour"]),
    ],
)
def test_an_entry_is_found_in_any_case_and_ending(text, found) -> None:
    assert _found(text) == found


def test_firms_are_replaced_only_where_they_are_asked_for() -> None:
    assert _found("Nordlicht GmbH agrees") == []
    assert _found("nordlicht gmbh agrees", types={"ORG"}) == ["nordlicht gmbh"]


def test_a_known_person_is_replaced_without_any_hint_and_cannot_be_left_readable() -> None:
    plain = "Send it to tamsin harbour tomorrow."
    result = anonymize({"a": plain}, known=INDEX, keep=["tamsin harbour"])
    assert result.texts["a"] == "Send it to [PERSON_1] tomorrow."
    assert result.reasons["[PERSON_1]"].source == "known"
    assert result.kept == ()


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="Unknown placeholder types"):
        KnownIndex([KnownEntity("x y", "ANIMAL")])


@given(st.lists(st.text(max_size=12), max_size=5), st.text(max_size=60))
def test_any_entries_and_any_text_give_findings_inside_the_text(entries, text) -> None:
    for finding in KnownIndex(KnownEntity(entry) for entry in entries).find(text, frozenset(PLACEHOLDER_TYPES)):
        assert 0 <= finding.start < finding.end <= len(text)


@given(st.text(alphabet="abcXYZ äß", min_size=2, max_size=12).filter(lambda t: len("".join(t.split())) >= 2))
def test_every_entry_finds_itself(entry) -> None:
    assert _found(f"so {entry} it is", KnownIndex([KnownEntity(entry)]))
