"""The activity map, the policy of an activity, the prompt library and the tools."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies import permissions, scrubbing, services, tools
from policies.control_points import KINDS, Kind
from policies.forms import CONSEQUENCES, PARAMS, PolicyForm, ScrubbingForm
from policies.models import (
    Activity,
    AllowedWord,
    Category,
    IdentifierPattern,
    PolicyVersion,
    Prompt,
    PromptVersion,
    Stage,
    Tool,
)
from workbench.accounts.models import User
from workbench.gateway.pii import ScrubberUnavailable


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


@require_GET
def activity_map(request: HttpRequest) -> HttpResponse:
    """All stages and activities with who is responsible. Three queries."""
    activities = Activity.objects.visible_to(request.user).with_policy()
    stages = list(Stage.objects.prefetch_related(Prefetch("activities", queryset=activities)))
    cards = [activity for stage in stages for activity in stage.activities.all()]
    counts = dict.fromkeys([*Category.values, ""], 0)
    suspended = 0
    for activity in cards:
        deciding = activity.deciding[0] if activity.deciding else None
        activity.policy = deciding
        counts[deciding.category if deciding else ""] += 1
        suspended += bool(deciding and deciding.state == "suspended")
    coverage, x = [], 0.0
    for category, count in counts.items():
        width = 100 * count / len(cards) if cards else 0
        coverage.append(
            {"category": category, "count": count, "x": round(x, 2), "width": round(max(width - 0.4, 0), 2)}
        )
        x += width
    context = {
        "stages": stages,
        "total": len(cards),
        "covered": len(cards) - counts[""],
        "coverage": coverage,
        "without_goal": sum(
            1 for a in cards if a.policy and a.policy.category != "human_only" and a.policy.goal is None
        ),
        "without_policy": counts[""],
        "suspended": suspended,
    }
    return render(request, "policies/map.html", context)


@require_GET
def policy_list(request: HttpRequest) -> HttpResponse:
    """Every policy that decides now, as a table."""
    activities = Activity.objects.visible_to(request.user).with_policy()
    return render(request, "policies/list.html", {"activities": activities})


@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """The policy of one activity: for everybody to read, for leaders to decide anew."""
    activity = get_object_or_404(Activity.objects.select_related("stage"), slug=slug)
    versions = list(
        PolicyVersion.objects.visible_to(request.user)
        .filter(activity=activity)
        .select_related("decided_by", "accountable", "goal", "tool", "ended_by")
        .prefetch_related("control_points")
        .order_by("-number")
    )
    deciding = next((version for version in versions if version.state in {"in_force", "suspended"}), None)
    latest = versions[0] if versions else None
    may_decide = permissions.can_decide_policies(request.user)
    form = None
    if request.method == "POST":
        if not may_decide:
            raise PermissionDenied(_("Only leaders decide who is responsible for an activity."))
        form = PolicyForm(request.POST, activity=activity, before=latest)
        if form.is_valid() and (version := _decide(request, form, activity)) is not None:
            messages.success(request, _("Policy v%d is in force. The next call obeys it.") % version.number)
            return redirect("policies:policy", slug=slug)
    elif may_decide:
        form = PolicyForm(activity=activity, before=latest)
    points = {point.kind: point.params for point in deciding.control_points.all()} if deciding else {}
    context = {
        "activity": activity,
        "versions": versions,
        "deciding": deciding,
        "form": form,
        "points": [_point(kind, points[kind.name]) for kind in KINDS.values() if kind.name in points],
        "consequence": CONSEQUENCES.get(deciding.category, "") if deciding else "",
        "prompts": PromptVersion.objects.approved().filter(prompt__activity=activity).select_related("prompt"),
        "may_suspend": deciding is not None
        and deciding.state == "in_force"
        and permissions.can_suspend_policies(request.user),
    }
    return render(request, "policies/policy.html", context, status=422 if form is not None and form.is_bound else 200)


def _point(kind: Kind, params: Mapping[str, Any]) -> dict[str, Any]:
    """A control point in words: the kind, its place, and its parameter where it has one."""
    name, label, _least, _most = PARAMS.get(kind.name, ("", "", 0, 0))
    detail = f"{params[name]} {label}" if name in params else ""
    if params.get("unmark"):
        detail = _("false finds may stay readable")
    return {"kind": kind, "place": kind.place, "detail": detail}


def _decide(request: HttpRequest, form: PolicyForm, activity: Activity) -> PolicyVersion | None:
    """Put the form's decision in force, or leave its errors in the form."""
    data = form.cleaned_data
    human_only = data["category"] == Category.HUMAN_ONLY
    try:
        with transaction.atomic():
            goal, values = form.goal, form.goal_values()
            if values and (goal is None or any(getattr(goal, name) != value for name, value in values.items())):
                goal = services.set_goal(actor=_user(request), activity=activity, **values)
            return services.put_in_force(
                actor=_user(request),
                activity=activity,
                category=data["category"],
                rationale=data["rationale"],
                accountable=data["accountable"],
                goal=goal,
                tool=None if human_only else data["tool"],
                control_points=form.control_points(),
            )
    except ValidationError as error:
        for name, sentences in error.message_dict.items():
            target = {"goal": "measure"}.get(name, name)
            form.add_error(target if target in form.fields else None, sentences)
        return None


@require_POST
def suspend(request: HttpRequest, slug: str) -> HttpResponse:
    """The stop switch."""
    version = get_object_or_404(PolicyVersion, activity__slug=slug, state="in_force")
    services.suspend_policy(actor=_user(request), version=version)
    messages.success(request, _("Suspended. The next call is refused."))
    return redirect("policies:policy", slug=slug)


@require_GET
def prompts(request: HttpRequest) -> HttpResponse:
    """The library: approved prompts, findable by words."""
    words = request.GET.get("q", "").strip()
    versions = (
        PromptVersion.objects.approved()
        .select_related("prompt__activity__stage", "approved_by")
        .order_by("prompt__activity__stage__order", "prompt__activity__order", "prompt__title")
    )
    for word in words.split()[:6]:
        versions = versions.filter(prompt__title__icontains=word) | versions.filter(
            prompt__activity__name__icontains=word
        )
    policies = {version.activity_id: version for version in PolicyVersion.objects.deciding()}
    rows = [{"version": version, "policy": policies.get(version.prompt.activity_id)} for version in versions[:200]]
    return render(
        request, "policies/prompts.html", {"rows": rows, "q": words, "may_run": permissions.can_run(request.user)}
    )


@require_GET
def prompt(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Prompt.objects.select_related("activity__stage"), slug=slug)
    versions = list(
        PromptVersion.objects.visible_to(request.user)
        .filter(prompt=found)
        .select_related("author", "approved_by")
        .order_by("-number")
    )
    live = next((version for version in versions if version.state == "approved"), None)
    deciding = (
        PolicyVersion.objects.deciding()
        .select_related("accountable", "decided_by")
        .filter(activity=found.activity)
        .first()
    )
    context = {
        "prompt": found,
        "live": live,
        "versions": versions,
        "policy": deciding,
        "may_run": permissions.can_run(request.user),
    }
    return render(request, "policies/prompt.html", context)


@require_GET
def tool_list(request: HttpRequest) -> HttpResponse:
    if not permissions.can_see_tools(request.user):
        raise PermissionDenied(_("Tools are shown to leaders, compliance and administrators."))
    rows: list[dict[str, Any]] = [
        {"tool": tool, "ready": tools.endpoint(tool) is not None}
        for tool in Tool.objects.annotate(policies=Count("policy_versions__activity", distinct=True))
    ]
    return render(
        request, "policies/tools.html", {"rows": rows, "may_manage": permissions.can_manage_tools(request.user)}
    )


@require_POST
def tool_switch(request: HttpRequest, slug: str) -> HttpResponse:
    """Switch a tool on or off; the next call obeys."""
    tool = get_object_or_404(Tool, slug=slug)
    enabled = request.POST.get("enabled") == "1"
    services.switch_tool(actor=_user(request), tool=tool, enabled=enabled)
    messages.success(
        request,
        _("Switched on. The next call may use it.") if enabled else _("Switched off. The next call to it is refused."),
    )
    return redirect("policies:tools")


@require_http_methods(["GET", "POST"])
def scrubbing_rules(request: HttpRequest) -> HttpResponse:
    """The house's own patterns and words; a rule is tried on a text before it can be saved."""
    if not permissions.can_see_scrubbing(request.user):
        raise PermissionDenied(_("Scrubbing rules are shown to administrators and compliance."))
    form, trial = ScrubbingForm(), None
    if request.method == "POST":
        if not permissions.can_manage_scrubbing(request.user):
            raise PermissionDenied(_("Scrubbing rules are kept by administrators."))
        form = ScrubbingForm(request.POST)
        if form.is_valid():
            try:
                trial = _tried(request, form.cleaned_data)
            except ValidationError as faults:
                _add_faults(form, faults)
            except ScrubberUnavailable:
                form.add_error(None, _("The scrubber is not available, so nothing can be tried. Nothing was saved."))
            else:
                if trial is None:
                    messages.success(request, _("Saved. The next call obeys it."))
                    return redirect("policies:scrubbing")
    context = {
        "patterns": IdentifierPattern.objects.select_related("added_by"),
        "words": AllowedWord.objects.select_related("added_by"),
        "people": User.objects.count(),
        "may_manage": permissions.can_manage_scrubbing(request.user),
        "form": form,
        "trial": trial,
    }
    return render(request, "policies/scrubbing.html", context, status=422 if form.is_bound and form.errors else 200)


def _tried(request: HttpRequest, data: Mapping[str, Any]) -> scrubbing.Trial | None:
    """The trial of a rule, or None when it was saved."""
    actor = _user(request)
    value, sample = data["value"], data["sample"]
    if request.POST.get("act") != "save":
        if data["kind"] == "word":
            return scrubbing.try_word(text=value, sample=sample)
        return scrubbing.try_pattern(pattern=value, sample=sample)
    if data["kind"] == "word":
        scrubbing.add_word(actor=actor, text=value, sample=sample)
    else:
        scrubbing.add_pattern(actor=actor, name=data["name"], pattern=value, sample=sample)
    return None


def _add_faults(form: ScrubbingForm, faults: ValidationError) -> None:
    for name, texts in faults.message_dict.items():
        form.add_error({"pattern": "value"}.get(name, name if name in form.fields else None), texts)


@require_POST
def scrubbing_remove(request: HttpRequest) -> HttpResponse:
    """Take a pattern or a word away."""
    number = request.POST.get("pattern", "") or request.POST.get("word", "")
    pk = int(number) if number.isdigit() else 0
    if "pattern" in request.POST:
        scrubbing.remove_pattern(actor=_user(request), pattern=get_object_or_404(IdentifierPattern, pk=pk))
    else:
        scrubbing.remove_word(actor=_user(request), word=get_object_or_404(AllowedWord, pk=pk))
    messages.success(request, _("Removed. The next call no longer knows it."))
    return redirect("policies:scrubbing")
