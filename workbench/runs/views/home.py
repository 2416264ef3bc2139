"""Home: what waits for me, what I may use, what I did."""

from datetime import timedelta

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from policies.models import Activity, PolicyVersion
from policies.permissions import can_review
from workbench.accounts.models import User
from workbench.runs.models import Run, State
from workbench.runs.usable import missing_rights, usable_prompts
from workbench.runs.waiting import waiting_for


def home(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    mine = Run.objects.asked_for(user)
    back = list(
        # What a program asked is its own to take up; hundreds of calls a day wait for nobody here.
        mine.for_list()
        .filter(token=None)
        .filter(
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
