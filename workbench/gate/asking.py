"""From a request of a program to a run: who asks, what for, what the policy says, and what would leave. Everything here is done before anything leaves."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from policies import tools
from policies.control_points import Given
from policies.decision import Decision
from policies.models import Activity, Category, PromptVersion, Tool
from workbench.accounts.models import ApiToken, User
from workbench.gate.errors import GateError, from_refused, unknown_model
from workbench.gate.threads import PAGES
from workbench.gateway.chat import Chat, ChatRefused, texts_of, with_texts
from workbench.gateway.llm import Endpoint
from workbench.gateway.pii import Anonymized
from workbench.gateway.prompts import Message, Payload
from workbench.runs import execution, services
from workbench.runs.models import CONVERSATION, Run
from workbench.runs.services import Preview, RunDenied, RunRefused
from workbench.runs.services.practising import ACTIVITY as PRACTICE_ACTIVITY
from workbench.runs.services.running import preview_of, require_held, scrubbed

KINDS = ("activity", "prompt")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A run that was made, and what has to be known to take it through the model.

    Args:
        run: the run.
        chat: what leaves, scrubbed; None where the run goes another way (review, or an automated prompt).
        mapping: placeholder → original.
        sources: what the model is given, with placeholders.
        fixed: the words of an approved prompt, which are public.
        endpoint: where to call; None with ``chat``.
    """

    run: Run
    chat: Chat | None = None
    mapping: Mapping[str, str] | None = None
    sources: tuple[str, ...] = ()
    fixed: str = ""
    endpoint: Endpoint | None = None


def ask(*, actor: User, token: ApiToken, chat: Chat) -> Asked:
    """Decide, scrub, and make the run. Raises GateError; a refusal by the policy is recorded without any text."""
    kind, _slash, slug = chat.model.partition("/")
    if kind not in KINDS or not re.fullmatch(r"[\w-]+", slug):
        raise unknown_model(chat.model)
    _require_rate(actor)
    try:
        return (_about_activity if kind == "activity" else _with_prompt)(actor, token, slug, chat)
    except RunDenied as denied:
        raise _denied(denied) from None
    except ChatRefused as refused:
        raise from_refused(refused) from None
    except services.NotNow as refused:
        raise GateError(503, "scrubber_unavailable", _sentences(refused), retry_after=30) from None
    except RunRefused as refused:
        raise GateError(400, "refused", _sentences(refused)) from None


def _about_activity(actor: User, token: ApiToken, slug: str, chat: Chat) -> Asked:
    """A conversation in the person's own words, under the policy of an activity."""
    activity = Activity.objects.filter(slug=slug).first()
    if activity is None or activity.slug == PRACTICE_ACTIVITY:
        raise unknown_model(chat.model)
    decision = services.require_permission_to_run(actor=actor, activity=activity)
    if decision.category == Category.AUTOMATED:
        prompts = PromptVersion.objects.approved().filter(prompt__activity=activity).values_list("prompt__slug", flat=True)  # fmt: skip
        names = ", ".join(f"prompt/{name}" for name in prompts) or "–"
        raise GateError(400, "prompt_required", _("“%(activity)s” is automated, so it runs with approved prompts alone, whose answers can be checked. Name one of them as the model: %(prompts)s. Nothing was stored, nothing left.") % {"activity": activity.name, "prompts": names}, param="model")  # fmt: skip
    live = decision.category == Category.SPARRING_PARTNER
    if not live and (chat.tools or any(message["role"] == "tool" for message in chat.messages)):
        raise GateError(400, "tools_not_reviewed", _("“%(activity)s” asks for a person's review of every answer. A call of a tool would act before anybody has looked, so it cannot be used here. Leave “tools” out.") % {"activity": activity.name}, param="tools")  # fmt: skip
    anonymized = scrubbed(texts_of(chat))
    leaving = with_texts(chat, anonymized.texts)
    said = {CONVERSATION: _written(chat)}
    require_held(decision, Given(said, {CONVERSATION: "long_text"}, anonymized.language))
    tool = Tool.objects.get(pk=decision.tool_id or 0)
    stored = _stored(decision, anonymized, leaving)
    return _made(actor, token, None, decision, said, stored, tool, leaving if live else None, anonymized)


def _with_prompt(actor: User, token: ApiToken, slug: str, chat: Chat) -> Asked:
    """An approved prompt with its inputs."""
    found = PromptVersion.objects.approved().select_related("prompt__activity")
    version = found.filter(prompt__slug=slug).first()
    if version is None:
        raise unknown_model(chat.model)
    # Before anything is read: who may not use it is not told what it takes.
    services.require_permission_to_run(actor=actor, activity=version.prompt.activity, prompt_version=version)
    if chat.tools:
        raise GateError(400, "tools_not_in_prompt", _("An approved prompt says all that is asked of the model; tools are no part of it. Leave “tools” out, or ask for the activity."), param="tools")  # fmt: skip
    inputs = _inputs(version, chat)
    preview = services.preview_run(actor=actor, prompt_version=version, inputs=inputs)
    values = services.check_inputs(version, inputs)
    tool = Tool.objects.get(pk=preview.decision.tool_id or 0)
    streams = preview.decision.category == Category.SPARRING_PARTNER and len(preview.payload.parts) == 1
    leaving = None
    if streams:
        leaving = Chat(chat.model, tuple(dict(message) for message in preview.payload.parts[0]), options={"max_tokens": version.max_output_tokens, "temperature": 0.2})  # fmt: skip
    return _made(actor, token, version, preview.decision, values, preview.stored(), tool, leaving, preview)


def _made(
    actor: User, token: ApiToken, version: PromptVersion | None, decision: Decision, inputs: Mapping[str, str], stored: Mapping[str, Any],
    tool: Tool, leaving: Chat | None, looked: Anonymized | Preview,
) -> Asked:  # fmt: skip
    """The run; a live one is taken at once where its tool has room."""
    mapping, live = dict(looked.mapping), decision.category != Category.HUMAN_IN_THE_LOOP
    fixed = looked.payload.fixed if isinstance(looked, Preview) else ""
    sources: tuple[str, ...] = ()
    if leaving is not None:
        sources = tuple(texts_of(leaving).values())
    endpoint = tools.endpoint(tool) if live else None
    with transaction.atomic():
        run = services.create_run(actor, version, decision, inputs, stored, token=token, live=live)
        if live:
            execution.take(run)
    return Asked(run, leaving, mapping, sources, fixed, endpoint)


def _stored(decision: Decision, anonymized: Anonymized, leaving: Chat) -> dict[str, Any]:
    """What leaves, as a run keeps it: the request as it is, and its messages as people read them."""
    messages = tuple(Message(role=message["role"], content=_said(message)) for message in leaving.messages)
    payload = Payload((messages,), "\n\n".join(message["content"] for message in messages), "")
    stored = preview_of(decision, anonymized, payload).stored()
    stored["outbound"]["conversation"] = leaving.leaving()
    return stored


def _said(message: Mapping[str, Any]) -> str:
    """A message as text: what was said, and the calls of tools, one a line."""
    calls = [f"{call['function']['name']}({call['function']['arguments']})" for call in message.get("tool_calls", ())]
    return "\n".join([*([message["content"]] if message["content"] else []), *calls])


def _written(chat: Chat) -> str:
    """The whole conversation as one text, as it was given."""
    return "\n\n".join(f"{message['role']}: {_said(message)}" for message in chat.messages)


def _inputs(version: PromptVersion, chat: Chat) -> Mapping[str, Any]:
    """The inputs of a prompt: by name in ``inputs``, as a JSON object in the last message, or that message where the prompt asks for one text."""
    if chat.inputs is not None:
        return chat.inputs
    last = next((message["content"] or "" for message in reversed(chat.messages) if message["role"] == "user"), "")
    names = [entry["name"] for entry in version.inputs]
    try:
        value = json.loads(last)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and value.keys() & set(names):
        return value
    required = [entry["name"] for entry in version.inputs if entry.get("required", True)] or names[:1]
    if len(required) > 1 or any(message["role"] == "assistant" for message in chat.messages):
        raise GateError(400, "inputs_missing", _("This prompt takes several inputs: %(names)s. Give them by name in “inputs”, or as a JSON object in the last message. Nothing was stored, nothing left.") % {"names": ", ".join(names)}, param="inputs")  # fmt: skip
    return {required[0]: last} if required else {}


def _require_rate(actor: User) -> None:
    """So many calls a minute by person and by team, counted over everything they asked for. One query."""
    lately = Run.objects.filter(created_at__gt=timezone.now() - MINUTE)
    team = Q(requester__team=actor.team_id) if actor.team_id is not None else Q(requester=actor)
    mine, theirs = lately.aggregate(mine=Count("pk", filter=Q(requester=actor)), theirs=Count("pk", filter=team)).values()  # fmt: skip
    if mine >= settings.WORKBENCH_GATE_PERSON_PER_MINUTE:
        most, runs = settings.WORKBENCH_GATE_PERSON_PER_MINUTE, lately.filter(requester=actor)
        raise _too_often("rate_limited", _("You have asked %(most)s times in the last minute; more is not taken. Try again in %(wait)s seconds."), most, runs)  # fmt: skip
    if actor.team_id is not None and theirs >= settings.WORKBENCH_GATE_TEAM_PER_MINUTE:
        raise _too_often("team_rate_limited", _("Your team has asked %(most)s times in the last minute; more is not taken. Try again in %(wait)s seconds."), settings.WORKBENCH_GATE_TEAM_PER_MINUTE, lately.filter(team))  # fmt: skip


def _too_often(code: str, sentence: str, most: int, runs: QuerySet[Run]) -> GateError:
    """There is room again when the oldest of the last ``most`` runs is a minute old."""
    oldest = runs.order_by("-created_at").values_list("created_at", flat=True)[most - 1]
    wait = max(1, math.ceil((oldest + MINUTE - timezone.now()).total_seconds()))
    return GateError(429, code, sentence % {"most": most, "wait": wait}, retry_after=wait)


def _denied(denied: RunDenied) -> GateError:
    """The policy refuses: with its reason, and the number of the run that records the refusal."""
    code = denied.decision.reasons[0].code if denied.decision.reasons else "denied"
    more = {"run": denied.run.pk if denied.run else None}
    if code != "budget":
        return GateError(403, code, denied.decision.sentence, param="model", more=more)
    now = timezone.localtime()
    month = (now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=32)).replace(day=1)
    return GateError(429, code, denied.decision.sentence, retry_after=int((month - now).total_seconds()), more=more)


def _sentences(refused: ValidationError) -> str:
    return " ".join(refused.messages)


def review_required(run: Run) -> GateError:
    """The run was made, and a person decides on its answer before anybody gets it."""
    address = f"{settings.WORKBENCH_URL.rstrip('/')}{reverse('run-detail', args=[run.pk], urlconf=PAGES)}"
    sentence = _("Run %(run)s was made. Its answer is a draft until a reviewer has decided; then the released text stands at %(address)s.") % {"run": run.pk, "address": address}  # fmt: skip
    return GateError(403, "review_required", sentence, more={"run": run.pk, "url": address})
