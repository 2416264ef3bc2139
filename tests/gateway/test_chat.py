"""A request of the OpenAI protocol: what is taken, what is refused by its name, and that every text of it is scrubbed."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.gateway.chat import ChatRefused, names_of, read_chat, texts_of, with_texts
from workbench.gateway.pii import anonymize

ASK = {"model": "activity/plan", "messages": [{"role": "user", "content": "Challenge the plan."}]}
TOOL = {
    "type": "function",
    "function": {
        "name": "find_contact",
        "description": "Finds who Katrin Hollmann works with.",
        "parameters": {
            "type": "object",
            "properties": {"who": {"type": "string", "enum": ["Katrin Hollmann", "nobody"], "default": "katrin.hollmann@othermail.example"}},
            "required": ["who"],
        },
    },
}  # fmt: skip
CALL = {"id": "call_katrin_hollmann", "type": "function", "function": {"name": "find_contact", "arguments": '{"who": "Katrin Hol\\u006cmann", "phone": 491712345678, "n": 3}'}}  # fmt: skip


def scrubbed(body: dict[str, Any]) -> dict[str, Any]:
    chat = read_chat(body)
    return with_texts(chat, anonymize(texts_of(chat)).texts).leaving()


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"messages": []}, "messages_missing", "messages"),
        ({"messages": "hello"}, "wrong_type", "messages"),
        ({"messages": ["hello"]}, "wrong_type", "messages[0]"),
        ({"model": ""}, "model_missing", "model"),
        ({"audio": {"voice": "x"}}, "unknown_field", "audio"),
        ({"n": 2}, "unknown_field", "n"),
        ({"modalities": ["text", "audio"]}, "unknown_field", "modalities"),
        ({"web_search_options": {"user_location": "Ulm"}}, "unknown_field", "web_search_options"),
        ({"functions": [{"name": "x"}]}, "unknown_field", "functions"),
        ({"temperature": 7}, "out_of_range", "temperature"),
        ({"temperature": "hot"}, "out_of_range", "temperature"),
        ({"max_tokens": True}, "out_of_range", "max_tokens"),
        ({"stop": ["a"] * 5}, "too_many", "stop"),
        ({"stop": [1]}, "wrong_type", "stop"),
        ({"stream": "yes"}, "wrong_type", "stream"),
        ({"stream_options": []}, None, None),
        ({"stream_options": "x"}, "wrong_type", "stream_options"),
        ({"inputs": "x"}, "wrong_type", "inputs"),
        ({"reasoning_effort": "Anna"}, "not_a_choice", "reasoning_effort"),
        ({"tool_choice": "find"}, "not_a_choice", "tool_choice"),
        ({"tool_choice": {"type": "function", "function": "x"}}, "not_a_choice", "tool_choice"),
        ({"response_format": {"type": "grammar"}}, "not_a_choice", "response_format"),
        ({"response_format": {"type": "json_schema"}}, "wrong_type", "response_format.json_schema.schema"),
        ({"tools": [{"type": "custom"}]}, "only_functions", "tools[0]"),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "not_a_name", "tools[0].function.name"),
        ({"tools": [{"type": "function", "function": {"name": "a", "icon": "x"}}]}, "unknown_field", "tools[0].function.icon"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:…"}}]}]}, "only_text", "messages[0].content[0]"),
        ({"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}]}, "only_text", "messages[0].content[0]"),
        ({"messages": [{"role": "user", "content": [{"type": "file", "file": {}}]}]}, "only_text", "messages[0].content[0]"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "x", "note": "y"}]}]}, "unknown_field", "messages[0].content[0].note"),
        ({"messages": [{"role": "user", "content": "x", "attachment": "y"}]}, "unknown_field", "messages[0].attachment"),
        ({"messages": [{"role": "function", "content": "x"}]}, "not_a_choice", "messages[0].role"),
        ({"messages": [{"role": "user"}]}, "content_missing", "messages[0].content"),
        ({"messages": [{"role": "tool", "content": "x", "tool_call_id": "y"}]}, "no_such_call", "messages[0].tool_call_id"),
        ({"messages": [{"role": "assistant", "content": "x", "audio": {"id": "y"}}]}, "unknown_field", "messages[0].audio"),
    ],
)  # fmt: skip
def test_what_cannot_be_scrubbed_or_is_not_known_is_refused_by_its_name(change, code, param) -> None:
    if code is None:
        read_chat(ASK | change)
        return
    with pytest.raises(ChatRefused) as refused:
        read_chat(ASK | change)
    assert (refused.value.code, refused.value.param) == (code, param)


@pytest.mark.parametrize("body", [None, [], "x", 1])
def test_a_body_is_an_object(body: Any) -> None:
    with pytest.raises(ChatRefused) as refused:
        read_chat(body)
    assert refused.value.code == "not_an_object"


def test_fields_without_content_do_no_harm() -> None:
    said = {
        "role": "assistant",
        "content": "Yes.",
        "audio": None,
        "function_call": None,
        "annotations": [],
        "refusal": None,
        "tool_calls": None,
    }
    chat = read_chat(ASK | {"messages": [said, *ASK["messages"]], "n": 1, "logprobs": False, "logit_bias": {}, "store": False, "modalities": ["text"]})  # fmt: skip
    assert chat.leaving() == {"messages": [{"role": "assistant", "content": "Yes."}, *ASK["messages"]]}


def test_what_is_for_a_providers_books_stays_here() -> None:
    chat = read_chat(ASK | {"user": "Katrin Hollmann", "metadata": {"who": "Katrin"}, "safety_identifier": "k", "temperature": 0.5})  # fmt: skip
    assert chat.leaving() == {"messages": ASK["messages"], "options": {"temperature": 0.5}}


def test_every_text_is_scrubbed_with_the_same_marks() -> None:
    body = ASK | {
        "messages": [
            {"role": "developer", "content": "You help Katrin Hollmann."},
            {"role": "user", "name": "katrin_hollmann", "content": [{"type": "text", "text": "I am Katrin Hollmann."}, {"type": "text", "text": "Mail katrin.hollmann@othermail.example"}]},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": CALL["id"], "content": '{"owner": "Katrin Hollmann"}'},
        ],
        "tools": [TOOL],
        "tool_choice": {"type": "function", "function": {"name": "find_contact"}},
        "stop": "Katrin Hollmann",
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "description": "About Katrin Hollmann", "schema": {"type": "object", "properties": {"x": {"const": "Katrin Hollmann"}}}}},
    }  # fmt: skip
    left = scrubbed(body)
    told = json.dumps(left, ensure_ascii=False)
    for piece in ("Katrin", "katrin", "ollmann", "othermail", "491712345678"):
        assert piece not in told
    assert left["messages"][0] == {"role": "system", "content": "You help [PERSON_1]."}
    assert left["messages"][1]["name"] == "PERSON_1"
    (call,) = left["messages"][2]["tool_calls"]
    assert call["id"] == left["messages"][3]["tool_call_id"] == "call_1"
    arguments = json.loads(call["function"]["arguments"])
    assert (arguments["who"], arguments["n"]) == ("[PERSON_1]", 3)
    assert arguments["phone"].startswith("[")
    assert left["stop"] == ["[PERSON_1]"]
    function = left["tools"][0]["function"]
    assert function["parameters"]["properties"]["who"]["enum"] == ["[PERSON_1]", "nobody"]
    assert function["parameters"]["required"] == ["who"]


@pytest.mark.parametrize(
    ("tool", "param"),
    [
        ({"name": "call_katrin_hollmann", "description": "Calls Katrin Hollmann"}, "tools[0].function.name"),
        ({"name": "a", "description": "Katrin Hollmann", "parameters": {"type": "object", "properties": {"katrin_hollmann": {"type": "string"}}}}, "tools[0].function.parameters.1.0.name"),
        ({"name": "mailKatrinHollmann"}, "tools[0].function.name"),
        ({"name": "a", "description": "Katrin Hollmann", "parameters": {"type": "Katrin Hollmann"}}, "tools[0].function.parameters.0[0]"),
    ],
)  # fmt: skip
def test_a_name_that_programs_rely_on_holds_nothing_personal(tool, param) -> None:
    with pytest.raises(ChatRefused) as refused:
        scrubbed(ASK | {"tools": [{"type": "function", "function": tool}]})
    assert (refused.value.code, refused.value.param) == ("personal_name", param)


def test_arguments_that_are_no_json_are_scrubbed_as_text() -> None:
    call = {**CALL, "function": {"name": "find_contact", "arguments": 'who: Katrin Hollmann, {"'}}
    left = scrubbed(ASK | {"messages": [{"role": "assistant", "content": None, "tool_calls": [call]}]})
    assert left["messages"][0]["tool_calls"][0]["function"]["arguments"] == 'who: [PERSON_1], {"'


def test_letters_of_a_tool_are_read_as_such_so_one_person_is_one_placeholder() -> None:
    told = {**CALL, "id": "x", "function": {"name": "find_contact", "arguments": ""}}
    left = scrubbed(ASK | {"messages": [{"role": "user", "content": "Ask Jürgen Müller."}, {"role": "assistant", "content": None, "tool_calls": [told]}, {"role": "tool", "tool_call_id": "x", "content": '{"owner": "J\\u00fcrgen M\\u00fcller"}'}]})  # fmt: skip
    assert (left["messages"][0]["content"], left["messages"][2]["content"]) == (
        "Ask [PERSON_1].",
        '{"owner": "[PERSON_1]"}',
    )


def test_half_of_a_character_in_arguments_leaves_as_it_was_written() -> None:
    call = {**CALL, "function": {"name": "find_contact", "arguments": '{"who": "\\ud83d"}'}}
    left = scrubbed(ASK | {"messages": [{"role": "assistant", "content": None, "tool_calls": [call]}]})
    assert left["messages"][0]["tool_calls"][0]["function"]["arguments"] == '{"who": "\\ud83d"}'


def test_names_of_tools_and_fields_are_known() -> None:
    form = {"type": "json_schema", "json_schema": {"schema": {"properties": {"list": {"items": {"properties": {"phone_1": {}}}}}}}}  # fmt: skip
    assert {"find_contact", "who", "phone_1"} <= names_of(read_chat(ASK | {"tools": [TOOL], "response_format": form}))


def test_what_stands_too_deep_is_refused_and_not_read_to_its_end() -> None:
    deep: dict[str, Any] = {}
    for _ in range(60):
        deep = {"properties": {"a": deep}}
    with pytest.raises(ChatRefused) as refused:
        read_chat(ASK | {"tools": [{"type": "function", "function": {"name": "a", "parameters": deep}}]})
    assert refused.value.code == "too_deep"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["role", "content", "type", "text", "function", "name", "arguments", "id", "parameters", "properties", "required", "json_schema", "schema"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(st.dictionaries(st.sampled_from(["messages", "tools", "tool_choice", "response_format", "stop", "stream_options", "n", "temperature", "user", "x"]), _JSON))  # fmt: skip
def test_whatever_comes_is_taken_or_refused(body: dict[str, Any]) -> None:
    try:
        chat = read_chat({"model": "activity/x"} | body)
    except ChatRefused:
        return
    assert with_texts(chat, texts_of(chat)) == chat
    json.dumps(chat.leaving())
