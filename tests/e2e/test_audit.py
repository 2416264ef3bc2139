"""As an auditor would: find, take along, check without us; then change the database as its owner could, and see it turn red."""

import sqlite3
import subprocess
import sys
import zipfile

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def run(demo):
    """A run of the rep that the reviewer approved."""
    given = {"transcript": "Ilaria Conti: We run three cold stores with 214 doors."}
    number = demo.api("jonas", "runs/", {"prompt": "discovery-call-summary", "inputs": given})["id"]
    demo.wait(lambda: demo.api("jonas", f"runs/{number}/")["state"] == "in_review", 180, f"run {number}")
    demo.api("aylin", f"runs/{number}/review/", {"verdict": "rejected", "reason": "Says nothing about the doors."})
    return number


def _settled(page) -> None:
    page.wait_for_load_state("networkidle")


def test_an_auditor_finds_takes_along_and_checks_without_the_workbench(person, demo, run, tmp_path) -> None:
    page = person("petra", accept_downloads=True)
    page.goto(f"{demo.url}/audit/log/")
    page.locator("#id_kind").select_option("outputs")  # one
    page.wait_for_url("**kind=outputs**")
    page.get_by_role("link", name="This quarter").click()  # two
    page.wait_for_url("**since=**")
    expect(page.locator("main")).to_contain_text("Aylin Demirtas rejected the draft of run")
    expect(page.locator("main")).to_contain_text("“Says nothing about the doors.”")
    expect(page.locator("#count")).to_contain_text(" of ")
    shown = int(page.locator("#count").inner_text().split(" of ")[0].replace("\u202f", ""))
    page.get_by_role("link", name="Export these entries").click()  # three
    expect(page.locator("main")).to_contain_text(f"Take {shown} entries along")
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the zip").click()
    expect(page.locator("#taken")).to_contain_text("handed over")
    folder = tmp_path / "elsewhere"
    file = tmp_path / "export.zip"
    download.value.save_as(file)
    zipfile.ZipFile(file).extractall(folder)

    def check():
        return subprocess.run(
            [sys.executable, "-I", "verify.py"], cwd=folder, capture_output=True, text=True, env={"PATH": "/nowhere"}
        )

    done = check()
    assert done.returncode == 0, done.stdout
    assert f"VERIFIED     {shown} records" in done.stdout
    raw = bytearray((folder / "records.jsonl").read_bytes())
    raw[len(raw) // 3] ^= 1
    (folder / "records.jsonl").write_bytes(raw)
    done = check()
    assert done.returncode == 1
    assert "NOT VERIFIED" in done.stdout


def test_a_database_that_its_owner_changed_turns_red(person, demo, run) -> None:
    page = person("petra")
    page.goto(f"{demo.url}/audit/seal/")
    page.get_by_role("button", name="Checkpoint now").click()
    expect(page.locator("[role=status]").last).to_contain_text("is signed")
    demo.wait(lambda: (demo.data / "anchors/here/checkpoint").exists(), 90, "a copy outside")

    def verify(words: str) -> None:
        before = demo.query("SELECT max(id) FROM audit_verification WHERE state <> 'running'")[0][0] or 0
        page.goto(f"{demo.url}/audit/seal/")
        page.get_by_role("button", name="Verify now").click()
        demo.wait(
            lambda: (demo.query("SELECT max(id) FROM audit_verification WHERE state <> 'running'")[0][0] or 0) > before,
            60,
            "a verification",
        )
        page.goto(f"{demo.url}/audit/seal/")
        expect(page.locator("main")).to_contain_text(words)

    verify("Everything verifies.")
    with sqlite3.connect(demo.data / "workbench.sqlite3", timeout=20) as owner:
        entry = owner.execute(
            "SELECT id FROM audit_auditevent WHERE run_id = ? AND action = 'run.rejected'", [run]
        ).fetchone()[0]
        sql = owner.execute("SELECT sql FROM sqlite_master WHERE name = 'audit_auditevent_no_update'").fetchone()[0]
        owner.execute("DROP TRIGGER audit_auditevent_no_update")
        owner.execute("UPDATE audit_auditevent SET action = 'run.approved' WHERE id = ?", [entry])
    try:
        verify("The log is not what was sealed.")
        page.get_by_role("link", name="See what was found").first.click()
        expect(page.locator("main")).to_contain_text("its columns were altered.")
        expect(page.get_by_role("link", name=f"{entry:,}".replace(",", "\u202f"), exact=True)).to_be_visible()
    finally:
        with sqlite3.connect(demo.data / "workbench.sqlite3", timeout=20) as owner:
            owner.execute("UPDATE audit_auditevent SET action = 'run.rejected' WHERE id = ?", [entry])
            owner.execute(sql)
    verify("Everything verifies.")
