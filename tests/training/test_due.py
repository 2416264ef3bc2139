"""Leaders hear once that a team is to be looked at again, in one notice a day, and what waits stands on their home page."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.training.test_assignments import moved, text_of
from training.models import Assessment, Fundamental, Overdue
from training.picture import overdue
from training.reminders import remind
from training.services import assess_fundamental
from workbench.accounts.models import Notice, Team, User
from workbench.accounts.notices import in_words, send_mails
from workbench.accounts.services import save_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(cast) -> list[Fundamental]:
    """The only fundamentals here: due again after one, two and three months. Nobody was assessed yet."""
    Fundamental.objects.update(retired_at=timezone.now())
    fresh = [
        Fundamental.objects.create(slug=f"habit-{months}", texts={"en": {"name": f"Habit {months}", "about": "", "signs": [], "without": ""}}, months=months)
        for months in (1, 2, 3)
    ]  # fmt: skip
    assert overdue() == []
    return fresh


def look_at(cast, fundamental, team=None, days_ago=0) -> Assessment:
    return assess_fundamental(
        actor=cast.leader, fundamental=fundamental, team=team or cast.rep.team, level="in_part", evidence="Ten notes of calls of the last quarter.",
        looked_on=timezone.localdate() - timedelta(days=days_ago),
    )  # fmt: skip


def told(person) -> list[str]:
    return [in_words(one) for one in Notice.objects.filter(person=person, kind="assessments_due").order_by("pk")]


def test_a_leader_hears_once_of_a_look_that_became_too_old(cast, three, monkeypatch) -> None:
    look_at(cast, three[0])
    assert remind() == 0
    moved(monkeypatch, 40)
    assert (remind(), remind()) == (1, 0)
    assert told(cast.leader) == ["1 assessment of a fundamental is due again."]
    moved(monkeypatch, 5)
    assert remind() == 0
    for person in (cast.rep, cast.trainer, cast.compliance, cast.administrator):
        assert told(person) == []


def test_many_at_once_are_one_notice_that_says_how_many(cast, three, monkeypatch) -> None:
    for fundamental in three:
        for team in (cast.rep.team, cast.colleague.team):
            look_at(cast, fundamental, team)
    moved(monkeypatch, 100)
    remind()
    assert told(cast.leader) == ["6 assessments of fundamentals are due again."]


def test_there_is_no_second_notice_on_a_day_and_what_came_later_is_told_the_next(cast, three, monkeypatch) -> None:
    look_at(cast, three[0], days_ago=40)
    assert remind() == 1
    look_at(cast, three[1], days_ago=70)
    assert remind() == 0
    moved(monkeypatch, 1)
    assert (remind(), remind()) == (1, 0)
    assert told(cast.leader) == ["2 assessments of fundamentals are due again."], (
        "the one that was not seen says the new number"
    )
    Notice.objects.update(seen_at=timezone.now())
    look_at(cast, three[2], days_ago=100)
    moved(monkeypatch, 1)
    remind()
    assert told(cast.leader) == [
        "2 assessments of fundamentals are due again.",
        "3 assessments of fundamentals are due again.",
    ]


def test_who_looks_again_is_told_anew_when_that_look_is_too_old(cast, three, monkeypatch) -> None:
    look_at(cast, three[0], days_ago=40)
    remind()
    look_at(cast, three[0])
    assert overdue() == []
    Notice.objects.update(seen_at=timezone.now())
    moved(monkeypatch, 40)
    assert remind() == 1
    assert len(told(cast.leader)) == 2


def test_what_was_taken_away_and_teams_in_which_nobody_works_are_not_due(cast, three) -> None:
    empty = save_team(actor=cast.administrator, team=Team(name="Nobody"))
    look_at(cast, three[0], empty, days_ago=40)
    look_at(cast, three[1], days_ago=70)
    Fundamental.objects.filter(pk=three[1].pk).update(retired_at=timezone.now())
    assert remind() == 0
    assert overdue() == []


def test_opening_the_fundamentals_marks_it_as_seen_and_home_says_where_to_look(cast, three, sign_in) -> None:
    look_at(cast, three[0], days_ago=40)
    look_at(cast, three[1], days_ago=70)
    look_at(cast, three[0], cast.colleague.team, days_ago=50)
    remind()
    client = sign_in(cast.leader)
    home = text_of(client.get("/"))
    assert f"Fundamentals in {cast.rep.team}" in home
    assert f"Fundamentals in {cast.colleague.team}" in home
    assert "2 assessments are due, the first since" in home
    assert "“Habit 1” was to be assessed again by" in home
    assert f"/fundamentals/?team={cast.rep.team_id}" in home
    assert "3 assessments of fundamentals are due again." in text_of(client.get("/notices/"))
    client.get("/fundamentals/")
    assert not Notice.objects.filter(kind="assessments_due", seen_at=None).exists()
    for person in (cast.rep, cast.trainer, cast.compliance):
        assert "Fundamentals in" not in text_of(sign_in(person).get("/"))


def test_the_mail_says_how_many_and_names_no_team(cast, three, settings) -> None:
    settings.WORKBENCH_URL = "https://workbench.example"
    User.objects.filter(pk=cast.leader.pk).update(mail="immediate", language="de")
    look_at(cast, three[0], days_ago=40)
    look_at(cast, three[1], days_ago=70)
    remind()
    send_mails()
    assert "2 Einschätzungen von Grundlagen sind wieder fällig." in mail.outbox[0].body
    assert "https://workbench.example/fundamentals/" in mail.outbox[0].body
    assert "Habit" not in mail.outbox[0].body
    assert str(cast.rep.team) not in mail.outbox[0].body


def test_a_hundred_that_are_due_cost_as_many_queries_as_one(cast, three, sign_in) -> None:
    client = sign_in(cast.leader)
    client.get("/")
    look_at(cast, three[0], days_ago=40)
    with CaptureQueriesContext(connection) as few:
        remind()
    with CaptureQueriesContext(connection) as home:
        client.get("/")
    Notice.objects.all().delete()
    for fundamental in three[1:]:
        for team in (cast.rep.team, cast.colleague.team):
            look_at(cast, fundamental, team, days_ago=200)
    Overdue.objects.all().delete()
    with CaptureQueriesContext(connection) as many:
        assert remind() == 1
    assert len(many) == len(few)
    with CaptureQueriesContext(connection) as again:
        client.get("/")
    assert len(again) == len(home)
