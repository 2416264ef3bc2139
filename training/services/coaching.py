"""The coaching log: a manager notes what was agreed with somebody of their team; either of the two marks it as done.

The log of the house holds that there was an entry, by its number, and neither who nor whom nor what: leaders and compliance read it, and the
entries are the business of the two people concerned. Who noted and who finished stands with the entry, which the database keeps as it was.
"""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from policies.models import Activity
from training import permissions
from training.models import CoachingEntry, Occasion
from training.services.assignments import FURTHEST
from workbench.accounts.models import User
from workbench.accounts.notices import notify
from workbench.privacy.models import DataKey
from workbench.privacy.spellings import visible

LEAST_AGREED, MOST_AGREED = 5, 2000
#: A day further back is a slip of the pen: counts and pages show twelve months.
OLDEST = timedelta(days=366)


@transaction.atomic
def note_coaching(
    *, actor: User, person: User, kind: str, held_on: date, agreed: str, due: date | None = None, activity: Activity | None = None
) -> CoachingEntry:  # fmt: skip
    """Note what was agreed with somebody of one's team after a call or a deal review, and tell them.

    Raises PermissionDenied for whoever manages no team; ValidationError field by field.
    """
    if not permissions.can_note_coaching(actor):
        raise PermissionDenied(_("Entries are noted by the managers of teams, for the people in them."))
    agreed = agreed.strip()
    of_team = User.objects.filter(pk=person.pk, is_active=True, team__manager=actor).exclude(pk=actor.pk).first()
    if faults := _faults(actor, person, of_team, kind, held_on, agreed, due, activity):
        raise ValidationError(faults)
    assert of_team is not None
    assert of_team.team_id is not None
    entry = CoachingEntry(
        manager=actor, person=of_team, team_id=of_team.team_id, kind=kind, held_on=held_on, activity=activity, due=due, data_key=DataKey.make()
    )  # fmt: skip
    entry.agreed = agreed
    entry.save()
    record(action="coaching.noted", object_type="coaching", object_id=entry.pk)
    notify([of_team], "coaching_noted", reverse("training:coaching_entry", args=[entry.pk]))
    return entry


def _faults(
    actor: User, person: User, of_team: User | None, kind: str, held_on: date, agreed: str, due: date | None, activity: Activity | None
) -> dict[str, str]:  # fmt: skip
    faults = {}
    today = timezone.localdate()
    if person.pk == actor.pk:
        faults["person"] = _("Nobody accompanies themselves. Choose somebody of your team.")
    elif of_team is None:
        faults["person"] = _("This person does not work in a team that you manage. Choose somebody who does.")
    if kind not in Occasion.values:
        faults["kind"] = _("Choose one of the two.")
    if held_on > today:
        faults["held_on"] = _("This day is still to come.")
    elif held_on < today - OLDEST:
        faults["held_on"] = _("That is more than a year ago. Is the year right?")
    if len(visible(agreed)) < LEAST_AGREED or "\x00" in agreed:
        faults["agreed"] = _("Say in a few words what you agreed on.")
    elif len(agreed) > MOST_AGREED:
        faults["agreed"] = _("These are %(count)d characters, and at most %(most)d are kept. Shorten it to what was agreed.") % {"count": len(agreed), "most": MOST_AGREED}  # fmt: skip
    if due is not None and due < held_on:
        faults["due"] = _("This day lies before the day on which it was agreed.")
    elif due is not None and due > today + FURTHEST:
        faults["due"] = _("That is more than three years away. Choose an earlier day.")
    if activity is not None and not Activity.objects.current().filter(pk=activity.pk).exists():
        faults["activity"] = _("This activity was taken off the map. Choose another one, or none.")
    return faults


@transaction.atomic
def finish_coaching(*, actor: User, entry: CoachingEntry) -> bool:
    """Mark what was agreed as done, once; either of the two does. False where it was done, taken back or erased before."""
    if not permissions.can_finish_coaching(actor, entry):
        raise PermissionDenied(_("Only the two people concerned say that it is done."))
    waiting = CoachingEntry.objects.open().filter(pk=entry.pk)
    done = bool(waiting.update(done_at=timezone.now(), done_by=actor))
    if done:
        record(action="coaching.done", object_type="coaching", object_id=entry.pk)
    return done


@transaction.atomic
def take_coaching_back(*, actor: User, entry: CoachingEntry) -> bool:
    """Take back a slip: both still read it, it counts no more and nobody is reminded. False where it was done, taken back or erased before."""
    if not permissions.can_take_coaching_back(actor, entry):
        raise PermissionDenied(_("An entry is taken back by whoever noted it."))
    taken = bool(CoachingEntry.objects.open().filter(pk=entry.pk).update(taken_back_at=timezone.now()))
    if taken:
        record(action="coaching.taken_back", object_type="coaching", object_id=entry.pk)
    return taken
