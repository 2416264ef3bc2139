"""The proof of an attempt: the learner's prompt and a vague one run on the same material, through the gate that every run goes through."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from policies import services as library
from policies.models import Activity, PromptState, PromptVersion
from training.models import Attempt, Proof
from training.models.exercises import Kind
from training.services.attempts import AttemptRefused, require_own
from workbench.accounts.models import User
from workbench.runs.services import Written, practice_prompt, prepare_practice, send_practice
from workbench.runs.services.running import lock_contents


def prove_attempt(*, actor: User, attempt: Attempt) -> Proof:
    """Send both prompts. A checked attempt is proved once; asking again gives the proof that is there, and sends once more what ended without an answer.

    Raises AttemptRefused, runs.RunDenied where the policy does not allow it, runs.RunRefused for what cannot be scrubbed.
    """
    require_own(actor, attempt)
    if (there := _proof_of(attempt)) is not None and not there.unanswered:
        return there
    version = attempt.version
    if attempt.checked_at is None or version.kind != Kind.PROMPT or not attempt.said:
        raise AttemptRefused(_("Check your prompt first; then it can be tried."))
    prompt = practice_prompt(version.language)
    if prompt is None:
        raise AttemptRefused(_("Nobody has approved the prompt “Practice” in this language yet, so nothing is sent to a model. The exercise works without; ask a leader for the activity “Learn and practise”."))  # fmt: skip
    said, materials = attempt.said, {one["name"]: one["text"] for one in version.content["material"]}
    goal = "\n".join(filter(None, (said.get("goal", ""), said.get("form", ""))))
    own = Written(said.get("role", ""), goal, said.get("information", ""), said.get("limits", ""), version.language)
    vague = Written(
        "", version.content["vague"], "\n\n".join(f"{{{name}}}" for name in materials), "", version.language
    )
    ready = [
        prepare_practice(actor=actor, prompt_version=prompt, written=one, materials=materials) for one in (own, vague)
    ]
    with transaction.atomic():
        # An attempt that was erased meanwhile does not come back as a run.
        if not lock_contents(attempt.data_key_id):
            raise AttemptRefused(_("The contents of this attempt were erased. There is nothing left to try."))
        Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
        # Who comes second finds the proof of the first.
        if (there := _proof_of(attempt)) is not None:
            for side, practice in zip(("precise", "vague"), ready, strict=True):
                if side in there.unanswered:
                    setattr(there, side, send_practice(actor=actor, practice=practice, retry_of=getattr(there, side)))
            there.save()
            return there
        precise, other = (send_practice(actor=actor, practice=one) for one in ready)
        return Proof.objects.create(attempt=attempt, precise=precise, vague=other)


def _proof_of(attempt: Attempt) -> Proof | None:
    return Proof.objects.filter(attempt=attempt).select_related("precise", "vague").first()


@transaction.atomic
def propose_prompt(*, actor: User, attempt: Attempt, activity_slug: str) -> PromptVersion:
    """Propose the prompt of a finished attempt to the library, under the learner's name, with the exercise's material as its example.

    Somebody else tests and approves it, as every proposal; asked for again, it is the proposal that is there. Raises ValidationError, and
    PermissionDenied for roles that write no prompts.
    """
    require_own(actor, attempt)
    version, said = attempt.version, attempt.said
    if not attempt.passed or version.kind != Kind.PROMPT or not said:
        raise AttemptRefused(_("Finish the exercise first; what finished it can be proposed."))
    activity = Activity.objects.current().filter(slug=activity_slug).first()
    if activity is None:
        raise AttemptRefused(_("Choose the activity that the prompt is for."))
    boxes = {
        "role": said.get("role", ""), "goal": "\n".join(filter(None, (said.get("goal", ""), said.get("form", "")))),
        "information": said.get("information", ""), "limits": said.get("limits", ""),
    }  # fmt: skip
    # Two clicks are one proposal: whoever comes second waits here.
    Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    there = (
        PromptVersion.objects.filter(author=actor, prompt__activity=activity, state=PromptState.IN_REVIEW, **boxes)
        .select_related("prompt")
        .first()
    )
    if there is not None:
        return there
    materials = version.content["material"]
    kinds = {"transcript": "transcript", "notes": "long_text", "mail": "long_text", "crm": "long_text"}
    expect: dict[str, Any] = {"contains": [], "lacks": []}
    for check in version.content["checks"]:
        if check["kind"] == "contains":
            expect["contains"].append(check["any"][0])
        elif check["kind"] == "lacks":
            expect["lacks"] += check["any"]
        elif check["kind"] == "max_words":
            expect["max_words"] = check["value"]
    prompt = library.new_prompt(
        actor=actor,
        activity=activity,
        title=version.title,
        language=version.language,
        slug=library.free_prompt_slug(version.title),
    )
    return library.write_prompt_version(
        actor=actor, prompt=prompt, **boxes, note=_("From the exercise “%s”") % version.title,
        inputs=[
            {"name": one["name"], "label": one["name"].replace("_", " ").capitalize(), "kind": kinds[one["kind"]], "required": True, "max_length": 20_000}
            for one in materials
        ],
        examples=[{"name": version.title, "inputs": {one["name"]: one["text"] for one in materials}, "expect": expect}],
    )  # fmt: skip
