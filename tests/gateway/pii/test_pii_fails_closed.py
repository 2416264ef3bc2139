"""When the detector cannot be trusted nothing is scrubbed, and nothing ever opens a connection or logs a text."""

from __future__ import annotations

import logging
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from workbench.gateway.pii import ScrubberUnavailable, anonymize, model, scrub, scrubber_status, warm_up

TEXT = "I met Priya Raman, mail priya@raman.example, and we will send the offer on Tuesday."


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh process in the project's root."""
    root = Path(__file__).parents[3]
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)


@pytest.fixture
def model_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the model's files that a test may damage."""
    directory = tmp_path / "rampart"
    shutil.copytree(model.default_directory(), directory)
    monkeypatch.setenv("WORKBENCH_PII_MODEL_DIR", str(directory))
    scrub.reset()
    yield directory
    scrub.reset()


def test_an_intact_copy_works(model_copy: Path) -> None:
    assert scrubber_status().ok
    assert anonymize({"a": TEXT}).texts["a"].startswith("I met [PERSON_1]")


@pytest.mark.parametrize("name", ["onnx/model_q4.onnx", "tokenizer.json", "config.json"])
def test_a_missing_file_stops_everything(model_copy: Path, name: str) -> None:
    (model_copy / name).unlink()
    with pytest.raises(ScrubberUnavailable, match="missing"):
        anonymize({"a": TEXT})
    status = scrubber_status()
    assert not status.ok
    assert name in status.detail


@pytest.mark.parametrize("name", ["onnx/model_q4.onnx", "tokenizer.json", "config.json"])
def test_one_altered_byte_stops_everything(model_copy: Path, name: str) -> None:
    path = model_copy / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ScrubberUnavailable, match="checksum"):
        anonymize({"a": TEXT})
    assert not scrubber_status().ok


def test_it_works_again_as_soon_as_the_file_is_back(model_copy: Path) -> None:
    path = model_copy / "config.json"
    content = path.read_bytes()
    path.unlink()
    assert not scrubber_status().ok
    path.write_bytes(content)
    assert scrubber_status().ok


def test_a_model_that_misses_the_known_text_is_not_used(model_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model.TokenClassifier, "spans", lambda self, text, threshold=0.4: [])
    with pytest.raises(ScrubberUnavailable, match="check text"):
        warm_up()


def test_a_model_that_marks_everything_is_not_used(model_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def eager(self: model.TokenClassifier, text: str, threshold: float = 0.4) -> list[model.Span]:
        return [model.Span(*word.span(), "SURNAME", 1.0) for word in re.finditer(r"\w+", text)]

    monkeypatch.setattr(model.TokenClassifier, "spans", eager)
    with pytest.raises(ScrubberUnavailable, match="check text"):
        warm_up()


def test_a_failure_in_the_middle_says_no_word_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    warm_up()

    def broken(self: Any, text: str, threshold: float = 0.4) -> NoReturn:
        raise RuntimeError(text)

    monkeypatch.setattr(model.TokenClassifier, "spans", broken)
    with pytest.raises(ScrubberUnavailable) as failure:
        anonymize({"a": TEXT})
    assert "Priya" not in str(failure.value)
    assert failure.value.__suppress_context__


def test_no_socket_is_opened_at_load_or_in_use(model_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert "priya" not in anonymize({"a": TEXT, "b": "www.example.com, see a@b.unheard-of-tld"}).texts["a"].lower()


def test_no_log_line_holds_a_word_of_the_text(model_copy: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        anonymize({"a": TEXT})
    assert "priya" not in caplog.text.lower()


def test_threads_share_one_detector_and_agree(model_copy: Path) -> None:
    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.append(anonymize({"a": TEXT}).texts["a"])) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert len(set(results)) == 1


def test_importing_the_package_loads_nothing_heavy_and_no_django() -> None:
    code = (
        "import sys; import workbench.gateway.pii; "
        "print([n for n in ('spacy', 'onnxruntime', 'presidio_analyzer', 'tokenizers') if n in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert run.stdout.strip() == "[]"


def test_the_loaded_detector_leaves_room_in_a_small_process() -> None:
    code = (
        "from workbench.gateway.pii import anonymize; anonymize({'a': 'We met Priya Raman. ' * 80}); "
        "print(int(open('/proc/self/statm').read().split()[1]) * 4096 // 2**20)"
    )
    if not Path("/proc/self/statm").exists():
        pytest.skip("resident memory is read from /proc")
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert int(run.stdout) < 280
