"""The tree keeps to RFC 9162."""

import base64
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import merkle

# The entries, roots and proofs that the implementations of Certificate Transparency share for testing.
ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]  # fmt: skip
INCLUSION = [
    (0, 1, []),
    (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 5, ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip
CONSISTENCY = [
    (1, 1, []),
    (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip


def _tree(leaves: list[bytes]) -> merkle.Node:
    @cache
    def node(height: int, index: int) -> bytes:
        if height == 0:
            return leaves[index]
        return merkle.node_hash(node(height - 1, 2 * index), node(height - 1, 2 * index + 1))

    return node


def _defined(leaves: list[bytes]) -> bytes:
    """The root word for word as RFC 9162, 2.1.1, defines it."""
    if not leaves:
        return merkle.EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return merkle.node_hash(_defined(leaves[:split]), _defined(leaves[split:]))


LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_everybody_computes(size) -> None:
    assert merkle.root(size, _tree(LEAVES)).hex() == ROOTS[size]
    assert merkle.fold(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("position", "size", "path"), INCLUSION)
def test_inclusion_proofs_are_those_everybody_computes(position, size, path) -> None:
    assert [step.hex() for step in merkle.inclusion_proof(position, size, _tree(LEAVES))] == path


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY)
def test_consistency_proofs_are_those_everybody_computes(old, new, path) -> None:
    assert [step.hex() for step in merkle.consistency_proof(old, new, _tree(LEAVES))] == path


@given(st.integers(1, 700), st.data())
def test_every_proof_leads_to_the_root_and_no_other_leaf_does(size, data) -> None:
    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(size)]
    node, root = _tree(leaves), _defined(leaves)
    assert merkle.root(size, node) == root
    position = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_proof(position, size, node)
    merkle.check_inclusion(leaves[position], position, size, path, root)
    with pytest.raises(merkle.ProofFailed):
        merkle.check_inclusion(merkle.leaf_hash(b"x"), position, size, path, root)
    if size > 1:
        with pytest.raises(merkle.ProofFailed):
            merkle.check_inclusion(leaves[position], (position + 1) % size, size, path, root)
    old = data.draw(st.integers(0, size))
    steps, old_root = merkle.consistency_proof(old, size, node), _defined(leaves[:old])
    merkle.check_consistency(old, size, steps, old_root, root)
    if 0 < old < size:
        with pytest.raises(merkle.ProofFailed):
            merkle.check_consistency(old, size, steps, merkle.leaf_hash(b"x"), root)


@given(st.lists(st.integers(1, 40), max_size=12))
def test_a_root_can_be_had_while_the_leaves_pass_by(parts) -> None:
    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(sum(parts))]
    growing, done = merkle.Growing(), 0
    for part in parts:
        assert growing.root() == _defined(leaves[:done])
        for leaf in leaves[done : done + part]:
            growing.add(leaf)
        done += part
        growing = merkle.Growing(growing.size, growing.peaks)
    assert growing.root() == _defined(leaves)


def test_whole_subtrees_can_be_added_at_once() -> None:
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(23)]
    growing = merkle.Growing()
    for start in range(0, 16, 8):
        growing.add(_defined(leaves[start : start + 8]), 3)
    assert growing.root(leaves[16:23]) == _defined(leaves)
    with pytest.raises(ValueError, match="complete"):
        merkle.Growing(1, [leaves[0]]).add(leaves[1], 3)


@pytest.mark.parametrize(("position", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_proof_for_an_entry_outside_the_tree(position, size) -> None:
    with pytest.raises(ValueError, match="no entry"):
        merkle.inclusion_proof(position, size, _tree(LEAVES))


def test_proofs_that_are_too_long_or_too_short_fail() -> None:
    node, root = _tree(LEAVES), base64.b16decode(ROOTS[8].upper())
    path = merkle.inclusion_proof(5, 8, node)
    for bad in (path[:-1], [*path, path[0]], []):
        with pytest.raises(merkle.ProofFailed):
            merkle.check_inclusion(LEAVES[5], 5, 8, bad, root)
    steps = merkle.consistency_proof(6, 8, node)
    for bad in (steps[:-1], [*steps, steps[0]], []):
        with pytest.raises(merkle.ProofFailed):
            merkle.check_consistency(6, 8, bad, bytes.fromhex(ROOTS[6]), root)
