"""Which window a page is, and what it says about keeping: shared by exercises and worksheets."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from training.services import ChangedElsewhere, Refused
from workbench.accounts.paging import key_of


def new_window() -> str:
    """The name of a window that is opened now."""
    return secrets.token_hex(8)


def window_of(data: QueryDict) -> dict[str, Any]:
    """What a page sends: ``window``, and ``seen``, the revision it was shown; None where its person said to replace what is kept."""
    seen = 0 if (key := key_of(data.get("revision", ""))) is None else key
    return {"window": data.get("window", "")[:16], "seen": None if data.get("replace") else seen}


def kept_line(request: HttpRequest, refused: Refused | None, *, save_url: str, see_url: str) -> HttpResponse:
    """Whether what is typed is kept, as a line (a fragment)."""
    context = {
        "fault": " ".join(refused.messages) if refused else "", "changed": isinstance(refused, ChangedElsewhere),
        "save_url": save_url, "see_url": see_url,
    }  # fmt: skip
    return render(request, "training/_kept.html", context)
