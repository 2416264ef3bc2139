"""What every page of the shell needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from workbench.accounts import notices
from workbench.shell import health, nav


class Shell:
    """Worked out only where a template asks, so that fragments and the API pay nothing."""

    def __init__(self, request: HttpRequest) -> None:
        user = getattr(request, "user", None)
        match = getattr(request, "resolver_match", None)
        self.person = user if user is not None and user.is_authenticated else None
        self.view_name: str = match.view_name if match else ""
        self.sections = nav.sections_for(self.person, view_name=self.view_name) if self.person else []
        self.bottom_bar = nav.bottom_bar_for(self.person, self.sections) if self.person else []
        self.home_url = nav.url_of("home") or "/"
        self.new_run_url = next(
            (item.url for section in self.sections for item in section.items if item.entry.name == "runs:start"), ""
        )
        self.notices = notices.unseen(self.person, request.path) if self.person else 0
        self.notices_url = nav.url_of("accounts:notices") if self.person else ""
        self.record_url = nav.url_of("accounts:record")
        self.profile_url = nav.url_of("accounts:profile")
        self.tokens_url = nav.url_of("accounts:tokens")
        self.second_factor_url = nav.url_of("mfa_index")
        self.password_url = nav.url_of("account_change_password")
        self.logout_url = nav.url_of("account_logout")
        self.health_url = nav.url_of("shell:health")
        self.language_url = nav.url_of("shell:language")
        self.api_url = nav.url_of("api-docs") or nav.url_of("swagger-ui")
        self.health = health.summary(health.remembered())
        bar_names = {item.entry.name for item in self.bottom_bar}
        here = next((item for section in self.sections for item in section.items if item.current), None)
        self.more_is_current = here is not None and here.entry.name not in bar_names


def shell(request: HttpRequest) -> dict[str, Any]:
    """The variables ``shell`` (navigation, health, addresses), ``org_name``, ``demo_mode`` and ``product_name``."""
    return {
        "shell": SimpleLazyObject(lambda: Shell(request)),
        "product_name": "Sales AI Workbench",
        "org_name": getattr(settings, "WORKBENCH_ORG_NAME", ""),
        "demo_mode": getattr(settings, "WORKBENCH_DEMO", False),
    }
