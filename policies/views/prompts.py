"""The prompt library."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies import catalogue, permissions, services
from policies.differences import words_changed
from policies.failures import failure_in_words
from policies.figures import figures
from policies.forms import NewPromptForm, PromptForm
from policies.models import PolicyVersion, Prompt, PromptState, PromptTest, PromptVersion, Stage, Tool
from policies.views.base import add_faults, person
from workbench.accounts.paging import key_of

#: Proposals and drafts beneath the library; the rest comes up as these are decided.
SHOWN = 20


@require_GET
def prompts(request: HttpRequest) -> HttpResponse:
    """The library: approved prompts by stage and activity, findable by words; favourites first."""
    words, stage = request.GET.get("q", "").strip(), request.GET.get("stage", "")
    versions = PromptVersion.objects.in_library(
        words=words, stage=stage, favourite_of=person(request) if request.GET.get("mine") else None
    )
    policies = {version.activity_id: version for version in PolicyVersion.objects.deciding()}
    kept = set(Prompt.objects.filter(favourite_of=person(request)).values_list("pk", flat=True))
    rows = [
        {"version": version, "policy": policies.get(version.prompt.activity_id), "kept": version.prompt_id in kept}
        for version in versions[:200]
    ]
    rows.sort(key=lambda row: not row["kept"])
    proposals = PromptVersion.objects.filter(state=PromptState.IN_REVIEW).exclude(author=person(request))
    if not {"leader", "trainer"} & person(request).role_names:
        proposals = proposals.none()
    mine = PromptVersion.objects.filter(author=person(request), state__in=(PromptState.DRAFT, PromptState.IN_REVIEW))
    context = {
        "rows": rows,
        "q": words,
        "stage": stage,
        "mine": bool(request.GET.get("mine")),
        "stages": Stage.objects.filter(activities__prompts__versions__state="approved").distinct(),
        "may_run": permissions.can_run(request.user),
        "may_propose": permissions.can_propose_prompts(request.user),
        "proposals": proposals.select_related("prompt", "author").order_by("pk")[:SHOWN],
        "proposal_count": proposals.count(),
        "offered": len(catalogue.missing_prompts(get_language() or "en"))
        if permissions.can_change_map(request.user)
        else 0,
        "drafts": mine.select_related("prompt", "declined_by").order_by("-pk")[:SHOWN],
        "draft_count": mine.count(),
    }
    return render(request, "policies/prompts.html", context)


@require_POST
def prompt_adopt(request: HttpRequest) -> HttpResponse:
    """Bring the starter prompts in as proposals, in the language of the page."""
    count = catalogue.adopt_prompts(actor=person(request), language=get_language() or "en")
    messages.success(request, _("%d proposals came in. Somebody other than you tests and approves them.") % count)
    return redirect("policies:prompts")


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
    used = figures().usage(versions)
    context = {
        "used": [(version, used[version.pk]) for version in versions if used[version.pk].runs],
        "kept": found.favourite_of.filter(pk=person(request).pk).exists(),
        "prompt": found,
        "live": live,
        "versions": versions,
        "policy": deciding,
        "may_run": permissions.can_run(request.user),
        "may_propose": permissions.can_propose_prompts(request.user),
        "may_retire": live is not None and permissions.can_retire_prompts(request.user),
        "others": Prompt.objects.filter(versions__state="approved").exclude(pk=found.pk).order_by("title")
        if live
        else (),
    }
    return render(request, "policies/prompt.html", context)


@require_http_methods(["GET", "POST"])
def prompt_new(request: HttpRequest) -> HttpResponse:
    """Name a prompt and the activity it is for; then write it."""
    _require_author(request)
    chosen = request.GET.get("activity", "")
    form = NewPromptForm(request.POST or None, initial={"activity": key_of(chosen)})
    if request.method == "POST" and form.is_valid():
        title = form.cleaned_data["title"]
        made = services.new_prompt(actor=person(request), slug=services.free_prompt_slug(title), **form.cleaned_data)
        return redirect("policies:prompt_edit", slug=made.slug)
    return render(request, "policies/prompt_new.html", {"form": form}, status=422 if form.is_bound else 200)


def _require_author(request: HttpRequest) -> None:
    if not permissions.can_propose_prompts(request.user):
        raise PermissionDenied(_("Your roles do not include writing prompts."))


@require_http_methods(["GET", "POST"])
def prompt_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """My draft of a prompt, begun from what is live. What is live does not change."""
    _require_author(request)
    found = get_object_or_404(Prompt.objects.select_related("activity__stage"), slug=slug)
    mine = found.versions.filter(author=person(request), state=PromptState.DRAFT).first()
    if request.method == "POST" and request.POST.get("act") == "discard" and mine is not None:
        return _discard(request, found, mine)
    base = mine or found.versions.approved().first() or found.versions.order_by("-number").first()
    form = PromptForm(request.POST or None, version=base)
    if request.method == "POST" and form.is_valid():
        try:
            draft = services.save_prompt_draft(actor=person(request), prompt=found, **form.content())
            if request.POST.get("act") == "submit":
                services.submit_prompt_version(actor=person(request), version=draft)
        except ValidationError as error:
            add_faults(form, error)
        else:
            if draft.state == PromptState.IN_REVIEW or request.POST.get("act") == "submit":
                messages.success(request, _("Proposed. A leader or trainer who did not write it decides."))
                return redirect("policies:prompt_version", slug=slug, number=draft.number)
            messages.success(request, _("The draft v%d is kept. What is live does not change.") % draft.number)
            return redirect("policies:prompt_edit", slug=slug)
    context = {"prompt": found, "form": form, "draft": mine, "base": base}
    return render(request, "policies/prompt_edit.html", context, status=422 if form.is_bound else 200)


def _discard(request: HttpRequest, found: Prompt, draft: PromptVersion) -> HttpResponse:
    try:
        services.discard_prompt_draft(actor=person(request), version=draft)
        messages.success(request, _("The draft is gone. What is live stays."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("policies:prompt", slug=found.slug)


@require_GET
def prompt_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version: what it changes, its test runs beside those of the live one, and the decision about it."""
    return _version_page(request, _version(request, slug, number))


def _version(request: HttpRequest, slug: str, number: int) -> PromptVersion:
    versions = PromptVersion.objects.visible_to(request.user).select_related(
        "prompt__activity__stage", "author", "approved_by", "declined_by"
    )
    return get_object_or_404(versions, prompt__slug=slug, number=number)


def _version_page(request: HttpRequest, version: PromptVersion, *, fault: str = "", status: int = 200) -> HttpResponse:
    live = PromptVersion.objects.approved().filter(prompt_id=version.prompt_id).exclude(pk=version.pk).first()
    names = {
        "role": _("Role"),
        "goal": _("Goal"),
        "information": _("Information"),
        "limits": _("Limits"),
        "known_limits": _("Known limits"),
    }
    changes = [
        {"name": words, "pieces": words_changed(getattr(live, name), getattr(version, name))}
        for name, words in names.items()
        if live is not None and getattr(live, name) != getattr(version, name)
    ]
    tests = list(version.tests.select_related("tested_by", "data_key")[:10])
    for test in tests:
        test.why = failure_in_words(test.failure)
    newest = next((test for test in tests if test.finished_at and not test.failure), None)
    before = (
        live.tests.filter(failure="").exclude(finished_at=None).select_related("data_key").first() if live else None
    )
    context = {
        "version": version,
        "prompt": version.prompt,
        "live": live,
        "changes": changes,
        "inputs_changed": live is not None and live.inputs != version.inputs,
        "tests": tests,
        "rows": _side_by_side(newest, before),
        "running": next((test for test in tests if test.finished_at is None), None),
        "tools": Tool.objects.filter(enabled=True),
        "may_test": permissions.can_test_prompt(request.user, version)
        and version.state in {"draft", "in_review"}
        and bool(version.examples),
        "may_judge": permissions.can_approve_prompt(request.user, version) and version.state == PromptState.IN_REVIEW,
        "tested": newest is not None,
        "is_author": version.author_id == person(request).pk,
        "may_roll_back": permissions.can_propose_prompts(request.user) and version.state == PromptState.RETIRED,
        "fault": fault,
        "typed": request.POST.get("reason", ""),
    }
    return render(request, "policies/prompt_version.html", context, status=status)


def _side_by_side(newest: PromptTest | None, before: PromptTest | None) -> list[dict[str, Any]]:
    """The answers of the newest test, each beside the answer of the live version to the example of the same name."""
    if newest is None:
        return []
    old = {result["name"]: result for result in (before.results or [])} if before else {}
    return [{"new": result, "old": old.get(result["name"])} for result in newest.results or []]


@require_POST
def prompt_act(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Test, approve, decline, take back or bring back a version."""
    version = _version(request, slug, number)
    actor, act = person(request), request.POST.get("act")
    try:
        if act == "test":
            tool = (
                Tool.objects.filter(slug=request.POST.get("tool", "")).first()
                or Tool.objects.filter(enabled=True).first()
            )
            if tool is None:
                raise ValidationError(_("There is no tool to test it with."))
            services.start_prompt_test(actor=actor, version=version, tool=tool)
            messages.info(request, _("The test is running. Its answers appear here."))
        elif act == "approve":
            services.approve_prompt_version(actor=actor, version=version)
            messages.success(request, _("v%d is approved and live.") % version.number)
        elif act == "decline":
            services.decline_prompt_version(actor=actor, version=version, reason=request.POST.get("reason", ""))
            messages.success(request, _("Sent back with your reason."))
            return redirect("policies:prompt", slug=slug)
        elif act == "withdraw":
            services.withdraw_prompt_version(actor=actor, version=version)
            return redirect("policies:prompt_edit", slug=slug)
        elif act == "back":
            back = services.roll_back_prompt(actor=actor, version=version)
            return redirect("policies:prompt_version", slug=slug, number=back.number)
        else:
            raise ValidationError(_("Choose what to do."))
    except ValidationError as error:
        return _version_page(request, version, fault=" ".join(error.messages), status=422)
    return redirect("policies:prompt_version", slug=slug, number=number)


@require_POST
def prompt_retire(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a prompt out of use, with a successor if there is one."""
    found = get_object_or_404(Prompt, slug=slug)
    successor = Prompt.objects.filter(slug=request.POST.get("successor", "")).first()
    try:
        services.retire_prompt(actor=person(request), prompt=found, successor=successor)
        messages.success(request, _("Retired. Its page points to the successor, if you named one."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("policies:prompt", slug=slug)
