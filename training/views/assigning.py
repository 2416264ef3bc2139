"""Assignments: who has which path by when, and who is complete. Nothing else about anybody's learning is on these pages."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies.views.base import add_faults, person
from training import permissions, services
from training.forms import AssignmentForm
from training.models import Assignment
from training.standing import House, audience_shown_to, shown_to, tally
from training.views.shown import PAGE, page_after
from training.waiting import due_in_words
from workbench.accounts.models import User
from workbench.accounts.paging import key_of


def _require_manager(user: User) -> None:
    if not permissions.can_see_assignments(user):
        raise PermissionDenied(_("Assignments are shown to trainers, leaders and the managers of teams."))


@require_GET
def assignments(request: HttpRequest) -> HttpResponse:
    """What is assigned, newest first: to whom, by when, and how many are complete."""
    me = person(request)
    _require_manager(me)
    ended = bool(request.GET.get("ended"))
    found = Assignment.objects.visible_to(me).select_related("path", "assigned_by").order_by("-pk")
    found = found if ended else found.open()
    if (before := key_of(request.GET.get("before", ""))) is not None:
        found = found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    house, everybody = House.now(*({one.path_id for one in page} or {0})), permissions.can_see_every_assignment(me)
    house.learn(page)
    rows: list[dict[str, Any]] = [
        {"assignment": one, "audience": audience_shown_to(me, house.audience(one), everybody), "tally": tally(shown_to(me, house.standing(one), everybody)), "due": due_in_words(one)}
        for one in page[:PAGE]
    ]  # fmt: skip
    older = page[PAGE - 1].pk if len(page) > PAGE else None
    most = max((row["tally"].assigned for row in rows), default=0)
    context = {"rows": rows, "older": older, "ended": ended, "everybody": everybody, "most": most}
    return render(request, "training/assignments.html", context)


@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest) -> HttpResponse:
    """Assign a path to people, roles or teams."""
    me = person(request)
    _require_manager(me)
    form = AssignmentForm(request.POST or None, actor=me, initial={"path": request.GET.get("path", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.assign_path(actor=me, **form.content())
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(request, _("Assigned. Whoever is not complete yet was told."))
            return redirect("training:assignment", pk=made.pk)
    return render(request, "training/assign.html", {"form": form}, status=422 if request.method == "POST" else 200)


@require_GET
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """One assignment: for whoever has it what is asked of them, for whoever may see it who is complete."""
    me = person(request)
    mine = Assignment.objects.of(me).with_complete(me).filter(pk=pk).first()
    visible = Assignment.objects.visible_to(me).filter(pk=pk).exists()
    if mine is None and not visible:
        raise Http404
    found = get_object_or_404(Assignment.objects.select_related("path", "assigned_by", "ended_by", "data_key"), pk=pk)
    context: dict[str, Any] = {"assignment": found, "mine": mine, "due": due_in_words(found)}
    if visible:
        context |= _who(request, me, found)
    return render(request, "training/assignment.html", context)


def _who(request: HttpRequest, me: User, found: Assignment) -> dict[str, Any]:
    house = House.now(found.path_id)
    everybody = permissions.can_see_every_assignment(me)
    rows = shown_to(me, house.standing(found), everybody)
    wanted = {"open": False, "complete": True}.get(request.GET.get("show", ""))
    listed = [row for row in rows if wanted is None or row[1] is wanted]
    page, after = page_after(listed, request.GET.get("after", ""), lambda row: row[0].pk)
    return {
        "visible": True, "tally": tally(rows), "audience": audience_shown_to(me, house.audience(found), everybody), "rows": page, "after": after, "show": request.GET.get("show", ""),
        "may_end": found.ended_at is None and permissions.can_end_assignment(me, found),
    }  # fmt: skip


@require_POST
def assignment_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask it of nobody any more."""
    found = get_object_or_404(Assignment.objects.visible_to(person(request)), pk=pk)
    services.end_assignment(actor=person(request), assignment=found)
    messages.success(request, _("Ended. It is asked of nobody any more; what was done stays."))
    return redirect("training:assignment", pk=pk)
