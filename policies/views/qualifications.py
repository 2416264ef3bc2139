"""Qualifications: what policies ask for, who holds it, on what it rests."""

import re
from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from policies.forms import QualificationForm
from policies.models import ControlPoint
from policies.views.base import add_faults, person
from workbench.accounts import permissions, services
from workbench.accounts.models import Qualification
from workbench.accounts.paging import key_of

PAGE = 50


@require_http_methods(["GET", "POST"])
def qualifications(request: HttpRequest) -> HttpResponse:
    """Who holds what, newest first, and a form to record another one."""
    if not permissions.can_see_qualifications(request.user):
        raise PermissionDenied(_("Qualifications are shown to trainers, leaders, compliance and administrators."))
    may_grant = permissions.can_grant_qualifications(request.user)
    form = QualificationForm(request.POST or None, actor=person(request))
    if request.method == "POST":
        if not may_grant:
            raise PermissionDenied(_("Qualifications are granted by trainers, leaders and administrators."))
        if form.is_valid() and _granted(request, form):
            return redirect("policies:qualifications")
    found = Qualification.objects.select_related("person", "granted_by", "revoked_by").order_by("-pk")
    asked = {key: request.GET.get(key, "").strip() for key in ("q", "name", "before", "ended")}
    if not asked["ended"]:
        found = found.filter(revoked_at=None)
    for word in map(re.escape, asked["q"].split()[:4]):
        found = found.filter(Q(person__first_name__iregex=word) | Q(person__last_name__iregex=word))
    if asked["name"]:
        found = found.filter(name=asked["name"])
    if (before := key_of(asked["before"])) is not None:
        found = found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    wanted = asked_for()
    context: dict[str, Any] = {
        "rows": page[:PAGE], "older": page[PAGE - 1].pk if len(page) > PAGE else None, "asked": asked, "wanted": wanted, "form": form,
        "names": sorted({row["name"] for row in wanted} | set(Qualification.objects.order_by().values_list("name", flat=True).distinct()[:200])),
        "may_grant": may_grant,
    }  # fmt: skip
    return render(request, "policies/qualifications.html", context, status=422 if form.is_bound else 200)


def _granted(request: HttpRequest, form: QualificationForm) -> bool:
    try:
        granted = services.grant_qualification(actor=person(request), **form.content())
    except ValidationError as error:
        add_faults(form, error, {"expires_at": "expires"})
        return False
    messages.success(request, _("Recorded. It counts for %s from the next call on.") % granted.person)
    return True


def asked_for() -> list[dict[str, Any]]:
    """What policies ask for now: name, activities, and how many people hold it. Two queries."""
    points = ControlPoint.objects.filter(
        kind="qualification", policy_version__state="in_force", policy_version__activity__retired_at=None
    ).select_related("policy_version__activity")
    activities: dict[str, list[Any]] = {}
    for point in points:
        activities.setdefault(str(point.params.get("name", "")), []).append(point.policy_version.activity)
    held = Qualification.objects.held(on=timezone.now()).filter(name__in=activities, person__is_active=True)
    count = Counter(dict(held.order_by().values_list("name").annotate(Count("person", distinct=True))))
    return [{"name": name, "activities": rows, "held": count[name]} for name, rows in sorted(activities.items())]


@require_POST
def qualification_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a qualification back; the next call obeys."""
    found = get_object_or_404(Qualification.objects.select_related("person").visible_to(request.user), pk=pk)
    services.revoke_qualification(actor=person(request), qualification=found)
    messages.success(request, _("Taken back. It does not count any more from the next call on."))
    return redirect("policies:qualifications")
