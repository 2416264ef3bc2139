"""How the fundamentals stand: all of them in a team, one of them over time, and the road that rests on them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from policies.models import Activity
from policies.views.base import add_faults, person
from training import permissions, services
from training.coaching import hint_for
from training.forms import AssessmentForm
from training.models import Assessment, Fundamental
from training.picture import MOST, pictures, standing, teams_of
from training.querysets import AssessmentQuerySet
from training.road import road
from workbench.accounts.paging import key_of

PAGE = 20


@require_GET
def fundamentals(request: HttpRequest) -> HttpResponse:
    """All fundamentals as they stand in one team, and in how many teams they are in place."""
    user, teams = person(request), teams_of(person(request))
    asked = key_of(request.GET.get("team", ""))
    team = next((one for one in teams if one.pk == (asked or user.team_id)), teams[0] if teams else None)
    may_edit = permissions.can_edit_fundamentals(user)
    context = {
        "rows": standing(user, teams, team), "teams": teams, "team": team, "may_edit": may_edit,
        "missing": len(services.missing_fundamentals()) if may_edit else 0,
        "retired": Fundamental.objects.exclude(retired_at=None) if may_edit else (),
    }  # fmt: skip
    return render(request, "training/fundamentals.html", context)


@require_GET
def fundamental(request: HttpRequest, slug: str) -> HttpResponse:
    """One fundamental: how it shows, how the teams stand over time, and what rests on it."""
    return _page(request, slug, None)


def _page(request: HttpRequest, slug: str, form: AssessmentForm | None) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(Fundamental.objects.visible_to(user), slug=slug)
    teams = teams_of(user)
    looks = Assessment.objects.visible_to(user).filter(fundamental=found)
    rows, older = _table(request, looks)
    may_assess = permissions.can_assess_fundamentals(user) and found.retired_at is None
    if form is None and may_assess and teams:
        form = AssessmentForm(teams=teams, initial={"team": key_of(request.GET.get("team", "")) or user.team_id})
    drawn = looks.defer("evidence_sealed", "source_sealed")[:MOST]
    context = {
        "fundamental": found, "words": found.words, "teams": teams, "rows": rows, "older": older, "form": form if may_assess else None,
        "plot": pictures(found, drawn, teams), "activities": Activity.objects.current().filter(fundamentals=found).with_policy(),
        "may_edit": permissions.can_edit_fundamentals(user), "may_assess": may_assess, "hint": hint_for(found) if may_assess else None,
    }  # fmt: skip
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "training/fundamental.html", context, status=status)


def _table(request: HttpRequest, looks: AssessmentQuerySet) -> tuple[list[Assessment], int | None]:
    """A page of looks, newest first, and the key behind which older ones begin."""
    key = key_of(request.GET.get("before", ""))
    if key is not None and (last := looks.filter(pk=key).first()):
        looks = looks.filter(Q(looked_on__lt=last.looked_on) | Q(looked_on=last.looked_on, pk__lt=last.pk))
    page = list(looks.select_related("team", "assessed_by", "data_key")[: PAGE + 1])
    return page[:PAGE], page[PAGE - 1].pk if len(page) > PAGE else None


@require_POST
def fundamental_assess(request: HttpRequest, slug: str) -> HttpResponse:
    """Say how a team stands, with what was looked at."""
    if not permissions.can_assess_fundamentals(request.user):
        raise PermissionDenied(_("Leaders assess how their teams stand."))
    found = get_object_or_404(Fundamental, slug=slug)
    form = AssessmentForm(request.POST, teams=teams_of(person(request)))
    if form.is_valid():
        try:
            services.assess_fundamental(actor=person(request), fundamental=found, **form.cleaned_data)
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(request, _("The assessment is kept. Earlier ones stay beside it."))
            return redirect("training:fundamental", slug=slug)
    return _page(request, slug, form)


@require_GET
def road_page(request: HttpRequest) -> HttpResponse:
    """The order of work for AI on the pipeline, and how far this house is."""
    steps = road()
    context = {"steps": steps, "standing": sum(step.stands for step in steps), "warned": sum(bool(step.warnings) for step in steps)}  # fmt: skip
    return render(request, "training/road.html", context)
