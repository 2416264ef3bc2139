"""Learning: the paths, an exercise with its feedback, and one's own attempts."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies.differences import words_changed
from policies.models import Activity, Category
from policies.permissions import can_propose_prompts
from policies.views.base import person
from training import permissions, rubric, services
from training.models import Assignment, Attempt, Exercise, ExerciseVersion
from training.models.exercises import LANGUAGES, Kind, language_of_page
from training.overview import Progress, drafts, opened_by, progress_of, taken_away
from training.querysets import AttemptQuerySet
from training.services import ChangedElsewhere, Refused
from training.services.attempts import live_version, tidy
from training.services.exercises import missing
from training.standing import assigned_to
from training.views.proving import shown_proof
from training.views.shown import BOX_WORDS, shown_attempt, shown_changes
from training.views.windows import kept_line, new_window, window_of
from training.waiting import due_in_words
from workbench.accounts.models import User
from workbench.accounts.paging import key_of


@require_GET
def exercises(request: HttpRequest) -> HttpResponse:
    """The paths as they stand for whoever asks, in one language."""
    language = request.GET.get("language", "")
    if language not in dict(LANGUAGES):
        language = language_of_page()
    context: dict[str, Any] = {
        "paths": progress_of(person(request), language), "assigned": _asked(person(request)), "may_assign": permissions.can_see_assignments(request.user), "language": language, "other": "en" if language == "de" else "de",
    }  # fmt: skip
    if permissions.can_write_exercises(request.user):
        context |= {"may_write": True, "missing": len(missing()), "drafts": drafts(), "retired": taken_away()}
    return render(request, "training/exercises.html", context)


def _asked(user: User) -> list[tuple[Assignment, str]]:
    """What somebody is assigned, each with its day in words."""
    return [(one, due_in_words(one)) for one in assigned_to(user)]


@require_GET
def rubric_page(request: HttpRequest) -> HttpResponse:
    """The published rubric, and how it maps to frameworks that people know."""
    rows = [one | {"maps": [(box, parts) for box, parts in one["maps"].items()]} for one in rubric.frameworks()]
    return render(
        request,
        "training/rubric.html",
        {"criteria": list(rubric.criteria().values()), "frameworks": rows, "boxes": BOX_WORDS},
    )


def _exercise(slug: str) -> Exercise:
    found: Exercise = get_object_or_404(Exercise.objects.once_published().select_related("path"), slug=slug)
    return found


@require_GET
def exercise(request: HttpRequest, slug: str) -> HttpResponse:
    """An exercise: its material, the boxes with what is typed, and what the last check said."""
    found = _exercise(slug)
    version = live_version(found)
    if version is None:
        raise Http404
    now = _mine(request, found).open().first()
    return _page(request, found, now.version if now else version, now, {})


def _mine(request: HttpRequest, found: Exercise) -> AttemptQuerySet:
    mine = Attempt.objects.visible_to(person(request)).filter(exercise=found)
    return mine.select_related("version__exercise__path", "data_key")


def _page(
    request: HttpRequest, found: Exercise, version: ExerciseVersion, now: Attempt | None, more: Mapping[str, Any], status: int = 200
) -> HttpResponse:  # fmt: skip
    last = _mine(request, found).exclude(checked_at=None).first()
    progress = next((one for one in progress_of(person(request), found.language) if one.path.pk == found.path_id), None)
    asked = (one for one in assigned_to(person(request)) if one.path_id == found.path_id and one.counts(found.language))
    # What passed once and counts no more is done anew: with empty boxes, and without what finished it.
    again = bool(request.GET.get("again")) or bool(last and last.passed and _state(progress, found) != "passed")
    answers = (
        more.get(
            "answers", now.said if now else last.said if last and last.version_id == version.pk and not again else {}
        )
        or {}
    )
    shown = last if last and last.version_id == version.pk and not again else None
    context = {
        "exercise": found, "version": version, "path": found.path, "answers": answers, "last": last, "progress": progress, "assigned": next(asked, None),
        "number": (now.number if now else last.number + 1 if last else 1), "shown_number": now.number if now else last.number if shown and shown.passed and last else last.number + 1 if last else 1, "revision": now.revision if now else 0, "window": new_window(), **_urls(found), "place": _place(progress, found), "next": _next(progress, found),
        "finished": bool(shown and shown.passed), "categories": Category.choices, **shown_attempt(version, answers, shown), **more,
    }  # fmt: skip
    return render(request, "training/exercise.html", context, status=status)


def _state(progress: Progress | None, found: Exercise) -> str:
    steps = progress.steps if progress else []
    return next((step.state for step in steps if step.exercise.pk == found.pk), "")


def _urls(found: Exercise) -> dict[str, str]:
    """Where a window keeps what is typed, and where it sees what is kept."""
    return {
        "save_url": reverse("training:save", args=[found.slug]), "see_url": reverse("training:exercise", args=[found.slug]),
    }  # fmt: skip


def _place(progress: Progress | None, found: Exercise) -> int:
    return next((n for n, step in enumerate(progress.steps, 1) if step.exercise.pk == found.pk), 0) if progress else 0


def _next(progress: Progress | None, found: Exercise) -> Any:
    """The next exercise of the path that is not passed yet."""
    return (
        next((step for step in progress.steps if step.state != "passed" and step.exercise.pk != found.pk), None)
        if progress
        else None
    )


def _answers(version: ExerciseVersion, data: Any) -> dict[str, Any]:
    """What a form says, by the names that attempts keep."""
    if version.kind == Kind.PROMPT:
        return {box: data.get(box, "") for box in version.content["boxes"]}
    if version.kind == Kind.ERRORS:
        return {"lines": data.getlist("line")}
    items = range(len(version.content["items"]))
    return {
        "items": [
            {"category": data.get(f"category-{number}", ""), "reason": data.get(f"reason-{number}", "")}
            for number in items
        ]
    }


def _open(request: HttpRequest, found: Exercise) -> Attempt:
    try:
        return services.open_attempt(
            actor=person(request), exercise=found, shown=key_of(request.POST.get("version", ""))
        )
    except services.AnotherVersion:
        raise
    except Refused as refused:
        # It was taken away meanwhile, and there is nothing that could keep what stands in the fields.
        raise Refused(
            [*refused.messages, _("What you typed is still in the fields; copy it before you leave.")]
        ) from refused


def _window(now: Attempt, data: QueryDict) -> dict[str, Any]:
    """Which window it comes from. One that stands at an earlier attempt has not seen what was kept since."""
    window = window_of(data)
    if window["seen"] is not None and now.revision and data.get("attempt", str(now.number)) != str(now.number):
        window["seen"] = -1
    return window


@require_POST
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what is typed (a fragment). Called while typing."""
    found = _exercise(slug)
    fault = None
    try:
        now = _open(request, found)
        answers = _answers(now.version, request.POST)
        services.save_attempt(actor=person(request), attempt=now, answers=answers, **_window(now, request.POST))
    except Refused as refused:
        fault = refused
    return kept_line(request, fault, **_urls(found))


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Judge what was typed; the page shows what was found beside it. Asked for again, such as after a log-in: the page of the exercise."""
    found = _exercise(slug)
    if request.method == "GET":
        return redirect("training:exercise", slug=slug)
    if _checked_so(request, found):
        return redirect("training:exercise", slug=slug)
    now: Attempt | None = None
    try:
        now = _open(request, found)
        services.check_attempt(
            actor=person(request), attempt=now, answers=_answers(now.version, request.POST), **_window(now, request.POST)
        )  # fmt: skip
    except Refused as refused:
        return _refused(request, found, now, refused)
    if now.passed:
        messages.success(request, _("Finished. What it opens is open from this minute."))
    else:
        messages.success(request, _("Checked. What was found stands beside your words."))
    return redirect("training:exercise", slug=slug)


def _checked_so(request: HttpRequest, found: Exercise) -> bool:
    """Whether the attempt that this page shows was checked with just these answers: two clicks are one check, and what passed once is not passed again."""
    number = key_of(request.POST.get("attempt", ""))
    shown = _mine(request, found).filter(number=number or 0).exclude(checked_at=None).first()
    return shown is not None and tidy(shown.version, _answers(shown.version, request.POST)) == shown.said


def _refused(request: HttpRequest, found: Exercise, now: Attempt | None, refused: Refused) -> HttpResponse:
    """The page again, with what was typed and why it was not judged; also where the exercise was taken away meanwhile, or is another one by now."""
    version = now.version if now else _version_shown(request, found)
    if version is None:
        raise Http404
    typed = window_of(request.POST)
    more = {
        "answers": _answers(version, request.POST), "fault": " ".join(refused.messages), "changed": isinstance(refused, ChangedElsewhere),
        "window": typed["window"] or new_window(), "newer": isinstance(refused, services.AnotherVersion),
    }  # fmt: skip
    if typed["seen"] is not None:
        more["revision"] = typed["seen"]
    return _page(request, found, version, now, more, status=422)


def _version_shown(request: HttpRequest, found: Exercise) -> ExerciseVersion | None:
    """The version whose boxes hold what was typed."""
    number = key_of(request.POST.get("version", ""))
    shown = (
        found.versions.exclude(published_at=None).select_related("exercise__path").filter(number=number or 0).first()
    )
    return shown or live_version(found)


@require_GET
def attempt(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One of one's own attempts as it was, and what changed against the one before."""
    mine = (
        Attempt.objects.visible_to(request.user)
        .filter(exercise__slug=slug)
        .exclude(checked_at=None)
        .select_related("version__exercise__path", "data_key")
    )
    found = get_object_or_404(mine, number=number)
    before = mine.filter(number__lt=number).first()
    context = {
        "attempt": found, "version": found.version, "exercise": found.version.exercise, "path": found.version.exercise.path, "before": before,
        "changes": shown_changes(before, found, words_changed) if before else [], "later": mine.filter(number__gt=number).order_by("number").first(),
        "categories": Category.choices, **shown_attempt(found.version, found.said, found), **shown_proof(found), "activities": _fitting(request, found),
    }  # fmt: skip
    return render(request, "training/attempt.html", context)


def _fitting(request: HttpRequest, found: Attempt) -> list[Activity]:
    """The activities a prompt can be proposed for: those that the path opens first; nothing for who writes no prompts."""
    if not (found.passed and can_propose_prompts(request.user)):
        return []
    first = {activity.pk for activity in opened_by().get(found.version.exercise.path.qualification, [])}
    return sorted(Activity.objects.current(), key=lambda activity: (activity.pk not in first, activity.name))
