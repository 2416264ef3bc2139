"""Encrypted at rest, rotated, erased."""

import base64
import os
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from workbench.privacy import keyring, services
from workbench.privacy.models import DataKey, Erased
from workbench.runs.models import Draft

pytestmark = pytest.mark.django_db
TEXT = "Ilaria Conti said yes. ✓ \ud83d"


@pytest.fixture
def draft(cast):
    from policies.models import PromptVersion

    draft = Draft(requester=cast.rep, prompt_version=PromptVersion.objects.first(), data_key=DataKey.make())
    draft.inputs = {"transcript": TEXT}
    draft.save()
    return Draft.objects.get(pk=draft.pk)


def _entry(name: str) -> str:
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}"


def test_what_is_typed_is_stored_sealed_and_read_back_exactly(draft) -> None:
    assert draft.inputs == {"transcript": TEXT}
    assert b"Conti" not in bytes(draft.inputs_sealed)


def test_sealed_text_opens_neither_in_another_record_nor_in_another_column_nor_altered(draft) -> None:
    sealed = bytes(draft.inputs_sealed)
    draft.marks_sealed = sealed
    with pytest.raises(keyring.Unreadable):
        _ = draft.marks
    draft.data_key = DataKey.make()
    with pytest.raises(keyring.Unreadable):
        _ = draft.inputs
    draft.refresh_from_db()
    for at in (0, 13, len(sealed) - 1):
        draft.inputs_sealed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(keyring.Unreadable):
            _ = draft.inputs


def test_rotation_wraps_the_keys_anew_and_the_old_key_can_go(draft, settings) -> None:
    old, new = settings.WORKBENCH_KEYRING, _entry("new")
    settings.WORKBENCH_KEYRING = f"{new},{old}"
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "1 data keys wrapped anew with new." in out.getvalue()
    settings.WORKBENCH_KEYRING = new
    assert Draft.objects.get(pk=draft.pk).inputs == {"transcript": TEXT}
    assert AuditEvent.objects.get(action="keys.rotated").data == {"count": 1, "key_id": "new"}


def test_rotation_without_the_old_key_stops_with_a_sentence_and_changes_nothing(draft, settings) -> None:
    before = DataKey.objects.get(pk=draft.data_key_id).ring_key_id
    settings.WORKBENCH_KEYRING = _entry("stranger")
    with pytest.raises(CommandError, match="does not hold the key"):
        call_command("rotate_keys", stdout=StringIO())
    assert DataKey.objects.get(pk=draft.data_key_id).ring_key_id == before
    assert not AuditEvent.objects.filter(action="keys.rotated").exists()


def test_a_key_file_gets_a_new_key_in_front(settings, tmp_path, db) -> None:
    settings.WORKBENCH_KEYRING, settings.WORKBENCH_KEYRING_PATH = "", tmp_path / "keyring"
    settings.WORKBENCH_KEYRING_PATH.write_text(_entry("first") + "\n")
    key = DataKey.make()
    sealed = key.seal("text", "here")
    call_command("rotate_keys", "--new", stdout=StringIO())
    lines = settings.WORKBENCH_KEYRING_PATH.read_text().split()
    assert len(lines) == 2
    assert lines[1].startswith("first:")
    assert DataKey.objects.get(pk=key.pk).ring_key_id == lines[0].split(":")[0]
    assert DataKey.objects.get(pk=key.pk).open(sealed, "here") == "text"
    assert stat.S_IMODE(settings.WORKBENCH_KEYRING_PATH.stat().st_mode) == 0o600


def test_a_destroyed_key_erases_the_record_and_leaves_the_log(draft) -> None:
    services.destroy_key(draft.data_key)
    with pytest.raises(Erased):
        _ = Draft.objects.get(pk=draft.pk).inputs
    assert bytes(DataKey.objects.get(pk=draft.data_key_id).wrapped) == b""
    assert AuditEvent.objects.filter(action="record.erased").count() == 1


@pytest.mark.parametrize("ring", ["", "a:b", "x y", "a:" + base64.b64encode(b"short").decode(), "bad id!:" + "A" * 44])
def test_a_broken_key_ring_stops_with_a_sentence_that_holds_no_key(ring) -> None:
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured) as error:
        keyring.parse(ring)
    assert "AAAA" not in str(error.value)


def test_the_demo_makes_its_keys_for_its_owner_alone_and_never_twice(settings, tmp_path) -> None:
    settings.DATA_DIR, settings.WORKBENCH_KEYRING_PATH = tmp_path, tmp_path / "keyring"
    call_command("ensure_keys", stdout=StringIO())
    files = {name: Path(tmp_path / name) for name in ("secret.key", "keyring")}
    before = {name: file.read_bytes() for name, file in files.items()}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files.values()} == {0o600}
    call_command("ensure_keys", stdout=StringIO())
    assert {name: file.read_bytes() for name, file in files.items()} == before
