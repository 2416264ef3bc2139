"""Is the gate working? A few cheap checks, remembered for a short time, shown in the top bar of every page."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from audit import retention, sealing, verifying
from audit.models import VerificationState
from workbench.privacy import erasing

logger = logging.getLogger(__name__)
SEAL_LATE_SECONDS = 30
REMEMBER_SECONDS = 20
type Text = str | Promise


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found.

    Args:
        name: what was looked at, in the words of a person ("Scrubbing").
        ok: True when it works.
        detail: one sentence; when not ok: what is wrong and what to do. Never anything personal.
        stops: True when no run is possible without it; the top bar then shows it as bad, else as a warning.
    """

    name: Text
    ok: bool
    detail: Text
    stops: bool = True


def check_log() -> Check:
    """The database answers, so that a change and its entry in the log can be written."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            cursor.fetchone()
    except Exception as error:  # noqa: BLE001, RUF100
        logger.error("The database did not answer: %s", type(error).__name__)
        return Check(_("Log"), False, _("The database does not answer. Nothing is accepted until it does."))
    return Check(_("Log"), True, _("Every step is written to the log in the same transaction."))


def check_erasures() -> Check:
    """No erased record has come back with a restored backup, and the list that tells of them is whole."""
    try:
        back, lost = erasing.come_back(), erasing.lost()
    except Exception as error:  # noqa: BLE001, RUF100
        logger.error("The list of erased keys could not be asked: %s", type(error).__name__)
        return Check(
            _("Erasure"),
            False,
            _("The list of erased keys cannot be read. Nothing is erased until it can."),
            stops=False,
        )
    if back:
        text = _(
            "A restored backup brought erased records back. Run “manage.py replay_erasures” before anybody works here."
        )
        return Check(_("Erasure"), False, text, stops=False)
    if lost:
        text = _(
            "A part of the list of erased keys is lost, and a restored backup would bring back what it told of. Put the file “erased-keys” "
            "back; where no copy is left, run “manage.py write_erased_keys”."
        )
        return Check(_("Erasure"), False, text, stops=False)
    return Check(_("Erasure"), True, _("What was erased has stayed erased."), stops=False)


def check_scrubber() -> Check:
    """The scrubber is loaded and finds what it has to find in a known text."""
    try:
        status = import_string("workbench.gateway.pii.scrubber_status")()
    except Exception as error:  # noqa: BLE001, RUF100
        logger.error("The scrubber could not be asked: %s", type(error).__name__)
        return Check(_("Scrubbing"), False, _("The scrubber does not start. No text leaves until it does."))
    if not status.ok:
        return Check(_("Scrubbing"), False, status.detail)
    return Check(_("Scrubbing"), True, _("Personal data is found and replaced before anything leaves."))


def check_model() -> Check:
    """A model is named. Looks at the settings only: nothing but the gateway opens a connection to a model."""
    embedded = bool(
        settings.WORKBENCH_EMBEDDED_URL and Path(settings.WORKBENCH_EMBEDDED_KEY_FILE or "/nowhere").is_file()
    )
    if settings.WORKBENCH_MODEL or embedded:
        return Check(_("Model"), True, _("A model is set up. A run says where its text goes."), stops=False)
    detail = _(
        "No model is set up, so every run is refused. Two ways out: start with MODEL=/path/to/model.gguf, "
        "or set WORKBENCH_MODEL to a provider. Everything else works."
    )
    return Check(_("Model"), False, detail, stops=False)


def check_seal() -> Check:
    """Events get their place in the tree, and the last verification found nothing wrong."""
    try:
        last = verifying.last()
        waiting = sealing.oldest_unsealed_seconds()
    except Exception as error:  # noqa: BLE001, RUF100
        logger.error("The seal could not be asked: %s", type(error).__name__)
        return Check(_("Seal"), False, _("The seal of the log cannot be read."), stops=False)
    if last is not None and last.state == VerificationState.FAILED:
        return Check(
            _("Seal"),
            False,
            _("The last verification of the log found something wrong. The page Seal and checkpoints names it."),
            stops=False,
        )
    if last is not None and last.ended_at is not None and timezone.now() - last.ended_at > retention.VERIFIED_WITHIN:
        detail = _(
            "The log was not verified for two days. Does the scheduler run? The page Seal and checkpoints verifies it now."
        )
        return Check(_("Seal"), False, detail, stops=False)
    if waiting > SEAL_LATE_SECONDS:
        return Check(
            _("Seal"), False, _("Entries of the log wait to be sealed. Start the keeper of the log: manage.py keep_log. Nothing is lost meanwhile."),
            stops=False,
        )  # fmt: skip
    return Check(_("Seal"), True, _("Every entry of the log gets its place in the sealed tree within a second."))


DEFAULT_CHECKS = (
    "workbench.shell.health.check_scrubber",
    "workbench.shell.health.check_log",
    "workbench.shell.health.check_model",
    "workbench.shell.health.check_seal",
    "workbench.shell.health.check_erasures",
)

_lock = threading.Lock()
_last: tuple[float, tuple[Check, ...]] | None = None


def _run(path: str) -> Check:
    check: Callable[[], Check] = import_string(path)
    return check()


def checks(*, now: Callable[[], float] = time.monotonic) -> tuple[Check, ...]:
    """All checks, run at most every ``REMEMBER_SECONDS``. The setting ``WORKBENCH_HEALTH_CHECKS`` names more."""
    global _last
    with _lock:
        if _last is None or now() - _last[0] > REMEMBER_SECONDS:
            paths = (*DEFAULT_CHECKS, *getattr(settings, "WORKBENCH_HEALTH_CHECKS", ()))
            _last = (now(), tuple(_run(path) for path in paths))
        return _last[1]


def remembered() -> tuple[Check, ...]:
    """What the last round found, without running anything; empty before the first round."""
    return _last[1] if _last else ()


def forget() -> None:
    """Run everything again at the next question."""
    global _last
    with _lock:
        _last = None


@dataclass(frozen=True, slots=True)
class Summary:
    """One line for the top bar: level ``ok``, ``warn``, ``bad`` or ``unknown``, and a short sentence."""

    level: str
    text: Text
    icon: str


def summary(found: tuple[Check, ...]) -> Summary:
    """The worst of what was found, in words."""
    if not found:
        return Summary("unknown", _("Checking the gate"), "circle")
    failed = [check for check in found if not check.ok]
    if not failed:
        return Summary("ok", _("Gate and log working"), "check-circle-fill")
    worst = next((check for check in failed if check.stops), failed[0])
    text = _("%(name)s is not working") % {"name": worst.name}
    if worst.stops:
        return Summary("bad", text, "exclamation-octagon")
    return Summary("warn", text, "exclamation-triangle-fill")
