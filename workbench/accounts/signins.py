"""Signing in and out, logged. Django and allauth do the work; their signals are the only hook they offer."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver

from audit.services import record


@receiver(user_logged_in)
def _signed_in(request: Any, user: Any, **_: Any) -> None:
    with transaction.atomic():
        record(action="person.signed_in", actor=user, object_type="user", object_id=user.pk)


@receiver(user_logged_out)
def _signed_out(request: Any, user: Any, **_: Any) -> None:
    if user is not None:
        with transaction.atomic():
            record(action="person.signed_out", actor=user, object_type="user", object_id=user.pk)


@receiver(user_login_failed)
def _failed(**_: Any) -> None:
    # What was typed as a name may be a password; nothing of it is kept.
    with transaction.atomic():
        record(action="person.sign_in_failed")
