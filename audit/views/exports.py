"""Taking entries along."""

from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from audit import exporting, keys, permissions, sealing
from audit.filters import parse
from audit.models import AuditEvent, Export
from audit.reading import filters_in_words

PAGE = 30


@never_cache
@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """What the filters ask for, ready to be taken along, and what was taken along before. htmx asks for the list while one is under way."""
    if not permissions.can_export(request.user):
        raise PermissionDenied(_("Exports are made by compliance."))
    rows = list(Export.objects.all()[:PAGE])
    people = {person.pk: person for person in get_user_model().objects.filter(pk__in={row.by_id for row in rows})}
    listed = [{"export": row, "by": people.get(row.by_id), "words": filters_in_words(row.filters)} for row in rows]
    polling = any(row.state == "streaming" and timezone.now() - row.touched_at < exporting.LOST_AFTER for row in rows)
    context = {"rows": listed, "polling": polling}
    if request.headers.get("HX-Request") == "true":
        return render(request, "audit/_exports.html", context)
    filters = parse(request.GET)
    codes = filters.codes()
    if "upto" not in codes:
        codes["upto"] = AuditEvent.objects.order_by("-id").values_list("pk", flat=True).first() or 0
        filters = parse(codes)
    context |= {
        "filters": filters, "codes": codes, "words": filters_in_words(codes), "count": filters.apply(AuditEvent.objects.order_by()).count(),
        "query": urlencode({name: value for name, value in codes.items() if name != "upto"}), "fingerprint": _fingerprint(),
    }  # fmt: skip
    return render(request, "audit/exports.html", context)


@require_POST
def export_file(request: HttpRequest) -> HttpResponseBase:
    """The zip, made while it is sent."""
    if not permissions.can_export(request.user):
        raise PermissionDenied(_("Exports are made by compliance."))
    filters = parse(request.POST)
    try:
        export, checkpoint = exporting.begin(actor=request.user, filters=filters)
    except (ImproperlyConfigured, LookupError, sealing.SealBroken):
        text = _(
            "Nothing was exported: the log cannot be sealed at the moment. The page Seal and checkpoints says why."
        )
        return HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
    answer = StreamingHttpResponse(exporting.stream(export, checkpoint, filters), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="audit-log-{export.pk}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


def _fingerprint() -> str:
    try:
        return keys.current().active.fingerprint
    except ImproperlyConfigured:
        return ""
