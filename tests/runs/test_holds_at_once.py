"""A hold is placed at the very moment at which somebody erases, and two people decide about retention at once."""

from datetime import timedelta
from threading import Event, Timer

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.runs.test_concurrency import at_once
from workbench.accounts.models import User
from workbench.privacy import erasing, requests, retention
from workbench.privacy.models import DataKey, HeldKey, Hold, RetentionRequest, RetentionRule
from workbench.privacy.subjects import mark_subjects
from workbench.runs import services
from workbench.runs.models import Draft, Run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old(cast, summary) -> DataKey:
    """The data key of a run about somebody that ended eight months ago."""
    key = DataKey.make()
    ended = timezone.now() - timedelta(days=240)
    Run.objects.create(requester=cast.rep, activity=summary.prompt.activity, state="denied", data_key=key, finished_at=ended)  # fmt: skip
    mark_subjects(key, [("name", "Ilaria Conti")])
    return key


def _while_a_hold_is_placed(cast, key: DataKey, act) -> list:
    """The act begins when the hold stands in a transaction that takes a little longer to commit."""
    placed, commit = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            requests.place_hold(actor=cast.compliance, keys=[key.pk], reference="Lawsuit 12/26")
            placed.set()
            commit.wait(5)

    def other() -> object:
        placed.wait(5)
        Timer(0.5, commit.set).start()
        return act()

    return at_once(hold, other)


def test_a_removal_waits_for_a_hold_that_is_being_placed_and_keeps_to_it(cast, old) -> None:
    retention.confirm(actor=cast.leader, request=retention.ask(actor=cast.compliance, kind="texts"))
    assert _while_a_hold_is_placed(cast, old, retention.carry_on) == [None, None]
    old.refresh_from_db()
    assert HeldKey.objects.filter(data_key=old, hold__lifted_at=None).exists()
    assert old.destroyed_at is None
    assert RetentionRequest.objects.get().done == 0
    assert list(erasing.remembered()) == []


def test_whoever_erases_a_person_waits_for_a_hold_that_is_being_placed(cast, summary, call) -> None:
    given = {"transcript": call}
    preview = services.preview_run(actor=cast.rep, prompt_version=summary, inputs=given)
    draft = services.save_draft(actor=cast.rep, prompt_version=summary, inputs=given, marks=[], preview=preview)
    User.objects.filter(pk=cast.rep.pk).update(is_active=False)
    assert draft.data_key is not None
    _held, refused = _while_a_hold_is_placed(
        cast, draft.data_key, lambda: requests.erase_person(actor=cast.administrator, person=cast.rep)
    )
    assert isinstance(refused, requests.RequestRefused)
    assert "Lawsuit 12/26" in str(refused)
    assert Draft.objects.get().inputs == given
    assert User.objects.get(pk=cast.rep.pk).first_name == "Jonas"


def _one_was_refused(results: list) -> bool:
    refused = [result for result in results if isinstance(result, requests.RequestRefused)]
    return len(refused) == 1 and not any(isinstance(r, Exception) for r in results if r not in refused)


def test_of_two_who_ask_or_place_a_hold_at_once_one_is_refused_in_words(cast, old) -> None:
    assert _one_was_refused(at_once(*[lambda: retention.ask(actor=cast.compliance, kind="texts")] * 2))
    place = lambda: requests.place_hold(actor=cast.compliance, keys=[old.pk], reference="Lawsuit 12/26")  # noqa: E731
    assert _one_was_refused(at_once(place, place))
    assert (RetentionRequest.objects.count(), Hold.objects.count()) == (1, 1)


def test_the_log_is_never_kept_shorter_than_the_texts_whoever_changes_both_at_once(cast) -> None:
    for _round in range(5):
        retention.set_months(actor=cast.compliance, kind="texts", count=6)
        retention.set_months(actor=cast.compliance, kind="log", count=12)
        results = at_once(
            lambda: retention.set_months(actor=cast.compliance, kind="log", count=6),
            lambda: retention.set_months(actor=cast.compliance, kind="texts", count=12),
        )
        assert _one_was_refused(results)
        assert retention.months() in ({"texts": 6, "log": 6}, {"texts": 12, "log": 12})
        retention.set_months(actor=cast.compliance, kind="log", count=12)
    with pytest.raises(IntegrityError):
        RetentionRule.objects.update(log=6, texts=12)
