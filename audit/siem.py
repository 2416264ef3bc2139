"""Events for a security information system: as OCSF or CEF, to a file, to syslog or to an HTTP address.

``WORKBENCH_SIEM`` lists streams, separated by semicolons: ``ocsf+file:/path``, ``cef+syslog-tcp://host:514``,
``ocsf+https://collector.example.com/in``. How they are followed: ``audit.streams``. An event that comes twice is known by its id
(``metadata.uid`` / ``externalId``). Nothing personal: an event holds ids, hashes, counts and code words.

The mapping is documented in ``docs/audit.md``: OCSF 1.3 (https://schema.ocsf.io/1.3.0), classes Authentication (3002) and API Activity
(6003); CEF version 0 (ArcSight Common Event Format, revision 25); syslog as in RFC 5424, framed as in RFC 6587 and 5425.
"""

import json
import os
import re
import socket
import ssl
import urllib.parse
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from audit.models import AuditEvent
from audit.places import SECONDS, NotDelivered, post
from audit.streams import Stream, to_file

_OCSF_VERSION = "1.3.0"
_PRODUCT = "Sales AI Workbench"
# OCSF activities of class API Activity, by the last word of an action.
_CREATED = frozenset(
    {
        "created",
        "added",
        "granted",
        "queued",
        "started",
        "recorded",
        "reported",
        "made",
        "drafted",
        "answered",
        "scheduled",
    }
)
_READ = frozenset({"viewed", "previewed", "exported", "verified", "probed", "tested"})
_DELETED = frozenset({"removed", "retired", "revoked", "erased", "withdrawn"})
# What deserves a second look: action → severity (OCSF severity_id: 1 informational, 3 medium, 4 high).
_SEVERITIES = {
    "person.sign_in_failed": 3, "run.blocked": 4, "run.denied": 3, "policy.suspended": 3, "person.roles_changed": 3, "seal.keys_changed": 4, "log.exported": 3,
    "token.created": 3, "tool.changed": 3,
}  # fmt: skip
_FAILED = frozenset({"person.sign_in_failed", "run.denied", "run.blocked", "run.failed", "run.expired"})


def ocsf(event: AuditEvent) -> str:
    """One event as a line of OCSF."""
    verb = event.action.split(".")[-1]
    sign_in = event.action in {"person.signed_in", "person.signed_out", "person.sign_in_failed"}
    if sign_in:
        category, kind, activity = 3, 3002, 2 if event.action == "person.signed_out" else 1
    else:
        category, kind = 6, 6003
        activity = 1 if verb in _CREATED else 2 if verb in _READ else 4 if verb in _DELETED else 3
    failed = event.action in _FAILED or event.data.get("passed") is False
    user: dict[str, Any] = (
        {"uid": str(event.actor_id)}
        if event.actor_id is not None
        else {"name": "workbench", "type": "System", "type_id": 3}
    )
    line: dict[str, Any] = {
        "activity_id": activity, "category_uid": category, "class_uid": kind, "type_uid": kind * 100 + activity,
        "time": int(event.at.timestamp() * 1000), "severity_id": severity(event), "status_id": 2 if failed else 1,
        "metadata": {
            "version": _OCSF_VERSION, "uid": str(event.event_id), "sequence": event.pk,
            "product": {"name": _PRODUCT, "vendor_name": _PRODUCT, "feature": {"name": "audit"}}, "log_name": "audit", "event_code": event.action,
        },
        "actor": {"user": user},
        "unmapped": {
            name: value for name, value in {
                "actor_role": event.actor_role, "origin": event.origin, "run_id": event.run_id, "activity_id": event.activity_id, "category": event.category,
                "policy_version_id": event.policy_version_id, "prompt_version_id": event.prompt_version_id, "model": event.model, "data": event.data,
            }.items() if value not in (None, "", {})
        },
    }  # fmt: skip
    if sign_in:
        line["user"] = user
    else:
        line["api"] = {"operation": event.action}
        line["src_endpoint"] = {"name": "workbench"}
        if event.object_type:
            line["resources"] = [{"type": event.object_type, "uid": event.object_id}]
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False)


def cef(event: AuditEvent) -> str:
    """One event as a line of CEF."""
    head = "|".join(
        _head(part) for part in (_PRODUCT, "audit", "1", event.action, event.action.replace(".", " ").replace("_", " "), str({1: 2, 3: 5, 4: 8}[severity(event)]))
    )  # fmt: skip
    fields: dict[str, Any] = {
        "rt": int(event.at.timestamp() * 1000), "externalId": event.event_id, "act": event.action, "suid": event.actor_id, "spriv": event.actor_role,
        "outcome": "failure" if event.action in _FAILED or event.data.get("passed") is False else "success",
        "cn1": event.pk, "cn1Label": "entry", "cn2": event.run_id, "cn2Label": "run" if event.run_id is not None else None,
        "cn3": event.activity_id, "cn3Label": "activity" if event.activity_id is not None else None,
        "cs1": event.category, "cs1Label": "category" if event.category else None, "cs2": event.model, "cs2Label": "model" if event.model else None,
        "cs3": f"{event.object_type}:{event.object_id}" if event.object_type else None, "cs3Label": "object" if event.object_type else None,
        "cs4": event.policy_version_id, "cs4Label": "policyVersion" if event.policy_version_id is not None else None,
        "cs5": event.prompt_version_id, "cs5Label": "promptVersion" if event.prompt_version_id is not None else None,
        "cs6": json.dumps(event.data, sort_keys=True, separators=(",", ":")) if event.data else None, "cs6Label": "data" if event.data else None,
    }  # fmt: skip
    return f"CEF:0|{head}|" + " ".join(
        f"{name}={_extension(str(value))}" for name, value in fields.items() if value not in (None, "")
    )


def severity(event: AuditEvent) -> int:
    """1 informational, 3 medium, 4 high (OCSF severity_id). A log that does not verify is high."""
    if event.action == "log.verified" and event.data.get("passed") is False:
        return 4
    return _SEVERITIES.get(event.action, 1)


def _head(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("\r", " ")


def _extension(text: str) -> str:
    return text.replace("\\", "\\\\").replace("=", "\\=").replace("\n", "\\n").replace("\r", "\\r")


# Where lines go


def _to_http(address: str, lines: Sequence[str]) -> None:
    """One POST of JSONL. A bearer token comes from WORKBENCH_SIEM_TOKEN."""
    token = settings.WORKBENCH_SIEM_TOKEN
    status, _answer = post(
        address, "".join(f"{line}\n" for line in lines), kind="application/x-ndjson", **({"Authorization": f"Bearer {token}"} if token else {})
    )  # fmt: skip
    if not 200 <= status < 300:
        raise NotDelivered(f"status {status}")


def _to_syslog(address: str, lines: Sequence[str]) -> None:
    parts = urllib.parse.urlsplit(address)
    scheme, host, port = (
        parts.scheme,
        parts.hostname or "",
        parts.port or (6514 if parts.scheme == "syslog-tls" else 514),
    )
    messages = [_rfc5424(line) for line in lines]
    if scheme == "syslog-udp":
        with socket.socket(
            socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0][0], socket.SOCK_DGRAM
        ) as datagrams:
            for message in messages:
                datagrams.sendto(message, (host, port))
        return
    with socket.create_connection((host, port), timeout=SECONDS) as plain:
        if scheme == "syslog-tls":
            with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure:
                secure.sendall(b"".join(b"%d %s" % (len(message), message) for message in messages))
                secure.unwrap()
        else:
            plain.sendall(b"".join(b"%d %s" % (len(message), message) for message in messages))
            plain.shutdown(socket.SHUT_WR)
            plain.recv(1)  # The other side has read to the end, or is gone: then the batch is sent again.


def _rfc5424(line: str) -> bytes:
    """Facility 13 (log audit), severity 6 (informational), no structured data."""
    stamp = timezone.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return f"<110>1 {stamp} {socket.gethostname()[:255]} workbench {os.getpid()} audit - {line}".encode()


_SENDERS: tuple[tuple[str, Callable[[str, Sequence[str]], None]], ...] = (
    ("file:", lambda address, lines: to_file(address.removeprefix("file:"), lines)), ("http:", _to_http), ("https:", _to_http),
    ("syslog-tcp:", _to_syslog), ("syslog-tls:", _to_syslog), ("syslog-udp:", _to_syslog),
)  # fmt: skip


def streams() -> list[Stream]:
    """Those of this installation (WORKBENCH_STREAMS)."""
    return parse(settings.WORKBENCH_SIEM)


def _each(write: Callable[[AuditEvent], str]) -> Callable[[Sequence[AuditEvent]], list[str]]:
    return lambda events: [write(event) for event in events]


def parse(text: str) -> list[Stream]:
    """The streams in the text of WORKBENCH_SIEM, or ImproperlyConfigured with the entry that cannot be read."""
    found = []
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        form, _plus, address = entry.partition("+")
        write = {"ocsf": _each(ocsf), "cef": _each(cef)}.get(form)
        send = next(
            (send for scheme, send in _SENDERS if address.startswith(scheme) and len(address) > len(scheme)), None
        )
        if (
            write is None
            or send is None
            or len(entry) > 200
            or (address.startswith("syslog") and not re.match(r"syslog-\w+://[^/:]+(:\d+)?\Z", address))
        ):
            raise ImproperlyConfigured(
                f"WORKBENCH_SIEM: “{entry[:60]}” does not read ocsf+file:/path, cef+syslog-tcp://host:port, ocsf+https://… or the like."
            )
        found.append(Stream(entry, address, write, send))
    return found
