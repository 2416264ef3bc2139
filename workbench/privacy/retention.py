"""How long records are kept, and their removal when that time is over: one person asks, another confirms, a worker carries it out.

Two kinds have a time of their own (``Kind``). Texts of runs are erased by destroying their data keys; entries of the log go by whole segments
(``audit.retention``). What is under a legal hold stays. Entries are kept for at least as long as the texts they tell of.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import retention as log
from audit import verifying
from audit.services import record
from workbench.accounts.models import Notice, User
from workbench.accounts.notices import notify
from workbench.privacy import erasing
from workbench.privacy.holds import lock_living
from workbench.privacy.models import DataKey, HeldKey, Kind, RetentionRequest, RetentionRule
from workbench.privacy.permissions import can_answer_requests, can_confirm_removal, can_see_retention
from workbench.privacy.records import before_erasing, ended_before, run_ids_of
from workbench.privacy.requests import RequestRefused
from workbench.privacy.services import destroy_keys

logger = logging.getLogger(__name__)

MONTHS: dict[str, int] = {Kind.TEXTS: 6, Kind.LOG: log.MINIMUM_MONTHS}
"""Unless the house decides otherwise."""
LEAST = {Kind.TEXTS: 1, Kind.LOG: log.MINIMUM_MONTHS}
MOST = 240
_BATCH = 200
NOT_NOW: dict[str, str | Promise] = {
    "unverified": gettext_lazy("Nothing is removed: the log was not verified within the last two days. Verify it first, on the page Seal and checkpoints."),
    "failed": gettext_lazy("Nothing is removed: the last verification of the log found something wrong, and what might show why stays."),
}  # fmt: skip
"""Why nothing may be removed at present; see ``audit.retention.NotNow``."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would go now: how many, from before when, and how many stay because of a hold, or because a stream has not sent them."""

    kind: str
    before: datetime
    count: int
    held: int
    unsent: int = 0
    size: int = 0


def months() -> dict[str, int]:
    """For how many months each kind is kept. One query."""
    return {**MONTHS, **(RetentionRule.objects.values(*Kind.values).first() or {})}


def _may_go(request: RetentionRequest) -> datetime:
    """What ended before this may go, by the rule of today: where it was decided meanwhile to keep things longer, that counts."""
    return min(request.before, log.months_before(request.asked_at, months()[request.kind]))


@transaction.atomic
def set_months(*, actor: User, kind: str, count: int) -> None:
    """Keep a kind for so many months from now on. What is older goes only when two people say so. Raises PermissionDenied or RequestRefused."""
    if not can_answer_requests(actor):
        raise PermissionDenied(_("How long records are kept is for compliance to say."))
    if kind not in Kind.values or not LEAST[Kind(kind)] <= count <= MOST:
        least = LEAST[Kind(kind)] if kind in Kind.values else 1
        raise RequestRefused(_("Give a number of months from %(least)d to %(most)d.") % {"least": least, "most": MOST})
    RetentionRule.objects.bulk_create([RetentionRule(pk=1, **MONTHS)], ignore_conflicts=True)
    rule = RetentionRule.objects.select_for_update().get()
    before = getattr(rule, kind)
    setattr(rule, kind, count)
    if rule.log < rule.texts:
        raise RequestRefused(_("Entries of the log are kept at least as long as the texts they tell of. Change the other number first."))  # fmt: skip
    if count != before:
        rule.save()
        record(action="retention.changed", actor=actor, kind=kind, months=count, before=before)


def preview(kind: str) -> Preview:
    """What would go if two people said so now."""
    return _preview(kind, log.months_before(timezone.now(), months()[kind]))


def _preview(kind: str, before: datetime) -> Preview:
    if kind == Kind.LOG:
        plan = _plan(before)
        return Preview(
            kind, (plan.entries and plan.signed_at) or before, plan.entries, plan.held, plan.unsent, plan.size
        )
    old = ended_before(before)
    held = HeldKey.objects.filter(hold__lifted_at=None).values("data_key")
    return Preview(kind, before, _free(old).count(), old.filter(pk__in=held).count())


def _plan(before: datetime, size: int | None = None) -> log.Plan:
    held = HeldKey.objects.filter(hold__lifted_at=None).values_list("data_key_id", flat=True).distinct()
    return log.plan(before, run_ids_of(list(held)), size=size)


def _free(keys: QuerySet[DataKey]) -> QuerySet[DataKey]:
    """Without what is under a hold."""
    return keys.exclude(Exists(HeldKey.objects.filter(data_key=OuterRef("pk"), hold__lifted_at=None)))


@transaction.atomic
def ask(*, actor: User, kind: str) -> RetentionRequest:
    """Ask that what was kept long enough is removed, as ``preview`` shows it; others are told. Raises PermissionDenied or RequestRefused."""
    if not can_answer_requests(actor):
        raise PermissionDenied(_("A removal is asked for by compliance."))
    if kind not in Kind.values:
        raise RequestRefused(_("Choose what is to be removed."))
    would = preview(kind)
    if not would.count:
        raise RequestRefused(_("Nothing was kept long enough, or everything that was is under a hold."))
    try:
        with transaction.atomic():
            asked = RetentionRequest.objects.create(kind=kind, before=would.before, size=would.size, count=would.count, held=would.held, asked_by=actor)  # fmt: skip
    except IntegrityError:
        raise RequestRefused(_("There is a request already. It is confirmed or withdrawn first.")) from None
    record(action="removal.asked", actor=actor, object_type="retention", object_id=asked.pk, kind=kind, count=would.count, held=would.held, request=asked.pk)  # fmt: skip
    roles = ("compliance", "leader", "administrator")
    others = User.objects.filter(is_active=True, role_grants__role__in=roles).exclude(pk=actor.pk).distinct()
    notify(others, "removal_waits", reverse("privacy:retention"))
    return asked


def _open(request: RetentionRequest) -> RetentionRequest:
    """The request, locked. Raises RequestRefused where it was decided on meanwhile."""
    found = RetentionRequest.objects.select_for_update().get(pk=request.pk)
    if found.confirmed_at is not None or found.withdrawn_at is not None:
        raise RequestRefused(_("This request was decided on meanwhile."))
    return found


@transaction.atomic
def withdraw(*, actor: User, request: RetentionRequest) -> None:
    """Take the request back, or refuse it. Raises PermissionDenied or RequestRefused."""
    if not can_see_retention(actor):
        raise PermissionDenied(_("Removals are decided on by compliance, leaders and administrators."))
    found = _open(request)
    found.withdrawn_at, found.withdrawn_by = timezone.now(), actor
    found.save()
    record(action="removal.withdrawn", actor=actor, object_type="retention", object_id=found.pk, kind=found.kind, request=found.pk)  # fmt: skip


@transaction.atomic
def confirm(*, actor: User, request: RetentionRequest) -> RetentionRequest:
    """As a second person, have it removed: what was shown, without what came under a hold since. A worker carries it out.

    Raises PermissionDenied, RequestRefused, or audit.retention.NotNow where the log does not verify.
    """
    if not can_see_retention(actor):
        raise PermissionDenied(_("Removals are decided on by compliance, leaders and administrators."))
    found = _open(request)
    if not can_confirm_removal(actor, found):
        raise RequestRefused(_("A second person confirms what you asked for."))
    if found.before > _may_go(found):
        raise RequestRefused(
            _("It was decided meanwhile that these are kept longer. Withdraw the request and ask again.")
        )
    found.confirmed_at, found.confirmed_by = timezone.now(), actor
    if found.kind == Kind.LOG:
        log.require_sound_log()
        plan = _plan(found.before, found.size)
        found.count, found.held = plan.entries, plan.held
    else:
        now = _preview(found.kind, found.before)
        found.count, found.held = now.count, now.held
    found.save()
    record(
        action="removal.confirmed", actor=actor, object_type="retention", object_id=found.pk, kind=found.kind, count=found.count, held=found.held,
        request=found.pk, asked_by_id=found.asked_by_id,
    )  # fmt: skip
    return found


def carry_out(request: RetentionRequest) -> None:
    """Remove what was confirmed. Interrupted, it goes on where it was; nothing is removed twice."""
    if request.confirmed_at is None or request.done_at is not None:
        return
    for count in _log_entries(request) if request.kind == Kind.LOG else _texts(request):
        RetentionRequest.objects.filter(pk=request.pk).update(done=F("done") + count)
    RetentionRequest.objects.filter(pk=request.pk).update(done_at=timezone.now())


def _log_entries(request: RetentionRequest) -> Iterator[int]:
    """Remove entries. What goes stands in the log before the first of them does, and is then removed to the end: no rule and no hold of later
    makes the log name entries that are still there."""
    entry = request.entry or _begin(request)
    if entry is not None:
        yield from log.carry_out(entry)


@transaction.atomic
def _begin(request: RetentionRequest) -> int | None:
    """The entry that says what goes, by the rule and the holds of now; None where nothing does. Raises audit.retention.NotNow."""
    found = (
        RetentionRequest.objects.select_for_update(of=("self",))
        .select_related("asked_by", "confirmed_by")
        .get(pk=request.pk)
    )
    if found.entry is None and found.before <= _may_go(found):
        plan = _plan(found.before, found.size)
        entry = log.decide(actor=found.confirmed_by, asked_by=found.asked_by, going=plan, request=found.pk)
        if entry is not None:
            found.entry, found.count, found.held = entry.pk, plan.entries, plan.held
            found.save(update_fields=["entry", "count", "held"])
    return found.entry


def _texts(request: RetentionRequest) -> Iterator[int]:
    """Erase texts in batches, each remembered outside of the database before it is committed, so that no backup brings it back."""
    while True:
        with transaction.atomic():
            before = _may_go(request)
            wanted = list(_free(ended_before(before)).values_list("pk", flat=True)[:_BATCH])
            if not wanted:
                return
            # Asked again behind the lock: a hold may have been placed, or a text been typed at, while this waited for it.
            keys = list(_free(ended_before(before)).filter(pk__in=lock_living(wanted)).values_list("pk", flat=True))
            if keys:
                before_erasing(request.confirmed_by, keys)
                destroy_keys(keys)
                record(action="record.expired", object_type="retention", object_id=request.pk, count=len(keys), request=request.pk)  # fmt: skip
                erasing.remember(keys)
        yield len(keys)


def carry_on() -> None:
    """Everything that is confirmed and not done yet. What stops waits, and keeps nothing else waiting; ``stopped_by`` says why it does."""
    for request in RetentionRequest.objects.filter(done_at=None).exclude(confirmed_at=None).order_by("pk"):
        try:
            carry_out(request)
        except log.Altered:
            logger.error(
                "Removal %s stopped: an entry that was to go is not what was sealed. The log is verified.", request.pk
            )
            verifying.verify_for(None)
        except (log.NotNow, erasing.ListUnwritable) as reason:
            logger.error("Removal %s waits: %s", request.pk, reason)


def stopped_by(request: RetentionRequest) -> str:
    """Why a removal that was confirmed does not go on, as far as it can be seen; empty where it does."""
    if request.kind == Kind.LOG:
        try:
            log.require_sound_log()
        except log.NotNow as reason:
            return str(NOT_NOW[reason.code])
    elif not erasing.is_writable():
        return _(
            "Nothing is removed: the list “erased-keys” cannot be written or was lost. Make room for it, or put it back."
        )
    return ""


def tell_what_is_due() -> None:
    """Tell compliance that something may go, once until they looked, and not again within a month."""
    path = reverse("privacy:retention")
    recent = Notice.objects.filter(kind="retention_due", created_at__gt=log.months_before(timezone.now(), 1))
    waiting = set(RetentionRequest.objects.filter(done_at=None, withdrawn_at=None).values_list("kind", flat=True))
    if recent.exists() or not any(preview(kind).count for kind in Kind.values if kind not in waiting):
        return
    notify(User.objects.filter(is_active=True, role_grants__role="compliance"), "retention_due", path)
