"""Compliance reads what was written in a run: only with a reason, only for a while, and never unseen."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from workbench.accounts.models import User
from workbench.privacy.spellings import visible
from workbench.runs import permissions
from workbench.runs.models import Case, Run
from workbench.runs.services.running import RunRefused, log_run

OPEN_FOR = timedelta(days=7)
LEAST, MOST = 10, 1000


@transaction.atomic
def open_case(*, actor: User, run: Run, reason: str) -> Case:
    """Let a person of compliance read the contents of a run, or of the whole conversation it belongs to, for a week.

    The reason is sealed with the run; the log holds that the case was opened, by whom and until when. A case that is open already is given
    back as it is. Raises PermissionDenied, or RunRefused where there is no reason or nothing to read.
    """
    if not permissions.can_open_case(actor):
        raise PermissionDenied(_("Contents are opened by compliance, with a reason."))
    locked = Run.objects.select_for_update(of=("self",)).select_related("data_key", "prompt_version__prompt")
    first = locked.get(pk=run.follows_id or run.pk)
    if first.is_practice:
        raise RunRefused({"reason": _("This was practice in training: what a learner tries is read by nobody else. What it says of a person is found, handed over and erased under Erasure requests.")})  # fmt: skip
    if (already := Case.objects.open_for(actor).filter(run=first).first()) is not None:
        return already
    reason = reason.strip()
    if len(visible(reason)) < LEAST or len(reason) > MOST or "\x00" in reason:
        raise RunRefused({"reason": _("Give the reason in %(least)d to %(most)d characters that can be seen.") % {"least": LEAST, "most": MOST}})  # fmt: skip
    if first.data_key is None or first.data_key.destroyed_at is not None:
        raise RunRefused({"reason": _("There is nothing to read: this run has no contents, or they were erased.")})
    case = Case(run=first, opened_by=actor, until=timezone.now() + OPEN_FOR, data_key=first.data_key)
    case.reason = reason
    case.save()
    log_run("case.opened", first, actor, case=case.pk, until=case.until.strftime("%Y-%m-%dT%H:%MZ"))
    return case


@transaction.atomic
def close_case(*, actor: User, run: Run) -> None:
    """End the cases that somebody has on a run, or on the conversation it belongs to; harmless where there is none."""
    mine = Case.objects.select_for_update(of=("self",)).open_for(actor).select_related("run")
    for case in mine.filter(run=run.follows_id or run.pk):
        case.closed_at = timezone.now()
        case.save(update_fields=["closed_at"])
        log_run("case.closed", case.run, actor, case=case.pk)
