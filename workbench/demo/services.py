"""Load the demo company through the same services everybody else uses."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.services import record
from policies import services as policies
from policies.models import Activity, DataClass, Goal, Prompt, PromptTest, Stage, Tool
from policies.tools import EMBEDDED
from training.models import Assessment, Assignment, CoachingEntry, Fundamental, LearningPath, Worksheet
from training.services import (
    adopt_exercises,
    adopt_fundamentals,
    assess_fundamental,
    assign_path,
    begin_worksheet,
    finish_coaching,
    finish_worksheet,
    note_coaching,
    save_worksheet,
    share_worksheet,
)
from training.worksheetfile import forms
from workbench.accounts import services as accounts
from workbench.accounts.models import Notice, Team, User
from workbench.privacy.models import DataKey
from workbench.runs.transcripts import read_file

FOLDER = Path(__file__).parent
#: Test runs of the demo's prompts with the embedded model, made by scripts/record_demo_tests.py.
RECORDED = FOLDER / "data" / "prompt_tests.json"
PASSWORD = "demo-only-nordwerk"  # noqa: S105  the demo's people are invented and listed on its log-in page
TOOL = "house-model"


def company() -> dict[str, Any]:
    """The demo company as data."""
    value: dict[str, Any] = yaml.safe_load((FOLDER / "data" / "company.yaml").read_text(encoding="utf-8"))
    return value


def sample(name: str) -> str:
    """An example input as text."""
    return read_file(name, (FOLDER / "samples" / name).read_bytes())


@transaction.atomic
def load() -> bool:
    """Load the company into an empty database; on later starts only the tool follows the environment. True when loaded."""
    tool = ensure_tool()
    if User.objects.exists():
        return False
    data = company()
    people = load_people(data)
    activities = load_library(data, people, tool)
    for entry in data["activities"]:
        if "policy" in entry:
            _put_in_force(entry, activities[entry["slug"]], people, tool)
    adopt_exercises(actor=people["lukas"])
    load_fundamentals(data, people)
    load_worksheets(data, activities)
    return True


def load_fundamentals(data: dict[str, Any], people: dict[str, User]) -> None:
    """The starter fundamentals, and how the teams stood with some of them. What was looked at names nobody, so nothing waits to be looked through."""
    adopt_fundamentals(actor=people["marit"])
    fundamentals, teams = (
        {one.slug: one for one in Fundamental.objects.all()},
        {one.name: one for one in Team.objects.all()},
    )
    for entry in data["assessments"]:
        assess_fundamental(
            actor=people["marit"], fundamental=fundamentals[entry["fundamental"]], team=teams[entry["team"]], level=entry["level"],
            evidence=entry["evidence"], source=entry.get("source", ""), looked_on=timezone.localdate() - timedelta(days=entry["days_ago"]),
        )  # fmt: skip
    Assessment.objects.update(marked=True)


def load_worksheets(data: dict[str, Any], activities: dict[str, Activity]) -> None:
    """Worksheets as their people left them. They name functions and nobody, so nothing waits to be looked through."""
    people = {one.username: one for one in User.objects.select_related("team")}
    for entry in data["worksheets"]:
        actor = people[entry["by"]]
        sheet = begin_worksheet(actor=actor, form=forms()[entry["form"]], activity=activities[entry["activity"]])
        keep = finish_worksheet if entry.get("finished") else save_worksheet
        keep(actor=actor, worksheet=sheet, title=entry["title"], answers=_with_days(entry["answers"]))
        if entry.get("shared"):
            share_worksheet(actor=actor, worksheet=sheet, shared=True)
    Worksheet.objects.update(marked=True)


def _with_days(value: Any) -> Any:
    """The same, with ``in_days`` as a day."""
    if isinstance(value, list):
        return [_with_days(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "in_days" in value:
        return (timezone.localdate() + timedelta(days=value["in_days"])).isoformat()
    return {name: _with_days(one) for name, one in value.items()}


@transaction.atomic
def load_coaching() -> None:
    """More people in a team, and what stands in the coaching log of its manager. Only where the demo is shown: tests begin without. What is done
    was seen; it names nobody, so nothing waits to be looked through."""
    data = company()
    teams = {one.name: one for one in Team.objects.all()}
    for entry in data["colleagues"]:
        _add_person(entry, teams[entry["team"]])
    people, today = {one.username: one for one in User.objects.all()}, timezone.localdate()
    for entry in data["coaching"]:
        due = entry.get("due_in_days")
        noted = note_coaching(
            actor=people[entry["manager"]], person=people[entry["person"]], kind=entry["kind"], held_on=today - timedelta(days=entry["days_ago"]),
            agreed=entry["agreed"], due=None if due is None else today + timedelta(days=due),
            activity=Activity.objects.filter(slug=entry.get("activity")).first(),
        )  # fmt: skip
        if entry.get("done"):
            finish_coaching(actor=noted.person, entry=noted)
            Notice.objects.filter(person=noted.person, path=f"/coaching/{noted.pk}/").update(seen_at=timezone.now())
    CoachingEntry.objects.update(marked=True)


@transaction.atomic
def load_learning() -> None:
    """An activity that asks for what a path teaches, and the team that is to finish it. Only where the demo is shown, after the people of
    the coaching log."""
    data, people = company()["learning"], {one.username: one for one in User.objects.all()}
    activities, tool = _load_activities(data["activities"], first=Activity.objects.count()), ensure_tool()
    _load_prompts(data["prompts"], activities, tool, author=people["lukas"], leader=people["marit"])
    for entry in data["activities"]:
        _put_in_force(entry, activities[entry["slug"]], people, tool)
    for entry in data["assignments"]:
        assign_path(
            actor=people[entry["by"]], path=LearningPath.objects.get(slug=entry["path"]), teams=[Team.objects.get(name=entry["team"])],
            due=timezone.localdate() + timedelta(days=entry["due_in_days"]), note=entry["note"],
        )  # fmt: skip
    Assignment.objects.update(marked=True)


def _add_person(entry: dict[str, Any], team: Team | None = None) -> User:
    return accounts.create_person(
        actor=None, username=entry["username"], email=f"{entry['username']}@nordwerk.example", first_name=entry["first_name"],
        last_name=entry["last_name"], title=entry["title"], roles=entry["roles"], team=team, password=PASSWORD,
    )  # fmt: skip


def load_people(data: dict[str, Any]) -> dict[str, User]:
    """Everybody of the company and their teams, by user name."""
    people = {entry["username"]: _add_person(entry) for entry in data["people"]}
    teams = {
        entry["name"]: accounts.save_team(actor=None, team=Team(name=entry["name"], manager=people[entry["manager"]]))
        for entry in data["teams"]
    }
    for entry in data["people"]:
        if team := entry.get("team"):
            User.objects.filter(pk=people[entry["username"]].pk).update(team=teams[team])
    return people


def load_library(data: dict[str, Any], people: dict[str, User], tool: Tool) -> dict[str, Activity]:
    """The map without decisions, and the prompts; activities by their short name."""
    for order, name in enumerate(data["stages"], 1):
        Stage.objects.create(name=name, order=order)
    activities = _load_activities(data["activities"])
    _load_prompts(data["prompts"], activities, tool, author=people["lukas"], leader=people["marit"])
    return activities


def _load_activities(entries: list[dict[str, Any]], *, first: int = 0) -> dict[str, Activity]:
    stages = {one.name: one for one in Stage.objects.all()}
    return {
        entry["slug"]: Activity.objects.create(
            stage=stages[entry["stage"]], slug=entry["slug"], name=entry["name"], description=entry["description"],
            traits=entry["traits"], data=entry["data"], order=order,
        )
        for order, entry in enumerate(entries, first)
    }  # fmt: skip


def ensure_tool() -> Tool:
    """The demo's tool: the embedded model, or the provider that the environment names."""
    provider, _, model = settings.WORKBENCH_MODEL.partition(":")
    if model:
        wanted = {
            "provider": provider,
            "model": model,
            "name": model,
            "region": "",
            "max_concurrent": 4,
            "context_tokens": 32_000,
        }
    else:
        names = {"qwen": "Qwen2.5 1.5B", "small": "SmolLM2 135M"}
        chosen = settings.WORKBENCH_EMBEDDED_MODEL
        wanted = {
            "provider": EMBEDDED, "model": chosen or "qwen", "name": names.get(chosen, chosen or names["qwen"]), "region": "this server",
            "max_concurrent": 1, "context_tokens": 8192,
        }  # fmt: skip
    tool = Tool.objects.filter(slug=TOOL).first()
    if tool is None:
        return Tool.objects.create(slug=TOOL, data=list(DataClass.values), **wanted)
    if any(getattr(tool, name) != value for name, value in wanted.items()):
        Tool.objects.filter(pk=tool.pk).update(**wanted)
        record(action="tool.changed", object_type="tool", object_id=tool.pk, tool_id=tool.pk, enabled=tool.enabled)
        tool.refresh_from_db()
    return tool


def _load_prompts(
    entries: list[dict[str, Any]], activities: dict[str, Activity], tool: Tool, *, author: User, leader: User
) -> None:
    """Prompts with the test run that was recorded for them; one without a record stays in review."""
    recorded = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.is_file() else {}
    for entry in entries:
        content = dict(entry)
        prompt = Prompt.objects.create(
            slug=content.pop("slug"),
            activity=activities[content.pop("activity")],
            title=content.pop("title"),
            language=content.pop("language"),
        )
        for field in content["inputs"]:
            if file := field.pop("example_file", ""):
                field["example"] = sample(file)
        given = {field["name"]: field["example"] for field in content["inputs"]}
        content["examples"] = [{"name": "The demo's own example", "inputs": given, "expect": content.pop("expect")}]
        version = policies.write_prompt_version(actor=author, prompt=prompt, **content)
        if record_of := recorded.get(prompt.slug):
            test = PromptTest.objects.create(
                version=version, tool=tool, tested_by=leader, total=1, data_key=DataKey.make()
            )
            policies.finish_prompt_test(test=test, results=record_of["results"], model=record_of["model"])
            policies.approve_prompt_version(actor=leader, version=version)


def _put_in_force(entry: dict[str, Any], activity: Activity, people: dict[str, User], tool: Tool) -> None:
    policy = entry["policy"]
    goal: Goal | None = None
    if "goal" in entry:
        figures = dict(entry["goal"])
        figures["due"] = timezone.localdate() + timedelta(days=figures.pop("due_in_days"))
        goal = policies.set_goal(actor=people["marit"], activity=activity, **figures)
    policies.put_in_force(
        actor=people["marit"],
        activity=activity,
        category=policy["category"],
        rationale=policy["rationale"],
        accountable=people[policy["accountable"]],
        goal=goal,
        tool=None if policy["category"] == "human_only" else tool,
        control_points=[(kind, params) for kind, params in policy.get("control_points", ())],
    )


def people_by_role() -> list[dict[str, str]]:
    """The demo people for the log-in page and the console: name, title, role, username, note."""
    loaded = {
        user.username: user
        for user in User.objects.with_roles().filter(username__in=[p["username"] for p in company()["people"]])
    }
    return [
        {
            "username": entry["username"],
            "name": str(loaded[entry["username"]]),
            "title": entry["title"],
            "role": loaded[entry["username"]].main_role,
            "note": entry["note"],
            "note_de": entry["note_de"],
        }
        for entry in company()["people"]
        if entry["username"] in loaded
    ]
