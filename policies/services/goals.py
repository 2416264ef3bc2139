"""Goals: a measure with baseline, target, unit and date, and the figures that show where it stands."""

import re
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from policies import permissions
from policies.models import Activity, Goal, GoalSource, Measurement
from workbench.accounts.models import User

# A goal about using AI measures the means, not what becomes better.
_AI = re.compile(
    r"\b(?:ai|ki|gpt|chatgpt|llms?|copilot|artificial intelligence|künstliche[nr]? intelligenz|prompts?)\b",
    re.IGNORECASE,
)
_USE = re.compile(
    r"\b(?:us(?:e|es|ed|age|ing)|adopt\w*|more|leverage|roll ?out|nutz\w*|einsatz|einsetz\w*|verwend\w*|mehr|einführ\w*)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"^(?:be |get |become |work |sell |improve|increase|boost|optimi[sz]e|more|better|faster|besser|schneller|mehr|effizienter|optimier\w*|verbesser\w*|steiger\w*)"
    r"\s*(?:efficien\w*|productiv\w*|quality|faster|better|effizienz|produktivität|qualität|werden|arbeiten|verkaufen)?\W*$",
    re.IGNORECASE,
)


def examples() -> str:
    """Concrete goals, as text behind a refusal."""
    return _(
        "For example: “Minutes per proposal draft, from 90 to 30, by 31 March”, or “Meetings followed up within 24 hours, from 40 % to 90 %”."
    )


def vague(measure: str, unit: str) -> str:
    """Why this is no measure, with examples; empty where it is one."""
    words = " ".join(measure.split())
    if _AI.search(words) and _USE.search(words):
        return _("Using AI is a means. Name what customers or colleagues notice when it works.") + " " + examples()
    if len(words) < 4 or _VAGUE.match(words):
        return _("This cannot be counted. Name what is counted or timed, per what.") + " " + examples()
    if not unit.strip():
        return _("Name the unit in which it is counted, for example min, % or deals.") + " " + examples()
    return ""


@transaction.atomic
def set_goal(
    *, actor: User, activity: Activity, measure: str, baseline: Decimal, target: Decimal, unit: str, due: date, source: str = GoalSource.MANUAL
) -> Goal:  # fmt: skip
    """A concrete goal for an activity. It takes effect with the next policy version; figures entered for the same measure go on."""
    if not permissions.can_decide_policies(actor):
        raise PermissionDenied(_("Only leaders set goals."))
    goal = Goal(
        activity=activity, measure=" ".join(measure.split()), baseline=baseline, target=target, unit=unit.strip(), due=due, source=source
    )  # fmt: skip
    if fault := vague(goal.measure, goal.unit):
        raise ValidationError({"measure": fault})
    if due <= timezone.localdate():
        raise ValidationError({"due": _("The day has passed. Choose one to come.")})
    goal.full_clean()
    goal.save()
    return goal


@transaction.atomic
def enter_measurement(*, actor: User, goal: Goal, on: date, value: Decimal) -> Measurement:
    """A figure taken by hand, one per day; entering it again replaces it. For leaders and whoever is accountable."""
    if not permissions.can_enter_figures(actor, goal):
        raise PermissionDenied(_("Figures are entered by leaders and by whoever is accountable for the activity."))
    if goal.source != GoalSource.MANUAL:
        raise ValidationError({"value": _("The workbench takes these figures itself from runs and reviews.")})
    if on > timezone.localdate():
        raise ValidationError({"on": _("This day is still to come.")})
    measurement = Measurement.objects.filter(
        activity_id=goal.activity_id, measure=goal.measure, on=on
    ).first() or Measurement(activity_id=goal.activity_id, measure=goal.measure, on=on)
    measurement.value, measurement.entered_by = value, actor
    measurement.full_clean(validate_constraints=False)
    measurement.save()
    record(
        action="goal.measured", actor=actor, object_type="goal", object_id=goal.pk, activity_id=goal.activity_id, value=str(value), on=on.isoformat(),
    )  # fmt: skip
    return measurement
