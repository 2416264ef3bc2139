"""The starter catalogue: the same activities in both languages, adopted with one click, and nothing of one's own is touched."""

import pytest
import yaml
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from policies import catalogue
from policies.mapfile import read
from policies.mapfile.form import FORMAT
from policies.models import Activity, DataClass, GoalSource, PromptVersion, Stage, Trait
from policies.services import approve_prompt_version, prompt_faults
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


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_starter_prompt_holds_together_and_has_two_examples(language) -> None:
    activities = {entry["slug"] for entry in _entries("en")["activities"]}
    prompts = yaml.safe_load((catalogue.FOLDER / f"prompts_{language}.yaml").read_text(encoding="utf-8"))["prompts"]
    assert len(prompts) >= 25
    read(yaml.safe_dump({"format": FORMAT, "prompts": prompts}).encode())  # the form of the published schema
    for prompt in prompts:
        assert prompt_faults(prompt) == {}, prompt["slug"]
        assert prompt["activity"] in activities
        assert prompt["language"] == language
        assert len(prompt["examples"]) >= 2
        assert prompt["known_limits"]


@pytest.mark.django_db
def test_starter_prompts_come_in_as_proposals_that_somebody_else_approves(cast, sign_in) -> None:
    catalogue.adopt(actor=cast.leader, language="en")
    url = reverse("policies:prompt_adopt")
    assert sign_in(cast.rep).post(url).status_code == 403
    assert "proposals came in" in sign_in(cast.leader).post(url, follow=True).content.decode()
    brought = PromptVersion.objects.filter(author=cast.leader)
    assert brought.count() >= 25
    assert set(brought.values_list("state", flat=True)) == {"in_review"}
    assert catalogue.missing_prompts("en") == []
    with pytest.raises(PermissionDenied):
        approve_prompt_version(actor=cast.leader, version=brought.first())
