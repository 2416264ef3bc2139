"""The prompt library."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from policies import permissions, services
from policies.models import PolicyVersion, Prompt, PromptVersion, Stage
from policies.views.base import person


@require_GET
def prompts(request: HttpRequest) -> HttpResponse:
    """The library: approved prompts by stage and activity, findable by words; favourites first."""
    words, stage = request.GET.get("q", "").strip(), request.GET.get("stage", "")
    versions = (
        PromptVersion.objects.approved()
        .filter(prompt__activity__retired_at=None)
        .select_related("prompt__activity__stage", "approved_by")
        .order_by("prompt__activity__stage__order", "prompt__activity__order", "prompt__title")
    )
    for word in words.split()[:6]:
        versions = versions.filter(
            Q(prompt__title__icontains=word) | Q(prompt__activity__name__icontains=word) | Q(goal__icontains=word)
        )
    if stage.isdigit():
        versions = versions.filter(prompt__activity__stage_id=int(stage))
    if request.GET.get("mine"):
        versions = versions.filter(prompt__favourite_of=person(request))
    policies = {version.activity_id: version for version in PolicyVersion.objects.deciding()}
    kept = set(Prompt.objects.filter(favourite_of=person(request)).values_list("pk", flat=True))
    rows = [
        {"version": version, "policy": policies.get(version.prompt.activity_id), "kept": version.prompt_id in kept}
        for version in versions[:200]
    ]
    rows.sort(key=lambda row: not row["kept"])
    context = {
        "rows": rows,
        "q": words,
        "stage": stage,
        "mine": bool(request.GET.get("mine")),
        "stages": Stage.objects.filter(activities__prompts__versions__state="approved").distinct(),
        "may_run": permissions.can_run(request.user),
    }
    return render(request, "policies/prompts.html", context)


@require_POST
def prompt_favourite(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a prompt among one's own, or not."""
    services.set_favourite(
        actor=person(request), prompt=get_object_or_404(Prompt, slug=slug), favourite=request.POST.get("keep") == "1"
    )
    return redirect("policies:prompt", slug=slug)


@require_GET
def prompt(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Prompt.objects.select_related("activity__stage", "successor"), slug=slug)
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
        "kept": found.favourite_of.filter(pk=person(request).pk).exists(),
        "prompt": found,
        "live": live,
        "versions": versions,
        "policy": deciding,
        "may_run": permissions.can_run(request.user),
    }
    return render(request, "policies/prompt.html", context)
