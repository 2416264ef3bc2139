"""Exercises: written as files, tried out as a draft, published as a version that never changes."""

from collections import Counter
from functools import cache
from pathlib import Path

import yaml
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from policies.yamlfile import Fault, FileRefused
from training import permissions
from training.exercisefile import ExerciseFile, read
from training.models import Exercise, ExerciseVersion, LearningPath
from training.services.attempts import finish_path_for_all
from training.services.windows import Refused
from workbench.accounts.models import User

CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue"


def _require_author(actor: User) -> None:
    if not permissions.can_write_exercises(actor):
        raise PermissionDenied(_("Exercises are written by trainers."))


class ExerciseChanged(Refused):
    """Since a page was opened somebody kept another text of the exercise. Nothing was overwritten or published."""

    def __init__(self, now: ExerciseVersion, sentence: str) -> None:
        person = str(now.author) if now.author else _("somebody")
        super().__init__(sentence % {"person": person})


@transaction.atomic
def save_exercise(
    *, actor: User, source: str, exercise: Exercise | None = None, seen: str | None = None
) -> ExerciseVersion:
    """Keep a file as the draft of an exercise, new or there already. Nobody but trainers sees it, and what is published stays.

    Args:
        seen: the SHA-256 of the text that was shown when somebody began to write; None overwrites whatever stands there.

    Raises FileRefused with line and field of every fault; ExerciseChanged where another text was kept since; PermissionDenied.
    """
    _require_author(actor)
    file = read(source)
    if exercise is None:
        return _draft(actor, _exercise_of(file), file)
    exercise = Exercise.objects.select_related("path").select_for_update(of=("self",), no_key=True).get(pk=exercise.pk)
    _require_same_head(exercise, file)
    newest = exercise.versions.select_related("author").order_by("-number").first()
    if newest is not None and seen is not None and newest.sha256 not in {seen, file.sha256}:
        raise ExerciseChanged(
            newest,
            _("Since you opened this page %(person)s kept another text of this exercise. Nothing was overwritten: what you typed still stands in the box, and is not kept."),
        )  # fmt: skip
    return _draft(actor, exercise, file)


def _require_same_head(exercise: Exercise, file: ExerciseFile) -> None:
    """What learners passed counts under the name, for the language and the path of the exercise: those stay."""
    said = {
        "slug": (exercise.slug, _("This exercise is called “%s”. Another name would be another exercise.")),
        "language": (exercise.language, _("The language of this exercise stays “%s”. Write another exercise for another language.")),
        "path": (exercise.path.slug, _("This exercise stays in the path “%s”, for which it counts. Write another exercise for another path, and take this one away if it should go.")),
    }  # fmt: skip
    if faults := [
        Fault(file.lines[name], name, text % now) for name, (now, text) in said.items() if file.head[name] != now
    ]:
        raise FileRefused(faults)


def _exercise_of(file: ExerciseFile) -> Exercise:
    path = LearningPath.objects.filter(slug=file.head["path"]).first()
    if path is None:
        known = ", ".join(LearningPath.objects.values_list("slug", flat=True))
        raise FileRefused(
            [
                Fault(
                    file.lines["path"],
                    "path",
                    _("No path is called “%(path)s”. Known here: %(known)s.")
                    % {"path": file.head["path"], "known": known},
                )
            ]
        )
    order = (
        Exercise.objects.filter(path=path, language=file.head["language"]).aggregate(top=Max("order"))["top"] or 0
    ) + 1
    exercise, made = Exercise.objects.get_or_create(
        slug=file.head["slug"], defaults={"path": path, "language": file.head["language"], "order": order}
    )
    if not made:
        text = _("An exercise called “%s” is there already. Open it to write on it.") % exercise.slug
        raise FileRefused([Fault(file.lines["slug"], "slug", text)])
    return exercise


def _draft(actor: User, exercise: Exercise, file: ExerciseFile) -> ExerciseVersion:
    draft = exercise.versions.filter(published_at=None).first()
    number = (exercise.versions.aggregate(top=Max("number"))["top"] or 0) + 1
    draft = draft or ExerciseVersion(exercise=exercise, number=number)
    draft.kind, draft.title, draft.minutes = file.head["kind"], file.head["title"], file.head["minutes"]
    draft.content, draft.source, draft.sha256, draft.author = file.content, file.source, file.sha256, actor
    draft.save()
    return draft


@transaction.atomic
def publish_exercise(*, actor: User, version: ExerciseVersion, seen: str | None = None) -> ExerciseVersion:
    """From now on learners get this version; attempts at earlier ones stay as they are.

    Args:
        seen: the SHA-256 of the text that was shown; None publishes whatever stands in the draft.

    Raises Refused where it was published already or the exercise was taken away, ExerciseChanged where the draft says something else by now.
    """
    _require_author(actor)
    exercise = Exercise.objects.select_for_update(no_key=True).get(pk=version.exercise_id)
    version = exercise.versions.select_related("author").get(pk=version.pk)
    if exercise.retired_at is not None:
        raise Refused(
            _("This exercise was taken away and is offered to nobody. To offer it again, keep its file as a new exercise under another name and publish that; attempts at this one stay.")
        )  # fmt: skip
    if version.published_at is not None:
        raise Refused(_("This version is published already."))
    if seen is not None and version.sha256 != seen:
        raise ExerciseChanged(
            version,
            _("Since you opened this page %(person)s kept another text of this exercise. Nothing was published: look at what stands there now, then publish."),
        )  # fmt: skip
    # On a database without row locks the text may still change between the look and this line.
    if not exercise.versions.filter(pk=version.pk, published_at=None, sha256=version.sha256).update(
        published_at=timezone.now()
    ):
        raise Refused(_("This version is published already."))
    version.refresh_from_db()
    record(
        action="exercise.published", actor=actor, object_type="exercise", object_id=version.exercise_id, version=version.number, sha256=version.sha256,
    )  # fmt: skip
    return version


@transaction.atomic
def retire_exercise(*, actor: User, exercise: Exercise) -> None:
    """Offer it to nobody any more. Attempts stay; a path is finished without it, by those at this moment to whom nothing else was left."""
    _require_author(actor)
    if Exercise.objects.filter(pk=exercise.pk, retired_at=None).update(retired_at=timezone.now()):
        record(action="exercise.retired", actor=actor, object_type="exercise", object_id=exercise.pk)
        finish_path_for_all(path=exercise.path, language=exercise.language)


@cache
def _starters() -> tuple[ExerciseFile, ...]:
    """The files of the starter exercises, the shorter ones first."""
    files = (read(file.read_text(encoding="utf-8")) for file in sorted(CATALOGUE.glob("??/*.yaml")))
    return tuple(sorted(files, key=lambda file: int(file.head["minutes"])))


def missing() -> list[ExerciseFile]:
    """The starter exercises that are not here yet, under their names."""
    there = set(Exercise.objects.values_list("slug", flat=True))
    return [file for file in _starters() if file.head["slug"] not in there]


@transaction.atomic
def adopt_exercises(*, actor: User) -> int:
    """Take over and publish the starter exercises that are missing, with their paths. Returns how many came."""
    _require_author(actor)
    entries = yaml.safe_load((CATALOGUE / "paths.yaml").read_text(encoding="utf-8"))["paths"]
    LearningPath.objects.bulk_create(
        [LearningPath(order=order, **entry) for order, entry in enumerate(entries, 1)], ignore_conflicts=True
    )
    # Whoever presses the button at the same moment waits here, and then finds nothing missing.
    paths = {path.slug: path for path in LearningPath.objects.select_for_update(no_key=True).order_by("pk")}
    files = missing()
    orders: Counter[tuple[str, str]] = Counter()
    for path, language, count in Exercise.objects.values_list("path__slug", "language").annotate(Count("pk")):
        orders[path, language] = count
    exercises = []
    for file in files:
        place = (file.head["path"], file.head["language"])
        orders[place] += 1
        exercises.append(Exercise(path=paths[place[0]], slug=file.head["slug"], language=place[1], order=orders[place]))
    Exercise.objects.bulk_create(exercises)
    now = timezone.now()
    ExerciseVersion.objects.bulk_create(
        ExerciseVersion(
            exercise=exercise, number=1, kind=file.head["kind"], title=file.head["title"], minutes=file.head["minutes"], content=file.content,
            source=file.source, sha256=file.sha256, author=actor, published_at=now,
        )
        for exercise, file in zip(exercises, files, strict=True)
    )  # fmt: skip
    if files:
        record(
            action="exercises.adopted", actor=actor, object_type="exercise", object_id=exercises[0].pk, count=len(files)
        )
    return len(files)
