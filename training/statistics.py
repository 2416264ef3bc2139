"""What trainers see of attempts: which criterion fails most, of whole groups of five first attempts and of nobody in particular."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from training import rubric
from training.models import LevelCount


@dataclass(frozen=True, slots=True)
class Item:
    """One criterion: how many first attempts reached each level."""

    title: str
    levels: tuple[int, int, int]

    @property
    def total(self) -> int:
        return sum(self.levels)

    @property
    def missing_percent(self) -> int:
        return round(100 * self.levels[0] / self.total)


def hardest(counts: Iterable[LevelCount]) -> list[Item]:
    """Criteria, the one that is missing most often first; whole groups of five only, so that one more attempt tells nothing."""
    levels: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for count in counts:
        levels[count.criterion][count.level] += count.shown
    known = rubric.criteria()
    items = [Item(known[name].title, (a, b, c)) for name, (a, b, c) in levels.items() if name in known and a + b + c]
    return sorted(items, key=lambda item: -item.levels[0] / item.total)
