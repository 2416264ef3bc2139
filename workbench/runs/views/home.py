"""Home: what waits for me, what I may use, what I did."""

from datetime import timedelta

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from policies.models import Activity, PolicyVersion, PromptVersion
from policies.permissions import can_review, can_run
from workbench.accounts.models import User
from workbench.runs.models import Run, State


def usable_prompts(user: User) -> list[PromptVersion]:
    """Approved prompts of activities whose policy in force lets this person use AI; each carries ``policy``. Two queries."""
    if not can_run(user):
        return []
    policies = {
        version.activity_id: version
        for version in PolicyVersion.objects.filter(state="in_force")
        .exclude(category="human_only")
        .select_related("activity__stage")
    }
    versions = list(
        PromptVersion.objects.approved()
        .select_related("prompt__activity__stage")
        .filter(prompt__activity__in=policies)
        .order_by("prompt__activity__stage__order", "prompt__activity__order", "prompt__title")
    )
    for version in versions:
        version.policy = policies[version.prompt.activity_id]
    return versions


def home(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    mine = Run.objects.asked_for(user)
    back = list(
        mine.for_list().filter(
            Q(state__in=(State.FAILED, State.REJECTED, State.BLOCKED, State.EXPIRED), retries=None)
            | Q(state=State.ANSWERED) & ~Q(reviews__kind="note")
        )[:5]
    )
    review = (
        list(Run.objects.visible_to(user).for_list().waiting_for_review().exclude(requester=user)[:5])
        if can_review(user)
        else []
    )
    news = (
        PolicyVersion.objects.deciding()
        .filter(in_force_at__gte=timezone.now() - timedelta(days=7))
        .select_related("activity", "decided_by")
        .order_by("-in_force_at")[:4]
    )
    context = {
        "back": back,
        "review": review,
        "waits": len(back) + len(review),
        "waiting_with_reviewer": mine.filter(state=State.IN_REVIEW).count(),
        "prompts": usable_prompts(user)[:6],
        "runs": mine.for_list()[:6],
        "news": news,
        "undecided": Activity.objects.exclude(policy_versions__state="in_force").count()
        if "leader" in user.role_names
        else 0,
        "hour": timezone.localtime().hour,
    }
    return render(request, "runs/home.html", context)
