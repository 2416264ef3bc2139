"""The one door to the log."""

from typing import Any

from django.db import connection
from django.utils import timezone

from audit.actions import ACTIONS
from audit.codes import is_code
from audit.models import AuditEvent, Origin


class UnknownAction(ValueError):
    """The action is not registered in ``audit.actions``."""


class NotAllowedInLog(ValueError):
    """The data holds a key that the action does not list, or a value that is more than an id, hash, count or version."""


def record(
    *,
    action: str,
    actor: Any = None,
    origin: str = Origin.PERSON,
    object_type: str = "",
    object_id: int | str = "",
    run_id: int | None = None,
    activity_id: int | None = None,
    policy_version_id: int | None = None,
    prompt_version_id: int | None = None,
    category: str = "",
    model: str = "",
    **data: Any,
) -> AuditEvent:
    """Append one event inside the caller's transaction.

    ``actor`` is a user or None (the workbench itself); its id and first role are kept; ``model`` is the model that answered.
    ``data`` may carry the keys its action
    registers, with ids, hashes, counts, versions and code words as values.

    Raises UnknownAction, NotAllowedInLog, or RuntimeError outside a transaction; database errors pass through. Whatever is
    raised ends the caller's transaction, so an act that cannot be logged does not happen.
    """
    registered = ACTIONS.get(action)
    if registered is None:
        raise UnknownAction(action)
    if unknown := set(data) - registered.keys:
        raise NotAllowedInLog(f"{action} does not register {sorted(unknown)}")
    _check(data)
    _check(model)
    if not connection.in_atomic_block:
        raise RuntimeError("An audit event is written inside the transaction of the act it records.")
    if actor is None and origin == Origin.PERSON:
        origin = Origin.SYSTEM
    return AuditEvent.objects.create(
        at=timezone.now(),
        action=action,
        origin=origin,
        actor_id=actor.pk if actor is not None else None,
        actor_role=actor.main_role if actor is not None else "",
        object_type=object_type,
        object_id=str(object_id),
        run_id=run_id,
        activity_id=activity_id,
        policy_version_id=policy_version_id,
        prompt_version_id=prompt_version_id,
        category=category,
        model=model,
        data=data,
    )


def _check(value: Any) -> None:
    if value is None or isinstance(value, bool | int | float):
        return
    if isinstance(value, str):
        if not is_code(value):
            raise NotAllowedInLog("a value is more than an id, hash, count, version or code word")
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            _check(key)
            _check(inner)
        return
    if isinstance(value, list | tuple):
        for inner in value:
            _check(inner)
        return
    raise NotAllowedInLog(f"a value of type {type(value).__name__} cannot stand in the log")
