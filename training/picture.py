"""How teams stand with the fundamentals, now and over time. Words and counts of teams; of nobody in particular."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from training.models import Assessment, Fundamental, Level
from training.permissions import can_see_all_assessments
from workbench.accounts.models import Team, User

#: The best level on top, as it is drawn.
LEVELS = tuple(reversed(Level.values))
WIDTH, HEIGHT, TOP, STEP = 1000, 72, 12, 24
#: The newest looks that a picture holds; whoever wants older ones pages through the table.
MOST = 400


def overdue() -> list[Assessment]:
    """The last looks that are too old, the oldest first: of fundamentals that are there, at teams in which people work. One query."""
    today = timezone.localdate()
    looks = Assessment.objects.filter(
        Exists(User.objects.filter(team=OuterRef("team"), is_active=True)), fundamental__retired_at=None
    )
    late = [look for look in looks.newest().select_related("fundamental", "team") if look.due < today]
    return sorted(late, key=lambda look: (look.due, look.pk))


def teams_of(user: User) -> list[Team]:
    """The teams whose assessments somebody sees: those in which people work, or one's own. One query."""
    if can_see_all_assessments(user):
        return list(Team.objects.filter(members__is_active=True).distinct())
    return list(Team.objects.filter(pk=user.team_id)) if user.team_id else []


@dataclass(slots=True)
class Row:
    """One fundamental as it stands. ``here``: the last look in the team shown; ``counts``: how many teams are at each level, the best first."""

    fundamental: Fundamental
    here: Assessment | None = None
    counts: list[tuple[str, int]] = field(default_factory=list)
    total: int = 0

    @property
    def due(self) -> date | None:
        """When the team shown is looked at again."""
        return self.fundamental.due_after(self.here.looked_on) if self.here else None

    @property
    def overdue(self) -> bool:
        return self.due is not None and self.due < timezone.localdate()

    @property
    def in_place(self) -> int:
        return dict(self.counts)[Level.IN_PLACE]

    @property
    def bars(self) -> list[dict[str, Any]]:
        """The counts as parts of a bar of a hundred."""
        parts, x = [], 0.0
        for level, count in self.counts:
            width = 100 * count / self.total if self.total else 0.0
            parts.append({"level": level, "x": round(x, 2), "width": round(max(width - 0.8, 0), 2)})
            x += width
        return [part for part in parts if part["width"]]


def standing(user: User, teams: Sequence[Team], team: Team | None) -> list[Row]:
    """Every fundamental with where the teams stand that somebody sees. Two queries, however many there are."""
    newest: dict[int, dict[int, Assessment]] = defaultdict(dict)
    for look in Assessment.objects.visible_to(user).newest():
        newest[look.fundamental_id][look.team_id] = look
    rows = []
    for fundamental in Fundamental.objects.visible_to(user).current():
        levels = [found.level for one in teams if (found := newest[fundamental.pk].get(one.pk))]
        counts = [(level, levels.count(level)) for level in LEVELS] + [("", len(teams) - len(levels))]
        here = newest[fundamental.pk].get(team.pk) if team else None
        rows.append(Row(fundamental, here, counts, len(teams)))
    return rows


@dataclass(frozen=True, slots=True)
class Picture:
    """One team over time as numbers of an SVG drawing: a line of steps, dashed from the day on which the last look is too old."""

    team: Team
    last: Assessment
    due: date
    steps: str
    stale: str
    dots: tuple[dict[str, Any], ...]

    @property
    def overdue(self) -> bool:
        return self.due < timezone.localdate()


def pictures(fundamental: Fundamental, looks: Iterable[Assessment], teams: Iterable[Team]) -> dict[str, Any]:
    """The pictures of teams that were looked at, on one scale of time, and where it begins and ends. ``looks``: the newest first."""
    by_team: dict[int, list[Assessment]] = defaultdict(list)
    for look in looks:
        by_team[look.team_id].insert(0, look)
    days = [look.looked_on for ones in by_team.values() for look in ones]
    today = timezone.localdate()
    begin = min(days, default=today)
    drawn = [_picture(fundamental, team, by_team[team.pk], begin, today) for team in teams if by_team.get(team.pk)]
    return {"drawn": drawn, "begin": begin, "end": today, "width": WIDTH, "height": HEIGHT, "lines": [TOP + STEP * n for n in range(3)]}  # fmt: skip


def _picture(fundamental: Fundamental, team: Team, looks: list[Assessment], begin: date, end: date) -> Picture:
    whole = max((end - begin).days, 1)

    def x(day: date) -> float:
        return round(8 + (WIDTH - 16) * (day - begin).days / whole, 1)

    dots = [{"x": x(look.looked_on), "y": TOP + STEP * LEVELS.index(look.level), "look": look} for look in looks]
    last = looks[-1]
    due = fundamental.due_after(last.looked_on)
    fresh = min(max(due, last.looked_on), end)
    steps = f"M{dots[0]['x']} {dots[0]['y']}" + "".join(f"H{dot['x']}V{dot['y']}" for dot in dots[1:]) + f"H{x(fresh)}"
    stale = f"M{x(fresh)} {dots[-1]['y']}H{x(end)}" if fresh < end else ""
    return Picture(team, last, due, steps, stale, tuple(dots))
