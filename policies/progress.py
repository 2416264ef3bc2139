"""Where goals stand on the way from their baseline to their target."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from policies.figures import figures
from policies.models import Goal, GoalSource, Measurement, PolicyVersion

type Points = Sequence[tuple[date, float]]


@dataclass(frozen=True, slots=True)
class Progress:
    """The goal of a policy version with its figures, oldest first; ``state`` as of ``state_of``."""

    version: PolicyVersion
    goal: Goal
    points: Points
    state: str

    @property
    def now(self) -> float | None:
        """The newest figure."""
        return self.points[-1][1] if self.points else None


def current_goals() -> list[Progress]:
    """Every goal that a policy rests on now. Two queries, and one for each source of figures that the workbench measures itself."""
    return progress_of(
        PolicyVersion.objects.deciding()
        .exclude(goal=None)
        .filter(activity__retired_at=None)
        .select_related("goal", "activity__stage", "accountable")
        .order_by("activity__stage__order", "activity__order")
    )


def goal_progress(goal: Goal) -> tuple[Points, str]:
    """The figures of one goal, oldest first, and where it stands."""
    points = _points([goal])[goal.pk]
    return points, state_of(goal, points)


def progress_of(versions: Iterable[PolicyVersion]) -> list[Progress]:
    """The progress of versions that have a goal."""
    goals = [(version, version.goal) for version in versions if version.goal is not None]
    points = _points([goal for _version, goal in goals])
    return [Progress(version, goal, points[goal.pk], state_of(goal, points[goal.pk])) for version, goal in goals]


def _points(goals: Sequence[Goal]) -> dict[int, Points]:
    """Goal → its figures. Those entered by hand belong to the measure of an activity."""
    by_hand: dict[tuple[int, str], list[tuple[date, float]]] = defaultdict(list)
    activities = {goal.activity_id for goal in goals if goal.source == GoalSource.MANUAL}
    for found in Measurement.objects.filter(activity__in=activities).order_by("on"):
        by_hand[found.activity_id, found.measure].append((found.on, float(found.value)))
    measured = figures().series(goal for goal in goals if goal.source != GoalSource.MANUAL)
    return {
        goal.pk: by_hand[goal.activity_id, goal.measure] if goal.source == GoalSource.MANUAL else measured[goal.pk]
        for goal in goals
    }


def state_of(goal: Goal, points: Points, today: date | None = None) -> str:
    """Where a goal stands: ``reached``, ``on_course``, ``behind``, ``missed``, or ``unmeasured``.

    On course is whoever is at least where the straight line from baseline to target is today.
    """
    today = today or timezone.localdate()
    if not points:
        return "unmeasured"
    now, target = points[-1][1], float(goal.target)
    down = goal.target < goal.baseline
    if now <= target if down else now >= target:
        return "reached"
    if today > goal.due:
        return "missed"
    line = expected(goal, today)
    return "on_course" if (now <= line if down else now >= line) else "behind"


def expected(goal: Goal, day: date) -> float:
    """Where the straight line from the baseline, on the day the goal was set, to the target is on a day."""
    whole = max((goal.due - goal.set_at).days, 1)
    share = min(max((day - goal.set_at).days / whole, 0), 1)
    return float(goal.baseline) + share * float(goal.target - goal.baseline)
