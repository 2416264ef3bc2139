"""The demo people for the log-in page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from workbench.accounts.models import Role
from workbench.demo.services import people_by_role


def people(request: HttpRequest) -> dict[str, Any]:
    """``demo_people``: who can be signed in with one click; empty outside the demo. Read only where a template asks."""
    if not settings.WORKBENCH_DEMO or (getattr(request, "user", None) and request.user.is_authenticated):
        return {"demo_people": []}
    german = getattr(request, "LANGUAGE_CODE", "en").startswith("de")
    return {
        "demo_people": SimpleLazyObject(
            lambda: [
                person | {"role": Role(person["role"]).label, "note": person["note_de"] if german else person["note"]}
                for person in people_by_role()
            ]
        )
    }
