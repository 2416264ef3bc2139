"""Every provider the README names is called through its own client, against a server of its own protocol."""

import json
import traceback
import warnings

import pytest

from tests.support.protocols import ANSWER, speak
from workbench.gateway.llm import Endpoint, ToolError, _choice, _counted, _model, _Numbering, stream

SECRET = "the buyer said 4711"
MESSAGES = ({"role": "system", "content": "You summarise."}, {"role": "user", "content": SECRET})
PATHS = {
    "anthropic": "/v1/messages",
    "google_genai": "/v1beta/models/fake:streamGenerateContent",
    "azure_openai": "/openai/deployments/fake/chat/completions",
    "ollama": "/api/chat",
}


@pytest.fixture(params=sorted(PATHS))
def server(request):
    with speak(request.param) as running:
        yield running


def _endpoint(server):
    return Endpoint(server.protocol, "fake", base_url=server.url, api_key="k-123", first_token_seconds=20)


def test_the_answer_comes_in_pieces_with_its_counts(server) -> None:
    chunks = list(stream(_endpoint(server), MESSAGES, max_tokens=50))
    assert "".join(chunk.text for chunk in chunks) == ANSWER
    assert len([chunk for chunk in chunks if chunk.text]) > 3
    assert sum(chunk.input_tokens for chunk in chunks) == 11
    assert sum(chunk.output_tokens for chunk in chunks) == 7


def test_the_messages_go_to_the_right_place_with_the_key_and_the_limit(server) -> None:
    list(stream(_endpoint(server), MESSAGES, max_tokens=50))
    (call,) = server.calls
    assert call.path.split("?")[0] == PATHS[server.protocol]
    if server.protocol != "ollama":  # runs in the own house, without keys
        assert any(value.removeprefix("Bearer ") == "k-123" for value in call.headers.values())
    sent = json.dumps(call.body)
    assert sent.count(SECRET) == 1
    assert sent.count("You summarise.") == 1
    assert "50" in sent


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [(429, "rate_limited", True), (500, "unavailable", True), (401, "refused", False), (404, "unknown_model", False), (400, "misconfigured", False)],
)  # fmt: skip
def test_a_failure_means_the_same_whoever_the_provider_is(server, status, code, retryable) -> None:
    server.status = status
    with pytest.raises(ToolError) as failure:
        list(stream(_endpoint(server), MESSAGES, max_tokens=50))
    assert (failure.value.code, failure.value.retryable) == (code, retryable)
    assert len(server.calls) == 1, "trying again is for the run, which waits and logs"
    told = "".join(traceback.format_exception(failure.value)) + repr(failure.value)
    assert SECRET not in told
    assert "k-123" not in told


def test_a_stream_that_breaks_off_is_no_answer(server) -> None:
    server.broken = True
    with pytest.raises(ToolError) as failure:
        list(stream(_endpoint(server), MESSAGES, max_tokens=50))
    assert failure.value.retryable


@pytest.mark.parametrize(
    ("pieces", "numbers"),
    [
        ([(0, "a"), (0, None), (1, "b"), (1, None)], [0, 0, 1, 1]),
        ([(None, "a"), (None, "b")], [0, 1]),  # Ollama, Gemini
        ([(0, "a"), (0, "b")], [0, 1]),  # Gemini where it speaks the OpenAI protocol
        ([(1, "a"), (1, None), (3, "b")], [0, 0, 1]),  # Anthropic numbers the blocks of an answer
        ([(0, "a"), (0, "a"), (0, "")], [0, 0, 0]),
    ],
)
def test_calls_of_one_answer_stay_apart_however_a_provider_numbers_them(pieces, numbers) -> None:
    numbered = _Numbering()
    assert [numbered({"index": index, "id": id_}) for index, id_ in pieces] == numbers


def test_which_tool_must_be_called_is_said_in_the_providers_words() -> None:
    one = {"type": "function", "function": {"name": "find"}}
    assert _choice("openai", one) == {"tool_choice": one}
    assert [_choice("anthropic", choice) for choice in (one, "required", "auto", "none", None)] == [
        {"tool_choice": "find"},
        {"tool_choice": "any"},
        {"tool_choice": "auto"},
        {"tool_choice": {"type": "none"}},
        {},
    ]


@pytest.mark.parametrize(
    ("told", "counted"),
    [(None, (0, 0)), ({"input_tokens": 10**30, "output_tokens": -5}, (10**9, 0)), ({"input_tokens": None}, (0, 0))],
)
def test_a_count_that_nobody_can_have_used_does_no_harm(told, counted) -> None:
    assert _counted(told) == counted


def test_a_client_that_warns_of_what_a_provider_sent_quotes_nothing_in_the_log() -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        _model(Endpoint("openai", "fake", api_key="k"), 10, None)
        warnings.warn("Pydantic serializer warnings:\n  input_value='Katrin Hollmann'", UserWarning, stacklevel=1)
    assert heard == []
