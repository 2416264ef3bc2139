"""Fundamentals: described by leaders and trainers, assessed by leaders, team by team."""

import json
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from policies.models import Activity
from policies.services.activities import RESERVED, slug_base
from policies.yamlfile import parse
from training import permissions
from training.models import Assessment, Fundamental, Level
from training.models.exercises import LANGUAGES
from training.services.exercises import CATALOGUE
from training.services.windows import Refused, one_click
from workbench.accounts.models import Team, User
from workbench.privacy.models import DataKey
from workbench.privacy.spellings import visible

LEAST_EVIDENCE, MOST_EVIDENCE, MOST_SOURCE = 10, 1000, 300
#: An assessment stays for good, and a day further back is a slip of the pen: the picture over time would begin there.
OLDEST = timedelta(days=3 * 366)
#: How many characters the texts of a fundamental may have.
MOST = {"name": 80, "about": 300, "without": 400}
MOST_SIGN = 200


class FundamentalChanged(Refused):
    """Since a page was opened somebody saved the fundamental. Nothing was overwritten."""

    def __init__(self) -> None:
        super().__init__(
            _("Since you opened this page somebody else changed this fundamental. Nothing was overwritten: what you typed still stands in the fields, and is not saved.")
        )  # fmt: skip


def _require_editor(actor: User) -> None:
    if not permissions.can_edit_fundamentals(actor):
        raise PermissionDenied(_("Fundamentals are described by leaders and trainers."))


@transaction.atomic
def save_fundamental(
    *, actor: User, fundamental: Fundamental | None = None, language: str, name: str, about: str, signs: Sequence[str], without: str,
    activities: Collection[Activity] | None = None, months: int | None = None, seen: str | None = None,
) -> Fundamental:  # fmt: skip
    """Describe a fundamental, new or there already, in one language. Its texts in the other language and its assessments stay.

    Args:
        activities: those on the map that rest on it; links to others stay. None leaves all as they are.
        months: between two assessments; None leaves them as they are, three where it is new.
        seen: ``seen_in`` of what was shown when somebody began to write; None overwrites whatever stands there.

    Raises ValidationError field by field, FundamentalChanged where something else was saved since, or PermissionDenied.
    """
    _require_editor(actor)
    texts: dict[str, Any] = {
        "name": " ".join(name.split()),
        "about": about.strip(),
        "signs": [" ".join(sign.split()) for sign in signs if visible(sign)],
        "without": without.strip(),
    }
    _require_whole(texts, language, months)
    new = fundamental is None
    if fundamental is None:
        last = Fundamental.objects.aggregate(top=Max("order"))["top"] or 0
        fundamental = Fundamental(slug=_free_slug(texts["name"]), texts={}, order=last + 1)
        before: dict[str, Any] = {}
        linked: set[int] = set()
    else:
        fundamental = Fundamental.objects.select_for_update().get(pk=fundamental.pk)
        before = {**fundamental.texts.get(language, {}), "months": fundamental.months}
        linked = {activity.pk for activity in fundamental.activities.all()}
    after = {**texts, "months": fundamental.months if months is None else months}
    wanted = linked
    if activities is not None:
        # Those that are off the map stand in no form, and come back with their link.
        off = set(Activity.objects.filter(pk__in=linked).exclude(retired_at=None).values_list("pk", flat=True))
        wanted = off | {activity.pk for activity in activities}
    changed = [field for field, value in after.items() if before.get(field) != value]
    changed += ["activities"] if linked != wanted else []
    if changed and not new and seen is not None and seen != fundamental.seen_in(language):
        raise FundamentalChanged
    fundamental.texts, fundamental.months = {**fundamental.texts, language: texts}, after["months"]
    fundamental.save()
    fundamental.activities.set(wanted)
    if changed:
        record(
            action="fundamental.changed",
            actor=actor,
            object_type="fundamental",
            object_id=fundamental.pk,
            fields=changed,
            new=new,
        )
    return fundamental


def _require_whole(texts: dict[str, Any], language: str, months: int | None) -> None:
    wrong: dict[str, str] = {}
    if language not in dict(LANGUAGES):
        wrong["language"] = _("English or German.")
    if len(visible(texts["name"])) < 3 or len(texts["name"]) > MOST["name"]:
        wrong["name"] = _("Give it a name of 3 to 80 characters.")
    if len(visible(texts["about"])) < 10:
        wrong["about"] = _("Say in one sentence what it is.")
    if not 3 <= len(texts["signs"]) <= 5:
        wrong["signs"] = _("Name three to five signs that somebody else can see.")
    elif any(len(sign) > MOST_SIGN for sign in texts["signs"]):
        wrong["signs"] = _("A sign has at most 200 characters. Shorten it to what somebody else can see.")
    if len(visible(texts["without"])) < 10:
        wrong["without"] = _("Say what goes wrong without it when AI is put on top.")
    for name in ("about", "without"):
        if len(texts[name]) > MOST[name]:
            wrong[name] = _("At most %d characters.") % MOST[name]
    if months is not None and not 1 <= months <= 24:
        wrong["months"] = _("Between 1 and 24 months.")
    if wrong:
        raise ValidationError(wrong)


def _free_slug(name: str) -> str:
    base = slug_base(name, "fundamental")
    used = RESERVED | set(Fundamental.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if slug not in used)


@transaction.atomic
def retire_fundamental(*, actor: User, fundamental: Fundamental) -> bool:
    """Take it away: nobody assesses it any more, and a policy that asks for it finds it missing. Assessments stay. False where it was away."""
    _require_editor(actor)
    done = bool(Fundamental.objects.filter(pk=fundamental.pk, retired_at=None).update(retired_at=timezone.now()))
    if done:
        record(action="fundamental.retired", actor=actor, object_type="fundamental", object_id=fundamental.pk)
    return done


@transaction.atomic
def restore_fundamental(*, actor: User, fundamental: Fundamental) -> bool:
    """Take it up again, with its assessments. False where it was there."""
    _require_editor(actor)
    away = Fundamental.objects.filter(pk=fundamental.pk, retired_at__isnull=False)
    done = bool(away.update(retired_at=None))
    if done:
        record(action="fundamental.restored", actor=actor, object_type="fundamental", object_id=fundamental.pk)
    return done


@transaction.atomic
def assess_fundamental(
    *, actor: User, fundamental: Fundamental, team: Team, level: str, evidence: str, source: str = "", looked_on: date
) -> Assessment:
    """Say how a team stands, with what was looked at and when. It stays; who sees more later assesses again. Two clicks are one assessment.

    The log holds team, level and day; evidence and source are sealed with the assessment. Raises ValidationError field by field, or
    PermissionDenied.
    """
    if not permissions.can_assess_fundamentals(actor):
        raise PermissionDenied(_("Leaders assess how their teams stand."))
    evidence, source = evidence.strip(), source.strip()
    wrong: dict[str, str] = {}
    if level not in Level.values:
        wrong["level"] = _("Choose one of the three.")
    if len(visible(evidence)) < LEAST_EVIDENCE or len(evidence) > MOST_EVIDENCE or "\x00" in evidence:
        wrong["evidence"] = _("Say what was looked at, in %(least)d to %(most)d characters.") % {"least": LEAST_EVIDENCE, "most": MOST_EVIDENCE}  # fmt: skip
    if len(source) > MOST_SOURCE or "\x00" in source:
        wrong["source"] = _("A link or the name of a document, at most %d characters.") % MOST_SOURCE
    if looked_on > timezone.localdate():
        wrong["looked_on"] = _("This day is still to come.")
    elif looked_on < timezone.localdate() - OLDEST:
        wrong["looked_on"] = _("That is more than three years ago. Is the year right?")
    if not wrong and not Fundamental.objects.current().filter(pk=fundamental.pk).exists():
        wrong["level"] = _("This fundamental was taken away. Take it up again before you assess it.")
    if wrong:
        raise ValidationError(wrong)
    since = one_click(actor)
    last = (
        Assessment.objects.filter(fundamental=fundamental, team=team).select_related("data_key").order_by("-pk").first()
    )
    if last is not None and last.at > since and last.assessed_by_id == actor.pk:
        said = (last.level, last.looked_on, last.seen)
        if said == (level, looked_on, {"evidence": evidence, "source": source}):
            return last
    found = Assessment(
        fundamental=fundamental, team=team, level=level, looked_on=looked_on, assessed_by=actor, data_key=DataKey.make()
    )
    found.evidence = evidence
    found.source = source or None
    found.save()
    record(
        action="fundamental.assessed", actor=actor, object_type="fundamental", object_id=fundamental.pk, team_id=team.pk, level=level,
        looked_on=looked_on.isoformat(),
    )  # fmt: skip
    return found


@cache
def read_catalogue(name: str) -> dict[str, Any]:
    """A file of the starter catalogue, checked by its schema. Raises FileRefused."""
    schema = json.loads((CATALOGUE / f"{name}.schema.json").read_text(encoding="utf-8"))
    return parse((CATALOGUE / f"{name}.yaml").read_bytes(), schema, most=100_000, too_large="").value


def missing_fundamentals() -> list[dict[str, Any]]:
    """The starter fundamentals that are not here under their short name, taken away ones included. One query."""
    there = set(Fundamental.objects.values_list("slug", flat=True))
    return [entry for entry in read_catalogue("fundamentals")["fundamentals"] if entry["slug"] not in there]


def adopt_fundamentals(*, actor: User) -> int:
    """Take over the starter fundamentals that are missing, under the activities that are on the map. Returns how many came."""
    _require_editor(actor)
    try:
        return _adopt(actor)
    except IntegrityError:  # Somebody else pressed the button at the same moment; what they took over is here now.
        return _adopt(actor)


@transaction.atomic
def _adopt(actor: User) -> int:
    entries = missing_fundamentals()
    last = Fundamental.objects.aggregate(top=Max("order"))["top"] or 0
    made = Fundamental.objects.bulk_create(
        Fundamental(
            slug=entry["slug"], texts={code: entry[code] for code, _name in LANGUAGES}, months=entry.get("months", 3), order=last + number
        )
        for number, entry in enumerate(entries, 1)
    )  # fmt: skip
    activities = dict(Activity.objects.current().values_list("slug", "pk"))
    through = Fundamental.activities.through
    through._default_manager.bulk_create(
        through(fundamental_id=fundamental.pk, activity_id=activities[slug])
        for fundamental, entry in zip(made, entries, strict=True)
        for slug in entry["activities"]
        if slug in activities
    )
    if made:
        record(
            action="fundamentals.adopted", actor=actor, object_type="fundamental", object_id=made[0].pk, count=len(made)
        )
    return len(made)
