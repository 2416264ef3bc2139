"""Signing in as one of the demo people. Exists only where WORKBENCH_DEMO is set."""

from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from workbench.accounts.models import User
from workbench.demo.services import company


@login_not_required
@require_POST
def demo_login(request: HttpRequest) -> HttpResponse:
    names = {entry["username"] for entry in company()["people"]}
    username = request.POST.get("username", "")
    if not settings.WORKBENCH_DEMO or username not in names:
        raise Http404
    user = get_object_or_404(User, username=username, is_active=True)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(get_next_redirect_url(request) or "home")
