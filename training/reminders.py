"""Reminders before the day a path is due and before a qualification earned here ends: 30, 7 and 1 days ahead, each once. And that assessments of
fundamentals are due: once of each, in one notice a day. And, once, a day before what was agreed in coaching is due.

The notices themselves are the memory of what was said, so a task that runs twice says nothing twice. A scheduler that slept says what is nearest
and nothing of what it missed before that.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from training.models import Assignment, CoachingEntry, Completion, Overdue
from training.picture import overdue
from training.standing import House
from workbench.accounts.models import Notice, Role, User
from workbench.accounts.notices import notify_all, notify_count

STEPS = (30, 7, 1)
"""Days ahead."""


def nearest(days_left: int) -> int | None:
    """The step that is reached with so many days left: the smallest that is not smaller. None before the first, and when the day is over."""
    return min((step for step in STEPS if step >= days_left), default=None) if days_left >= 0 else None


def remind() -> int:
    """Say what is to be said now. Returns how many were reminded. A dozen queries, whatever the number of paths and people."""
    return _say([*_paths_due(), *_rights_ending(), *_agreements_due()]) + _assessments_due()


def _paths_due() -> Iterator[tuple[str, str, list[User]]]:
    today = timezone.localdate()
    soon = list(
        Assignment.objects.open()
        .filter(due__gte=today, due__lte=today + timedelta(days=STEPS[0]))
        .select_related("path")
    )
    if not soon:
        return
    house = House.now(*{one.path_id for one in soon})
    house.learn(soon)
    for assignment in soon:
        step = nearest(assignment.days_left)
        # Whoever is assigned a path five days before it is due was told just now.
        if step is None or assignment.due - timedelta(days=step) <= timezone.localdate(assignment.created_at):
            continue
        people = [person for person, complete in house.standing(assignment) if not complete]
        yield f"path_due_{step}", reverse("training:assignment", args=[assignment.pk]), people


def _rights_ending() -> Iterator[tuple[str, str, list[User]]]:
    now = timezone.now()
    ending = Completion.objects.filter(
        qualification__revoked_at=None, qualification__expires_at__gt=now, qualification__expires_at__lt=now + timedelta(days=STEPS[0] + 1),
        learner__is_active=True,
    ).select_related("learner", "qualification")  # fmt: skip
    for completion in ending:
        assert completion.qualification is not None
        assert completion.qualification.expires_at is not None
        step = nearest((timezone.localdate(completion.qualification.expires_at) - timezone.localdate()).days)
        if step is not None:
            yield f"right_ends_{step}", reverse("training:certificate", args=[completion.pk]), [completion.learner]


def _agreements_due() -> Iterator[tuple[str, str, list[User]]]:
    """Both are told, a day ahead. Where it was noted on that day or later, the note itself was the word."""
    today = timezone.localdate()
    ahead = timedelta(days=1)
    soon = CoachingEntry.objects.open().filter(due__gte=today, due__lte=today + ahead)
    for entry in soon.select_related("manager", "person"):
        assert entry.due is not None
        if timezone.localdate(entry.noted_at) < entry.due - ahead:
            yield "coaching_due", reverse("training:coaching_entry", args=[entry.pk]), [entry.manager, entry.person]


def _say(all_of_it: Iterable[tuple[str, str, list[User]]]) -> int:
    """Tell everybody what they were not told yet. Two queries."""
    asked = {(person.pk, kind, path): person for kind, path, people in all_of_it for person in people}
    if not asked:
        return 0
    kinds, paths = {kind for _pk, kind, _path in asked}, {path for _pk, _kind, path in asked}
    told = set(Notice.objects.filter(kind__in=kinds, path__in=paths).values_list("person_id", "kind", "path"))
    fresh = [(person, kind, path) for (pk, kind, path), person in asked.items() if (pk, kind, path) not in told]
    notify_all(fresh)
    return len(fresh)


def _assessments_due() -> int:
    """Tell leaders how many looks at their teams are too old, on a day on which another one became so. At most one notice a day."""
    late = overdue()
    told = dict(Overdue.objects.filter(pk__in=[look.pk for look in late]).values_list("pk", "told_at")) if late else {}
    fresh = [look for look in late if look.pk not in told]
    if (
        not fresh
        or Overdue.objects.filter(
            told_at__gte=timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        ).exists()
    ):
        return 0
    leaders = list(User.objects.filter(role_grants__role=Role.LEADER, is_active=True).distinct())
    with transaction.atomic():
        Overdue.objects.bulk_create([Overdue(assessment=look) for look in fresh], ignore_conflicts=True)
        notify_count(leaders, "assessments_due", reverse("training:fundamentals"), len(late))
    return len(leaders)
