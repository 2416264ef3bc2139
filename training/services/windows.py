"""Two windows at one text: the one that kept something last goes on, an older one overwrites nothing until its person says so.

And two clicks on one button: what stays for good is kept once.
"""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from workbench.accounts.models import User

#: The same from the same person within this time is the same click, or a page that was sent again.
_ONE_CLICK = timedelta(minutes=1)


class Refused(ValidationError):
    """What somebody typed cannot be kept or taken as it is; the sentence says what was kept and what to do."""


class ChangedElsewhere(Refused):
    """Another window kept something since. What this one holds is not kept until its person says so."""

    def __init__(self) -> None:
        super().__init__(
            _("In another window something else was kept since you opened this one. What you typed here is still in the fields, and not kept.")
        )  # fmt: skip


def may_keep(seen: int | None, window: str) -> Q:
    """The rows that this window may overwrite: at the revision it was shown, or kept last by itself. None has seen whatever stands there."""
    return Q() if seen is None else Q(revision=seen) | Q(window=window) & ~Q(window="")


def kept_by(window: str) -> dict[str, Any]:
    """What is noted with whatever a window keeps."""
    return {"revision": F("revision") + 1, "window": window}


def one_click(actor: User) -> datetime:
    """Since when the same from this person is the same click. Whoever clicks twice at once waits here, until the transaction ends."""
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    return timezone.now() - _ONE_CLICK
