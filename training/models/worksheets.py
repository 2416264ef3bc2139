"""Worksheets: what people write down for work that stays with them. No model sees a word of it."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from policies.models import Activity
from training.querysets import WorksheetQuerySet
from training.worksheetfile import SheetForm, every_form
from workbench.accounts.models import Team
from workbench.privacy.fields import SealedJSON, SealedText, data_key_field
from workbench.privacy.models import Erased

if TYPE_CHECKING:
    from training.worksheets import Answers


class Worksheet(models.Model):
    """One form, filled in by one person for one activity. Kept while it is typed; finished, it never changes (the database refuses).

    It is that person's, and their team's to read where they share it.
    """

    filler = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="worksheets")
    #: Which questions were asked: short name and version of the form.
    form = models.SlugField()
    version = models.PositiveSmallIntegerField()
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="worksheets")
    data_key = data_key_field()
    title_sealed = models.BinaryField()
    title = SealedText("title_sealed")
    answers_sealed = models.BinaryField()
    answers = SealedJSON("answers_sealed")
    begun_at = models.DateTimeField(default=timezone.now)
    #: Nothing was typed yet where it is empty.
    saved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    #: The team that may read it. Whoever filled it in may belong to another one meanwhile; it stays with the one it was shown to.
    shared_with = models.ForeignKey(Team, models.SET_NULL, null=True, related_name="+")
    #: How often it was kept, and from which window last: a second window with an older text overwrites nothing.
    revision = models.PositiveIntegerField(default=0)
    window = models.CharField(max_length=16, blank=True)
    #: Whether it was looked through for people; see ``workbench.runs.typed``.
    marked = models.BooleanField(default=False)

    objects: ClassVar[WorksheetQuerySet] = WorksheetQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("filler", "-id"), name="worksheet_by_filler"),
            models.Index(
                fields=("shared_with", "-id"), condition=Q(shared_with__isnull=False), name="worksheet_by_team"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(saved_at__isnull=False), name="worksheet_is_filled_before_it_ends"
            ),
        )

    def __str__(self) -> str:
        return f"worksheet {self.pk} of {self.filler_id}"

    @cached_property
    def asks(self) -> SheetForm:
        """The form in the version that was filled in."""
        return every_form()[self.form, self.version]

    @property
    def gone(self) -> bool:
        """Whether what was written was erased."""
        return self.data_key.destroyed_at is not None

    @property
    def called(self) -> str:
        """Its title; nothing where none was given yet or where it was erased."""
        try:
            return self.title or ""
        except Erased:
            return ""

    @property
    def said(self) -> "Answers":
        """The answers; nothing where they were erased."""
        try:
            return self.answers or {}
        except Erased:
            return {}
