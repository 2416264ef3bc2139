"""People and teams for administrators; one's own profile and tokens for everybody."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from workbench.accounts import permissions, record, services
from workbench.accounts.forms import AbsenceForm, NewPersonForm, PersonForm, PreferencesForm, TeamForm, TokenForm
from workbench.accounts.models import Absence, ApiToken, Notice, Team, User
from workbench.accounts.notices import KINDS, in_words
from workbench.accounts.paging import key_of


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _require_manager(request: HttpRequest) -> User:
    if not permissions.can_manage_people(request.user):
        raise PermissionDenied(_("Only administrators see and change people."))
    return _user(request)


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    _require_manager(request)
    return render(request, "accounts/people.html", {"people": User.objects.with_roles().filter(erased_at=None)[:2000]})


@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    actor = _require_manager(request)
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = services.create_person(actor=actor, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%s was added.") % person)
            return redirect("accounts:people")
    return render(
        request, "accounts/person_form.html", {"form": form, "person": None}, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    actor = _require_manager(request)
    found = get_object_or_404(User.objects.with_roles(), pk=pk, erased_at=None)
    services.look_at(viewer=actor, person_id=found.pk, kind="entry", object_id=found.pk)
    initial = {
        "title": found.title,
        "team": found.team_id,
        "roles": sorted(found.role_names),
        "is_active": found.is_active,
    }
    form = PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_person(actor=actor, person=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:people")
    return render(
        request, "accounts/person_form.html", {"form": form, "person": found}, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "POST"])
def teams(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Teams in a table, with one form to add or change."""
    may_change = permissions.can_manage_people(request.user)
    if not may_change and (pk or request.method == "POST" or not permissions.can_see_teams(request.user)):
        raise PermissionDenied(_("Only administrators change teams; leaders see them."))
    actor = _user(request)
    found = get_object_or_404(Team, pk=pk) if pk else None
    form = TeamForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        services.save_team(actor=actor, team=form.save(commit=False))
        messages.success(request, _("Saved."))
        return redirect("accounts:teams")
    context = {
        "teams": Team.objects.select_related("manager").prefetch_related("members"),
        "form": form,
        "team": found,
        "may_change": may_change,
    }
    return render(request, "accounts/teams.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Who I am here, my language, when I am away, my qualifications, second factor and tokens."""
    user = _user(request)
    form = PreferencesForm(request.POST or None, initial={"language": user.language, "mail": user.mail})
    if request.method == "POST" and form.is_valid():
        User.objects.filter(pk=user.pk).update(**form.cleaned_data)
        response = redirect("accounts:profile")
        response.delete_cookie("django_language")
        return response
    return _profile_page(request, form, AbsenceForm(actor=user))


def _profile_page(
    request: HttpRequest, form: PreferencesForm, absence_form: AbsenceForm, status: int = 200
) -> HttpResponse:
    user = _user(request)
    context = {
        "form": form,
        "absence_form": absence_form,
        "absences": Absence.objects.visible_to(user)
        .filter(ends__gte=timezone.localdate())
        .select_related("person", "cover"),
        "may_be_covered": bool({"reviewer", "leader"} & user.role_names),
        "qualifications": user.qualifications.filter(revoked_at=None).order_by("name"),
    }
    return render(request, "accounts/profile.html", context, status=status)


@require_POST
def absence(request: HttpRequest) -> HttpResponse:
    """Record when I am away."""
    user = _user(request)
    form = AbsenceForm(request.POST, actor=user)
    if form.is_valid():
        try:
            services.record_absence(actor=user, **form.cleaned_data)
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                form.add_error(name, sentences)
        else:
            messages.success(request, _("Kept. Drafts that are handed to you go to whoever stands in."))
            return redirect("accounts:profile")
    return _profile_page(request, PreferencesForm(initial={"language": user.language, "mail": user.mail}), form, 422)


@require_POST
def absence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Absence.objects.visible_to(request.user), pk=pk)
    services.remove_absence(actor=_user(request), absence=found)
    messages.success(request, _("Taken back."))
    return redirect("accounts:profile")


@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """My API tokens. A new one is shown once, in the answer to the request that made it."""
    user = _user(request)
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        _token, secret = services.create_token(actor=user, name=form.cleaned_data["name"])
        form = TokenForm()
    context = {"form": form, "tokens": ApiToken.objects.visible_to(user), "secret": secret}
    response = render(request, "accounts/tokens.html", context, status=422 if form.is_bound else 200)
    if secret:
        response["Cache-Control"] = "no-store"
    return response


@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    services.revoke_token(actor=_user(request), token=token)
    messages.success(request, _("Revoked. Programs with this token are refused from now on."))
    return redirect("accounts:tokens")


#: Notices on one page.
NOTICES = 50


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What I was told, newest first."""
    before = key_of(request.GET.get("before", ""))
    found = Notice.objects.visible_to(request.user)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: NOTICES + 1])
    page = [
        {"notice": row, "icon": KINDS[row.kind].icon, "sentence": in_words(row)}
        for row in rows[:NOTICES]
        if row.kind in KINDS
    ]
    context = {"rows": page, "older": rows[NOTICES - 1].pk if len(rows) > NOTICES else None}
    return render(request, "accounts/notices.html", context)


@require_POST
def notices_seen(request: HttpRequest) -> HttpResponse:
    """Everything seen."""
    Notice.objects.visible_to(request.user).filter(seen_at=None).update(seen_at=timezone.now())
    return redirect("accounts:notices")


@require_GET
def my_record(request: HttpRequest) -> HttpResponse:
    """Everything that is stored about me, and who looked at it."""
    parts: list[dict[str, Any]] = []
    for part in record.parts(_user(request)):
        first = part.first()
        # Only where the page cannot show all is it worth counting.
        count = part.rows.count() if len(first) == record.SHOWN else len(first)
        parts.append({"part": part, "first": first, "count": count})
    context = {
        "parts": [row for row in parts if row["first"] or row["part"].name == "looks"],
        "empty": [row["part"].label for row in parts if not row["first"] and row["part"].name != "looks"],
        "shown": record.SHOWN,
    }
    return render(request, "accounts/record.html", context)


@require_GET
def my_record_file(request: HttpRequest) -> StreamingHttpResponse:
    """The same, whole, as JSON."""
    response = StreamingHttpResponse(record.as_json(_user(request)), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="my-record.json"'
    response["Cache-Control"] = "no-store"
    return response
