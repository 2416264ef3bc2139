"""What requests and holds keep about the person who dealt with them; see ``workbench.accounts.record``."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workbench.accounts.models import User
from workbench.accounts.record import Part
from workbench.privacy.models import Hold, RetentionRequest, SubjectRequest


def stored_about(user: User) -> Iterable[Part]:
    return (
        Part(
            "requests", _("Requests I dealt with"), _("Compliance sees them, and the log holds them. Whom a request was about is not kept."),
            SubjectRequest.objects.filter(by=user), lambda one: (one.at, f"{one.get_kind_display()} · {one.reference}"),
            lambda one: {"kind": one.kind, "reference": one.reference, "at": one.at, "records": one.count},
        ),
        Part(
            "holds", _("Legal holds I placed or lifted"), _("Compliance sees them, and the log holds them."),
            Hold.objects.filter(Q(placed_by=user) | Q(lifted_by=user)), lambda hold: (hold.placed_at, hold.reference),
            lambda hold: {"reference": hold.reference, "placed": hold.placed_at, "lifted": hold.lifted_at},
        ),
        Part(
            "removals", _("Removals I asked for or decided on"), _("Compliance, leaders and administrators see them, and the log holds them."),
            RetentionRequest.objects.filter(Q(asked_by=user) | Q(confirmed_by=user) | Q(withdrawn_by=user)),
            lambda one: (one.asked_at, f"{one.get_kind_display()} · {one.count}"),
            lambda one: {"kind": one.kind, "asked": one.asked_at, "confirmed": one.confirmed_at, "withdrawn": one.withdrawn_at, "records": one.count},
        ),
    )  # fmt: skip
