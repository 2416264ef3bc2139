"""Events get their place, the tree is signed, the signed heads lie outside, and everything is verified."""

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from audit import anchoring, exporting, keys, notes, places, sealing, tasks, tree, verifying
from audit.filters import Filters
from audit.models import Anchor, AuditEvent, Checkpoint, Leaf, PlaceState, Tile, Unsealed, Verification
from audit.services import record

pytestmark = pytest.mark.django_db


def _event(number: int = 1) -> AuditEvent:
    return record(action="keys.rotated", count=number, key_id="k")


def _events(count: int) -> None:
    with transaction.atomic():
        for number in range(count):
            _event(number)


def test_every_event_waits_until_it_gets_its_place() -> None:
    _events(300)
    assert Unsealed.objects.count() == 300
    assert sealing.seal() == sealing.Sealed(300, 300)
    assert not Unsealed.objects.exists()
    assert list(Leaf.objects.order_by("position").values_list("position", flat=True)) == list(range(300))
    assert sealing.seal() == sealing.Sealed(0, 300)


def test_a_transaction_that_fails_leaves_nothing() -> None:
    with transaction.atomic():
        _event()
        transaction.set_rollback(True)
    assert not Unsealed.objects.exists()
    assert sealing.seal().size == 0


@pytest.mark.django_db(transaction=True)
def test_several_writers_and_sealers_at_once_leave_no_gap_and_no_fork() -> None:
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for step in range(40):
                try:
                    with transaction.atomic():
                        _event(number * 100 + step)
                        if step % 10 == 9:
                            raise ZeroDivisionError
                except ZeroDivisionError:
                    pass
        except Error as error:
            failures.append(error)
        finally:
            connections.close_all()

    def seal() -> None:
        try:
            for _step in range(25):
                sealing.seal()
        except (Error, sealing.SealBroken) as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)] + [
        threading.Thread(target=seal) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    sealing.seal()
    assert tree.size() == AuditEvent.objects.count() == 4 * 36
    assert verifying.verify().state == "passed"


def test_the_database_refuses_to_change_what_is_sealed() -> None:
    _events(300)
    sealing.make_checkpoint()
    Anchor.objects.create(place="x", size=1, at=timezone.now())
    for statement in (
        "UPDATE audit_leaf SET position = 999 WHERE position = 3", "DELETE FROM audit_leaf", "DELETE FROM audit_tile", "UPDATE audit_checkpoint SET size = 5",
        "DELETE FROM audit_checkpoint", "UPDATE audit_anchor SET size = 5", "DELETE FROM audit_anchor", "UPDATE audit_tile SET number = 7 WHERE level = 1",
    ):  # fmt: skip
        with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    tile = Tile.objects.get(level=0, number=1)
    for hashes in (
        bytes(len(tile.hashes)),
        bytes(tile.hashes)[:-32],
        b"x" + bytes(tile.hashes),
        bytes(tile.hashes) * 10,
    ):
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            Tile.objects.filter(pk=tile.pk).update(hashes=hashes)


def test_a_checkpoint_is_a_signed_note_that_others_can_read() -> None:
    _events(5)
    checkpoint = sealing.make_checkpoint()
    text = notes.open_note(checkpoint.note, keys.current().active)
    assert text.splitlines()[:2] == ["tests.example/log", "5"]
    assert notes.parse_checkpoint(text).root == tree.StoredTree(5).root
    assert sealing.make_checkpoint() == checkpoint, "nothing happened since but the checkpoint itself"
    _event()
    assert sealing.make_checkpoint().size == 7


def test_a_checkpoint_is_due_when_the_last_is_old_and_something_happened(settings) -> None:
    assert not sealing.due()
    _events(3)
    sealing.seal()
    assert sealing.due()
    sealing.make_checkpoint()
    settings.WORKBENCH_CHECKPOINT_SECONDS = 0
    sealing.seal()
    assert not sealing.due(), "only the entry about the checkpoint itself"
    _event()
    sealing.seal()
    assert sealing.due()
    settings.WORKBENCH_CHECKPOINT_SECONDS = 900
    assert not sealing.due()


def test_without_a_key_nothing_is_signed_and_the_sentence_says_what_to_do(settings) -> None:
    settings.WORKBENCH_SEAL_KEYS = "name+00000000+AAAA"
    with pytest.raises(ImproperlyConfigured, match="Line 1 of the seal keys"):
        sealing.make_checkpoint()
    settings.WORKBENCH_SEAL_KEYS = str(keys.parse(str(notes.new_signer("x/y"))).active)
    with pytest.raises(ImproperlyConfigured, match="ensure_keys"):
        sealing.make_checkpoint()


def test_a_rotation_overlaps_and_old_checkpoints_keep_verifying(settings) -> None:
    _events(3)
    first = sealing.make_checkpoint()
    settings.WORKBENCH_SEAL_KEYS = keys.rotated(settings.WORKBENCH_SEAL_KEYS)
    _event()
    both = sealing.make_checkpoint()
    assert len(notes.split(both.note)[1]) == 2
    settings.WORKBENCH_SEAL_KEYS = keys.retired(settings.WORKBENCH_SEAL_KEYS)
    assert settings.WORKBENCH_SEAL_KEYS.count("PRIVATE") == 1
    _event()
    last = sealing.make_checkpoint()
    assert len(notes.split(last.note)[1]) == 1
    for checkpoint in (first, both, last):
        notes.open_note(checkpoint.note, *keys.current().verifiers)
    assert verifying.verify().faults == []


def test_notes_are_those_of_the_standard() -> None:
    """The example of C2SP's signed-note."""
    verifier = notes.parse_verifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    note = f"{text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    assert notes.open_note(note, verifier) == text
    with pytest.raises(notes.BadNote):
        notes.open_note(note.replace("answer", "Answer"), verifier)


# Places outside


def test_a_folder_gets_the_tree_as_others_lay_it_out_and_only_what_is_new(settings, tmp_path) -> None:
    settings.WORKBENCH_ANCHORS = f"Works council=folder:{tmp_path}/a; Second=folder:{tmp_path}/b"
    _events(300)
    sealing.make_checkpoint()
    assert anchoring.deliver_all() == 2
    assert anchoring.deliver_all() == 0
    first = tmp_path / "a/tile/0/000"
    assert first.read_bytes() == bytes(Tile.objects.get(level=0, number=0).hashes)
    assert first.stat().st_mode & 0o222 == 0
    _events(300)
    checkpoint = sealing.make_checkpoint()
    assert anchoring.deliver_all() == 2
    assert (tmp_path / "a/checkpoint").read_text() == checkpoint.note
    assert sorted(file.name for file in (tmp_path / "b/checkpoints").iterdir()) == ["300", "601"]
    assert verifying.verify().faults == []


def test_tiles_lie_where_the_standard_says() -> None:
    assert places.tile_path(0, 7) == "tile/0/007"
    assert places.tile_path(1, 1234067) == "tile/1/x001/x234/067"
    assert places.tile_path(0, 1000, 17) == "tile/0/x001/000.p/17"


def test_a_repository_gets_commits_and_is_read_back(settings, tmp_path) -> None:
    settings.WORKBENCH_ANCHORS_PATH = tmp_path / "anchors"
    settings.WORKBENCH_ANCHORS = f"Repository=git:{tmp_path}/elsewhere.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "elsewhere.git")], check=True)
    for _round in range(2):
        _events(260)
        sealing.make_checkpoint()
        assert anchoring.deliver_all() == 1, PlaceState.objects.values_list("fault")
    log = subprocess.run(
        ["git", "-C", str(tmp_path / "elsewhere.git"), "log", "--format=%s"], capture_output=True, text=True, check=True
    ).stdout
    assert log.splitlines() == ["Checkpoint 521 of tests.example/log", "Checkpoint 260 of tests.example/log"]
    assert verifying.verify().faults == []
    (tmp_path / "elsewhere.git").rename(tmp_path / "gone.git")
    _event()
    sealing.make_checkpoint()
    assert anchoring.deliver_all() == 0
    assert "Git refused" in PlaceState.objects.get().fault
    assert {fault["kind"] for fault in verifying.verify().faults} == {"place"}


def test_mails_go_out_once_a_day_and_hold_the_note(settings, mailoutbox) -> None:
    settings.WORKBENCH_ANCHORS = "Data protection officer=mailto:dpo@nordwerk.example"
    _events(3)
    checkpoint = sealing.make_checkpoint()
    assert anchoring.deliver_all() == 1
    assert checkpoint.note in mailoutbox[0].body
    _event()
    sealing.make_checkpoint()
    assert anchoring.deliver_all() == 0
    assert anchoring.deliver_all(now=timezone.now() + timezone.timedelta(days=1, seconds=5)) == 1


def test_an_address_gets_the_note_and_a_refusal_is_tried_again_later(settings, answering) -> None:
    server = answering([500, 200])
    settings.WORKBENCH_ANCHORS = f"Archive={server.url}/keep"
    _events(3)
    checkpoint = sealing.make_checkpoint()
    assert anchoring.deliver_all() == 0
    state = PlaceState.objects.get()
    assert (state.tries, "status 500" in state.fault) == (1, True)
    assert anchoring.deliver_all() == 0, "not before the pause is over"
    assert len(server.seen) == 1
    assert anchoring.deliver_all(now=state.next_try_at) == 1
    assert server.seen[-1] == checkpoint.note
    assert PlaceState.objects.get().fault == ""


def test_nobody_is_followed_elsewhere(settings, answering) -> None:
    server = answering([302])
    settings.WORKBENCH_ANCHORS = f"Archive={server.url}/keep"
    _event()
    sealing.make_checkpoint()
    assert anchoring.deliver_all() == 0
    assert "status 302" in PlaceState.objects.get().fault


@pytest.mark.parametrize(
    "text", ["folder:/x", "A=ftp:/x", "A=folder:", "A=folder:/x;A=folder:/y", "=folder:/x", "A=witness:http://x#nokey"]
)
def test_places_that_cannot_be_read_stop_with_a_sentence(text) -> None:
    with pytest.raises(ImproperlyConfigured, match="WORKBENCH_ANCHORS"):
        places.parse(text)


def test_a_place_that_has_seen_more_is_not_overwritten(settings, tmp_path) -> None:
    settings.WORKBENCH_ANCHORS = f"A=folder:{tmp_path}/a"
    (tmp_path / "a").mkdir()
    (tmp_path / "a/checkpoint").write_text(
        notes.sign(str(notes.Checkpoint("tests.example/log", 900, bytes(32))), *keys.current().signers)
    )
    _event()
    sealing.make_checkpoint()
    assert anchoring.deliver_all() == 0
    assert "entries are missing here" in PlaceState.objects.get().fault
    (tmp_path / "a/checkpoint").write_text(
        notes.sign(str(notes.Checkpoint("another/log", 1, bytes(32))), *keys.current().signers)
    )
    assert anchoring.deliver_all(at_once=True) == 0
    assert "another log, another/log" in PlaceState.objects.get().fault


# Verification


def test_a_verification_goes_on_where_it_was_interrupted(monkeypatch) -> None:
    _events(9000)
    sealing.make_checkpoint()
    read, seen = verifying._read, []

    def until_the_power_goes(start: int, end: int, removed):
        seen.append(start)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return read(start, end, removed)

    monkeypatch.setattr(verifying, "SAVE_SECONDS", 0)
    monkeypatch.setattr(verifying, "_read", until_the_power_goes)
    with pytest.raises(KeyboardInterrupt):
        verifying.verify()
    state = Verification.objects.get()
    assert (state.state, state.position) == ("running", 4096)
    with pytest.raises(verifying.AlreadyRunning):
        verifying.verify()
    monkeypatch.setattr(verifying, "LOST_AFTER", timezone.timedelta(0))
    result = verifying.verify()
    assert result.pk == state.pk
    assert seen[2:] == [4096, 8192]
    assert (result.state, result.faults) == ("passed", [])


def test_it_verifies_by_itself_once_a_day() -> None:
    _events(3)
    tasks.verify_when_due()
    assert Verification.objects.count() == 1
    tasks.verify_when_due()
    assert Verification.objects.count() == 1
    Verification.objects.update(ended_at=timezone.now() - verifying.DAILY)
    tasks.verify_when_due()
    assert Verification.objects.count() == 2


def test_the_result_is_an_entry_of_the_log() -> None:
    _events(3)
    sealing.seal()
    result = verifying.verify()
    event = AuditEvent.objects.get(action="log.verified")
    assert (event.object_id, event.data["passed"], event.data["size"]) == (str(result.pk), True, 3)


def test_a_run_that_the_log_does_not_tell_of_is_named(cast, provider) -> None:
    from policies.models import PromptVersion
    from workbench.runs import services
    from workbench.runs.models import Run

    version = PromptVersion.objects.approved().get(prompt__slug="discovery-call-summary")
    run = services.submit_run(
        actor=cast.rep, prompt_version=version, inputs={"transcript": "Ilaria Conti: We run three cold stores."}
    )
    sealing.seal()
    assert verifying.verify().faults == []
    Run.objects.filter(pk=run.pk).update(state="rejected")
    fault = verifying.verify().faults[0]
    assert (fault["kind"], fault["entry"]) == ("incomplete", run.pk)
    assert "rejected" in fault["detail"]


def test_events_that_wait_too_long_are_a_warning_and_no_failure() -> None:
    event = _event()
    from audit import triggers

    triggers.remove(connection)
    AuditEvent.objects.filter(pk=event.pk).update(at=timezone.now() - timezone.timedelta(minutes=5))
    triggers.install(connection)
    result = verifying.verify()
    assert (result.state, [fault["kind"] for fault in result.faults]) == ("passed", ["waiting"])


def _alter(pk: int) -> None:
    from audit import triggers

    triggers.remove(connection)
    AuditEvent.objects.filter(pk=pk).update(category="human_only")
    triggers.install(connection)


def test_a_broken_seal_is_red_everywhere_and_told_to_compliance(cast, sign_in, mailoutbox, settings) -> None:
    from workbench.accounts import notices
    from workbench.accounts.models import User

    settings.WORKBENCH_URL = "https://workbench.nordwerk.example"
    User.objects.filter(pk=cast.compliance.pk).update(mail="immediate")
    sealing.make_checkpoint()
    entry = AuditEvent.objects.earliest("pk").pk
    _alter(entry)
    result = verifying.verify()
    assert (result.state, result.faults[0]["kind"], result.faults[0]["entry"]) == ("failed", "altered", entry)
    client = sign_in(cast.compliance)
    for name in ("audit:log", "audit:seal"):
        assert "The log is not what was sealed." in client.get(reverse(name)).content.decode()
    page = client.get(reverse("audit:verification", args=[result.pk])).content.decode()
    assert "its columns were altered." in page
    for _twice in range(2):
        notices.tell_broken_seal()
        notices.send_mails()
    mails = [mail for mail in mailoutbox if mail.to == [cast.compliance.email]]
    assert len(mails) == 1
    assert f"/audit/seal/verifications/{result.pk}/" in mails[0].body


def test_an_untouched_log_gives_no_alarm(cast, sign_in) -> None:
    sealing.make_checkpoint()
    verifying.verify()
    page = sign_in(cast.compliance).get(reverse("audit:seal")).content.decode()
    assert "Everything verifies." in page
    assert keys.current().active.fingerprint in page


def test_verify_and_checkpoint_by_button(cast, sign_in, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(tasks.verify, "delay", asked.append)
    monkeypatch.setattr(tasks.deliver, "delay", lambda: asked.append("deliver"))
    client = sign_in(cast.administrator)
    assert "Checkpoint at entry" in client.post(reverse("audit:seal_now"), follow=True).content.decode()
    assert "is being verified" in client.post(reverse("audit:verify_now"), follow=True).content.decode()
    assert asked == ["deliver", cast.administrator.pk]
    note = client.get(reverse("audit:checkpoint", args=[Checkpoint.objects.get().size]))
    assert note["Content-Type"].startswith("text/plain")
    assert note.content.decode() == Checkpoint.objects.get().note


def test_a_damaged_tree_is_said_and_nothing_is_signed(cast, sign_in) -> None:
    from audit import triggers

    sealing.seal()
    triggers.remove(connection)
    Tile.objects.all().delete()
    triggers.install(connection)
    page = sign_in(cast.administrator).post(reverse("audit:seal_now"), follow=True).content.decode()
    assert "The stored tree is damaged, so nothing was signed." in page
    assert not Checkpoint.objects.exists()


# The keeper


@pytest.mark.django_db(transaction=True)
def test_the_keeper_seals_signs_and_ends_on_request(tmp_path) -> None:
    database = connection.settings_dict
    if connection.vendor == "postgresql":
        url = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    else:
        url = f"sqlite:///{database['NAME']}"
    _events(20)
    environment = {
        "PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "workbench.settings", "WORKBENCH_DATA_DIR": str(tmp_path), "WORKBENCH_SECRET_KEY": "x", "WORKBENCH_DEMO": "1",
        "WORKBENCH_KEYRING": project.WORKBENCH_KEYRING, "WORKBENCH_SEAL_KEYS": project.WORKBENCH_SEAL_KEYS, "WORKBENCH_DATABASE_URL": url,
    }  # fmt: skip
    root = Path(project.BASE_DIR)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "keep_log", "--seconds", "0.05"], cwd=root, env=environment
    )
    try:
        patience = threading.Event()
        for _look in range(400):
            if Checkpoint.objects.exists():
                break
            patience.wait(0.05)
        assert Checkpoint.objects.get().size == 20
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_the_api_gives_checkpoints_proofs_and_verifications(cast, sign_in, monkeypatch) -> None:
    from audit import merkle

    client = sign_in(cast.compliance)
    first = sealing.make_checkpoint()
    _event()
    monkeypatch.setattr(tasks.deliver, "delay", lambda: None)
    second = client.post("/api/v1/audit/checkpoints/", content_type="application/json").json()
    proof = client.get(f"/api/v1/audit/checkpoints/{second['size']}/consistency/?old={first.size}").json()
    merkle.check_consistency(
        first.size,
        second["size"],
        [bytes.fromhex(step) for step in proof["path"]],
        bytes(first.root),
        bytes.fromhex(second["root_hex"]),
    )
    assert [row["size"] for row in client.get("/api/v1/audit/checkpoints/").json()["results"]] == [
        second["size"],
        first.size,
    ]
    newest = AuditEvent.objects.latest("pk").pk
    assert client.get(f"/api/v1/audit/events/{newest}/proof/").status_code == 409
    assert client.get("/api/v1/audit/events/1000000/proof/").status_code == 404
    result = verifying.verify()
    assert client.get(f"/api/v1/audit/verifications/{result.pk}/").json()["state"] == "passed"


def test_the_api_filters_as_the_page_does_and_says_what_it_cannot_read(cast, sign_in) -> None:
    client = sign_in(cast.compliance)
    record(action="run.noted", actor=cast.rep, run_id=77, object_type="run", object_id=77)
    found = client.get("/api/v1/audit/events/", {"run_id": 77, "actor_id": cast.rep.pk}).json()["results"]
    assert [row["action"] for row in found] == ["run.noted"]
    assert client.get("/api/v1/audit/events/", {"since": "yesterday"}).status_code == 400
    assert client.get("/api/v1/audit/events/", {"run_id": "x"}).status_code == 400
    assert AuditEvent.objects.filter(action="log.viewed", actor_id=cast.compliance.pk).exists()


def test_an_export_by_page_and_by_api_is_an_entry_and_is_listed(cast, sign_in) -> None:
    client = sign_in(cast.compliance)
    page = client.get(reverse("audit:exports") + "?kind=people").content.decode()
    upto = page.split('name="upto" value="')[1].split('"')[0]
    answer = client.post(reverse("audit:export_file"), {"kind": "people", "upto": upto})
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    event = AuditEvent.objects.get(action="log.exported")
    assert event.data["filters"] == {"kind": "people", "upto": int(upto)}
    assert f"Take {event.data['count']} entries along" in page
    assert "handed over" in client.get(reverse("audit:exports")).content.decode()
    assert b"".join(client.post("/api/v1/audit/events/export/?kind=people").streaming_content)[:2] == b"PK"


def test_an_export_that_breaks_off_says_so(cast, sign_in) -> None:
    export, checkpoint = exporting.begin(actor=cast.compliance, filters=Filters())
    pieces = exporting.stream(export, checkpoint, Filters())
    next(pieces)
    pieces.close()
    assert "broken off" in sign_in(cast.compliance).get(reverse("audit:exports")).content.decode()


def test_cells_that_a_spreadsheet_would_run_are_madeharmless(cast) -> None:
    from audit.exporting import harmless

    assert harmless("=1+1") == "'=1+1"
    assert harmless("-3") == "'-3"
    assert harmless("plain") == "plain"


def test_the_data_of_an_event_is_stored_in_one_form() -> None:
    event = record(action="run.edited", share_edited=1.0, seconds_open=3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM audit_auditevent WHERE id = %s", [event.pk])
        assert cursor.fetchone()[0] == '{"seconds_open":3,"share_edited":1}'
    for number in (float("nan"), float("inf"), 1e-9, 1.5e-7):
        with pytest.raises(ValueError, match="number of the log"), transaction.atomic():
            record(action="run.edited", share_edited=number)
    assert json.loads(json.dumps(AuditEvent.objects.get(pk=event.pk).data)) == {"seconds_open": 3, "share_edited": 1}
