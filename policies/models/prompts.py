"""The prompt library: prompts, their versions, and the test runs that approval rests on."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from policies.models.map import Activity
from policies.models.tools import Tool
from policies.querysets import PromptVersionQuerySet
from workbench.privacy.fields import SealedJSON, data_key_field

if TYPE_CHECKING:
    from policies.models.policies import PolicyVersion

_PERSON = settings.AUTH_USER_MODEL


class Prompt(models.Model):
    """A prompt of the library, for one activity and one language."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="prompts")
    slug = models.SlugField(unique=True)
    title = models.CharField(_("title"), max_length=120)
    language = models.CharField(
        _("language"), max_length=5, choices=[("en", "English"), ("de", "Deutsch")], default="en"
    )
    #: Where a retired prompt sends people.
    successor = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="predecessors")
    favourite_of: "models.ManyToManyField[Any, Any]" = models.ManyToManyField(
        _PERSON, related_name="favourite_prompts", blank=True
    )

    class Meta:
        ordering = ("title",)
        constraints = (
            models.CheckConstraint(condition=Q(successor=None) | ~Q(successor=F("id")), name="prompt_succeeds_another"),
        )

    def __str__(self) -> str:
        return self.title


class PromptState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    RETIRED = "retired", _("Retired")


class OutputForm(models.TextChoices):
    TEXT = "text", _("Text")
    TABLE = "table", _("Table")
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
    #: Example inputs with what must be true of the answer: {"name", "inputs", "expect"}.
    examples = models.JSONField(_("examples"), default=list, blank=True)
    #: What changed and why, in the author's words.
    note = models.CharField(_("what changes"), max_length=300, blank=True)
    author = models.ForeignKey(_PERSON, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(_PERSON, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(_PERSON, models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)
    decline_reason = models.CharField(_("reason"), max_length=500, blank=True)
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

    @property
    def label(self) -> str:
        """How people name a version: “v3”."""
        return f"v{self.number}"


class PromptTest(models.Model):
    """One test run of exactly this version on its examples, through the governed path. Kept for good."""

    version = models.ForeignKey(PromptVersion, models.PROTECT, related_name="tests")
    tool = models.ForeignKey(Tool, models.PROTECT, related_name="+")
    tested_by = models.ForeignKey(_PERSON, models.PROTECT, related_name="+")
    tested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=32, blank=True)
    #: The worker that runs it renews this; past it, the test is free for another one.
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    passed = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(default=0)
    model = models.CharField(max_length=120, blank=True)
    data_key = data_key_field()
    #: Per example: name, what left, the answer, and each expectation with whether it holds.
    results_sealed = models.BinaryField(null=True)
    results = SealedJSON("results_sealed")

    # Set by pages for their templates.
    why: str

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"test {self.pk} of {self.version_id}"
