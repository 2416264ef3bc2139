"""The exact bytes of an event: what its leaf in the tree is the hash of.

An event is written as JSON in the form of RFC 8785 (keys in order, no spaces, UTF-8), of its columns. Two rules are ours:

* a column without a value (null) is not written, so that a column added later leaves the bytes of older events alone;
* whole numbers are written with all their digits; RFC 8785 stops being exact beyond 2^53. Fractions are those that Python
  and ECMAScript write alike, and ``canonical_json`` refuses the others.

``at`` is UTC with six digits of a second, ``event_id`` is 32 hexadecimal digits, ``data`` stands as it is stored, which
``canonical_json`` wrote.
"""

import json
import math
from json.encoder import encode_basestring as quoted
from typing import Any

COLUMNS = (
    "id", "event_id", "at", "action", "origin", "actor_id", "actor_role", "object_type", "object_id", "run_id", "activity_id",
    "policy_version_id", "prompt_version_id", "category", "model", "data",
)  # fmt: skip


def canonical_json(value: Any) -> str:
    """``value`` as canonical JSON.

    Raises ValueError for numbers that have no one form (not finite, or so small or large that they need an exponent) and
    TypeError for what JSON does not know.
    """
    return json.dumps(_exact(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("A number of the log is finite.")
        if value.is_integer():
            return int(value)
        if "e" in repr(value):
            raise ValueError("A number of the log is written without an exponent.")
        return value
    if isinstance(value, dict):
        return {str(key): _exact(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(inner) for inner in value]
    return value


def columns_sql(vendor: str, alias: str) -> str:
    """The columns of an event for ``SELECT``, as plain numbers and texts: nothing is converted twice, a million times."""
    special = {"at": f"{alias}.at || ''"}  # An expression has no declared type, so the driver converts nothing.
    if vendor == "postgresql":
        special = {
            "event_id": f"encode(uuid_send({alias}.event_id), 'hex')",
            "at": f"""to_char({alias}.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
        }
    return ", ".join(special.get(name, f"{alias}.{name}") for name in COLUMNS)


def canonical_at(at: str) -> str:
    """The time as it is sealed. SQLite keeps “2026-11-24 00:15:29.123456”, and leaves out a fraction of nothing."""
    if at[10] == "T":
        return at
    return f"{at[:10]}T{at[11:]}Z" if len(at) > 19 else f"{at[:10]}T{at[11:]}.000000Z"


def event_bytes(row: tuple[Any, ...]) -> bytes:
    """The canonical bytes of a row read with ``columns_sql``.

    Raises TypeError where a text column holds something else, which only somebody who bypassed the log can have done.
    """
    (
        pk, event_id, at, action, origin, actor_id, actor_role, object_type, object_id, run_id, activity_id,
        policy_version_id, prompt_version_id, category, model, data,
    ) = row  # fmt: skip
    at = canonical_at(at)
    return (
        f'{{"action":{quoted(action)}{f',"activity_id":{activity_id}' if activity_id is not None else ""}'
        f"{f',"actor_id":{actor_id}' if actor_id is not None else ''}"
        f',"actor_role":{quoted(actor_role)},"at":{quoted(at)},"category":{quoted(category)},"data":{data}'
        f',"event_id":{quoted(event_id)},"id":{pk},"model":{quoted(model)},"object_id":{quoted(object_id)}'
        f',"object_type":{quoted(object_type)},"origin":{quoted(origin)}'
        f"{f',"policy_version_id":{policy_version_id}' if policy_version_id is not None else ''}"
        f"{f',"prompt_version_id":{prompt_version_id}' if prompt_version_id is not None else ''}"
        f"{f',"run_id":{run_id}' if run_id is not None else ''}}}"
    ).encode("utf-8", "surrogateescape")
