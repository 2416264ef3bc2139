"""A file that somebody writes is read whatever stands in it: what cannot be taken is said by line, and nothing ends the process."""

import time

import pytest

from policies import yamlfile
from policies.yamlfile import MOST_DEEP, MOST_FAULTS, FileRefused, parse
from training import exercisefile, worksheetfile

FORM = {
    "type": "object",
    "properties": {
        "line": {"type": "integer"},
        "share": {"type": "number"},
        "sure": {"type": "boolean"},
        "name": {"type": "string", "pattern": "^[a-z]+$"},
        "level": {"enum": [1, 2]},
        "rows": {"type": "array", "uniqueItems": True, "maxItems": 5},
        "any": {},
    },
    "additionalProperties": False,
}


def _read(text):
    return parse(text.encode(), FORM, most=10_000_000, too_large="too large").value


def _faults(text, read=_read):
    with pytest.raises(FileRefused) as refused:
        read(text)
    return [str(fault) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("any: x\nrows: " + "[" * 100_000, 2),
        ("any: x\nrows: " + "{a: " * 100_000, 2),
        ("any: x\nrows:\n" + "- " * 100_000, 3),
        ("any: x\n" + "? " * 100_000, 2),
        ("any:\n" + "\n".join(" " * level + "-" for level in range(1, 3_000)), MOST_DEEP + 1),
    ],
    ids=["brackets", "braces", "dashes", "questions", "lines"],
)
def test_a_file_of_nothing_but_openings_is_refused_by_line(text, line) -> None:
    """Not ten times deeper than Python goes, but as deep as it takes to end the process where a tree is built."""
    assert any(fault.startswith(f"Line {line}: Lists and fields stand more than") for fault in _faults(text))


@pytest.mark.parametrize("read", [lambda text: exercisefile.read(text), lambda text: worksheetfile.read(text.encode())])
def test_exercises_and_forms_of_worksheets_are_read_the_same_way(read) -> None:
    for text in ("[" * 49_000, "title:\n" + "- " * 20_000):
        with pytest.raises(FileRefused, match=r"Line \d: Lists and fields stand more than 50 deep"):
            read(text)
    with pytest.raises(FileRefused, match="Line 1, a: References"):
        read("a: *b\n")


def test_as_deep_as_allowed_is_read() -> None:
    deep = MOST_DEEP - 1
    value = _read("any: " + "[" * deep + "]" * deep)["any"]
    for _level in range(deep - 1):
        (value,) = value
    assert value == []


@pytest.mark.parametrize(
    "value",
    [
        "!!bool maybe", '!!bool ""', '!!int ""', '!!int "_"', "!!int 0b", '!!int "-"', '!!float ""', "!!float .", "!!timestamp x", '!!timestamp ""',
        "2026-13-45", "0x" + "f" * 5_000, "9" * 5_000, "1:" * 5_000 + "1", "!!binary aGVsbG8=", "!!seq x", "!!map x", "!!python/name:os.system x", "!own x", "<<",
    ],
)  # fmt: skip
def test_a_value_that_breaks_its_kind_is_a_fault_with_line_and_field(value) -> None:
    assert _faults(f"sure: true\nany: {value}\n") == ["Line 2, any: This value cannot be read."]


@pytest.mark.parametrize("value", ["0x" + "f" * 40, "1" + "0" * 40, ".nan", ".inf", "-.inf", "1.0e+400"])
def test_a_number_that_no_database_keeps_is_a_fault(value) -> None:
    assert _faults(f"sure: true\nany: {value}\n") == ["Line 2, any: This number is too large, or none at all."]


def test_a_whole_number_is_written_as_one() -> None:
    assert _faults("line: 4.0") == ["Line 1, line: Expected a whole number. Found: “4.0”."]
    assert _faults("level: 1.0") == ["Line 1, level: Expected one of: 1, 2. Found: “1.0”."]
    assert _faults("line: true") == ["Line 1, line: Expected a whole number. Found: “True”."]
    assert _read("line: 4\nlevel: 1\nshare: 4\n") == {"line": 4, "level": 1, "share": 4}


def test_what_cannot_be_stored_is_refused_by_line_wherever_it_stands() -> None:
    sentence = "Here stands a character that cannot be stored, such as a zero byte. Take it out."
    assert _faults('sure: true\nany: "a\\0b"\n') == [f"Line 2, any: {sentence}"]
    assert _faults('sure: true\nany: [x, {"a\\0b": 1}]\n') == [f"Line 2, any[2]: {sentence}"]
    assert _faults("sure: true\nany: a\0b\n") == [f"Line 2: {sentence}"]
    assert _faults("sure: true\nany: a\x07b\n") == [f"Line 2: {sentence}"]


def test_what_stands_for_a_name_has_to_be_one() -> None:
    assert _faults("any: {[a, {b: [c]}]: d, e: f}\nsure: 5\n") == [
        "Line 1, any: A name is expected here, with a colon behind it."
    ]
    assert _faults("any: {a: 1, a: 2}\n") == ["Line 1, any.a: This stands here twice."]
    assert _faults("any: &a x\n? *a\n: y\n") == ["Line 2: A name is expected here, with a colon behind it."]


def test_a_name_ends_where_it_ends() -> None:
    """A line break behind a short name would be in every address that is made of it."""
    assert _faults('name: "abc\\n"') == ["Line 1, name: Expected the form ^[a-z]+$. Found: “abc\n”."]
    assert any("small letters, digits and hyphens" in fault for fault in _faults('slug: "abc\\n"', exercisefile.read))


@pytest.mark.parametrize("name", ["new", "adopt", "rubric"])
def test_an_exercise_is_not_called_like_a_page(name) -> None:
    faults = _faults(f"slug: {name}", exercisefile.read)
    assert any(f"not new, adopt or rubric. Found: “{name}”" in fault for fault in faults)


def test_references_are_not_followed_and_one_document_is_enough() -> None:
    bomb = "any: &a [x]\n" + "".join(f"n{n}: &n{n} [*a, *a]\n" for n in range(5))
    assert "Line 2, n0[1]: References (& and *) are not read. Write the value out." in _faults(bomb)
    assert _faults("any: 1\n---\nany: 2\n") == [
        "Line 2: This is not YAML. Look for a colon, quote or indentation that does not fit."
    ]
    assert _faults("\n# nothing\n") == ["The file is empty."]


def test_a_long_file_of_faults_is_told_of_in_time(monkeypatch) -> None:
    began = time.monotonic()
    assert (
        len(_faults("rows: [" + "a, 1, " * 50_000 + "]\n" + 'any: ["\\0", ' + "!!int '', " * 50_000 + "]"))
        == MOST_FAULTS
    )
    assert len(_faults("rows: [" + "a, 1, " * 20_000 + "]")) == 2
    assert time.monotonic() - began < 30
    monkeypatch.setattr(yamlfile, "MOST_VALUES", 100)
    assert _faults("any:\n" + "- x\n" * 200) == ["Line 99: The file has more than 100 values. Split it."]


def test_nothing_of_a_file_that_was_read_stays_in_memory() -> None:
    before = len(yamlfile._SCALARS.constructed_objects)
    _read("any: [1, 2.5, x, 2026-01-01, true, null]")
    assert len(yamlfile._SCALARS.constructed_objects) == before


@pytest.mark.parametrize(
    ("text", "any_"),
    [
        (r'{"any": "\ud83d\ude00"}', "😀"),
        (r'{"any": "\uD83D\uDE00!"}', "😀!"),
        (r'{"any": "\\ud83d\\ude00"}', r"\ud83d\ude00"),
        (r'{"any": "\\\ud83d\ude00"}', r"\😀"),
        (r'{"any": "\ud83d\ude00\u00e9\/\n"}', "😀é/\n"),
        (r"any: '\ud83d\ude00'", r"\ud83d\ude00"),
    ],
)
def test_json_from_a_program_keeps_its_characters_and_a_backslash_its_own(text, any_) -> None:
    assert _read(text) == {"any": any_}


@pytest.mark.parametrize("half", [r"\ud83d", r"\ude00", r"\ude00\ud83d", r"\ud83d x \ude00"])
def test_half_a_character_is_told_as_one_that_cannot_be_stored(half) -> None:
    assert _faults(f'{{"name": "a",\n"any": "{half}"}}') == [
        "Line 2: Here stands a character that cannot be stored, such as a zero byte. Take it out."
    ]
