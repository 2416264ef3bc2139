"""What the home page says of training (WORKBENCH_WAITING)."""

from collections import defaultdict
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from training.models import Assessment, Assignment, CoachingEntry
from training.permissions import can_assess_fundamentals
from training.picture import overdue
from training.standing import assigned_to
from workbench.accounts.models import Team, User
from workbench.runs.waiting import Waiting

SHOWN = 5
EXCERPT = 80


def due_in_words(assignment: Assignment) -> str:
    """Until when, as people say it."""
    if assignment.days_left < 0:
        return _("Overdue since %s. It still counts.") % date_format(assignment.due)
    return _by_when(assignment.due, assignment.days_left)


def _by_when(due: date, days: int) -> str:
    day = date_format(due)
    if days == 0:
        return _("Due today.")
    if days == 1:
        return _("Due tomorrow.")
    return ngettext("Due in %(n)d day, on %(day)s.", "Due in %(n)d days, on %(day)s.", days) % {"n": days, "day": day}


def assigned_paths(user: User) -> list[Waiting]:
    """The paths that somebody is assigned and has not finished, what is due first in front. One query."""
    open_ones = [one for one in assigned_to(user) if not one.complete][:SHOWN]
    return [
        Waiting(
            "mortarboard", _("Learning path “%s”") % one.path, due_in_words(one), reverse("training:assignment", args=[one.pk]), _("Open"),
            late=one.overdue,
        )
        for one in open_ones
    ]  # fmt: skip


def assessments_due(user: User) -> list[Waiting]:
    """The teams that a leader is to look at again, a line each, what is due longest in front. One query; none for everybody else."""
    if not can_assess_fundamentals(user):
        return []
    by_team: dict[Team, list[Assessment]] = defaultdict(list)
    for look in overdue():
        by_team[look.team].append(look)
    return [
        Waiting(
            "bricks", _("Fundamentals in %s") % team, _due_again(looks), f"{reverse('training:fundamentals')}?team={team.pk}", _("Look again"), late=True,
        )
        for team, looks in list(by_team.items())[:SHOWN]
    ]  # fmt: skip


def _due_again(looks: list[Assessment]) -> str:
    day = date_format(looks[0].due)
    if len(looks) == 1:
        return _("“%(name)s” was to be assessed again by %(day)s.") % {"name": looks[0].fundamental, "day": day}
    return _("%(n)d assessments are due, the first since %(day)s.") % {"n": len(looks), "day": day}


def agreed_by_when(entry: CoachingEntry) -> str:
    """The same of what was agreed in coaching; nothing where no day was named."""
    if entry.due is None:
        return ""
    return (
        _("Overdue since %s.") % date_format(entry.due) if entry.days_left < 0 else _by_when(entry.due, entry.days_left)
    )


def agreed_after_coaching(user: User) -> list[Waiting]:
    """What somebody agreed on with their manager, or with somebody of their team, and is to be done by a day; what is due first in front. One query."""
    entries = (
        CoachingEntry.objects.visible_to(user).open().filter(due__isnull=False).with_people().order_by("due", "pk")
    )
    return [
        Waiting(
            "journal-check", Truncator(one.agreed_said or "").chars(EXCERPT), _("Agreed with %(who)s. %(when)s") % {"who": one.other_than(user), "when": agreed_by_when(one)},
            reverse("training:coaching_entry", args=[one.pk]), _("Open"), late=one.overdue,
        )
        for one in entries[:SHOWN]
    ]  # fmt: skip
