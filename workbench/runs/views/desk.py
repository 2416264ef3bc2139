"""The review desk: the queue, one draft beside its source, and the verdict."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from policies.control_points import KINDS
from policies.permissions import can_review
from workbench.accounts.models import User
from workbench.gateway.pii import type_of
from workbench.runs import permissions, services
from workbench.runs.models import Run, State
from workbench.runs.views.run import PAGE, run_context

QUEUE = 50


def _require_reviewer(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]
    if not can_review(user):
        raise PermissionDenied(_("The review desk is for reviewers. Ask an administrator for the role “reviewer”."))
    return user


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The first draft that waits, or the empty desk."""
    user = _require_reviewer(request)
    first = (
        Run.objects.visible_to(user).waiting_for_review().exclude(requester=user).values_list("pk", flat=True).first()
    )
    if first is not None:
        return redirect("runs:review", pk=first)
    return render(
        request, "runs/desk_empty.html", {"own": Run.objects.filter(requester=user, state=State.IN_REVIEW).count()}
    )


@require_GET
def review(request: HttpRequest, pk: int) -> HttpResponse:
    user = _require_reviewer(request)
    return _desk_page(request, user, _waiting(user, pk))


def _waiting(user: User, pk: int) -> Run:
    runs = Run.objects.visible_to(user).exclude(category="sparring_partner")
    return get_object_or_404(
        runs.select_related("activity", "prompt_version__prompt", "policy_version__accountable", "tool", "data_key", "requester", "person_of_record"),
        pk=pk,
    )  # fmt: skip


def _desk_page(request: HttpRequest, user: User, run: Run, *, status: int = 200, **extra: object) -> HttpResponse:
    four_eyes = services.obligation_params(run, "four_eyes") is not None
    role = str((services.obligation_params(run, "reviewer_role") or {}).get("role", ""))
    context = run_context(run, user)
    queue = Run.objects.visible_to(user).for_list().waiting_for_review().exclude(requester=user)[: QUEUE + 1]
    decided = bool(context["verdict"]) or (
        run.state == State.RELEASED and any(r.kind == "sample" for r in context["reviews"])
    )
    lines = []
    for field in context.get("inputs", ()):
        for number, line in enumerate(field["value"].splitlines() or [""]):
            lines.append({"text": line, "label": field["label"] if number == 0 else ""})
    checks = [
        {"label": KINDS[check["kind"]].label, "ok": check["ok"], "marks": check["marks"]}
        for check in context.get("checks") or ()
        if check["kind"] in KINDS
    ]
    mapping = run.mapping or {} if not context.get("erased") else {}
    missing = [
        {"placeholder": mark, "original": mapping.get(mark, "")}
        for mark in (context["output"].missing if context["output"] else [])
    ]
    context |= {
        "queue": list(queue),
        "four_eyes": four_eyes,
        "may_decide": permissions.can_review_run(user, run, four_eyes=four_eyes, role=role) and not decided,
        "decided": decided,
        "sample": run.state == State.RELEASED and run.sampled,
        "source": lines,
        "shown_checks": checks,
        "missing": missing,
        "invented": [
            {"mark": mark, "type": type_of(mark).removeprefix("NEW_")}
            for mark in (context["output"].unexpected if context["output"] else [])
            if mark.startswith("[NEW_")
        ],
        "left": run.outbound["information"] if run.outbound else "",
        "typed": {},
    }
    return render(request, "runs/review.html", context | extra, status=status)


@require_POST
def verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide. On success the next draft that waits is shown."""
    user = _require_reviewer(request)
    run = _waiting(user, pk)
    opened = request.POST.get("seconds_open", "0")
    try:
        decided = services.review_run(
            actor=user,
            run=run,
            verdict=request.POST.get("verdict", ""),
            text=request.POST["text"].replace("\r\n", "\n") if "text" in request.POST else None,
            reason=request.POST.get("reason", ""),
            seconds_open=int(opened) if opened.isdigit() else 0,
        )
    except services.RunRefused as refusal:
        run.refresh_from_db()
        return _desk_page(request, user, run, status=422, fault=" ".join(refusal.messages), typed=request.POST)
    words = {
        "approved": _("Approved."),
        "edited": _("Edited and approved."),
        "rejected": _("Rejected. The reason went to %s.") % run.requester,
    }
    messages.success(request, words[decided.verdict])
    return redirect("runs:desk")


@require_GET
def decided(request: HttpRequest) -> HttpResponse:
    """Drafts that were decided on, newest first."""
    user = _require_reviewer(request)
    before = request.GET.get("before", "")
    runs = (
        Run.objects.visible_to(user)
        .for_list()
        .filter(reviews__kind__in=("release", "sample"))
        .select_related("person_of_record")
    )
    if before.isdigit():
        runs = runs.filter(pk__lt=int(before))
    page = list(runs.distinct()[: PAGE + 1])
    return render(
        request, "runs/decided.html", {"runs": page[:PAGE], "older": page[PAGE - 1].pk if len(page) > PAGE else None}
    )
