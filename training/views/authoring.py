"""Writing exercises: a file, its preview, and publishing it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from policies.models import Category
from policies.views.base import person
from policies.yamlfile import FileRefused
from training import permissions, services
from training.forms import ExerciseForm
from training.models import Exercise, ExerciseVersion, LevelCount
from training.services.exercises import CATALOGUE
from training.statistics import hardest
from training.views.shown import shown_attempt

_EXAMPLE = CATALOGUE / "en" / "recap-with-a-gap.yaml"


def _require_author(request: HttpRequest) -> None:
    if not permissions.can_write_exercises(request.user):
        raise PermissionDenied(_("Exercises are written by trainers."))


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write an exercise that is not there yet; it begins as an example to change."""
    _require_author(request)
    if request.method == "GET":
        example = _EXAMPLE.read_text(encoding="utf-8").replace("slug: recap-with-a-gap", "slug: my-exercise", 1)
        return render(request, "training/edit.html", {"form": ExerciseForm(initial={"source": example})})
    return _save(request, None)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write on an exercise: what is published stays until the draft is published."""
    _require_author(request)
    exercise = get_object_or_404(Exercise, slug=slug)
    return _save(request, exercise) if request.method == "POST" else _page(request, exercise)


def _page(
    request: HttpRequest, exercise: Exercise | None, form: ExerciseForm | None = None, **more: Any
) -> HttpResponse:
    """The file and its preview. With ``form`` it was refused: what somebody typed stands in the box, and carries what they were shown."""
    version = _newest(exercise)
    if form is None:
        form = ExerciseForm(initial={"source": version.source if version else ""})
    context = {
        "form": form, "exercise": exercise, "seen": _seen(request) if form.is_bound else version.sha256 if version else "", **_preview(version), **more,
    }  # fmt: skip
    return render(request, "training/edit.html", context, status=422 if form.is_bound else 200)


def _newest(exercise: Exercise | None) -> ExerciseVersion | None:
    return exercise.versions.order_by("-number").first() if exercise else None


def _seen(request: HttpRequest) -> str:
    """The SHA-256 of the text that whoever sends this has looked at; where they were told of another one, of that."""
    return request.POST.get("replace") or request.POST.get("seen", "")


def _save(request: HttpRequest, exercise: Exercise | None) -> HttpResponse:
    form = ExerciseForm(request.POST)
    if not form.is_valid():
        return _page(request, exercise, form)
    source = form.cleaned_data["source"]
    try:
        kept = services.save_exercise(actor=person(request), source=source, exercise=exercise, seen=_seen(request))
    except FileRefused as refused:
        return _page(request, exercise, form, faults=refused.faults)
    except services.ExerciseChanged as refused:
        return _page(request, exercise, form, fault=" ".join(refused.messages), changed=True)
    messages.success(request, _("Kept as a draft. Below is how learners will see it."))
    return redirect("training:edit", slug=kept.exercise.slug)


def _preview(version: ExerciseVersion | None) -> dict[str, object]:
    if version is None:
        return {}
    counts = list(LevelCount.objects.filter(version__exercise=version.exercise))
    return {
        "version": version, "draft": version if version.published_at is None else None, "categories": Category.choices, "hardest": hardest(counts),
        **shown_attempt(version, {}, None),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish the draft that was shown: learners get it from now on. Asked for again, such as after a log-in: the page of the file."""
    _require_author(request)
    exercise = get_object_or_404(Exercise, slug=slug)
    if request.method == "GET":
        return redirect("training:edit", slug=slug)
    try:
        version = _shown_draft(request, exercise)
        services.publish_exercise(actor=person(request), version=version, seen=_seen(request))
    except services.Refused as refused:
        newest = _newest(exercise)
        typed = request.POST.get("source", newest.source if newest else "")
        changed = isinstance(refused, services.ExerciseChanged)
        return _page(
            request, exercise, ExerciseForm({"source": typed}), fault=" ".join(refused.messages), changed=changed
        )
    messages.success(
        request, _("Published as version %d. Attempts at earlier versions stay as they are.") % version.number
    )
    return redirect("training:edit", slug=slug)


def _shown_draft(request: HttpRequest, exercise: Exercise) -> ExerciseVersion:
    """The draft, where the box holds nothing beyond it. Raises Refused."""
    version = _newest(exercise)
    if version is None or version.published_at is not None:
        raise services.Refused(_("This version is published already."))
    typed = request.POST.get("source", version.source).replace("\r\n", "\n")
    if _seen(request) == version.sha256 and typed != version.source:
        raise services.Refused(
            _("What stands in the box is not kept yet. Keep it as a draft and look at the preview, then publish.")
        )
    return version


@require_POST
def retire(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer the exercise to nobody any more."""
    _require_author(request)
    services.retire_exercise(actor=person(request), exercise=get_object_or_404(Exercise, slug=slug))
    messages.success(request, _("Taken away. Attempts stay; the path is finished without it."))
    return redirect("training:exercises")


@require_POST
def adopt(request: HttpRequest) -> HttpResponse:
    """Take over the starter exercises that are missing."""
    count = services.adopt_exercises(actor=person(request))
    said = ngettext("%d exercise came in and can be done now.", "%d exercises came in and can be done now.", count)
    messages.success(request, said % count if count else _("Nothing was missing: all of them are here."))
    return redirect("training:exercises")
