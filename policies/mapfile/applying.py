"""Taking a file over: one transaction, one event."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from policies import permissions
from policies.mapfile.current import current_map
from policies.mapfile.plan import Change, content_of, differences, faults_of, merged, tool_values
from policies.mapfile.reading import MapFile
from policies.models import (
    Activity,
    Goal,
    PolicyState,
    PolicyVersion,
    Prompt,
    PromptState,
    PromptVersion,
    Stage,
    Tool,
)
from policies.services.activities import end_life, order_stages
from policies.services.policies import end_version, place_points
from policies.suggestion import suggest
from policies.yamlfile import Data, Fault, FileRefused
from workbench.accounts.models import User


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file changed, or would change in a dry run. ``seen``: the hash of what the file says and of what it would replace."""

    changes: tuple[Change, ...]
    dry_run: bool
    seen: str


class MapChanged(Exception):
    """Since somebody looked at what a file would change, somebody else changed the same. Nothing was taken over."""

    def __init__(self) -> None:
        super().__init__(
            _("Since you looked, somebody changed what this file changes too. Nothing was imported: look at what it would change now, then import.")
        )  # fmt: skip


def import_map(*, actor: User, file: MapFile, dry_run: bool = False, seen: str | None = None) -> Imported:
    """Take a file over, or say what it would change.

    Args:
        seen: what the dry run said that somebody looked at; None takes over whatever the file changes by now. Otherwise raises MapChanged.

    Everything or nothing, in one transaction with one audit event. Policies take effect with the next call, decided by ``actor``;
    prompts come in as proposals by ``actor``, for somebody else to test and approve. Raises PermissionDenied, or FileRefused
    with every fault.
    """
    if not permissions.can_change_map(actor):
        raise PermissionDenied(_("Only leaders import the map."))
    with transaction.atomic():
        # Two imports at once wait for each other here, before either looks at what is there.
        list(Stage.objects.select_for_update().order_by("pk"))
        now = current_map()
        file = replace(file, data=merged(now, file.data))
        if faults := faults_of(file, now):
            raise FileRefused(faults)
        changes = differences(now, file.data)
        looked_at = _looked_at(file, now, changes)
        if seen is not None and seen != looked_at and not dry_run:
            raise MapChanged
        if changes and not dry_run:
            _Applying(actor, file, now).apply(changes)
    return Imported(tuple(changes), dry_run, looked_at)


def _looked_at(file: MapFile, now: Data, changes: list[Change]) -> str:
    kinds = {"tool": "tools", "activity": "activities", "prompt": "prompts"}
    entries = {(kind, entry["slug"]): entry for kind, part in kinds.items() for entry in now[part]}
    found = [
        now["stages"]
        if change.kind == "stages"
        else [change.kind, change.slug, entries.get((change.kind, change.slug))]
        for change in changes
    ]
    return hashlib.sha256(json.dumps([file.data, found], sort_keys=True).encode()).hexdigest()


class _Applying:
    def __init__(self, actor: User, file: MapFile, now: Data) -> None:
        self.actor, self.file, self.now = actor, file, now
        self.moment = timezone.now()
        self.people = {user.username: user for user in User.objects.all()}

    def apply(self, changes: list[Change]) -> None:
        by_kind: dict[str, list[Change]] = {"stages": [], "tool": [], "activity": [], "prompt": []}
        for change in changes:
            by_kind[change.kind].append(change)
        if by_kind["stages"]:
            order_stages(
                [
                    *self.file.data["stages"],
                    *(name for name in self.now["stages"] if name not in self.file.data["stages"]),
                ]
            )
        entries = {
            kind: {entry["slug"]: entry for entry in self.file.data[kind]}
            for kind in ("tools", "activities", "prompts")
        }
        for change in by_kind["tool"]:
            self._tool(entries["tools"][change.slug])
        self.tools = {tool.slug: tool for tool in Tool.objects.all()}
        self.stages = {stage.name: stage for stage in Stage.objects.all()}
        # Ordered, so that two imports at once wait for each other and do not block each other.
        self.activities = {activity.slug: activity for activity in Activity.objects.select_for_update().order_by("pk")}
        self.deciding = {version.activity_id: version for version in PolicyVersion.objects.deciding()}
        self.numbers = dict(PolicyVersion.objects.order_by().values_list("activity_id").annotate(top=Max("number")))
        self.order = dict(Activity.objects.order_by().values_list("stage_id").annotate(top=Max("order")))
        policies = sum(self._activity(entries["activities"][change.slug], change) for change in by_kind["activity"])
        for change in by_kind["prompt"]:
            self._prompt(entries["prompts"][change.slug])
        record(
            action="map.imported", actor=self.actor, object_type="map", object_id=self.file.sha256[:12], file_sha256=self.file.sha256,
            stages=len(by_kind["stages"]), tools=len(by_kind["tool"]), activities=len(by_kind["activity"]), policies=policies,
            prompts=len(by_kind["prompt"]),
        )  # fmt: skip

    def _tool(self, entry: Data) -> None:
        tool = Tool.objects.filter(slug=entry["slug"]).first() or Tool(slug=entry["slug"])
        moved = tool.pk and (tool.provider, tool.base_url) != (entry["provider"], entry["base_url"])
        for name, value in tool_values(entry).items():
            setattr(tool, name, value)
        if moved:
            # A key never goes to an address it was not given for.
            tool.key_sealed = None
        tool.full_clean(exclude=["data_key"])
        tool.save()

    def _activity(self, entry: Data, change: Change) -> bool:
        activity = self.activities.get(entry["slug"]) or Activity(slug=entry["slug"])
        stage = self.stages[entry["stage"]]
        if activity.stage_id != stage.pk:
            activity.order = self.order[stage.pk] = (self.order.get(stage.pk) or 0) + 1
        activity.stage = stage
        for name in ("name", "description", "traits", "data"):
            setattr(activity, name, entry[name])
        retire = entry["retired"] and activity.pk is not None and activity.retired_at is None
        activity.retired_at = (activity.retired_at or self.moment) if entry["retired"] else None
        activity.save()
        self.activities[activity.slug] = activity
        if retire:
            end_life(activity, self.actor, self.moment)
        goal = self._goal(activity, entry["goal"], changed="goal" in change.parts)
        # A policy that rests on another goal is another decision.
        decides = bool(entry["policy"]) and bool({"goal", "policy"} & change.parts)
        if decides:
            self._policy(activity, entry["policy"], goal)
        return decides

    def _goal(self, activity: Activity, entry: Data | None, *, changed: bool) -> Goal | None:
        if entry is None:
            return None
        if not changed:
            version = self.deciding.get(activity.pk)
            return version.goal if version and version.goal else activity.goals.order_by("-pk").first()
        figures = {name: Decimal(str(entry[name])) for name in ("baseline", "target")}
        return Goal.objects.create(
            activity=activity, measure=entry["measure"], unit=entry["unit"], due=date.fromisoformat(entry["due"]), source=entry["source"], **figures
        )  # fmt: skip

    def _policy(self, activity: Activity, entry: Data, goal: Goal | None) -> None:
        if before := self.deciding.get(activity.pk):
            end_version(before, self.actor, self.moment)
        number = self.numbers[activity.pk] = (self.numbers.get(activity.pk) or 0) + 1
        suggestion = suggest(activity.traits)
        version = PolicyVersion.objects.create(
            activity=activity, number=number, category=entry["category"], rationale=entry["rationale"], accountable=self.people[entry["accountable"]],
            goal=None if entry["category"] == "human_only" else goal, suggested=suggestion.category if suggestion else "",
        )  # fmt: skip
        place_points(version, entry["control_points"])
        change: dict[str, Any] = {
            "tool": self.tools[entry["tool"]] if entry["tool"] else None,
            "decided_by": self.actor,
            "in_force_at": self.moment,
        }
        change["state"] = PolicyState.IN_FORCE
        PolicyVersion.objects.filter(pk=version.pk).update(**change)
        if entry["state"] == PolicyState.SUSPENDED:
            PolicyVersion.objects.filter(pk=version.pk).update(
                state=PolicyState.SUSPENDED, ended_at=self.moment, ended_by=self.actor
            )

    def _prompt(self, entry: Data) -> None:
        prompt = Prompt.objects.filter(slug=entry["slug"]).first() or Prompt(slug=entry["slug"])
        prompt.activity, prompt.title, prompt.language = (
            self.activities[entry["activity"]],
            entry["title"],
            entry["language"],
        )
        prompt.save()
        content = content_of(entry)
        newest = prompt.versions.order_by("-number").first()
        if newest is not None and all(getattr(newest, name) == value for name, value in content.items()):
            return
        version = PromptVersion(
            prompt=prompt, number=newest.number + 1 if newest else 1, state=PromptState.IN_REVIEW, author=self.actor,
            note=_("From an imported file"), **content,
        )  # fmt: skip
        try:
            version.full_clean(exclude=["approved_by", "approved_at", "declined_by", "declined_at"])
        except ValidationError as error:
            raise FileRefused([Fault(0, entry["slug"], " ".join(error.messages))]) from None
        version.save()
