"""What people wrote with a decision about a policy, for the log's readers (WORKBENCH_AUDIT_TEXTS)."""

from collections.abc import Sequence

from audit.models import AuditEvent
from audit.reading import Told
from policies.models import PolicyOverride, PolicyVersion

_WITH_RATIONALE = frozenset({"policy.in_force", "policy.scheduled", "run.denied"})


def of_events(events: Sequence[AuditEvent | Told]) -> dict[int, str | None]:
    """The rationale of the policy version each of the events is about, or why it was decided without a fundamental; None where that was erased.

    A query for each of the two.
    """
    return _rationales(events) | _reasons(events)


def _reasons(events: Sequence[AuditEvent | Told]) -> dict[int, str | None]:
    wanted = {event.pk: event.data["override_id"] for event in events if event.action == "policy.overridden"}
    if not wanted:
        return {}
    overrides = PolicyOverride.objects.filter(pk__in=wanted.values()).select_related("data_key")
    reasons = {override.pk: override.why for override in overrides}
    return {entry: reasons.get(override) for entry, override in wanted.items()}


def _rationales(events: Sequence[AuditEvent | Told]) -> dict[int, str | None]:
    wanted = {
        event.pk: event.policy_version_id
        for event in events
        if event.action in _WITH_RATIONALE and event.policy_version_id
    }
    if not wanted:
        return {}
    rationales = dict(PolicyVersion.objects.filter(pk__in=set(wanted.values())).values_list("pk", "rationale"))
    return {entry: rationales[version] for entry, version in wanted.items() if version in rationales}
