"""Looking at the log is an act too: who looked, and at what, stands in it."""

import hashlib
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.canonical import canonical_json
from audit.codes import as_codes
from audit.filters import Filters
from audit.models import AuditEvent
from audit.services import record

AGAIN_AFTER = timedelta(minutes=15)
"""The same look by the same person is recorded once in this time: turning pages is one look."""


@transaction.atomic
def note_look(*, actor: Any, filters: Filters) -> None:
    """Record that somebody looked at what the filters ask for, unless the log says so already. One query, two where it does not."""
    asked = {name: value for name, value in filters.codes().items() if name != "upto"}
    digest = hashlib.sha256(canonical_json(asked).encode()).hexdigest()[:16]
    seen = AuditEvent.objects.filter(
        action="log.viewed", object_type="look", object_id=f"{actor.pk}.{digest}", at__gt=timezone.now() - AGAIN_AFTER
    )
    if not seen.exists():
        record(
            action="log.viewed",
            actor=actor,
            object_type="look",
            object_id=f"{actor.pk}.{digest}",
            filters=as_codes(asked),
        )
