"""What people already use: they tell it in two minutes, leaders turn it into an activity or a decision. Nobody is blamed."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from policies import permissions
from policies.models import Activity, DataClass, ReportState, Stage, UseReport
from policies.services.activities import save_activity
from workbench.accounts.models import User


@transaction.atomic
def report_use(
    *, actor: User, tool: str, purpose: str, how_often: str, data: Collection[str] = (), anonymous: bool = False
) -> UseReport:
    """Tell of a use of AI outside the workbench. ``anonymous``: who told it is kept nowhere, in the log neither."""
    report = UseReport(
        reported_by=None if anonymous else actor, tool=" ".join(tool.split()), purpose=" ".join(purpose.split()), how_often=how_often,
        data=[kind for kind in DataClass.values if kind in data],
    )  # fmt: skip
    report.full_clean(exclude=["data", "reported_by", "decided_by", "decided_at"])
    if not report.data:
        raise ValidationError({"data": _("Choose at least one. “Public” is fine.")})
    report.save()
    record(
        action="use.reported",
        actor=None if anonymous else actor,
        object_type="use_report",
        object_id=report.pk,
        anonymous=anonymous,
    )
    return report


def _open(actor: User, report: UseReport) -> UseReport:
    if not permissions.can_decide_policies(actor):
        raise PermissionDenied(_("Leaders decide what becomes of a report."))
    report = UseReport.objects.select_for_update().get(pk=report.pk)
    if report.state != ReportState.OPEN:
        raise ValidationError(_("Somebody decided about this report meanwhile. Nothing was changed."))
    return report


@transaction.atomic
def turn_into_activity(
    *, actor: User, report: UseReport, stage: Stage | None = None, name: str = "", traits: Collection[str] = (), activity: Activity | None = None
) -> Activity:  # fmt: skip
    """Make a new activity of a report, with the data it named, or tie the report to one that is on the map."""
    report = _open(actor, report)
    if activity is None:
        if stage is None:
            raise ValidationError({"stage": _("Choose the stage in which this is done.")})
        activity = save_activity(
            actor=actor, stage=stage, name=name, description=report.purpose, traits=traits, data=report.data
        )
    _close(actor, report, ReportState.ACTIVITY, activity=activity)
    return activity


@transaction.atomic
def decide_report(*, actor: User, report: UseReport, decision: str) -> None:
    """Answer a report with a sentence that everybody may read."""
    report = _open(actor, report)
    if len(decision.split()) < 3:
        raise ValidationError({"decision": _("Write one sentence. Whoever told of it, and everybody else, reads it.")})
    _close(actor, report, ReportState.DECIDED, decision=" ".join(decision.split()))


def _close(actor: User, report: UseReport, state: str, *, activity: Activity | None = None, decision: str = "") -> None:
    report.state, report.activity, report.decision = state, activity, decision
    report.decided_by, report.decided_at = actor, timezone.now()
    report.full_clean(exclude=["data", "reported_by"])
    report.save()
    record(
        action="use.decided", actor=actor, object_type="use_report", object_id=report.pk, outcome=state, activity_id=activity.pk if activity else None
    )  # fmt: skip
