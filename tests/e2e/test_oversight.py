"""Planted errors, questions to a thinking aid, and lists of records, in a real browser with a real model."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
CALL = "Ilaria Conti: We run three cold stores with 214 doors and 96 alarms. Henrik Aas decides on 9 December, budget 60,000 euros."


@pytest.fixture
def planted(demo):
    """The number of a run whose reviewer gets a copy with an error in it."""
    before = demo.api("marit", "activities/summarise-discovery-call/")["policy"]["control_points"]
    demo.decide("summarise-discovery-call", control_points=before | {"planted_error": {"every": 1}})
    try:
        # The small model does not always write a figure or a name that could be changed.
        for _ in range(8):
            run = demo.api("jonas", "runs/", {"prompt": "discovery-call-summary", "inputs": {"transcript": CALL}})["id"]
            demo.wait(lambda run=run: demo.api("jonas", f"runs/{run}/")["state"] == "in_review", 180, f"run {run}")
            if demo.query("SELECT 1 FROM runs_plant WHERE run_id = ?", run):
                yield run
                return
        pytest.fail("no draft had anything to change")
    finally:
        demo.decide("summarise-discovery-call", control_points=before)


def test_whoever_approves_a_planted_error_learns_of_it_at_once_by_keyboard_alone(person, demo, planted) -> None:
    page = person("aylin")
    page.goto(f"{demo.url}/desk/{planted}/")
    shown = page.locator("[data-draft]").inner_text()
    assert demo.api("jonas", f"runs/{planted}/")["draft"] != demo.api("aylin", f"runs/{planted}/")["draft"]
    for _ in range(page.locator("[data-note]").count()):
        page.keyboard.press("m")
        page.keyboard.press("v")
    expect(page.locator("[data-approve]")).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("[data-revealed]")).to_contain_text("it went past you")
    assert page.locator("[data-draft]").inner_text() != shown
    assert demo.api("jonas", f"runs/{planted}/")["state"] == "in_review"
    page.keyboard.press("r")
    page.keyboard.type("A figure or date is wrong")
    page.keyboard.press("Tab")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    demo.wait(
        lambda: demo.api("jonas", f"runs/{planted}/")["state"] == "rejected", 20, "the verdict on the draft itself"
    )
    rep = person("jonas")
    rep.get_by_role("link", name=re.compile("new notice")).first.click()
    expect(rep.get_by_text("Your draft was rejected").first).to_be_visible()


def test_a_thinking_aid_is_asked_on_with_the_names_replaced(person, demo) -> None:
    page = person("clara")
    page.goto(f"{demo.url}/runs/start/account-plan-challenge/")
    page.get_by_role("button", name="Fill in the example").click()
    page.locator("#preview .ph-person").first.wait_for(timeout=60_000)
    page.get_by_role("button", name=re.compile("Send and think")).click()
    page.locator("#id_question").wait_for(timeout=180_000)
    page.locator("#id_question").focus()
    page.keyboard.type("What would Henrik Aas say to this?")
    page.locator("#ask-preview .ph-person").wait_for(timeout=60_000)
    assert "Aas" not in page.locator("#ask-preview").inner_text()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("4 questions left")).to_be_visible(timeout=180_000)
    expect(page.get_by_text("What would Henrik Aas say to this?")).to_be_visible()


def test_a_list_of_records_is_followed_to_its_end_and_its_failures_taken_home(person, demo, tmp_path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        f'transcript\n"{CALL}"\n"Это текст на русском языке, который никто здесь не читает. Он длинный и ясный."\n',
        encoding="utf-8",
    )
    page = person("jonas")
    page.goto(f"{demo.url}/runs/start/crm-fields-from-call/")
    page.get_by_role("link", name="Many records at once").click()
    page.set_input_files("#id_file", file)
    if page.locator("#id_consent").count():
        page.select_option("#id_consent", "consent")
    page.get_by_role("button", name="Send the list").click()
    expect(page.get_by_text("2 records, ended")).to_be_visible(timeout=180_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="What came to nothing, and why").click()
    assert "neither English nor German" in download.value.path().read_text(encoding="utf-8")
