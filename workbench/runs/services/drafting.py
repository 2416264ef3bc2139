"""What a person is typing: kept as they type, thrown away, or sent exactly as they saw it."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from policies.control_points.consent import BASES
from policies.models import PromptVersion
from workbench.accounts.models import User
from workbench.privacy.holds import drop_key, held_by
from workbench.privacy.models import DataKey
from workbench.privacy.subjects import mark_subjects
from workbench.runs.models import Draft, Run
from workbench.runs.services.running import (
    Gone,
    Preview,
    RunRefused,
    create_run,
    detected,
    lock_contents,
    may_unmark,
    require_gates,
    require_permission_to_run,
)


@transaction.atomic
def save_draft(
    *,
    actor: User,
    prompt_version: PromptVersion,
    inputs: Mapping[str, str],
    marks: Sequence[str],
    preview: Preview | None,
    keep: Sequence[str] = (),
    consent: str = "",
) -> Draft:
    """Keep what a person types, and what they saw. Only where the policy allows the activity; see ``preview_run``."""
    draft = (
        Draft.objects.select_for_update(of=("self",))
        .select_related("data_key")
        .filter(requester=actor, prompt_version=prompt_version)
        .first()
    )
    if draft is None:
        draft = Draft(requester=actor, prompt_version=prompt_version, data_key=DataKey.make())
    draft.inputs = dict(inputs)
    draft.marks, draft.keep = list(marks), list(keep)
    draft.consent = consent if consent in BASES else ""
    seen = draft.preview_sha256
    draft.preview = preview.stored() if preview else None
    draft.preview_sha256 = preview.sha256 if preview else ""
    # Who was known stays marked until the text is looked through: here with a preview, otherwise by the sweeper.
    draft.marked = preview is not None
    draft.save()
    if preview is not None:
        mark_subjects(draft.data_key, detected(preview.mapping, preview.kept))
    if preview is not None and preview.sha256 != seen:
        record(
            action="run.previewed", actor=actor, object_type="draft", object_id=draft.pk, activity_id=prompt_version.prompt.activity_id,
            policy_version_id=preview.decision.policy_version_id, prompt_version_id=prompt_version.pk, category=preview.decision.category,
            findings=preview.findings, rules=preview.rules, marked=preview.findings.get("MARKED", 0), unmarked=len(preview.kept),
            payload_sha256=preview.sha256, parts=len(preview.payload.parts),
        )  # fmt: skip
    return draft


@transaction.atomic
def clear_draft(*, actor: User, prompt_version: PromptVersion) -> None:
    """Throw away what was typed, with its key. RunRefused where it is under a legal hold."""
    for draft in Draft.objects.select_related("data_key").filter(requester=actor, prompt_version=prompt_version):
        key = draft.data_key.pk
        # First locked, then asked: a hold is there already, or finds nothing to hold any more.
        living = lock_contents(key)
        if not Draft.objects.filter(pk=draft.pk).exists():
            # Sent or thrown away meanwhile: the key is the run's, or gone.
            continue
        if not living:
            # Erased meanwhile; that it was stays with the key.
            draft.delete()
            continue
        if held := held_by([key]):
            raise RunRefused(
                _("What you typed is under a legal hold (%s) and stays until it is lifted. Ask compliance.") % held[key]
            )
        draft.delete()
        drop_key(key)


def submit_draft(*, actor: User, draft: Draft, seen_sha256: str) -> Run:
    """Send exactly what the person saw. The run keeps the key of the draft: who holds or erases the one has the other.

    Raises RunRefused when the text changed since or is gone (``Gone``), RunDenied when the policy did.
    """
    prompt_version = draft.prompt_version
    decision = require_permission_to_run(
        actor=actor, activity=prompt_version.prompt.activity, prompt_version=prompt_version
    )
    stored = draft.preview
    if not stored or not seen_sha256 or draft.preview_sha256 != seen_sha256:
        raise RunRefused(
            {
                "inputs": _(
                    "The text has changed since you looked at what leaves. Look again, then send. Your text is kept."
                )
            }
        )
    with transaction.atomic():
        if stored.get("kept") and not may_unmark(decision):
            raise RunRefused({"inputs": _("The policy no longer allows to leave finds readable. Look again, then send. Your text is kept.")})  # fmt: skip
        require_gates(decision, prompt_version, draft.inputs, stored["language"], draft.consent)
        # It was read before: whoever erased or sent it meanwhile was first, and whoever comes now waits for the run.
        if not lock_contents(draft.data_key_id) or not Draft.objects.filter(pk=draft.pk).exists():
            raise Gone({"inputs": _("What you typed is not there any more: it was erased because somebody in it asked for it, or it was sent or cleared in another window. Nothing was sent now.")})  # fmt: skip
        run = create_run(
            actor, prompt_version, decision, draft.inputs, stored, consent=draft.consent, data_key=draft.data_key
        )
        draft.delete()
    return run
