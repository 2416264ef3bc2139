"""The prompt library: drafts, proposals, test runs, approval, retirement."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from policies import dispatch, permissions
from policies.models import (
    Activity,
    Category,
    OutputForm,
    PolicyVersion,
    Prompt,
    PromptState,
    PromptTest,
    PromptVersion,
    Tool,
)
from policies.services.activities import RESERVED, slug_base
from policies.services.deciding import budget_spent
from workbench.accounts.models import User
from workbench.privacy.models import DataKey

INPUT_KINDS = frozenset({"text", "long_text", "transcript", "number", "date", "choice"})
TEST_TASK = "workbench.runs.tasks.test_prompt"
#: What an author writes; everything else of a version is how it came about.
CONTENT = (
    "role", "goal", "information", "limits", "inputs", "output_form", "output_schema", "max_output_tokens", "known_limits", "examples", "note",
)  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_PLACE_OF_INPUT = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_BRACES = re.compile(r"\{[^{}\n]{0,60}\}")


def _inputs_fault(inputs: Sequence[Mapping[str, Any]], information: str) -> str:
    names = [str(entry.get("name", "")) for entry in inputs]
    for entry in inputs:
        if (
            not _NAME.match(str(entry.get("name", "")))
            or entry.get("kind") not in INPUT_KINDS
            or not entry.get("label")
        ):
            return _("Each input needs a name in small letters, a kind and a label.")
        if entry["kind"] == "choice" and not entry.get("choices"):
            return _("The input “%s” is a choice and names no choices.") % str(entry["label"])
    used = _PLACE_OF_INPUT.findall(information)
    if len(set(names)) != len(names) or set(used) != set(names):
        return _("The information must name each input once in braces, and nothing else.")
    return ""


def prompt_faults(content: Mapping[str, Any]) -> dict[str, str]:
    """What does not hold together in a prompt: field → sentence. A template does nothing but insert its inputs."""
    faults: dict[str, str] = {}
    inputs = content.get("inputs") or []
    if fault := _inputs_fault(inputs, content.get("information", "")):
        faults["information"] = fault
    for name in ("role", "goal", "limits"):
        if found := _BRACES.search(content.get(name) or ""):
            faults[name] = _("Inputs stand in the information alone; %s would be sent as it is.") % found[0]
    if content.get("output_form") == OutputForm.JSON:
        schema = content.get("output_schema")
        if not isinstance(schema, dict) or not schema.get("properties"):
            faults["output_schema"] = _("Fields need a JSON Schema with properties.")
        else:
            try:
                jsonschema.Draft202012Validator.check_schema(schema)
            except jsonschema.SchemaError as error:
                faults["output_schema"] = _("This is not a JSON Schema: %s.") % error.message[:120]
            if "$ref" in str(schema) and "http" in str(schema):
                faults["output_schema"] = _("A schema that points to another address is not read.")
    elif content.get("output_schema") is not None:
        faults["output_schema"] = _("Only the output form “Fields” has a schema.")
    if fault := _examples_fault(content.get("examples") or [], inputs):
        faults["examples"] = fault
    return faults


def _examples_fault(examples: Sequence[Mapping[str, Any]], inputs: Sequence[Mapping[str, Any]]) -> str:
    names = {entry.get("name") for entry in inputs}
    for number, example in enumerate(examples, 1):
        given = example.get("inputs") or {}
        if unknown := set(given) - names:
            return _("Example %(number)d gives inputs that the prompt does not have: %(names)s.") % {
                "number": number,
                "names": ", ".join(sorted(unknown)),
            }
        missing = [
            str(entry["label"])
            for entry in inputs
            if entry.get("required", True) and not str(given.get(entry["name"], "")).strip()
        ]
        if missing:
            return _("Example %(number)d leaves out: %(names)s.") % {"number": number, "names": ", ".join(missing)}
    return ""


def _require_author(actor: User) -> None:
    if not permissions.can_propose_prompts(actor):
        raise PermissionDenied(_("Your roles do not include writing prompts."))


def _checked(version: PromptVersion) -> None:
    if faults := prompt_faults({name: getattr(version, name) for name in CONTENT}):
        raise ValidationError(faults)
    version.full_clean(exclude=["approved_by", "approved_at", "declined_by", "declined_at"], validate_constraints=False)


@transaction.atomic
def new_prompt(*, actor: User, activity: Activity, title: str, language: str, slug: str) -> Prompt:
    """A prompt without a version yet, for one activity and language."""
    _require_author(actor)
    prompt = Prompt(activity=activity, title=" ".join(title.split()), language=language, slug=slug)
    prompt.full_clean()
    prompt.save()
    return prompt


@transaction.atomic
def save_prompt_draft(*, actor: User, prompt: Prompt, **content: Any) -> PromptVersion:
    """Keep what somebody writes; one draft per author and prompt. What is live does not change. Raises ValidationError per field."""
    _require_author(actor)
    version = _draft_of(actor, prompt)
    for name, value in content.items():
        if name not in CONTENT:
            raise ValueError(f"no such field: {name}")
        setattr(version, name, value)
    _checked(version)
    version.save()
    return version


def _draft_of(actor: User, prompt: Prompt) -> PromptVersion:
    Prompt.objects.select_for_update().get(pk=prompt.pk)
    draft = prompt.versions.filter(state=PromptState.DRAFT, author=actor).first()
    number = (prompt.versions.aggregate(top=Max("number"))["top"] or 0) + 1
    return draft or PromptVersion(prompt=prompt, number=number, state=PromptState.DRAFT, author=actor)


@transaction.atomic
def submit_prompt_version(*, actor: User, version: PromptVersion) -> PromptVersion:
    """Propose a draft. From here on it does not change; whoever approves sees exactly this."""
    if version.author_id != actor.pk:
        raise PermissionDenied(_("A draft is proposed by the person who wrote it."))
    _checked(version)
    if not version.examples:
        raise ValidationError(
            {"examples": _("Give at least one example, so that the prompt can be tested before it is approved.")}
        )
    _move(version, {PromptState.DRAFT}, PromptState.IN_REVIEW, declined_by=None, declined_at=None, decline_reason="")
    return version


@transaction.atomic
def withdraw_prompt_version(*, actor: User, version: PromptVersion) -> PromptVersion:
    """Take a proposal back to write on. Its test runs stay on record."""
    if version.author_id != actor.pk:
        raise PermissionDenied(_("A proposal is taken back by the person who wrote it."))
    if version.prompt.versions.filter(state=PromptState.DRAFT, author=actor).exists():
        raise ValidationError(_("You have another draft of this prompt. Finish or delete that one first."))
    _move(version, {PromptState.IN_REVIEW}, PromptState.DRAFT)
    return version


def _move(version: PromptVersion, source: set[str], target: str, **change: Any) -> None:
    """Compare-and-set of the state; whoever comes second is told."""
    if not PromptVersion.objects.filter(pk=version.pk, state__in=source).update(state=target, **change):
        raise ValidationError(_("This version is not in review. Load the page again to see where it stands."))
    version.refresh_from_db()


@transaction.atomic
def write_prompt_version(*, actor: User, prompt: Prompt, **content: Any) -> PromptVersion:
    """Write and propose in one step: what programs and imports do."""
    _require_author(actor)
    number = (prompt.versions.aggregate(top=Max("number"))["top"] or 0) + 1
    version = PromptVersion(prompt=prompt, number=number, state=PromptState.IN_REVIEW, author=actor, **content)
    _checked(version)
    version.save()
    return version


@transaction.atomic
def discard_prompt_draft(*, actor: User, version: PromptVersion) -> None:
    """Throw a draft away. A draft that was tested once stays, since its test runs do."""
    if version.author_id != actor.pk:
        raise PermissionDenied(_("A draft is deleted by the person who wrote it."))
    if version.tests.exists():
        raise ValidationError(_("This draft was tested, and test runs stay on record. Write on, or leave it."))
    deleted, _rows = PromptVersion.objects.filter(pk=version.pk, state=PromptState.DRAFT).delete()
    if not deleted:
        raise ValidationError(_("This version is not a draft any more. Load the page again to see where it stands."))


def _require_judge(actor: User, version: PromptVersion) -> None:
    if not permissions.can_approve_prompt(actor, version):
        raise PermissionDenied(_("A prompt is approved by a leader or trainer who did not write it."))


@transaction.atomic
def approve_prompt_version(*, actor: User, version: PromptVersion) -> PromptVersion:
    """Make a version the live one; the version approved before is retired. Nobody approves what they wrote.

    Rests on a finished test run of exactly this version, which the database demands as well.
    """
    _require_judge(actor, version)
    if not version.tests.filter(failure="").exclude(finished_at=None).exists():
        raise ValidationError(
            _("Test this version on its examples first. What it answered is kept beside the approval.")
        )
    PromptVersion.objects.approved().filter(prompt=version.prompt).update(state=PromptState.RETIRED)
    _move(version, {PromptState.IN_REVIEW}, PromptState.APPROVED, approved_by=actor, approved_at=timezone.now())
    Prompt.objects.filter(pk=version.prompt_id).update(successor=None)
    record(
        action="prompt.approved", actor=actor, object_type="prompt_version", object_id=version.pk, activity_id=version.prompt.activity_id,
        prompt_version_id=version.pk, version=version.number, author_id=version.author_id,
    )  # fmt: skip
    return version


@transaction.atomic
def decline_prompt_version(*, actor: User, version: PromptVersion, reason: str) -> PromptVersion:
    """Send a proposal back with a reason. It is a draft of its author again."""
    _require_judge(actor, version)
    if len(reason.split()) < 3:
        raise ValidationError({"reason": _("Say in a sentence why, so that the author can mend it.")})
    _move(
        version, {PromptState.IN_REVIEW}, PromptState.DRAFT, declined_by=actor, declined_at=timezone.now(), decline_reason=" ".join(reason.split())
    )  # fmt: skip
    record(
        action="prompt.declined", actor=actor, object_type="prompt_version", object_id=version.pk, activity_id=version.prompt.activity_id,
        prompt_version_id=version.pk, version=version.number, author_id=version.author_id,
    )  # fmt: skip
    return version


@transaction.atomic
def retire_prompt(*, actor: User, prompt: Prompt, successor: Prompt | None = None) -> None:
    """Take a prompt out of use; its page explains and points to the successor."""
    if not permissions.can_retire_prompts(actor):
        raise PermissionDenied(_("Leaders and trainers retire prompts."))
    if successor is not None and (successor.pk == prompt.pk or not successor.versions.approved().exists()):
        raise ValidationError({"successor": _("The successor must be another prompt that is approved.")})
    live = PromptVersion.objects.approved().filter(prompt=prompt).first()
    if live is None:
        raise ValidationError(_("This prompt has no approved version, so there is nothing to retire."))
    PromptVersion.objects.filter(pk=live.pk, state=PromptState.APPROVED).update(state=PromptState.RETIRED)
    Prompt.objects.filter(pk=prompt.pk).update(successor=successor)
    record(
        action="prompt.retired", actor=actor, object_type="prompt_version", object_id=live.pk, activity_id=prompt.activity_id,
        prompt_version_id=live.pk, version=live.number, successor_id=successor.pk if successor else None,
    )  # fmt: skip


@transaction.atomic
def roll_back_prompt(*, actor: User, version: PromptVersion) -> PromptVersion:
    """The content of an earlier version as a new proposal; it is tested and approved like any other."""
    content = {name: getattr(version, name) for name in CONTENT}
    content["note"] = _("Back to v%d") % version.number
    return write_prompt_version(actor=actor, prompt=version.prompt, **content)


@transaction.atomic
def set_favourite(*, actor: User, prompt: Prompt, favourite: bool) -> None:
    """Keep a prompt among one's own favourites, or not."""
    if favourite:
        prompt.favourite_of.add(actor)
    else:
        prompt.favourite_of.remove(actor)


@transaction.atomic
def start_prompt_test(*, actor: User, version: PromptVersion, tool: Tool) -> PromptTest:
    """Have a worker run a version on its examples. The result stays on record; the page shows it as it comes."""
    if not permissions.can_test_prompt(actor, version):
        raise PermissionDenied(_("A version is tested by its author, by leaders and by trainers."))
    if not version.examples:
        raise ValidationError(_("This version has no examples to test it on."))
    if version.state in {PromptState.APPROVED, PromptState.RETIRED}:
        raise ValidationError(_("This version was decided on; its test runs are below."))
    if PolicyVersion.objects.deciding().filter(activity=version.prompt.activity, category=Category.HUMAN_ONLY).exists():
        raise ValidationError(_("This activity stays with people; no model is called for it, in a test neither."))
    if not tool.enabled:
        raise ValidationError(_("This tool is switched off. Choose another one."))
    if version.tests.filter(finished_at=None).exists():
        raise ValidationError(_("A test of this version is running already."))
    if budget_spent(actor=actor, tool=tool):
        raise ValidationError(_("Your team has used up what it may spend on this tool this month. Choose another one."))
    test = PromptTest.objects.create(
        version=version, tool=tool, tested_by=actor, total=len(version.examples), data_key=DataKey.make()
    )
    dispatch.send_on_commit(TEST_TASK, test.pk)
    return test


@transaction.atomic
def finish_prompt_test(
    *, test: PromptTest, results: Sequence[Mapping[str, Any]], model: str = "", failure: str = ""
) -> None:
    """Keep what a test brought, once. ``results``: name, left, answer, checks per example; ``failure``: the code of what broke off."""
    stored = (
        PromptTest.objects.select_for_update(of=("self",)).select_related("data_key", "version__prompt").get(pk=test.pk)
    )
    if stored.finished_at is not None:
        return
    stored.results = list(results)
    stored.passed = sum(all(check["ok"] for check in result["checks"]) for result in results)
    stored.total, stored.model, stored.failure, stored.finished_at = (
        len(stored.version.examples),
        model,
        failure,
        timezone.now(),
    )
    stored.save()
    record(
        action="prompt.tested", actor=stored.tested_by, object_type="prompt_version", object_id=stored.version_id,
        activity_id=stored.version.prompt.activity_id, prompt_version_id=stored.version_id, version=stored.version.number, passed=stored.passed,
        total=stored.total, model=re.sub(r"[^A-Za-z0-9_.:/-]", "_", model)[:80], code=failure,
    )  # fmt: skip


def free_prompt_slug(title: str) -> str:
    """A short name for a prompt that nobody has yet."""
    base = slug_base(title, "prompt")
    used = RESERVED | set(
        Prompt.objects.filter(Q(slug=base) | Q(slug__startswith=f"{base}-")).values_list("slug", flat=True)
    )
    return next(slug for slug in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if slug not in used)
