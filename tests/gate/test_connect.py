"""The page on which people connect their other tools."""

import io
import re

import pytest
from django.urls import reverse

from workbench.accounts.models import ApiToken
from workbench.accounts.services import create_token
from workbench.gate import trying
from workbench.gate.asking import ask
from workbench.gateway.chat import read_chat

pytestmark = pytest.mark.django_db
URL = "/connect/"


@pytest.fixture(autouse=True)
def _address(settings) -> None:
    settings.WORKBENCH_GATE_URL = "http://gate.example/v1"


def test_it_shows_the_address_what_is_open_and_lines_to_copy(cast, sign_in) -> None:
    page = sign_in(cast.rep).get(URL).content.decode()
    for piece in (
        "http://gate.example/v1",
        "activity/challenge-account-plan",
        "prompt/account-plan-challenge",
        "ChatOpenAI",
        "new OpenAI",
        "curl ",
    ):
        assert piece in page
    assert "activity/set-the-price" not in page


def test_the_lines_are_for_the_model_that_was_chosen(cast, sign_in) -> None:
    page = sign_in(cast.rep).get(URL, {"model": "prompt/account-plan-challenge"}).content.decode()
    assert "model=&quot;prompt/account-plan-challenge&quot;" in page
    page = sign_in(cast.rep).get(URL, {"model": '"><script>'}).content.decode()
    assert "<script>" not in page.replace("<script ", "")


def test_a_token_is_made_shown_once_and_stands_in_the_lines(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    answer = client.post(URL, {"name": "side panel"})
    page = answer.content.decode()
    secret = re.search(r'id="secret">(swb_[\w-]+)<', page)[1]
    assert page.count(secret) >= 5
    assert answer["Cache-Control"] == "no-store"
    assert secret not in client.get(URL).content.decode()
    assert ApiToken.objects.get(user=cast.rep).name == "side panel"


def test_each_token_shows_its_last_calls_and_is_revoked_there(cast, sign_in, django_assert_max_num_queries) -> None:
    tokens = [create_token(actor=cast.rep, name=f"tool {number}")[0] for number in range(3)]
    chat = read_chat(
        {"model": "activity/challenge-account-plan", "messages": [{"role": "user", "content": "Challenge the plan."}]}
    )
    runs = [ask(actor=cast.rep, token=tokens[0], chat=chat).run.pk for _ in range(7)]
    client = sign_in(cast.rep)
    with django_assert_max_num_queries(22):
        page = client.get(URL).content.decode()
    shown = [number for number in runs if reverse("runs:run", args=[number]) in page]
    assert shown == runs[-5:]
    client.post(reverse("accounts:token_revoke", args=[tokens[0].pk]))
    assert "tool 0" not in client.get(URL).content.decode()
    assert "tool 1" not in sign_in(cast.colleague).get(URL).content.decode()


def test_a_test_shows_what_came_back_and_keeps_what_was_typed(cast, sign_in, monkeypatch) -> None:
    asked = {}

    def answered(**said):
        asked.update(said)
        return trying.Trial(True, "Ask <b>first</b> who decides.", run="7")

    monkeypatch.setattr("workbench.gate.pages.try_out", answered)
    page = (
        sign_in(cast.rep)
        .post("/connect/test/", {"secret": "swb_x", "model": "prompt/account-plan-challenge", "text": "Who?"})
        .content.decode()
    )
    assert asked == {"secret": "swb_x", "model": "prompt/account-plan-challenge", "text": "Who?"}
    assert "Ask &lt;b&gt;first&lt;/b&gt; who decides." in page
    assert reverse("runs:run", args=[7]) in page
    assert ">Who?</textarea>" in page


def test_a_gate_that_does_not_run_is_said(cast, sign_in, settings) -> None:
    settings.WORKBENCH_GATE_URL = "http://127.0.0.1:9/v1"
    page = (
        sign_in(cast.rep)
        .post("/connect/test/", {"secret": "swb_x", "model": "activity/x", "text": "y"})
        .content.decode()
    )
    assert "The gate does not answer at http://127.0.0.1:9/v1" in page
    assert "needs a token and a model" in sign_in(cast.rep).post("/connect/test/", {}).content.decode()


def test_an_installation_without_an_address_says_so(cast, sign_in, settings) -> None:
    settings.WORKBENCH_GATE_URL = ""
    page = sign_in(cast.rep).post("/connect/test/", {"secret": "swb_x", "model": "activity/x", "text": "y"})
    assert "does not answer" in page.content.decode()


@pytest.mark.parametrize("told", ["[]", '{"choices": []}', '{"choices": [{"message": null}]}'])
def test_something_else_at_the_address_is_said(cast, sign_in, monkeypatch, told) -> None:
    monkeypatch.setattr(trying.urllib.request, "urlopen", lambda *_args, **_kwargs: io.StringIO(told))
    page = sign_in(cast.rep).post("/connect/test/", {"secret": "swb_x", "model": "activity/x", "text": "y"})
    assert "Something else than the gate answers" in page.content.decode()


def test_tests_never_take_all_threads_of_the_pages(cast, sign_in) -> None:
    with trying._turns, trying._turns:
        page = sign_in(cast.rep).post("/connect/test/", {"secret": "swb_x", "model": "activity/x", "text": "y"})
    assert "Somebody else is testing" in page.content.decode()


def test_a_program_that_asks_the_pages_is_told_where_to_look(client, db) -> None:
    for answer in (client.get("/v1/models"), client.post("/v1/chat/completions", {}, content_type="application/json")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "wrong_address")
