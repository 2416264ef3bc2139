"""Tools: which models may be called, with which key, seeing what, at what cost."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from policies import dispatch, permissions, tools
from policies.models import DataClass, Tool, ToolUse
from policies.services.deciding import month_of
from workbench.accounts.models import User
from workbench.gateway import llm
from workbench.privacy.models import DataKey

MILLION = Decimal(1_000_000)
#: What may be said about a tool; the key is set apart and never read back.
FIELDS = (
    "slug", "name", "provider", "model", "base_url", "region", "contract_reference", "data", "context_tokens", "max_concurrent", "price_input",
    "price_output", "team_calls_per_month", "team_cost_per_month",
)  # fmt: skip


def _require(actor: User) -> None:
    if not permissions.can_manage_tools(actor):
        raise PermissionDenied(_("Only leaders and administrators change tools."))


@transaction.atomic
def save_tool(*, actor: User, tool: Tool | None = None, key: str | None = None, **content: Any) -> Tool:
    """Add or change a tool. ``key`` None leaves the key as it is, the empty string takes it away.

    A changed address or provider takes the key away too, so that it never goes to somebody it was not given for.
    """
    _require(actor)
    new = tool is None
    tool = tool or Tool(enabled=False)
    if unknown := set(content) - set(FIELDS):
        raise ValueError(f"no such fields: {sorted(unknown)}")
    before = {name: getattr(tool, name) for name in content}
    for name, value in content.items():
        setattr(tool, name, value)
    tool.data = [kind for kind in DataClass.values if kind in (tool.data or ())]
    faults: dict[str, Any] = {}
    if tool.provider != tools.EMBEDDED and tool.provider not in llm.PROVIDERS:
        faults["provider"] = _("Unknown provider. Known: %s.") % ", ".join((tools.EMBEDDED, *llm.PROVIDERS))
    if tool.base_url and not tool.base_url.startswith(("https://", "http://")):
        faults["base_url"] = _("The address begins with https:// (or http:// inside your own network).")
    if faults:
        raise ValidationError(faults)
    moved = not new and any(
        before.get(name, getattr(tool, name)) != getattr(tool, name) for name in ("provider", "base_url")
    )
    if key or (key is None and not moved):
        pass
    else:
        tool.key_sealed = None
    if key:
        tool.data_key = tool.data_key or DataKey.make()
        tool.key = key.strip()
    tool.full_clean(exclude=["data_key"])
    tool.save()
    changed = [name for name, value in before.items() if getattr(tool, name) != value]
    if new or changed or key is not None:
        record(
            action="tool.added" if new else "tool.changed", actor=actor, object_type="tool", object_id=tool.pk, tool_id=tool.pk, enabled=tool.enabled,
            fields=changed, key_changed=bool(key is not None or moved),
        )  # fmt: skip
    return tool


@transaction.atomic
def switch_tool(*, actor: User, tool: Tool, enabled: bool) -> None:
    """Switch a tool on or off. Off: every activity that rests on it is refused from the next call on."""
    if not permissions.can_manage_tools(actor):
        raise PermissionDenied(_("Only leaders and administrators switch tools."))
    if Tool.objects.filter(pk=tool.pk).exclude(enabled=enabled).update(enabled=enabled):
        record(
            action="tool.changed", actor=actor, object_type="tool", object_id=tool.pk, tool_id=tool.pk, enabled=enabled
        )


@transaction.atomic
def ask_for_probe(*, actor: User, tool: Tool) -> None:
    """Have a worker say one word to the tool. Nothing of this house is in it. The page shows what came back."""
    _require(actor)
    Tool.objects.filter(pk=tool.pk).update(probe="asked", probed_at=timezone.now())
    record(action="tool.probed", actor=actor, object_type="tool", object_id=tool.pk, tool_id=tool.pk)
    dispatch.send_on_commit("policies.tasks.probe_tool", tool.pk)


def probe_tool(tool_id: int) -> None:
    """The worker's side: call, and keep how it went."""
    tool = Tool.objects.select_related("data_key").filter(pk=tool_id).first()
    if tool is None:
        return
    endpoint = tools.endpoint(tool)
    code = "no_model"
    if endpoint is not None:
        try:
            llm.probe(endpoint)
            code = "ok"
        except llm.ToolError as error:
            code = error.code
    Tool.objects.filter(pk=tool_id).update(probe=code, probed_at=timezone.now())


def cost_of(tool: Tool, *, input_tokens: int, output_tokens: int) -> Decimal:
    """What a call cost, in the currency of the prices."""
    return (tool.price_input * input_tokens + tool.price_output * output_tokens) / MILLION


def book_use(*, tool: Tool, team_id: int | None, input_tokens: int, output_tokens: int) -> None:
    """Count a call for the team's month. Inside the transaction that saves the output; two at once add up."""
    cost = cost_of(tool, input_tokens=input_tokens, output_tokens=output_tokens)
    use, _made = ToolUse.objects.get_or_create(tool=tool, team_id=team_id, month=month_of(timezone.now()))  # type: ignore[misc]
    ToolUse.objects.filter(pk=use.pk).update(calls=F("calls") + 1, cost=F("cost") + cost)
