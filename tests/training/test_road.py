"""The road shows what each step of AI on the pipeline rests on, what is missing, and what goes wrong where a step runs ahead."""

import pytest
from django.utils import timezone, translation

from policies.catalogue import adopt
from policies.catalogue import entries as activities
from policies.models import Activity, Goal, PolicyVersion, Tool
from policies.services import put_in_force, set_goal, suspend_policy
from training.models import Fundamental
from training.road import road
from training.services import assess_fundamental
from training.services.fundamentals import read_catalogue
from workbench.accounts.models import Team

pytestmark = pytest.mark.django_db


@pytest.fixture
def mapped(cast):
    """Every activity of the catalogue is on the map."""
    adopt(actor=cast.leader, language="en")


def _goal(cast, activity) -> Goal:
    return activity.goals.first() or set_goal(
        actor=cast.leader, activity=activity, measure="Minutes per page for the team", baseline=40, target=10, unit="min",
        due=timezone.localdate().replace(year=timezone.localdate().year + 1, day=1),
    )  # fmt: skip


def _with_ai(cast, slug, category="human_in_the_loop"):
    activity = Activity.objects.get(slug=slug)
    return put_in_force(
        actor=cast.leader, activity=activity, category=category, rationale="Because we tried it and it held.", accountable=cast.reviewer,
        goal=None if category == "human_only" else _goal(cast, activity), tool=None if category == "human_only" else Tool.objects.get(),
        control_points=[("scrub", {})],
    )  # fmt: skip


def _in_place(cast, *slugs):
    for slug in slugs:
        for team in Team.objects.all():
            assess_fundamental(
                actor=cast.leader, fundamental=Fundamental.objects.get(slug=slug), team=team, level="in_place", evidence="Ten of ten plans.",
                looked_on=timezone.localdate(),
            )  # fmt: skip


def _steps():
    return {step.slug: step for step in road()}


def test_the_steps_come_in_the_order_of_work_and_rest_on_what_there_is() -> None:
    entries = read_catalogue("road")["steps"]
    assert [entry["slug"] for entry in entries] == ["transcripts", "summaries", "weekly-review", "forecast", "hygiene"]
    known = {entry["slug"] for entry in activities("en")}
    fundamentals = {entry["slug"] for entry in read_catalogue("fundamentals")["fundamentals"]}
    for number, entry in enumerate(entries):
        assert set(entry["activities"]) <= known
        assert set(entry["fundamentals"]) <= fundamentals
        assert list(entry["without"]) == [earlier["slug"] for earlier in entries[:number]]


def test_a_summary_without_transcripts_is_warned_of_in_one_sentence(cast, sign_in) -> None:
    step = _steps()["summaries"]
    assert (step.begun, step.in_force) == (True, False)
    assert [warned.step for warned in step.warnings] == ["Transcripts wired in"]
    page = " ".join(sign_in(cast.leader).get("/road/").content.decode().split())
    assert "In force before “Transcripts wired in”." in page
    assert "what was uncomfortable to hear is missing from every page" in page
    assert "1 step runs ahead of an earlier one" in page


def test_the_warning_goes_when_the_earlier_step_is_in_force(cast, mapped) -> None:
    _with_ai(cast, "take-in-call-transcript")
    assert _steps()["summaries"].warnings == []


def test_a_forecast_alone_is_warned_of_for_each_earlier_step(cast, mapped) -> None:
    _with_ai(cast, "forecast")
    assert [warned.step for warned in _steps()["forecast"].warnings] == [
        "Transcripts wired in",
        "Summaries",
        "Weekly review on summaries",
    ]


def test_a_step_stands_only_on_fundamentals_that_are_in_place_in_every_team(cast, mapped) -> None:
    _with_ai(cast, "take-in-call-transcript")
    step = _steps()["transcripts"]
    assert (step.in_force, step.stands, step.next) == (True, False, True)
    _in_place(cast, "written-call-plans", "managers-on-calls")
    step = _steps()["transcripts"]
    assert (step.stands, step.next) == (True, False)
    assert _steps()["summaries"].next
    plans = Fundamental.objects.get(slug="written-call-plans")
    assess_fundamental(
        actor=cast.leader, fundamental=plans, team=Team.objects.get(name="South"), level="in_part", evidence="Five of ten plans.",
        looked_on=timezone.localdate(),
    )  # fmt: skip
    step = _steps()["transcripts"]
    assert not step.stands
    assert [(one.teams, one.of) for one in step.fundamentals] == [(1, 2), (2, 2)]


def test_what_stays_with_people_or_is_suspended_is_no_step_of_ai(cast, mapped) -> None:
    _with_ai(cast, "forecast", category="human_only")
    assert _steps()["forecast"].activities[0].state == "human_only"
    _with_ai(cast, "forecast")
    assert _steps()["forecast"].in_force
    suspend_policy(actor=cast.leader, version=PolicyVersion.objects.get(activity__slug="forecast", state="in_force"))
    step = _steps()["forecast"]
    assert (step.activities[0].state, step.begun, step.warnings) == ("suspended", False, [])


def test_a_fundamental_that_was_taken_away_does_not_carry_a_step(cast, mapped) -> None:
    _in_place(cast, "deal-reviews")
    _with_ai(cast, "weekly-pipeline-review")
    assert _steps()["weekly-review"].stands
    Fundamental.objects.filter(slug="deal-reviews").update(retired_at=timezone.now())
    step = _steps()["weekly-review"]
    assert (step.stands, step.fundamentals[0].known, step.fundamentals[0].name) == (False, False, "Deal reviews held properly")  # fmt: skip


def test_the_road_costs_five_queries_and_speaks_german(cast, mapped, django_assert_num_queries) -> None:
    with translation.override("de"), django_assert_num_queries(5):
        steps = road()
    assert [step.name for step in steps][:2] == ["Mitschriften angebunden", "Zusammenfassungen"]


def test_programs_read_the_road(cast, sign_in) -> None:
    steps = sign_in(cast.rep).get("/api/v1/road/").json()
    assert [step["slug"] for step in steps if step["begun"]] == ["summaries"]
    assert steps[0]["activities"] == [{"slug": "take-in-call-transcript", "name": "Take in a call transcript", "state": "not_on_map"}]  # fmt: skip
