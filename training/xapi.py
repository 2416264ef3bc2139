"""What the house may know of learning, as xAPI statements to a learning record store: a path was finished, a qualification was earned, granted
or taken back.

``WORKBENCH_LRS`` lists where they go, separated by semicolons: ``file:/path`` (one statement a line) or the address of a store, with
``WORKBENCH_LRS_LOGIN`` (``key:secret``) for it. They are made from the entries of the log and follow it as every stream does (``audit.streams``).
The id of a statement is made from the entry's, so a store knows one that comes twice.

Nothing personal: people are the numbers of their records under the workbench's own address, as in the evidence of AI literacy. Attempts, levels and
days of trying are the learner's alone and in none of them. Who is assigned a path is worked out from roles and teams at each moment, so there is no
act to tell of. Of people whose record was erased nothing is sent any more.

xAPI 1.0.3 (https://github.com/adlnet/xAPI-Spec; IEEE 9274.1.1 is its version 2.0): statements in part two, section 2.4, the statement resource in part three, section 2.1.
"""

import base64
import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from audit.models import AuditEvent
from audit.places import NotDelivered, post
from audit.streams import Stream, to_file
from training.models import Completion
from workbench.accounts.models import User

_VERBS: dict[str, tuple[str, dict[str, str]]] = {
    "path.finished": ("http://adlnet.gov/expapi/verbs/completed", {"en": "completed", "de": "hat abgeschlossen"}),
    "qualification.earned": ("http://id.tincanapi.com/verb/earned", {"en": "earned", "de": "hat erworben"}),
    "qualification.granted": ("http://id.tincanapi.com/verb/earned", {"en": "earned", "de": "hat erworben"}),
    # No published verb says that a right was taken back, so it is one of this workbench's own.
    "qualification.revoked": ("/xapi/verbs/lost", {"en": "lost", "de": "hat verloren"}),
}
_COURSE = "http://adlnet.gov/expapi/activities/course"
_BADGE = "http://activitystrea.ms/schema/1.0/badge"


def streams() -> list[Stream]:
    """Those of this installation (WORKBENCH_STREAMS)."""
    return parse(settings.WORKBENCH_LRS)


def parse(text: str) -> list[Stream]:
    """The streams in the text of WORKBENCH_LRS, or ImproperlyConfigured with the entry that cannot be read."""
    found = []
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        scheme, colon, rest = entry.partition(":")
        send = {"file": _to_file, "http": _to_store, "https": _to_store}.get(scheme)
        if send is None or not colon or not rest.strip("/") or len(entry) > 190:
            raise ImproperlyConfigured(
                f"WORKBENCH_LRS: “{entry[:60]}” does not read file:/path or https://lrs.example.com/xapi."
            )
        found.append(Stream(f"xapi+{entry}", entry, statements, send))
    return found


def statements(events: Sequence[AuditEvent]) -> list[str]:
    """The statements these entries make, each as JSON on one line. Two queries, none where nothing is to be told."""
    told = [(event, _learner(event)) for event in events if event.action in _VERBS]
    if not told:
        return []
    there = set(
        User.objects.filter(pk__in={person for _event, person in told}, erased_at=None).values_list("pk", flat=True)
    )
    numbers = {int(event.object_id) for event, _person in told if event.object_type == "completion"}
    finished = Completion.objects.select_related("path").in_bulk(numbers) if numbers else {}
    return [
        json.dumps(_statement(event, person, finished), separators=(",", ":"), ensure_ascii=False)
        for event, person in told
        if person in there
    ]


def _learner(event: AuditEvent) -> int | None:
    """Whom it is about: whoever finished, or whose qualification it is."""
    return event.actor_id if event.object_type == "completion" else int(event.object_id)


def _statement(event: AuditEvent, person: int | None, finished: dict[int, Completion]) -> dict[str, Any]:
    base = settings.WORKBENCH_URL
    verb, words = _VERBS[event.action]
    about = _finished(finished[int(event.object_id)]) if event.object_type == "completion" else _qualification(event)
    return {
        "id": str(uuid.uuid5(event.event_id, "xapi")),
        "actor": {"objectType": "Agent", "account": {"homePage": base, "name": str(person)}},
        "verb": {"id": f"{base}{verb}" if verb.startswith("/") else verb, "display": words},
        "timestamp": event.at.isoformat(),
        **about,
    }  # fmt: skip


def _finished(one: Completion) -> dict[str, Any]:
    """A path, in a language, under the versions that were passed."""
    return {
        "object": {
            "objectType": "Activity", "id": f"{settings.WORKBENCH_URL}/exercises/#{one.path.slug}",
            "definition": {"type": _COURSE, "name": one.path.title, "description": one.path.about},
        },
        "result": {"completion": True},
        "context": {
            "platform": "Sales AI Workbench", "language": one.language,
            "revision": ", ".join(f"{slug} v{number}" for slug, (number, _sha256) in one.versions.items()),
        },
    }  # fmt: skip


def _qualification(event: AuditEvent) -> dict[str, Any]:
    """A qualification, with the day on which it ends by itself."""
    base, name = settings.WORKBENCH_URL, str(event.data["qualification"])
    about: dict[str, Any] = {
        "object": {"objectType": "Activity", "id": f"{base}/qualifications/#{name}", "definition": {"type": _BADGE, "name": {"en": name}}},
        "context": {"platform": "Sales AI Workbench"},
    }  # fmt: skip
    if ends := event.data.get("expires_on"):
        about["result"] = {"extensions": {f"{base}/xapi/extensions/expires-on": ends}}
    return about


# Where statements go


def _to_file(address: str, lines: Sequence[str]) -> None:
    to_file(address.removeprefix("file:"), lines)


def _to_store(address: str, lines: Sequence[str]) -> None:
    """One POST of all. Where the store has one of them and says 409 Conflict, each goes alone, and 409 means that it is there."""
    if _post(address, lines) != 409:
        return
    for line in lines:
        _post(address, [line])


def _post(address: str, lines: Sequence[str]) -> int:
    login = settings.WORKBENCH_LRS_LOGIN
    headers = {"X-Experience-API-Version": "1.0.3"}
    if login:
        headers["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"
    status, _answer = post(
        f"{address.rstrip('/')}/statements", f"[{','.join(lines)}]", kind="application/json", **headers
    )
    if not 200 <= status < 300 and status != 409:
        raise NotDelivered(f"status {status}")
    return status
