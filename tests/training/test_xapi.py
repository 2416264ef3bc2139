"""A learning record store is told what the house may know of learning, once each, under numbers, and nothing of attempts."""

import base64
import json
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from audit import sealing, streams
from audit.models import AuditEvent, Feed
from tests.training.conftest import NEWCOMER
from tests.training.test_assignments import text_of
from tests.training.test_attempts import check, pass_path
from training import xapi
from workbench.accounts.services import grant_qualification, revoke_qualification
from workbench.privacy.requests import erase_person

pytestmark = pytest.mark.django_db
HOME = "https://workbench.nordwerk.example"
LOGIN = "key-of-the-workbench:only-for-tests"


class Store:
    """A small learning record store: it wants the version and the log-in, keeps statements by their id, and refuses a batch with one it knows."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.down, self.asked = False, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                pass

            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(outer.take(self.path, self.headers, sent))
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/xapi"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, path: str, headers: Any, sent: list[dict[str, Any]]) -> int:
        self.asked.append(len(sent))
        if self.down:
            return 503
        if (
            path != "/xapi/statements"
            or headers["Content-Type"] != "application/json"
            or headers["X-Experience-API-Version"] != "1.0.3"
        ):
            return 400
        if headers["Authorization"] != f"Basic {base64.b64encode(LOGIN.encode()).decode()}":
            return 401
        if any(one["id"] in self.kept for one in sent):
            return 409
        self.kept |= {one["id"]: one for one in sent}
        return 200


@pytest.fixture
def store(settings) -> Iterator[Store]:
    running = Store()
    settings.WORKBENCH_URL, settings.WORKBENCH_LRS, settings.WORKBENCH_LRS_LOGIN = HOME, running.url, LOGIN
    yield running
    running.server.shutdown()
    running.server.server_close()


def send(now=None) -> None:
    sealing.seal()
    streams.send_all(now=now)


def told(store: Store, person) -> list[tuple[str, str]]:
    """The verb and the thing, of one person, in the order in which they came."""
    return [
        (one["verb"]["id"].rpartition("/")[2], one["object"]["id"].removeprefix(HOME))
        for one in store.kept.values()
        if one["actor"]["account"]["name"] == str(person.pk)
    ]


def test_a_finished_path_is_told_with_its_qualification_and_what_was_tried_is_not(cast, recap, store) -> None:
    send()
    check(cast.rep, recap, NEWCOMER)
    send()
    assert told(store, cast.rep) == []
    pass_path(cast.rep, recap)
    send()
    assert told(store, cast.rep) == [
        ("earned", "/qualifications/#call-summaries"),
        ("completed", "/exercises/#summaries"),
    ]
    earned, done = [one for one in store.kept.values() if one["actor"]["account"]["name"] == str(cast.rep.pk)]
    assert done["actor"] == {"objectType": "Agent", "account": {"homePage": HOME, "name": str(cast.rep.pk)}}
    assert done["result"] == {"completion": True}
    assert (done["context"]["language"], done["context"]["platform"]) == ("en", "Sales AI Workbench")
    assert "recap-with-a-gap v1" in done["context"]["revision"]
    assert done["object"]["definition"]["name"]["de"]
    ends = timezone.localdate(cast.rep.qualifications.get().expires_at).isoformat()
    assert earned["result"] == {"extensions": {f"{HOME}/xapi/extensions/expires-on": ends}}


def test_no_statement_names_anybody_or_holds_what_they_wrote(cast, recap, store) -> None:
    pass_path(cast.rep, recap)
    grant_qualification(actor=cast.trainer, person=cast.colleague, name="exam", evidence="Exam of 3 March, 18 of 20")
    send()
    said = json.dumps(list(store.kept.values()))
    for words in ("Jonas", "jonas", "Feld", "Clara", "Lukas", "@", "18 of 20", "score", "attempt"):
        assert words not in said, words


def test_what_was_granted_and_taken_back_is_told_of_whoever_held_it(cast, store) -> None:
    held = grant_qualification(actor=cast.trainer, person=cast.colleague, name="exam", evidence="Exam of 3 March")
    revoke_qualification(actor=cast.leader, qualification=held)
    send()
    assert told(store, cast.colleague)[-2:] == [("earned", "/qualifications/#exam"), ("lost", "/qualifications/#exam")]
    assert told(store, cast.trainer) == []
    first = next(one for one in store.kept.values() if one["object"]["id"].endswith("#exam"))
    assert "result" not in first, "it never ends by itself"
    assert uuid.UUID(first["id"]).version == 5


def test_a_store_that_knows_some_of_it_gets_the_rest(cast, store) -> None:
    held = grant_qualification(actor=cast.trainer, person=cast.colleague, name="exam", evidence="Exam of 3 March")
    send()
    before = dict(store.kept)
    Feed.objects.update(position=0)  # As after a crash between the sending and the remembering.
    revoke_qualification(actor=cast.leader, qualification=held)
    send()
    assert store.kept.items() >= before.items()
    assert len(store.kept) == len(before) + 1
    assert Feed.objects.get().fault == ""


def test_a_store_that_is_down_loses_nothing_and_the_page_says_so(cast, recap, store, sign_in) -> None:
    store.down = True
    pass_path(cast.rep, recap)
    send()
    page = text_of(sign_in(cast.compliance).get("/evidence/"))
    assert "Learning record stores" in page
    assert "status 503" in page
    feed = Feed.objects.get()
    send()
    assert len(store.asked) == 1, "not before the pause is over"
    store.down = False
    send(now=feed.next_try_at)
    assert len(told(store, cast.rep)) == 2
    assert "up to date" in text_of(sign_in(cast.compliance).get("/evidence/"))


def test_a_wrong_log_in_keeps_everything_and_shows_no_secret(cast, store, settings, sign_in) -> None:
    settings.WORKBENCH_LRS_LOGIN = "key-of-the-workbench:wrong"
    settings.WORKBENCH_LRS = store.url.replace("//", "//somebody@")
    grant_qualification(actor=cast.trainer, person=cast.colleague, name="exam", evidence="Exam of 3 March")
    send()
    page = sign_in(cast.compliance).get("/evidence/").content.decode()
    assert "wrong" not in page
    assert "somebody@" not in page
    assert store.kept == {}


def test_of_people_whose_record_was_erased_nothing_is_sent_any_more(cast, recap, store) -> None:
    pass_path(cast.rep, recap)
    cast.rep.is_active = False
    cast.rep.save()
    erase_person(actor=cast.administrator, person=cast.rep)
    send()
    assert told(store, cast.rep) == []


def test_a_file_gets_a_statement_a_line_and_other_streams_go_on_beside_it(cast, settings, tmp_path) -> None:
    settings.WORKBENCH_URL, settings.WORKBENCH_LRS = HOME, f"file:{tmp_path}/statements.jsonl"
    settings.WORKBENCH_SIEM = f"ocsf+file:{tmp_path}/events.jsonl"
    grant_qualification(actor=cast.trainer, person=cast.colleague, name="exam", evidence="Exam of 3 March")
    send()
    send()
    lines = [json.loads(line) for line in (tmp_path / "statements.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({one["id"] for one in lines}) == len(lines)
    assert lines[-1]["verb"]["display"]["de"] == "hat erworben"
    assert len((tmp_path / "events.jsonl").read_text().splitlines()) == AuditEvent.objects.count()


def test_without_a_store_the_page_says_nothing_of_it(cast, sign_in) -> None:
    assert "Learning record" not in text_of(sign_in(cast.compliance).get("/evidence/"))


def test_five_hundred_entries_cost_as_many_queries_as_one(cast, store, django_assert_num_queries) -> None:
    for number in range(5):
        grant_qualification(
            actor=cast.trainer, person=cast.colleague, name=f"exam-{number}", evidence="Exam of 3 March"
        )
    events = list(AuditEvent.objects.filter(action="qualification.granted"))
    with django_assert_num_queries(1):
        assert len(xapi.statements(events)) >= 5
    with django_assert_num_queries(0):
        assert xapi.statements(AuditEvent.objects.none()) == []


@pytest.mark.parametrize("text", ["ftp://x", "file:", "https://", "lrs.example.com", "https://" + "x" * 200])
def test_an_address_that_cannot_be_read_stops_with_a_sentence(text) -> None:
    with pytest.raises(ImproperlyConfigured, match="WORKBENCH_LRS"):
        xapi.parse(text)
