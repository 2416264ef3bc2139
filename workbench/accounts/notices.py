"""What people are told, in the workbench and by e-mail. A notice is a kind and a place; mails hold links and nothing else about anybody."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from audit import verifying
from audit.models import VerificationState
from workbench.accounts.models import MailChoice, Notice, Role, User

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice: icon and sentence. ``everywhere``: seen as soon as any page below its place is opened."""

    icon: str
    sentence: str | Promise
    everywhere: bool = False


KINDS: dict[str, Kind] = {
    "draft_waiting": Kind("inbox", _("Drafts wait for your review."), everywhere=True),
    "draft_handed_over": Kind("person-check", _("A draft was handed over to you.")),
    "draft_due": Kind("clock", _("The time limit of a draft comes near.")),
    "draft_escalated": Kind("arrow-up-circle", _("The time limit of a draft ran out. You decide now, as the team's manager.")),
    "run_approved": Kind("check-circle", _("Your draft was approved.")),
    "run_edited": Kind("pencil-square", _("Your draft was edited and approved.")),
    "run_rejected": Kind("x-circle", _("Your draft was rejected; the reason stands with it.")),
    "run_expired": Kind("clock-history", _("Nobody decided on your draft in time; it was not released.")),
    "policy_suspended": Kind("pause-circle-fill", _("A policy that you answer for was suspended.")),
    "policy_held_back": Kind("bricks", _("A policy did not take effect: a fundamental it asks for is not in place any more.")),
    "seal_broken": Kind("shield-exclamation", _("The verification of the audit log found something wrong.")),
    "removal_waits": Kind("hourglass-split", _("Records that were kept long enough are to be removed; a second person confirms it.")),
    "retention_due": Kind("hourglass-split", _("Some records are older than they have to be kept.")),
    "path_assigned": Kind("mortarboard", _("A learning path was assigned to you.")),
    "path_due_30": Kind("calendar-event", _("A learning path that you are assigned is due within 30 days.")),
    "path_due_7": Kind("calendar-event", _("A learning path that you are assigned is due within a week.")),
    "path_due_1": Kind("calendar-event", _("A learning path that you are assigned is due by tomorrow.")),
    "coaching_noted": Kind("journal-check", _("What you agreed on with your manager was noted for you both.")),
    "coaching_due": Kind("calendar-event", _("Something that you agreed on is due by tomorrow.")),
    "right_ends_30": Kind("mortarboard", _("A qualification that you earned here counts for another 30 days at most.")),
    "right_ends_7": Kind("mortarboard", _("A qualification that you earned here counts for another week at most.")),
    "right_ends_1": Kind("mortarboard", _("A qualification that you earned here ends by tomorrow.")),
    "assessments_due": Kind(
        "bricks", ngettext_lazy("%(n)d assessment of a fundamental is due again.", "%(n)d assessments of fundamentals are due again.", "n")
    ),
    "job_ended": Kind("layers", _("Your list of records has ended.")),
}  # fmt: skip

#: When the mail of the day goes out, in the time of this house.
DIGEST_AT = time(7, 30)
#: People per round of sending, so that one round stays short.
ROUND = 200
#: What nobody looked at for this long is not mailed any more.
TOO_OLD = timedelta(days=7)
#: The bell shows no more than this.
MOST = 99


def notify(people: Iterable[User], kind: str, path: str) -> None:
    """Tell people, once each until they have seen it. One query; inside the transaction of what happened."""
    notify_all((person, kind, path) for person in people)


def notify_all(told: Iterable[tuple[User, str, str]]) -> None:
    """The same for many things at once: who, the kind, the place. One query."""
    notices = [Notice(person=person, kind=kind, path=path) for person, kind, path in told if person.is_active]
    assert all(notice.kind in KINDS for notice in notices)
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def notify_count(people: Iterable[User], kind: str, path: str, count: int) -> None:
    """Tell people how many there are. Who has not seen the last number has this one in its place, and it is mailed anew. Two queries."""
    told = list(people)
    notify(told, kind, path)
    Notice.objects.filter(person__in=told, kind=kind, path=path, seen_at=None).update(
        count=count, created_at=timezone.now(), mailed_at=None
    )


def in_words(notice: Notice) -> str:
    """The sentence of a notice; its kind where there is none any more."""
    kind = KINDS.get(notice.kind)
    if kind is None:
        return notice.kind
    return str(kind.sentence if notice.count is None else kind.sentence % {"n": notice.count})


def tell_broken_seal() -> None:
    """Tell compliance and administrators, once for each verification that found something wrong."""
    last = verifying.last()
    if last is None or last.state != VerificationState.FAILED:
        return
    path = reverse("audit:verification", args=[last.pk])
    if not Notice.objects.filter(kind="seal_broken", path=path).exists():
        roles = (Role.COMPLIANCE, Role.ADMINISTRATOR)
        notify(User.objects.filter(role_grants__role__in=roles).distinct(), "seal_broken", path)


def unseen(user: User, path: str) -> int:
    """How many notices somebody has not seen, after those about the page at ``path`` were marked as seen. One query, two where one was."""
    rows = list(
        Notice.objects.visible_to(user).filter(seen_at=None).order_by().values_list("pk", "kind", "path")[: MOST + 1]
    )
    here = [pk for pk, kind, place in rows if place == path or (KINDS[kind].everywhere and path.startswith(place))]
    if here:
        Notice.objects.filter(pk__in=here).update(seen_at=timezone.now())
    return len(rows) - len(here)


def send_mails() -> int:
    """Mail what is due to be mailed: at once, or with the mail of the day. Returns how many mails went out.

    A notice is marked before its mail leaves and taken back when the server refuses, so that nothing is mailed twice; a process killed in
    between loses a mail and never the notice.
    """
    if not settings.WORKBENCH_URL:
        return 0
    now = timezone.now()
    due = (
        Notice.objects.filter(seen_at=None, mailed_at=None, created_at__gt=now - TOO_OLD, person__is_active=True)
        .exclude(person__email="")
        .filter(
            Q(person__mail=MailChoice.IMMEDIATE) | Q(person__mail=MailChoice.DIGEST, created_at__lt=_last_digest(now))
        )
        .select_related("person")
        .order_by("person_id", "id")
    )
    by_person: dict[User, list[Notice]] = defaultdict(list)
    for notice in due[: ROUND * 10]:
        by_person[notice.person].append(notice)
    sent = 0
    for person, notices in list(by_person.items())[:ROUND]:
        # Each is sent by whoever marked it; another process that came at the same moment sends the others.
        stamp = timezone.now()
        mine = Notice.objects.filter(pk__in=[notice.pk for notice in notices])
        if not mine.filter(mailed_at=None).update(mailed_at=stamp):
            continue
        marked = list(mine.filter(mailed_at=stamp).order_by("id"))
        try:
            _mail(person, marked).send()
        except (SMTPRecipientsRefused, SMTPDataError, ValueError) as error:
            # This address, not the server: it stays marked, so that the mails of everybody else are not held up by it.
            logger.warning("notices of person %s could not be mailed: %s", person.pk, type(error).__name__)
            continue
        except OSError as error:
            mine.filter(mailed_at=stamp).update(mailed_at=None)
            logger.warning("notices could not be mailed: %s", type(error).__name__)
            return sent
        sent += 1
    return sent


def _mail(person: User, notices: list[Notice]) -> EmailMessage:
    with translation.override(person.language or settings.LANGUAGE_CODE):
        count = len(notices)
        subject = ngettext("Sales AI Workbench: %d notice", "Sales AI Workbench: %d notices", count) % count
        lines = [f"{in_words(notice)}\n{settings.WORKBENCH_URL}{notice.path}" for notice in notices]
        foot = gettext("How often you get these mails is up to you:") + f"\n{settings.WORKBENCH_URL}/profile/"
        return EmailMessage(subject, "\n\n".join([*lines, foot]) + "\n", to=[person.email])


def _last_digest(now: datetime) -> datetime:
    local = timezone.localtime(now)
    moment = local.replace(hour=DIGEST_AT.hour, minute=DIGEST_AT.minute, second=0, microsecond=0)
    return moment if moment <= local else moment - timedelta(days=1)
