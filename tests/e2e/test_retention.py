"""Compliance asks, a leader confirms, and the page shows that it is gone; a case opens one run."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_compliance_opens_a_case_reads_and_closes_it(person, demo) -> None:
    given = {"transcript": "Jonas Feld: I spoke with Ragnhild Tveit about 214 doors. She wants an offer by Friday."}
    number = demo.api("jonas", "runs/", {"prompt": "discovery-call-summary", "inputs": given})["id"]
    demo.wait(lambda: demo.api("jonas", f"runs/{number}/")["state"] == "in_review", 180, f"run {number}")
    page = person("petra")
    page.goto(f"{demo.url}/audit/log/?run={number}")
    expect(page.locator("main")).not_to_contain_text("Tveit")
    page.get_by_role("link", name="Open a case").click()
    page.get_by_label("Reason").fill("Complaint 17 about this summary")
    page.get_by_role("button", name="Open and read").click()
    expect(page.locator("main")).to_contain_text("Ragnhild Tveit")
    expect(page.locator("main")).to_contain_text("Complaint 17 about this summary")
    page.get_by_role("button", name="Close the case").click()
    expect(page.locator("body")).to_contain_text("The case is closed.")
    assert page.goto(f"{demo.url}/runs/{number}/").status == 404


def test_a_page_of_retention_says_what_may_go_and_takes_a_longer_time(person, demo) -> None:
    page = person("petra")
    page.goto(f"{demo.url}/privacy/retention/")
    expect(page.locator("main")).to_contain_text("may go.")
    log = page.locator("section", has=page.get_by_role("heading", name="Entries of the log"))
    log.get_by_role("spinbutton").fill("12")
    log.get_by_role("button", name="Save").click()
    expect(page.locator("body")).to_contain_text("What is older goes only when two people say so.")
    expect(log.get_by_role("spinbutton")).to_have_value("12")
