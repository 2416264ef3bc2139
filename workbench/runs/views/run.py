"""One run: its progress, its result, and what its requester can do with it; and the list of one's own runs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseStopPolling

from policies.differences import words_changed
from policies.failures import failure_in_words
from workbench.accounts.models import User
from workbench.accounts.paging import key_of
from workbench.accounts.services import look_at
from workbench.privacy.models import Erased
from workbench.runs import permissions, receipts, services
from workbench.runs.models import Case, Output, Review, Run, State, Verdict

PAGE = 50
_RUN = (
    "activity",
    "prompt_version__prompt",
    "policy_version__accountable",
    "tool",
    "data_key",
    "requester",
    "person_of_record",
    "output__data_key",
    "plant__data_key",
)


def _get(request: HttpRequest, pk: int, *, readable: bool = False) -> Run:
    runs = Run.objects.readable_by(request.user) if readable else Run.objects.visible_to(request.user)
    return get_object_or_404(runs.select_related(*_RUN), pk=pk)


@require_GET
def run_list(request: HttpRequest) -> HttpResponse:
    """My runs, newest first, 50 a page, by key."""
    before = key_of(request.GET.get("before", ""))
    runs = Run.objects.asked_for(request.user).for_list()
    if before is not None:
        runs = runs.filter(pk__lt=before)
    page = list(runs[: PAGE + 1])
    return render(
        request, "runs/list.html", {"runs": page[:PAGE], "older": page[PAGE - 1].pk if len(page) > PAGE else None}
    )


@require_GET
def run_detail(request: HttpRequest, pk: int) -> HttpResponse:
    run = _get(request, pk, readable=True)
    if run.follows_id:
        return redirect(reverse("runs:run", args=[run.follows_id]) + "#conversation")
    user: User = request.user  # type: ignore[assignment]
    look_at(viewer=user, person_id=run.requester_id, kind="run", object_id=run.pk)
    context = run_context(run, user) | thread_context(run, user)
    if permissions.can_open_case(user):
        context["case"] = Case.objects.open_for(user).select_related("data_key").filter(run=run).first()
    return render(request, "runs/run.html", context)


@require_GET
def run_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The right-hand side of the page, polled once a second until the run ends or waits for a person."""
    run = _get(request, pk, readable=True)
    user: User = request.user  # type: ignore[assignment]
    look_at(viewer=user, person_id=run.requester_id, kind="run", object_id=run.pk)
    response = render(request, "runs/_progress.html", run_context(run, user) | thread_context(run, user))
    if run.state not in {State.QUEUED, State.RUNNING}:
        return HttpResponseStopPolling(response.content)
    return response


def run_context(run: Run, user: User) -> dict[str, Any]:
    """What both the page and its polled part show."""
    output: Output | None = getattr(run, "output", None)
    # Nobody has decided on what still waits; the desk is opened often enough to spare the question.
    undecided = run.state in {State.QUEUED, State.RUNNING, State.IN_REVIEW}
    reviews = [] if undecided else list(Review.objects.select_related("reviewer", "data_key").filter(run=run))
    context: dict[str, Any] = {
        "run": run,
        "output": output,
        "reviews": reviews,
        "note": next((review for review in reviews if review.kind == "note"), None),
        "verdict": next((review for review in reviews if review.kind == "release"), None),
        "steps": steps(run, None if run.state == State.FAILED else output, _checks(user, run, output)),
        "polling": run.state in {State.QUEUED, State.RUNNING},
        "can_cancel": permissions.can_cancel_run(user, run),
        "can_retry": permissions.can_retry_run(user, run),
        "can_note": permissions.can_note_run(user, run),
        "failure": failure_in_words(run.failure) if run.state == State.FAILED else "",
        "elapsed": int((timezone.now() - (run.started_at or run.created_at)).total_seconds()),
        "usual": services.usual_seconds(run) if run.state in {State.QUEUED, State.RUNNING} else None,
        "receipt": receipts.rules_in_words(run.rules),
        "is_json": bool(run.output_schema),
    }
    try:
        context["partial"] = run.partial
        context["inputs"] = _labelled(run)
        if output is not None:
            shown = services.shown_to(user, run, output)
            context |= {"draft": shown.text, "final": output.final, "checks": shown.checks}
            verdict = context["verdict"]
            if verdict is not None:
                context["vouched"] = [key.partition(":")[2] for key in verdict.vouched or ()]
                if verdict.verdict == Verdict.EDITED and output.final is not None:
                    context["changed"] = words_changed(output.draft, output.final)
    except Erased:
        context["erased"] = True
    return context


def thread_context(run: Run, user: User, question: str = "") -> dict[str, Any]:
    """The questions that follow a thinking aid, and whether one more may be asked; nothing for any other run."""
    if run.state != State.ANSWERED or run.data_key is None or run.data_key.destroyed_at is not None:
        return {}
    turns = services.turns_of(run)
    shown = []
    for turn in turns:
        try:
            row = {
                "run": turn,
                "question": services.question_of(turn),
                "answer": turn.output.draft if turn.state == State.ANSWERED else "",
            }
            row["partial"] = turn.partial if turn.state == State.RUNNING else ""
        except Erased:
            row = {"run": turn, "erased": True}
        row["failure"] = failure_in_words(turn.failure) if turn.state == State.FAILED else ""
        shown.append(row)
    waiting = any(turn.state in {State.QUEUED, State.RUNNING} for turn in turns)
    left = services.questions_left(run, turns)
    return {
        "run": run, "turns": shown, "thread_waits": waiting, "questions_left": left, "question": question,
        "may_ask_on": permissions.can_ask_on(user, run) and not waiting and left > 0,
    }  # fmt: skip


def _labelled(run: Run) -> list[dict[str, str]]:
    """What was given, under the labels of the prompt."""
    if run.inputs is None:
        return []
    return [{"label": entry["label"], "value": run.inputs.get(entry["name"], "")} for entry in run.fields]


def steps(run: Run, output: Output | None, checks: str = "") -> list[dict[str, str]]:
    """The seven steps with what is known of each. ``mark`` is done, now, next or bad."""
    at = run.progress.get("step", "")
    order = ["policy", "scrub", "guard", "model", "restore", "checks", "end"]
    if run.state == State.QUEUED:
        reached = 2
    elif run.state == State.RUNNING:
        reached = order.index(at) if at in order else 2
    else:
        reached = len(order) if output is not None else 2
    count = len(run.mapping or {}) if run.data_key and run.data_key.destroyed_at is None else 0
    parts = run.progress.get("parts", 1)
    model = str(run.tool) if run.tool else ""
    if at == "model" and run.state == State.RUNNING:
        words = run.progress.get("words", 0)
        model += " · " + (_("%d words so far") % words if words else _("reads"))
        if parts > 1:
            model += " · " + _("part %(part)d of %(parts)d") % {"part": run.progress.get("part", 1), "parts": parts}
    elif run.state == State.QUEUED:
        position = services.queue_position(run)
        if at == "waiting":
            model += " · " + failure_in_words(run.progress.get("code", "")) + " " + _("Next attempt soon.")
        else:
            model += " · " + (_("next in line") if position <= 1 else _("%d in front") % (position - 1))
    last = {
        "sparring_partner": (_("Answers you"), _("a thinking aid, not a deliverable")),
        "human_in_the_loop": (_("Waits for review"), _("a reviewer decides")),
        "automated": (_("Released under rules"), _("or waits for review when a rule does not hold")),
    }.get(run.category, ("", ""))
    details = [
        (_("Policy asked"), _("v%d allows it") % run.policy_version.number if run.policy_version else ""),
        (
            _("Personal data replaced"),
            (_("%d placeholders") if run.token_id else _("%d placeholders, as you saw")) % count,
        ),
        (_("Last look before leaving"), _("nothing personal found") if reached > 2 else ""),
        (_("Model writes"), model),
        (_("Names restored"), _("here, on this server")),
        (_("Control points"), checks),
        last,
    ]
    if run.state == State.BLOCKED:
        details[2] = (details[2][0], _("something personal was about to leave; nothing left"))
    marks = []
    for number, (title, detail) in enumerate(details):
        mark = (
            "done"
            if number < reached
            else "now"
            if number == reached and run.state in {State.QUEUED, State.RUNNING}
            else "next"
        )
        if (run.state == State.BLOCKED and number == 2) or (run.state == State.FAILED and number == 3):
            mark = "bad"
        if run.state == State.FAILED and number == 2:
            mark = "done"
        marks.append({"title": title, "detail": detail, "mark": mark})
    return marks


def _checks(user: User, run: Run, output: Output | None) -> str:
    if output is None:
        return ""
    try:
        results = services.shown_to(user, run, output).checks
    except Erased:
        results = []
    held = sum(result["ok"] for result in results)
    return _("%(held)d of %(all)d hold") % {"held": held, "all": len(results)}


@require_POST
def run_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    services.cancel_run(actor=request.user, run=_get(request, pk))  # type: ignore[arg-type]
    return redirect("runs:run", pk=pk)


@require_POST
def run_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try again with the same input."""
    run = _get(request, pk)
    try:
        fresh = services.retry_run(actor=request.user, run=run)  # type: ignore[arg-type]
    except services.RunDenied as refusal:
        return render(
            request,
            "runs/refused.html",
            {"activity": run.activity, "refusal": refusal, "decision": refusal.decision},
            status=403,
        )
    except services.RunRefused as refusal:
        context = run_context(run, request.user) | {"fault": " ".join(refusal.messages)}  # type: ignore[arg-type]
        return render(request, "runs/run.html", context, status=422)
    return redirect("runs:run", pk=fresh.pk)


@require_POST
def run_note(request: HttpRequest, pk: int) -> HttpResponse:
    run = _get(request, pk)
    try:
        services.note_run(actor=request.user, run=run, note=request.POST.get("note", ""))  # type: ignore[arg-type]
    except services.RunRefused as refusal:
        user: User = request.user  # type: ignore[assignment]
        context = run_context(run, user) | thread_context(run, user)
        context |= {"fault": " ".join(refusal.messages), "typed_note": request.POST.get("note", "")}
        return render(request, "runs/run.html", context, status=422)
    return redirect("runs:run", pk=pk)
