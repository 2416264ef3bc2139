"""The proof of an attempt, while it runs and when it is there; and the way of a good prompt into the library."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseStopPolling

from policies.views.base import person
from training import services
from training.checks import checked
from training.models import Attempt, Proof
from training.views.shown import BOX_WORDS
from workbench.privacy.models import Erased
from workbench.runs.models import ENDED, Run, State
from workbench.runs.services import RunDenied


def _mine(request: HttpRequest, slug: str, number: int) -> Attempt:
    mine = Attempt.objects.visible_to(request.user).filter(exercise__slug=slug).exclude(checked_at=None)
    found: Attempt = get_object_or_404(
        mine.select_related("version__exercise__path", "exercise", "data_key"), number=number
    )
    return found


@require_POST
def prove(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Send the learner's prompt and the vague one."""
    attempt = _mine(request, slug, number)
    try:
        services.prove_attempt(actor=person(request), attempt=attempt)
    except RunDenied as refusal:
        messages.error(request, f"{refusal.decision.sentence} {_('The exercise works without it.')}")
    except ValidationError as refused:  # RunRefused names the field it is about; here all of them are one page.
        messages.error(request, " ".join(refused.messages))
    return redirect("training:attempt", slug=slug, number=number)


@require_GET
def proof(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The two answers side by side (a fragment, asked for while they are written)."""
    attempt = _mine(request, slug, number)
    context = shown_proof(attempt)
    response = render(
        request,
        "training/_proof.html",
        {"attempt": attempt, "version": attempt.version, "exercise": attempt.exercise, **context},
    )
    if context["proof_ended"]:
        return HttpResponseStopPolling(response.content)
    return response


def shown_proof(attempt: Attempt) -> dict[str, Any]:
    """The context of a proof: both sides with state, answer and checks; nothing where there is none."""
    found = (
        Proof.objects.filter(attempt=attempt)
        .select_related("precise__output__data_key", "vague__output__data_key")
        .first()
    )
    if found is None:
        return {"sides": [], "proof_ended": True, "proof_again": False}
    sides = [_side(attempt, run) for run in (found.vague, found.precise)]
    return {"sides": sides, "proof_ended": all(side["ended"] for side in sides), "proof_again": bool(found.unanswered)}


def _side(attempt: Attempt, run: Run) -> dict[str, Any]:
    content = attempt.version.content
    answer, output = "", getattr(run, "output", None)
    if run.state == State.ANSWERED and output is not None:
        try:
            answer = output.draft
        except Erased:
            answer = ""
    checks = checked(content["checks"], answer, [one["text"] for one in content["material"]]) if answer else ()
    return {
        "run": run,
        "answer": answer,
        "checks": checks,
        "ended": run.state in ENDED,
    }


@require_POST
def propose(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Propose the prompt of a finished attempt to the library, under the learner's name."""
    attempt = _mine(request, slug, number)
    try:
        version = services.propose_prompt(
            actor=person(request), attempt=attempt, activity_slug=request.POST.get("activity", "")
        )
    except ValidationError as refused:
        messages.error(request, _by_box(refused))
        return redirect("training:attempt", slug=slug, number=number)
    messages.success(
        request, _("Proposed under your name. A leader or trainer who did not write it tests and decides.")
    )
    return redirect("policies:prompt_version", slug=version.prompt.slug, number=version.number)


def _by_box(refused: ValidationError) -> str:
    """Each sentence with the box it is about, where it is about one."""
    if not hasattr(refused, "error_dict"):
        return " ".join(refused.messages)
    found = ((BOX_WORDS.get(name), " ".join(sentences)) for name, sentences in refused.message_dict.items())
    return " ".join(f"{box[0]}: {sentence}" if box else sentence for box, sentence in found)
