from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "workbench.accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        # Signing in and out happens inside Django's own functions; their signals are the only place to log it.
        from workbench.accounts import signins  # noqa: F401
