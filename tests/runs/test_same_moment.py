"""Somebody is erased, or their records are placed under a hold, at the very moment at which somebody else sends or throws away what names them."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.urls import reverse

from workbench.privacy import holds, requests
from workbench.privacy.models import DataKey, HeldKey, SubjectMark
from workbench.privacy.requests import RequestRefused
from workbench.privacy.subjects import find_subject, mark_subjects
from workbench.runs import execution, services
from workbench.runs.models import Draft, Run, State
from workbench.runs.services import drafting, following, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(cast, summary, call):
    """A draft that somebody is typing, and has looked at."""
    given = {"transcript": call}
    preview = services.preview_run(actor=cast.rep, prompt_version=summary, inputs=given)
    return services.save_draft(actor=cast.rep, prompt_version=summary, inputs=given, marks=[], preview=preview)


@pytest.fixture
def rejected(cast, summary, provider, call):
    made = services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call})
    execution.execute_run(made.pk)
    services.review_run(actor=cast.reviewer, run=made, verdict="rejected", reason="Names no date.")
    return Run.objects.select_related("data_key").get(pk=made.pk)


@pytest.fixture
def right_behind(cast, monkeypatch) -> Callable[[Any, str], None]:
    """Ilaria Conti is erased once, right behind a step of a service."""

    def erase_behind(module: Any, step: str) -> None:
        carry_out, again = getattr(module, step), []

        def and_erase(*args: Any, **more: Any) -> Any:
            result = carry_out(*args, **more)
            if not again:
                again.append(True)
                keys = find_subject("Ilaria Conti")["whole"]
                requests.erase_subject(actor=cast.compliance, keys=keys, reference="Letter 7")
            return result

        monkeypatch.setattr(module, step, and_erase)

    return erase_behind


def test_what_is_erased_while_somebody_sends_it_is_not_sent(cast, typed, right_behind) -> None:
    typed = Draft.objects.select_related("data_key", "prompt_version__prompt__activity").get(pk=typed.pk)
    right_behind(drafting, "require_permission_to_run")
    with pytest.raises(services.Gone, match="not there any more"):
        services.submit_draft(actor=cast.rep, draft=typed, seen_sha256=typed.preview_sha256)
    assert not any(find_subject("Ilaria Conti").values())
    assert not Run.objects.exists()


def test_the_page_says_so_and_the_form_is_empty(cast, summary, call, sign_in, right_behind) -> None:
    client = sign_in(cast.rep)
    client.post(reverse("runs:draft", args=[summary.prompt.slug]), {"transcript": call})
    form = {"transcript": call, "seen_sha256": Draft.objects.get().preview_sha256}
    right_behind(drafting, "require_permission_to_run")
    page = client.post(reverse("runs:send", args=[summary.prompt.slug]), form, follow=True).content.decode()
    assert "Nothing was sent now." in page
    assert "Conti" not in page
    assert not Draft.objects.exists()
    assert not any(find_subject("Ilaria Conti").values())


def test_what_is_erased_while_somebody_tries_it_again_is_not_sent(cast, rejected, right_behind) -> None:
    right_behind(running, "preview_run")
    with pytest.raises(services.RunRefused, match="erased"):
        services.retry_run(actor=cast.rep, run=rejected)
    assert not any(find_subject("Ilaria Conti").values())
    assert not Run.objects.filter(retry_of=rejected).exists()


def test_what_is_erased_while_somebody_asks_on_is_not_sent(cast, answered, right_behind) -> None:
    right_behind(following, "_preview")
    with pytest.raises(services.RunRefused, match="erased"):
        services.ask_on(actor=cast.rep, run=answered, question="What would Henrik Aas say to this?")
    assert not Run.objects.filter(follows=answered).exists()
    assert not SubjectMark.objects.filter(data_key=answered.data_key).exists()


def test_sending_the_same_text_from_two_windows_sends_it_once(cast, typed) -> None:
    windows = [Draft.objects.select_related("data_key", "prompt_version__prompt").get(pk=typed.pk) for _n in range(2)]
    services.submit_draft(actor=cast.rep, draft=windows[0], seen_sha256=typed.preview_sha256)
    with pytest.raises(services.Gone):
        services.submit_draft(actor=cast.rep, draft=windows[1], seen_sha256=typed.preview_sha256)
    assert Run.objects.count() == 1


def test_whoever_chose_a_draft_that_is_sent_before_they_confirm_erases_the_run(cast, typed) -> None:
    chosen = find_subject("Ilaria Conti")["whole"]
    run = services.submit_draft(actor=cast.rep, draft=typed, seen_sha256=typed.preview_sha256)
    assert requests.erase_subject(actor=cast.compliance, keys=chosen, reference="Letter 7").count == 1
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert not any(find_subject("Ilaria Conti").values())


def test_a_key_under_a_hold_cannot_be_deleted(cast) -> None:
    key = DataKey.make()
    mark_subjects(key, [("name", "Ilaria Conti")])
    requests.place_hold(actor=cast.compliance, keys=[key.pk], reference="Lawsuit 12/26")
    with pytest.raises(ProtectedError):
        key.delete()


def test_a_draft_whose_hold_was_lifted_can_be_thrown_away(cast, typed, summary) -> None:
    hold = requests.place_hold(actor=cast.compliance, keys=[typed.data_key_id], reference="Lawsuit 12/26")
    with pytest.raises(services.RunRefused, match="Lawsuit 12/26"):
        services.clear_draft(actor=cast.rep, prompt_version=summary)
    requests.lift_hold(actor=cast.compliance, hold=hold)
    services.clear_draft(actor=cast.rep, prompt_version=summary)
    assert not DataKey.objects.filter(pk=typed.data_key_id).exists()


def meanwhile(act: Callable[[], Any], result: list[Any]) -> Thread:
    """Somebody else acts, with a database connection of their own; waited for no longer than a second, for it may be their turn to wait."""

    def work() -> None:
        try:
            result.append(act())
        except Exception as error:
            result.append(error)
        finally:
            connection.close()

    thread = Thread(target=work)
    thread.start()
    thread.join(1)
    return thread


def test_a_draft_that_was_sent_while_it_is_thrown_away_stays_with_its_run(cast, typed, summary, monkeypatch) -> None:
    lock = drafting.lock_contents

    def and_send(key: Any) -> bool:
        monkeypatch.setattr(drafting, "lock_contents", lock)
        services.submit_draft(actor=cast.rep, draft=typed, seen_sha256=typed.preview_sha256)
        return lock(key)

    monkeypatch.setattr(drafting, "lock_contents", and_send)
    services.clear_draft(actor=cast.rep, prompt_version=summary)
    run = Run.objects.get(data_key=typed.data_key_id)
    assert (run.data_key.destroyed_at, Draft.objects.exists()) == (None, False)


@pytest.mark.django_db(transaction=True)
def test_a_hold_that_comes_while_a_draft_is_thrown_away_is_refused_or_holds(cast, typed, summary, monkeypatch) -> None:
    looked, placed, other = holds.held_by, [], []

    def hold() -> Any:
        return requests.place_hold(actor=cast.compliance, keys=[typed.data_key_id], reference="Lawsuit 12/26")

    def and_wait(keys: Any) -> Any:
        found = looked(keys)
        other.append(meanwhile(hold, placed))
        return found

    monkeypatch.setattr(drafting, "held_by", and_wait)
    services.clear_draft(actor=cast.rep, prompt_version=summary)
    other[0].join(20)
    assert not Draft.objects.exists()
    assert isinstance(placed[0], RequestRefused), "they were told that it is held, and it is gone"
    assert not HeldKey.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["erase", "hold"])
def test_who_comes_while_a_draft_is_sent_waits_and_has_the_run(cast, typed, monkeypatch, act) -> None:
    key, create, done, other = typed.data_key_id, drafting.create_run, [], []

    def come() -> Any:
        if act == "hold":
            return requests.place_hold(actor=cast.compliance, keys=[key], reference="Lawsuit 12/26")
        return requests.erase_subject(actor=cast.compliance, keys=[key], reference="Letter 7")

    def and_wait(*args: Any, **more: Any) -> Run:
        run = create(*args, **more)
        other.append(meanwhile(come, done))
        return run

    monkeypatch.setattr(drafting, "create_run", and_wait)
    run = services.submit_draft(actor=cast.rep, draft=typed, seen_sha256=typed.preview_sha256)
    other[0].join(20)
    assert not isinstance(done[0], Exception), done
    assert bool(holds.held_by([run.data_key_id])) == (act == "hold")
    assert any(find_subject("Ilaria Conti").values()) == (act == "hold")
