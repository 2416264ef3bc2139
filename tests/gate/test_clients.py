"""Real clients at a running gate: openai and LangChain for Python, openai for JavaScript, each pointed there and not changed."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import openai
import pytest
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI

from tests.gate.conftest import Gate, wait

THINK = "activity/challenge-account-plan"
REVIEWED = "activity/summarise-discovery-call"
USED = "from policies.models import ToolUse\nprint(json.dumps(sum(ToolUse.objects.values_list('calls', flat=True))))"
RUNS = "from workbench.runs.models import Run\n"
STRANGER = "katrin.hollmann@othermail.example"
#: Overlapping on purpose: an address inside a URL, a name inside an address.
TEXT = (
    "Please tell Katrin Hollmann (katrin.hollmann@othermail.example, +49 171 2345678) to look at "
    "https://crm.example/contacts/katrin.hollmann@othermail.example?id=7 and to write to Lindenhof 4, 98693 Ilmenau. "
    "Her account is DE89 3704 0044 0532 0130 00, the plate IL-KH 482, and “Katrin” is how she signs. Then the offer is ready."
)
SEND = {"type": "function", "function": {"name": "send_mail", "description": "Sends a mail", "parameters": {"type": "object", "properties": {"to": {"type": "string"}, "text": {"type": "string"}}, "required": ["to"]}}}  # fmt: skip


@pytest.fixture
def client(gate: Gate) -> openai.OpenAI:
    return openai.OpenAI(base_url=gate.url, api_key=gate.tokens["jonas"], max_retries=0, timeout=60)


def say(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def streamed(client: openai.OpenAI, text: str, model: str = THINK, **more):
    return list(client.chat.completions.create(model=model, messages=say(text), stream=True, stream_options={"include_usage": True}, **more))  # fmt: skip


def text_of(chunks) -> str:
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_what_the_model_repeats_comes_back_as_it_was_sent(gate, upstream, client, size) -> None:
    upstream.size, upstream.script = size, ["echo", "echo"]
    whole = client.chat.completions.create(model=THINK, messages=say(TEXT))
    chunks = streamed(client, TEXT)
    assert whole.choices[0].message.content == text_of(chunks) == TEXT
    assert whole.choices[0].finish_reason == chunks[-2].choices[0].finish_reason == "stop"
    assert (whole.usage.prompt_tokens, whole.usage.completion_tokens) == (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (11, 7)  # fmt: skip
    left = json.dumps(upstream.asked, ensure_ascii=False)
    for piece in ("Katrin", "katrin", "Hollmann", "2345678", "Lindenhof", "DE89", "482"):
        assert piece not in left
    run = gate.run(int(whole.id.removeprefix("chatcmpl-")))
    assert (run["state"], run["live"], run["conversation"], run["draft"]) == ("answered", True, True, TEXT)
    assert run["person"] == run["requester"]
    assert run["events"] == ["run.queued", "run.started", "run.answered"]


def test_the_first_piece_comes_long_before_the_last(upstream, client) -> None:
    upstream.answer, upstream.script = "Thank you for the plan. It is " + "good and well thought out. " * 30, ["hold"]
    stream = iter(client.chat.completions.create(model=THINK, messages=say("Challenge the plan."), stream=True))
    # The provider holds back all but its first piece until it is released.
    assert next(stream).choices[0].delta.role == "assistant"
    upstream.release.set()
    assert text_of(stream).strip() == upstream.answer.strip()


@pytest.mark.parametrize("size", [1, 5, 10_000])
def test_somebody_whom_the_model_brings_in_is_masked(upstream, client, size) -> None:
    upstream.size, upstream.answer = (
        size,
        f"The best person to ask is Katrin Hollmann, {STRANGER}, and the offer is ready.",
    )
    for text in (client.chat.completions.create(model=THINK, messages=say("Whom do I ask?")).choices[0].message.content, text_of(streamed(client, "Whom do I ask?"))):  # fmt: skip
        assert text == "The best person to ask is [NEW_PERSON_1], [NEW_EMAIL_1], and the offer is ready."


def test_calls_of_tools_come_home_and_their_answers_go_out_scrubbed(upstream, client) -> None:
    upstream.size = 3
    upstream.answer, upstream.calls = "", [("send_mail", '{"to": "[EMAIL_1]", "text": "Dear [PERSON_1], ' + STRANGER.replace("@", "\\u0040") + '"}')]  # fmt: skip
    asked = f"Write to {STRANGER}."
    upstream.calls = [("send_mail", '{"to": "\\u005bEMAIL_1]", "text": "ask peter.lindqvist\\u0040elsewhere.example"}')]
    first = client.chat.completions.create(model=THINK, messages=say(asked), tools=[SEND])
    (call,) = first.choices[0].message.tool_calls
    arguments = json.loads(call.function.arguments)
    assert (call.function.name, arguments["to"], first.choices[0].finish_reason) == (
        "send_mail",
        STRANGER,
        "tool_calls",
    )
    assert arguments["text"] == "ask [NEW_EMAIL_1]"
    assert first.choices[0].message.content is None
    chunks = list(client.chat.completions.create(model=THINK, messages=say(asked), tools=[SEND], stream=True))
    pieces = [piece for chunk in chunks for choice in chunk.choices for piece in choice.delta.tool_calls or ()]
    assert json.loads("".join(piece.function.arguments or "" for piece in pieces)) == arguments
    upstream.calls, upstream.answer = [], "Sent to [EMAIL_1]."
    history = [*say(asked), first.choices[0].message.model_dump(), {"role": "tool", "tool_call_id": call.id, "content": f'{{"sent_to": "{STRANGER}"}}'}]  # fmt: skip
    again = client.chat.completions.create(model=THINK, messages=history, tools=[SEND])
    assert again.choices[0].message.content == f"Sent to {STRANGER}."
    assert STRANGER not in json.dumps(upstream.asked)
    sent = upstream.asked[-1]["messages"]
    assert sent[1]["tool_calls"][0]["id"] == sent[2]["tool_call_id"]


def test_a_document_stays_one(upstream, client) -> None:
    upstream.size, upstream.answer = 1, '{"who": "[PERSON_1]", "quote": "\\"[EMAIL_1]\\""}'
    schema = {
        "type": "json_schema",
        "json_schema": {"name": "who", "schema": {"type": "object", "properties": {"who": {"type": "string"}}}},
    }
    found = client.chat.completions.create(model=THINK, messages=say(f"Katrin Hollmann, {STRANGER}"), response_format=schema)  # fmt: skip
    assert json.loads(found.choices[0].message.content) == {"who": "Katrin Hollmann", "quote": f'"{STRANGER}"'}
    assert upstream.asked[-1]["response_format"] == schema | {"json_schema": schema["json_schema"] | {"strict": False}}


def test_a_draft_waits_for_its_reviewer_and_the_program_fetches_what_was_released(gate, upstream, client) -> None:
    upstream.answer = "Situation: [PERSON_1] asks for three cold stores."
    with pytest.raises(openai.PermissionDeniedError) as refused:
        client.chat.completions.create(
            model=REVIEWED, messages=say("Summarise: Katrin Hollmann asks for three cold stores.")
        )
    assert refused.value.code == "review_required"
    run = refused.value.body["run"]
    assert refused.value.body["url"] == f"{gate.web}/api/v1/runs/{run}/"
    assert str(run) in refused.value.message
    wait(lambda: gate.api("jonas", f"runs/{run}/")["state"] == "in_review", 60)
    gate.api("aylin", f"runs/{run}/review/", {"verdict": "approved"})
    released = gate.api("jonas", f"runs/{run}/")
    assert (released["state"], released["text"]) == (
        "released",
        "Situation: Katrin Hollmann asks for three cold stores.",
    )


def test_what_people_keep_to_themselves_is_refused_before_anything_is_stored(gate, upstream, client) -> None:
    with pytest.raises(openai.PermissionDeniedError) as refused:
        client.chat.completions.create(model="activity/set-the-price", messages=say(TEXT))
    assert refused.value.code == "human_only"
    assert "keeps" in refused.value.message
    run = gate.run(refused.value.body["run"])
    assert (run["state"], run["key"], run["events"]) == ("denied", "", ["run.denied"])
    assert upstream.asked == []


def test_an_approved_prompt_is_asked_by_its_name(gate, upstream, client) -> None:
    upstream.answer = "Ask [PERSON_1] first."
    found = client.chat.completions.create(
        model="prompt/account-plan-challenge", messages=say("Katrin Hollmann decides.")
    )
    assert found.choices[0].message.content == "Ask Katrin Hollmann first."
    by_name = client.chat.completions.create(model="prompt/account-plan-challenge", messages=say("-"), extra_body={"inputs": {"plan": "Katrin Hollmann decides.", "worry": "time"}})  # fmt: skip
    assert by_name.choices[0].message.content == "Ask Katrin Hollmann first."
    assert gate.run(int(by_name.id.removeprefix("chatcmpl-")))["conversation"] is False


def test_an_automated_prompt_answers_under_its_rules_or_goes_to_review(upstream, client) -> None:
    upstream.answer = "no document at all"
    with pytest.raises(openai.PermissionDeniedError) as refused:
        client.chat.completions.create(
            model="prompt/crm-fields-from-call", messages=say("Katrin Hollmann wants three cold stores by March.")
        )
    assert refused.value.code == "review_required"


def test_the_list_of_models_is_what_the_person_may_use(gate, client) -> None:
    found = {model.id: model for model in client.models.list()}
    assert {THINK, REVIEWED, "prompt/account-plan-challenge", "prompt/crm-fields-from-call"} <= found.keys()
    assert not {"activity/set-the-price", "activity/learn-and-practise"} & found.keys()
    assert found[REVIEWED].category == "human_in_the_loop"
    assert client.models.retrieve(THINK).id == THINK
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("activity/set-the-price")
    nobody = openai.OpenAI(base_url=gate.url, api_key=gate.tokens["petra"], max_retries=0)
    assert list(nobody.models.list()) == []


def test_errors_have_the_shape_that_clients_know(gate, client) -> None:
    with pytest.raises(openai.AuthenticationError) as unknown:
        openai.OpenAI(base_url=gate.url, api_key="swb_nobody", max_retries=0).models.list()
    assert unknown.value.code == "invalid_api_key"
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="gpt-4.1", messages=say("x"))
    assert missing.value.code == "model_not_found"
    image = [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            ],
        }
    ]
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model=THINK, messages=image)
    assert (refused.value.code, refused.value.param) == ("only_text", "messages[0].content[1]")


@pytest.mark.parametrize("content", ['"half \\ud83d"', "NaN", "\x00", "[" * 100_000])
def test_what_is_no_json_in_utf8_is_refused(gate, upstream, content) -> None:
    body = f'{{"model": "{THINK}", "messages": [{{"role": "user", "content": {content}}}]}}'
    status, _headers, told = gate.raw(body.encode())
    assert (status, told["error"]["code"], upstream.asked) == (400, "not_json", [])


def test_half_of_a_character_from_the_model_is_no_fault(upstream, client) -> None:
    upstream.size, upstream.answer = 1, "The offer \ud83d is ready."
    assert text_of(streamed(client, "Is it ready?")) == "The offer \ufffd is ready."


def test_another_address_is_an_error_in_the_same_shape(gate) -> None:
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(f"{gate.url}/embeddings", timeout=10)
    assert (missing.value.code, json.load(missing.value)["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(("act", "kind", "code"), [("429", openai.RateLimitError, "rate_limited"), ("500", openai.InternalServerError, "unavailable"), ("garbage", openai.InternalServerError, "garbage"), ("401", openai.InternalServerError, "refused")])  # fmt: skip
def test_a_provider_that_fails_before_its_answer_is_an_error_of_http(gate, upstream, client, act, kind, code) -> None:
    for stream in (False, True):
        upstream.script = [act]
        with pytest.raises(kind) as failed:
            client.chat.completions.create(model=THINK, messages=say("Challenge the plan."), stream=stream)
        assert failed.value.code == code
        run = gate.run(failed.value.body["run"])
        assert (run["state"], run["failure"], run["events"][-1]) == ("failed", code, "run.failed")


def test_an_answer_that_breaks_off_is_an_error_and_nothing_half_restored_was_sent(gate, upstream, client) -> None:
    upstream.size, upstream.answer, upstream.script = (
        4,
        "The offer is ready and we have asked [PERSON_1] about it, " * 4,
        ["half"],
    )
    seen: list[str] = []
    stream = client.chat.completions.create(model=THINK, messages=say("Ask Katrin Hollmann."), stream=True)
    with pytest.raises(openai.APIError) as broke:
        seen.extend(chunk.choices[0].delta.content or "" for chunk in stream)
    assert broke.value.code == "broken_stream"
    shown = "".join(seen)
    assert shown
    assert "[" not in shown
    assert upstream.answer.replace("[PERSON_1]", "Katrin Hollmann").startswith(shown)
    run = gate.run(broke.value.body["run"])
    assert (run["failure"], run["draft"]) == ("broken_stream", shown)


def test_a_client_that_goes_away_stops_the_call_and_the_run_says_so(gate, upstream, client) -> None:
    upstream.answer, upstream.pause = "Thank you for the plan. It is good. " * 200, 0.02
    stream = client.chat.completions.create(model=THINK, messages=say("Challenge the plan."), stream=True)
    iterator = iter(stream)
    run = int(next(iterator).id.removeprefix("chatcmpl-"))
    next(iterator)
    calls = gate.shell(USED)
    stream.close()
    assert upstream.gone.wait(20)
    found = wait(lambda: (one := gate.run(run))["state"] == "failed" and one)
    assert (found["failure"], found["events"][-1]) == ("client_gone", "run.failed")
    # What was passed on until then is on record.
    assert found["draft"].startswith("Thank you for the plan.")
    # What was read until then counts for the month, so nobody asks for nothing by hanging up.
    assert gate.shell(USED) == calls + 1


def test_whoever_goes_away_at_any_moment_leaves_nothing_under_way(gate, upstream) -> None:
    upstream.answer, upstream.pause = "Thank you for the plan. It is good. " * 20, 0.005
    address = urlsplit(gate.url)
    before = gate.shell(f"{RUNS}print(json.dumps(Run.objects.count()))")
    for stream in (True, False):
        body = json.dumps({"model": THINK, "messages": say("Challenge the plan."), "stream": stream}).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gate.tokens['jonas']}\r\nContent-Length: {len(body)}\r\n\r\n"
        for step in range(15):
            with socket.create_connection((address.hostname, address.port)) as connection:
                connection.sendall(head.encode() + body)
                time.sleep(step * 0.003)
    # Sooner than a lease runs out.
    wait(lambda: gate.shell(f"{RUNS}print(json.dumps(Run.objects.filter(state__in=('queued', 'running'), live=True).count()))") == 0, 12)  # fmt: skip
    made = gate.shell(f"{RUNS}print(json.dumps([list(one) for one in Run.objects.order_by('pk')[{before}:].values_list('state', 'failure')]))")  # fmt: skip
    assert made
    assert {tuple(one) for one in made} <= {("failed", "client_gone"), ("answered", "")}


def test_whoever_goes_away_from_an_automated_prompt_stops_its_call(gate, upstream, client) -> None:
    upstream.answer, upstream.pause = "Thank you for the plan. It is good. " * 200, 0.02
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=2).chat.completions.create(model="prompt/crm-fields-from-call", messages=say("Katrin Hollmann wants three cold stores by March."))  # fmt: skip
    assert upstream.gone.wait(10)
    last = gate.shell(f"{RUNS}print(json.dumps(Run.objects.order_by('-id').values_list('pk', flat=True)[0]))")
    assert wait(lambda: (one := gate.run(last))["state"] == "failed" and one)["failure"] == "client_gone"


def test_a_provider_that_says_nothing_holds_nobody_up_and_ends_with_its_client(gate, upstream, client) -> None:
    upstream.script = ["silence"]
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=2).chat.completions.create(model=THINK, messages=say("Challenge the plan."))
    assert (
        client.chat.completions.create(model=THINK, messages=say("And now?")).choices[0].message.content
        == "The offer is ready."
    )
    last = gate.shell(
        "from workbench.runs.models import Run\nprint(json.dumps(list(Run.objects.order_by('-id').values_list('pk', flat=True)[:2])))"
    )
    assert wait(lambda: (one := gate.run(last[1]))["state"] == "failed" and one)["failure"] == "client_gone"


def test_a_hundred_streams_at_once(gate, upstream, client) -> None:
    upstream.script, upstream.size, upstream.pause = ["echo"] * 100, 40, 0.002
    faults: list[str] = []

    def ask(number: int) -> None:
        text = (
            f"Case {number}: Katrin Hollmann{number % 7} asks whether the offer is ready, and we have said that it will come on Monday. "
            * 3
        )
        try:
            with openai.OpenAI(base_url=gate.url, api_key=gate.tokens["jonas"], max_retries=0, timeout=180) as own:
                found = text_of(own.chat.completions.create(model=THINK, messages=say(text), stream=True))
            if found != text:
                faults.append(f"{number}: {found[:80]!r}")
        except openai.OpenAIError as error:
            faults.append(f"{number}: {error!r}")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_slow_and_silent_connections_hold_nobody_up(gate, upstream, client) -> None:
    address = urlsplit(gate.url)
    upstream.script = ["silence"] * 40
    slow = []
    for number in range(60):
        connection = socket.create_connection((address.hostname, address.port))
        slow.append(connection)
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {gate.tokens['jonas']}\r\n"
        body = json.dumps({"model": THINK, "messages": say(f"Challenge plan {number}."), "stream": True}).encode()
        # Twenty stop in the middle of what they send; forty wait for a provider that says nothing.
        sent = body[:20] if number < 20 else body
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + sent)
    wait(lambda: len(upstream.asked) == 40, 60)
    try:
        began = time.monotonic()
        assert (
            client.chat.completions.create(model=THINK, messages=say("And mine?")).choices[0].message.content
            == "The offer is ready."
        )
        assert time.monotonic() - began < 20
    finally:
        for connection in slow:
            connection.close()
    wait(lambda: gate.shell("from workbench.runs.models import Run\nprint(json.dumps(Run.objects.filter(state__in=['queued', 'running'], live=True).count()))") == 0, 60)  # fmt: skip


def test_a_call_waits_for_room_at_its_tool(gate, upstream, client) -> None:
    gate.shell("from policies.models import Tool\nprint(json.dumps(Tool.objects.update(max_concurrent=1)))")
    try:
        upstream.script = ["hold"]
        first = iter(client.chat.completions.create(model=THINK, messages=say("Challenge the plan."), stream=True))
        found: list[str] = []
        second = threading.Thread(target=lambda: found.append(client.chat.completions.create(model=THINK, messages=say("And mine?")).choices[0].message.content))  # fmt: skip
        second.start()
        wait(lambda: gate.shell("from workbench.runs.models import Run\nprint(json.dumps(Run.objects.filter(state='queued', live=True).count()))") == 1)  # fmt: skip
        assert len(upstream.asked) == 1
        upstream.release.set()
        assert text_of(first) == "The offer is ready."
        second.join(30)
        assert found == ["The offer is ready."]
    finally:
        gate.shell("from policies.models import Tool\nprint(json.dumps(Tool.objects.update(max_concurrent=300)))")


def test_bad_bodies_are_told_what_is_wrong(gate, upstream) -> None:
    good = {"model": THINK, "messages": say("Challenge the plan.")}
    for body, status, code in (
        (b"", 400, "not_json"),
        (b"{", 400, "not_json"),
        (b"\xff\xfe", 400, "not_json"),
        (b"[" * 100_000, 400, "not_json"),
        (b"[]", 400, "not_an_object"),
        (json.dumps(good | {"audio": {"voice": "x"}}).encode(), 400, "unknown_field"),
        (json.dumps(good | {"messages": say("x" * 400_000)}).encode(), 413, "too_large"),
    ):
        found, headers, told = gate.raw(body)
        assert (found, told["error"]["code"]) == (status, code)
        assert headers["Content-Type"] == "application/json"
    assert upstream.asked == []


def test_langchain_asks_streams_and_calls_tools(gate, upstream) -> None:
    model = ChatOpenAI(base_url=gate.url, api_key=gate.tokens["jonas"], model=THINK, max_retries=0)
    upstream.answer = "Ask [PERSON_1]."
    question = [HumanMessage("Katrin Hollmann decides.", name="jonas_feld")]
    assert model.invoke(question).content == "Ask Katrin Hollmann."
    assert "".join(piece.text for piece in model.stream(question)) == "Ask Katrin Hollmann."

    @tool
    def find_contact(who: str) -> str:
        """Finds a contact."""
        return who

    upstream.calls, upstream.answer = [("find_contact", '{"who": "[PERSON_1]"}')], ""
    (call,) = model.bind_tools([find_contact]).invoke(question).tool_calls
    assert (call["name"], call["args"]) == ("find_contact", {"who": "Katrin Hollmann"})
    upstream.calls = []
    with pytest.raises(openai.PermissionDeniedError, match="keeps"):
        ChatOpenAI(
            base_url=gate.url, api_key=gate.tokens["jonas"], model="activity/set-the-price", max_retries=0
        ).invoke("x")


JS = Path(__file__).parent / "js"


@pytest.fixture(scope="session")
def npm() -> Path:
    """The openai package for JavaScript, installed once by its lock file."""
    if shutil.which("npm") is None:
        if os.environ.get("CI"):
            pytest.fail("npm is missing; CI=true requires it.")
        pytest.skip("npm is missing")
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=JS, check=True)
    return JS


def test_the_javascript_client_asks_streams_and_reads_errors(gate, upstream, npm) -> None:
    upstream.size, upstream.answer = 1, "Ask [PERSON_1] whether the offer is ready."
    environment = os.environ | {
        "GATE": gate.url,
        "TOKEN": gate.tokens["jonas"],
        "MODEL": THINK,
        "HUMAN_ONLY": "activity/set-the-price",
    }
    done = subprocess.run(
        ["node", "client.mjs"], cwd=npm, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["whole"] == found["streamed"] == "Ask Katrin Hollmann whether the offer is ready."
    assert found["refused"] == {"status": 403, "code": "human_only"}
    assert THINK in found["models"]


def test_nothing_of_what_was_said_stands_in_a_log(gate) -> None:
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(urllib.request.Request(f"{gate.url}/models/activity/Katrin-Hollmann", headers={"Authorization": f"Bearer {gate.tokens['jonas']}"}), timeout=10)  # fmt: skip
    told = gate.logs()
    for piece in ("Katrin", "katrin.hollmann", "Hollmann", "2345678", "swb_"):
        assert piece not in told
