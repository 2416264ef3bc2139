"""What was erased stays erased: the list outside of the database, what a restored backup brings back, and a list that was lost."""

import os
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from audit.models import AuditEvent
from workbench.accounts.models import User
from workbench.privacy import erasing, requests
from workbench.privacy.models import DataKey
from workbench.privacy.subjects import mark_subjects
from workbench.runs import services
from workbench.runs.models import Draft
from workbench.shell import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def full_disk(monkeypatch):
    """``full_disk()`` – the disk takes what is written and then says that it is full; the returned function mends it."""
    real = os.fsync

    def fill():
        def fsync(_file):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", fsync)
        return lambda: monkeypatch.setattr(os, "fsync", real)

    return fill


def _key() -> DataKey:
    key = DataKey.make()
    mark_subjects(key, [("name", "Ilaria Conti")])
    return key


def _erase(cast, key: DataKey) -> bytes:
    """Erased; what a backup would bring back."""
    before = bytes(DataKey.objects.get(pk=key.pk).wrapped)
    requests.erase_subject(actor=cast.compliance, keys=[key.pk], reference="Letter 7")
    return before


def _restore(key: DataKey, before: bytes) -> None:
    DataKey.objects.filter(pk=key.pk).update(wrapped=before, destroyed_at=None)
    mark_subjects(key, [("name", "Ilaria Conti")])


def _replay() -> str:
    out = StringIO()
    call_command("replay_erasures", stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def left(cast):
    """Somebody who left and has no access any more."""
    person = User.objects.create_user("gone", "gone@nordwerk.example", first_name="Gone", last_name="Person")
    User.objects.filter(pk=person.pk).update(is_active=False)
    return User.objects.get(pk=person.pk)


def test_an_erasure_that_was_refused_leaves_nothing_on_the_list(cast, full_disk) -> None:
    _erase(cast, _key())
    before = list(erasing.remembered())
    keys = [_key().pk for _n in range(6)]
    mend = full_disk()
    with pytest.raises(erasing.ListUnwritable):
        requests.erase_subject(actor=cast.compliance, keys=keys, reference="Letter 8")
    mend()
    assert list(erasing.remembered()) == before
    requests.place_hold(actor=cast.compliance, keys=keys, reference="Lawsuit 12/26")
    assert erasing.come_back() == 0
    assert "Nothing had come back" in _replay()
    assert DataKey.objects.filter(pk__in=keys, destroyed_at=None).count() == 6


def test_what_came_back_under_a_hold_stays_and_whoever_runs_the_command_is_told(cast) -> None:
    one, other = _key(), _key()
    for key in (one, other):
        _restore(key, _erase(cast, key))
    hold = requests.place_hold(actor=cast.compliance, keys=[one.pk], reference="Lawsuit 12/26")
    said = _replay()
    assert "1 under the hold “Lawsuit 12/26” stay" in said
    assert "1 records were erased again" in said
    assert DataKey.objects.get(pk=one.pk).destroyed_at is None
    assert DataKey.objects.get(pk=other.pk).destroyed_at is not None
    requests.lift_hold(actor=cast.compliance, hold=hold)
    _replay()
    assert DataKey.objects.get(pk=one.pk).destroyed_at is not None


def test_what_waited_in_a_restored_backup_ends_and_people_type_on(cast, run, summary, call, sign_in) -> None:
    given = {"transcript": call}
    preview = services.preview_run(actor=cast.rep, prompt_version=summary, inputs=given)
    draft = services.save_draft(actor=cast.rep, prompt_version=summary, inputs=given, marks=[], preview=preview)
    erasing.remember([draft.data_key_id, run.data_key_id])
    assert run.state == "in_review"
    assert erasing.replay() == 2
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert not Draft.objects.exists()
    assert AuditEvent.objects.get(action="record.erased_again").data == {"count": 2}
    client = sign_in(cast.rep)
    assert client.get(reverse("runs:compose", args=[summary.prompt.slug])).status_code == 200
    assert client.post(reverse("runs:draft", args=[summary.prompt.slug]), {"transcript": "New", "auto": "1"}).status_code == 200  # fmt: skip


def test_a_new_colleague_who_gets_the_number_of_somebody_erased_is_left_alone(cast, left) -> None:
    requests.erase_person(actor=cast.administrator, person=left)
    User.objects.filter(pk=left.pk).delete()
    new = User.objects.create_user("new", "new@nordwerk.example", first_name="New", last_name="Colleague", id=left.pk)
    User.objects.filter(pk=new.pk).update(is_active=False)
    assert erasing.come_back() == 0
    assert erasing.replay() == 0
    assert User.objects.get(pk=new.pk).first_name == "New"


def test_whoever_came_back_with_access_stays_until_it_is_taken_away(cast, left) -> None:
    requests.erase_person(actor=cast.administrator, person=left)
    left.is_active = True
    left.save()
    assert erasing.come_back() == 1
    assert "Take their access away" in _replay()
    assert User.objects.get(pk=left.pk).first_name == "Gone"
    User.objects.filter(pk=left.pk).update(is_active=False)
    _replay()
    assert User.objects.get(pk=left.pk).first_name == ""
    event = AuditEvent.objects.get(action="record.erased_again")
    assert (event.object_type, event.object_id, event.data) == ("user", str(left.pk), {"count": 1})


@pytest.mark.parametrize("damage", ["lost", "emptied", "begun anew", "a line overwritten"])
def test_a_list_of_which_something_is_missing_is_noticed_and_can_be_written_anew(cast, left, settings, damage) -> None:
    path = settings.WORKBENCH_ERASED_PATH
    keys = [_key(), _key()]
    for key in keys:
        _erase(cast, key)
    requests.erase_person(actor=cast.administrator, person=left)
    assert health.check_erasures().ok
    told = list(erasing.remembered())
    lines = path.read_text().splitlines(keepends=True)
    match damage:
        case "lost":
            path.unlink()
        case "emptied":
            path.write_text("")
        case "begun anew":
            path.write_text(lines[0].replace(lines[0][:8], "00000000") * 5)
        case _:
            path.write_text("x" * 57 + "\n" + "".join(lines[1:]))
    check = health.check_erasures()
    assert (check.ok, "write_erased_keys" in str(check.detail)) == (False, True)
    call_command("write_erased_keys", stdout=StringIO())
    assert set(told) <= set(erasing.remembered())
    assert health.check_erasures().ok
    assert {line.rpartition(" ")[0] for line in lines} <= {
        line.rpartition(" ")[0] for line in path.read_text().splitlines()
    }


@pytest.mark.parametrize("damage", ["lost", "emptied"])
def test_an_erasure_begins_no_new_list_where_there_must_be_one(cast, left, settings, damage) -> None:
    _erase(cast, _key())
    path = settings.WORKBENCH_ERASED_PATH
    path.unlink() if damage == "lost" else path.write_text("")
    key = _key()
    with pytest.raises(erasing.ListUnwritable):
        requests.erase_subject(actor=cast.compliance, keys=[key.pk], reference="Letter 8")
    with pytest.raises(erasing.ListUnwritable):
        requests.erase_person(actor=cast.administrator, person=left)
    assert DataKey.objects.get(pk=key.pk).destroyed_at is None
    call_command("write_erased_keys", stdout=StringIO())
    _erase(cast, key)
    assert health.check_erasures().ok


@pytest.mark.parametrize(
    "text", ["user:99999999999999999999 2026\n", "\x00\x00\x00", "user:-5 x\n", "person:x 2026\n", None]
)
def test_a_damaged_list_takes_no_page_down(cast, settings, sign_in, monkeypatch, text) -> None:
    path = settings.WORKBENCH_ERASED_PATH
    path.mkdir() if text is None else path.write_text(text)
    monkeypatch.setattr(health, "_last", None)
    client = sign_in(cast.rep)
    assert client.get("/health/").status_code == 200
    assert client.get(reverse("runs:list")).status_code == 200
    assert health.check_erasures().ok == (text == "\x00\x00\x00"), "only what a crash may have cut off is no damage"
    if text is None:
        with pytest.raises(CommandError):
            call_command("write_erased_keys", stdout=StringIO())


@pytest.mark.parametrize(
    "cut", ["7f9c24e8-3b1", "\x00\x00", "", "00000000-3b1d-4d15-9d2c-4d1f0c9f4f11 2026-11-24T10:00:00Z"]
)
def test_whatever_a_crash_left_at_the_end_of_the_list_the_next_line_is_whole(cast, settings, cut) -> None:
    one, other = _key(), _key()
    _erase(cast, one)
    with settings.WORKBENCH_ERASED_PATH.open("a") as file:
        file.write(cut)
    _erase(cast, other)
    keys = list(erasing.remembered())
    assert (keys[0], keys[-1], len(keys)) == (one.pk, other.pk, 3 if len(cut) > 50 else 2)
    assert health.check_erasures().ok
