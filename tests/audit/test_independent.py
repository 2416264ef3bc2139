"""Somebody else's implementation of the published formats agrees with ours, both ways round."""

import aics_tlog as other
import pytest

from audit import anchoring, keys, merkle, notes, proofs, sealing, tree, witness
from audit.canonical import canonical_json
from audit.models import AuditEvent
from audit.services import record

pytestmark = pytest.mark.django_db
SIZES = (1, 2, 255, 256, 257, 700)


@pytest.fixture
def outside(settings, tmp_path):
    """A folder that got a checkpoint at several sizes, and the checkpoints."""
    settings.WORKBENCH_ANCHORS = f"Works council=folder:{tmp_path}/outside"
    checkpoints = []
    for size in SIZES:
        for number in range(size - AuditEvent.objects.count()):
            record(action="keys.rotated", count=number, key_id="k")
        checkpoints.append(sealing.make_checkpoint())
        anchoring.deliver_all(at_once=True)
    return tmp_path / "outside", checkpoints


def test_their_verifier_believes_our_checkpoints(outside) -> None:
    for checkpoint in outside[1]:
        key = other.parse_vkey(str(keys.current().active))
        result = other.verify_checkpoint(other.parse_note(checkpoint.note), key, expected_origin="tests.example/log")
        assert result.ok, result
        damaged = checkpoint.note.replace(f"\n{checkpoint.size}\n", f"\n{checkpoint.size + 1}\n")
        assert not other.verify_checkpoint(other.parse_note(damaged), key).ok


def test_they_read_the_tiles_that_lie_outside_and_come_to_our_roots_and_proofs(outside) -> None:
    folder, checkpoints = outside
    reader = other.FileSystemTileReader(folder)
    newest = checkpoints[-1]
    ours = tree.StoredTree(newest.size)
    for checkpoint in checkpoints:
        assert other.tree_root_from_tiles(reader, checkpoint.size, newest.size) == bytes(checkpoint.root)
        steps = other.consistency_proof_from_tiles(reader, checkpoint.size, newest.size)
        assert steps == ours.consistency(checkpoint.size)
        merkle.check_consistency(checkpoint.size, newest.size, steps, bytes(checkpoint.root), bytes(newest.root))
    for position in (0, 1, 254, 255, 256, 300, newest.size - 1):
        assert other.inclusion_proof_from_tiles(reader, position, newest.size) == ours.inclusion(position)


def test_their_verifier_believes_our_proofs_and_not_altered_ones(outside) -> None:
    checkpoint = outside[1][-1]
    for entry in AuditEvent.objects.order_by("?")[:40]:
        if entry.pk > checkpoint.size:
            continue
        proof = proofs.inclusion(entry.pk)
        path, root = [bytes.fromhex(step) for step in proof["path"]], bytes.fromhex(proof["root"])
        leaf = canonical_json(proof["event"]).encode()
        assert other.verify_leaf_inclusion(leaf, proof["position"], proof["size"], path, root)
        assert not other.verify_leaf_inclusion(leaf + b" ", proof["position"], proof["size"], path, root)
        assert not other.verify_leaf_inclusion(leaf, proof["position"] + 1, proof["size"], path, root)


def test_our_witness_and_their_verifier_agree_on_a_cosignature(outside, tmp_path) -> None:
    checkpoint = outside[1][-1]
    one = witness.Witness(tmp_path / "state", [keys.current().active], "w.example/one")
    line = one.add_checkpoint(f"old 0\n\n{checkpoint.note}")
    log, cosigner = other.parse_vkey(str(keys.current().active)), other.parse_vkey(str(one.signer.verifier))
    result = other.verify_checkpoint(other.parse_note(checkpoint.note + line), log, [cosigner], quorum=1)
    assert result.ok, result
    assert not other.verify_checkpoint(other.parse_note(checkpoint.note), log, [cosigner], quorum=1).ok


def test_our_reader_believes_their_notes() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    leaves = [str(number).encode() for number in range(300)]
    theirs = other.MerkleTree(leaves)
    note = other.sign_checkpoint(other.Checkpoint("log.example/theirs", 300, theirs.root()), key, "log.example/theirs")
    verifier = notes.parse_verifier(other.format_vkey(other.vkey_from_ed25519("log.example/theirs", key.public_key())))
    read = notes.parse_checkpoint(notes.open_note(note.serialise(), verifier))
    assert read == notes.Checkpoint("log.example/theirs", 300, merkle.fold([merkle.leaf_hash(leaf) for leaf in leaves]))
    for position in (0, 7, 299):
        merkle.check_inclusion(
            merkle.leaf_hash(leaves[position]), position, 300, theirs.inclusion_proof(position), read.root
        )
