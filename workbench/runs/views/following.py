"""Asking on after a thinking aid, on the page of its run."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseStopPolling

from workbench.accounts.models import User
from workbench.runs import services
from workbench.runs.models import Run
from workbench.runs.views.run import run_context, thread_context


def _conversation(request: HttpRequest, pk: int) -> Run:
    """The run whose answer began a conversation; only its requester has one."""
    runs = Run.objects.visible_to(request.user).filter(follows=None)
    return get_object_or_404(
        runs.select_related("activity", "prompt_version__prompt__activity", "data_key", "requester", "output__data_key", "tool"), pk=pk
    )  # fmt: skip


@require_GET
def thread(request: HttpRequest, pk: int) -> HttpResponse:
    """The conversation (a fragment), polled once a second while an answer is written."""
    run = _conversation(request, pk)
    context = {"run": run} | thread_context(run, request.user)  # type: ignore[arg-type]
    response = render(request, "runs/_thread.html", context)
    return response if context.get("thread_waits") else HttpResponseStopPolling(response.content)


@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """What would leave with the question as it is typed (a fragment). Nothing is stored."""
    run = _conversation(request, pk)
    question = request.POST.get("question", "")
    context: dict[str, Any] = {"run": run}
    if question.strip():
        try:
            preview = services.preview_follow_up(actor=request.user, run=run, question=question)  # type: ignore[arg-type]
        except services.RunDenied as refusal:
            context["fault"] = refusal.decision.sentence
        except services.RunRefused as refusal:
            context["fault"] = " ".join(refusal.messages)
        else:
            scrubbed = [text for name, text in preview.scrubbed.items() if name.startswith("talk.")]
            messages = (preview.payload.combine or preview.payload.parts[0])[-len(scrubbed) :]
            context |= {"preview": preview, "asked": scrubbed[-1], "raw": messages}
    return render(request, "runs/_ask_preview.html", context)


@require_POST
def ask_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a further question, exactly as it was looked at."""
    run = _conversation(request, pk)
    user: User = request.user  # type: ignore[assignment]
    question = request.POST.get("question", "")
    try:
        services.ask_on(actor=user, run=run, question=question, seen_sha256=request.POST.get("seen_sha256", ""))
    except services.RunDenied as refusal:
        fault = refusal.decision.sentence + " " + _("Your question is kept.")
    except services.RunRefused as refusal:
        fault = " ".join(refusal.messages)
    else:
        return redirect(f"{request.path.removesuffix('ask/')}#conversation")
    context = run_context(run, user) | thread_context(run, user, question) | {"fault": fault}
    return render(request, "runs/run.html", context, status=422)
