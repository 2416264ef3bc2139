"""A new rep goes the whole way without a mouse: from the assignment to the prompt that it opens. Nele is of the team that was asked."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_training import worked
from workbench.demo.services import PASSWORD

pytestmark = pytest.mark.browser
#: True where whoever looks at the page sees what has the focus: an outline, or a ring drawn as a shadow.
SEEN = """() => {
  const seen = one => { const style = getComputedStyle(one);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none' };
  let one = document.activeElement;
  for (let up = 0; one && up < 3; up += 1, one = one.parentElement) if (seen(one)) return true;
  return false;
}"""


def tab_to(page, selector: str) -> None:
    """Press Tab until what has the focus fits; every stop on the way shows that it has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue
        assert page.evaluate(SEEN), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"no Tab leads to {selector} on {page.url}")


def go(page, selector: str) -> None:
    """Follow a link with Tab and Enter."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def read_aloud(page) -> list[str]:
    """What a screen reader comes by in its order: headings, boxes and buttons of the main part, by name."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}

    def walk(node, inside):
        role = node.get("role", {}).get("value")
        inside = inside or role == "main"
        if inside and not node["ignored"] and role in {"heading", "textbox", "button", "link"}:
            yield node["name"]["value"]
        for child in node.get("childIds", []):
            yield from walk(by_id[child], inside)

    return list(walk(nodes[0], False))


def type_into(page, boxes: dict[str, str]) -> None:
    for name, text in boxes.items():
        tab_to(page, f"#id_{name}")
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.insert_text(text)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def test_a_rep_goes_from_the_assignment_to_the_opened_prompt_without_a_mouse(browser, demo) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.goto(f"{demo.url}/accounts/login/")
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    tab_to(page, "#id_login")
    page.keyboard.insert_text("nele")
    tab_to(page, "#id_password")
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.url}/")

    page.goto(f"{demo.url}/runs/start/mail-after-meeting/")
    expect(page.locator("#run-form")).to_have_count(0)
    page.goto(f"{demo.url}/")
    go(page, "main a[href^='/assignments/']")
    go(page, "main a[href*='#follow-ups']")
    go(page, "#follow-ups a[href='/exercises/after-the-trial-fortnight/']")
    expect(page.locator("#id_goal")).to_be_visible()

    # Situation and material come before the boxes, and the boxes in the order of the method.
    assert read_aloud(page) == [
        "After the trial fortnight", "What is looked at", "Assignment", "Situation", "His mail of 2 December, invented", "Insert mail",
        "Your notes, invented", "Insert notes", "Your prompt", "Role", "Goal", "Information", "Limits optional", "Form optional", "Check Ctrl ↵",
    ]  # fmt: skip
    type_into(page, worked("en", "after-the-trial-fortnight"))
    tab_to(page, "main .trouble.ok a[href='/exercises/calm-reply-to-a-claim/']")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("claim")
    type_into(page, worked("en", "calm-reply-to-a-claim"))
    tab_to(page, "main .trouble.ok a[href='/runs/start/activity/follow-up-meeting/']")
    page.keyboard.press("Enter")
    expect(page.locator("#run-form")).to_be_visible()
    context.close()
