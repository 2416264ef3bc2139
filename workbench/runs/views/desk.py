"""The review desk: the queue, one draft beside its source, and the verdict."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from policies.control_points import KINDS
from policies.evidence import Evidence
from policies.permissions import can_review
from workbench.accounts.models import User
from workbench.accounts.paging import key_of
from workbench.accounts.services import look_at
from workbench.gateway.pii import type_of
from workbench.privacy.models import Erased
from workbench.runs import permissions, services
from workbench.runs.evidence import evidence_of
from workbench.runs.models import Output, Plant, Run, State, Verdict
from workbench.runs.views.marked import marked
from workbench.runs.views.run import PAGE, run_context

QUEUE = 50
QUEUES = {"mine": gettext_lazy("Mine"), "team": gettext_lazy("Team"), "all": gettext_lazy("All")}
#: Reasons that recur; any other one can be typed.
REASONS = (
    gettext_lazy("Says what the source does not say"), gettext_lazy("A figure or date is wrong"), gettext_lazy("Leaves out what matters"), gettext_lazy("Wrong tone for this customer"),
    gettext_lazy("Wrong form or too long"), gettext_lazy("Promises what we cannot keep"),
)  # fmt: skip


def _require_reviewer(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]
    if not can_review(user):
        raise PermissionDenied(_("The review desk is for reviewers. Ask an administrator for the role “reviewer”."))
    return user


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The first draft that waits, or the empty desk."""
    user = _require_reviewer(request)
    which = _which(request)
    filters = _filters(request)
    narrowed = Run.objects.in_queue(user, which).narrowed(**{name: filters[name] for name in FILTERS})
    first = narrowed.free_for(user).values_list("pk", flat=True).first()
    if first is not None:
        return redirect("runs:review", pk=first)
    context = {
        "own": Run.objects.filter(requester=user, state=State.IN_REVIEW).count(),
        "which": which,
        "counts": _counts(user),
        "filters": filters,
    }
    response = render(request, "runs/desk_empty.html", context)
    # After the last verdict the page of that draft is left behind.
    response["HX-Push-Url"] = request.path
    return response


def _which(request: HttpRequest) -> str:
    """The queue somebody works in: mine, my team's or all. What was chosen last stays chosen."""
    asked = request.GET.get("queue", "")
    if asked in QUEUES:
        request.session["queue"] = asked
    return str(request.session.get("queue", "all"))


#: What the queue can be narrowed to: one activity, drafts or samples, and what is due until the end of the day.
FILTERS = ("activity", "kind", "due")


def _filters(request: HttpRequest) -> dict[str, Any]:
    """What the queue is narrowed to; what was chosen last stays chosen until it is cleared. ``open``: whether the choices are shown."""
    kept = request.session.get("desk_filters", {})
    if "filter" in request.GET:
        asked = {name: request.GET.get(name, "")[:100] for name in FILTERS}
        kept = {
            "activity": asked["activity"], "kind": asked["kind"] if asked["kind"] in ("draft", "sample") else "",
            "due": "today" if asked["due"] == "today" else "",
        }  # fmt: skip
        request.session["desk_filters"] = kept
    chosen = {name: str(kept.get(name, "")) for name in FILTERS}
    return chosen | {"count": sum(map(bool, chosen.values())), "open": any(chosen.values()) or "filters" in request.GET}


def _revealed(run: Run, user: User) -> dict[str, Any] | None:
    """The planted error that this person has just decided on: what it was, and what they had typed."""
    found = services.plant_of(run)
    if found is None or found.reviewer_id != user.pk:
        return None
    try:
        content = found.content
    except Erased:
        return None
    seen, of = services.own_rate(user)
    return {"plant": found, "before": content["before"], "after": content["after"], "sentence": content["sentence"],
            "typed": content.get("typed", ""), "reason": content.get("reason", ""), "seen": seen, "of": of}  # fmt: skip


def _counts(user: User) -> list[dict[str, Any]]:
    counts = services.queue_counts(user)
    return [{"name": name, "label": label, "count": counts[name]} for name, label in QUEUES.items()]


@require_GET
def review(request: HttpRequest, pk: int) -> HttpResponse:
    user = _require_reviewer(request)
    run = _waiting(user, pk)
    response = _desk_page(request, user, run)
    # A draft that was put in place of another one has its own address.
    response["HX-Push-Url"] = request.path
    return response


def _looked(user: User, run: Run) -> None:
    look_at(viewer=user, person_id=run.requester_id, kind="run", object_id=run.pk)


def _waiting(user: User, pk: int) -> Run:
    runs = Run.objects.visible_to(user).with_holder().exclude(category="sparring_partner").exclude(state=State.DENIED)
    return get_object_or_404(
        runs.select_related("activity", "prompt_version__prompt", "policy_version__accountable", "tool", "data_key", "requester", "person_of_record", "output__data_key", "plant__data_key"),
        pk=pk,
    )  # fmt: skip


def _desk_page(request: HttpRequest, user: User, run: Run, *, status: int = 200, **extra: object) -> HttpResponse:
    _looked(user, run)
    terms = services.review_terms(run)
    context = run_context(run, user)
    which = _which(request)
    filters = _filters(request)
    waiting = Run.objects.in_queue(user, which).narrowed(**{name: filters[name] for name in FILTERS})
    queue = list(waiting.for_list().with_holder().select_related("claimed_by")[: QUEUE + 1])
    for item in queue:
        item.holder = services.holder(item)
    decided = bool(context["verdict"]) or (
        run.state == State.RELEASED and any(r.kind == "sample" for r in context["reviews"])
    )
    lines = []
    for field in context.get("inputs", ()):
        for number, line in enumerate(field["value"].splitlines() or [""]):
            lines.append({"text": line, "label": field["label"] if number == 0 else ""})
    checks = [
        {
            "label": KINDS[check["kind"]].label,
            "ok": check["ok"],
            "marks": check["marks"],
            "remedy": KINDS[check["kind"]].remedy,
        }
        for check in context.get("checks") or ()
        if check["kind"] in KINDS
    ]
    mapping = run.mapping or {} if not context.get("erased") else {}
    missing = [
        {"placeholder": mark, "original": mapping.get(mark, "")}
        for mark in (context["output"].missing if context["output"] else [])
    ]
    context |= {
        "queue": queue[:QUEUE],
        "more": len(queue) > QUEUE,
        "which": which,
        "counts": _counts(user),
        "holder": services.holder(run),
        "terms": terms,
        "may_decide": not decided
        and not context.get("erased")
        and permissions.can_review_run(user, run, terms, qualified=services.is_qualified(user, terms)),
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
        "left": "" if context.get("erased") or not run.outbound else run.outbound["information"],
        "typed": {},
        "reasons": REASONS,
        "activities": Run.objects.waiting_activities(user) if filters["open"] else (),
        "filters": filters,
        "revealed": _revealed(run, user),
    }
    if context["may_decide"] and not context["sample"]:
        # Before anybody reads in vain.
        context["fault"] = services.held_back_sentence(run)
    if context.get("draft") is not None:
        context["shown_sha256"] = services.text_sha256(context["draft"])
        if context["revealed"] and context["may_decide"] and "typed" not in extra:
            # What the reviewer had typed into the copy is theirs to use, without the error.
            kept = QueryDict(mutable=True)
            kept.update({name: context["revealed"][key] for name, key in (("text", "typed"), ("reason", "reason"))})
            extra["typed"] = kept
        typed = extra.get("typed")
        edited = typed.get("text", "") if isinstance(typed, QueryDict) else ""
        text = edited.replace("\r\n", "\n") or context["draft"]
        evidence = evidence_of(run, text)
        vouched = set(typed.getlist("vouch")) if isinstance(typed, QueryDict) else set()
        context |= _marks(text, evidence, vouched)
        if not context["is_json"] and not edited:
            context["marked"] = marked(text, evidence)
    return render(request, "runs/review.html", context | extra, status=status)


def _marks(text: str, evidence: Evidence, vouched: set[str]) -> dict[str, Any]:
    """The open marks for the page, each with the sentence it stands in."""
    rows = []
    for mark in evidence.open:
        span = next(((start, end) for start, end, _lines in evidence.sentences if start <= mark.start < end), None)
        sentence = text[span[0] : span[1]] if span else ""
        # Of fields, sentences are values and do not stand in the text as they are.
        rows.append({"mark": mark, "sentence": sentence if sentence in text else "", "vouched": mark.key in vouched})
    return {"marks": rows, "text": text}


@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the draft that is shown; the page asks for it as it opens (a fragment)."""
    user = _require_reviewer(request)
    run = _waiting(user, pk)
    fault = ""
    try:
        services.claim_run(actor=user, run=run)
    except services.RunRefused as refusal:
        fault = " ".join(refusal.messages)
    run = _waiting(user, pk)
    context = {"run": run, "holder": services.holder(run), "fault": fault, "heirs": services.heirs(run, user)}
    return render(request, "runs/_claim.html", context)


@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft back for everybody, and go to the next."""
    user = _require_reviewer(request)
    services.give_back_run(actor=user, run=_waiting(user, pk))
    messages.success(request, _("Put back. Anybody may take it."))
    return redirect("runs:desk")


@require_POST
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a draft to another reviewer, and go to the next."""
    user = _require_reviewer(request)
    run = _waiting(user, pk)
    to = request.POST.get("to", "")
    heir = User.objects.filter(pk=key_of(to) or 0).first()
    try:
        if heir is None:
            raise services.RunRefused({"to": _("Choose to whom.")})
        services.hand_over_run(actor=user, run=run, to=heir)
    except services.RunRefused as refusal:
        return _desk_page(request, user, run, status=422, fault=" ".join(refusal.messages))
    messages.success(request, _("Handed over to %s.") % heir)
    return redirect("runs:desk")


@require_POST
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """The open marks of a text that is being edited (a fragment). Nothing of it is kept."""
    user = _require_reviewer(request)
    run = _waiting(user, pk)
    text = request.POST.get("text", "").replace("\r\n", "\n")[: services.MAX_INPUT]
    # The marks name lines of the source.
    _looked(user, run)
    try:
        found = evidence_of(run, text)
    except Erased:
        raise Http404 from None
    return render(request, "runs/_marks.html", _marks(text, found, set(request.POST.getlist("vouch"))))


@require_POST
def verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide. On success the next draft that waits is shown."""
    user = _require_reviewer(request)
    run = _waiting(user, pk)
    shown = _draft_of(user, run)
    opened = request.POST.get("seconds_open", "0")
    try:
        decided = services.review_run(
            actor=user,
            run=run,
            verdict=request.POST.get("verdict", ""),
            text=request.POST["text"].replace("\r\n", "\n") if "text" in request.POST else None,
            reason=request.POST.get("reason", ""),
            seconds_open=key_of(opened) or 0,
            vouched=request.POST.getlist("vouch"),
            shown_sha256=request.POST.get("shown"),
        )
    except services.RunRefused as refusal:
        run = _waiting(user, pk)
        return _desk_page(request, user, run, status=422, fault=" ".join(refusal.messages), typed=request.POST)
    if isinstance(decided, Plant):
        # The page of the same draft tells what the error was; then the draft itself is decided on.
        return redirect("runs:review", pk=run.pk)
    words = {
        "approved": _("Approved."),
        "edited": _("Edited and approved."),
        "rejected": _("Rejected. The reason went to %s.") % run.requester,
    }
    messages.success(request, words[decided.verdict])
    # A hint to whoever decided and to nobody else; it is kept nowhere.
    if decided.verdict == Verdict.APPROVED and (usual := services.seconds_to_read(shown, decided.seconds_open)):
        hint = _("You decided in %(seconds)d s; most people read this draft in %(usual)d s. Only you see this hint.")
        messages.info(request, hint % {"seconds": decided.seconds_open, "usual": usual})
    return redirect("runs:desk")


def _draft_of(user: User, run: Run) -> str:
    output: Output | None = getattr(run, "output", None)
    try:
        return services.shown_to(user, run, output).text if output else ""
    except Erased:
        return ""


@require_GET
def decided(request: HttpRequest) -> HttpResponse:
    """Drafts that were decided on, newest first."""
    user = _require_reviewer(request)
    before = key_of(request.GET.get("before", ""))
    runs = (
        Run.objects.visible_to(user)
        .for_list()
        .filter(reviews__kind__in=("release", "sample"))
        .select_related("person_of_record")
    )
    if before is not None:
        runs = runs.filter(pk__lt=before)
    page = list(runs.distinct()[: PAGE + 1])
    return render(
        request, "runs/decided.html", {"runs": page[:PAGE], "older": page[PAGE - 1].pk if len(page) > PAGE else None}
    )
