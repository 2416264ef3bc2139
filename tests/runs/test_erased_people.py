"""Somebody leaves the house and wants to be forgotten: their record goes, what the house keeps of their work names nobody."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from audit import sealing, verifying
from audit.models import AuditEvent
from workbench.accounts.models import User
from workbench.accounts.services import create_token, grant_qualification
from workbench.privacy import erasing, requests
from workbench.privacy.models import DataKey
from workbench.privacy.requests import RequestRefused
from workbench.runs import execution, services
from workbench.runs.models import Draft, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def left(cast, summary, provider, call):
    """The rep worked here, was qualified, was typing something, and has no access any more."""
    run = services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call})
    execution.execute_run(run.pk)
    services.review_run(
        actor=cast.reviewer, run=Run.objects.get(pk=run.pk), verdict="rejected", reason="Names no date."
    )
    create_token(actor=cast.rep, name="laptop")
    grant_qualification(actor=cast.trainer, person=cast.rep, name="discovery", evidence="Exam of 3 March")
    services.save_draft(actor=cast.rep, prompt_version=summary, inputs={"transcript": call}, marks=[], preview=None)
    User.objects.filter(pk=cast.rep.pk).update(is_active=False, email="jonas.feld@nordwerk.example")
    return User.objects.get(pk=cast.rep.pk)


def _stored() -> str:
    found = []
    with connection.cursor() as cursor:
        # Examples of prompts and the material of exercises are texts of the house about invented people, some of whom are called Feld too.
        for table in set(connection.introspection.table_names(cursor)) - {
            "policies_promptversion",
            "training_exerciseversion",
        }:
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


def test_everything_that_says_who_it_was_goes_and_the_log_verifies(cast, left, sign_in) -> None:
    typed = Draft.objects.get().data_key_id
    client = sign_in(cast.administrator)
    page = reverse("accounts:person", args=[left.pk])
    assert "Erase this record" in client.get(page).content.decode()
    address = reverse("privacy:erase_person", args=[left.pk])
    assert "Confirm that" in client.post(address, follow=True).content.decode()
    done = client.post(address, {"confirm": "yes"}, follow=True).content.decode()
    assert "Jonas" not in done
    gone = User.objects.get(pk=left.pk)
    assert (gone.username, gone.email, gone.is_active, str(gone)) == (f"erased-{left.pk}", "", False, "somebody whose record was erased")  # fmt: skip
    assert not gone.has_usable_password()
    for related in (gone.api_tokens, gone.role_grants, gone.qualifications, gone.notices, gone.drafts):
        assert not related.exists()
    assert DataKey.objects.get(pk=typed).destroyed_at is not None
    assert Run.objects.filter(requester=gone).count() == 1
    assert client.get(page).status_code == 404
    assert AuditEvent.objects.get(action="person.erased").data == {}
    log = sign_in(cast.compliance).get(reverse("audit:log")).content.decode()
    assert "somebody whose record was erased" in log
    assert "Feld" not in log
    for word in ("feld", "jonas.feld"):
        rest = [line[:200] for line in _stored().lower().split("\n") if word in line]
        assert rest == []
    sealing.make_checkpoint()
    assert verifying.verify().faults == []


def test_a_backup_that_brings_a_person_back_is_noticed_and_they_are_erased_again(cast, left) -> None:
    requests.erase_person(actor=cast.administrator, person=left)
    left.save()
    assert User.objects.get(pk=left.pk).first_name == "Jonas"
    assert erasing.come_back() == 1
    call_command("replay_erasures")
    assert User.objects.get(pk=left.pk).first_name == ""
    assert erasing.come_back() == 0


def test_only_administrators_and_only_people_without_access(cast, left) -> None:
    for person in (cast.compliance, cast.leader, cast.reviewer):
        with pytest.raises(PermissionDenied):
            requests.erase_person(actor=person, person=left)
    with pytest.raises(RequestRefused, match="access away first"):
        requests.erase_person(actor=cast.administrator, person=cast.reviewer)
    with pytest.raises(RequestRefused, match="access away first"):
        requests.erase_person(actor=cast.administrator, person=cast.administrator)


def test_where_the_list_cannot_be_written_nobody_is_erased(cast, left, settings, tmp_path) -> None:
    settings.WORKBENCH_ERASED_PATH = tmp_path / "nowhere" / "erased-keys"
    with pytest.raises(erasing.ListUnwritable):
        requests.erase_person(actor=cast.administrator, person=left)
    assert User.objects.get(pk=left.pk).first_name == "Jonas"
    assert Draft.objects.exists()
