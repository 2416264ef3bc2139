"""Attempts: kept while they are typed, checked on demand, and never changed afterwards."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.retention import months_before
from audit.services import record
from policies.models import Category
from training import feedback, permissions
from training.judge.text import words
from training.models import Attempt, Completion, Exercise, ExerciseVersion, LearningPath, LevelCount
from training.models.attempts import GROUP
from training.models.exercises import Kind
from training.services.windows import ChangedElsewhere, Refused, kept_by, may_keep
from training.worksheets import length, text_of
from workbench.accounts.models import Qualification, User
from workbench.accounts.services import earn_qualification
from workbench.privacy.models import DataKey

MOST_KEPT = 200_000
MOST_CHECKED = 6_000


class AttemptRefused(Refused):
    """The attempt cannot be kept or checked as it is; the sentence says what was kept and what to do."""


class AnotherVersion(AttemptRefused):
    """What somebody answered is not the version that they would be judged by."""

    def __init__(self) -> None:
        super().__init__(
            _("Since you opened this page a new version of this exercise was published. What you typed is still in the fields, and not kept: look at the new version before you go on.")
        )  # fmt: skip


def live_version(exercise: Exercise) -> ExerciseVersion | None:
    """The published version that counts."""
    return exercise.versions.exclude(published_at=None).select_related("exercise__path").order_by("-number").first()


def open_attempt(*, actor: User, exercise: Exercise, shown: int | None = None) -> Attempt:
    """The attempt somebody is at, begun where there is none: with what the last one said if that did not pass, under the version published now.

    Args:
        shown: the number of the version that stood on the page; None takes whichever it is. Raises AnotherVersion where it is another one.
    """
    if not permissions.can_learn(actor):
        raise PermissionDenied(_("Exercises are for people who work here. Ask an administrator for a role."))
    found = _open(actor, exercise)
    version = live_version(exercise)
    if found is not None or version is None or exercise.retired_at is not None:
        if found is None:
            raise AttemptRefused(_("This exercise is not offered any more. Your earlier attempts are kept."))
        return _as_shown(found, shown)
    if shown not in {None, version.number}:
        raise AnotherVersion
    try:
        with transaction.atomic():
            last = (
                Attempt.objects.filter(learner=actor, exercise=exercise)
                .select_related("data_key")
                .order_by("-number")
                .first()
            )
            attempt = Attempt(
                learner=actor,
                exercise=exercise,
                version=version,
                number=last.number + 1 if last else 1,
                data_key=DataKey.make(),
            )
            # What finished the exercise is not written again: whoever does it anew begins with empty boxes.
            goes_on = last is not None and last.version_id == version.pk and not last.passed
            attempt.answers = last.said if last and goes_on else {}
            attempt.save()
    except IntegrityError:  # Another window was faster.
        found = _open(actor, exercise)
        if found is None:
            raise
        return _as_shown(found, shown)
    return attempt


def _as_shown(attempt: Attempt, shown: int | None) -> Attempt:
    if shown not in {None, attempt.version.number}:
        raise AnotherVersion
    return attempt


def _open(actor: User, exercise: Exercise) -> Attempt | None:
    mine = Attempt.objects.visible_to(actor).open().select_related("version__exercise__path", "data_key")
    return mine.filter(exercise=exercise).first()


@transaction.atomic
def save_attempt(
    *, actor: User, attempt: Attempt, answers: Mapping[str, Any], seen: int | None = None, window: str = ""
) -> Attempt:
    """Keep what is typed.

    Args:
        seen: the revision that was shown when the window was opened; None keeps whatever comes.
        window: which window types. The one that kept something last goes on, whatever revision it was shown.

    Raises AttemptRefused where it is too long to be kept, or was checked meanwhile in another window; ChangedElsewhere where another
    window kept something since.
    """
    require_own(actor, attempt)
    if length(answers) > MOST_KEPT:
        raise AttemptRefused(
            _(
                "Your text has more than 200,000 characters and is too long to be kept. It stays in the field; shorten it before you leave."
            )
        )
    attempt.answers = tidy(attempt.version, answers)
    still_open = Attempt.objects.filter(pk=attempt.pk, checked_at=None)
    if not still_open.filter(may_keep(seen, window)).update(
        answers_sealed=attempt.answers_sealed, saved_at=timezone.now(), marked=False, **kept_by(window)
    ):
        if still_open.exists():
            raise ChangedElsewhere
        raise AttemptRefused(
            _(
                "This attempt was checked in another window. Load the page again; what was checked is kept, and you can go on from there."
            )
        )
    return attempt


def check_attempt(
    *, actor: User, attempt: Attempt, answers: Mapping[str, Any], seen: int | None = None, window: str = ""
) -> Attempt:
    """Judge what was typed, keep it for good, and grant what it earns. Needs no model. ``seen`` and ``window``: as in ``save_attempt``.

    Raises AttemptRefused for what cannot be judged; what was typed is kept all the same. ChangedElsewhere judges and keeps nothing.
    """
    save_attempt(actor=actor, attempt=attempt, answers=answers, seen=seen, window=window)
    answers = attempt.said
    _require_judgeable(attempt.version, answers)
    rows = feedback.feedback_on(attempt.version, answers)
    with transaction.atomic():
        now = timezone.now()
        attempt.feedback, attempt.passed, attempt.checked_at = rows, feedback.passes(attempt.version, rows), now
        done = Attempt.objects.filter(pk=attempt.pk, checked_at=None).update(
            # What was judged is kept, whatever another window saved meanwhile.
            answers_sealed=attempt.answers_sealed, feedback_sealed=attempt.feedback_sealed, passed=attempt.passed, checked_at=now, marked=False,
        )  # fmt: skip
        if not done:
            raise AttemptRefused(
                _("This attempt was checked in another window. Load the page again to see what came of it.")
            )
        if attempt.number == 1:
            _count(attempt.version, rows)
        if attempt.passed:
            finish_path(learner=actor, path=attempt.exercise.path, language=attempt.exercise.language)
    return attempt


def tidy(version: ExerciseVersion, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers in the shape that attempts keep, whatever a form or a program sent: text of known boxes, lines that there are, a row for each item."""
    if version.kind == Kind.PROMPT:
        return {box: text for box in version.content["boxes"] if (text := text_of(answers.get(box)))}
    if version.kind == Kind.ERRORS:
        most = len(version.content["draft"]["text"].strip("\n").splitlines())
        given = answers.get("lines")
        numbers = (
            {int(line) for line in given if isinstance(line, int | str) and re.fullmatch(r"[0-9]{1,4}", str(line))}
            if isinstance(given, list | tuple)
            else set()
        )
        return {"lines": sorted(number for number in numbers if 0 < number <= most)}
    given = answers.get("items")
    rows = [row if isinstance(row, Mapping) else {} for row in given] if isinstance(given, list | tuple) else []
    rows += [{}] * len(version.content["items"])
    return {
        "items": [
            {"category": category if (category := row.get("category")) in Category.values else "", "reason": text_of(row.get("reason"))[:500]}
            for row, _item in zip(rows, version.content["items"], strict=False)
        ]
    }  # fmt: skip


def require_own(actor: User, attempt: Attempt) -> None:
    """Raises PermissionDenied: what somebody tried is nobody else's."""
    if attempt.learner_id != actor.pk:
        raise PermissionDenied(_("An attempt is the learner's alone."))


def _require_judgeable(version: ExerciseVersion, answers: Mapping[str, Any]) -> None:
    if version.kind == Kind.PROMPT:
        texts = [str(answers.get(box, "")) for box in version.content["boxes"]]
        material = sum(len(one["text"]) for one in version.content["material"])
        if (length := sum(map(len, texts))) > MOST_CHECKED + material:
            raise AttemptRefused(
                _(
                    "Your prompt has %(length)d characters; %(most)d are the most for this exercise. It is kept. Say the same with fewer words, and insert the material by its mark."
                )
                % {"length": length, "most": MOST_CHECKED + material}
            )
        if not any(map(str.strip, texts)):
            raise AttemptRefused(
                _(
                    "The boxes are empty. Write what you would tell a new colleague who is to do this for you, then check."
                )
            )
        if not any(words(text) for text in texts):
            raise AttemptRefused(
                _("There are no words in this that could be judged. It is kept. Write in sentences, then check.")
            )
    elif version.kind == Kind.ERRORS and not answers.get("lines"):
        raise AttemptRefused(
            _("No line is marked. Mark each line of the draft that the material does not bear out, then check.")
        )
    elif version.kind == Kind.SORT and not any(item.get("category") for item in answers.get("items", ())):
        raise AttemptRefused(
            _("Nothing is sorted yet. Choose for each activity who is responsible, say why, then check.")
        )


def _count(version: ExerciseVersion, rows: list[feedback.Row]) -> None:
    """Add to the anonymous counts: first attempts only, a level and nobody's name. Inside the caller's transaction.

    Trainers see what stood there when the last group of five was whole: no step from one day to the next is one person's.
    """
    levels = {row["criterion"]: row["level"] for row in rows if row.get("level") is not None}
    every = [LevelCount(version=version, criterion=name, level=level) for name in levels for level in range(3)]
    LevelCount.objects.bulk_create(every, ignore_conflicts=True)
    counts = list(LevelCount.objects.select_for_update().filter(version=version, criterion__in=levels).order_by("pk"))
    for count in counts:
        count.count += count.level == levels[count.criterion]
    totals = Counter[str]()
    for count in counts:
        totals[count.criterion] += count.count
    for count in counts:
        if totals[count.criterion] % GROUP == 0:
            count.shown = count.count
    LevelCount.objects.bulk_update(counts, ["count", "shown"])


def counts_from(
    path: LearningPath, completion: Completion | None, rights: Iterable[Qualification], now: datetime
) -> datetime:
    """From when on a passed exercise counts towards a path: since it was last finished, and no longer than the right itself would.

    Where the right has ended, by its day or because somebody took it back, everything is done anew: what was passed before that counts no more.

    Args:
        completion: the newest one of the path and language.
        rights: what the learner held or holds under the name of the path's qualification.
    """
    since = [months_before(now, path.months)]
    if completion is not None:
        since.append(completion.at)
    rights = list(rights)
    if rights and all(one.until is not None and one.until <= now for one in rights):
        since.append(max(one.until for one in rights if one.until is not None))
    return max(since)


def _counts_from(learner: User, path: LearningPath, language: str) -> datetime:
    last = Completion.objects.visible_to(learner).filter(path=path, language=language).first()
    return counts_from(path, last, learner.qualifications.filter(name=path.qualification), timezone.now())


def passed_since(learner: User, path: LearningPath, language: str) -> dict[int, Attempt]:
    """The newest passed attempt at each exercise of a path that counts (``counts_from``): by number of the exercise. Three queries."""
    passed = Attempt.objects.visible_to(learner).filter(
        exercise__path=path, exercise__language=language, passed=True, checked_at__gt=_counts_from(learner, path, language)
    )  # fmt: skip
    return {
        attempt.exercise_id: attempt for attempt in passed.select_related("version", "exercise").order_by("checked_at")
    }


def finish_path(*, learner: User, path: LearningPath, language: str) -> Completion | None:
    """Where every exercise of the path is passed: record it, and grant its qualification from this moment. Inside the caller's transaction."""
    # Whoever takes an exercise out of the path at this moment waits, or was first and is seen.
    LearningPath.objects.select_for_update(no_key=True).get(pk=path.pk)
    User.objects.select_for_update(no_key=True).get(pk=learner.pk)
    wanted = set(Exercise.objects.published().filter(path=path, language=language).values_list("pk", flat=True))
    passed = passed_since(learner, path, language)
    if not wanted or wanted - passed.keys():
        return None
    versions = {
        passed[pk].exercise.slug: [passed[pk].version.number, passed[pk].version.sha256] for pk in sorted(wanted)
    }
    said = ngettext(
        "Path “%(path)s” finished, %(count)d exercise", "Path “%(path)s” finished, %(count)d exercises", len(wanted)
    )
    earned = earn_qualification(
        person=learner, name=path.qualification, evidence=said % {"path": path, "count": len(wanted)},
        expires_at=months_before(timezone.now(), -path.months),
    )  # fmt: skip
    done = Completion.objects.create(
        learner=learner, path=path, language=language, qualification=earned, versions=versions
    )
    record(action="path.finished", actor=learner, object_type="completion", object_id=done.pk, path_id=path.pk, language=language)  # fmt: skip
    return done


def finish_path_for_all(*, path: LearningPath, language: str) -> None:
    """Finish a path for everybody who has passed all that it asks for now. Inside the transaction of whoever takes an exercise out of it."""
    LearningPath.objects.select_for_update(no_key=True).get(pk=path.pk)
    wanted = set(Exercise.objects.published().filter(path=path, language=language).values_list("pk", flat=True))
    if not wanted:
        return
    recent = Attempt.objects.filter(exercise__in=wanted, passed=True, checked_at__gt=months_before(timezone.now(), path.months))  # fmt: skip
    whole = recent.order_by().values("learner").annotate(exercises=Count("exercise", distinct=True)).filter(exercises=len(wanted))  # fmt: skip
    # Who has no access at the moment may come back, and has done it.
    for learner in User.objects.filter(pk__in=whole.values("learner"), erased_at=None).order_by("pk"):
        finish_path(learner=learner, path=path, language=language)
