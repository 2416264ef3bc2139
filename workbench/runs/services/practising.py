"""Practice: a prompt that a learner wrote runs on material through the same gate, scrubbing, guard and log as any other.

What somebody wrote is no approved prompt. So it runs under an activity of its own, and only where the policy makes the answer a thinking aid
(sparring partner): it belongs to the learner, who is the person of record, and can never be released.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from policies.control_points import Given
from policies.models import Category, PromptVersion, Tool
from workbench.accounts.models import User
from workbench.gateway import prompts
from workbench.runs.models import PRACTICE, Run
from workbench.runs.services.running import (
    Preview,
    RunRefused,
    create_run,
    preview_of,
    require_held,
    require_permission_to_run,
    room_for_prompt,
    scrubbed,
)

ACTIVITY = "learn-and-practise"
"""The activity of the starter catalogue under whose policy people practise. A leader decides about it like about any other."""


@dataclass(frozen=True, slots=True)
class Written:
    """A prompt as its boxes say it; ``information`` names materials in braces."""

    role: str
    goal: str
    information: str
    limits: str = ""
    language: str = "en"


def practice_prompt(language: str) -> PromptVersion | None:
    """The approved prompt under which practice is logged, or None where nobody approved one."""
    return (
        PromptVersion.objects.approved()
        .select_related("prompt__activity")
        .filter(prompt__activity__slug=ACTIVITY, prompt__slug=PRACTICE.get(language, ""))
        .first()
    )


@dataclass(frozen=True, slots=True)
class Practice:
    """A prompt that a learner wrote, looked through and rendered: ready to be sent."""

    prompt_version: PromptVersion
    values: Mapping[str, str]
    preview: Preview


def prepare_practice(
    *, actor: User, prompt_version: PromptVersion, written: Written, materials: Mapping[str, str]
) -> Practice:
    """Decide, scrub, render: what would leave. Outside of any transaction: a refusal is recorded for good, and scrubbing holds no lock.

    What the policy asks before a call holds here too. The material of an exercise is made up, whatever it looks like: nobody was recorded, so it
    needs no basis for a recording.
    Raises RunDenied, and RunRefused for what cannot be scrubbed, what a control point objects to, or what names a material that is not there.
    """
    decision = require_permission_to_run(
        actor=actor, activity=prompt_version.prompt.activity, prompt_version=prompt_version
    )
    if decision.category != Category.SPARRING_PARTNER:
        raise RunRefused({"inputs": _("Practice needs a policy that makes AI a sparring partner: what comes of a prompt that nobody approved is not released. Ask a leader.")})  # fmt: skip
    # Under names that no material of an exercise can have.
    boxes = {
        f"box.{name}": text
        for name, text in (
            ("role", written.role),
            ("goal", written.goal),
            ("information", written.information),
            ("limits", written.limits),
        )
    }
    anonymized = scrubbed({**boxes, **materials})
    values = {"prompt": "\n\n".join(filter(None, boxes.values())), "material": "\n\n".join(materials.values())}
    require_held(decision, Given(values, dict.fromkeys(values, "long_text"), anonymized.language))
    texts = anonymized.texts
    template = prompts.Template(
        texts["box.role"], texts["box.goal"], texts["box.information"], texts["box.limits"], written.language
    )
    room = room_for_prompt(Tool.objects.get(pk=decision.tool_id or 0), prompt_version)
    try:
        payload = prompts.render(template, texts, room_tokens=room)
    except prompts.MissingInput as missing:
        raise RunRefused({"information": _("No material is called {%s}. Nothing was sent.") % missing}) from None
    # What a learner typed is not public as an approved template is: the guard looks at all of it.
    payload = replace(
        payload, fixed=prompts.render(prompts.Template("", "", "", "", written.language), {}, room_tokens=room).fixed
    )
    return Practice(prompt_version, values, preview_of(decision, anonymized, payload))


def send_practice(*, actor: User, practice: Practice, retry_of: Run | None = None) -> Run:
    """Queue what was prepared. For use inside a transaction."""
    return create_run(
        actor, practice.prompt_version, practice.preview.decision, practice.values, practice.preview.stored(), retry_of
    )
