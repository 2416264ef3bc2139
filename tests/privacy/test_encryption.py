"""What was typed is sealed at rest, each record with a key of its own."""

import base64
import stat
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEvent
from workbench.privacy import keyring
from workbench.privacy.keyring import Unreadable
from workbench.privacy.models import DataKey, Erased
from workbench.privacy.services import destroy_keys
from workbench.runs.models import Draft

pytestmark = pytest.mark.django_db
TEXT = "Ilaria Conti, i.conti@tessaro.example, 60,000 euros"


def _entry(name: str, byte: bytes) -> str:
    return f"{name}:{base64.b64encode(byte * 32).decode()}"


OLD, NEW = _entry("old", b"o"), _entry("new", b"n")


@pytest.fixture
def draft(cast):
    """A saved record with sealed text."""
    from policies.models import PromptVersion

    draft = Draft(requester=cast.rep, prompt_version=PromptVersion.objects.approved().first(), data_key=DataKey.make())
    draft.inputs = {"transcript": TEXT}
    draft.marks = ["cold stores"]
    draft.save()
    return draft


def _again(draft) -> Draft:
    return Draft.objects.select_related("data_key").get(pk=draft.pk)


def test_what_was_typed_reads_as_before_and_the_columns_hold_no_word_of_it(draft) -> None:
    assert _again(draft).inputs == {"transcript": TEXT}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM runs_draft WHERE id = %s", [draft.pk])
        stored = b"\0".join(
            bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in cursor.fetchone()
        )
    for word in (TEXT, "Ilaria", "tessaro", "transcript", "60,000", "cold"):
        assert word.encode() not in stored


def test_the_same_text_is_sealed_differently_every_time(draft) -> None:
    before = bytes(draft.inputs_sealed)
    draft.inputs = {"transcript": TEXT}
    assert bytes(draft.inputs_sealed) != before


def test_sealed_text_moved_to_another_column_does_not_open(draft) -> None:
    draft.marks_sealed = draft.inputs_sealed
    with pytest.raises(Unreadable):
        _ = draft.marks


def test_sealed_text_moved_to_another_record_does_not_open(draft) -> None:
    other = DataKey.make()
    with pytest.raises(Unreadable):
        other.open(bytes(draft.inputs_sealed), "runs.draft.inputs_sealed")


def test_a_data_key_moved_to_another_record_does_not_open(draft) -> None:
    other = DataKey.make()
    DataKey.objects.filter(pk=other.pk).update(wrapped=draft.data_key.wrapped)
    with pytest.raises(Unreadable):
        _ = DataKey.objects.get(pk=other.pk).plain


def test_altered_bytes_do_not_open_wherever_they_were_altered(draft) -> None:
    sealed = bytes(draft.inputs_sealed)
    for at in (0, 11, 12, len(sealed) // 2, len(sealed) - 1):
        draft.inputs_sealed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(Unreadable):
            _ = draft.inputs
    for cut in (b"", sealed[:5], sealed[:12], sealed[:-1], sealed + b"\0"):
        draft.inputs_sealed = cut
        with pytest.raises(Unreadable):
            _ = draft.inputs


def test_nothing_stays_nothing(draft) -> None:
    draft.inputs = None
    assert draft.inputs_sealed is None
    assert draft.inputs is None


@given(st.text(st.characters(codec=None), max_size=200))
def test_every_text_opens_as_it_was_sealed(text) -> None:
    key = DataKey(wrapped=b"")
    key._plain = b"p" * 32
    assert key.open(key.seal(text, "here"), "here") == text


# The key ring


def test_a_new_key_in_front_wraps_everything_anew_and_the_old_one_can_go(draft, settings) -> None:
    settings.WORKBENCH_KEYRING = f"{NEW},{settings.WORKBENCH_KEYRING}"
    keys, out = DataKey.objects.count(), StringIO()
    call_command("rotate_keys", stdout=out)
    assert f"{keys} data keys wrapped anew with new" in out.getvalue()
    assert AuditEvent.objects.filter(action="keys.rotated").latest("pk").data == {"count": keys, "key_id": "new"}
    settings.WORKBENCH_KEYRING = NEW
    assert _again(draft).inputs == {"transcript": TEXT}
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert out.getvalue().startswith("0 data keys"), "a second time finds nothing to do"


def test_a_key_made_by_the_command_is_put_in_front_of_the_file(draft, settings, tmp_path) -> None:
    old = settings.WORKBENCH_KEYRING
    path = tmp_path / "keyring"
    path.write_text(old + "\n", encoding="utf-8")
    settings.WORKBENCH_KEYRING, settings.WORKBENCH_KEYRING_PATH = "", path
    call_command("rotate_keys", "--new", stdout=StringIO())
    first, second = path.read_text(encoding="utf-8").split()
    assert second == old
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path], "no second copy of the keys is left behind"
    path.write_text(first, encoding="utf-8")
    assert _again(draft).inputs == {"transcript": TEXT}


def test_the_command_does_not_touch_a_ring_that_comes_from_the_environment(draft, settings) -> None:
    with pytest.raises(CommandError, match="comes from the environment"):
        call_command("rotate_keys", "--new")
    assert _again(draft).data_key.ring_key_id == "test"


def test_a_rotation_without_the_old_key_stops_with_a_sentence_and_changes_nothing(draft, settings) -> None:
    ring = settings.WORKBENCH_KEYRING
    settings.WORKBENCH_KEYRING = NEW
    with pytest.raises(CommandError, match=r"does not hold the key test\. Nothing more was changed"):
        call_command("rotate_keys")
    assert not AuditEvent.objects.filter(action="keys.rotated").exists()
    settings.WORKBENCH_KEYRING = ring
    assert _again(draft).inputs == {"transcript": TEXT}


def test_erased_records_do_not_hold_up_a_rotation(draft, settings) -> None:
    for key in DataKey.objects.all():
        destroy_keys([key.pk])
    settings.WORKBENCH_KEYRING = NEW
    call_command("rotate_keys", stdout=StringIO())


def test_without_the_key_that_wrapped_it_a_text_stays_closed(draft, settings) -> None:
    settings.WORKBENCH_KEYRING = OLD
    with pytest.raises(Unreadable, match="does not hold the key test"):
        _ = _again(draft).inputs


@pytest.mark.parametrize(
    "ring",
    [
        "",
        "   ",
        "nocolon",
        "key7:",
        "id:short",
        "id:" + base64.b64encode(b"x" * 31).decode(),
        "id with space:" + OLD,
        "a" * 33 + OLD[3:],
    ],
)
def test_a_damaged_ring_is_refused_without_repeating_it(ring) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        keyring.parse(ring)
    assert not ring.strip() or ring.strip() not in str(refusal.value)


def test_a_ring_reads_commas_and_lines_alike_newest_first() -> None:
    assert list(keyring.parse(f"{NEW}\n\n{OLD}\n").keys) == list(keyring.parse(f"{NEW}, {OLD}").keys) == ["new", "old"]


def test_without_any_ring_the_sentence_says_what_to_do(settings, tmp_path) -> None:
    settings.WORKBENCH_KEYRING, settings.WORKBENCH_KEYRING_PATH = "", tmp_path / "none"
    with pytest.raises(ImproperlyConfigured, match="ensure_keys"):
        DataKey.make()
    assert not DataKey.objects.exists()


# Erasure


def test_a_destroyed_key_erases_the_record_and_the_log_stays(draft) -> None:
    before = AuditEvent.objects.count()
    assert destroy_keys([draft.data_key.pk]) == 1
    assert destroy_keys([draft.data_key.pk]) == 0
    with pytest.raises(Erased):
        _ = _again(draft).inputs
    with pytest.raises(Erased):
        _again(draft).data_key.seal("more", "runs.draft.inputs_sealed")
    assert bytes(_again(draft).data_key.wrapped) == b""
    assert AuditEvent.objects.count() == before


def test_the_database_keeps_no_key_that_counts_as_destroyed(draft) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DataKey.objects.filter(pk=draft.data_key_id).update(destroyed_at="2026-11-01T00:00:00Z")


# Files


def test_key_files_are_made_once_and_only_their_owner_reads_them(settings, tmp_path) -> None:
    settings.DATA_DIR, settings.WORKBENCH_KEYRING, settings.WORKBENCH_KEYRING_PATH = tmp_path, "", tmp_path / "keyring"
    out = StringIO()
    call_command("ensure_keys", stdout=out)
    files = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert set(files) == {"secret.key", "keyring"}
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text(encoding="utf-8").strip() not in out.getvalue()
    assert len(keyring.current().keys) == 1
    call_command("ensure_keys", stdout=StringIO())
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == files
