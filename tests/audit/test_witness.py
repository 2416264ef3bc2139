"""A witness cosigns a log that only grows, and nothing else."""

import base64
from threading import Thread

import pytest
from django.core.management import CommandError, call_command

from audit import anchoring, keys, merkle, notes, sealing, verifying, witness
from audit.models import Anchor, AuditEvent, PlaceState
from audit.services import record

LOG = notes.new_signer("a.example/log")


def _leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


def _request(leaves: list[bytes], old: int, signer: notes.Signer = LOG, root: bytes | None = None) -> str:
    def node(height: int, index: int) -> bytes:
        return merkle.fold(leaves[index << height : (index + 1) << height])

    steps = "".join(f"{base64.b64encode(step).decode()}\n" for step in merkle.consistency_proof(old, len(leaves), node))
    head = notes.Checkpoint(signer.name, len(leaves), root or merkle.fold(leaves))
    return f"old {old}\n{steps}\n{notes.sign(str(head), signer)}"


@pytest.fixture
def one(tmp_path) -> witness.Witness:
    return witness.Witness(tmp_path / "state", [LOG.verifier], "w.example/one")


def test_it_cosigns_what_continues_what_it_saw(one, tmp_path) -> None:
    for old, new in ((0, 5), (5, 5), (5, 300)):
        body = _request(_leaves(new), old)
        line = one.add_checkpoint(body)
        text, _signatures = notes.split(body.partition("\n\n")[2])
        notes.open_note(f"{text}\n{line}", one.signer.verifier)
    again = witness.Witness(tmp_path / "state", [LOG.verifier], "other")
    assert again.signer == one.signer
    with pytest.raises(witness.Refused) as refused:
        again.add_checkpoint(_request(_leaves(5), 5))
    assert (refused.value.status, refused.value.body) == (409, "300\n")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda: _request(_leaves(9), 3), 409),
        (lambda: _request([*_leaves(4), *_leaves(4)], 5), 422),
        (lambda: _request(_leaves(5), 5, root=bytes(32)), 409),
        (lambda: _request(_leaves(9), 5, signer=notes.new_signer("b.example/log")), 404),
        (lambda: _request(_leaves(9), 5, signer=notes.new_signer("a.example/log")), 403),
        (lambda: "nonsense", 400),
        (lambda: "old 5\n\nnonsense", 400),
        (lambda: "old 5\n!!!\n\n" + _request(_leaves(9), 5).partition("\n\n")[2], 400),
        (lambda: _request(_leaves(9), 5).replace("old 5", "old 99"), 400),
    ],
)  # fmt: skip
def test_it_refuses_everything_else(one, change, status) -> None:
    one.add_checkpoint(_request(_leaves(5), 0))
    with pytest.raises(witness.Refused) as refused:
        one.add_checkpoint(change())
    assert refused.value.status == status
    one.add_checkpoint(_request(_leaves(9), 5))


@pytest.mark.django_db
def test_the_workbench_asks_a_witness_and_keeps_its_cosignature(settings, tmp_path) -> None:
    seen = witness.Witness(tmp_path / "state", [keys.current().active], "w.example/one")
    server = witness.serve(seen, "127.0.0.1", 0)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.WORKBENCH_ANCHORS = (
        f"Second workbench=witness:http://127.0.0.1:{server.server_port}#{seen.signer.verifier}"
    )
    try:
        for _round in range(3):
            for number in range(100):
                record(action="keys.rotated", count=number, key_id="k")
            checkpoint = sealing.make_checkpoint()
            assert anchoring.deliver_all() == 1, PlaceState.objects.values_list("fault")
            text, _signatures = notes.split(checkpoint.note)
            notes.open_note(f"{text}\n{Anchor.objects.first().receipt}", seen.signer.verifier)
        seen._keep(
            "tests.example/log",
            notes.sign(str(notes.Checkpoint("tests.example/log", 9999, bytes(32))), *keys.current().signers),
        )
        record(action="keys.rotated", count=1, key_id="k")
        sealing.make_checkpoint()
        assert anchoring.deliver_all() == 0
        assert "The witness has seen 9999 entries" in PlaceState.objects.get().fault
    finally:
        server.shutdown()
        server.server_close()


def test_the_command_says_what_is_wrong_with_a_key(tmp_path, capsys) -> None:
    assert witness.main(["--log", "nonsense", "--state", str(tmp_path)]) == 1
    assert "name+hash+base64" in capsys.readouterr().err


@pytest.mark.django_db
def test_the_log_is_verified_and_proved_from_the_command_line(capsys) -> None:
    for number in range(5):
        record(action="keys.rotated", count=number, key_id="k")
    first = AuditEvent.objects.earliest("pk").pk
    with pytest.raises(CommandError, match="not sealed yet"):
        call_command("prove", str(first))
    checkpoint = sealing.make_checkpoint()
    call_command("prove", str(first))
    assert checkpoint.root_hex in capsys.readouterr().out
    record(action="keys.rotated", count=1, key_id="k")
    newer = sealing.make_checkpoint()
    call_command("prove", "--between", str(checkpoint.size), str(newer.size))
    call_command("verify_log")
    assert "Everything verifies: 7 entries" in capsys.readouterr().out
    for arguments in (
        [],
        ["1", "--between", "1", "2"],
        ["--between", "1", "2"],
        ["999999"],
        ["--between", str(newer.size), str(checkpoint.size)],
    ):
        with pytest.raises(CommandError):
            call_command("prove", *arguments)
    from django.db import connection

    from audit import triggers

    triggers.remove(connection)
    AuditEvent.objects.filter(pk=first).update(actor_id=5)
    triggers.install(connection)
    with pytest.raises(CommandError, match="not what was sealed"):
        call_command("verify_log")
    assert f"WRONG: altered entry {first}" in capsys.readouterr().out
    assert verifying.last().state == "failed"


@pytest.mark.django_db
def test_keys_are_rotated_and_retired_in_their_file(settings, tmp_path, capsys) -> None:
    path = tmp_path / "seal-keys"
    settings.WORKBENCH_SEAL_KEYS_PATH = path
    with pytest.raises(CommandError, match="come from WORKBENCH_SEAL_KEYS"):
        call_command("seal_keys", "rotate")
    settings.WORKBENCH_SEAL_KEYS = ""
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("seal_keys", "rotate")
    path.write_text(f"{notes.new_signer('x.example/log')}\n")
    old = keys.current().active
    call_command("seal_keys", "rotate")
    assert len(keys.current().signers) == 2
    call_command("seal_keys", "retire")
    assert [signer.verifier for signer in keys.current().signers] == [keys.current().active]
    assert old in keys.current().verifiers
    assert path.stat().st_mode & 0o077 == 0
    out = capsys.readouterr().out
    assert "PRIVATE" not in out
    assert old.fingerprint in out
    assert AuditEvent.objects.filter(action="seal.keys_changed").count() == 2
