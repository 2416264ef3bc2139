"""What people wrote with a decision about a policy, for the log's readers (WORKBENCH_AUDIT_TEXTS)."""

from collections.abc import Sequence

from audit.models import AuditEvent
from audit.reading import Told
from policies.models import PolicyVersion

_WITH_RATIONALE = frozenset({"policy.in_force", "policy.scheduled", "run.denied"})


def of_events(events: Sequence[AuditEvent | Told]) -> dict[int, str | None]:
    """The rationale of the policy version each of the events is about. One query."""
    wanted = {
        event.pk: event.policy_version_id
        for event in events
        if event.action in _WITH_RATIONALE and event.policy_version_id
    }
    if not wanted:
        return {}
    rationales = dict(PolicyVersion.objects.filter(pk__in=set(wanted.values())).values_list("pk", "rationale"))
    return {entry: rationales[version] for entry, version in wanted.items() if version in rationales}
