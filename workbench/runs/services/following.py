"""Asking on after a thinking aid: each question is a run that follows the first one, with the same decision, scrubbing, guard and log."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from workbench.accounts.models import User
from workbench.privacy.models import Erased
from workbench.runs import permissions
from workbench.runs.models import Run, State
from workbench.runs.services.running import (
    Preview,
    RunRefused,
    create_run,
    preview_run,
    require_contents,
    require_contents_still,
    require_permission_to_run,
    with_talk,
)
from workbench.runs.services.terms import obligation_params

MAX_QUESTION = 4_000
#: What of a conversation counts towards its limit; what failed or was cancelled does not.
_COUNTED = frozenset({State.QUEUED, State.RUNNING, State.ANSWERED})


def turns_of(run: Run) -> list[Run]:
    """The follow-up questions of a conversation in their order, each with its answer. One query."""
    return list(run.follow_ups.select_related("data_key", "output__data_key", "tool").order_by("id"))


def question_of(turn: Run) -> str:
    """What was asked in a follow-up. Raises ``Erased``."""
    names = [name for name in turn.inputs or {} if name.startswith("talk.")]
    return str(turn.inputs[max(names, key=lambda name: int(name[5:]))]) if names else ""


def questions_left(run: Run, turns: Sequence[Run]) -> int:
    """How many more questions the policy of the run allows. What failed or was cancelled does not count."""
    params = obligation_params(run, "follow_ups")
    limit = int(params.get("limit", 5)) if params is not None else 0
    counted = sum(turn.state in _COUNTED for turn in turns)
    return max(0, limit - counted)


def preview_follow_up(*, actor: User, run: Run, question: str) -> Preview:
    """Exactly what would leave with a further question: the inputs, the conversation so far, and the question. Nothing is stored.

    Raises PermissionDenied, RunDenied or RunRefused.
    """
    return _preview(actor, run, question, turns_of(run))


def _preview(actor: User, run: Run, question: str, turns: Sequence[Run]) -> Preview:
    if not permissions.can_ask_on(actor, run):
        raise PermissionDenied(_("Only the person who asked can ask on, and only after a thinking aid."))
    assert run.prompt_version is not None
    require_contents(run)
    decision = require_permission_to_run(actor=actor, activity=run.activity, prompt_version=run.prompt_version)
    asked = decision.obliges("follow_ups")
    if any(turn.state in {State.QUEUED, State.RUNNING} for turn in turns):
        raise RunRefused({"question": _("The answer to your last question is still being written. Ask when it is there; your question is kept.")})  # fmt: skip
    answered = [turn for turn in turns if turn.state == State.ANSWERED]
    if asked is None or len(answered) >= int(asked.params.get("limit", 5)):
        raise RunRefused({"question": _("The policy allows no further question here. Start a new run with what you know now; this one stays.")})  # fmt: skip
    if not 3 <= len(question.strip()) <= MAX_QUESTION:
        raise RunRefused({"question": _("Write a question of 3 to %d characters.") % MAX_QUESTION})
    return preview_run(
        actor=actor,
        prompt_version=run.prompt_version,
        inputs=_first_inputs(run),
        marks=[original for mark, original in run.mapping.items() if mark.startswith("[MARKED_")],
        keep=run.outbound.get("kept", ()),
        consent=run.consent,
        talk=_talk(run, answered, question),
    )


def ask_on(*, actor: User, run: Run, question: str, seen_sha256: str | None = None) -> Run:
    """Send a further question. ``seen_sha256``: the hash of what the person saw; None for programs, which preview for themselves.

    Raises what ``preview_follow_up`` raises, and RunRefused where the conversation changed since it was looked at.
    """
    whole = Run.objects.select_related("data_key", "activity", "prompt_version__prompt__activity", "output__data_key")
    run = whole.get(pk=run.pk)
    # Outside of the transaction: a refusal is recorded for good, and scrubbing holds no lock.
    turns = turns_of(run)
    preview = _preview(actor, run, question, turns)
    if seen_sha256 is not None and seen_sha256 != preview.sha256:
        raise RunRefused({"question": _changed()})
    assert run.prompt_version is not None
    answered = [turn for turn in turns if turn.state == State.ANSWERED]
    values = _first_inputs(run) | with_talk(_talk(run, answered, question))
    with transaction.atomic():
        require_contents_still(run)
        # One question at a time: who comes second finds the first one.
        Run.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if [turn.pk for turn in turns_of(run) if turn.state in _COUNTED] != [turn.pk for turn in answered]:
            raise RunRefused({"question": _changed()})
        # A conversation is one record: every turn holds the ones before it, so they are erased together.
        return create_run(
            actor, run.prompt_version, preview.decision, values, preview.stored(), consent=run.consent, follows=run, data_key=run.data_key
        )  # fmt: skip


def _changed() -> str:
    return _("The text has changed since you looked at what leaves. Look again, then send. Your question is kept.")


def _first_inputs(run: Run) -> dict[str, str]:
    return {name: value for name, value in run.inputs.items() if not name.startswith("talk.")}


def _talk(run: Run, answered: Sequence[Run], question: str) -> list[str]:
    """First answer, question, answer, …, and the question asked now. Raises RunRefused where a turn was erased."""
    try:
        said = [run.output.draft]
        for turn in answered:
            said += [question_of(turn), turn.output.draft]
    except Erased:
        raise RunRefused({"question": _("A part of this conversation was erased, so it cannot go on. Start a new run with what you know now.")}) from None  # fmt: skip
    return [*said, question.strip()]
