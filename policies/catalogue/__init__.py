"""The starter catalogue: activities and prompts of a B2B sales process in English and German, to adopt and change."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from policies import mapfile
from policies.mapfile.form import ACTIVITY, PROMPT, whole
from policies.models import Activity, Prompt, Stage
from workbench.accounts.models import User

FOLDER = Path(__file__).parent
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def _file(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    return found


def _language(code: str) -> str:
    return "de" if code.startswith("de") else "en"


def entries(language: str) -> list[dict[str, Any]]:
    """The activities of the catalogue."""
    found: list[dict[str, Any]] = _file(f"map_{_language(language)}")["activities"]
    return found


def missing(language: str) -> list[dict[str, Any]]:
    """The activities of the catalogue that are not on the map under their short name, retired ones included."""
    there = set(Activity.objects.values_list("slug", flat=True))
    return [entry for entry in entries(language) if entry["slug"] not in there]


def goal_examples(slug: str, language: str) -> list[dict[str, str]]:
    """Concrete measures that fit an activity of the catalogue."""
    found: dict[str, Any] = next((entry for entry in entries(language) if entry["slug"] == slug), {})
    return [{"source": "manual", **goal} for goal in found.get("goals", ())]


@transaction.atomic
def adopt(*, actor: User, language: str) -> int:
    """Put what is missing on the map, with its stages behind those that are there. Returns how many activities came. For leaders."""
    wanted = missing(language)
    used = {entry["stage"] for entry in wanted}
    now = list(Stage.objects.values_list("name", flat=True))
    stages = [
        *now,
        *(name for name in _file(f"map_{_language(language)}")["stages"] if name in used and name not in now),
    ]
    activities = [whole({key: value for key, value in entry.items() if key != "goals"}, ACTIVITY) for entry in wanted]
    file = mapfile.MapFile(
        {"stages": stages, "tools": [], "activities": activities, "prompts": []}, {}, f"catalogue-{_language(language)}"
    )
    mapfile.import_map(actor=actor, file=file)
    return len(activities)


def missing_prompts(language: str) -> list[dict[str, Any]]:
    """The starter prompts of a language for activities that are on the map, and not in the library yet."""
    activities = set(Activity.objects.current().values_list("slug", flat=True))
    there = set(Prompt.objects.values_list("slug", flat=True))
    return [
        whole(entry, PROMPT)
        for entry in _file(f"prompts_{_language(language)}")["prompts"]
        if entry["activity"] in activities and entry["slug"] not in there
    ]


@transaction.atomic
def adopt_prompts(*, actor: User, language: str) -> int:
    """Bring the starter prompts in as proposals of ``actor``, for somebody else to test and approve. Returns how many. For leaders."""
    wanted = missing_prompts(language)
    file = mapfile.MapFile(
        {"stages": [], "tools": [], "activities": [], "prompts": wanted}, {}, f"prompts-{_language(language)}"
    )
    mapfile.import_map(actor=actor, file=file)
    return len(wanted)
