"""A trainer assigns a path and the rep finds it; a leader says how a team stands with a fundamental and why a policy begins without one."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_path_is_assigned_to_somebody_found_by_name_and_waits_on_their_home_page(person, demo) -> None:
    page = person("lukas")
    page.goto(f"{demo.url}/assignments/new/?path=research")
    page.locator("#id_due").fill((timezone.localdate() + timedelta(days=14)).isoformat())
    page.locator("[data-filter]").fill("nguyen")
    people = page.locator(".picker label:visible")
    expect(people).to_have_count(1)
    page.locator("[data-filter]").press("Tab")
    page.keyboard.press("Space")
    page.locator("[data-filter]").fill("north")
    expect(page.locator(".picker label:visible", has_text="Nguyen")).to_have_count(1)
    page.locator("[data-filter]").press("Enter")
    expect(page.locator(".picker")).to_be_visible()
    page.locator("#id_note").fill("Before the fair in spring.")
    page.get_by_role("button", name="Assign").press("Enter")
    expect(page.locator("main")).to_contain_text("Clara Nguyen")
    expect(page.locator("main")).to_contain_text("Before the fair in spring.")
    here = page.url
    clara = person("clara")
    clara.goto(demo.url)
    clara.locator(f"main a[href='{here.removeprefix(demo.url)}']").first.click()
    expect(clara.locator("main")).to_contain_text("Before the fair in spring.")
    page.get_by_role("button", name="End it").click()
    expect(page.locator("main")).to_contain_text("Ended by")
    clara.goto(demo.url)
    expect(clara.locator(f"main a[href='{here.removeprefix(demo.url)}']")).to_have_count(0)


def test_a_leader_assesses_a_team_by_keyboard_and_the_look_stays(person, demo) -> None:
    page = person("marit")
    page.goto(f"{demo.url}/fundamentals/research-before-contact/")
    before = page.locator("main table tbody tr:not(.only-narrow)").count()
    page.locator("#id_team").select_option(label="South")
    page.locator("input[name=level]").first.focus()
    page.keyboard.press("ArrowDown")
    page.locator("#id_evidence").fill("Eight of ten first contacts name an event.")
    page.locator("#id_evidence").press("Tab")
    page.keyboard.insert_text("Notes of October")
    page.get_by_role("button", name="Keep the assessment").press("Enter")
    expect(page.locator("main")).to_contain_text("Eight of ten first contacts name an event.")
    expect(page.locator("main table tbody tr:not(.only-narrow)")).to_have_count(before + 1)
    expect(page.locator("main")).to_contain_text("In part")
