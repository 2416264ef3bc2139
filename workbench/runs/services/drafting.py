"""What a person is typing: kept as they type, thrown away, or sent exactly as they saw it."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from policies.control_points.consent import BASES
from policies.models import PromptVersion
from workbench.accounts.models import User
from workbench.privacy import requests
from workbench.privacy.models import DataKey
from workbench.privacy.subjects import mark_subjects
from workbench.runs.models import Draft, Run
from workbench.runs.services.running import (
    Preview,
    RunRefused,
    create_run,
    detected,
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
    draft.save()
    mark_subjects(draft.data_key, detected(preview.mapping if preview else {}))
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
        if draft.data_key_id and (held := requests.held_by([draft.data_key_id])):
            raise RunRefused(
                _("What you typed is under a legal hold (%s) and stays until it is lifted. Ask compliance.")
                % held[draft.data_key_id]
            )
        _drop_draft(draft)


def _drop_draft(draft: Draft) -> None:
    key = draft.data_key
    draft.delete()
    if key is not None:
        key.delete()


def submit_draft(*, actor: User, draft: Draft, seen_sha256: str) -> Run:
    """Send exactly what the person saw. Raises RunRefused when the text changed since, RunDenied when the policy did."""
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
        run = create_run(actor, prompt_version, decision, draft.inputs, stored, consent=draft.consent)
        if draft.data_key_id and run.data_key_id:
            requests.pass_holds(draft.data_key_id, run.data_key_id)
        _drop_draft(draft)
    return run
