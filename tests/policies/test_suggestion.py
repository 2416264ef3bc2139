"""What the traits of an activity suggest, and that a person may decide otherwise."""

from itertools import combinations

import pytest

from policies.models import Activity, Category, PolicyVersion, Trait
from policies.services import put_in_force
from policies.suggestion import suggest


@pytest.mark.parametrize(
    ("traits", "category"),
    [
        ({"judgement_heavy", "customer_facing"}, "human_only"),
        ({"judgement_heavy"}, "human_only"),
        ({"language_driven", "judgement_heavy"}, "sparring_partner"),
        ({"language_driven"}, "sparring_partner"),
        ({"language_driven", "repeatable", "judgement_heavy", "customer_facing"}, "human_in_the_loop"),
        ({"language_driven", "repeatable", "customer_facing"}, "human_in_the_loop"),
        ({"repeatable", "formalised"}, "automated"),
        ({"repeatable", "formalised", "customer_facing"}, "human_in_the_loop"),
        ({"repeatable", "formalised", "judgement_heavy"}, "human_only"),
    ],
)
def test_traits_suggest_a_category_with_reasons(traits, category) -> None:
    found = suggest(traits)
    assert found is not None
    assert found.category == category
    assert all(reason.endswith(".") for reason in found.reasons)


def test_every_combination_gets_a_suggestion_and_nothing_that_the_customer_sees_or_judgement_decides_runs_alone() -> (
    None
):
    for size in range(1, len(Trait) + 1):
        for traits in combinations(Trait.values, size):
            found = suggest(traits)
            assert found is not None
            assert found.category in Category.values
            if {"customer_facing", "judgement_heavy"} & set(traits):
                assert found.category != Category.AUTOMATED


def test_without_traits_nothing_is_suggested() -> None:
    assert suggest(()) is None
    assert suggest(["something_else"]) is None


@pytest.mark.django_db
def test_a_decision_against_the_suggestion_is_fine_and_stays_visible(cast) -> None:
    activity = Activity.objects.get(slug="fill-crm-fields")
    put_in_force(
        actor=cast.leader, activity=activity, category="human_only", rationale="We do not trust the fields yet."
    )
    version = PolicyVersion.objects.deciding().get(activity=activity)
    assert (version.suggested, version.against_suggestion) == ("automated", True)
