"""A security information system gets every event at least once, in order, and slows nobody."""

import json
import socket
from threading import Thread

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit import sealing, siem, streams
from audit.models import AuditEvent, Feed
from audit.services import record

pytestmark = pytest.mark.django_db


def _events(actor=None, count: int = 3) -> list[str]:
    with transaction.atomic():
        events = [
            record(action="run.queued", actor=actor, run_id=number, object_type="run", object_id=number, model="house")
            for number in range(count)
        ]
    sealing.seal()
    return [str(event.event_id) for event in events]


def test_a_file_gets_every_event_once_and_in_order(cast, settings, tmp_path) -> None:
    settings.WORKBENCH_SIEM = f"ocsf+file:{tmp_path}/events.jsonl"
    ids = _events(cast.rep, 1200)
    assert streams.send_all() == AuditEvent.objects.count()
    assert streams.send_all() == 0
    lines = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert [line["metadata"]["uid"] for line in lines][-1200:] == ids
    assert [line["metadata"]["sequence"] for line in lines] == sorted(line["metadata"]["sequence"] for line in lines)
    more = _events(cast.rep, 2)
    streams.send_all()
    assert [json.loads(line)["metadata"]["uid"] for line in (tmp_path / "events.jsonl").read_text().splitlines()][
        -2:
    ] == more


def test_ocsf_says_who_did_what_and_nothing_personal(cast) -> None:
    event = record(
        action="run.denied",
        actor=cast.rep,
        run_id=5,
        object_type="run",
        object_id=5,
        category="human_only",
        reasons=["human_only"],
    )
    line = json.loads(siem.ocsf(event))
    assert (line["class_uid"], line["type_uid"], line["status_id"], line["severity_id"]) == (6003, 600303, 2, 3)
    assert line["actor"] == {"user": {"uid": str(cast.rep.pk)}}
    assert line["resources"] == [{"type": "run", "uid": "5"}]
    assert line["unmapped"]["data"] == {"reasons": ["human_only"]}
    assert "Jonas" not in json.dumps(line)
    login = json.loads(siem.ocsf(record(action="person.signed_in", actor=cast.rep, second_factor=True)))
    assert (login["class_uid"], login["type_uid"], login["user"]["uid"]) == (3002, 300201, str(cast.rep.pk))
    broken = json.loads(siem.ocsf(record(action="log.verified", passed=False, faults=1, what="altered")))
    assert (broken["severity_id"], broken["status_id"]) == (4, 2)


def test_cef_escapes_what_would_break_a_line(cast) -> None:
    event = record(action="run.edited", actor=cast.reviewer, run_id=5, share_edited=0.5)
    event.category, event.actor_role = "a=b\\c\nd", "x|y"
    line = siem.cef(event)
    assert line.startswith("CEF:0|Sales AI Workbench|audit|1|run.edited|run edited|2|rt=")
    assert "cs1=a\\=b\\\\c\\nd" in line
    assert "\n" not in line
    assert f"externalId={event.event_id}" in line


def test_an_address_that_fails_loses_nothing_and_the_others_go_on(cast, settings, tmp_path, answering) -> None:
    server = answering([503, 200])
    settings.WORKBENCH_SIEM = f"ocsf+{server.url}/in; cef+file:{tmp_path}/events.cef"
    settings.WORKBENCH_SIEM_TOKEN = "only-for-tests"
    _events(cast.rep)
    count = AuditEvent.objects.count()
    assert streams.send_all() == count, "the file"
    feed = Feed.objects.get(pk__startswith="ocsf")
    assert (feed.position, feed.tries, feed.fault) == (0, 1, "status 503")
    assert streams.send_all() == 0, "not before the pause is over"
    assert streams.send_all(now=feed.next_try_at) == count
    assert len(server.seen[-1].splitlines()) == count
    assert len((tmp_path / "events.cef").read_text().splitlines()) == count


def test_syslog_gets_framed_messages(cast, settings) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    got: list[bytes] = []

    def listen() -> None:
        connection, _address = listener.accept()
        with connection:
            while piece := connection.recv(65536):
                got.append(piece)

    thread = Thread(target=listen)
    thread.start()
    settings.WORKBENCH_SIEM = f"cef+syslog-tcp://127.0.0.1:{listener.getsockname()[1]}"
    _events(cast.rep, 2)
    count = streams.send_all()
    thread.join(20)
    listener.close()
    raw, messages = b"".join(got), []
    while raw:
        length, _space, rest = raw.partition(b" ")
        messages.append(rest[: int(length)])
        raw = rest[int(length) :]
    assert len(messages) == count == AuditEvent.objects.count()
    assert messages[-1].startswith(b"<110>1 ")
    assert b" audit - CEF:0|" in messages[-1]


def test_nobody_listening_is_a_fault_with_a_reason(cast, settings, sign_in) -> None:
    settings.WORKBENCH_SIEM = "cef+syslog-tcp://127.0.0.1:9"
    _events(cast.rep)
    assert streams.send_all(now=timezone.now()) == 0
    assert "refused" in Feed.objects.get().fault
    page = sign_in(cast.administrator).get(reverse("audit:seal")).content.decode()
    assert "syslog-tcp://127.0.0.1:9" in page
    assert "refused" in page


@pytest.mark.parametrize(
    "text", ["file:/x", "ocsf+ftp://x", "xml+file:/x", "ocsf+file:", "cef+syslog-tcp://", "cef+syslog-tcp://host:port"]
)
def test_streams_that_cannot_be_read_stop_with_a_sentence(text) -> None:
    with pytest.raises(ImproperlyConfigured, match="WORKBENCH_SIEM"):
        siem.parse(text)
