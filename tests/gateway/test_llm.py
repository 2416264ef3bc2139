"""Calling a model: what it answers, how it fails, and that nothing of what was sent hangs on to an error."""

import os
import socket
import threading
import traceback

import pytest

from tests.support.provider import serve
from workbench.gateway.llm import Endpoint, ToolError, stream

SECRET = "the buyer said 4711"
MESSAGES = ({"role": "system", "content": "You summarise."}, {"role": "user", "content": SECRET})


@pytest.fixture
def provider():
    with serve() as running:
        yield running


def _endpoint(running, /, **change):
    return Endpoint(**{"provider": "openai", "model": "fake", "base_url": running.url, "api_key": "k-123"} | change)


def _failure(endpoint, messages=MESSAGES):
    with pytest.raises(ToolError) as failure:
        list(stream(endpoint, messages, max_tokens=50))
    return failure.value


def test_an_answer_comes_in_pieces_and_ends_with_a_count(provider) -> None:
    provider.answer = "Situation: three cold stores."
    chunks = list(stream(_endpoint(provider), MESSAGES, max_tokens=50))
    assert "".join(chunk.text for chunk in chunks) == provider.answer
    assert len(chunks) > 3
    assert sum(chunk.input_tokens for chunk in chunks) == 11
    assert sum(chunk.output_tokens for chunk in chunks) == 7
    assert chunks[-1].finish_reason == "stop"


def test_what_is_asked_is_the_messages_and_nothing_else(provider) -> None:
    schema = {"type": "object", "properties": {"budget": {"type": "string"}}}
    list(stream(_endpoint(provider), MESSAGES, max_tokens=50, schema=schema))
    (asked,) = provider.asked
    assert asked["messages"] == [dict(message) for message in MESSAGES]
    assert asked["model"] == "fake"
    assert 50 in (asked.get("max_tokens"), asked.get("max_completion_tokens"))
    assert asked["response_format"]["json_schema"]["schema"] == schema
    assert set(asked) <= {"messages", "model", "max_tokens", "max_completion_tokens", "response_format", "stream", "stream_options", "temperature"}  # fmt: skip


@pytest.mark.parametrize(
    ("act", "code", "retryable"),
    [
        ("429", "rate_limited", True),
        ("500", "unavailable", True),
        ("503", "unavailable", True),
        ("401", "refused", False),
        ("403", "refused", False),
        ("404", "unknown_model", False),
        ("400", "misconfigured", False),
        ("garbage", "garbage", True),
        ("empty", "garbage", True),
        ("half", "broken_stream", True),
    ],
)
def test_every_failure_has_a_code_and_says_whether_waiting_helps(provider, act, code, retryable) -> None:
    provider.script = [act]
    fault = _failure(_endpoint(provider))
    assert (fault.code, fault.retryable) == (code, retryable)
    assert len(provider.asked) == 1, "trying again is for the run, which waits and logs"


@pytest.mark.parametrize("act", ["429", "400", "garbage", "half"])
def test_nothing_of_what_was_sent_hangs_on_to_an_error(provider, act) -> None:
    provider.script = [act]
    fault = _failure(_endpoint(provider))
    told = "".join(traceback.format_exception(fault)) + repr(fault) + repr(_endpoint(provider))
    assert SECRET not in told
    assert "k-123" not in told
    assert fault.__cause__ is None
    assert fault.__context__ is None, "the provider's exception repeats the request; it is let go"


def test_a_text_that_is_too_long_for_the_model_is_told_apart(provider) -> None:
    provider.script = ["400"]
    messages = (
        {"role": "user", "content": "maximum context length is 10 tokens"},
    )  # the fake repeats what it was sent
    assert _failure(_endpoint(provider), messages).code == "too_long"


def test_a_tool_that_says_nothing_is_given_up_after_the_agreed_time(provider) -> None:
    provider.script = ["silence"]
    fault = _failure(_endpoint(provider, first_token_seconds=0.2))
    assert (fault.code, fault.retryable) == ("timeout", True)


def test_a_tool_that_stops_in_the_middle_is_given_up_after_the_agreed_time(provider) -> None:
    provider.script = ["hold"]
    got = []
    with pytest.raises(ToolError) as failure:
        got.extend(
            chunk.text for chunk in stream(_endpoint(provider, first_token_seconds=0.2), MESSAGES, max_tokens=50)
        )
    assert failure.value.code == "timeout"


def test_nobody_at_the_address_is_a_failure_that_may_pass() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        fault = _failure(Endpoint("openai", "fake", url, "k"))
    assert (fault.code, fault.retryable) == ("unavailable", True)


@pytest.mark.parametrize("change", [{"provider": "nobody-knows-it"}, {"provider": "openai", "api_key": ""}])
def test_an_endpoint_that_cannot_work_says_so_before_any_call(provider, change, monkeypatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    fault = _failure(_endpoint(provider, **change))
    assert (fault.code, fault.retryable, provider.asked) == ("misconfigured", False, [])


def test_closing_the_iterator_closes_the_connection() -> None:
    """A server of its own, which sees when its caller hangs up."""
    hung_up = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            caller, _ = server.accept()
            with caller:
                caller.recv(65536)
                caller.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
                    b'data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"fake","choices":'
                    b'[{"index":0,"delta":{"content":"Situation"},"finish_reason":null}]}\n\n'
                )
                caller.settimeout(10)
                while caller.recv(65536):
                    pass
                hung_up.set()

        threading.Thread(target=speak, daemon=True).start()
        chunks = stream(
            Endpoint("openai", "fake", f"http://127.0.0.1:{server.getsockname()[1]}/v1", "k"), MESSAGES, max_tokens=50
        )
        assert next(chunks).text == "Situation"
        assert not hung_up.is_set()
        chunks.close()
        assert hung_up.wait(5)


def test_tracing_is_off_whatever_the_environment_says(provider, monkeypatch) -> None:
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGCHAIN_TRACING"):
        monkeypatch.setenv(name, "true")
    list(stream(_endpoint(provider), MESSAGES, max_tokens=50))
    from langsmith.utils import tracing_is_enabled

    assert os.environ["LANGSMITH_TRACING"] == "false"
    assert not tracing_is_enabled()
