"""The tools behind the activities."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies import permissions, services, tools
from policies.failures import failure_in_words
from policies.forms import ToolForm
from policies.models import DataClass, Tool, ToolUse
from policies.views.base import add_faults, person


@require_GET
def tool_list(request: HttpRequest) -> HttpResponse:
    """Every tool, whether it can be called, what it may see and what it cost this month."""
    if not permissions.can_see_tools(request.user):
        raise PermissionDenied(_("Tools are shown to leaders, compliance and administrators."))
    month = timezone.localdate().replace(day=1)
    use: dict[int, list[ToolUse]] = {}
    for row in ToolUse.objects.filter(month=month).select_related("team").order_by("team__name"):
        use.setdefault(row.tool_id, []).append(row)
    rows: list[dict[str, Any]] = [
        {
            "tool": tool,
            "why": failure_in_words("" if tool.probe in {"", "asked", "ok"} else tool.probe),
            "ready": tools.is_ready(tool.provider, has_key=tool.key_sealed is not None),
            "data": [DataClass(name).label for name in tool.data if name in DataClass.values],
            "use": use.get(tool.pk, []),
        }
        for tool in Tool.objects.select_related("data_key").annotate(
            policies=Count("policy_versions__activity", distinct=True)
        )
    ]
    return render(
        request, "policies/tools.html", {"rows": rows, "may_manage": permissions.can_manage_tools(request.user)}
    )


@require_http_methods(["GET", "POST"])
def tool_new(request: HttpRequest) -> HttpResponse:
    """Describe a tool. It arrives switched off."""
    return _tool_page(request, None)


@require_http_methods(["GET", "POST"])
def tool_edit(request: HttpRequest, slug: str) -> HttpResponse:
    return _tool_page(request, get_object_or_404(Tool, slug=slug))


def _tool_page(request: HttpRequest, tool: Tool | None) -> HttpResponse:
    if not permissions.can_manage_tools(request.user):
        raise PermissionDenied(_("Only leaders and administrators change tools."))
    form = ToolForm(request.POST or None, instance=tool)
    if request.method == "POST" and form.is_valid():
        current = Tool.objects.select_related("data_key").get(pk=tool.pk) if tool else None
        try:
            services.save_tool(actor=person(request), tool=current, key=form.key_given(), **form.content())
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(
                request,
                _("Saved. The next call obeys it.")
                if tool
                else _("Added, and switched off. Test it, then switch it on."),
            )
            return redirect("policies:tools")
    context = {"form": form, "tool": tool, "has_key": bool(tool and tool.key_sealed)}
    return render(request, "policies/tool_form.html", context, status=422 if form.is_bound else 200)


@require_POST
def tool_switch(request: HttpRequest, slug: str) -> HttpResponse:
    """Switch a tool on or off; the next call obeys."""
    tool = get_object_or_404(Tool, slug=slug)
    enabled = request.POST.get("enabled") == "1"
    services.switch_tool(actor=person(request), tool=tool, enabled=enabled)
    messages.success(
        request,
        _("Switched on. The next call may use it.") if enabled else _("Switched off. The next call to it is refused."),
    )
    return redirect("policies:tools")


@require_POST
def tool_probe(request: HttpRequest, slug: str) -> HttpResponse:
    """Have a worker say one word to the tool."""
    services.ask_for_probe(actor=person(request), tool=get_object_or_404(Tool, slug=slug))
    messages.info(request, _("Asked. The answer stands beside the tool as soon as it is there."))
    return redirect("policies:tools")
