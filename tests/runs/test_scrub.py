"""Scrubbing for people and programs: the command and the endpoint. Nothing is stored, and originals go nowhere they did not come from."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from workbench.gateway.pii import ScrubberUnavailable
from workbench.runs.models import Run

pytestmark = pytest.mark.django_db
TEXT = "Ilaria Conti called from +39 035 555 0142."


def _scrub(*arguments, **options) -> str:
    out = StringIO()
    call_command("scrub", *arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def file(tmp_path):
    def write(content, name="call.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def test_the_command_prints_the_scrubbed_text_and_no_original(file) -> None:
    assert _scrub(file(TEXT)) == "[PERSON_1] called from [PHONE_1].\n"


def test_a_table_of_findings_is_shown_only_where_asked_for(file) -> None:
    table = _scrub(file(TEXT), findings=True)
    assert "[PERSON_1]" in table.splitlines()[-2]
    assert "Ilaria Conti" in table.splitlines()[-2]
    assert "phone" in table.splitlines()[-1]


def test_standard_input_is_read_where_no_file_is_named(monkeypatch) -> None:
    class Input(StringIO):
        def reconfigure(self, **options) -> None: ...

    monkeypatch.setattr("sys.stdin", Input(TEXT))
    assert _scrub().startswith("[PERSON_1]")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"caf\xe9 with Ilaria Conti", "not UTF-8"),
        ("Добрый день, меня зовут Ирина Петрова и я хочу получить предложение до пятницы.", "English and German"),
    ],
)
def test_what_cannot_be_scrubbed_is_refused_and_not_printed(file, content, sentence) -> None:
    with pytest.raises(CommandError, match=sentence):
        _scrub(file(content))


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match=r"gone\.txt cannot be read"):
        _scrub("/nowhere/gone.txt")


def test_lines_come_back_in_order_with_offsets_into_what_came_in(file) -> None:
    texts = [TEXT, "👋 Ilaria Conti", "Nothing personal here at all.", "Herr Weiß ruft an."]
    lines = [json.dumps({"id": number, "text": text}) for number, text in enumerate(texts)]
    answers = [json.loads(line) for line in _scrub(file("\n".join(lines)), jsonl=True).splitlines()]
    assert [answer["id"] for answer in answers] == [0, 1, 2, 3]
    assert [[texts[a["id"]][s["start"] : s["end"]] for s in a["spans"]] for a in answers] == [
        ["Ilaria Conti", "+39 035 555 0142"], ["Ilaria Conti"], [], ["Weiß"],
    ]  # fmt: skip
    assert answers[0]["spans"][0]["type"] == "PERSON"
    assert "Ilaria" not in "".join(answer["text"] for answer in answers)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("nope", "not an object"),
        ('["a"]', "not an object"),
        ('{"id": 7}', "not an object"),
        ('{"id": 7, "text": 3}', "not an object"),
        ('{"id": 7, "text": "Ilaria Conti", "lang": "fr"}', "unknown lang"),
        ('{"id": 7, "text": "Добрый день, меня зовут Ирина Петрова, до пятницы."}', "language ru"),
    ],
)
def test_a_bad_line_is_answered_in_its_place_without_its_text(file, line, error) -> None:
    bad, good = _scrub(file(line + "\n\n" + json.dumps({"id": 8, "text": TEXT})), jsonl=True).splitlines()
    assert error in json.loads(bad)["error"]
    assert "text" not in json.loads(bad)
    assert json.loads(good)["id"] == 8


@pytest.mark.slow
def test_several_processes_give_the_same_lines(file) -> None:
    path = file("\n".join(json.dumps({"id": number, "text": f"{TEXT} {number}"}) for number in range(40)))
    assert _scrub(path, jsonl=True, jobs=2) == _scrub(path, jsonl=True)


def test_without_a_scrubber_nothing_is_printed(file, monkeypatch) -> None:
    def broken(*args, **options):
        raise ScrubberUnavailable("The detector is gone.")

    monkeypatch.setattr("workbench.runs.management.commands.scrub.warm_up", broken)
    with pytest.raises(CommandError, match="Nothing was scrubbed"):
        _scrub(file(TEXT))


@pytest.mark.django_db
def test_the_endpoint_scrubs_one_text_and_keeps_nothing(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    events = AuditEvent.objects.count()
    answer = client.post("/api/v1/scrub/", {"text": TEXT}, content_type="application/json")
    assert answer.json()["text"] == "[PERSON_1] called from [PHONE_1]."
    assert [TEXT[span["start"] : span["end"]] for span in answer.json()["spans"]] == [
        "Ilaria Conti",
        "+39 035 555 0142",
    ]
    assert "Ilaria" not in answer.content.decode()
    assert (Run.objects.count(), AuditEvent.objects.count()) == (0, events)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "x" * 200_001},
        {"text": "hello", "lang": "fr"},
        {"text": "Добрый день, меня зовут Ирина Петрова, до пятницы."},
    ],
)
def test_the_endpoint_says_what_is_wrong_with_a_text(cast, sign_in, body) -> None:
    answer = sign_in(cast.rep).post("/api/v1/scrub/", body, content_type="application/json")
    assert answer.status_code == 400
    assert "Ирина" not in answer.content.decode()


@pytest.mark.django_db
def test_the_endpoint_answers_503_when_the_scrubber_is_down(cast, sign_in, monkeypatch) -> None:
    def broken(*args, **options):
        raise ScrubberUnavailable("The detector is gone.")

    monkeypatch.setattr("policies.scrubbing.anonymize", broken)
    answer = sign_in(cast.rep).post("/api/v1/scrub/", {"text": TEXT}, content_type="application/json")
    assert answer.status_code == 503
    assert "Nothing was scrubbed" in answer.content.decode()
