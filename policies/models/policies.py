"""Policy versions and their control points."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from policies.models.map import Activity, Category, Goal
from policies.models.tools import Tool
from policies.querysets import PolicyVersionQuerySet
from workbench.privacy.fields import SealedText, data_key_field
from workbench.privacy.models import Erased

_PERSON = settings.AUTH_USER_MODEL


class PolicyState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Superseded")
    SUSPENDED = "suspended", _("Suspended")


class PolicyVersion(models.Model):
    """One decision for an activity. Once decided it never changes (the database refuses); a change is a new version.

    ``scheduled`` is decided and waits for its day, ``in_force_at``; until then it can be withdrawn.
    """

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="policy_versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=PolicyState.choices, default=PolicyState.DRAFT)
    category = models.CharField(_("responsibility category"), max_length=20, choices=Category.choices, blank=True)
    #: What the traits suggested when the decision was made; a decision against it stays visible.
    suggested = models.CharField(max_length=20, choices=Category.choices, blank=True)
    rationale = models.TextField(_("rationale"), blank=True)
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, blank=True, related_name="policy_versions")
    accountable = models.ForeignKey(
        _PERSON, models.PROTECT, null=True, related_name="accountable_for", verbose_name=_("accountable person")
    )
    tool = models.ForeignKey(
        Tool, models.PROTECT, null=True, blank=True, related_name="policy_versions", verbose_name=_("tool")
    )
    decided_by = models.ForeignKey(_PERSON, models.PROTECT, null=True, related_name="+")
    in_force_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(_PERSON, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    # Set where a history or the board is shown.
    changes: list[str]
    progress: Any
    lacking: "list[Any]"

    objects: ClassVar[PolicyVersionQuerySet] = PolicyVersionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("activity", "-number")
        constraints = (
            models.UniqueConstraint(fields=("activity", "number"), name="policy_number_once"),
            models.UniqueConstraint(fields=("activity",), condition=Q(state__in=("in_force", "suspended")), name="one_policy_decides"),
            models.UniqueConstraint(fields=("activity",), condition=Q(state="draft"), name="one_policy_draft"),
            models.UniqueConstraint(fields=("activity",), condition=Q(state="scheduled"), name="one_policy_scheduled"),
            models.CheckConstraint(condition=Q(state="draft", category="") | Q(category__in=Category.values), name="policy_category_known"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(decided_by__isnull=False, in_force_at__isnull=False, accountable__isnull=False) & ~Q(rationale=""),
                name="policy_in_force_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(category="human_only", tool=None) | ~Q(category="human_only") & Q(tool__isnull=False, goal__isnull=False),
                name="policy_tool_comes_last",
            ),
            # In a draft too. That control points stand before it, a trigger sees to.
            models.CheckConstraint(
                condition=Q(tool=None) | Q(goal__isnull=False, category__in=("sparring_partner", "human_in_the_loop", "automated")) & ~Q(rationale=""),
                name="tool_rests_on_category_and_goal",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.activity} v{self.number}"

    @property
    def label(self) -> str:
        """How people name a version: “v3”."""
        return f"v{self.number}"

    @property
    def points(self) -> dict[str, dict[str, object]]:
        """The control points, kind → parameters, in their order."""
        return {point.kind: point.params for point in self.control_points.all()}

    @property
    def against_suggestion(self) -> bool:
        """Whether a person decided otherwise than the traits suggested."""
        return bool(self.suggested) and self.suggested != self.category


class ControlPoint(models.Model):
    """A named check at a place. The kinds are in ``policies.control_points``."""

    policy_version = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="control_points")
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "id")
        constraints = (models.UniqueConstraint(fields=("policy_version", "kind"), name="control_point_kind_once"),)

    def __str__(self) -> str:
        return self.kind


class PolicyOverride(models.Model):
    """That somebody put a version in force although fundamentals it asks for were not in place: who, which ones, and why. Frozen with its version."""

    policy_version = models.OneToOneField(PolicyVersion, models.CASCADE, related_name="override")
    by = models.ForeignKey(_PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    #: The short names of the fundamentals that were not in place.
    fundamentals: "models.JSONField[Any, Any]" = models.JSONField()
    data_key = data_key_field()
    reason_sealed = models.BinaryField()
    reason = SealedText("reason_sealed")
    #: Whether it was looked through for people; see ``workbench.runs.typed``.
    marked = models.BooleanField(default=False)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"override of {self.policy_version_id}"

    @property
    def why(self) -> str | None:
        """The reason; None where it was erased."""
        try:
            return str(self.reason)
        except Erased:
            return None
