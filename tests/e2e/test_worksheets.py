"""A rep fills in a worksheet with the keyboard: lines move, nothing typed is lost, an older window overwrites nothing, and it prints on one page."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def begin(page, demo, form: str) -> str:
    """Begin one, and its address."""
    page.goto(f"{demo.url}/worksheets/forms/{form}/")
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("#sheet-form")).to_be_visible()
    return str(page.url)


def accounts(page) -> list[str]:
    return page.locator("input[name=accounts-account]").evaluate_all("fields => fields.map((field) => field.value)")


def test_lines_are_added_moved_and_taken_out_with_the_keyboard_and_stay_so(person, demo) -> None:
    page = person("jonas")
    address = begin(page, demo, "account-priorities")
    page.locator("#id_title").fill("South of the river")
    for number, name in enumerate(("Tessaro", "Hafenwerk", "Brandt"), 1):
        page.locator(f"#id_accounts-{number}-account").fill(name)
    page.get_by_role("button", name="Add an account").press("Enter")
    page.keyboard.type("Seeland")
    lines = page.locator(".sheet-line")
    lines.nth(3).get_by_role("button", name="Move this line up").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert accounts(page) == ["Tessaro", "Seeland", "Hafenwerk", "Brandt"]
    with page.expect_response(lambda answer: answer.url.endswith("/save/")):
        lines.nth(2).get_by_role("button", name="Take this line out").press("Enter")
    assert accounts(page) == ["Tessaro", "Seeland", "Brandt"]
    assert page.locator("[data-line-number]").all_inner_texts()[:3] == ["1", "2", "3"]
    page.goto(address)
    assert accounts(page)[:3] == ["Tessaro", "Seeland", "Brandt"]
    expect(page.locator("#id_title")).to_have_value("South of the river")


def test_what_was_typed_in_the_last_moment_is_kept_when_somebody_leaves(person, demo) -> None:
    page = person("jonas")
    address = begin(page, demo, "call-plan")
    page.locator("#id_title").fill("Hafenwerk")
    page.locator("#id_stop").fill("If they build it themselves.")

    def listed() -> bool:
        # What is sent on leaving may arrive after the page that comes next was asked for.
        page.goto(f"{demo.url}/worksheets/")
        return "Hafenwerk" in page.locator("main").inner_text()

    demo.wait(listed, 20, "what was typed last stands in the list")
    page.goto(address)
    expect(page.locator("#id_stop")).to_have_value("If they build it themselves.")


def test_enter_in_a_line_of_text_finishes_nothing(person, demo) -> None:
    page = person("jonas")
    address = begin(page, demo, "call-plan")
    page.locator("#id_title").fill("Tessaro")
    page.locator("#id_title").press("Enter")
    assert page.url == address
    page.keyboard.press("Control+Enter")
    expect(page.locator("main .trouble.bad")).to_contain_text("Everything you typed is kept")
    expect(page.locator("#id_title")).to_have_value("Tessaro")


def test_an_older_window_is_told_before_it_overwrites(person, demo) -> None:
    first = person("jonas")
    address = begin(first, demo, "call-plan")
    second = first.context.new_page()
    second.goto(address)
    with first.expect_response(lambda answer: answer.url.endswith("/save/")):
        first.locator("#id_title").fill("Written first")
    second.locator("#id_title").fill("Written in an older window")
    expect(second.locator("#kept")).to_contain_text("In another window something else was kept")
    first.reload()
    expect(first.locator("#id_title")).to_have_value("Written first")
    second.get_by_role("button", name="Keep what stands here").press("Enter")
    expect(second.locator("#kept")).to_contain_text("Kept as you type")
    first.reload()
    expect(first.locator("#id_title")).to_have_value("Written in an older window")
    with second.expect_response(lambda answer: answer.url.endswith("/save/")):
        second.locator("#id_learn").fill("Goes on as before.")
    expect(second.locator("#kept")).to_contain_text("Kept as you type")


def test_a_worksheet_prints_on_one_page_and_its_text_is_copied(person, demo) -> None:
    page = person("jonas")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{demo.url}/worksheets/?whose=team")
    page.get_by_role("link", name="North, until the end of the quarter").first.click()
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    # A4, upright
    width, height = (float(number) for number in re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", paper).groups())
    assert (round(width), round(height)) == (595, 842)
    page.get_by_role("button", name="Copy the text").press("Enter")
    expect(page.locator("#status")).to_contain_text("The text is copied.")
    assert "1. Account: Tessaro" in page.evaluate("navigator.clipboard.readText()")
