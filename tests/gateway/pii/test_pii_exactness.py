"""Every text comes back exactly, whole and in every split; hypothesis looks for one that does not."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.gateway import guard
from workbench.gateway.pii import (
    PLACEHOLDER_TYPES,
    Finding,
    KnownEntity,
    KnownIndex,
    Restorer,
    anonymize,
    deanonymize,
    restore,
)
from workbench.gateway.pii.placeholders import find_placeholders
from workbench.gateway.pii.scrub import _assemble


def relaxed(examples: int) -> settings:
    """No deadline: the machine may be busy, and how fast it is is not the question here."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


FRAGMENTS = [
    *(
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        "{{",
        "}}",
        "<",
        ">",
        "<<",
        ">>",
        "\\",
        "\\[",
        "\\]",
        "_",
        "\\_",
        " ",
        "-",
        "'s",
        "’s team",
    ),
    *(
        "PERSON",
        "person",
        "Person",
        "EMAIL",
        "DATE_OF_BIRTH",
        "date of birth",
        "LITERAL",
        "CUSTOMER_ID",
        "PERSON_1",
        "[PERSON_1]",
        "[PERSON_1_FIRST]",
        "_FIRST",
        "last",
        "LAST2",
        "FULL",
    ),
    *(
        "1",
        "2",
        "12",
        "01",
        "0000001",
        "**",
        "\n",
        "x",
        "ß",
        "ſ",
        "\u212a",
        "\ud800",
        "\x00",
        "．",
        "Anna",
        "anna",
        "ANNA",
        "Anna Schmidt",
    ),
    *(
        "a@b.de",
        "+49 30 1234567",
        "Herr Schmidt",
        "Max",
        "max",
        "will",
        "Will",
        "DE89 3704 0044 0532 0130 00",
        "📞",
        "e\u0301",
    ),
]
noisy = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=3)), max_size=14).map("".join)
anything = st.one_of(noisy, st.text(max_size=60))

MAPPING = {f"[{type_}_{n}]": f"<{type_} {n}>" for type_ in PLACEHOLDER_TYPES for n in (1, 2, 12)} | {
    "[PERSON_1]": "Anna [EMAIL_1",
    "[PERSON_2]": "PERSON_1",
    "[PERSON_2_FIRST]": "one",
    "[PERSON_12_LAST2]": "two",
}


@relaxed(60)
@given(anything)
def test_every_string_comes_back_exactly_with_the_real_detector(text: str) -> None:
    scrubbed = anonymize_in_english(text)
    assert deanonymize(*scrubbed) == text


def anonymize_in_english(text: str) -> tuple[str, dict[str, str]]:
    from workbench.gateway.pii import LanguageUnsupported

    try:
        result = anonymize({"a": text}, marks=["x"], known=KnownIndex([KnownEntity("Max Muster")]))
    except LanguageUnsupported:
        return text, {}
    guard.check(result.texts["a"], result.mapping)
    return result.texts["a"], result.mapping


@st.composite
def texts_with_findings(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, list[Finding]]]:
    """Texts with arbitrary overlapping findings, as a detector gone wild would give them."""
    texts = draw(st.dictionaries(st.sampled_from(["a", "b", "c"]), anything, min_size=1, max_size=3))
    found: dict[str, list[Finding]] = {}
    for name, text in texts.items():
        found[name] = []
        for _ in range(draw(st.integers(0, 5))):
            start = draw(st.integers(0, len(text)))
            end = draw(st.integers(start, min(len(text), start + 12)))
            type_ = draw(st.sampled_from([t for t in PLACEHOLDER_TYPES if t not in ("MARKED", "LITERAL")]))
            found[name].append(Finding(start, end, type_, 0.5, "wild"))
    return texts, found


@relaxed(600)
@given(
    texts_with_findings(),
    st.lists(st.sampled_from([*FRAGMENTS]), max_size=2),
    st.lists(st.sampled_from([*FRAGMENTS, "anna schmidt", "Schmidt"]), max_size=3),
)
def test_whatever_the_detector_says_the_texts_come_back_and_nothing_stays(
    given_: tuple[dict[str, str], dict[str, list[Finding]]], marks: list[str], keep: list[str]
) -> None:
    texts, found = given_
    result = _assemble(texts, found, marks, "en", keep=frozenset(keep))
    for name, text in texts.items():
        assert deanonymize(result.texts[name], result.mapping) == text
        assert restore(result.texts[name], result.mapping).unexpected == ()
        guard.check(result.texts[name], result.mapping)
        spans = result.findings[name]
        assert all(left.end <= right.start for left, right in itertools.pairwise(spans))
        assert all(text[span.start : span.end] in result.mapping.values() for span in spans)
        assert all(p.key in result.mapping for p in find_placeholders(result.texts[name]))


@relaxed(600)
@given(noisy, st.lists(st.integers(0, 200), max_size=12))
def test_a_stream_in_any_split_equals_the_whole(text: str, cuts: list[int]) -> None:
    points = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    restorer = Restorer(MAPPING)
    streamed = "".join(restorer.feed(text[a:b]) for a, b in itertools.pairwise(points)) + restorer.finish()
    assert streamed == deanonymize(text, MAPPING)


@relaxed(200)
@given(noisy)
def test_a_stream_of_single_characters_equals_the_whole(text: str) -> None:
    restorer = Restorer(MAPPING)
    assert "".join(map(restorer.feed, text)) + restorer.finish() == deanonymize(text, MAPPING)


def test_a_stream_in_every_split_in_two_and_three() -> None:
    text = "Dear {{Person_1}}, [person 2's team] (EMAIL_1) \\[PERSON\\_1\\] PERSON_12 [DATE OF BIRTH 1]! [PERSON_"
    whole = deanonymize(text, MAPPING)
    for first, second in itertools.combinations_with_replacement(range(len(text) + 1), 2):
        restorer = Restorer(MAPPING)
        pieces = [restorer.feed(part) for part in (text[:first], text[first:second], text[second:])]
        assert "".join(pieces) + restorer.finish() == whole


def test_the_stream_holds_back_only_what_could_become_a_placeholder() -> None:
    restorer = Restorer({"[PERSON_1]": "Anna"})
    assert restorer.feed("Hello [PERS") == "Hello "
    assert restorer.feed("ON_1") == ""
    assert restorer.feed("] and [so on] ") == "Anna and [so on] "
    assert restorer.feed("Perhaps") == "Perhaps"
    assert restorer.feed(" Per") == " "
    assert restorer.finish() == "Per"
    with pytest.raises(ValueError, match="finished"):
        restorer.feed("x")


@pytest.mark.parametrize(
    ("written", "restored"),
    [
        ("[PERSON_1]", "Anna"),
        ("[Person_1]", "Anna"),
        ("[person 1]", "Anna"),
        ("[PERSON1]", "Anna"),
        ("[PERSON-1]", "Anna"),
        ("[ PERSON_1 ]", "Anna"),
        ("(PERSON_1)", "Anna"),
        ("{PERSON_1}", "Anna"),
        ("{{PERSON_1}}", "Anna"),
        ("{{ person_1 }}", "Anna"),
        ("<PERSON_1>", "Anna"),
        ("<<PERSON_1>>", "Anna"),
        ("**[PERSON_1]**", "**Anna**"),
        ("**PERSON_1**", "**Anna**"),
        ("\\[PERSON\\_1\\]", "Anna"),
        ("[PERSON\\_1]", "Anna"),
        ("PERSON_1's", "Anna's"),
        ("[PERSON_1's team]", "Anna's team"),
        ("[PERSON_1]'s", "Anna's"),
        ("[PERSON_1]s", "Annas"),
        ("[PERSON_1, DATE_OF_BIRTH_1]", "[Anna, 3. Mai]"),
        ("[Date of birth 1]", "3. Mai"),
        ("[PERSON_01]", "Anna"),
        ("[PERSON_2_FIRST]", "Tom"),
        ("[Person 2 first]", "Tom"),
        ("[person-2-last's offer]", "Berg's offer"),
        ("PERSON_2_LAST", "Berg"),
        ("[PERSON_2_FULL2]", "[PERSON_2_FULL2]"),
        ("[PERSON_1_LAST]", "[PERSON_1_LAST]"),
        ("[PERSON_9]", "[PERSON_9]"),
        ("person 1", "person 1"),
        ("PERSON_1x", "PERSON_1x"),
        ("xPERSON_1", "xPERSON_1"),
        ("PERSON_", "PERSON_"),
    ],
)
def test_mangled_placeholders_are_understood(written: str, restored: str) -> None:
    assert (
        deanonymize(written, {"[PERSON_1]": "Anna", "[PERSON_2]": "Tom Berg", "[DATE_OF_BIRTH_1]": "3. Mai"})
        == restored
    )


def test_restoring_tells_what_is_missing_and_what_nobody_expected() -> None:
    mapping = {"[PERSON_1]": "Anna", "[PERSON_2]": "Ben", "[EMAIL_1]": "a@b.de", "[LITERAL_1]": "[PERSON_7]"}
    result = restore("Hello (person_1), write to [EMAIL_2] or [COMPANY_1] or [EMAIL_2].", mapping)
    assert result.text == "Hello Anna, write to [EMAIL_2] or [COMPANY_1] or [EMAIL_2]."
    assert result.used == {"[PERSON_1]"}
    assert result.missing == ("[PERSON_2]", "[EMAIL_1]")
    assert result.unexpected == ("[EMAIL_2]", "[COMPANY_1]")


def test_what_was_put_back_is_not_looked_at_again() -> None:
    assert deanonymize("[PERSON_2]", {"[PERSON_1]": "Anna", "[PERSON_2]": "[PERSON_1]"}) == "[PERSON_1]"


@pytest.mark.parametrize(("text", "personal"), [("Say PERSON_1Anna now", "Anna"), ("Say AnnaPERSON_1 now", "Anna")])
def test_a_look_alike_that_arises_beside_a_placeholder_is_replaced_too(text: str, personal: str) -> None:
    start = text.index(personal)
    found = [Finding(start, start + len(personal), "EMAIL", 1.0, "wild")]
    result = _assemble({"a": text}, {"a": found}, [], "en")
    assert sorted(result.mapping) == ["[EMAIL_1]", "[LITERAL_1]"]
    assert result.mapping["[LITERAL_1]"] == "PERSON_1"
    assert deanonymize(result.texts["a"], result.mapping) == text
    assert result.texts["a"].startswith("Say [")
