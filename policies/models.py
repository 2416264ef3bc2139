"""The map of activities, the policies that decide who is responsible, and the prompts that are approved for them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from policies.querysets import ActivityQuerySet, PolicyVersionQuerySet, PromptVersionQuerySet


class Category(models.TextChoices):
    """Who is responsible for an activity (after Ethan Mollick, “Co-Intelligence”, 2024)."""

    HUMAN_ONLY = "human_only", _("Human only")
    SPARRING_PARTNER = "sparring_partner", _("Sparring partner")
    HUMAN_IN_THE_LOOP = "human_in_the_loop", _("Human in the loop")
    AUTOMATED = "automated", _("Automated")


class Trait(models.TextChoices):
    """What an activity is like."""

    LANGUAGE_DRIVEN = "language_driven", _("Language-driven")
    REPEATABLE = "repeatable", _("Repeatable")
    FORMALISED = "formalised", _("Formalised")
    CUSTOMER_FACING = "customer_facing", _("Customer-facing")
    JUDGEMENT_HEAVY = "judgement_heavy", _("Judgement-heavy")


class Stage(models.Model):
    """A step of the sales process."""

    name = models.CharField(_("name"), max_length=100)
    order = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return self.name


class Activity(models.Model):
    """One kind of work in a stage."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="activities", verbose_name=_("stage"))
    slug = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    traits = models.JSONField(_("traits"), default=list, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    # Set by ``with_policy`` and by pages for their templates.
    deciding: "list[PolicyVersion]"
    policy: "PolicyVersion | None"

    objects: ClassVar[ActivityQuerySet] = ActivityQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("stage__order", "order", "id")
        verbose_name_plural = "activities"

    def __str__(self) -> str:
        return self.name

    @property
    def trait_labels(self) -> list[str]:
        """The traits in words; names that are no longer known are left out."""
        return [str(Trait(name).label) for name in self.traits if name in Trait.values]


class Goal(models.Model):
    """A measure that must become better: from a baseline to a target by a date."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="goals")
    measure = models.CharField(_("measure"), max_length=120)
    baseline = models.DecimalField(_("baseline"), max_digits=12, decimal_places=2)
    target = models.DecimalField(_("target"), max_digits=12, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=30)
    due = models.DateField(_("by when"))

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(baseline=F("target")), name="goal_moves"),
            models.CheckConstraint(condition=~Q(measure="") & ~Q(unit=""), name="goal_is_measurable"),
        )

    def __str__(self) -> str:
        return f"{self.measure}: {self.baseline:g} → {self.target:g} {self.unit}"


class Tool(models.Model):
    """A model behind a provider. Keys stand in the environment, never here."""

    slug = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=100)
    provider = models.CharField(_("provider"), max_length=40, help_text=_("“embedded”, or a LangChain provider such as openai, anthropic, google_genai, azure_openai, ollama"))  # fmt: skip
    model = models.CharField(_("model"), max_length=120)
    base_url = models.CharField(_("address"), max_length=300, blank=True)
    region = models.CharField(_("where it runs"), max_length=100, blank=True)
    contract_reference = models.CharField(_("contract"), max_length=100, blank=True)
    context_tokens = models.PositiveIntegerField(_("context in tokens"), default=8192)
    max_concurrent = models.PositiveSmallIntegerField(_("calls at once"), default=4)
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=Q(max_concurrent__gte=1, context_tokens__gte=1024), name="tool_limits"),
        )

    def __str__(self) -> str:
        return self.name


class PolicyState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Superseded")
    SUSPENDED = "suspended", _("Suspended")


class PolicyVersion(models.Model):
    """One decision for an activity. Once in force it never changes (the database refuses); a change is a new version."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="policy_versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=PolicyState.choices, default=PolicyState.DRAFT)
    category = models.CharField(_("responsibility category"), max_length=20, choices=Category.choices)
    rationale = models.TextField(_("rationale"))
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, blank=True, related_name="policy_versions")
    accountable = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="accountable_for",
        verbose_name=_("accountable person"),
    )
    tool = models.ForeignKey(
        Tool, models.PROTECT, null=True, blank=True, related_name="policy_versions", verbose_name=_("tool")
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    in_force_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[PolicyVersionQuerySet] = PolicyVersionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("activity", "-number")
        constraints = (
            models.UniqueConstraint(fields=("activity", "number"), name="policy_number_once"),
            models.UniqueConstraint(
                fields=("activity",), condition=Q(state__in=("in_force", "suspended")), name="one_policy_decides"
            ),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="policy_category_known"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(decided_by__isnull=False, in_force_at__isnull=False, accountable__isnull=False) & ~Q(rationale=""),
                name="policy_in_force_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(category="human_only", tool=None) | ~Q(category="human_only") & Q(tool__isnull=False, goal__isnull=False),
                name="policy_tool_comes_last",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.activity} v{self.number}"

    @property
    def label(self) -> str:
        """How people name a version: “v3”."""
        return f"v{self.number}"


class Place(models.TextChoices):
    """Where a control point stands on the way of a run."""

    BEFORE = "before", _("Before the call")
    OUTPUT = "output", _("On the output")
    REVIEW = "review", _("At review")
    AFTER = "after", _("After release")


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


class Prompt(models.Model):
    """A prompt of the library, for one activity and one language."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="prompts")
    slug = models.SlugField(unique=True)
    title = models.CharField(_("title"), max_length=120)
    language = models.CharField(
        _("language"), max_length=5, choices=[("en", "English"), ("de", "Deutsch")], default="en"
    )

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class PromptState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    RETIRED = "retired", _("Retired")


class OutputForm(models.TextChoices):
    TEXT = "text", _("Text")
    JSON = "json", _("Fields (JSON)")


class PromptVersion(models.Model):
    """A template with role, goal, typed inputs and output form. Approved versions never change (the database refuses)."""

    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=PromptState.choices, default=PromptState.DRAFT)
    role = models.TextField(_("role"))
    goal = models.TextField(_("goal"))
    information = models.TextField(_("information"), help_text=_("Text with {inputs} in braces."))
    limits = models.TextField(_("limits"), blank=True)
    inputs = models.JSONField(_("inputs"), default=list)
    output_form = models.CharField(_("output form"), max_length=8, choices=OutputForm.choices, default=OutputForm.TEXT)
    output_schema = models.JSONField(_("schema"), null=True, blank=True)
    max_output_tokens = models.PositiveIntegerField(default=500)
    known_limits = models.TextField(_("known limits"), blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    # Set by pages for their templates.
    policy: "PolicyVersion"

    objects: ClassVar[PromptVersionQuerySet] = PromptVersionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("prompt", "-number")
        constraints = (
            models.UniqueConstraint(fields=("prompt", "number"), name="prompt_number_once"),
            models.UniqueConstraint(
                fields=("prompt",), condition=Q(state="approved"), name="one_approved_prompt_version"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "retired"))
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="prompt_approval_has_a_person",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("author")), name="author_does_not_approve"
            ),
            models.CheckConstraint(
                condition=~Q(output_form="json") | Q(output_schema__isnull=False), name="json_needs_schema"
            ),
        )

    def __str__(self) -> str:
        return f"{self.prompt} v{self.number}"


class IdentifierPattern(models.Model):
    """A pattern for numbers of the house that tell of a person: customer, contract and staff numbers."""

    name = models.SlugField(_("name"), max_length=40, unique=True)
    pattern = models.CharField(_("pattern"), max_length=200)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class AllowedWord(models.Model):
    """A word or name of the house that stays readable: its own firm, its products."""

    text = models.CharField(_("word"), max_length=80)
    folded = models.CharField(max_length=160, unique=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("folded",)

    def __str__(self) -> str:
        return self.text
