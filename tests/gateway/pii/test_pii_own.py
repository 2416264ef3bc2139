"""Patterns and words of the house."""

import time

import pytest

from workbench.gateway.pii import OwnPattern, OwnRules, PatternRefused, anonymize, compiled

RULES = OwnRules((OwnPattern("Kundennummer", r"NW-\d{5}"),), frozenset({"nordwerk", "coolguard", "falcon one"}))


def test_a_number_of_the_house_is_replaced_and_the_pattern_named_as_reason() -> None:
    result = anonymize({"a": "The site nw-48213 is theirs."}, own=RULES)
    assert result.texts["a"] == "The site [CUSTOMER_ID_1] is theirs."
    assert result.reasons["[CUSTOMER_ID_1]"].source == "own:Kundennummer"


def test_a_part_of_a_longer_word_is_no_number_of_the_house() -> None:
    text = "XNW-48213, NW-482139 and NW-48213, NW-48214."
    assert [text[f.start : f.end] for f in RULES.find(text)] == ["NW-48213", "NW-48214"]


def test_a_number_of_the_house_cannot_be_left_readable() -> None:
    assert "NW-48213" not in anonymize({"a": "It is NW-48213."}, own=RULES, keep=["NW-48213"]).texts["a"]


def test_words_of_the_house_stay_readable_and_checked_finds_do_not() -> None:
    text = "Hello Falcon One, Ms Coolguard will write to info@nordwerk.example."
    result = anonymize({"a": text}, own=RULES)
    assert "Coolguard" in result.texts["a"]
    assert "nordwerk.example" not in result.texts["a"]
    assert "Coolguard" not in anonymize({"a": text}).texts["a"]


def test_a_false_find_stays_readable_in_every_case_and_with_its_parts() -> None:
    text = "Mr Coolguard Falk likes it. COOLGUARD FALK, says Coolguard."
    result = anonymize({"a": text}, keep=["Coolguard Falk"])
    assert result.texts["a"] == text
    assert "Coolguard Falk" in result.kept


def test_what_is_certain_somewhere_is_replaced_everywhere_whatever_somebody_left_readable() -> None:
    from workbench.gateway import guard
    from workbench.gateway.pii import KnownEntity, KnownIndex

    known = KnownIndex([KnownEntity("Coolguard Falk")])
    text = "Mr Falk is here. Coolguard Falk too, and COOLGUARD FALK."
    result = anonymize({"a": text}, keep=["Coolguard Falk", "Falk"], known=known)
    assert "falk" not in result.texts["a"].lower()
    guard.check(result.texts["a"], result.mapping)


def test_a_mark_wins_over_an_allowed_word() -> None:
    assert "Coolguard" not in anonymize({"a": "We use Coolguard."}, own=RULES, marks=["Coolguard"]).texts["a"]


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("", "empty"), ("   ", "empty"), ("x" * 201, "too_long"), ("(", "not_a_pattern"), ("[", "not_a_pattern"), ("*", "not_a_pattern"),
        ("(a)\\1", "unsupported"), ("(?=NW)\\d", "unsupported"), ("(?<!x)NW", "unsupported"),
        ("(a+)+$", "nested"), (r"(\w*)*x", "nested"), (r"(\d{1,9})+", "nested"),
        (".*", "matches_nothing_much"), (r"\w+", "matches_nothing_much"), (r"\d", "matches_nothing_much"), ("a?", "matches_nothing_much"),
        (r"\d{4}{1000}{1000}", "not_a_pattern"),
    ],
)  # fmt: skip
def test_a_pattern_that_cannot_work_is_refused_with_a_reason(pattern, code) -> None:
    with pytest.raises(PatternRefused) as refused:
        compiled(pattern)
    assert refused.value.code == code


@pytest.mark.parametrize("pattern", [r"(a|aa)+b", r"(a|a)*b", r"NW\d+\d+\d+x", r"(x+x+)y"])
def test_a_pattern_that_would_hang_a_backtracking_engine_is_refused_or_fast(pattern) -> None:
    started = time.monotonic()
    try:
        found = list(OwnRules((OwnPattern("p", pattern),)).find("a" * 50_000 + "x" * 50_000 + " NW" + "1" * 50_000))
    except PatternRefused:
        return
    assert found == []
    assert time.monotonic() - started < 20, "a backtracking engine would need years"


def test_a_stored_pattern_that_is_none_stops_the_scrubbing() -> None:
    from workbench.gateway.pii import ScrubberUnavailable

    with pytest.raises(ScrubberUnavailable):
        anonymize({"a": "It is NW-48213."}, own=OwnRules((OwnPattern("broken", "("),)))
