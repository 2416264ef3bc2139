"""Two windows at one text: the one that kept something last goes on, an older one overwrites nothing until its person says so."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils.translation import gettext as _


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
