"""A rep connects a tool: a token, lines to copy, one question that is really answered, and the run it left."""

import json
import urllib.request

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_rep_makes_a_token_asks_once_and_finds_the_run(person, demo) -> None:
    page = person("jonas")
    page.get_by_role("link", name="Connect a tool").first.click()
    expect(page.locator("#address")).to_have_text(demo.state["gate"])
    page.locator("#id_name").fill("CRM side panel")
    page.get_by_role("button", name="Make it").click()
    secret = page.locator("#secret").inner_text()
    assert secret.startswith("swb_")
    expect(page.locator("#lines-python")).to_contain_text(secret)
    expect(page.locator("#id_secret")).to_have_value(secret)
    page.locator("#id_model").select_option("activity/challenge-account-plan")
    page.locator("#id_text").fill("Katrin Hollmann decides alone. Which question do I ask first?")
    page.get_by_role("button", name="Ask once").click()
    expect(page.get_by_text("It works. This came back:")).to_be_visible(timeout=90_000)
    expect(page.locator("#id_text")).to_have_value("Katrin Hollmann decides alone. Which question do I ask first?")
    page.locator("#test a").click()
    expect(page.locator("main")).to_contain_text("Answered")
    expect(page.locator("main")).to_contain_text("Katrin Hollmann decides alone.")


def test_a_program_streams_from_the_real_model(demo) -> None:
    body = {
        "model": "activity/challenge-account-plan",
        "messages": [{"role": "user", "content": "Say hello to Katrin Hollmann."}],
        "stream": True,
        "max_tokens": 24,
    }
    request = urllib.request.Request(f"{demo.state['gate']}/chat/completions", data=json.dumps(body).encode(), headers={"Authorization": f"Bearer {demo.tokens['jonas']}"})  # fmt: skip
    with urllib.request.urlopen(request, timeout=120) as answer:
        lines = [line.strip().removeprefix(b"data: ") for line in answer if line.strip()]
        run = answer.headers["X-Workbench-Run"]
    assert lines[-1] == b"[DONE]"
    events = [json.loads(line) for line in lines[:-1]]
    assert "".join(event["choices"][0]["delta"].get("content", "") for event in events).strip()
    (state,) = demo.query("SELECT state FROM runs_run WHERE id = ?", run)[0]
    assert state == "answered"


def test_a_gate_that_is_killed_comes_back_and_its_run_ends(demo) -> None:
    before = demo.state["pids"]["gate"]
    demo.kill("gate")
    demo.wait(lambda: demo.state["pids"].get("gate") not in (None, before), 40, "the gate is started again")

    def answers() -> bool:
        request = urllib.request.Request(f"{demo.state['gate']}/models", headers={"Authorization": f"Bearer {demo.tokens['jonas']}"})  # fmt: skip
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bool(json.load(answer)["data"])

    demo.wait(answers, 40, "the gate answers again")
