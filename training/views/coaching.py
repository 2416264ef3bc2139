"""The coaching log: what was agreed between two people, for those two; and for leaders counts of teams."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies.views.base import add_faults, person
from training import permissions, services
from training.coaching import LEAST_PEOPLE, counts_of, groups
from training.forms import CoachingForm
from training.models import CoachingEntry
from training.waiting import agreed_by_when
from workbench.accounts.paging import key_of

PAGE = 20


@require_GET
def coaching(request: HttpRequest) -> HttpResponse:
    """My entries, those I noted and those that were noted for me, the newest first."""
    me = person(request)
    only_open = bool(request.GET.get("open"))
    found = CoachingEntry.objects.visible_to(me).with_people()
    found = found.open() if only_open else found
    if (before := key_of(request.GET.get("before", ""))) is not None:
        found = found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    context = {
        "rows": [{"entry": one, "other": one.other_than(me)} for one in page[:PAGE]], "older": page[PAGE - 1].pk if len(page) > PAGE else None,
        "only_open": only_open, "may_note": permissions.can_note_coaching(me), "may_count": permissions.can_see_coaching_counts(me),
    }  # fmt: skip
    return render(request, "training/coaching.html", context)


@require_http_methods(["GET", "POST"])
def coaching_new(request: HttpRequest) -> HttpResponse:
    """Note what was agreed, for a manager; beginning with an entry of theirs that was taken back, where ``again`` names one."""
    me = person(request)
    if not permissions.can_note_coaching(me):
        raise PermissionDenied(_("Entries are noted by the managers of teams, for the people in them."))
    again = CoachingEntry.objects.with_people().filter(pk=key_of(request.GET.get("again", "")) or 0, manager=me).first()
    form = CoachingForm(request.POST or None, actor=me, again=again)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.note_coaching(actor=me, **form.cleaned_data)
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(request, _("Noted. The other person was told and reads the same."))
            return redirect("training:coaching_entry", pk=made.pk)
    return render(request, "training/coaching_new.html", {"form": form}, status=422 if request.method == "POST" else 200)  # fmt: skip


def _mine(request: HttpRequest, pk: int) -> CoachingEntry:
    found = CoachingEntry.objects.visible_to(person(request)).with_people().select_related("team", "done_by")
    return get_object_or_404(found, pk=pk)


@require_GET
def coaching_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry, the same for both."""
    me, found = person(request), _mine(request, pk)
    context = {
        "entry": found, "other": found.other_than(me), "by_when": agreed_by_when(found) if found.is_open else "", "mine": permissions.can_take_coaching_back(me, found),
        "may_note": found.taken_back_at is not None and permissions.can_take_coaching_back(me, found) and permissions.can_note_coaching(me),
    }  # fmt: skip
    return render(request, "training/coaching_entry.html", context)


@require_POST
def coaching_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark what was agreed as done."""
    if services.finish_coaching(actor=person(request), entry=_mine(request, pk)):
        messages.success(request, _("Marked as done. Both of you see it."))
    else:
        messages.info(request, _("This was not open any more. Nothing was changed."))
    return redirect("training:coaching_entry", pk=pk)


@require_POST
def coaching_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a slip back."""
    if services.take_coaching_back(actor=person(request), entry=_mine(request, pk)):
        messages.success(request, _("Taken back. Both of you still read it; it is not counted, and nobody is reminded."))  # fmt: skip
    else:
        messages.info(request, _("This was not open any more. Nothing was changed."))
    return redirect("training:coaching_entry", pk=pk)


@require_GET
def coaching_counts(request: HttpRequest) -> HttpResponse:
    """How often calls were accompanied and deal reviews held, by team and month. For leaders, and of no person."""
    me = person(request)
    if not permissions.can_see_coaching_counts(me):
        raise PermissionDenied(_("How often it happens in a team is shown to leaders."))
    found = groups()
    asked = request.GET.get("team", "")
    group = next((one for one in found if one.key == asked), found[0] if found else None)
    counts = counts_of([group])[0] if group else None
    context = {"groups": found, "group": group, "counts": counts, "least": LEAST_PEOPLE}
    return render(request, "training/coaching_counts.html", context)
