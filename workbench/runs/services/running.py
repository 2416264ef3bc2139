"""Preview, send, cancel and retry: the way of a run up to the worker, who takes over in ``execution``. What is being typed: ``drafting``."""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from policies.control_points import KINDS, Given, Place, refusals
from policies.control_points.consent import BASES
from policies.decision import Decision
from policies.models import Activity, PromptVersion, Tool
from policies.scrubbing import house
from policies.services import decide
from workbench.accounts.models import ApiToken, User
from workbench.gateway import prompts
from workbench.gateway.pii import Anonymized, LanguageUnsupported, Reason, ScrubberUnavailable, type_of
from workbench.privacy.holds import lock_living
from workbench.privacy.models import DataKey
from workbench.privacy.subjects import add_subjects
from workbench.runs import dispatch, permissions
from workbench.runs.models import PRACTICE, Job, Output, Run, State

MAX_INPUT = 200_000
_NUMBER = re.compile(r"[-+]?\d[\d.,' ]*")


class RunDenied(PermissionDenied):
    """The policy refuses. Carries the decision, and the run that records the refusal without any text."""

    def __init__(self, decision: Decision, run: Run | None = None) -> None:
        self.decision = decision
        self.run = run
        super().__init__(decision.sentence)


class RunRefused(ValidationError):
    """What was given cannot be sent as it is; the message says why. Nothing left, nothing was lost."""


class NotNow(RunRefused):
    """Nothing is wrong with what was given; the same can be sent later."""


class Gone(RunRefused):
    """What was to be sent is not there any more, and is not to come back."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what would leave, and what stays here."""

    decision: Decision
    payload: prompts.Payload
    mapping: dict[str, str]
    findings: dict[str, int]
    scrubbed: dict[str, str]
    language: str
    sha256: str
    rules: dict[str, int]
    reasons: dict[str, Reason]
    kept: tuple[str, ...]

    def stored(self) -> dict[str, Any]:
        """As a JSON value, for the sealed columns."""
        return {
            "outbound": payload_to_json(self.payload),
            "mapping": self.mapping,
            "findings": self.findings,
            "scrubbed": self.scrubbed,
            "language": self.language,
            "rules": self.rules,
            "reasons": {
                mark: [reason.source, reason.score, reason.count, reason.may_be_kept]
                for mark, reason in self.reasons.items()
            },
            "kept": list(self.kept),
        }


def payload_to_json(payload: prompts.Payload) -> dict[str, Any]:
    return {
        "parts": [list(part) for part in payload.parts],
        "information": payload.information,
        "fixed": payload.fixed,
        "combine": list(payload.combine),
        "condense": list(payload.condense),
    }


def payload_from_json(value: Mapping[str, Any]) -> prompts.Payload:
    return prompts.Payload(
        tuple(tuple(part) for part in value["parts"]), value["information"], value["fixed"], tuple(value["combine"]),
        tuple(value.get("condense", ())),
    )  # fmt: skip


def payload_sha256(outbound: Mapping[str, Any]) -> str:
    """SHA-256 over all that leaves, as canonical JSON."""
    leaving = {name: outbound[name] for name in ("parts", "combine", "condense", "conversation") if name in outbound}
    return text_sha256(json.dumps(leaving, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def text_sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def require_permission_to_run(
    *, actor: User, activity: Activity, prompt_version: PromptVersion | None = None
) -> Decision:
    """The decision if it allows; otherwise the refusal is recorded, without any text, and RunDenied is raised."""
    decision = decide(actor=actor, activity=activity, prompt_version=prompt_version)
    if not decision.allowed:
        raise RunDenied(decision, _record_refusal(actor, activity, decision))
    return decision


@transaction.atomic
def _record_refusal(actor: User, activity: Activity, decision: Decision) -> Run:
    run = Run.objects.create(
        requester=actor,
        activity=activity,
        policy_version_id=decision.policy_version_id,
        prompt_version_id=decision.prompt_version_id,
        category=decision.category,
        state=State.DENIED,
        reasons=[reason.code for reason in decision.reasons],
        finished_at=timezone.now(),
    )
    log_run("run.denied", run, actor, reasons=run.reasons)
    return run


def require_contents(run: Run) -> None:
    """RunRefused where the contents of a run were erased: nothing can be decided on, asked or sent again."""
    if run.data_key is None or run.data_key.destroyed_at is not None:
        raise _erased()


def lock_contents(key: UUID | None) -> bool:
    """Whether what a data key seals is still there. It then stays until the end of the transaction: whoever erases or holds it waits."""
    return key is not None and bool(lock_living([key]))


def require_contents_still(run: Run) -> None:
    """``require_contents`` inside the transaction that writes what was read from them before, with their key locked."""
    if not lock_contents(run.data_key_id):
        raise _erased()


def _erased() -> Gone:
    return Gone(_("The contents of this run were erased. There is nothing left to work with."))


def check_inputs(prompt_version: PromptVersion, inputs: Mapping[str, Any]) -> dict[str, str]:
    """The inputs the prompt asks for, as text. Raises RunRefused with a sentence per field."""
    faults: dict[str, str] = {}
    values: dict[str, str] = {}
    for entry in prompt_version.inputs:
        name, label = entry["name"], entry["label"]
        value = inputs.get(name)
        value = "" if value is None else value
        limit = min(int(entry.get("max_length", MAX_INPUT)), MAX_INPUT)
        if not isinstance(value, str):
            faults[name] = _("“%s” must be text.") % label
        elif "\x00" in value:
            faults[name] = _("“%s” contains bytes that are not text. Paste the text itself.") % label
        elif entry.get("required", True) and not value.strip():
            faults[name] = _("“%s” is empty. The prompt needs it.") % label
        elif len(value) > limit:
            faults[name] = _("“%(label)s” has %(count)s characters; at most %(limit)s are taken. Cut it into parts. Nothing was sent.") % {"label": label, "count": f"{len(value):,}".replace(",", " "), "limit": f"{limit:,}".replace(",", " ")}  # fmt: skip
        elif value and (fault := _kind_fault(entry, value)):
            faults[name] = fault % label
        else:
            values[name] = value.replace("\r\n", "\n")
    if unknown := set(inputs) - {entry["name"] for entry in prompt_version.inputs}:
        faults["inputs"] = _("The prompt has no input called %s.") % ", ".join(sorted(map(str, unknown)))
    if faults:
        raise RunRefused(faults)
    return values


def _kind_fault(entry: Mapping[str, Any], value: str) -> str:
    """A sentence with room for the label where a value is not of the kind the prompt asks for."""
    if entry["kind"] == "choice" and value not in entry["choices"]:
        return _("“%s” is not one of the choices.")
    if entry["kind"] == "number" and not _NUMBER.fullmatch(value.strip()):
        return _("“%s” must be a number, such as 84000 or 12.5.")
    if entry["kind"] == "date":
        try:
            date.fromisoformat(value.strip())
        except ValueError:
            return _("“%s” must be a day in the form 2027-03-31.")
    return ""


def preview_run(
    *,
    actor: User,
    prompt_version: PromptVersion,
    inputs: Mapping[str, Any],
    marks: Sequence[str] = (),
    keep: Sequence[str] = (),
    consent: str = "",
    talk: Sequence[str] = (),
) -> Preview:
    """Decide, scrub, render: exactly what would leave, byte for byte. Nothing is stored and nothing leaves.

    ``marks`` are further texts that the person wants replaced; what detection found stays replaced, except for ``keep``:
    false finds that the person wants to leave readable, where the policy allows it and the find was a guess. ``talk``: a conversation
    about the inputs, as ``prompts.render`` takes it; it is scrubbed together with them, so that one person keeps one number.
    Raises RunDenied before anything else, RunRefused for bad inputs, and for texts that cannot be scrubbed.
    """
    activity = prompt_version.prompt.activity
    decision = require_permission_to_run(actor=actor, activity=activity, prompt_version=prompt_version)
    if prompt_version.prompt.slug in PRACTICE.values():
        raise RunRefused({"inputs": _("This prompt is for exercises: what a learner writes is tried from there, and from nowhere else. Choose an approved prompt for your work.")})  # fmt: skip
    if keep and not may_unmark(decision):
        raise RunRefused({"inputs": _("The policy of this activity does not allow to leave finds readable. They are replaced; nothing was sent.")})  # fmt: skip
    values = check_inputs(prompt_version, inputs)
    # Only free text is scrubbed as such; choices are the prompt's own words.
    anonymized = scrubbed(values | with_talk(talk), marks, keep)
    require_gates(decision, prompt_version, values, anonymized.language, consent)
    tool = Tool.objects.get(pk=decision.tool_id or 0)
    template = template_of(prompt_version)
    room = room_for_prompt(tool, prompt_version)
    try:
        payload = prompts.render(
            template, anonymized.texts, room_tokens=room, talk=[anonymized.texts[name] for name in with_talk(talk)]
        )
    except prompts.TooLong:
        raise RunRefused({"question": _("The conversation has become longer than the model can follow. Start a new run with what you know now; this one stays.")}) from None  # fmt: skip
    return preview_of(decision, anonymized, payload)


def scrubbed(texts: Mapping[str, str], marks: Sequence[str] = (), keep: Sequence[str] = ()) -> Anonymized:
    """Texts with everything personal replaced. Raises RunRefused, or NotNow while the scrubber is away: nothing leaves then."""
    try:
        return house().anonymize(texts, marks=[mark for mark in marks if mark.strip()], keep=keep)
    except LanguageUnsupported:
        raise RunRefused({"inputs": _("This text is neither English nor German. Names in it could not be found reliably, so nothing leaves. Your text is kept.")}) from None  # fmt: skip
    except ScrubberUnavailable:
        raise NotNow({"inputs": _("The scrubber is not available, so nothing leaves. Your text is kept. Tell an administrator; the health page says what is missing.")}) from None  # fmt: skip


def preview_of(decision: Decision, anonymized: Anonymized, payload: prompts.Payload) -> Preview:
    """A rendered payload with what was found in its texts."""
    findings = Counter(finding.type for found in anonymized.findings.values() for finding in found)
    return Preview(
        decision=decision,
        payload=payload,
        mapping=dict(anonymized.mapping),
        findings=dict(findings),
        scrubbed=dict(anonymized.texts),
        language=anonymized.language,
        sha256=payload_sha256(payload_to_json(payload)),
        rules=anonymized.rules,
        reasons=dict(anonymized.reasons),
        kept=anonymized.kept,
    )


def with_talk(talk: Sequence[str]) -> dict[str, str]:
    """The turns of a conversation under names that no input of a prompt can have."""
    return {f"talk.{number}": turn for number, turn in enumerate(talk)}


def require_gates(
    decision: Decision, prompt_version: PromptVersion, values: Mapping[str, str], language: str, consent: str
) -> None:
    """The control points before the call hold for these inputs. Raises RunRefused with a sentence for each that does not."""
    kinds = {entry["name"]: entry["kind"] for entry in prompt_version.inputs}
    require_held(decision, Given(values, kinds, language, consent))


def require_held(decision: Decision, given: Given) -> None:
    """``require_gates`` for inputs whose kinds are not those of the prompt."""
    points = {obligation.name: obligation.params for obligation in decision.obligations}
    if faults := refusals(points, given):
        raise RunRefused(faults)


def template_of(version: PromptVersion) -> prompts.Template:
    """A prompt version as the gateway renders it."""
    return prompts.Template(
        role=version.role,
        goal=version.goal,
        information=version.information,
        limits=version.limits,
        language=version.prompt.language,
    )


def may_unmark(decision: Decision) -> bool:
    """Whether the policy lets a person leave a false find readable."""
    scrub = decision.obliges("scrub")
    return scrub is not None and bool(scrub.params.get("unmark"))


def room_for_prompt(tool: Tool, prompt_version: PromptVersion) -> int:
    """How many tokens of the tool's context a prompt may take; a small local model reads at most 3,000 at a time."""
    from policies.tools import EMBEDDED, endpoint

    target = endpoint(tool)
    context = target.context_tokens if target else tool.context_tokens
    room = context - prompt_version.max_output_tokens - 200
    return min(room, 3000) if tool.provider == EMBEDDED else room


def submit_run(
    *,
    actor: User,
    prompt_version: PromptVersion,
    inputs: Mapping[str, Any],
    marks: Sequence[str] = (),
    keep: Sequence[str] = (),
    consent: str = "",
    retry_of: Run | None = None,
) -> Run:
    """Preview and send in one step: what programs do. Raises what ``preview_run`` raises."""
    preview = preview_run(
        actor=actor, prompt_version=prompt_version, inputs=inputs, marks=marks, keep=keep, consent=consent
    )
    values = check_inputs(prompt_version, inputs)
    with transaction.atomic():
        if retry_of is not None:
            require_contents_still(retry_of)
        return create_run(actor, prompt_version, preview.decision, values, preview.stored(), retry_of, consent=consent)


def retry_run(*, actor: User, run: Run) -> Run:
    """The same input again as a new run, under the policy and the prompt version in force now."""
    if not permissions.can_retry_run(actor, run):
        raise PermissionDenied(
            _("Only the person who asked can try again, and only when the run has ended without a result.")
        )
    require_contents(run)
    assert run.prompt_version is not None
    current = (
        PromptVersion.objects.approved()
        .select_related("prompt__activity")
        .filter(prompt_id=run.prompt_version.prompt_id)
        .first()
    )
    if current is None:
        raise RunRefused(
            {
                "inputs": _(
                    "The prompt of this run was retired and has no successor. Choose another one; your text is kept in this run."
                )
            }
        )
    marks = [original for placeholder, original in run.mapping.items() if placeholder.startswith("[MARKED_")]
    # What was left readable then is so again, unless the policy has changed its mind; then it is replaced.
    decision = require_permission_to_run(actor=actor, activity=current.prompt.activity, prompt_version=current)
    keep = run.outbound.get("kept", ()) if may_unmark(decision) else ()
    return submit_run(
        actor=actor,
        prompt_version=current,
        inputs=run.inputs,
        marks=marks,
        keep=keep,
        consent=run.consent,
        retry_of=run,
    )


def create_run(
    actor: User, prompt_version: PromptVersion | None, decision: Decision, inputs: Mapping[str, str], preview: Mapping[str, Any],
    retry_of: Run | None = None, *, consent: str = "", follows: Run | None = None, job: Job | None = None, data_key: DataKey | None = None,
    token: ApiToken | None = None, live: bool = False,
) -> Run:  # fmt: skip
    """Queue a run that a preview allowed. ``preview`` is a Preview as stored: what the person saw. For use inside a transaction.

    ``data_key``: where it goes on with a record that there is (a draft, a conversation), the key of that, locked. Without a prompt version it is
    a conversation in the person's own words. ``token``: what a program asked with. ``live``: the caller takes it through the model by itself.
    """
    outbound, findings, kept = preview["outbound"], preview["findings"], preview.get("kept", [])
    run = Run(
        requester=actor,
        activity_id=decision.activity_id or 0,
        conversation=prompt_version is None,
        token=token,
        live=live,
        policy_version_id=decision.policy_version_id,
        prompt_version=prompt_version,
        tool_id=decision.tool_id,
        category=decision.category,
        data_key=data_key or DataKey.make(),
        payload_sha256=payload_sha256(outbound),
        findings=dict(findings),
        rules=dict(preview.get("rules", {})),
        unmarked=len(kept),
        retry_of=retry_of,
        follows=follows,
        job=job,
        consent=consent if consent in BASES else "",
        # Whatever does not hold before the call refuses it, so of a run they all held.
        gates=[one.name for one in decision.obligations if one.name in KINDS and KINDS[one.name].place == Place.BEFORE],
    )
    run.inputs, run.outbound, run.mapping = dict(inputs), {**outbound, "kept": kept}, dict(preview["mapping"])
    run.save()
    # Beside what is marked already, as in the reason of a case about the conversation that goes on.
    add_subjects(run.data_key, detected(run.mapping, kept))
    log_run(
        "run.queued", run, actor, findings=run.findings, rules=run.rules, unmarked=run.unmarked, marked=findings.get("MARKED", 0), payload_sha256=run.payload_sha256,
        parts=len(outbound["parts"]), tool_id=run.tool_id, consent=run.consent, retry_of=retry_of.pk if retry_of else None,
        follows=follows.pk if follows else None, job_id=job.pk if job else None, token_id=token.pk if token else None,
    )  # fmt: skip
    if not live:
        dispatch.wake_on_commit(run.pk)
    return run


_SUBJECT_KINDS = {"PERSON": "name", "EMAIL": "email", "PHONE": "phone", "MARKED": ""}


def detected(mapping: Mapping[str, str], kept: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Kind and text of everybody whom a mapping of placeholders names, as ``mark_subjects`` takes them.

    ``kept``: what was found and left readable. That it is nobody's name is what one person said.
    """
    for mark, original in mapping.items():
        kind = _SUBJECT_KINDS.get(type_of(mark))
        if kind is not None:
            yield kind, original
    for text in kept:
        yield "", text


@transaction.atomic
def cancel_run(*, actor: User, run: Run) -> bool:
    """Stop a run that waits or is being written. False when it had already ended; the page then shows how."""
    if run.requester_id != actor.pk:
        raise PermissionDenied(_("A run is cancelled by the person who started it."))
    changed = Run.objects.filter(pk=run.pk, state__in=(State.QUEUED, State.RUNNING)).update(
        state=State.CANCELLED, finished_at=timezone.now(), lease=None, partial_sealed=None
    )
    if changed:
        log_run("run.cancelled", run, actor)
        if run.tool_id:
            dispatch.wake_next_on_commit(run.tool_id)
    return bool(changed)


def refused_now(run: Run) -> list[str]:
    """Why a run that waits may not leave any more; empty where it may. Asked again before anything leaves.

    The policy version it was sent under is the one in force still, and whoever asked may do so still: rights lapse and are taken back.
    """
    decision = decide(actor=run.requester, activity=run.activity, prompt_version=run.prompt_version)
    codes = {reason.code for reason in decision.reasons}
    if decision.policy_version_id != run.policy_version_id or codes & {"no_policy", "suspended", "human_only"}:
        return ["policy_changed"]
    # Whether the tool answers, and what it may still cost, is seen when it is called and was counted when it was asked.
    return sorted(codes & {"role", "retired", "prompt", "schema", "accountable", "qualification"})


def queue_position(run: Run) -> int:
    """How many runs of the same tool are in front of this one, itself included; 0 when it does not wait."""
    if run.state != State.QUEUED:
        return 0
    waiting = Run.objects.filter(state=State.QUEUED, tool=run.tool)
    before = Q(job=None) | Q(job__lte=run.job_id, id__lte=run.pk) if run.job_id else Q(job=None, id__lte=run.pk)
    return waiting.filter(before).count()


def usual_seconds(run: Run) -> int | None:
    """The median of the last eleven answers of the same prompt version, or None where there are fewer than three."""
    seconds = sorted(
        Output.objects.filter(run__prompt_version_id=run.prompt_version_id)
        .order_by("-id")
        .values_list("seconds", flat=True)[:11]
    )
    return math.ceil(seconds[len(seconds) // 2]) if len(seconds) >= 3 else None


def log_run(action: str, run: Run, actor: User | None, origin: str = "person", **data: Any) -> None:
    """Record an event of a run with the ids every such event carries."""
    record(
        action=action, actor=actor, origin=origin, object_type="run", object_id=run.pk, run_id=run.pk, activity_id=run.activity_id,
        policy_version_id=run.policy_version_id, prompt_version_id=run.prompt_version_id, category=run.category, **data,
    )  # fmt: skip
