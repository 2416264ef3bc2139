"""What people already use: reports of informal AI use. Nobody is blamed; an anonymous report holds no person at all."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from policies.models.map import Activity


class ReportState(models.TextChoices):
    OPEN = "open", _("Open")
    ACTIVITY = "activity", _("Became an activity")
    DECIDED = "decided", _("Decided")


class HowOften(models.TextChoices):
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    SELDOM = "seldom", _("Now and then")


class UseReport(models.Model):
    """One use of AI outside the workbench, as somebody tells it."""

    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reported_on = models.DateField(auto_now_add=True)
    tool = models.CharField(_("tool"), max_length=100)
    purpose = models.CharField(_("for what"), max_length=300)
    how_often = models.CharField(_("how often"), max_length=8, choices=HowOften.choices)
    data = models.JSONField(_("with which data"), default=list)
    state = models.CharField(max_length=8, choices=ReportState.choices, default=ReportState.OPEN)
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, blank=True, related_name="use_reports")
    decision = models.CharField(_("decision"), max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="open") | models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="report_is_decided_by_a_person",
            ),
        )

    def __str__(self) -> str:
        return f"report {self.pk}"
