"""The evidence of AI literacy: counts by path, what people were offered and did, and the file to take along."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from audit.streams import rows as stream_rows
from policies.views.base import person
from training import permissions, xapi
from training.evidence import Learner, evidence, take_evidence
from training.views.shown import page_after
from workbench.accounts.models import Role, Team

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@never_cache
@require_GET
def evidence_page(request: HttpRequest) -> HttpResponse:
    """Counts per path, by role or by team, and people by name, a page at a time."""
    if not permissions.can_see_evidence(request.user):
        raise PermissionDenied(_("The evidence is for compliance, leaders and trainers."))
    found = evidence()
    asked = {key: request.GET.get(key, "").strip()[:100] for key in ("q", "role", "team", "by", "after")}
    rows, after = page_after(
        [one for one in found.learners if _fits(one, asked)], asked["after"], lambda one: one.person.pk
    )
    by_team, most = asked["by"] == "team", max((one.total.assigned for one in found.paths), default=0)
    context: dict[str, Any] = {
        "paths": [_shown(one, by_team) for one in found.paths], "most": most, "by_team": by_team, "rows": rows, "after": after, "asked": asked,
        "roles": Role.choices, "teams": Team.objects.all(), "certificates": permissions.can_see_every_certificate(request.user),
        "stores": stream_rows(xapi.streams()),
    }  # fmt: skip
    return render(request, "training/evidence.html", context)


def _shown(one: Any, by_team: bool) -> dict[str, Any]:
    labels = dict(Role.choices)
    groups = (
        [(name or _("without a team"), tally) for name, tally in sorted(one.by_team.items())]
        if by_team
        else [(labels[name], one.by_role[name]) for name in labels if name in one.by_role]
    )
    return {"path": one.path, "total": one.total, "groups": groups}


def _fits(one: Learner, asked: dict[str, str]) -> bool:
    return (
        asked["q"].casefold() in one.name.casefold()
        and (not asked["role"] or asked["role"] in one.person.role_names)
        and (not asked["team"] or str(one.person.team_id) == asked["team"])
    )


@require_POST
def evidence_file(request: HttpRequest) -> HttpResponseBase:
    """Everything as CSV or JSON; the log says that it was taken along."""
    form = request.POST.get("format", "csv")
    if form not in TYPES:
        raise Http404
    answer = StreamingHttpResponse(take_evidence(actor=person(request), form=form), content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="ai-literacy.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer
