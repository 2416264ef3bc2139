"""Reminders come 30, 7 and 1 days ahead, each once, and late ones say what is nearest."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.training.test_assignments import assign, moved
from tests.training.test_attempts import pass_path
from training.models import Completion, LearningPath
from training.reminders import nearest, remind
from workbench.accounts.models import Notice, Qualification
from workbench.accounts.notices import send_mails
from workbench.accounts.services import change_person, grant_qualification

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_assessment_is_due")]


def told(person) -> list[str]:
    kinds = Notice.objects.filter(person=person).exclude(kind="path_assigned").order_by("pk")
    return list(kinds.values_list("kind", flat=True))


@pytest.mark.parametrize(("days", "step"), [(31, None), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1), (-1, None)])
def test_the_nearest_step_is_the_one_that_is_said(days, step) -> None:
    assert nearest(days) == step


def test_each_step_is_said_once_also_where_the_notice_before_was_not_seen(cast, monkeypatch) -> None:
    assign(cast.trainer, days=40, people=[cast.rep])
    assert remind() == 0
    real = timezone.now
    seen = []
    for day in range(41):
        monkeypatch.setattr(timezone, "now", lambda day=day: real() + timedelta(days=day))
        seen.append(remind())
        assert remind() == 0
    assert told(cast.rep) == ["path_due_30", "path_due_7", "path_due_1"]
    assert [day for day, count in enumerate(seen) if count] == [10, 33, 39]


def test_a_scheduler_that_slept_says_the_nearest_once_and_nothing_of_what_it_missed(cast, monkeypatch) -> None:
    assign(cast.trainer, days=40, people=[cast.rep])
    moved(monkeypatch, 35)
    assert (remind(), remind()) == (1, 0)
    assert told(cast.rep) == ["path_due_7"]


def test_when_the_day_is_over_nobody_is_reminded(cast, monkeypatch) -> None:
    assign(cast.trainer, days=40, people=[cast.rep])
    moved(monkeypatch, 41)
    assert remind() == 0


def test_whoever_was_assigned_it_a_few_days_ahead_was_told_then_and_is_reminded_of_the_next_step(
    cast, monkeypatch
) -> None:
    assign(cast.trainer, days=5, people=[cast.rep])
    assert Notice.objects.get(person=cast.rep).kind == "path_assigned"
    assert remind() == 0
    moved(monkeypatch, 4)
    assert remind() == 1
    assert told(cast.rep) == ["path_due_1"]


def test_whoever_is_complete_left_or_was_let_off_is_not_reminded(cast, recap, monkeypatch) -> None:
    given = assign(cast.trainer, days=40, people=[cast.rep, cast.colleague, cast.reviewer])
    pass_path(cast.rep, recap)
    change_person(actor=cast.administrator, person=cast.colleague, title="", team=None, is_active=False, roles=["rep"])
    moved(monkeypatch, 10)
    assert remind() == 1
    assert told(cast.reviewer) == ["path_due_30"]
    type(given).objects.update(ended_at=timezone.now(), ended_by=cast.trainer)
    moved(monkeypatch, 33)
    assert remind() == 0


def test_a_qualification_earned_here_is_announced_to_end_and_one_recorded_from_elsewhere_is_not(
    cast, recap, monkeypatch
) -> None:
    pass_path(cast.rep, recap)
    ends = cast.rep.qualifications.get().expires_at
    grant_qualification(actor=cast.trainer, person=cast.colleague, name="call-summaries", evidence="Course of March", expires_at=ends)  # fmt: skip
    assert remind() == 0
    for left, kinds in ((30, ["right_ends_30"]), (3, ["right_ends_30", "right_ends_7"])):
        monkeypatch.setattr(timezone, "now", lambda left=left: ends - timedelta(days=left))
        assert (remind(), remind()) == (1, 0)
        assert told(cast.rep) == kinds
    assert told(cast.colleague) == []
    assert Notice.objects.filter(kind="right_ends_7").get().path == f"/certificates/{Completion.objects.get().pk}/"


def test_a_right_that_was_renewed_or_taken_back_is_not_announced(cast, recap, monkeypatch) -> None:
    pass_path(cast.rep, recap)
    ends = cast.rep.qualifications.get().expires_at
    grant_qualification(actor=cast.trainer, person=cast.rep, name="call-summaries", evidence="Course of March")
    monkeypatch.setattr(timezone, "now", lambda: ends - timedelta(days=7))
    assert remind() == 0


def test_a_reminder_goes_out_by_mail_and_says_nothing_of_anybody(cast, settings, monkeypatch) -> None:
    settings.WORKBENCH_URL = "https://workbench.example"
    type(cast.rep).objects.filter(pk=cast.rep.pk).update(mail="immediate")
    given = assign(cast.trainer, days=40, people=[cast.rep])
    moved(monkeypatch, 33)
    remind()
    send_mails()
    assert "due within a week" in mail.outbox[0].body
    assert f"https://workbench.example/assignments/{given.pk}/" in mail.outbox[0].body
    assert "Jonas" not in mail.outbox[0].body


def test_many_reminders_cost_as_many_queries_as_a_few(cast, recap, monkeypatch, django_assert_num_queries) -> None:
    paths, people = list(LearningPath.objects.all()[:4]), [cast.rep, cast.colleague, cast.reviewer, cast.leader]
    real = timezone.now

    def ahead(path, people) -> None:
        """The path is due in a week, and a right that each of them earned by it ends in five days."""
        given = assign(cast.trainer, days=7, people=people)
        type(given).objects.filter(pk=given.pk).update(path=path, created_at=timezone.now() - timedelta(days=60))
        for person in people:
            earned = Qualification.objects.create(
                person=person, name=f"right-{path.pk}", evidence="As in the test", expires_at=timezone.now() + timedelta(days=5)
            )  # fmt: skip
            with monkeypatch.context() as clock:
                clock.setattr(timezone, "now", lambda: real() - timedelta(days=90))
                Completion.objects.create(learner=person, path=path, language="en", qualification=earned, versions={})

    ahead(paths[0], people[:1])
    with CaptureQueriesContext(connection) as few:
        assert remind() == 2
    for path in paths[1:]:
        ahead(path, people)
    with django_assert_num_queries(len(few)):
        assert remind() == 24
    assert remind() == 0
