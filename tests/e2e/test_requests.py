"""Somebody writes in: compliance finds them, hands over what there is, and erases it."""

import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_compliance_finds_hands_over_and_erases(person, demo) -> None:
    given = {
        "transcript": "Jonas Feld: I spoke with Ragnhild Tveit about 214 doors. She reads r.tveit@fjellby.example."
    }
    number = demo.api("jonas", "runs/", {"prompt": "discovery-call-summary", "inputs": given})["id"]
    demo.wait(lambda: demo.api("jonas", f"runs/{number}/")["state"] == "in_review", 180, f"run {number}")
    page = person("petra", accept_downloads=True)
    page.goto(f"{demo.url}/privacy/requests/")
    page.locator("main").get_by_label("Name, e-mail or phone").fill("Tveit, Ragnhild")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("main")).to_contain_text("Occurs in 1 record")
    page.get_by_label("Reference").fill("Letter 7")
    with page.expect_download() as download:
        page.get_by_role("button", name="Take along as a file").click()
    file = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert file["contents"][0]["given"]["transcript"] == given["transcript"]
    # A form is not sent twice by accident; coming back to the page opens it again.
    page.locator("main").get_by_label("Name, e-mail or phone").fill("r.tveit@fjellby.example")
    page.get_by_role("button", name="Find").click()
    page.wait_for_load_state("networkidle")
    page.get_by_label("Reference").fill("Letter 7")
    page.get_by_label("I know that nobody can bring back").check()
    page.get_by_role("button", name="Erase", exact=True).click()
    expect(page.locator("main")).to_contain_text("Letter 7")
    expect(page.locator("body")).to_contain_text("1 record was erased.")
    assert demo.api("jonas", f"runs/{number}/")["state"] == "cancelled"
    assert "Tveit" not in json.dumps(demo.api("jonas", f"runs/{number}/"))
