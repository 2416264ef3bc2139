"""Start a run: choose a prompt, fill it in, see exactly what leaves, send."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from policies.control_points import KINDS
from policies.control_points.consent import BASES
from policies.decision import Decision
from policies.models import Activity, PolicyVersion, PromptVersion, Tool
from policies.permissions import can_run
from policies.services import decide
from policies.worksheets import worksheets_for
from workbench.accounts.models import User
from workbench.gateway.pii import type_of
from workbench.runs import receipts, services
from workbench.runs.models import PRACTICE, Draft
from workbench.runs.transcripts import FileRefused, read_file
from workbench.runs.usable import missing_rights, usable_prompts

# A longer text is scrubbed when the person asks for it, not at every pause in typing.
LIVE_PREVIEW_CHARACTERS = 6_000


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The prompts I may use, by activity; and the activities that stay with people, with the reason."""
    user: User = request.user  # type: ignore[assignment]
    human_only = [
        (version, worksheets_for(version.activity))
        for version in PolicyVersion.objects.filter(state="in_force", category="human_only").select_related(
            "activity", "decided_by"
        )
    ]
    suspended = PolicyVersion.objects.filter(state="suspended").select_related("activity", "decided_by")
    missing = missing_rights(user) if can_run(user) else {}
    closed: dict[str, list[PolicyVersion]] = {}
    for point in missing.values():
        closed.setdefault(point.params["name"], []).append(point.policy_version)
    context = {
        "prompts": usable_prompts(user, missing),
        "closed": sorted(closed.items()),
        "human_only": human_only,
        "suspended": suspended,
    }
    return render(request, "runs/choose.html", context)


@require_GET
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for an activity by its name: leads to its prompt, or to the refusal."""
    activity = get_object_or_404(Activity, slug=slug)
    try:
        services.require_permission_to_run(actor=request.user, activity=activity)  # type: ignore[arg-type]
    except services.RunDenied as refusal:
        return _refused(request, activity, refusal)
    version = PromptVersion.objects.approved().filter(prompt__activity=activity).order_by("prompt__title").first()
    if version is None:
        messages.info(request, _("“%s” has no approved prompt yet.") % activity.name)
        return redirect("runs:start")
    return redirect("runs:compose", slug=version.prompt.slug)


def _version(slug: str) -> PromptVersion:
    version: PromptVersion = get_object_or_404(
        PromptVersion.objects.approved().select_related("prompt__activity__stage", "approved_by"), prompt__slug=slug
    )
    return version


@require_GET
def compose(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a prompt, filled with what was typed before. Practice begins at the exercises."""
    if slug in PRACTICE.values():
        return redirect("training:exercises")
    version = _version(slug)
    user: User = request.user  # type: ignore[assignment]
    try:
        decision = services.require_permission_to_run(
            actor=user, activity=version.prompt.activity, prompt_version=version
        )
    except services.RunDenied as refusal:
        return _refused(request, version.prompt.activity, refusal)
    draft = Draft.objects.select_related("data_key").filter(requester=user, prompt_version=version).first()
    context = _context(version, draft.inputs if draft else {}, draft.marks if draft else [], decision)
    context["consent"] = draft.consent if draft else ""
    if draft is not None and draft.preview:
        context["preview"] = _shown(draft.preview, draft.preview_sha256, decision)
        context["keep"] = draft.keep or []
    return render(request, "runs/compose.html", context)


@require_POST
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what was typed and show what would leave (a fragment). Called while typing, and on “Show what leaves”."""
    version = _version(slug)
    user: User = request.user  # type: ignore[assignment]
    inputs = _inputs(version, request.POST)
    marks = [mark for mark in request.POST.getlist("mark") if mark.strip()]
    if mark := request.POST.get("text", "").strip():
        marks.append(mark)
    keep = request.POST.getlist("keep")
    consent = request.POST.get("consent", "")
    if taken_back := request.POST.get("leave", ""):
        marks, keep = _taken_back(user, version, taken_back, marks, keep)
    again = request.POST.get("again", "")
    if again:
        keep = [text for text in keep if text != again]
    automatic = "auto" in request.POST
    decision = decide(actor=user, activity=version.prompt.activity, prompt_version=version)
    if not decision.allowed:
        # The policy changed while somebody typed. Nothing more is kept; the refusal is recorded when they ask or send.
        return render(request, "runs/_denied.html", {"decision": decision})
    context = _context(version, inputs, marks, decision)
    preview = None
    faults: Mapping[str, Any] = {}
    long_text = sum(map(len, inputs.values())) > LIVE_PREVIEW_CHARACTERS
    complete = all(inputs.get(entry["name"], "").strip() for entry in version.inputs if entry.get("required", True))
    if not (automatic and (long_text or not complete)):
        try:
            preview = services.preview_run(
                actor=user, prompt_version=version, inputs=inputs, marks=marks, keep=keep, consent=consent
            )
        except services.RunRefused as refusal:
            faults = _faults(refusal)
    # A text far beyond every limit is not kept on the server; it stays in the browser's field.
    kept = all(len(value) <= services.MAX_INPUT * 2 for value in inputs.values()) and not any(
        "\x00" in v for v in inputs.values()
    )
    if kept:
        services.save_draft(
            actor=user, prompt_version=version, inputs=inputs, marks=marks, keep=keep, preview=preview, consent=consent
        )
    if preview is not None:
        context["preview"] = _shown(preview.stored(), preview.sha256, decision)
    context |= {
        "keep": keep,
        "opened": bool(taken_back or again),
        "faults": faults,
        "kept": kept,
        "waits_for_asking": automatic and long_text and complete,
    }
    return render(request, "runs/_preview.html", context)


def _taken_back(
    user: User, version: PromptVersion, placeholder: str, marks: list[str], keep: list[str]
) -> tuple[list[str], list[str]]:
    """Marks and kept texts after the person took a placeholder of the shown preview back."""
    shown = Draft.objects.select_related("data_key").filter(requester=user, prompt_version=version).first()
    original = (shown.preview or {}).get("mapping", {}).get(placeholder) if shown else None
    if original is None:
        return marks, keep
    if type_of(placeholder) == "MARKED":
        return [mark for mark in marks if mark.strip() != original], keep
    return marks, [*keep, original]


@require_POST
def upload(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Read a file into an input (a fragment: the field). A file that cannot be read changes nothing."""
    version = _version(slug)
    entry = next((entry for entry in version.inputs if entry["name"] == name), None)
    file = request.FILES.get("file")
    inputs = _inputs(version, request.POST)
    user: User = request.user  # type: ignore[assignment]
    decision = decide(actor=user, activity=version.prompt.activity, prompt_version=version)
    if not decision.allowed:
        return render(request, "runs/_denied.html", {"decision": decision})
    fault = ""
    if entry is None or file is None:
        fault = _("No file arrived. Choose it again.")
    else:
        try:
            inputs[name] = read_file(file.name or "", file.read())
        except FileRefused as refused:
            fault = str(refused)
        else:
            services.save_draft(actor=user, prompt_version=version, inputs=inputs, marks=[], preview=None)
    response = render(
        request, "runs/_input.html", {"version": version, "entry": entry, "value": inputs.get(name, ""), "fault": fault}
    )
    return response if fault else trigger_client_event(response, "workbench:file", after="settle")


@require_POST
def example(request: HttpRequest, slug: str) -> HttpResponse:
    """Fill the form with the prompt's example."""
    version = _version(slug)
    user: User = request.user  # type: ignore[assignment]
    decision = decide(actor=user, activity=version.prompt.activity, prompt_version=version)
    if not decision.allowed:
        return redirect("runs:compose", slug=slug)
    inputs = {entry["name"]: entry.get("example", "") for entry in version.inputs}
    services.save_draft(actor=user, prompt_version=version, inputs=inputs, marks=[], preview=None)
    return redirect("runs:compose", slug=slug)


@require_POST
def clear(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        services.clear_draft(actor=request.user, prompt_version=_version(slug))  # type: ignore[arg-type]
    except services.RunRefused as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("runs:compose", slug=slug)


@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, slug: str) -> HttpResponse:
    """Send what the person saw; anything else comes back to the form with nothing lost. Asked for again, such as after a log-in: the form."""
    version = _version(slug)
    if request.method == "GET":
        return redirect("runs:compose", slug=slug)
    user: User = request.user  # type: ignore[assignment]
    inputs = _inputs(version, request.POST)
    stored = (
        Draft.objects.select_related("data_key", "prompt_version__prompt__activity")
        .filter(requester=user, prompt_version=version)
        .first()
    )
    seen = request.POST.get("seen_sha256", "")
    try:
        if (
            stored is None
            or not stored.preview
            or stored.inputs != inputs
            or stored.consent != request.POST.get("consent", "")
        ):
            # Typed on after the preview, or sent without one: look first. What was typed is kept.
            return _look_again(request, version, inputs)
        run = services.submit_draft(actor=user, draft=stored, seen_sha256=seen)
    except services.RunDenied as refusal:
        return _refused(request, version.prompt.activity, refusal)
    except services.Gone as refusal:
        # Nothing of the form is kept: it may hold what was just erased.
        messages.error(request, " ".join(refusal.messages))
        return redirect("runs:compose", slug=slug)
    except services.RunRefused:
        return _look_again(request, version, inputs)
    return redirect("runs:run", pk=run.pk)


def _look_again(request: HttpRequest, version: PromptVersion, inputs: dict[str, str]) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    marks = [mark for mark in request.POST.getlist("mark") if mark.strip()]
    keep, consent = request.POST.getlist("keep"), request.POST.get("consent", "")
    decision = services.require_permission_to_run(actor=user, activity=version.prompt.activity, prompt_version=version)
    context = _context(version, inputs, marks, decision) | {"consent": consent}
    try:
        preview = services.preview_run(
            actor=user, prompt_version=version, inputs=inputs, marks=marks, keep=keep, consent=consent
        )
    except services.RunRefused as refusal:
        context["faults"] = _faults(refusal)
    else:
        services.save_draft(
            actor=user, prompt_version=version, inputs=inputs, marks=marks, keep=keep, preview=preview, consent=consent
        )
        context |= {"preview": _shown(preview.stored(), preview.sha256, decision), "keep": keep, "look_again": True}
    return render(request, "runs/compose.html", context, status=422)


def _inputs(version: PromptVersion, data: Any) -> dict[str, str]:
    return {entry["name"]: str(data.get(entry["name"], "")).replace("\r\n", "\n") for entry in version.inputs}


def _faults(refusal: ValidationError) -> dict[str, str]:
    if hasattr(refusal, "error_dict"):
        return {name: " ".join(texts) for name, texts in refusal.message_dict.items()}
    return {"inputs": " ".join(refusal.messages)}


def _context(version: PromptVersion, inputs: Mapping[str, str], marks: list[str], decision: Any) -> dict[str, Any]:
    tool = Tool.objects.filter(pk=decision.tool_id).first()
    policy = PolicyVersion.objects.select_related("decided_by", "accountable").get(pk=decision.policy_version_id)
    return {
        "version": version,
        "prompt": version.prompt,
        "activity": version.prompt.activity,
        "decision": decision,
        "policy": policy,
        "tool": tool,
        "fields": [{"entry": entry, "value": inputs.get(entry["name"], "")} for entry in version.inputs],
        "marks": marks,
        "bases": _bases(version, decision),
        "has_example": any(entry.get("example") for entry in version.inputs),
        "draft_url": reverse("runs:draft", args=[version.prompt.slug]),
    }


def _bases(version: PromptVersion, decision: Decision) -> list[tuple[str, Any]]:
    """The bases for a recording that the policy accepts, where the prompt asks for one; empty where none need be named."""
    asked = decision.obliges("consent")
    if asked is None or not any(entry["kind"] == "transcript" for entry in version.inputs):
        return []
    return [(name, words) for name, words in BASES.items() if name in KINDS["consent"].value(asked.params, "bases")]


_TYPES = (
    ("person", ("PERSON",)),
    ("firm", ("ORG",)),
    ("contact", ("EMAIL", "PHONE", "HANDLE", "URL")),
    ("place", ("ADDRESS", "PLACE")),
    ("id", ("NATIONAL_ID", "IBAN", "CREDIT_CARD", "CUSTOMER_ID", "LICENSE_PLATE", "IP_ADDRESS", "DATE_OF_BIRTH")),
    ("other", ("SECRET", "MARKED", "LITERAL")),
)


def _shown(stored: Mapping[str, Any], sha256: str, decision: Decision) -> dict[str, Any]:
    """A stored preview as the page shows it: the information, the raw messages, and counts of placeholders by group."""
    outbound = stored["outbound"]
    counts = []
    placeholders = list(stored["mapping"])
    for group, types in _TYPES:
        number = sum(type_of(mark) in types for mark in placeholders)
        if number:
            counts.append({"group": group, "number": number})
    raw = [message for part in outbound["parts"] for message in part]
    may_unmark = services.may_unmark(decision)
    return {
        "why": receipts.why(stored, may_unmark=may_unmark),
        "may_unmark": may_unmark,
        "information": outbound["information"],
        "raw": raw,
        "parts": len(outbound["parts"]),
        "counts": counts,
        "replaced": len(placeholders),
        "sha256": sha256,
        "hash_shown": f"{sha256[:4]} {sha256[4:8]} … {sha256[-4:]}",
    }


def _refused(request: HttpRequest, activity: Activity, refusal: services.RunDenied) -> HttpResponse:
    """The refusal as a page of its own: who decided, when and why."""
    return render(
        request,
        "runs/refused.html",
        {
            "activity": activity,
            "refusal": refusal,
            "decision": refusal.decision,
            "worksheets": worksheets_for(activity) if refusal.decision.category == "human_only" else [],
        },
        status=403,
    )
