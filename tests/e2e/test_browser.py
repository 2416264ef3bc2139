"""A real call through every responsibility category, in a real browser, with a real (small) model."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from workbench.demo.services import sample

pytestmark = [pytest.mark.browser, pytest.mark.smoke]


@pytest.fixture(scope="module")
def transcript(tmp_path_factory):
    """The beginning of a real business call where one lies beside the checkout, else the demo's own; with names planted in it."""
    real = Path(__file__).resolve().parents[3] / "shared" / "data" / "transcripts" / "earnings22_4485192.vtt"
    if real.is_file():
        text = "\n\n".join(real.read_text(encoding="utf-8").split("\n\n")[:14])
    else:
        text = (
            "WEBVTT\n\n00:01.000 --> 00:09.000\n<v Jonas Feld>"
            + sample("discovery-call.vtt").replace("\n", " ")
            + "</v>"
        )
    text += "\n\n00:59:01.000 --> 00:59:09.000\n<v Ilaria Conti>My boss Henrik Aas decides. Write to i.conti@tessaro.example.</v>\n"
    file = tmp_path_factory.mktemp("call") / "call.vtt"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_call_becomes_a_reviewed_summary(person, demo, transcript) -> None:
    page = person("jonas")
    page.get_by_role("link", name="Summary of a discovery call").first.click()
    page.set_input_files("#file_transcript", transcript)
    expect(page.locator("#id_transcript")).to_have_value(re.compile("Henrik Aas"), timeout=30_000)
    page.locator("#preview .ph-person").first.wait_for(timeout=60_000)
    leaving = page.locator("#preview").inner_text()
    assert "Henrik" not in leaving
    assert "tessaro" not in leaving
    page.locator("#preview").get_by_role("button", name="Raw").click()
    assert "<information>" in page.locator("#preview").inner_text()
    page.get_by_role("button", name=re.compile("Send and draft")).click()
    page.wait_for_url("**/runs/*/")
    run = page.url.rstrip("/").split("/")[-1]
    page.get_by_text("Draft, names restored").wait_for(timeout=180_000)
    expect(page.get_by_text("Its texts are not usable").first).to_be_visible()
    desk = person("aylin")
    desk.goto(f"{demo.url}/desk/{run}/")
    assert "Henrik Aas" in desk.locator(".desk-source").inner_text()
    desk.keyboard.press("e")
    desk.locator("[data-editor]").fill("Summary: Henrik Aas decides.")
    desk.get_by_role("button", name="Edit and approve").click()
    desk.wait_for_url(lambda url: f"/desk/{run}/" not in url)
    page.reload()
    expect(page.get_by_text("Released text")).to_be_visible()
    assert "Summary: Henrik Aas decides." in page.inner_text("#text-body")
    log = person("petra")
    log.goto(f"{demo.url}/audit/log/?run={run}")
    text = log.inner_text("main")
    assert "edited and approved" in text
    assert "Henrik" not in text


def test_a_sparring_partner_answers_and_the_rep_writes_down_the_decision(person, demo) -> None:
    page = person("jonas")
    page.goto(f"{demo.url}/runs/start/account-plan-challenge/")
    page.get_by_role("button", name="Fill in the example").click()
    page.locator("#preview .ph-person").first.wait_for(timeout=60_000)
    page.get_by_role("button", name=re.compile("Send and think")).click()
    page.get_by_text("A thinking aid for you").wait_for(timeout=180_000)
    page.get_by_label(re.compile("One line")).fill("I ask for a meeting with the person who decides.")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("I ask for a meeting with the person who decides.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)


def test_an_automated_activity_is_released_by_rule_or_waits_for_a_person(person, demo, transcript) -> None:
    page = person("jonas")
    page.goto(f"{demo.url}/runs/start/crm-fields-from-call/")
    page.set_input_files("#file_transcript", transcript)
    page.locator("#preview .ph-person").first.wait_for(timeout=60_000)
    page.get_by_role("button", name=re.compile("Send")).click()
    page.wait_for_url("**/runs/*/")
    page.locator("#text-body").wait_for(timeout=180_000)
    run = int(page.url.rstrip("/").split("/")[-1])
    ((state, person_id),) = demo.query("SELECT state, person_of_record_id FROM runs_run WHERE id = ?", run)
    assert state in {"released", "in_review"}
    assert (person_id is not None) == (state == "released")


def test_an_activity_that_stays_with_people_is_refused_by_name(person, demo) -> None:
    page = person("jonas")
    page.goto(f"{demo.url}/runs/start/activity/prioritise-accounts/")
    expect(page.get_by_text("Marit Solheim keeps “Prioritise accounts” with people.")).to_be_visible()


def test_a_leader_moves_an_activity_and_the_very_next_call_obeys(person, demo) -> None:
    rep, leader = person("jonas"), person("marit")
    before = demo.api("marit", "activities/challenge-account-plan/")["policy"]
    address = f"{demo.url}/runs/start/account-plan-challenge/"
    rep.goto(address)
    expect(rep.get_by_role("heading", name="What you know")).to_be_visible()
    try:
        leader.goto(f"{demo.url}/policies/challenge-account-plan/")
        leader.locator("input[name=category][value=human_only]").check(force=True)
        leader.locator("[name=rationale]").fill("Plans are thought through by people this month.")
        leader.get_by_role("button", name="Put in force").click()
        leader.get_by_text("Policy v2 is in force").wait_for()
        rep.reload()
        expect(rep.get_by_text("“Plans are thought through by people this month.”")).to_be_visible()
    finally:
        # The other tests use this activity as well.
        points = before["control_points"]
        demo.decide(
            "challenge-account-plan",
            category=before["category"],
            rationale=before["rationale"],
            tool=before["tool"],
            control_points=points,
        )


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_its_screen_in_both_languages(person, demo, width, scheme) -> None:
    people = {
        "jonas": ("/", "/runs/", "/runs/start/", "/runs/start/discovery-call-summary/", "/prompts/", "/profile/"),
        "marit": ("/map/", "/policies/", "/policies/summarise-discovery-call/", "/tools/"),
        "petra": ("/audit/log/",),
        "tom": ("/people/", "/teams/"),
        "aylin": ("/desk/decided/",),
    }
    for who, addresses in people.items():
        page = person(who, color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        for language in ("en", "de"):
            page.context.add_cookies([{"name": "django_language", "value": language, "url": demo.url}])
            for address in addresses:
                page.goto(demo.url + address)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, language)
                assert page.evaluate("document.documentElement.lang") == language


def test_a_rep_marks_a_word_by_selecting_it_and_what_they_typed_survives_a_reload(person, demo) -> None:
    page = person("clara")
    page.goto(f"{demo.url}/runs/start/discovery-call-summary/")
    page.locator("#id_transcript").fill("Clara Nguyen: Our project is called Bluebird, and it starts on Monday.")
    page.locator("#preview [data-markable]").wait_for(timeout=60_000)
    page.locator("#id_transcript").blur()
    page.evaluate(
        """() => { const area = document.querySelector('#preview [data-markable]');
        const walker = document.createTreeWalker(area, NodeFilter.SHOW_TEXT); let node;
        while ((node = walker.nextNode())) { const at = node.data.indexOf('Bluebird'); if (at < 0) continue;
          const range = document.createRange(); range.setStart(node, at); range.setEnd(node, at + 8);
          const selection = getSelection(); selection.removeAllRanges(); selection.addRange(range); } }"""
    )
    expect(page.locator("[data-mark-button]")).to_be_enabled()
    page.keyboard.press("r")
    page.locator("#preview .ph-marked").first.wait_for(timeout=60_000)
    assert "Bluebird" not in page.locator("#preview [data-markable]").inner_text()
    page.reload()
    assert "Bluebird" in page.locator("#id_transcript").input_value()
    expect(page.locator("#preview .ph-marked").first).to_be_visible()
