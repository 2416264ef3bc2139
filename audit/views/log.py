"""The log as a page, and one entry of it."""

import json
from itertools import groupby
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from audit import anchoring, permissions, proofs, retention, tree, verifying
from audit.actions import ACTIONS
from audit.canonical import COLUMNS
from audit.filters import KINDS, SPANS, VERDICTS, Filters, parse, span
from audit.models import AuditEvent, Checkpoint, Leaf
from audit.reading import read
from audit.viewing import note_look

PAGE = 50
_SPAN_WORDS = {
    "today": gettext_lazy("Today"), "7": gettext_lazy("7 days"), "30": gettext_lazy("30 days"), "quarter": gettext_lazy("This quarter"),
    "last_quarter": gettext_lazy("Last quarter"),
}  # fmt: skip


def reader(request: HttpRequest) -> Any:
    """The person, where they may read the log."""
    if not permissions.can_read_log(request.user):
        raise PermissionDenied(_("The log is read by compliance and leaders."))
    return request.user


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Entries newest first, by day, 50 a page by key, for what the filters ask for."""
    user = reader(request)
    filters = parse(request.GET)
    before = request.GET.get("before", "")
    if not before:
        note_look(actor=user, filters=filters)
    events = filters.apply(AuditEvent.objects.visible_to(user).order_by("-id"))
    newest = filters.upto or AuditEvent.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    if before.isascii() and before.isdecimal() and len(before) < 19:
        events = events.filter(pk__lt=int(before))
    page = list(events[: PAGE + 1])
    entries = read(page[:PAGE])
    days = [
        (day, list(of_day))
        for day, of_day in groupby(entries, key=lambda entry: timezone.localtime(entry.event.at).date())
    ]
    codes = filters.codes()
    context = {
        "days": days, "older": page[PAGE - 1].pk if len(page) > PAGE else None, "filters": filters, "codes": codes, "query": urlencode(codes),
        "fixed": urlencode(codes | {"upto": newest}), "today": timezone.localdate(), "before": before, "narrowed": bool(set(codes) - {"upto"}),
        "spans": _spans(filters), "choices": _choices(filters), "person": _person(filters.person), "activity": _activity(filters.activity),
        "may_export": permissions.can_export(user), "search": str(filters.run or ""), **seal_context(),
    }  # fmt: skip
    if not context["older"]:
        context["gone"] = retention.newest()
    if filters.run is not None:
        context["may_open"] = permissions.can_open_contents(user)
        context["history"] = read(AuditEvent.objects.filter(run_id=filters.run).order_by("pk")[:100])
    return render(request, "audit/log.html", context)


@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """How many entries the filters ask for: asked by the page after it is shown, because counting may take longer than reading."""
    reader(request)
    filters = parse(request.GET)
    number = filters.apply(AuditEvent.objects.order_by()).count()
    return render(request, "audit/_count.html", {"count": number, "total": tree.size()})


@require_GET
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry with its record beneath, its place in the tree and its proof. ``?proof`` gives the proof as a file."""
    user = reader(request)
    if gone := retention.removal_of(pk):
        return render(request, "audit/removed.html", {"entry": pk, "gone": gone, "one": read([gone])[0]}, status=410)
    event = get_object_or_404(AuditEvent, pk=pk)
    proof, why = None, ""
    try:
        proof = proofs.inclusion(pk)
    except (Leaf.DoesNotExist, proofs.NoProofYet):
        why = _("The proof is there as soon as a checkpoint covers the entry, within minutes.")
    except (LookupError, ValueError):
        why = _("The stored tree is damaged: there is no proof for this entry. Verify the log.")
    if "proof" in request.GET and proof is not None:
        answer = HttpResponse(json.dumps(proof, indent=1, ensure_ascii=False), content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="entry-{pk}-proof.json"'
        return answer
    note_look(actor=user, filters=Filters(upto=pk, subject=f"entry:{pk}"))
    record = (
        proof["event"]
        if proof
        else {field.name: getattr(event, field.attname) for field in AuditEvent._meta.concrete_fields}
    )
    fields = [(name, record.get(name)) for name in COLUMNS if name != "data"]
    data = json.dumps(event.data, indent=1, ensure_ascii=False, sort_keys=True)
    context = {
        "one": read([event])[0],
        "event": event,
        "fields": fields,
        "data": data,
        "proof": proof,
        "why": why,
        **seal_context(),
    }
    return render(request, "audit/entry.html", context)


def seal_context() -> dict[str, Any]:
    """What every page of the log says about its seal. Six short queries and two for each place outside."""
    checkpoint = Checkpoint.objects.first()
    size = tree.size()
    return {
        "size": size, "checkpoint": checkpoint, "since_checkpoint": size - (checkpoint.size if checkpoint else 0), "verified": verifying.last(),
        "places": anchoring.rows(), "anchored": anchoring.anchored_size(),
    }  # fmt: skip


def _spans(filters: Filters) -> list[dict[str, Any]]:
    today = timezone.localdate()
    rows = []
    for name in SPANS:
        first, last = span(name, today)
        codes = filters.codes() | {"since": first.isoformat(), "until": last.isoformat()}
        rows.append(
            {
                "word": _SPAN_WORDS[name],
                "query": urlencode(codes),
                "on": (filters.since, filters.until) == (first, last),
            }
        )
    return rows


def _choices(filters: Filters) -> dict[str, Any]:
    activities = apps.get_model("policies.Activity").objects.order_by("name").values_list("pk", "name")
    return {
        "kinds": [(name, words[0]) for name, words in KINDS.items()], "verdicts": [(name, words[0]) for name, words in VERDICTS.items()],
        "actions": sorted(ACTIONS), "activities": list(activities), "categories": apps.get_model("policies.PolicyVersion")._meta.get_field("category").choices,
    }  # fmt: skip


def _person(pk: int | None) -> str:
    if pk is None:
        return ""
    person = get_user_model().objects.filter(pk=pk).first()
    return str(person) if person else _("somebody whose record was erased")


def _activity(pk: int | None) -> str:
    row = apps.get_model("policies.Activity").objects.filter(pk=pk).first() if pk is not None else None
    return str(row or "")
