"""The map itself: stages in order, and activities in them."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from audit.services import record
from policies import permissions
from policies.models import Activity, DataClass, PolicyState, PolicyVersion, Stage, Trait
from policies.services.policies import end_version
from workbench.accounts.models import User

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "ae", "Ö": "oe", "Ü": "ue"})
#: ``order`` holds 16 bits on PostgreSQL; renumbering moves through this far half.
_FAR = 10_000


def _require(actor: User) -> None:
    if not permissions.can_change_map(actor):
        raise PermissionDenied(_("Only leaders change the activity map."))


@transaction.atomic
def set_stages(*, actor: User, names: Sequence[str], renamed: dict[str, str] | None = None) -> list[Stage]:
    """The stages of the sales process, in this order. ``renamed``: old name → new name.

    A stage that is left out disappears, unless activities stand in it. Raises ValidationError.
    """
    _require(actor)
    names = [" ".join(name.split()) for name in names]
    if not all(names) or any(len(name) > 100 for name in names):
        raise ValidationError({"stages": _("Each stage needs a name of at most 100 characters.")})
    if len(names) > 50:
        raise ValidationError({"stages": _("At most 50 stages. Most teams work with five to eight.")})
    if len({name.casefold() for name in names}) < len(names):
        raise ValidationError({"stages": _("Two stages have the same name.")})
    stages = {stage.name: stage for stage in Stage.objects.select_for_update()}
    before = [stage.name for stage in stages.values()]
    for old, new in (renamed or {}).items():
        if old in stages and new not in stages:
            stages[new] = stages.pop(old)
            stages[new].name = new
    gone = [stage for name, stage in stages.items() if name not in names]
    if full := [stage.name for stage in gone if stage.activities.exists()]:
        raise ValidationError({"stages": _("Activities still stand in: %s. Move them first.") % ", ".join(full)})
    for stage in gone:
        stage.delete()
    result = order_stages(names, stages)
    if before != names:
        record(
            action="stages.changed", actor=actor, object_type="stage", object_id=0, count=len(names), removed=len(gone)
        )
    return result


def order_stages(names: Sequence[str], stages: Mapping[str, Stage] | None = None) -> list[Stage]:
    """Give the stages these names in this order; one that is new is made. ``stages``: those there are, by the name they get."""
    known = {stage.name: stage for stage in Stage.objects.select_for_update()} if stages is None else stages
    # Two passes: the order is unique, and no moment may have two stages of one number.
    for number, stage in enumerate(Stage.objects.all(), _FAR):
        Stage.objects.filter(pk=stage.pk).update(order=number)
    result = []
    for order, name in enumerate(names, 1):
        stage = known.get(name) or Stage(name=name)
        stage.name, stage.order = name, order
        stage.save()
        result.append(stage)
    return result


def slug_base(name: str, fallback: str) -> str:
    """A name as it may stand in an address, with room for a number behind it."""
    return slugify(name.translate(_UMLAUTS))[:44].strip("-") or fallback


#: Words that stand in the place of a short name in addresses.
RESERVED = frozenset({"new", "adopt", "import", "export"})


def free_slug(name: str) -> str:
    """A short name for addresses that nobody has yet."""
    base = slug_base(name, "activity")
    used = RESERVED | set(Activity.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if slug not in used)


@transaction.atomic
def save_activity(
    *, actor: User, activity: Activity | None = None, stage: Stage, name: str, description: str = "", traits: Collection[str] = (),
    data: Collection[str] = (), slug: str = "",
) -> Activity:  # fmt: skip
    """Add an activity, or change how one is described. Who is responsible for it does not change by that."""
    _require(actor)
    new = activity is None
    activity = activity or Activity(slug=slug or free_slug(name))
    before = (
        {}
        if new
        else {field: getattr(activity, field) for field in ("stage_id", "name", "description", "traits", "data")}
    )
    activity.stage, activity.name = stage, " ".join(name.split())
    activity.description = description.strip()
    activity.traits = [trait for trait in Trait.values if trait in traits]
    activity.data = [kind for kind in DataClass.values if kind in data]
    faults: dict[str, str] = {}
    if len(activity.name) < 3:
        faults["name"] = _("Say in a few words what is done, for example “Summarise a discovery call”.")
    if not activity.traits:
        faults["traits"] = _("Choose at least one trait. They suggest who could be responsible.")
    if re.search(r"[\x00-\x08]", activity.name + activity.description):
        faults["name"] = _("This contains characters that are not text.")
    if faults:
        raise ValidationError(faults)
    if new or before["stage_id"] != stage.pk:
        activity.order = (stage.activities.aggregate(top=Max("order"))["top"] or 0) + 1
    activity.full_clean()
    activity.save()
    changed = [name.removesuffix("_id") for name, value in before.items() if getattr(activity, name) != value]
    about: dict[str, Any] = {
        "actor": actor,
        "object_type": "activity",
        "object_id": activity.pk,
        "activity_id": activity.pk,
    }
    if new:
        record(action="activity.created", **about)
    elif changed:
        record(action="activity.changed", **about, fields=changed)
    return activity


@transaction.atomic
def move_activity(*, actor: User, activity: Activity, stage: Stage, before: Activity | None = None) -> None:
    """Put an activity into a stage, in front of another one or at the end."""
    _require(actor)
    row = [other for other in stage.activities.select_for_update().order_by("order", "pk") if other.pk != activity.pk]
    at = next((number for number, other in enumerate(row) if before is not None and other.pk == before.pk), len(row))
    row.insert(at, activity)
    moved = activity.stage_id != stage.pk
    for order, other in enumerate(row, 1):
        Activity.objects.filter(pk=other.pk).update(
            order=order, **({"stage": stage} if other.pk == activity.pk else {})
        )
    if moved:
        record(action="activity.changed", actor=actor, object_type="activity", object_id=activity.pk, activity_id=activity.pk, fields=["stage"])  # fmt: skip


@transaction.atomic
def retire_activity(*, actor: User, activity: Activity) -> None:
    """Take an activity off the map. Its next call is refused; its policies, runs and figures stay in the record."""
    _require(actor)
    now = timezone.now()
    if not Activity.objects.filter(pk=activity.pk, retired_at=None).update(retired_at=now):
        return
    end_life(activity, actor, now)
    record(
        action="activity.retired", actor=actor, object_type="activity", object_id=activity.pk, activity_id=activity.pk
    )


def end_life(activity: Activity, actor: User, now: datetime) -> None:
    """End every decision of a retired activity, also what waits for its day; drafts go."""
    drafts = PolicyVersion.objects.filter(activity=activity, state=PolicyState.DRAFT)
    drafts.update(tool=None)
    drafts.delete()
    for version in PolicyVersion.objects.filter(activity=activity).live():
        end_version(version, actor, now)


@transaction.atomic
def restore_activity(*, actor: User, activity: Activity) -> None:
    """Take a retired activity up again. Nobody has decided about it then."""
    _require(actor)
    if Activity.objects.filter(pk=activity.pk).exclude(retired_at=None).update(retired_at=None):
        record(
            action="activity.restored",
            actor=actor,
            object_type="activity",
            object_id=activity.pk,
            activity_id=activity.pk,
        )
