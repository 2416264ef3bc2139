"""The broker of the embedded set-up: a message is found when it is whole."""

import threading
from queue import Empty

from kombu import Connection

from workbench import celery
from workbench.filebroker import Channel

MESSAGES = 400


def test_a_worker_that_looks_while_a_message_is_written_reads_all_of_it(tmp_path) -> None:
    assert celery.app is not None
    for name in ("queue", "control", "processed"):
        (tmp_path / name).mkdir()
    options = {"data_folder_in": str(tmp_path / "queue"), "data_folder_out": str(tmp_path / "queue"), "control_folder": str(tmp_path / "control")}  # fmt: skip
    with Connection("filesystem://", transport_options=options) as connection:
        writing, reading = connection.channel(), connection.channel()
        assert isinstance(writing, Channel)

        def write() -> None:
            for number in range(MESSAGES):
                writing._put("runs", {"number": number, "filling": "x" * 20_000})

        writer = threading.Thread(target=write)
        writer.start()
        found = []
        while writer.is_alive() or len(found) < MESSAGES:
            try:
                found.append(reading._get("runs")["number"])
            except Empty:
                assert writer.is_alive() or len(list((tmp_path / "queue").iterdir())) > 0, "a message was lost"
        assert sorted(found) == list(range(MESSAGES))
        assert list((tmp_path / "queue").iterdir()) == []
