"""Certificates: that somebody finished a path, with a code by which anybody who was handed one can ask whether it is ours.

A certificate supports the development of AI literacy and says nothing about its holder in law. A code is the number of the completion and 128 random
bits; the bits are compared in constant time, and every other text gets the same answer.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from training.models import Completion, ExerciseVersion
from workbench.accounts.models import Qualification

_CODE = re.compile(r"([0-9]{1,18})-([0-9a-f]{32})")
#: Compared with where there is no such completion, so that this takes as long.
_NOBODYS = secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Passed:
    """One exercise that was passed: its title, the version that was answered, and the SHA-256 of its file."""

    title: str
    number: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything that is printed.

    ``standing``: ``held``, ``renewed``, ``lapsed``, ``revoked`` or ``erased``. ``until``: how long the qualification counts, or since when it does
    not any more.
    """

    completion: Completion
    standing: str
    until: datetime | None
    passed: tuple[Passed, ...]

    @property
    def organisation(self) -> str:
        return settings.WORKBENCH_ORG_NAME

    @property
    def name(self) -> str:
        return str(self.completion.learner)

    @property
    def code(self) -> str:
        """As it is printed: in groups that people can type."""
        bits = self.completion.code
        return f"{self.completion.pk}-" + " ".join(bits[at : at + 4] for at in range(0, len(bits), 4))

    @property
    def check_path(self) -> str:
        """Where it is checked, with its code."""
        code = f"{self.completion.pk}-{self.completion.code}"
        return f"{reverse('training:check_certificate')}?{urlencode({'code': code})}"


def certificate_of(completion: Completion) -> Certificate:
    """The certificate of a completion as it stands now. One query."""
    standing, until = standing_of(completion)
    titles = {
        (slug, number): title
        for slug, number, title in ExerciseVersion.objects.filter(
            exercise__slug__in=completion.versions.keys()
        ).values_list("exercise__slug", "number", "title")
    }
    passed = tuple(
        Passed(titles.get((slug, number), slug), number, sha256)
        for slug, (number, sha256) in completion.versions.items()
    )
    return Certificate(completion, standing, until, passed)


def standing_of(completion: Completion) -> tuple[str, datetime | None]:
    """Where a certificate stands, and until or since when: see Certificate. Needs ``for_certificates`` and no query."""
    if completion.learner.erased_at is not None:
        return "erased", completion.learner.erased_at
    if completion.qualification is None:
        return "revoked", None
    return counting(completion.qualification, completion.later, completion.later_until)


def counting(one: Qualification, later: int | None, later_until: datetime | None) -> tuple[str, datetime | None]:
    """Whether a qualification is held, renewed, lapsed or revoked, and until or since when. Asks ``querysets.renewal`` for the rest."""
    if one.standing != "held" and later is not None:
        return "renewed", later_until
    return one.standing, one.until


def in_words(certificate: Certificate) -> str:
    """How long it counts, or since when it does not any more."""
    day = date_format(timezone.localtime(certificate.until)) if certificate.until else ""
    return {
        "held": _("counts until %s") % day if day else _("counts without an end"),
        "renewed": _("renewed; the newer one counts until %s") % day if day else _("renewed; the newer one counts without an end"),
        "lapsed": _("lapsed on %s") % day,
        "revoked": _("taken back on %s") % day if day else _("taken back"),
        "erased": _("the record of the person was erased"),
    }[certificate.standing]  # fmt: skip


def find_certificate(text: str) -> Completion | None:
    """The completion with this code, or None for every other text. One query, or none."""
    found = _CODE.fullmatch(re.sub(r"\s", "", text).lower())
    if found is None:
        return None
    completion = Completion.objects.for_certificates().filter(pk=int(found[1])).first()
    same = hmac.compare_digest(completion.code if completion else _NOBODYS, found[2])
    return completion if same and completion else None
