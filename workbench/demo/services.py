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
from workbench.accounts import services as accounts
from workbench.accounts.models import Team, User
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
    return True


def load_people(data: dict[str, Any]) -> dict[str, User]:
    """Everybody of the company and their teams, by user name."""
    people = {
        entry["username"]: accounts.create_person(
            actor=None, username=entry["username"], email=f"{entry['username']}@nordwerk.example", first_name=entry["first_name"],
            last_name=entry["last_name"], title=entry["title"], roles=entry["roles"], password=PASSWORD,
        )
        for entry in data["people"]
    }  # fmt: skip
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
    stages = {name: Stage.objects.create(name=name, order=order) for order, name in enumerate(data["stages"], 1)}
    activities = {
        entry["slug"]: Activity.objects.create(
            stage=stages[entry["stage"]], slug=entry["slug"], name=entry["name"], description=entry["description"],
            traits=entry["traits"], data=entry["data"], order=order,
        )
        for order, entry in enumerate(data["activities"])
    }  # fmt: skip
    _load_prompts(data["prompts"], activities, tool, author=people["lukas"], leader=people["marit"])
    return activities


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
