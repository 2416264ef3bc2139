"""Worksheets: kept while they are typed, finished for good, shared with the team or not. Nothing of them is ever sent to a model."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from policies.models import Activity
from training import permissions
from training.models import Worksheet
from training.services.windows import ChangedElsewhere, Refused, kept_by, may_keep
from training.worksheetfile import SheetForm, forms
from training.worksheets import faults_of, length, text_of, tidy
from workbench.accounts.models import User
from workbench.privacy.holds import held_by, lock_living
from workbench.privacy.models import DataKey, HeldKey

MOST_KEPT = 200_000
#: Lines in one list that are kept. A form is finished with far fewer; a page of many more is read by nobody and blocks whoever opens it.
MOST_LINES = 300


class WorksheetRefused(Refused):
    """It cannot be kept, finished or taken away as it is; the sentence says what was kept and what to do."""


def _require_filler(actor: User) -> None:
    if not permissions.can_fill_worksheets(actor):
        raise PermissionDenied(_("Worksheets are for people who work here. Ask an administrator for a role."))


def _require_own(actor: User, worksheet: Worksheet) -> None:
    if worksheet.filler_id != actor.pk:
        raise PermissionDenied(_("Only the person who fills in a worksheet changes it."))


@transaction.atomic
def begin_worksheet(*, actor: User, form: SheetForm, activity: Activity) -> Worksheet:
    """Begin one, for an activity on the map. One that was begun for it and never typed in is taken instead."""
    _require_filler(actor)
    if activity.retired_at is not None:
        raise WorksheetRefused(_("“%s” is off the map. Choose another activity.") % activity)
    untouched = Worksheet.objects.filter(
        filler=actor, form=form.slug, version=form.version, activity=activity, saved_at=None
    )
    return untouched.select_related("data_key").first() or _begin(actor, form, activity, "", {})


def _begin(
    actor: User, form: SheetForm, activity: Activity, title: str, answers: Mapping[str, Any], copy_of: int | None = None
) -> Worksheet:
    sheet = Worksheet(
        filler=actor, form=form.slug, version=form.version, activity=activity, data_key=DataKey.make(), saved_at=timezone.now() if copy_of else None
    )  # fmt: skip
    sheet.title, sheet.answers = title, tidy(form, answers)
    sheet.save()
    more: dict[str, Any] = {"copy_of": copy_of} if copy_of else {}
    record(action="worksheet.begun", actor=actor, object_type="worksheet", object_id=sheet.pk, activity_id=activity.pk, form=form.slug, **more)  # fmt: skip
    return sheet


@transaction.atomic
def copy_worksheet(*, actor: User, worksheet: Worksheet) -> Worksheet:
    """Begin another one with what this one says, under today's version of the form. Nobody else sees the new one."""
    _require_filler(actor)
    _require_own(actor, worksheet)
    # Locked: whoever erases it at this moment is waited for, and a copy brings nothing back.
    if not lock_living([worksheet.data_key.pk]):
        raise WorksheetRefused(_("What stood in this worksheet was erased, so there is nothing to copy."))
    if worksheet.activity.retired_at is not None:
        raise WorksheetRefused(_("“%s” is off the map. Begin a new worksheet for another activity.") % worksheet.activity)  # fmt: skip
    form = forms().get(worksheet.form)
    if form is None:
        raise WorksheetRefused(_("This form is not offered any more."))
    return _begin(actor, form, worksheet.activity, worksheet.called, worksheet.said, worksheet.pk)


@transaction.atomic
def save_worksheet(
    *, actor: User, worksheet: Worksheet, title: str, answers: Mapping[str, Any], seen: int | None = None, window: str = ""
) -> Worksheet:  # fmt: skip
    """Keep what is typed. It is nobody's act, so the log says nothing.

    Args:
        seen: the revision that was shown when the window was opened; None keeps whatever comes.
        window: which window types. The one that kept something last goes on, whatever revision it was shown.

    Raises WorksheetRefused where it is too long, finished or gone, ChangedElsewhere where another window kept something since.
    """
    _require_own(actor, worksheet)
    if length(title) + length(answers) > MOST_KEPT:
        raise WorksheetRefused(
            _("This has more than 200,000 characters and is too long to be kept. It stays in the fields; shorten it before you leave.")
        )  # fmt: skip
    if worksheet.gone:
        raise _why_not(worksheet)
    tidied = tidy(worksheet.asks, answers)
    if any(len(value) > MOST_LINES for value in tidied.values() if isinstance(value, list)):
        raise WorksheetRefused(
            _("A list in this has more than 300 lines and is too long to be kept. It stays in the fields; shorten it before you leave.")
        )  # fmt: skip
    worksheet.title, worksheet.answers = text_of(title).replace("\n", " "), tidied
    kept = Worksheet.objects.filter(may_keep(seen, window), pk=worksheet.pk, finished_at=None).update(
        title_sealed=worksheet.title_sealed, answers_sealed=worksheet.answers_sealed, saved_at=timezone.now(), marked=False, **kept_by(window)
    )  # fmt: skip
    if not kept:
        raise _why_not(worksheet)
    return worksheet


def _why_not(worksheet: Worksheet) -> Refused:
    now = Worksheet.objects.filter(pk=worksheet.pk).only("finished_at").first()
    if now is None or worksheet.gone:
        return WorksheetRefused(
            _("This worksheet is not there any more: it was thrown away in another window, or erased. What you typed is still in the fields; copy it before you leave.")
        )  # fmt: skip
    if now.finished_at is not None:
        return WorksheetRefused(
            _("This worksheet was finished in another window and does not change any more. What you typed here is still in the fields.")
        )  # fmt: skip
    return ChangedElsewhere()


def finish_worksheet(
    *, actor: User, worksheet: Worksheet, title: str, answers: Mapping[str, Any], seen: int | None = None, window: str = ""
) -> Worksheet:  # fmt: skip
    """Keep what is typed and finish it: from here on it does not change. Raises WorksheetRefused field by field; what was typed is kept all the same."""
    save_worksheet(actor=actor, worksheet=worksheet, title=title, answers=answers, seen=seen, window=window)
    if wrong := faults_of(worksheet.asks, worksheet.called, worksheet.said):
        raise WorksheetRefused(dict(wrong))
    with transaction.atomic():
        # What was checked is what is finished, also where this window still kept a little less in between; another window was faster.
        now = timezone.now()
        done = Worksheet.objects.filter(pk=worksheet.pk, finished_at=None, window=window).update(
            title_sealed=worksheet.title_sealed, answers_sealed=worksheet.answers_sealed, marked=False, finished_at=now
        )
        if not done:
            raise _why_not(worksheet)
        worksheet.finished_at = now
        record(action="worksheet.finished", actor=actor, object_type="worksheet", object_id=worksheet.pk, activity_id=worksheet.activity_id, form=worksheet.form)  # fmt: skip
    return worksheet


@transaction.atomic
def share_worksheet(*, actor: User, worksheet: Worksheet, shared: bool) -> bool:
    """Let the team of the person who fills it in read it, and its manager; or nobody else any more. False where it was so."""
    _require_own(actor, worksheet)
    now = Worksheet.objects.select_for_update(of=("self",)).get(pk=worksheet.pk)
    if shared == (now.shared_with_id is not None):
        return False
    team_id = actor.team_id if shared else now.shared_with_id
    if team_id is None:
        raise WorksheetRefused(_("You belong to no team, so there is nobody to share it with. Ask an administrator."))
    Worksheet.objects.filter(pk=now.pk).update(shared_with=actor.team if shared else None)
    action = "worksheet.shared" if shared else "worksheet.taken_back"
    record(action=action, actor=actor, object_type="worksheet", object_id=now.pk, activity_id=now.activity_id, form=now.form, team_id=team_id)  # fmt: skip
    return True


@transaction.atomic
def throw_away_worksheet(*, actor: User, worksheet: Worksheet) -> None:
    """Take an open one away with its key. Raises WorksheetRefused where it is finished or under a legal hold."""
    _require_own(actor, worksheet)
    key = worksheet.data_key.pk
    # First locked, then asked: a hold is there already, or finds nothing to hold any more.
    if lock_living([key]) and (held := held_by([key])):
        raise WorksheetRefused(
            _("This worksheet is under a legal hold (%s) and stays until it is lifted. Ask compliance.") % held[key]
        )
    gone, _rows = Worksheet.objects.filter(pk=worksheet.pk, finished_at=None).delete()
    if not gone:
        if Worksheet.objects.filter(pk=worksheet.pk).exists():
            raise WorksheetRefused(_("This worksheet is finished and stays as it is."))
        return
    HeldKey.objects.filter(data_key=key, hold__lifted_at__isnull=False).delete()
    DataKey.objects.filter(pk=key, destroyed_at=None).delete()
    record(action="worksheet.thrown_away", actor=actor, object_type="worksheet", object_id=worksheet.pk, activity_id=worksheet.activity_id, form=worksheet.form)  # fmt: skip
