"""A new rep learns to write a prompt that works, and the prompt that was closed opens at that minute; in both languages, by keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
CATALOGUE = Path(__file__).resolve().parents[2] / "training" / "catalogue"
CLOSED = "/runs/start/account-plan-challenge/"


def worked(language: str, slug: str) -> dict[str, str]:
    """The worked example of a starter exercise: what a good learner writes."""
    found = yaml.safe_load((CATALOGUE / language / f"{slug}.yaml").read_text(encoding="utf-8"))["worked"]
    return {name: text for name, text in found.items() if name != "why"}


@contextmanager
def asked_for(demo, qualification: str) -> Iterator[None]:
    """The sparring prompt asks for a qualification meanwhile."""
    points = demo.api("marit", "activities/challenge-account-plan/")["policy"]["control_points"]
    demo.decide(
        "challenge-account-plan",
        accountable="marit",
        control_points=points | {"qualification": {"name": qualification}},
    )
    try:
        yield
    finally:
        demo.decide("challenge-account-plan", accountable="marit", control_points=points)


def write(page, boxes: dict[str, str]) -> None:
    """Fill the boxes and check, with the keyboard alone."""
    for name, text in boxes.items():
        page.locator(f"#id_{name}").focus()
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.press("Delete")
        page.keyboard.insert_text(text)
    page.keyboard.press("Control+Enter")


@pytest.mark.parametrize(
    ("language", "qualification", "path", "slugs", "vague", "gap"),
    [
        ("en", "follow-up-messages", "follow-ups", ("after-the-trial-fortnight", "calm-reply-to-a-claim"), "Summarise it and promise a date.", "No form and no length."),
        ("de", "call-summaries", "summaries", ("protokoll-ladepunkte", "jahresgespraech-baeckerei"), "Fass das zusammen.", "Weder Form noch Länge."),
    ],
)  # fmt: skip
def test_a_rep_learns_and_the_closed_prompt_opens(
    person, demo, language, qualification, path, slugs, vague, gap
) -> None:
    with asked_for(demo, qualification):
        page = person("jonas")
        page.context.add_cookies([{"name": "django_language", "value": language, "url": demo.url}])
        page.goto(demo.url + CLOSED)
        page.locator(f"main a[href='/exercises/?language={language}#{path}']").click()
        expect(page.locator(f"#{path}")).to_be_visible()
        page.locator(f"#{path} a[href='/exercises/{slugs[0]}/']").click()
        write(page, {"goal": vague})
        expect(page.locator("#exercise-form")).to_contain_text(gap, timeout=20_000)
        expect(page.locator("#worked")).to_have_count(0)
        write(page, worked(language, slugs[0]))
        expect(page.locator("#worked")).to_be_visible(timeout=20_000)
        page.locator(f"main .trouble.ok a[href='/exercises/{slugs[1]}/']").click()
        write(page, worked(language, slugs[1]))
        expect(page.locator("main .trouble.ok")).to_contain_text(qualification, timeout=20_000)
        page.locator("main .trouble.ok a[href='/runs/start/activity/challenge-account-plan/']").click()
        expect(page.locator("#run-form")).to_be_visible()


def test_what_is_typed_is_there_when_the_browser_comes_back(person, demo) -> None:
    page = person("clara")
    page.goto(f"{demo.url}/exercises/holiday-cover-note/")
    page.locator("#id_goal").fill("Write a note for the colleague who covers for me")
    expect(page.locator("#kept")).to_contain_text("Kept as you type")
    with page.expect_response(lambda answer: answer.url.endswith("/save/")):
        page.locator("#id_role").press_sequentially("Clerk")
    page.goto(f"{demo.url}/exercises/")
    page.goto(f"{demo.url}/exercises/holiday-cover-note/")
    expect(page.locator("#id_goal")).to_have_value("Write a note for the colleague who covers for me")


def kept(page):
    """Whatever comes next is kept on the server."""
    return page.expect_response(lambda answer: answer.url.endswith("/save/") and answer.status == 200)


def test_an_older_window_is_told_before_it_overwrites_an_attempt(person, demo) -> None:
    first = person("jonas")
    address = f"{demo.url}/exercises/note-for-the-service-desk/"
    first.goto(address)
    second = first.context.new_page()
    second.goto(address)
    with kept(first):
        first.locator("#id_goal").fill("A whole morning of careful words")
    second.locator("#id_goal").fill("Written in an older window")
    expect(second.locator("#kept")).to_contain_text("In another window something else was kept")
    second.keyboard.press("Control+Enter")
    expect(second.locator("main .trouble.warn")).to_contain_text("not kept")
    expect(second.locator("#id_goal")).to_have_value("Written in an older window")
    first.reload()
    expect(first.locator("#id_goal")).to_have_value("A whole morning of careful words")
    second.get_by_role("button", name="Keep what stands here").press("Enter")
    expect(second.locator("#kept")).to_contain_text("Kept as you type")
    with kept(second):
        second.locator("#id_role").fill("Goes on as before")
    first.reload()
    expect(first.locator("#id_goal")).to_have_value("Written in an older window")
    expect(first.locator("#id_role")).to_have_value("Goes on as before")


def end_session(page) -> None:
    """As an administrator's reset or the end of its time would."""
    page.context.clear_cookies(name="sessionid")


def sign_in_again(page, username: str, address: str) -> None:
    page.locator(f"button[name=username][value={username}]").click()
    page.wait_for_url(address)


def test_a_session_that_ended_while_somebody_typed_is_said_and_nothing_is_lost(person, demo) -> None:
    page = person("jonas")
    address = f"{demo.url}/exercises/note-for-the-service-desk/"
    page.goto(address)
    with kept(page):
        page.locator("#id_goal").fill("Kept before")
    end_session(page)
    page.locator("#id_goal").fill("Typed after the session ended")
    said = page.locator("main .trouble.warn")
    expect(said).to_contain_text("You are not signed in any more.")
    expect(said).to_contain_text("is not kept")
    expect(page.get_by_text("Kept as you type")).to_be_hidden()
    expect(page.locator("#id_goal")).to_have_value("Typed after the session ended")
    page.get_by_role("link", name="Sign in and come back").click()
    with kept(page):
        sign_in_again(page, "jonas", address)
    expect(page.locator("#id_goal")).to_have_value("Typed after the session ended")
    page.reload()
    expect(page.locator("#id_goal")).to_have_value("Typed after the session ended")


def test_pressing_check_after_the_session_ended_loses_nothing(person, demo) -> None:
    page = person("jonas")
    address = f"{demo.url}/exercises/holiday-cover-note/"
    page.goto(address)
    end_session(page)
    write(page, {"goal": "A whole morning of careful words", "role": "You cover for me"})
    page.wait_for_url("**/accounts/login/**")
    sign_in_again(page, "jonas", address)
    expect(page.locator("main .trouble.ok")).to_contain_text("stands here again")
    expect(page.locator("#id_goal")).to_have_value("A whole morning of careful words")
    expect(page.locator("#id_role")).to_have_value("You cover for me")
    # A colleague at the same browser sees nothing of it.
    end_session(page)
    write(page, {"goal": "Only mine"})
    page.wait_for_url("**/accounts/login/**")
    sign_in_again(page, "clara", address)
    expect(page.locator("#id_goal")).not_to_have_value("Only mine")
    assert page.evaluate("sessionStorage.getItem('typed')") is None


def test_a_page_that_stood_open_goes_on_after_a_log_in_in_another_tab(person, demo) -> None:
    page = person("jonas")
    page.goto(f"{demo.url}/exercises/recap-against-the-record/")
    end_session(page)
    other = page.context.new_page()
    other.goto(demo.url)
    sign_in_again(other, "jonas", f"{demo.url}/")
    with kept(page):
        page.locator("#id_goal").fill("Goes on")
    expect(page.locator("#kept")).to_contain_text("Kept as you type")


def test_a_learner_inserts_material_by_button_and_sees_both_answers(person, demo) -> None:
    page = person("clara")
    page.goto(f"{demo.url}/exercises/recap-with-a-gap/")
    page.get_by_role("button", name="Insert transcript").press("Enter")
    expect(page.locator("#id_information")).to_have_value("{transcript}")
    write(page, {"role": "You keep the minutes.", "goal": "Write a recap for the customer as a list of 5 points."})
    expect(page.locator("#exercise-form")).to_contain_text("points stand", timeout=20_000)
    page.get_by_role("link", name="Earlier attempts").click()
    page.get_by_role("button", name="Try it with the model").click()
    expect(page.locator("#proof .panel")).to_have_count(2)
    expect(page.locator("#proof .reading")).to_have_count(2, timeout=180_000)
    expect(page.locator("#proof")).to_contain_text("A recap of this call fits into 150 words.")
