"""An answer to a conversation on its way home: text, JSON and calls of tools, however they are split."""

import json
from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.gateway.answering import AnswerStream, finish_of
from workbench.gateway.llm import CallPiece, Chunk

MAPPING = {
    "[PERSON_1]": 'Anna "Ann" Keller',
    "[EMAIL_1]": "anna.keller@kessler.example",
    "[ADDRESS_1]": "Lindenhof 4\n98693 Ilmenau",
}
SOURCES = ["Write to [PERSON_1], [EMAIL_1], [ADDRESS_1] about the offer."]
STRANGER = "katrin.hollmann@othermail.example"


def stream(*, as_document: bool = False) -> AnswerStream:
    return AnswerStream(SOURCES, MAPPING, names=["send_mail", "person_1"], as_document=as_document)


def passed(answer: AnswerStream, chunks: Iterable[Chunk]) -> list[Chunk]:
    return [*(one for chunk in chunks for one in answer.feed(chunk)), *answer.finish()]


def letters(text: str) -> list[Chunk]:
    return [Chunk(char) for char in text]


def text_of(chunks: Iterable[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks)


def test_text_comes_home_letter_by_letter() -> None:
    answer = stream()
    assert text_of(passed(answer, letters("Dear [PERSON_1], the offer is ready. [PERSON_7] too."))) == 'Dear Anna "Ann" Keller, the offer is ready. [PERSON_7] too.'  # fmt: skip
    assert answer.unexpected == ("[PERSON_7]",)
    assert set(answer.missing) == {"[EMAIL_1]", "[ADDRESS_1]"}


@pytest.mark.parametrize(
    "text",
    [
        '{"to": "[PERSON_1]", "at": "[ADDRESS_1]"}',
        '\n ```json\n{"to": "[PERSON_1]", "at": "[ADDRESS_1]"}\n```\n',
        '[{"to": "[PERSON_1]", "at": "[ADDRESS_1]"}]',
        '{ "to": "\\u005bPERSON_1]", "at": "[ADDRESS_1\\u005D"}',
    ],
)
def test_a_document_in_the_text_stays_one_whether_or_not_it_was_asked_for(text: str) -> None:
    for as_document in (False, True):
        whole = text_of(passed(stream(as_document=as_document), letters(text)))
        bare = whole.strip().removeprefix("```json").removesuffix("```")
        found = json.loads(bare)
        assert (found[0] if isinstance(found, list) else found) == {"to": MAPPING["[PERSON_1]"], "at": MAPPING["[ADDRESS_1]"]}  # fmt: skip


@pytest.mark.parametrize("text", ["[PERSON_1] asks.", "{PERSON_1} asks.", "{{PERSON_1}} asks.", "(PERSON_1) asks.", "`[PERSON_1]` asks."])  # fmt: skip
def test_a_mark_at_the_beginning_is_no_document(text: str) -> None:
    assert 'Anna "Ann" Keller' in text_of(passed(stream(), letters(text)))


def test_calls_of_tools_come_home_in_their_order() -> None:
    arguments = '{"to": "[EMAIL_1]", "text": "Dear [PERSON_1]"}'
    chunks = [Chunk("I write."), Chunk(calls=(CallPiece(0, "call_a", "send_mail"),)), *(Chunk(calls=(CallPiece(0, arguments=char),)) for char in arguments),
              Chunk(calls=(CallPiece(1, "call_b", "send_mail", arguments),)), Chunk(finish_reason="tool_calls")]  # fmt: skip
    answer = stream()
    out = passed(answer, chunks)
    assert text_of(out) == "I write."
    assert [(call.at, call.id, call.name) for call in answer.calls] == [
        (0, "call_a", "send_mail"),
        (1, "call_b", "send_mail"),
    ]
    for call in answer.calls:
        assert json.loads(call.arguments) == {"to": MAPPING["[EMAIL_1]"], "text": 'Dear Anna "Ann" Keller'}
    kinds = [("text" if chunk.text else chunk.calls[0].at) for chunk in out]
    assert kinds == sorted(kinds, key=["text", 0, 1].index)
    assert answer.finish_reason == "tool_calls"


def test_a_tool_that_nobody_offered_tells_nobodys_name() -> None:
    answer = stream()
    passed(answer, [Chunk(calls=(CallPiece(0, "id with Katrin", "mail_katrin.hollmann@othermail.example", "{}"),))])
    (call,) = answer.calls
    assert call.id == "call_1"
    assert "hollmann" not in call.name


_PIECES = st.sampled_from(["Dear ", "[PERSON_1]", "[EMAIL_1]", "the offer is ", STRANGER, " and ", "\n", '{"a": "', '"}', "`", "```json\n", "[", "]", "25,000 EUR ", "\\u0041"])  # fmt: skip


@settings(deadline=None, max_examples=80)
@given(st.lists(_PIECES, max_size=16).map("".join), st.lists(_PIECES, max_size=10).map("".join), st.lists(st.integers(0, 200), max_size=20), st.booleans())  # fmt: skip
@example("```json\n{}", "", [4, 7], False)
def test_streamed_equals_whole(text: str, arguments: str, places: list[int], as_document: bool) -> None:
    def cut(value: str) -> list[str]:
        ends = sorted({min(place, len(value)) for place in places})
        return [value[a:b] for a, b in zip([0, *ends], [*ends, len(value)], strict=True)]

    whole, pieces = stream(as_document=as_document), stream(as_document=as_document)
    call = CallPiece(0, "call_a", "send_mail")
    passed(whole, [Chunk(text), Chunk(calls=(call, CallPiece(0, arguments=arguments)))])
    passed(pieces, [*map(Chunk, cut(text)), Chunk(calls=(call,)), *(Chunk(calls=(CallPiece(0, arguments=one),)) for one in cut(arguments))])  # fmt: skip
    assert (pieces.text, pieces.calls, pieces.unexpected) == (whole.text, whole.calls, whole.unexpected)
    assert STRANGER not in whole.told


@pytest.mark.parametrize(("said", "means"), [("stop", "stop"), ("end_turn", "stop"), ("max_tokens", "length"), ("tool_use", "tool_calls"), ("", "stop"), ("whatever", "stop")])  # fmt: skip
def test_why_it_ended_is_said_in_the_words_of_the_protocol(said: str, means: str) -> None:
    assert finish_of(said) == means


def test_a_field_that_reads_like_a_placeholder_stays_and_the_placeholder_comes_home() -> None:
    text = '{"person_1": "[PERSON_1]", "note": "person_1 is PERSON_1"}'
    answer = stream(as_document=True)
    passed(answer, letters(text))
    assert json.loads(answer.text) == {
        "person_1": MAPPING["[PERSON_1]"],
        "note": f"person_1 is {MAPPING['[PERSON_1]']}",
    }
    assert answer.unexpected == ()


def test_half_of_a_character_in_a_document_is_no_fault() -> None:
    answer = stream(as_document=True)
    passed(answer, letters('{"a": "x \\ud83d y \\ude00 z \\ud83d\\ude00"}'))
    assert json.loads(answer.text) == {"a": "x \ufffd y \ufffd z 😀"}
    answer.text.encode()


@pytest.mark.parametrize(("given", "told"), [("call_9x", "call_9x"), ("katrin.hollmann", "call_1"), ("a b", "call_1")])
def test_an_id_of_a_call_holds_nothing_personal(given, told) -> None:
    answer = stream()
    passed(answer, [Chunk(calls=(CallPiece(0, given, "send_mail", "{}"),))])
    assert answer.calls[0].id == told
