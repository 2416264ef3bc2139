"""Where somebody stands with the paths: what is finished, what opens what. A few queries, whatever the number of exercises."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Max, OuterRef, Q, Subquery
from django.utils import timezone

from policies.models import Activity, ControlPoint
from training.models import Attempt, Completion, Exercise, ExerciseVersion, LearningPath
from training.services.attempts import counts_from
from workbench.accounts.models import Qualification, User


@dataclass(slots=True)
class Step:
    """One exercise of a path for one person. ``state``: ``passed``, ``begun`` or ``new``."""

    exercise: Exercise
    version: ExerciseVersion
    state: str = "new"


@dataclass(slots=True)
class Progress:
    """One path in one language for one person."""

    path: LearningPath
    language: str
    steps: list[Step] = field(default_factory=list)
    held: Qualification | None = None
    opens: list[Activity] = field(default_factory=list)
    #: The newest one; its certificate is there.
    finished: Completion | None = None

    @property
    def passed(self) -> int:
        return sum(step.state == "passed" for step in self.steps)

    @property
    def minutes(self) -> int:
        """What is left to do."""
        return sum(step.version.minutes for step in self.steps if step.state != "passed")


def live_versions(language: str = "") -> list[ExerciseVersion]:
    """The published version of every exercise that is offered, without its content. Two queries."""
    exercises = Exercise.objects.filter(retired_at=None)
    if language:
        exercises = exercises.filter(language=language)
    newest = (
        ExerciseVersion.objects.filter(exercise__in=exercises).exclude(published_at=None).values("exercise").annotate(top=Max("number"))
    ).values_list("exercise", "top")  # fmt: skip
    numbers = dict(newest)
    found = ExerciseVersion.objects.filter(exercise__in=numbers.keys()).exclude(published_at=None)
    rows = found.select_related("exercise__path").defer("content", "source").order_by("exercise__path__order", "exercise__language", "exercise__order", "exercise_id")  # fmt: skip
    return [row for row in rows if row.number == numbers[row.exercise_id]]


def drafts() -> list[ExerciseVersion]:
    """What trainers write at and nobody published yet, the newest first, in every language. One query."""
    found = ExerciseVersion.objects.filter(published_at=None, exercise__retired_at=None)
    return list(found.select_related("exercise__path", "author").defer("content", "source").order_by("-pk"))


def taken_away() -> list[Exercise]:
    """What was offered, or written, and is not any more, the last one first; each with the ``title`` of its newest version. One query."""
    newest = ExerciseVersion.objects.filter(exercise=OuterRef("pk")).order_by("-number").values("title")[:1]
    return list(
        Exercise.objects.exclude(retired_at=None).annotate(title=Subquery(newest)).order_by("-retired_at", "-pk")
    )


def opened_by() -> dict[str, list[Activity]]:
    """Which activities ask for which qualification now, of whoever asks or of whoever reviews. One query."""
    points = ControlPoint.objects.filter(
        kind__in=("qualification", "reviewer_qualification"), policy_version__state="in_force", policy_version__activity__retired_at=None
    ).select_related("policy_version__activity")  # fmt: skip
    opens: dict[str, list[Activity]] = defaultdict(list)
    for point in points:
        activity = point.policy_version.activity
        if activity not in opens[name := str(point.params.get("name", ""))]:
            opens[name].append(activity)
    return opens


def progress_of(person: User, language: str) -> list[Progress]:
    """All paths of a language as this person stands. Six queries, however often they tried."""
    now, rights = timezone.now(), defaultdict(list)
    for one in person.qualifications.all():
        rights[one.name].append(one)
    held = {name: one for name, every in rights.items() for one in every if one.standing == "held"}
    finished = {
        one.path_id: one for one in Completion.objects.visible_to(person).filter(language=language).order_by("id")
    }
    mine = Attempt.objects.visible_to(person).filter(exercise__language=language).order_by().values("exercise")
    #: By exercise that was begun, when it was passed last.
    passed_at = dict(mine.annotate(last=Max("checked_at", filter=Q(passed=True))).values_list("exercise", "last"))
    opens = opened_by()
    paths: dict[int, Progress] = {}
    for version in live_versions(language):
        path = version.exercise.path
        here = paths.setdefault(
            path.pk,
            Progress(
                path, language, held=held.get(path.qualification), opens=opens.get(path.qualification, []), finished=finished.get(path.pk),
            ),
        )  # fmt: skip
        # While what was earned holds, what was passed for it counts; afterwards it is done anew.
        last = passed_at.get(version.exercise_id)
        passed = last is not None and (
            here.held is not None or last > counts_from(path, here.finished, rights[path.qualification], now)
        )
        begun = "begun" if version.exercise_id in passed_at else "new"
        here.steps.append(Step(version.exercise, version, "passed" if passed else begun))
    return list(paths.values())
