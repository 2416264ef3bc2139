"""Counts of the coaching log for leaders: of teams by month, never of a person, and of no team so small that a count would tell of one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.retention import months_before
from training.models import CoachingEntry, Fundamental, Occasion
from workbench.accounts.models import Team

#: A group of fewer people has no counts of its own.
LEAST_PEOPLE = 5
MONTHS = 12
SMALLER = "smaller"
WIDTH, HEIGHT, TOP = 1000, 96, 8
BAR, GAP = 24, 4
#: The fundamentals that these counts say something about, and for how many months back.
OF_FUNDAMENTAL = {"managers-on-calls": Occasion.CALL, "deal-reviews": Occasion.REVIEW}
LOOKED_BACK = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Teams whose counts are told together: one, or all that are smaller.

    Args:
        key: its team's number, or ``smaller``.
        label: what it is called.
        teams: the numbers of its teams.
        people: how many work in it now.
    """

    key: str
    label: str | Promise
    teams: frozenset[int]
    people: int

    @property
    def told(self) -> bool:
        """Whether it is large enough for a count; the smaller teams can be too few even together."""
        return self.people >= LEAST_PEOPLE


def groups() -> list[Group]:
    """Every team of five people and more, by name, and last the smaller ones together. A team in which nobody works counts among these. One query."""
    sized = list(Team.objects.annotate(people=Count("members", filter=Q(members__is_active=True))))
    found = [
        Group(str(team.pk), team.name, frozenset({team.pk}), team.people)
        for team in sized
        if team.people >= LEAST_PEOPLE
    ]
    small = [team for team in sized if team.people < LEAST_PEOPLE]
    if small:
        numbers = frozenset(team.pk for team in small)
        found.append(Group(SMALLER, _("Smaller teams"), numbers, sum(team.people for team in small)))
    return found


@dataclass(slots=True)
class Month:
    """What a group did in a month: calls accompanied, deal reviews held, and how much of what was agreed then is open or done by now."""

    begins: date
    calls: int = 0
    reviews: int = 0
    open: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """A group over the last twelve months, the oldest first, and the same as numbers of an SVG drawing."""

    group: Group
    months: list[Month]
    most: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "most", max((max(one.calls, one.reviews) for one in self.months), default=0))

    @property
    def any(self) -> bool:
        return self.most > 0

    @property
    def newest(self) -> list[Month]:
        """For the table, the newest first."""
        return self.months[::-1]

    @property
    def drawing(self) -> dict[str, Any]:
        """Two bars a month on one scale from nothing to the most."""
        slot, whole = WIDTH / len(self.months), HEIGHT - TOP
        bars = []
        for number, month in enumerate(self.months):
            left = slot * number + (slot - 2 * BAR - GAP) / 2
            for place, (kind, count) in enumerate((("call", month.calls), ("review", month.reviews))):
                height = round(whole * count / self.most, 1) if self.most else 0
                bars.append({"kind": kind, "x": round(left + place * (BAR + GAP), 1), "y": round(HEIGHT - height, 1), "height": height})  # fmt: skip
        return {"width": WIDTH, "height": HEIGHT, "bar": BAR, "top": TOP, "bars": [bar for bar in bars if bar["height"]]}  # fmt: skip


def _begins(back: int) -> date:
    """The first day of the month that lies so many months back."""
    first = timezone.localdate().replace(day=1)
    return months_before(datetime(first.year, first.month, 1), back).date()  # noqa: DTZ001


def counts_of(told: Iterable[Group]) -> list[Counts | None]:
    """These groups over the last twelve months; None for one that is too small to be told of. One query, however many there are."""
    wanted = list(told)
    group_of = {team: one.key for one in wanted if one.told for team in one.teams}
    begins = [_begins(back) for back in reversed(range(MONTHS))]
    months = {one.key: {day: Month(day) for day in begins} for one in wanted}
    waits = Q(done_at=None, data_key__destroyed_at=None)
    rows = CoachingEntry.objects.counted().filter(team__in=group_of, held_on__gte=begins[0])
    found = rows.order_by().values("team", "held_on__year", "held_on__month", "kind").annotate(
        n=Count("pk"), open=Count("pk", filter=waits), done=Count("pk", filter=Q(done_at__isnull=False))
    )  # fmt: skip
    for row in found:
        month = months[group_of[row["team"]]][date(row["held_on__year"], row["held_on__month"], 1)]
        month.calls += row["n"] if row["kind"] == Occasion.CALL else 0
        month.reviews += row["n"] if row["kind"] == Occasion.REVIEW else 0
        month.open += row["open"]
        month.done += row["done"]
    return [Counts(one, list(months[one.key].values())) if one.told else None for one in wanted]


@dataclass(frozen=True, slots=True)
class Hint:
    """What a leader may go by who assesses a fundamental: how often it was noted in each group. None for a group that is too small."""

    kind: str
    since: date
    rows: list[tuple[Group, int | None]]


def hint_for(fundamental: Fundamental) -> Hint | None:
    """The counts of the last three months for a fundamental that they say something about. Two queries; none for the others."""
    kind = OF_FUNDAMENTAL.get(fundamental.slug)
    if kind is None:
        return None
    since = months_before(timezone.localtime(), LOOKED_BACK).date()
    rows = CoachingEntry.objects.counted().filter(kind=kind, held_on__gte=since)
    by_team = Counter(dict(rows.order_by().values_list("team").annotate(n=Count("pk")).values_list("team", "n")))
    return Hint(kind, since, [(one, sum(by_team[pk] for pk in one.teams) if one.told else None) for one in groups()])
