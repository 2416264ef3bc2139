"""The board, and how leaders change what stands on it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies import catalogue, permissions, services
from policies.figures import figures
from policies.forms import ActivityForm, StagesForm
from policies.fundamentals import missing_of
from policies.models import Activity, Category, PolicyVersion, Stage
from policies.progress import progress_of
from policies.suggestion import suggest
from policies.views.base import add_faults, person
from workbench.accounts.paging import key_of


def _require(request: HttpRequest) -> None:
    if not permissions.can_change_map(request.user):
        raise PermissionDenied(_("Only leaders change the activity map."))


@require_GET
def activity_map(request: HttpRequest) -> HttpResponse:
    """All stages and activities with who is responsible. Six queries and two for fundamentals, however many activities there are."""
    activities = Activity.objects.visible_to(request.user).current().with_policy()
    stages = list(Stage.objects.prefetch_related(Prefetch("activities", queryset=activities)))
    cards = [activity for stage in stages for activity in stage.activities.all()]
    counts = dict.fromkeys([*Category.values, ""], 0)
    volume = figures().weekly_runs() if cards else {}
    suspended = 0
    for activity in cards:
        deciding = activity.deciding[0] if activity.deciding else None
        activity.policy = deciding
        activity.weekly = volume.get(activity.pk, 0)
        counts[deciding.category if deciding else ""] += 1
        suspended += bool(deciding and deciding.state == "suspended")
    progress = {row.version.pk: row for row in progress_of([a.policy for a in cards if a.policy is not None])}
    lacking = missing_of([a.policy for a in cards if a.policy is not None])
    for activity in cards:
        if activity.policy is not None:
            activity.policy.progress = progress.get(activity.policy.pk)
            activity.policy.lacking = lacking.get(activity.policy.pk, [])
    coverage, x = [], 0.0
    for category, count in counts.items():
        width = 100 * count / len(cards) if cards else 0
        coverage.append(
            {"category": category, "count": count, "x": round(x, 2), "width": round(max(width - 0.4, 0), 2)}
        )
        x += width
    may_change = permissions.can_change_map(request.user)
    context = {
        "stages": stages,
        "total": len(cards),
        "longest": max((len(stage.activities.all()) for stage in stages), default=0),
        "covered": len(cards) - counts[""],
        "coverage": coverage,
        "without_goal": sum(
            1 for a in cards if a.policy and a.policy.category != "human_only" and a.policy.goal is None
        ),
        "without_policy": counts[""],
        "suspended": suspended,
        "may_change": may_change,
        "offered": len(catalogue.missing(get_language() or "en")) if may_change else 0,
        "drafts": set(
            PolicyVersion.objects.filter(state__in=("draft", "scheduled")).values_list("activity_id", flat=True)
        )
        if may_change
        else set(),
    }
    return render(request, "policies/map.html", context)


@require_http_methods(["GET", "POST"])
def activity_new(request: HttpRequest) -> HttpResponse:
    """Describe an activity; next comes who is responsible."""
    _require(request)
    chosen = request.GET.get("stage", "")
    form = ActivityForm(request.POST or None, initial={"stage": key_of(chosen)})
    return _activity_page(request, form, None)


@require_http_methods(["GET", "POST"])
def activity_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change how an activity is described."""
    _require(request)
    activity = get_object_or_404(Activity.objects.select_related("stage"), slug=slug)
    return _activity_page(request, ActivityForm(request.POST or None, activity=activity), activity)


def _activity_page(request: HttpRequest, form: ActivityForm, activity: Activity | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_activity(actor=person(request), activity=activity, **form.cleaned_data)
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(request, _("Saved.") if activity else _("Added. Now decide who is responsible."))
            return redirect("policies:policy", slug=saved.slug)
    context = {
        "form": form,
        "activity": activity,
        "has_stages": Stage.objects.exists(),
        "suggestion": suggest(activity.traits) if activity else None,
    }
    return render(request, "policies/activity_form.html", context, status=422 if form.is_bound else 200)


@require_POST
def activity_move(request: HttpRequest, slug: str) -> HttpResponse:
    """Move an activity up or down within its stage."""
    activity = get_object_or_404(Activity.objects.select_related("stage"), slug=slug)
    row = list(activity.stage.activities.current().order_by("order", "pk"))
    at = next((number for number, other in enumerate(row) if other.pk == activity.pk), 0)
    after = at + (2 if request.POST.get("way") == "down" else -1)
    before = row[after] if 0 <= after < len(row) else None
    if not (after < 0):
        services.move_activity(actor=person(request), activity=activity, stage=activity.stage, before=before)
    elif not permissions.can_change_map(request.user):
        raise PermissionDenied(_("Only leaders change the activity map."))
    return redirect("policies:activity_edit", slug=slug)


@require_POST
def activity_retire(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an activity off the map, or up again."""
    activity = get_object_or_404(Activity, slug=slug)
    if request.POST.get("back"):
        services.restore_activity(actor=person(request), activity=activity)
        messages.success(request, _("“%s” is on the map again. Nobody has decided about it yet.") % activity)
    else:
        services.retire_activity(actor=person(request), activity=activity)
        messages.success(request, _("“%s” is off the map. Its next call is refused; its record stays.") % activity)
    return redirect("policies:stages")


@require_http_methods(["GET", "POST"])
def stages(request: HttpRequest) -> HttpResponse:
    """The stages in order, and what was retired."""
    _require(request)
    now = [stage.name for stage in Stage.objects.all()]
    form = StagesForm(request.POST or None, initial={"stages": now})
    if request.method == "POST" and form.is_valid():
        names: list[str] = form.cleaned_data["stages"]
        try:
            services.set_stages(actor=person(request), names=names, renamed=_renamed(now, names))
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(request, _("The stages are saved."))
            return redirect("policies:map")
    context: dict[str, Any] = {
        "form": form,
        "retired": Activity.objects.exclude(retired_at=None).select_related("stage"),
    }
    return render(request, "policies/stages.html", context, status=422 if form.is_bound else 200)


def _renamed(now: list[str], wanted: list[str]) -> dict[str, str]:
    """A line that changed in its place, with no line added or taken away, is a stage that got another name."""
    if len(now) != len(wanted):
        return {}
    return {
        old: new for old, new in zip(now, wanted, strict=True) if old != new and old not in wanted and new not in now
    }


@require_POST
def adopt(request: HttpRequest) -> HttpResponse:
    """Take the starter catalogue over, in the language of the page."""
    count = catalogue.adopt(actor=person(request), language=get_language() or "en")
    messages.success(request, _("%d activities added. Open one to decide who is responsible.") % count)
    return redirect("policies:map")
