"""Somebody writes in: compliance finds them, hands over what there is, and erases it."""

import json
import urllib.request
import zipfile
from pathlib import Path

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


def _files(folder: Path) -> dict[str, bytes]:
    """Every file there is, and what lies in the zips."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            try:
                found[str(path)] = path.read_bytes()
            except FileNotFoundError:
                continue  # a message of the broker that was taken meanwhile
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as archive:
                    found |= {f"{path}:{name}": archive.read(name) for name in archive.namelist()}
    return found


def test_after_an_erasure_no_file_holds_what_was_known_or_a_key_to_it(demo) -> None:
    """Database and its journal, exports, streams, anchors, the broker's folder, logs: all of it, byte by byte."""
    given = {
        "transcript": "Jonas Feld: I spoke with Zerlina Obermoosbrugger about 214 doors. She reads z.obermoos@alpweg.example, +43 664 5550143."
    }
    number = demo.api("jonas", "runs/", {"prompt": "discovery-call-summary", "inputs": given})["id"]
    demo.wait(lambda: demo.api("jonas", f"runs/{number}/")["state"] == "in_review", 180, f"run {number}")
    known = [word.encode() for word in ("Zerlina", "Obermoosbrugger", "z.obermoos", "664 5550143", "6645550143")]
    key = bytes(demo.query("SELECT wrapped FROM privacy_datakey WHERE id = (SELECT data_key_id FROM runs_run WHERE id = ?)", number)[0][0])  # fmt: skip
    assert any(key in content for content in _files(demo.data).values()), "nothing is looked for"
    found = demo.api("petra", "privacy/requests/find/", {"who": "Obermoosbrugger, Zerlina"})
    assert [row["how"] for row in found["results"]] == ["whole"]
    done = demo.api("petra", "privacy/requests/erase/", {"keys": [found["results"][0]["key"]], "reference": "Letter 8"})
    assert done["count"] == 1
    request = urllib.request.Request(
        f"{demo.url}/api/v1/audit/events/export/",
        method="POST",
        headers={"Authorization": f"Bearer {demo.tokens['petra']}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        (demo.data / "export-after.zip").write_bytes(answer.read())
    (demo.data / "run-after.json").write_text(json.dumps(demo.api("jonas", f"runs/{number}/")))
    streamed = demo.data / "siem.jsonl"
    demo.wait(lambda: streamed.exists() and b"subject.erased" in streamed.read_bytes(), 60, "the stream")

    def remnants() -> list[str]:
        return [name for name, content in _files(demo.data).items() for word in (*known, key) if word in content]

    # The journal is emptied right after the commit, and once a minute where somebody read at that moment.
    demo.wait(lambda: not remnants(), 90, f"remnants in {remnants()}")
