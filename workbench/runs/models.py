"""Drafts, runs, outputs and reviews. Everything that people or models wrote is sealed with the record's data key."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from policies.models import Activity, Category, PolicyVersion, PromptVersion, Tool
from workbench.accounts.models import ApiToken
from workbench.privacy.fields import SealedJSON, SealedText, data_key_field
from workbench.runs.querysets import CaseQuerySet, RunQuerySet

_PERSON = settings.AUTH_USER_MODEL


class State(models.TextChoices):
    """Where a run stands. ``answered`` is the end of a sparring run: an answer that can never be released."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    IN_REVIEW = "in_review", _("In review")
    ANSWERED = "answered", _("Answered")
    RELEASED = "released", _("Released")
    REJECTED = "rejected", _("Rejected")
    DENIED = "denied", _("Denied")
    BLOCKED = "blocked", _("Blocked")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


TRANSITIONS: dict[str, frozenset[str]] = {
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED, State.DENIED, State.FAILED}),
    State.RUNNING: frozenset(
        {
            State.QUEUED,
            State.IN_REVIEW,
            State.ANSWERED,
            State.RELEASED,
            State.BLOCKED,
            State.FAILED,
            State.CANCELLED,
            State.DENIED,
        }
    ),
    State.IN_REVIEW: frozenset({State.RELEASED, State.REJECTED, State.EXPIRED}),
}
ENDED = frozenset(State.values) - set(TRANSITIONS)
PRACTICE = {"en": "practice-en", "de": "practice-de"}
"""The prompts under which practice is logged, by language. They run from exercises alone."""


CONVERSATION = "conversation"
"""The input of a run without a prompt: all that was said."""


class Draft(models.Model):
    """What a person is typing for a prompt, and what would leave. One per person and prompt version, kept as they type."""

    requester = models.ForeignKey(_PERSON, models.CASCADE, related_name="drafts")
    prompt_version = models.ForeignKey(PromptVersion, models.CASCADE, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)
    data_key = data_key_field()
    inputs_sealed = models.BinaryField(null=True)
    inputs = SealedJSON("inputs_sealed")
    marks_sealed = models.BinaryField(null=True)
    marks = SealedJSON("marks_sealed")
    keep_sealed = models.BinaryField(null=True)
    keep = SealedJSON("keep_sealed")
    preview_sealed = models.BinaryField(null=True)
    preview = SealedJSON("preview_sealed")
    preview_sha256 = models.CharField(max_length=64, blank=True)
    consent = models.CharField(max_length=24, blank=True)
    #: Whether the people named in it are marked: by the preview, or where there is none by ``workbench.runs.typed``.
    marked = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=("id",), condition=Q(marked=False), name="draft_to_mark"),)
        constraints = (models.UniqueConstraint(fields=("requester", "prompt_version"), name="one_draft_per_prompt"),)

    def __str__(self) -> str:
        return f"draft {self.pk}"


class Run(models.Model):
    """One use of AI. A denied run holds no text at all."""

    requester = models.ForeignKey(_PERSON, models.PROTECT, related_name="runs")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="runs")
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="runs")
    prompt_version = models.ForeignKey(PromptVersion, models.PROTECT, null=True, related_name="runs")
    tool = models.ForeignKey(Tool, models.PROTECT, null=True, related_name="runs")
    category = models.CharField(max_length=20, choices=Category.choices, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    retry_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="retries")
    #: A question that follows on a thinking aid: the run whose answer began the conversation.
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="follow_ups")
    #: The token a program asked with, and whether it was the person's own conversation, without an approved prompt (``workbench.gate``).
    token = models.ForeignKey(ApiToken, models.SET_NULL, null=True, related_name="runs")
    conversation = models.BooleanField(default=False)
    #: Whoever asked waits at the other end of a connection: nobody takes it up again when that is gone.
    live = models.BooleanField(default=False)
    #: The list of records it belongs to; what a person asks for by themselves comes before these.
    job = models.ForeignKey("Job", models.PROTECT, null=True, related_name="runs")

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    #: When those who may decide were reminded that the time limit comes near.
    reminded_at = models.DateTimeField(null=True)
    #: When the time limit of the review ran out and the team's manager was given as long again.
    escalated_at = models.DateTimeField(null=True)

    # Who looks at the draft. A claim lapses by itself; one that was handed over (``assigned``) stays with the person.
    claimed_by = models.ForeignKey(_PERSON, models.SET_NULL, null=True, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    assigned = models.BooleanField(default=False)

    # The lease of the worker: who holds it may write; a lease that ran out is taken back by the sweeper.
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    progress = models.JSONField(default=dict)

    data_key = data_key_field()
    inputs_sealed = models.BinaryField(null=True)
    inputs = SealedJSON("inputs_sealed")
    outbound_sealed = models.BinaryField(null=True)
    outbound = SealedJSON("outbound_sealed")
    mapping_sealed = models.BinaryField(null=True)
    mapping = SealedJSON("mapping_sealed")
    partial_sealed = models.BinaryField(null=True)
    partial = SealedText("partial_sealed")

    payload_sha256 = models.CharField(max_length=64, blank=True)
    # The receipt: what was replaced by type, by which rules, and how many false finds a person left readable.
    findings = models.JSONField(default=dict)
    rules = models.JSONField(default=dict)
    unmarked = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=list)
    failure = models.CharField(max_length=32, blank=True)
    #: On which basis a recording was used, where the policy asks for one.
    consent = models.CharField(max_length=24, blank=True)
    #: The control points before the call that held, by kind. One that does not hold refuses the call.
    gates = models.JSONField(default=list)

    person_of_record = models.ForeignKey(_PERSON, models.PROTECT, null=True, related_name="+")
    sampled = models.BooleanField(default=False)

    # Set by the desk for its template.
    holder: Any

    objects: ClassVar[RunQuerySet] = RunQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("state", "id"), name="run_by_state"),
            models.Index(fields=("requester", "-id"), name="run_by_requester"),
            models.Index(fields=("policy_version", "-id"), name="run_by_policy"),
            models.Index(fields=("created_at", "activity"), name="run_by_day"),
            models.Index(fields=("finished_at", "category"), name="run_by_end"),
            models.Index(fields=("due_at",), condition=Q(state="in_review"), name="run_due"),
            models.Index(fields=("token", "-id"), condition=Q(token__isnull=False), name="run_by_token"),
            models.Index(fields=("job", "state"), condition=Q(job__isnull=False), name="run_by_job"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(state__in=State.values), name="run_state_known"),
            models.CheckConstraint(condition=~Q(state="released") | Q(person_of_record__isnull=False), name="released_output_has_a_person"),
            models.CheckConstraint(condition=~Q(category="sparring_partner", state__in=("released", "in_review")), name="thinking_aid_is_not_released"),
            models.CheckConstraint(condition=~Q(category="human_only") | Q(state="denied"), name="human_only_is_never_run"),
            models.CheckConstraint(condition=Q(state="denied") | Q(policy_version__isnull=False, tool__isnull=False) & (Q(prompt_version__isnull=False) | Q(conversation=True)), name="run_rests_on_a_policy"),
            models.CheckConstraint(condition=Q(conversation=False) | ~Q(category="automated") | Q(state="denied"), name="only_a_prompt_is_automated"),
            models.CheckConstraint(condition=Q(follows=None) | Q(category="sparring_partner") | Q(state="denied"), name="only_a_thinking_aid_goes_on"),
            models.CheckConstraint(condition=~Q(state="running") | Q(lease__isnull=False, lease_until__isnull=False), name="running_has_a_lease"),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def title(self) -> str:
        """What it is called in lists: its prompt, or the activity where there is none."""
        return self.prompt_version.prompt.title if self.prompt_version is not None else self.activity.name

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The inputs it was given, as a prompt describes its own."""
        if self.prompt_version is not None:
            return list(self.prompt_version.inputs)
        return [{"name": CONVERSATION, "label": _("Conversation"), "kind": "long_text"}] if self.conversation else []

    @property
    def output_schema(self) -> dict[str, Any] | None:
        """What the answer has to look like, or None."""
        return self.prompt_version.output_schema if self.prompt_version is not None else None

    @property
    def is_practice(self) -> bool:
        """Whether it is logged under the prompt of practice: what left may be what a learner wrote."""
        return self.prompt_version is not None and self.prompt_version.prompt.slug in PRACTICE.values()


class Output(models.Model):
    """What the model wrote for a run, and what became of it. Sealed with the run's data key."""

    run = models.OneToOneField(Run, models.PROTECT, related_name="output")
    created_at = models.DateTimeField(auto_now_add=True)
    data_key = data_key_field()
    raw_sealed = models.BinaryField()
    raw = SealedText("raw_sealed")
    draft_sealed = models.BinaryField()
    draft = SealedText("draft_sealed")
    final_sealed = models.BinaryField(null=True)
    final = SealedText("final_sealed")
    checks_sealed = models.BinaryField()
    checks = SealedJSON("checks_sealed")
    missing = models.JSONField(default=list)
    unexpected = models.JSONField(default=list)
    truncated = models.BooleanField(default=False)
    draft_sha256 = models.CharField(max_length=64)
    final_sha256 = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=120)
    calls = models.PositiveIntegerField(default=1)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"output of run {self.run_id}"


class ReviewKind(models.TextChoices):
    """Why a person looked: to release, to check a sample afterwards, or to note what they decided with a thinking aid."""

    RELEASE = "release", _("Release")
    SAMPLE = "sample", _("Sample")
    NOTE = "note", _("Note")


class Verdict(models.TextChoices):
    APPROVED = "approved", _("Approved")
    EDITED = "edited", _("Edited and approved")
    REJECTED = "rejected", _("Rejected")
    NOTED = "noted", _("Noted")


class Review(models.Model):
    """A person's decision on an output."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=8, choices=ReviewKind.choices)
    reviewer = models.ForeignKey(_PERSON, models.PROTECT, related_name="reviews")
    requester = models.ForeignKey(_PERSON, models.PROTECT, related_name="+")
    four_eyes = models.BooleanField(default=False)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    data_key = data_key_field()
    reason_sealed = models.BinaryField(null=True)
    reason = SealedText("reason_sealed")
    seconds_open = models.PositiveIntegerField(default=0)
    share_edited = models.FloatField(default=0)
    #: Marks that rest on no source and for which the reviewer vouched: kind and words of each.
    vouched_sealed = models.BinaryField(null=True)
    vouched = SealedJSON("vouched_sealed")
    #: The control points at review and after release: kind → whether it held for the text that was decided on.
    points = models.JSONField(default=dict)
    decided_at = models.DateTimeField(auto_now_add=True)
    #: Whether the people named in what the reviewer typed were marked (``workbench.runs.typed``). Written again, it is looked through again.
    marked = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=("decided_at", "kind"), name="review_by_day"),
            models.Index(fields=("id",), condition=Q(marked=False), name="review_to_mark"),
        )
        constraints = (
            models.UniqueConstraint(fields=("run", "kind"), name="one_verdict_per_run"),
            models.CheckConstraint(
                condition=Q(four_eyes=False) | ~Q(reviewer=F("requester")), name="four_eyes_are_two_people"
            ),
        )

    def __str__(self) -> str:
        return f"{self.verdict} on run {self.run_id}"


class Plant(models.Model):
    """A copy of a draft with a labelled error in it, for the first reviewer. The draft itself stays as it is; the copy can never be released.

    ``content``: the copy, what stood there before and what stands there now, the sentence with the error, the results of its checks, and
    after the verdict what the reviewer had typed.
    """

    run = models.OneToOneField(Run, models.PROTECT, related_name="plant")
    kind = models.CharField(max_length=8)
    made_at = models.DateTimeField(auto_now_add=True)
    data_key = data_key_field()
    content_sealed = models.BinaryField()
    content = SealedJSON("content_sealed")
    reviewer = models.ForeignKey(_PERSON, models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    caught = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    #: Whether the people named in what the reviewer typed were marked, once it is decided (``workbench.runs.typed``).
    marked = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=("reviewer", "decided_at"), name="plant_by_reviewer"),
            models.Index(fields=("id",), condition=Q(marked=False, decided_at__isnull=False), name="plant_to_mark"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(reviewer=None, caught=None, decided_at=None) | Q(reviewer__isnull=False, caught__isnull=False, decided_at__isnull=False),
                name="plant_is_decided_by_somebody",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"planted error of run {self.run_id}"


class Case(models.Model):
    """Compliance reads the contents of a run, for a reason and for a while. The reason is sealed like what it is about, and erased with it."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="cases")
    opened_by = models.ForeignKey(_PERSON, models.PROTECT, related_name="cases")
    opened_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    data_key = data_key_field()
    reason_sealed = models.BinaryField()
    reason = SealedText("reason_sealed")
    #: Whether the people named in the reason were marked (``workbench.runs.typed``).
    marked = models.BooleanField(default=False)

    objects: ClassVar[CaseQuerySet] = CaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("opened_by", "run"), name="case_by_reader"),
            models.Index(fields=("id",), condition=Q(marked=False), name="case_to_mark"),
        )

    def __str__(self) -> str:
        return f"case {self.pk}"


class JobState(models.TextChoices):
    """``stopped``: the policy refused in the middle; what was not sent stays here with the reason."""

    OPEN = "open", _("In progress")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    CANCELLED = "cancelled", _("Cancelled")


class Job(models.Model):
    """A list of records for one automated prompt: every row becomes a run of its own, under the same rules as any other."""

    requester = models.ForeignKey(_PERSON, models.PROTECT, related_name="jobs")
    prompt_version = models.ForeignKey(PromptVersion, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.OPEN)
    total = models.PositiveIntegerField()
    consent = models.CharField(max_length=24, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    data_key = data_key_field()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("requester", "-id"), name="job_by_requester"),)
        constraints = (models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),)

    def __str__(self) -> str:
        return f"job {self.pk}"


class JobRow(models.Model):
    """One record of a job: as it was given, and its run, or why there is none."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    run = models.OneToOneField(Run, models.PROTECT, null=True, related_name="job_row")
    data_key = data_key_field()
    inputs_sealed = models.BinaryField()
    inputs = SealedJSON("inputs_sealed")
    fault_sealed = models.BinaryField(null=True)
    fault = SealedText("fault_sealed")
    #: Whether the people named in it were marked, where it was never sent (``workbench.runs.typed``).
    marked = models.BooleanField(default=False)

    class Meta:
        ordering = ("number",)
        indexes = (models.Index(fields=("id",), condition=Q(run=None, marked=False), name="row_to_mark"),)
        constraints = (
            models.UniqueConstraint(fields=("job", "number"), name="job_row_once"),
            models.CheckConstraint(condition=Q(run=None) | Q(fault_sealed=None), name="job_row_has_a_run_or_a_fault"),
        )

    def __str__(self) -> str:
        return f"row {self.number} of job {self.job_id}"
