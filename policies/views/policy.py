"""The policies as a table, and the decision about one activity."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies import catalogue, permissions, services
from policies.control_points import KINDS, Kind
from policies.differences import policy_data, policy_differences, policy_history
from policies.figures import figures
from policies.forms import CONSEQUENCES, PolicyForm
from policies.fundamentals import KIND as FUNDAMENTALS
from policies.fundamentals import fundamentals, required
from policies.models import Activity, Category, Goal, PolicyState, PolicyVersion, PromptState, PromptVersion
from policies.suggestion import suggest, usual_points
from policies.views.base import add_faults, person
from policies.worksheets import worksheets_for


@require_GET
def policy_list(request: HttpRequest) -> HttpResponse:
    """Every policy that decides now, as a table."""
    activities = Activity.objects.visible_to(request.user).current().with_policy()
    return render(request, "policies/list.html", {"activities": activities})


@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """The policy of one activity: for everybody to read, for leaders to prepare and decide."""
    activity = get_object_or_404(Activity.objects.select_related("stage"), slug=slug)
    versions = _versions(request, activity)
    draft = next((version for version in versions if version.state == PolicyState.DRAFT), None)
    may_decide = permissions.can_decide_policies(request.user) and activity.retired_at is None
    before = draft or (versions[0] if versions else None)
    form = None
    if request.method == "POST":
        if not permissions.can_decide_policies(request.user):
            raise PermissionDenied(_("Only leaders decide who is responsible for an activity."))
        form = PolicyForm(request.POST, activity=activity, before=before, actor=person(request))
        if form.is_valid() and (version := _decide(request, form, activity)) is not None:
            messages.success(request, _said(version))
            return redirect("policies:policy", slug=slug)
        if request.POST.get("act") != "draft":
            # Everything that is missing at once, beside what is wrong.
            _add_gaps(form)
    elif may_decide:
        form = PolicyForm(activity=activity, before=before, actor=person(request))
    context = _context(request, activity, versions, draft) | {"form": form}
    if form is not None:
        context |= {"usual": usual_points(activity.data), **_undecided(activity)}
    return render(request, "policies/policy.html", context, status=422 if form is not None and form.is_bound else 200)


def _add_gaps(form: PolicyForm) -> None:
    for name, sentence in form.gaps().items():
        target = name if name in form.fields else None
        if target not in form.errors:
            form.add_error(target, sentence)


def _undecided(activity: Activity) -> dict[str, Any]:
    """The activity after this one about which nobody has decided, and how many there are. One query."""
    found = Activity.objects.current().exclude(policy_versions__state__in=("in_force", "suspended", "scheduled"))
    rows = list(found.exclude(pk=activity.pk).select_related("stage").order_by("stage__order", "order", "pk"))
    here = (activity.stage.order, activity.order, activity.pk)
    after = (row for row in rows if (row.stage.order, row.order, row.pk) > here)
    return {"undecided": next(after, rows[0] if rows else None), "undecided_count": len(rows)}


def _versions(request: HttpRequest, activity: Activity) -> list[PolicyVersion]:
    return list(
        PolicyVersion.objects.visible_to(request.user)
        .filter(activity=activity)
        .select_related("decided_by", "accountable", "goal", "tool", "ended_by", "override__by", "override__data_key")
        .prefetch_related("control_points")
        .order_by("-number")[:50]
    )


def _context(
    request: HttpRequest, activity: Activity, versions: list[PolicyVersion], draft: PolicyVersion | None
) -> dict[str, Any]:
    deciding = next((version for version in versions if version.state in {"in_force", "suspended"}), None)
    scheduled = next((version for version in versions if version.state == PolicyState.SCHEDULED), None)
    points = deciding.points if deciding else {}
    prompts = list(PromptVersion.objects.approved().filter(prompt__activity=activity).select_related("prompt"))
    # Each version beside the one it followed, so that the list reads as a history of changes.
    history = [
        {"version": version, "words": words}
        for version, words in policy_history(versions)
        if version.state != PolicyState.DRAFT
    ]
    rests_on = _rests_on(activity, deciding or draft)
    return {
        "activity": activity,
        "history": history,
        "deciding": deciding,
        "scheduled": scheduled,
        "draft": draft,
        "draft_changes": list(policy_differences(policy_data(deciding) if deciding else None, policy_data(draft)))
        if draft
        else [],
        "suggestion": suggest(activity.traits),
        "goal_examples": catalogue.goal_examples(activity.slug, get_language() or "en"),
        "points": [_point(kind, points[kind.name], rests_on) for kind in KINDS.values() if kind.name in points],
        "rests_on": rests_on,
        "worksheets": worksheets_for(activity) if activity.retired_at is None else [],
        "planted": _planted(request, activity) if "planted_error" in points else None,
        "consequence": CONSEQUENCES.get(deciding.category, "") if deciding else "",
        "prompts": prompts,
        "has_schema": any(version.output_schema is not None for version in prompts),
        "waiting_prompts": PromptVersion.objects.visible_to(request.user)
        .filter(prompt__activity=activity, state=PromptState.IN_REVIEW)
        .select_related("prompt")[:5]
        if not prompts
        else (),
        "may_change": permissions.can_change_map(request.user),
        "may_suspend": deciding is not None
        and deciding.state == "in_force"
        and permissions.can_suspend_policies(request.user),
    }


def _rests_on(activity: Activity, version: PolicyVersion | None) -> list[dict[str, Any]]:
    """The fundamentals under this activity as they stand in the team of whoever answers for it; those the policy asks for first."""
    asked = required(version.category, version.points) if version else []
    team_id = version.accountable.team_id if version and version.accountable else None
    slugs = dict.fromkeys([*asked, *fundamentals().under(activity)])
    standings = fundamentals().standings([(slug, team_id) for slug in slugs])
    return [{"standing": standings[slug, team_id], "asked": slug in asked} for slug in slugs]


def _planted(request: HttpRequest, activity: Activity) -> dict[str, Any] | None:
    """How reviews of this activity fare with planted errors: one figure, for those who may see it; without one until there is one."""
    if not permissions.can_see_planted(request.user):
        return None
    found = figures().planted(activity)
    return {"seen": found[0], "of": found[1]} if found else {"of": 0}


def _point(kind: Kind, params: Mapping[str, Any], rests_on: list[dict[str, Any]]) -> dict[str, Any]:
    """A control point in words: the kind, its place, and what it was told; fundamentals by their names."""
    told = ", ".join(one["standing"].name for one in rests_on if one["asked"]) if kind.name == FUNDAMENTALS else ""
    return {"kind": kind, "place": kind.place, "detail": told or kind.in_words(params)}


def _said(version: PolicyVersion) -> str:
    if version.state == PolicyState.DRAFT:
        return _("The draft v%d is kept. The next call does not know it.") % version.number
    if version.state == PolicyState.SCHEDULED and version.in_force_at:
        return _("Policy v%(number)d is decided and takes effect on %(day)s.") % {"number": version.number, "day": date_format(version.in_force_at, "DATE_FORMAT")}  # fmt: skip
    return _("Policy v%d is in force. The next call obeys it.") % version.number


def _decide(request: HttpRequest, form: PolicyForm, activity: Activity) -> PolicyVersion | None:
    """Keep the form's decision as a draft or put it in force, or leave its errors in the form."""
    data = form.cleaned_data
    human_only = data["category"] == Category.HUMAN_ONLY
    try:
        with transaction.atomic():
            content: dict[str, Any] = {
                "actor": person(request),
                "activity": activity,
                "category": data["category"],
                "rationale": data["rationale"],
                "accountable": data["accountable"],
                "goal": _goal(request, form, activity),
                "tool": None if human_only else data["tool"],
                "control_points": form.control_points(),
            }
            if request.POST.get("act") == "draft":
                return services.save_policy_draft(**content)
            return services.put_in_force(**content, effective_at=form.effective_at(), override=data["override"])
    except ValidationError as error:
        add_faults(form, error, {"goal": "measure"})
        return None


def _goal(request: HttpRequest, form: PolicyForm, activity: Activity) -> Goal | None:
    """The goal as typed; the same figures as before are the same goal."""
    goal, values = form.goal, form.goal_values()
    if values and (goal is None or any(getattr(goal, name) != value for name, value in values.items())):
        return services.set_goal(actor=person(request), activity=activity, **values)
    return goal


@require_POST
def suspend(request: HttpRequest, slug: str) -> HttpResponse:
    """The stop switch."""
    version = get_object_or_404(PolicyVersion, activity__slug=slug, state="in_force")
    services.suspend_policy(actor=person(request), version=version)
    messages.success(request, _("Suspended. The next call is refused."))
    return redirect("policies:policy", slug=slug)


@require_POST
def policy_discard(request: HttpRequest, slug: str) -> HttpResponse:
    """Throw the draft away."""
    activity = get_object_or_404(Activity, slug=slug)
    try:
        if services.discard_policy_draft(actor=person(request), activity=activity):
            messages.success(request, _("The draft is gone. What is in force stays."))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("policies:policy", slug=slug)


@require_POST
def policy_withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back a decision whose day has not come."""
    activity = get_object_or_404(Activity, slug=slug)
    if services.withdraw_policy(actor=person(request), activity=activity):
        messages.success(request, _("Taken back. What is in force stays."))
    return redirect("policies:policy", slug=slug)


@require_GET
def policy_replay(request: HttpRequest, slug: str) -> HttpResponse:
    """What the draft, or the decision that waits for its day, would have done with recent runs (a fragment)."""
    if not permissions.can_decide_policies(request.user):
        raise PermissionDenied(_("Only leaders decide who is responsible for an activity."))
    activity = get_object_or_404(Activity, slug=slug)
    version = (
        PolicyVersion.objects.filter(activity=activity, state__in=("draft", "scheduled"))
        .select_related("activity", "tool")
        .prefetch_related("control_points")
        .order_by("state")
        .first()
    )
    replayed = figures().replay(version) if version else None
    named = {"human_only": _("stays with people"), "tool_data": _("the tool may not see it")}
    rows = [
        {"name": named.get(name) or KINDS[name].label, "count": count}
        for name, count in sorted(replayed.by.items(), key=lambda row: -row[1])
    ] if replayed else []  # fmt: skip
    return render(request, "policies/_replay.html", {"replay": replayed, "rows": rows, "version": version})
