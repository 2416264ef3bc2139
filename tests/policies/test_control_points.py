"""Every kind of control point: what it lets through and what it marks."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.control_points import KINDS, Draft, Place, accepts, run_checks

SOURCE = "Ilaria Conti runs 3 cold stores with 214 doors. Budget: 84,000 euros, decision on 9 December."
SCHEMA = {
    "type": "object",
    "properties": {"budget": {"type": "string"}, "needs": {"type": "array", "items": {"type": "string"}}},
    "required": ["budget"],
    "additionalProperties": False,
}


def _check(kind, text, params=None, **facts):
    (result,) = run_checks({kind: params or {}}, Draft(text, (SOURCE,), **facts))
    assert result.kind == kind
    return result


def test_every_kind_has_a_place_words_and_an_icon_and_only_checks_on_the_output_look_at_it() -> None:
    for kind in KINDS.values():
        assert kind.place in Place.values
        assert str(kind.label)
        assert str(kind.hint)
        assert kind.icon
        assert (kind.check is not None) == (kind.place == Place.OUTPUT)


def test_only_what_was_asked_for_is_checked_in_the_order_of_the_kinds() -> None:
    points = {"length": {}, "four_eyes": {}, "figures_in_source": {}, "scrub": {}}
    assert [result.kind for result in run_checks(points, Draft("214 doors", (SOURCE,)))] == [
        "figures_in_source",
        "length",
    ]
    assert run_checks({}, Draft("anything")) == []


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("214 doors, 84.000 euros", ()),
        ("84 000 euros on 9 December", ()),
        ("84’000 euros", ()),
        ("No figures at all", ()),
        ("1. Send the offer\n2) Call again", ()),
        ("215 doors", ("215",)),
        ("84,500 euros and 214 doors and 84,500 again", ("84,500 euros", "84,500")),
        ("90 % sure", ("90 %",)),
        ("[PERSON_7] and CO2 and B2B", ()),
    ],
)
def test_a_figure_that_nobody_said_is_marked(text, marks) -> None:
    result = _check("figures_in_source", text)
    assert (result.ok, result.marks) == (not marks, marks)


@given(st.text(alphabet="0123456789 .,)’'\nab[]%", max_size=60))
def test_a_draft_that_copies_its_source_never_raises_an_alarm(text) -> None:
    (result,) = run_checks({"figures_in_source": {}}, Draft(text, (text,)))
    assert result.ok, result.marks


@given(st.integers(min_value=0, max_value=10**9))
def test_any_figure_that_no_source_holds_is_marked(figure) -> None:
    (result,) = run_checks({"figures_in_source": {}}, Draft(f"They pay {figure} euros", ("They pay nothing.",)))
    assert result.marks == (f"{figure} euros",)


@pytest.mark.parametrize(
    ("text", "ok", "mark"),
    [
        ('{"budget": "84,000"}', True, None),
        ('{"budget": "84,000", "needs": ["alarm"]}', True, None),
        ('{"budget": 84000}', False, "budget"),
        ('{"needs": []}', False, "required"),
        ('{"budget": "x", "needs": [1]}', False, "needs/0"),
        ('{"budget": "x", "mood": "angry"}', False, "additionalProperties"),
        ("Here is the JSON you asked for", False, "The answer is not JSON."),
        ("", False, "The answer is not JSON."),
    ],
)
def test_fields_must_have_the_promised_form_and_the_fault_names_the_field_not_the_value(text, ok, mark) -> None:
    result = _check("schema", text, schema=SCHEMA)
    assert result.ok is ok
    assert result.marks == (() if mark is None else (mark,))


def test_without_a_schema_nothing_has_the_promised_form() -> None:
    assert not _check("schema", "{}").ok


@pytest.mark.parametrize(
    ("value", "ok"),
    [
        ({"contact": "Ilaria Conti"}, True),
        ({"contact": "ilaria   CONTI"}, True),
        ({"contact": ["Ilaria Conti", "Henrik Aas"]}, False),
        ({"contact": "Henrik Aas"}, False),
        ({"contact": ""}, True),
        ({"contact": None}, True),
        ({}, True),
        ({"summary": "written freely"}, True),
        (["Ilaria Conti"], True),
    ],
)
def test_copied_fields_must_stand_in_the_source(value, ok) -> None:
    result = _check("values_in_source", json.dumps(value), {"fields": ["contact"]})
    assert (result.ok, result.marks) == (ok, () if ok else ("contact",))


def test_copied_fields_of_something_that_is_not_json_are_not_passed() -> None:
    assert not _check("values_in_source", "Ilaria Conti", {"fields": ["contact"]}).ok


def test_a_placeholder_that_stands_for_nobody_is_marked() -> None:
    assert _check("placeholders_restored", "Ilaria Conti called").ok
    result = _check("placeholders_restored", "[PERSON_9] called", unexpected=("[PERSON_9]",))
    assert (result.ok, result.marks) == (False, ("[PERSON_9]",))


@pytest.mark.parametrize(("words", "ok"), [(0, False), (1, True), (20, True), (21, False)])
def test_a_draft_is_neither_empty_nor_longer_than_agreed(words, ok) -> None:
    assert _check("length", "word " * words, {"words": 20}).ok is ok


@given(st.text(max_size=80), st.lists(st.text(max_size=30), max_size=3))
def test_whatever_a_model_answers_every_check_gives_an_answer(text, sources) -> None:
    points = {name: {} for name in KINDS} | {"values_in_source": {"fields": ["a"]}}
    results = run_checks(points, Draft(text, tuple(sources), schema=SCHEMA))
    assert [result.kind for result in results] == [kind.name for kind in KINDS.values() if kind.check]
    assert all(result.ok or result.kind == "length" or result.marks for result in results)


@pytest.mark.parametrize(
    ("kind", "params", "ok"),
    [
        ("length", {}, True),
        ("length", {"words": 600}, True),
        ("length", {"words": "600"}, False),
        ("length", {"letters": 600}, False),
        ("time_limit", {"hours": 0.5}, True),
        ("time_limit", {"hours": 0}, False),
        ("sample", {"percent": 20, "rejects": 2, "window": 20}, True),
        ("sample", {"percent": 101}, False),
        ("sample", {"window": 0}, False),
        ("values_in_source", {"fields": ["budget"]}, True),
        ("values_in_source", {"fields": [1]}, False),
        ("four_eyes", {}, True),
        ("four_eyes", {"eyes": 2}, False),
        ("scrub", [], False),
    ],
)
def test_parameters_are_looked_at_when_a_control_point_is_placed(kind, params, ok) -> None:
    assert accepts(kind, params) is ok
