"""Figures about runs and reviews: per activity, policy and prompt, never per person. See ``policies.figures``."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncWeek
from django.utils import timezone

from policies.control_points import Draft, Given, refusals, run_checks
from policies.figures import Replay, Usage
from policies.models import Activity, Category, Goal, GoalSource, PolicyVersion, PromptVersion
from workbench.accounts.querysets import holds_qualification
from workbench.gateway.pii.language import detect_language
from workbench.privacy.models import Erased
from workbench.runs.models import Output, Plant, Review, ReviewKind, Run, State

WEEK = timedelta(days=7)
#: A goal is followed over a year at most, and over no more verdicts or releases than this.
MOST_WEEKS, MOST_ROWS = 53, 20_000
REPLAYED, REPLAYED_DAYS = 100, 90
OVERVIEW_WEEKS = 8


def weekly_runs() -> dict[int, int]:
    runs = Run.objects.filter(created_at__gte=timezone.now() - WEEK).exclude(state=State.DENIED)
    return dict(runs.order_by().values_list("activity_id").annotate(Count("id")))


def usage(versions: Iterable[PromptVersion]) -> dict[int, Usage]:
    """How often each version of a prompt was used, and what became of it. Two queries."""
    ids = [version.pk for version in versions]
    runs = Run.objects.filter(prompt_version__in=ids).exclude(state=State.DENIED)
    counts = dict(runs.order_by().values_list("prompt_version_id").annotate(Count("id")))
    verdicts: dict[int, Counter[str]] = defaultdict(Counter)
    reviews = Review.objects.filter(run__prompt_version__in=ids, kind=ReviewKind.RELEASE).order_by()
    for version, verdict, count in reviews.values_list("run__prompt_version_id", "verdict").annotate(Count("id")):
        verdicts[version][verdict] = count
    return {
        pk: Usage(counts.get(pk, 0), verdicts[pk]["approved"], verdicts[pk]["edited"], verdicts[pk]["rejected"])
        for pk in ids
    }


def overview() -> dict[str, Any]:
    """What leaders look at: outputs per week and category, verdicts and waiting times of the last eight weeks. Three queries."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    weeks = [monday - number * WEEK for number in range(OVERVIEW_WEEKS - 1, -1, -1)]
    since = timezone.make_aware(datetime.combine(weeks[0], datetime.min.time()))
    outputs: dict[date, Counter[str]] = {week: Counter() for week in weeks}
    rows = Run.objects.filter(finished_at__gte=since, state__in=(State.RELEASED, State.ANSWERED)).order_by()
    for week, category, count in (
        rows.annotate(week=TruncWeek("finished_at")).values_list("week", "category").annotate(Count("id"))
    ):
        outputs[timezone.localtime(week).date()][category] = count
    reviews = Review.objects.filter(kind=ReviewKind.RELEASE, decided_at__gte=since)
    verdicts = dict(reviews.order_by().values_list("verdict").annotate(Count("id")))
    waits = [
        (end - begin).total_seconds() / 3600
        for end, begin in reviews.order_by("-id").values_list("decided_at", "run__output__created_at")[:MOST_ROWS]
        if begin is not None
    ]
    return {
        "weeks": [(week, outputs[week]) for week in weeks],
        "verdicts": verdicts,
        "wait": round(median(waits), 1) if waits else None,
    }


def series(goals: Iterable[Goal]) -> dict[int, list[tuple[date, float]]]:
    found: dict[int, list[tuple[date, float]]] = {}
    by_source: dict[str, list[Goal]] = defaultdict(list)
    for goal in goals:
        found[goal.pk] = []
        if goal.source in _MEASURES:
            by_source[goal.source].append(goal)
    today = timezone.localdate()
    for source, own in by_source.items():
        rows, summed = _MEASURES[source]
        begins = {goal.pk: max(goal.set_at - 4 * WEEK, today - MOST_WEEKS * WEEK) for goal in own}
        since = timezone.make_aware(datetime.combine(min(begins.values()), datetime.min.time()))
        weeks: dict[int, dict[date, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for activity_id, moment, value in rows({goal.activity_id for goal in own}, since):
            day = timezone.localtime(moment).date()
            weeks[activity_id][day + timedelta(days=6 - day.weekday())].append(value)
        for goal in own:
            of_goal = weeks[goal.activity_id]
            found[goal.pk] = [
                (min(day, today), round(summed(of_goal[day]), 2)) for day in sorted(of_goal) if day >= begins[goal.pk]
            ]
    return found


type _Rows = Iterable[tuple[int, datetime, Any]]


def _released(activities: Collection[int], since: datetime) -> _Rows:
    """Activity, when something was released, and the minutes from request to release."""
    rows = Run.objects.filter(activity_id__in=activities, state=State.RELEASED, finished_at__gte=since).order_by("-id")
    for activity_id, end, begin in rows.values_list("activity_id", "finished_at", "created_at")[:MOST_ROWS]:
        if end is not None:
            yield activity_id, end, (end - begin).total_seconds() / 60


def _decided(activities: Collection[int], since: datetime) -> Any:
    found = Review.objects.filter(run__activity_id__in=activities, kind=ReviewKind.RELEASE, decided_at__gte=since)
    return found.order_by("-id")


def _verdicts(activities: Collection[int], since: datetime) -> _Rows:
    yield from _decided(activities, since).values_list("run__activity_id", "decided_at", "verdict")[:MOST_ROWS]


def _waits(activities: Collection[int], since: datetime) -> _Rows:
    """Activity, when somebody decided, and the hours the draft had waited."""
    rows = _decided(activities, since).values_list("run__activity_id", "decided_at", "run__output__created_at")
    for activity_id, end, begin in rows[:MOST_ROWS]:
        if begin is not None:
            yield activity_id, end, (end - begin).total_seconds() / 3600


def _share(word: str) -> Callable[[list[str]], float]:
    return lambda verdicts: 100 * verdicts.count(word) / len(verdicts)


_MEASURES: dict[str, tuple[Callable[[Collection[int], datetime], _Rows], Callable[[list[Any]], float]]] = {
    GoalSource.MINUTES_TO_RELEASE: (_released, median),
    GoalSource.RELEASED_PER_WEEK: (_released, len),
    GoalSource.APPROVED_UNCHANGED: (_verdicts, _share("approved")),
    GoalSource.REJECTED: (_verdicts, _share("rejected")),
    GoalSource.HOURS_IN_REVIEW: (_waits, median),
}


def replay(version: PolicyVersion) -> Replay:
    since = timezone.now() - timedelta(days=REPLAYED_DAYS)
    runs = list(
        Run.objects.filter(activity_id=version.activity_id, created_at__gte=since)
        .exclude(state__in=(State.DENIED, State.QUEUED, State.RUNNING))
        .select_related("data_key", "prompt_version", "requester")
        .order_by("-id")[:REPLAYED]
    )
    outputs = {output.run_id: output for output in Output.objects.filter(run__in=runs).select_related("data_key")}
    reviewed = set(Review.objects.filter(run__in=runs, kind=ReviewKind.RELEASE).values_list("run_id", flat=True))
    points, by = version.points, Counter[str]()
    tool = version.tool
    blind = tool is not None and any(name not in tool.data for name in version.activity.data)
    wanted = str(points.get("qualification", {}).get("name", ""))
    holding = {
        person.pk: holds_qualification(person, wanted, on=timezone.now()) for person in {run.requester for run in runs}
    } if wanted else {}  # fmt: skip
    refused = marked = second = 0
    for run in runs:
        reason = _refusal(run, version, points, blind=blind, qualified=holding.get(run.requester_id, True))
        if reason:
            refused += 1
            by[reason] += 1
            continue
        fails = _fails(run, outputs.get(run.pk), points)
        marked += bool(fails)
        by.update(fails)
        second += version.category == Category.HUMAN_IN_THE_LOOP or (
            version.category == Category.AUTOMATED and bool(fails)
        )
    before = sum(run.pk in reviewed or run.state in {State.IN_REVIEW, State.EXPIRED} for run in runs)
    return Replay(len(runs), refused, marked, second, before, dict(by))


def _refusal(run: Run, version: PolicyVersion, points: dict[str, Any], *, blind: bool, qualified: bool) -> str:
    """The rule that would have refused this run, or the empty string."""
    if version.category == Category.HUMAN_ONLY:
        return "human_only"
    if not qualified:
        return "qualification"
    if blind:
        return "tool_data"
    try:
        inputs = run.inputs or {}
    except Erased:
        return ""
    kinds = {entry["name"]: entry["kind"] for entry in run.fields}
    language = detect_language("\n".join(inputs.values())) if "languages" in points else ""
    return next(iter(refusals(points, Given(inputs, kinds, language, run.consent))), "")


def _fails(run: Run, output: Output | None, points: dict[str, Any]) -> list[str]:
    """The checks on the output that would have found something."""
    if output is None:
        return []
    try:
        draft = Draft(output.draft, tuple((run.inputs or {}).values()), tuple(output.unexpected), run.output_schema)
    except Erased:
        return []
    return [result.kind for result in run_checks(points, draft) if not result.ok]


#: Fewer reviewers than this, and a figure about planted errors would be one about people.
FEWEST_REVIEWERS = 5


def planted(activity: Activity) -> tuple[int, int] | None:
    """How many planted errors were seen, of how many, over all policies of an activity; None where fewer than five reviewers met one.

    Verdicts count in closed groups, in their order from the first of January of last year on: a group is closed when five reviewers are in
    it, and joins the figure as a whole. So no change of the figure rests on fewer than five people, and nobody can tell from it how the one
    did whose verdict the log shows. One query.
    """
    begin = datetime(timezone.localdate().year - 1, 1, 1, tzinfo=timezone.get_current_timezone())
    rows = Plant.objects.filter(run__activity=activity, decided_at__gte=begin).order_by("decided_at", "pk")
    closed: list[bool] = []
    group: list[tuple[int, bool]] = []
    for reviewer, caught in rows.values_list("reviewer_id", "caught")[:MOST_ROWS]:
        group.append((reviewer or 0, bool(caught)))
        if len({who for who, _seen in group}) == FEWEST_REVIEWERS:
            closed += [seen for _who, seen in group]
            group = []
    return (sum(closed), len(closed)) if closed else None
