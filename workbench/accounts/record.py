"""What is stored about a person, for that person: on a page, and whole as a file (GDPR, Articles 15 and 20).

Every app that keeps something about people has a module with ``stored_about(user)``; the setting ``WORKBENCH_RECORD`` names them. A test
compares them with the models, so that a new table with a person in it cannot be forgotten.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEvent
from workbench.accounts.models import Absence, User
from workbench.accounts.notices import in_words

#: Of each part the page shows the newest of these; the file holds all.
SHOWN = 10
type Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of record about a person.

    Args:
        name: its key in the file.
        label, why: what it is, and why it is kept and who sees it.
        rows: the records, newest first, as values JSON can hold.
        shown: what a row says on the page: when, and what.
        as_row: one record as it stands in the file.
    """

    name: str
    label: str | Promise
    why: str | Promise
    rows: QuerySet[Any]
    shown: Callable[[Any], tuple[Any, Any]]
    as_row: Callable[[Any], Row]

    def first(self) -> list[tuple[Any, Any]]:
        return [self.shown(row) for row in self.rows[:SHOWN]]

    def every(self) -> Iterator[Row]:
        for row in self.rows.iterator(chunk_size=200):
            yield self.as_row(row)


def parts(user: User) -> Iterator[Part]:
    """All parts, in the order of the setting."""
    for module in settings.WORKBENCH_RECORD:
        yield from import_module(module).stored_about(user)


def as_json(user: User) -> Iterator[str]:
    """Everything as one JSON text, piece by piece."""
    yield "{"
    for number, part in enumerate(parts(user)):
        yield f"{',' if number else ''}\n{json.dumps(part.name)}: ["
        for index, row in enumerate(part.every()):
            yield ("," if index else "") + "\n  " + json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
        yield "]"
    yield "\n}\n"


def _entry(user: User) -> Row:
    return {
        "username": user.username, "first_name": user.first_name, "last_name": user.last_name, "email": user.email, "title": user.title,
        "team": str(user.team or ""), "roles": sorted(user.role_names), "language": user.language, "mail": user.mail,
        "added": user.date_joined, "last_signed_in": user.last_login, "may_sign_in": user.is_active,
    }  # fmt: skip


def stored_about(user: User) -> Iterable[Part]:
    me = User.objects.with_roles().filter(pk=user.pk)
    away = Absence.objects.visible_to(user).select_related("person", "cover").order_by("-id")
    looks = user.looks.select_related("viewer")
    acts = AuditEvent.objects.filter(actor_id=user.pk)
    return (
        Part(
            "entry", _("My entry"), _("Who you are here. Administrators see and change it; the password is kept as a hash and never shown."),
            me, lambda u: (u.date_joined, f"{u.username} · {u.email}"), _entry,
        ),
        Part(
            "looks", _("Who looked at what is mine"), _("Everybody but you who opened a run of yours or your entry. Only you see this."),
            looks, lambda look: (look.last_at, f"{look.viewer}: {look.get_kind_display()} {look.object_id}"),
            lambda look: {"who": str(look.viewer), "what": look.kind, "id": look.object_id, "first": look.first_at, "last": look.last_at},
        ),
        Part(
            "qualifications", _("My qualifications"), _("What you may do because you earned it. Those who grant them see them, and compliance."),
            user.qualifications.select_related("granted_by").order_by("-id"), lambda row: (row.granted_at, f"{row.name} · {row.evidence}"),
            lambda row: {
                "name": row.name, "evidence": row.evidence, "granted_by": str(row.granted_by or ""), "granted": row.granted_at,
                "expires": row.expires_at, "revoked": row.revoked_at,
            },
        ),
        Part(
            "absences", _("When I am away"), _("Who stands in for whom. You and the other person see it."), away,
            lambda row: (row.begins, f"{row.person} → {row.cover}"),
            lambda row: {"person": str(row.person), "cover": str(row.cover), "begins": row.begins, "ends": row.ends},
        ),
        Part(
            "tokens", _("My API tokens"), _("Of the tokens themselves only a hash is kept."), user.api_tokens.order_by("-id"),
            lambda row: (row.created_at, f"{row.prefix}… {row.name}"),
            lambda row: {
                "name": row.name, "prefix": row.prefix, "created": row.created_at, "last_used": row.last_used_at, "revoked": row.revoked_at,
            },
        ),
        Part(
            "notices", _("My notices"), _("What the workbench told you. Only you see them."), user.notices.order_by("-id"),
            lambda row: (row.created_at, in_words(row)),
            lambda row: {"kind": row.kind, "place": row.path, "count": row.count, "at": row.created_at, "seen": row.seen_at, "mailed": row.mailed_at},
        ),
        Part(
            "acts", _("My entries in the audit log"), _("What you did, as ids, hashes and counts. Leaders and compliance read the log; it cannot be changed."),
            acts.order_by("-id"), lambda row: (row.at, row.action),
            lambda row: {
                "at": row.at, "action": row.action, "role": row.actor_role, "object": f"{row.object_type} {row.object_id}".strip(),
                "run": row.run_id, "data": row.data,
            },
        ),
    )  # fmt: skip
