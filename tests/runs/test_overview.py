"""The overview for leaders, and the use of a prompt by version: counts of work, never of people."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from policies.models import PromptVersion
from workbench.runs import figures, services
from workbench.runs.execution import execute_run
from workbench.runs.models import Run

pytestmark = pytest.mark.django_db
GIVEN = {"transcript": "Ilaria Conti: We run three cold stores and want an offer by Friday."}


@pytest.fixture
def version(company):
    return (
        PromptVersion.objects.approved().select_related("prompt__activity").get(prompt__slug="discovery-call-summary")
    )


def _decided(cast, version, verdict, **options):
    run = services.submit_run(actor=cast.rep, prompt_version=version, inputs=GIVEN)
    execute_run(run.pk)
    services.review_run(actor=cast.reviewer, run=run, verdict=verdict, **options)
    return run


def test_outputs_are_counted_by_week_and_category_and_verdicts_as_they_fell(cast, version, provider, sign_in) -> None:
    first = _decided(cast, version, "approved")
    _decided(cast, version, "edited", text="Another text.")
    _decided(cast, version, "rejected", reason="Not usable.")
    Run.objects.filter(pk=first.pk).update(finished_at=timezone.now() - timedelta(days=7))
    found = figures.overview()
    assert [counts["human_in_the_loop"] for _week, counts in found["weeks"]][-2:] == [1, 1]
    assert found["verdicts"] == {"approved": 1, "edited": 1, "rejected": 1}
    page = sign_in(cast.leader).get(reverse("runs:overview")).content.decode()
    assert page.count("<rect class=") == 2
    assert " style=" not in page
    main = page.split("<main")[1]
    assert not any(name in main for name in ("Jonas Feld", "Aylin Demirtas"))
    assert "Draft a proposal" in main  # nobody has decided about it


def test_the_overview_is_bounded_in_queries(cast, version, provider, sign_in, django_assert_max_num_queries) -> None:
    for _ in range(4):
        _decided(cast, version, "approved")
    client = sign_in(cast.leader)
    client.get(reverse("runs:overview"))
    with django_assert_max_num_queries(24):
        client.get(reverse("runs:overview"))


def test_a_prompt_shows_its_use_by_version(cast, version, provider, sign_in) -> None:
    _decided(cast, version, "approved")
    _decided(cast, version, "rejected", reason="Not usable.")
    assert figures.usage([version])[version.pk] == figures.Usage(2, 1, 0, 1)
    page = sign_in(cast.rep).get(reverse("policies:prompt", args=["discovery-call-summary"])).content.decode()
    assert "Use by version" in page


def test_the_map_says_how_many_runs_a_week_an_activity_has(cast, version, provider, sign_in) -> None:
    services.submit_run(actor=cast.rep, prompt_version=version, inputs=GIVEN)
    assert "1 run a week" in sign_in(cast.leader).get(reverse("policies:map")).content.decode()
