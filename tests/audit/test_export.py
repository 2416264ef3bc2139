"""What an auditor takes along can be checked without us."""

import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.db import transaction

from audit import anchoring, exporting, sealing
from audit.filters import Filters
from audit.models import AuditEvent
from audit.services import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(cast, settings, tmp_path) -> Path:
    """An export of a mixed log, unpacked where nothing else is."""
    settings.WORKBENCH_ANCHORS = f"The works council=folder:{tmp_path}/outside"
    for number in range(700):
        record(
            action="run.edited", actor=cast.reviewer, object_type="run", object_id=number, run_id=number, activity_id=1, category="human_in_the_loop",
            output_sha256="ab" * 32, share_edited=number / 3, seconds_open=number,
        )  # fmt: skip
    sealing.make_checkpoint()
    anchoring.deliver_all()
    return unpack(cast.compliance, Filters(), tmp_path / "out")


def unpack(actor, filters: Filters, target: Path) -> Path:
    export, checkpoint = exporting.begin(actor=actor, filters=filters)
    raw = b"".join(exporting.stream(export, checkpoint, filters))
    assert (export.state, export.done) == ("done", export.count)
    zipfile.ZipFile(io.BytesIO(raw)).extractall(target)
    return target


def verify(folder: Path, *arguments: str, python: str = sys.executable) -> tuple[int, str]:
    done = subprocess.run(
        [python, "-I", "verify.py", *arguments], cwd=folder, capture_output=True, text=True, env={"PATH": "/nowhere", "PYTHONIOENCODING": "utf-8"}, timeout=120
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_an_untouched_export_verifies(folder) -> None:
    code, said = verify(folder)
    assert code == 0, said
    assert "VERIFIED     " in said
    assert "Fingerprint" in said


def test_filtered_entries_verify_and_are_as_many_as_on_the_screen(cast, folder, tmp_path) -> None:
    filters = Filters(run=345)
    some = unpack(cast.compliance, filters, tmp_path / "some")
    code, said = verify(some)
    assert (code, said.count("VERIFIED     1 records")) == (0, 1), said
    everything = unpack(cast.compliance, Filters(kind="verdicts"), tmp_path / "verdicts")
    assert f"VERIFIED     {AuditEvent.objects.filter(action='run.edited').count()} records" in verify(everything)[1]


def test_an_empty_export_verifies(cast, folder, tmp_path) -> None:
    assert verify(unpack(cast.compliance, Filters(run=999_999), tmp_path / "none"))[0] == 0


@pytest.mark.parametrize(
    "name",
    [
        "records.jsonl",
        "records.csv",
        "tree.txt",
        "checkpoint",
        "manifest",
        "export.json",
        "anchors.csv",
        "keys.txt",
        "README.txt",
    ],
)
def test_a_changed_byte_in_any_file_is_found(folder, name) -> None:
    file = folder / name
    raw = bytearray(file.read_bytes())
    for place in (3, len(raw) // 2, len(raw) - 3):
        changed = bytearray(raw)
        changed[place] ^= 1
        file.write_bytes(changed)
        code, said = verify(folder)
        assert code == 1, (place, said)
        assert "NOT VERIFIED" in said
        assert "Traceback" not in said
    file.write_bytes(raw)
    assert verify(folder)[0] == 0


def test_the_record_that_was_changed_is_named(folder) -> None:
    file = folder / "records.jsonl"
    lines = file.read_text().splitlines()
    target = next(number for number, line in enumerate(lines) if '"run_id":400' in line)
    entry = lines[target].split(",")[0].split(":")[1]
    file.write_text(
        "\n".join(
            [*lines[:target], lines[target].replace('"seconds_open":400', '"seconds_open":4'), *lines[target + 1 :]]
        )
        + "\n"
    )
    code, said = verify(folder)
    assert code == 1
    assert f"entry {entry} (place" in said
    assert "it is not what was sealed" in said


def test_a_record_taken_out_or_put_in_twice_is_found(folder) -> None:
    file = folder / "records.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    for changed in (lines[:-1], lines[1:], [*lines[:5], lines[4], *lines[5:]], [lines[1], lines[0], *lines[2:]]):
        file.write_text("".join(changed))
        assert verify(folder)[0] == 1


def test_a_cell_of_the_table_that_says_something_else_is_named(folder) -> None:
    file = folder / "records.csv"
    file.write_bytes(file.read_bytes().replace(b"human_in_the_loop", b"human_only", 1))
    code, said = verify(folder)
    assert code == 1
    assert "says something else in the column category" in said


def test_somebody_elses_key_is_not_believed(folder) -> None:
    from audit import notes

    stranger = notes.new_signer("tests.example/log").verifier
    code, said = verify(folder, "--key", str(stranger))
    assert code == 1
    assert "not signed by a key that is trusted here" in said
    assert verify(folder, "--key", (folder / "keys.txt").read_text().strip())[0] == 0


def test_a_checkpoint_from_outside_is_compared(folder, tmp_path) -> None:
    own = tmp_path / "own"
    shutil.copy(folder / "checkpoint", own)
    code, said = verify(folder, "--seen", str(own))
    assert (code, "is the checkpoint of this export" in said) == (0, True)
    from audit import keys, notes

    other = notes.sign(
        str(notes.Checkpoint("tests.example/log", int(own.read_text().splitlines()[1]), bytes(32))),
        keys.current().signers[0],
    )
    own.write_text(other)
    code, said = verify(folder, "--seen", str(own))
    assert code == 1
    assert "before it was rebuilt" in said


def test_the_verifier_takes_the_zip_itself(cast, folder, tmp_path) -> None:
    export, checkpoint = exporting.begin(actor=cast.compliance, filters=Filters(run=3))
    file = tmp_path / "alone" / "export.zip"
    file.parent.mkdir()
    file.write_bytes(b"".join(exporting.stream(export, checkpoint, Filters(run=3))))
    shutil.copy(folder / "verify.py", file.parent)
    assert verify(file.parent)[0] == 0


def test_every_python_here_from_the_oldest_to_the_newest_can_verify(folder) -> None:
    found = list(Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions").glob("*/bin/python3"))
    found += [Path(path) for path in ("/usr/bin/python3",) if Path(path).exists()]
    for python in found:
        version = subprocess.run(
            [python, "-c", "import sys; print(sys.version_info >= (3, 8))"], capture_output=True, text=True
        ).stdout
        if version.strip() == "True":
            code, said = verify(folder, python=str(python))
            assert code == 0, (python, said)


def test_signatures_are_checked_as_the_standard_says() -> None:
    """RFC 8032, section 7.1, tests 1 to 3, and a changed bit of each."""
    from audit.handout import verify as program

    for public, message, signature in (
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ):
        key, text, mark = (bytes.fromhex(part) for part in (public, message, signature))
        assert program.signed(key, text, mark)
        assert not program.signed(key, text + b"x", mark)
        assert not program.signed(key, text, bytes([mark[0] ^ 1]) + mark[1:])
        assert not program.signed(bytes([key[0] ^ 1]) + key[1:], text, mark)


def test_files_and_members_that_stand_twice_and_nonsense_never_verify(cast, tmp_path) -> None:
    with transaction.atomic():
        for number in range(5):
            record(action="keys.rotated", count=number, key_id="k")
    filters = Filters(quiet=True)
    export, checkpoint = exporting.begin(actor=cast.compliance, filters=filters)
    good = tmp_path / "good.zip"
    good.write_bytes(b"".join(exporting.stream(export, checkpoint, filters)))
    with zipfile.ZipFile(good) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}

    def said(change) -> str:
        path = tmp_path / "bad.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in change(dict(files)):
                archive.writestr(name, content)
        done = subprocess.run(
            [sys.executable, Path(exporting.__file__).parent / "handout" / "verify.py", path],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (1, ""), done
        return done.stdout

    line = files["records.jsonl"].splitlines()[0]
    twice = line.replace(b'"event":{', b'"event":{"model":"other"},"event":{', 1)
    member = line.replace(b'"event":{', b'"event":{"action":"run.approved",', 1)
    with pytest.warns(UserWarning, match="Duplicate"):
        assert "stands twice" in said(lambda each: [("records.jsonl", b"{}\n"), *each.items()])
    for bad in (
        twice,
        member,
        b"[]",
        b"null",
        b'{"entry":1,"position":0,"event":[]}',
        b"[" * 100_000,
        b'{"entry":1,"position":1e400,"event":{}}',
        b"\xff",
    ):
        said(lambda each, bad=bad: (each | {"records.jsonl": files["records.jsonl"].replace(line, bad)}).items())
    for name in files:
        said(lambda each, name=name: (each | {name: b""}).items()) if name not in {"verify.py"} else None
        said(lambda each, name=name: (each | {name: b"\x00\xff\n" * 9}).items())
    said(lambda each: [])
