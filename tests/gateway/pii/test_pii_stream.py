"""What a model answers comes home piece by piece: the same as in one piece, and nothing personal that nobody gave is ever on the way."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.gateway.pii import DocumentStream, Reply, TextStream, anonymize, deanonymize

MAPPING = {
    "[PERSON_1]": "Anna “Ann” Keller",
    "[PERSON_1_LAST]": "Keller",
    "[EMAIL_1]": "anna.keller@kessler.example",
    "[ADDRESS_1]": 'Hof "Lindenau" 4\n98693 Ilmenau',
    "[URL_1]": "https://kessler.example/anna.keller@kessler.example?x=\\n",
    "[PHONE_1]": "+49 89 1234567",
}
GIVEN = "Write to [PERSON_1] ([EMAIL_1], [PHONE_1]), [ADDRESS_1], see [URL_1]. [PERSON_1_LAST] waits for the offer."
#: What no source holds, each with what of it must not be seen.
STRANGERS = (
    "Katrin Hollmann",
    "katrin.hollmann@othermail.example",
    "+49 171 2345678",
    "DE89 3704 0044 0532 0130 00",
)
_WORDS = st.sampled_from(
    ["the", "offer", "is", "ready", "and", "Angebot", "für", "Sie", "wir", "haben", "\n", "\n\n", ".", ",", "EUR", "25,000", "- ", "will", "“quoted”", "{", "}", "[", "]", "\\", "ß", "😀", *MAPPING, *STRANGERS]
)  # fmt: skip
_TEXTS = st.lists(_WORDS, max_size=40).map(" ".join)


def split(text: str, places: list[int]) -> list[str]:
    ends = sorted({min(place, len(text)) for place in places})
    return [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]


def streamed(stream: Any, chunks: list[str]) -> str:
    return "".join([*map(stream.feed, chunks), stream.finish()])


@settings(deadline=None, max_examples=60)
@given(_TEXTS, st.lists(st.integers(0, 400), max_size=30))
@example("[PERSON_1] waits. Katrin Hollmann wrote from katrin.hollmann@othermail.example and asks.", list(range(200)))
def test_a_text_in_pieces_is_the_text_in_one_piece(text: str, places: list[int]) -> None:
    whole = streamed(TextStream(Reply([GIVEN], MAPPING)), [text])
    assert streamed(TextStream(Reply([GIVEN], MAPPING)), split(text, places)) == whole


_JSON = st.recursive(
    st.one_of(_TEXTS, st.integers(-(10**13), 10**13), st.booleans(), st.none(), st.floats(allow_nan=False, allow_infinity=False)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "to", "note", "[PERSON_1]", "a b"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(_JSON, st.booleans(), st.sampled_from([None, 2]), st.lists(st.integers(0, 400), max_size=30))
def test_a_document_in_pieces_is_the_same_and_stays_json(
    value: Any, ascii_only: bool, indent: int | None, places: list[int]
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    whole = streamed(DocumentStream(Reply([GIVEN], MAPPING)), [text])
    assert streamed(DocumentStream(Reply([GIVEN], MAPPING)), split(text, places)) == whole
    json.loads(whole)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60), st.lists(st.integers(0, 60), max_size=10))
@example('{"a": [PERSON_1]}', [3, 5, 9])
@example("[PERSON_1] said so", [1, 2])
@example('{"a": "b', [3])
@example('{"a": "\\u00', [8])
@example('{"a": "\\ud83d', [8])
@example("[1] Source", [1])
def test_what_is_no_document_goes_on_as_text(text: str, places: list[int]) -> None:
    whole = streamed(DocumentStream(Reply([GIVEN], MAPPING)), [text])
    assert streamed(DocumentStream(Reply([GIVEN], MAPPING)), split(text, places)) == whole


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("frame", ["{}", "Dear {}, thank you", "The best person to ask is {} and the offer is ready.", "Yes: {}\nNext line", "wir haben mit {} gesprochen, und die Antwort ist da"])  # fmt: skip
def test_somebody_whom_nobody_named_is_never_seen_wherever_the_answer_is_split(stranger: str, frame: str) -> None:
    text = frame.format(stranger)
    for place in range(len(text)):
        stream = TextStream(Reply([GIVEN], MAPPING))
        seen = stream.feed(text[:place]) + stream.feed(text[place:]) + stream.finish()
        assert "[NEW_" in seen
        assert not [piece for piece in stranger.split() if len(piece) > 3 and piece in seen]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_an_escape_hides_nobody(stranger: str) -> None:
    escaped = "".join(f"\\u{ord(char):04x}" for char in stranger)
    text = f'{{"to": "{escaped}", "note": "Ask {escaped} and then"}}'
    stream = DocumentStream(Reply([GIVEN], MAPPING))
    seen = "".join([*map(stream.feed, text), stream.finish()])
    assert stranger not in seen
    assert "\\u" not in seen
    assert json.loads(seen)["to"].startswith("[NEW_")


def test_a_number_that_is_somebodys_becomes_a_mark_and_the_document_stays_one() -> None:
    text = '{"phone": 4915112345678, "amount": 25000, "share": 0.25}'
    seen = json.loads(streamed(DocumentStream(Reply([GIVEN], MAPPING)), list(text)))
    assert (seen["amount"], seen["share"]) == (25000, 0.25)


def test_an_original_with_quotation_marks_and_lines_stays_one_string() -> None:
    text = '{"to": "\\u005bADDRESS_1\\u005d", "cc": "[PERSON_1], [URL_1]"}'
    seen = json.loads(streamed(DocumentStream(Reply([GIVEN], MAPPING)), list(text)))
    assert seen == {"to": MAPPING["[ADDRESS_1]"], "cc": f"{MAPPING['[PERSON_1]']}, {MAPPING['[URL_1]']}"}


def test_the_first_words_leave_at_once() -> None:
    stream = TextStream(Reply([GIVEN], MAPPING))
    assert stream.feed("Thank ") == ""
    assert stream.feed("you ") == "Thank "
    assert stream.feed("for the ") == "you for "


def test_a_name_is_not_sent_in_part_where_it_begins_like_a_sentence() -> None:
    stream = TextStream(Reply([GIVEN], MAPPING))
    seen = stream.feed("Will Katrin Holl")
    assert seen == ""
    seen += stream.feed("mann call? I think so") + stream.finish()
    assert "Katrin" not in seen
    assert "mann" not in seen


@settings(deadline=None, max_examples=60)
@given(_TEXTS)
def test_what_the_model_repeats_comes_back_as_it_was_sent(text: str) -> None:
    sent = anonymize({"text": text})
    reply = Reply([sent.texts["text"]], sent.mapping)
    assert (
        streamed(TextStream(reply), list(sent.texts["text"])) == deanonymize(sent.texts["text"], sent.mapping) == text
    )
    assert not reply.marks
