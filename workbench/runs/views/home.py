"""Home: what waits for me, what I may use, what I did."""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from policies.models import Activity, ControlPoint, PolicyVersion, PromptVersion
from policies.permissions import can_review, can_run
from workbench.accounts.models import User
from workbench.runs.models import PRACTICE, Run, State
from workbench.runs.waiting import waiting_for


def usable_prompts(user: User, closed: Collection[int]) -> list[PromptVersion]:
    """Approved prompts of activities whose policy in force lets this person use AI, but for what is closed to them; each carries ``policy``.
    Two queries."""
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
        .filter(prompt__activity__in=policies.keys() - set(closed))
        .exclude(prompt__slug__in=PRACTICE.values())
        .order_by("prompt__activity__stage__order", "prompt__activity__order", "prompt__title")
    )
    for version in versions:
        version.policy = policies[version.prompt.activity_id]
    return versions


def missing_rights(user: User) -> dict[int, ControlPoint]:
    """By activity, what its policy in force asks for and this person does not hold now. One query, two where a policy asks for anything."""
    points = ControlPoint.objects.filter(
        kind="qualification", policy_version__state="in_force", policy_version__activity__retired_at=None
    ).select_related("policy_version__activity")
    asked = {point.policy_version.activity_id: point for point in points.order_by("policy_version__activity__name")}
    if not asked:
        return {}
    held = set(user.qualifications.held(on=timezone.now()).values_list("name", flat=True))
    return {activity: point for activity, point in asked.items() if point.params["name"] not in held}


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
    more = waiting_for(user)
    news = (
        PolicyVersion.objects.deciding()
        .filter(in_force_at__gte=timezone.now() - timedelta(days=7))
        .select_related("activity", "decided_by")
        .order_by("-in_force_at")[:4]
    )
    context = {
        "back": back,
        "review": review,
        "more": more,
        "waits": len(back) + len(review) + len(more),
        "waiting_with_reviewer": mine.filter(state=State.IN_REVIEW).count(),
        "prompts": usable_prompts(user, missing_rights(user))[:6],
        "runs": mine.for_list()[:6],
        "news": news,
        "undecided": Activity.objects.exclude(policy_versions__state="in_force").count()
        if "leader" in user.role_names
        else 0,
        "hour": timezone.localtime().hour,
    }
    return render(request, "runs/home.html", context)
