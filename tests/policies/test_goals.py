"""Concrete goals: what is refused, where the figures come from, and how far one has come."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from policies.figures import figures
from policies.models import Goal, Measurement
from policies.progress import expected, state_of
from policies.services import enter_measurement, set_goal, vague
from workbench.runs.models import Run

TODAY = timezone.localdate()


@pytest.mark.parametrize(
    "measure",
    ["Use more AI", "AI usage", "Mehr KI nutzen", "KI-Einsatz", "Copilot adoption", "More prompts used", "Better", "Mehr Effizienz", "Work faster"],
)  # fmt: skip
def test_a_wish_is_no_goal_and_the_refusal_gives_examples(measure) -> None:
    assert "For example" in vague(measure, "%")


@pytest.mark.parametrize(
    "measure", ["Minutes per proposal draft", "Meetings followed up within 24 hours", "Fields complete", "Minuten je Angebotsentwurf", "Binnen 24 Stunden nachbereitete Termine"]
)  # fmt: skip
def test_what_can_be_counted_is_a_goal(measure) -> None:
    assert vague(measure, "min") == ""


def test_a_measure_needs_a_unit() -> None:
    assert "unit" in vague("Minutes per draft", "")


def _goal(baseline, target, source="manual"):
    return Goal(
        measure="Minutes",
        baseline=Decimal(baseline),
        target=Decimal(target),
        unit="min",
        due=date(2027, 4, 11),
        set_at=date(2027, 1, 1),
        source=source,
    )


@pytest.mark.parametrize(
    ("points", "today", "state"),
    [
        ([], date(2027, 2, 1), "unmeasured"),
        ([(date(2027, 2, 20), 58.0)], date(2027, 2, 20), "on_course"),
        ([(date(2027, 2, 20), 70.0)], date(2027, 2, 20), "behind"),
        ([(date(2027, 2, 20), 30.0)], date(2027, 2, 20), "reached"),
        ([(date(2027, 4, 1), 70.0)], date(2027, 4, 12), "missed"),
    ],
)
def test_a_goal_stands_where_its_line_says(points, today, state) -> None:
    goal = _goal(90, 30)
    assert expected(goal, date(2027, 2, 20)) == 60
    assert state_of(goal, points, today) == state


@pytest.mark.django_db
def test_figures_by_hand_are_entered_by_leaders_and_the_accountable_one_per_day(cast) -> None:
    goal = Goal.objects.get(activity__slug="summarise-discovery-call")
    for actor in (cast.leader, cast.reviewer):
        enter_measurement(actor=actor, goal=goal, on=TODAY, value=Decimal(35))
    assert Measurement.objects.get().entered_by == cast.reviewer
    with pytest.raises(PermissionDenied):
        enter_measurement(actor=cast.rep, goal=goal, on=TODAY, value=Decimal(1))
    with pytest.raises(ValidationError, match="still to come"):
        enter_measurement(actor=cast.leader, goal=goal, on=TODAY + timedelta(days=1), value=Decimal(1))


@pytest.mark.django_db
def test_figures_outlive_a_changed_target(cast, sign_in) -> None:
    goal = Goal.objects.get(activity__slug="summarise-discovery-call")
    enter_measurement(actor=cast.leader, goal=goal, on=TODAY, value=Decimal(31))
    client = sign_in(cast.leader)
    page = client.get(reverse("policies:goals"), {"goal": goal.pk}).content.decode()
    assert "31" in page
    assert "<circle" in page
    assert " style=" not in page


@pytest.mark.django_db
def test_what_the_workbench_measures_is_not_entered_by_hand(cast) -> None:
    first = Goal.objects.get(activity__slug="summarise-discovery-call")
    goal = set_goal(
        actor=cast.leader, activity=first.activity, measure="Minutes from request to release", baseline=Decimal(90), target=Decimal(30), unit="min",
        due=TODAY + timedelta(days=60), source="minutes_to_release",
    )  # fmt: skip
    with pytest.raises(ValidationError, match="takes these figures itself"):
        enter_measurement(actor=cast.leader, goal=goal, on=TODAY, value=Decimal(1))
    assert figures().series([goal]) == {goal.pk: []}


@pytest.mark.django_db
def test_minutes_to_release_come_from_the_runs_of_the_activity(cast, provider) -> None:
    from policies.models import PromptVersion
    from workbench.runs import services
    from workbench.runs.execution import execute_run

    version = PromptVersion.objects.approved().get(prompt__slug="discovery-call-summary")
    run = services.submit_run(
        actor=cast.rep, prompt_version=version, inputs={"transcript": "Ilaria Conti: We run three cold stores."}
    )
    execute_run(run.pk)
    services.review_run(actor=cast.reviewer, run=run, verdict="approved", seconds_open=3)
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(minutes=50))
    goal = Goal.objects.filter(activity__slug="summarise-discovery-call").latest("pk")
    goal.source = "minutes_to_release"
    ((day, minutes),) = figures().series([goal])[goal.pk]
    assert (day, round(minutes)) == (TODAY, 50)
    goal.source = "approved_unchanged"
    assert figures().series([goal])[goal.pk][0][1] == 100


@pytest.mark.django_db
def test_a_vague_goal_is_refused_on_the_page_with_examples(cast, sign_in) -> None:
    from tests.policies.test_pages import _decision, _policy

    page = sign_in(cast.leader).post(_policy(), _decision(measure="Use more AI"))
    assert page.status_code == 422
    assert "Using AI is a means" in page.content.decode()


@pytest.mark.django_db
def test_the_board_tells_where_each_goal_stands_in_as_many_queries_for_one_as_for_many(
    cast, sign_in, django_assert_max_num_queries
) -> None:
    goal = Goal.objects.get(activity__slug="summarise-discovery-call")
    client = sign_in(cast.leader)
    assert "not measured" in client.get("/map/").content.decode()
    enter_measurement(actor=cast.leader, goal=goal, on=TODAY, value=goal.target)
    page = client.get("/map/").content.decode()
    assert "reached" in page
    assert f"now {goal.target.normalize():f} {goal.unit}" in page
    Goal.objects.update(source="minutes_to_release")
    with django_assert_max_num_queries(14):
        client.get("/map/")
