"""A reviewer at the desk, with the keyboard alone."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
CALL = "Ilaria Conti: We run three cold stores with 214 doors and lost 38,000 euros in August."


@pytest.fixture
def waiting(demo):
    """``waiting(n)`` → the numbers of n drafts by the real model that wait for a reviewer."""

    def make(count):
        body = {"prompt": "discovery-call-summary", "inputs": {"transcript": CALL}}
        runs = [demo.api("jonas", "runs/", body)["id"] for _ in range(count)]
        for run in runs:
            demo.wait(lambda run=run: demo.api("jonas", f"runs/{run}/")["state"] == "in_review", 180, f"run {run}")
        return runs

    return make


def test_drafts_are_decided_one_after_the_other_without_the_mouse_and_without_a_reload(person, demo, waiting) -> None:
    first, second = waiting(2)
    page = person("aylin")
    page.goto(f"{demo.url}/desk/{first}/")
    page.evaluate("window.samePage = true")
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("They run 215 doors.")
    expect(page.locator("#marks")).to_contain_text("“215” is not in the source.")
    expect(page.locator("[data-edited]")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Control+Enter")
    assert demo.api("aylin", f"runs/{first}/")["state"] == "in_review"
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    page.keyboard.press("v")
    expect(page.locator("[data-edited]")).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    demo.wait(lambda: demo.api("jonas", f"runs/{first}/")["state"] == "released", 20, "the first verdict")
    page.wait_for_url(lambda url: f"/desk/{first}/" not in url)
    assert page.evaluate("window.samePage") is True
    page.goto(f"{demo.url}/desk/{second}/")
    page.evaluate("window.samePage = true")
    page.keyboard.press("r")
    page.keyboard.type("Leaves out what matters")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    demo.wait(lambda: demo.api("jonas", f"runs/{second}/")["state"] == "rejected", 20, "the second verdict")


def test_a_sentence_leads_to_its_line_of_the_source(person, demo, waiting) -> None:
    (run,) = waiting(1)
    page = person("aylin")
    page.goto(f"{demo.url}/desk/{run}/")
    sentence = page.locator('.sentence:not([data-lines=""])').first
    if sentence.count():
        sentence.click()
        expect(page.locator(".desk-source .is-near").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Next mark" if page.locator("[data-note]").count() else "Reject")
