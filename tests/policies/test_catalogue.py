"""The starter catalogue: the same activities in both languages, adopted with one click, and nothing of one's own is touched."""

import pytest
import yaml
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from policies import catalogue
from policies.models import Activity, DataClass, GoalSource, Stage, Trait
from policies.services.goals import vague
from policies.suggestion import suggest


def _entries(language):
    return yaml.safe_load((catalogue.FOLDER / f"map_{language}.yaml").read_text(encoding="utf-8"))


def test_both_languages_have_the_same_activities_and_there_are_at_least_thirty() -> None:
    english, german = _entries("en")["activities"], _entries("de")["activities"]
    assert len(english) >= 30
    for key in ("slug", "traits", "data"):
        assert [entry[key] for entry in english] == [entry[key] for entry in german]


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_activity_has_traits_data_a_stage_and_goals_that_can_be_counted(language) -> None:
    found = _entries(language)
    for entry in found["activities"]:
        assert entry["stage"] in found["stages"]
        assert entry["traits"]
        assert set(entry["traits"]) <= set(Trait.values)
        assert set(entry["data"]) <= set(DataClass.values)
        assert suggest(entry["traits"]) is not None
        for goal in entry["goals"]:
            assert vague(goal["measure"], goal["unit"]) == ""
            assert goal.get("source", "manual") in GoalSource.values


@pytest.mark.django_db
def test_adopting_adds_what_is_missing_and_leaves_what_is_there(cast, sign_in) -> None:
    before = list(Activity.objects.order_by("pk").values("pk", "name", "stage__name", "description"))
    answer = sign_in(cast.leader).post(reverse("policies:adopt"), follow=True)
    assert "activities added" in answer.content.decode()
    assert (
        list(
            Activity.objects.filter(pk__in=[row["pk"] for row in before])
            .order_by("pk")
            .values("pk", "name", "stage__name", "description")
        )
        == before
    )
    assert Activity.objects.count() == len(_entries("en")["activities"])
    assert next(iter(Stage.objects.values_list("name", flat=True))) == "Prospecting"
    assert catalogue.missing("en") == []
    assert catalogue.adopt(actor=cast.leader, language="de") == 0


@pytest.mark.django_db
def test_only_leaders_adopt(cast) -> None:
    with pytest.raises(PermissionDenied):
        catalogue.adopt(actor=cast.rep, language="en")
