"""Attempts, notes of assignments, assessments, worksheets and entries of the coaching log in which a person can occur, for erasure and access requests (WORKBENCH_SUBJECT_RECORDS)."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from training.feedback import invented, typed_texts
from training.models import Assessment, Assignment, Attempt, CoachingEntry, Worksheet
from training.worksheets import texts
from workbench.privacy.records import Found
from workbench.runs.typed import Kind

_STILL = timedelta(minutes=1)


def records_of(keys: Collection[UUID]) -> Iterator[Found]:
    """What these keys seal. Whose attempts they are is nobody's business but the learner's, and a coaching entry that of the two concerned, so no
    name stands with them."""
    for attempt in Attempt.objects.filter(data_key__in=keys).select_related("version"):
        state = _("Checked") if attempt.checked_at else _("Being typed")
        yield Found(
            attempt.data_key_id,
            _("Attempt at an exercise"),
            attempt.version.title,
            attempt.started_at,
            _("a learner"),
            state,
            "",
        )
    for one in Assignment.objects.filter(data_key__in=keys).select_related("path", "assigned_by"):
        state = _("Ended") if one.ended_at else _("Open")
        place = reverse("training:assignment", args=[one.pk])
        yield Found(one.data_key_id, _("Note of an assignment"), str(one.path), one.created_at, str(one.assigned_by), state, place)  # fmt: skip
    for found in Assessment.objects.filter(data_key__in=keys).select_related("fundamental", "team", "assessed_by"):
        yield Found(
            found.data_key_id, _("Assessment of a fundamental"), f"{found.fundamental}, {found.team}", found.at, str(found.assessed_by),
            str(found.get_level_display()), reverse("training:fundamental", args=[found.fundamental.slug]),
        )  # fmt: skip
    sheets = Worksheet.objects.filter(data_key__in=keys).select_related("activity", "filler")
    for sheet in sheets.defer("title_sealed", "answers_sealed"):
        state = _("Finished") if sheet.finished_at else _("Being typed")
        yield Found(sheet.data_key_id, _("Worksheet"), f"{sheet.asks}, {sheet.activity}", sheet.begun_at, str(sheet.filler), state, "")  # fmt: skip
    for entry in CoachingEntry.objects.filter(data_key__in=keys):
        state = _("Done") if entry.done_at else _("Taken back") if entry.taken_back_at else _("Open")
        yield Found(entry.data_key_id, _("Entry of the coaching log"), str(entry.get_kind_display()), entry.noted_at, _("the manager of a team"), state, "")  # fmt: skip


def contents_of(keys: Collection[UUID]) -> Iterator[dict[str, Any]]:
    """What stands in them, for the person they are about."""
    for attempt in Attempt.objects.filter(data_key__in=keys, data_key__destroyed_at=None).select_related(
        "version__exercise", "data_key"
    ):
        yield {
            "record": "attempt at an exercise",
            "exercise": attempt.version.exercise.slug,
            "at": attempt.started_at,
            "given": attempt.said,
        }
    for one in Assignment.objects.filter(data_key__in=keys, data_key__destroyed_at=None).select_related(
        "path", "data_key"
    ):
        yield {"record": "note of an assignment", "path": one.path.slug, "at": one.created_at, "given": one.note_said}
    living = Assessment.objects.filter(data_key__in=keys, data_key__destroyed_at=None)
    for found in living.select_related("fundamental", "team", "data_key"):
        yield {
            "record": "assessment of a fundamental",
            "fundamental": found.fundamental.slug,
            "team": found.team.name,
            "at": found.at,
            "given": found.seen,
        }
    sheets = Worksheet.objects.filter(data_key__in=keys, data_key__destroyed_at=None)
    for sheet in sheets.select_related("activity", "data_key"):
        yield {
            "record": "worksheet",
            "form": sheet.form,
            "activity": sheet.activity.name,
            "at": sheet.begun_at,
            "title": sheet.called,
            "given": sheet.said,
        }
    for entry in CoachingEntry.objects.filter(data_key__in=keys, data_key__destroyed_at=None).select_related(
        "data_key"
    ):
        yield {
            "record": "entry of the coaching log",
            "kind": entry.kind,
            "on": entry.held_on,
            "at": entry.noted_at,
            "given": entry.agreed_said,
        }


def ended_before(moment: datetime) -> Q:
    """Notes of assignments that were ended before that moment, and worksheets that were finished or last typed at before it, and
    entries of the coaching log that were done or taken back.

    Attempts are the learner's, and assessments the picture over time; neither has a time after which it goes.
    """
    sheets = Worksheet.objects.filter(data_key=OuterRef("pk"))
    open_ones = sheets.open().filter(Q(saved_at__lte=moment) | Q(saved_at=None, begun_at__lte=moment))
    notes = Assignment.objects.filter(data_key=OuterRef("pk"), ended_at__lte=moment)
    entries = CoachingEntry.objects.filter(
        Q(done_at__lte=moment) | Q(taken_back_at__lte=moment), data_key=OuterRef("pk")
    )
    return (
        Q(Exists(notes)) | Q(Exists(entries)) | Q(Exists(sheets.filter(finished_at__lte=moment))) | Q(Exists(open_ones))
    )


def keys_typed_by(person: Any) -> set[UUID]:
    """All attempts of a person, the worksheets that are open or nobody else could read, and what the coaching log says of them: they go with their record.

    What somebody assessed is the house's, and so is a finished worksheet that the team works with. What a manager noted is of the other one, whose it stays.
    """
    attempts = Attempt.objects.filter(learner=person).values_list("data_key", flat=True)
    sheets = Worksheet.objects.of(person).filter(Q(finished_at=None) | Q(shared_with=None))
    entries = CoachingEntry.objects.filter(person=person).values_list("data_key", flat=True)
    return {key for key in (*attempts, *sheets.values_list("data_key", flat=True), *entries) if key}


def run_ids_of(keys: Collection[UUID]) -> tuple[int, ...]:
    """None of them is about a run."""
    return ()


def before_erasing(actor: Any, keys: Collection[UUID]) -> None:
    """What is being typed goes as a whole; a checked attempt, an assessment, a finished worksheet and an entry of the coaching log stay as the mark that there was one."""
    Attempt.objects.open().filter(data_key__in=keys).delete()
    Worksheet.objects.open().filter(data_key__in=keys).delete()


def typed() -> tuple[Kind, ...]:
    """What the sweeper looks through for people (WORKBENCH_TYPED): attempts as soon as nobody types at them any more."""
    attempts = Attempt.objects.filter(
        Q(checked_at__isnull=False) | Q(saved_at__lt=timezone.now() - _STILL), marked=False
    )
    notes = Assignment.objects.filter(marked=False).select_related("data_key")
    sheets = Worksheet.objects.filter(marked=False, saved_at__isnull=False).select_related("data_key")
    entries = CoachingEntry.objects.filter(marked=False).select_related("data_key")
    assessments = Assessment.objects.filter(marked=False).select_related("data_key")
    return (
        # An attempt names whom it names now; the people of its exercise are made up.
        Kind(
            attempts.select_related("version__exercise", "data_key"), lambda row: typed_texts(row.version, row.answers or {}), "answers_sealed", 20,
            as_now=True, invented=lambda row: invented(row.version),
        ),
        # Fewer, for they may be long.
        Kind(sheets, _written, "answers_sealed", 5, as_now=True),
        Kind(notes, lambda row: {"note": row.note or ""}, "note_sealed", 20),
        Kind(entries, lambda row: {"agreed": row.agreed}, "agreed_sealed", 20),
        Kind(assessments, lambda row: {"evidence": row.evidence, "source": row.source or ""}, "evidence_sealed", 20),
    )  # fmt: skip


def _written(sheet: Worksheet) -> dict[str, str]:
    return {str(number): text for number, text in enumerate(texts(sheet.title or "", sheet.answers or {}))}
