"""The map as a file: out, and in after a look at what it would change."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from policies import mapfile, permissions
from policies.mapfile.reading import MAX_BYTES, SCHEMA
from policies.views.base import person

SHOWN = 500


@require_GET
def map_export(request: HttpRequest) -> HttpResponse:
    """The whole map as YAML. Keys of tools are never in it."""
    if not permissions.can_see_tools(request.user):
        raise PermissionDenied(_("The map is exported by leaders, compliance and administrators."))
    response = HttpResponse(mapfile.write(mapfile.current_map()), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="activity-map-{timezone.localdate():%Y-%m-%d}.yaml"'
    return response


@require_GET
def map_schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of the file."""
    return HttpResponse(json.dumps(SCHEMA, ensure_ascii=False, indent=1), content_type="application/schema+json")


@require_http_methods(["GET", "POST"])
def map_import(request: HttpRequest) -> HttpResponse:
    """Look at what a file would change; then take over exactly what was looked at."""
    if not permissions.can_change_map(request.user):
        raise PermissionDenied(_("Only leaders import the map."))
    context: dict[str, Any] = {}
    if request.method == "POST":
        text = request.POST.get("text", "").replace("\r\n", "\n")
        upload = request.FILES.get("file")
        content = upload.read(MAX_BYTES + 1) if upload else text.encode()
        take = request.POST.get("act") == "take"
        try:
            file = mapfile.read(content)
            done = _take(request, file) if take else mapfile.import_map(actor=person(request), file=file, dry_run=True)
            context["overtaken"] = take and done.dry_run
        except mapfile.FileRefused as refused:
            context["faults"] = refused.faults[:SHOWN]
            context["more_faults"] = max(0, len(refused.faults) - SHOWN)
        else:
            if not done.dry_run:
                messages.success(
                    request,
                    _("Imported: %d changes, in one step.") % len(done.changes)
                    if done.changes
                    else _("The file says what is there already. Nothing was changed."),
                )
                return redirect("policies:map")
            context |= {
                "changes": done.changes[:SHOWN], "more": max(0, len(done.changes) - SHOWN), "looked": True, "seen": done.seen
            }  # fmt: skip
        context["text"] = content.decode("utf-8", "replace") if len(content) <= MAX_BYTES else ""
    status = 422 if "faults" in context or context.get("overtaken") else 200
    return render(request, "policies/map_import.html", context, status=status)


def _take(request: HttpRequest, file: mapfile.MapFile) -> mapfile.Imported:
    """Take over what was looked at; where the map has changed since, look again instead."""
    try:
        return mapfile.import_map(actor=person(request), file=file, seen=request.POST.get("seen", ""))
    except mapfile.MapChanged:
        return mapfile.import_map(actor=person(request), file=file, dry_run=True)
