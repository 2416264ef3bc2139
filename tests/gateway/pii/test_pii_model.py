"""The detection model as it is loaded: with our adapter, in eight bits, and only with the very files that were measured."""

import hashlib

import numpy as np
import pytest

from workbench.gateway.pii import ScrubberUnavailable, anonymize
from workbench.gateway.pii import model as models
from workbench.gateway.pii.quantize import prepared

TEXT = "sabine krause hat gesagt der herr weiß kommt am montag, Priya Raman from Leeds joins."


def published() -> bytes:
    return (models.default_directory() / "onnx" / "model_q4.onnx").read_bytes()


def names(model: models.TokenClassifier) -> set[str]:
    return {TEXT[span.start : span.end] for span in model.spans(TEXT) if span.label in ("GIVEN_NAME", "SURNAME")}


def test_eight_bits_and_floating_point_find_the_same_names() -> None:
    fast = models.TokenClassifier(models.default_directory())
    exact = models.TokenClassifier(models.default_directory(), eight_bits=False)
    words = [{word for name in names(model) for word in name.split()} for model in (fast, exact)]
    assert {"Priya", "Raman"} <= words[0] & words[1]
    assert len(words[0] ^ words[1]) <= 1, "rounding may tip a doubtful word, not more"


def test_the_same_bytes_give_the_same_bytes() -> None:
    assert hashlib.sha256(prepared(published())).digest() == hashlib.sha256(prepared(published())).digest()


def test_an_adapter_changes_the_matrices_it_names() -> None:
    node = "/bert/encoder/layer.0/attention/self/query/MatMul_Q4"
    change = {f"{node}:down": np.ones((384, 1), np.float16), f"{node}:up": np.ones((1, 384), np.float16)}
    assert prepared(published(), change) != prepared(published())
    assert prepared(published(), {}) == prepared(published())


@pytest.mark.parametrize("content", [b"", b"\x08\x08", b"\xff" * 50])
def test_what_is_no_model_is_no_model(content) -> None:
    with pytest.raises((ValueError, KeyError, IndexError, StopIteration)):
        prepared(content)


@pytest.mark.parametrize("damage", ["missing", "altered"])
def test_without_the_adapter_that_was_measured_nothing_is_scrubbed(tmp_path, monkeypatch, damage) -> None:
    from workbench.gateway.pii import scrub

    adapter = tmp_path / "adapter.npz"
    if damage == "altered":
        adapter.write_bytes(models.ADAPTER.read_bytes()[:-1] + b"\1")
    monkeypatch.setattr(models, "ADAPTER", adapter)
    scrub.reset()
    try:
        with pytest.raises(ScrubberUnavailable, match=r"adapter\.npz"):
            anonymize({"text": TEXT})
    finally:
        monkeypatch.undo()
        scrub.reset()


def test_names_in_addresses_are_names_in_the_text() -> None:
    result = anonymize(
        {
            "text": "Mail deb.kestrel@northwind.example. Then ring Kestrel about the sales figures, not sales@northwind.example."
        }
    )
    assert "Kestrel" not in result.texts["text"]
    assert "sales figures" in result.texts["text"]
