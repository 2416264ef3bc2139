"""Asking the gate as a program would: the test on the page “Connect”."""

import json
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

_SECONDS = 90
_turns = threading.BoundedSemaphore(2)
"""A test holds one of the few threads of the pages for as long as the model writes."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How a call went: whether it was answered, what stands in the answer or in the error, and its run, where there is one."""

    ok: bool
    text: str
    code: str = ""
    run: str = ""


def try_out(*, secret: str, model: str, text: str) -> Trial:
    """One call with this token, from this server to the gate's address. The token is kept nowhere."""
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": text}]}).encode()
    if not _turns.acquire(blocking=False):
        return Trial(False, _("Somebody else is testing right now. Nothing was asked; try again in a minute."), "busy")
    try:
        request = urllib.request.Request(  # noqa: S310 - the address is the installation's own setting
            f"{settings.WORKBENCH_GATE_URL}/chat/completions", data=body,
            headers={"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            return Trial(True, _answer(json.load(answer)), run=answer.headers.get("X-Workbench-Run", ""))
    except urllib.error.HTTPError as refused:
        return _refused(refused)
    except (LookupError, TypeError):
        return Trial(False, _("Something else than the gate answers at %s.") % settings.WORKBENCH_GATE_URL, "http_200")
    except (OSError, ValueError, HTTPException):
        return Trial(False, _("The gate does not answer at %s. Ask an administrator whether its process runs.") % settings.WORKBENCH_GATE_URL, "unreachable")  # fmt: skip
    finally:
        _turns.release()


def _answer(told: Any) -> str:
    return str(told["choices"][0]["message"]["content"] or "")


def _refused(refused: urllib.error.HTTPError) -> Trial:
    try:
        error = json.load(refused)["error"]
        return Trial(False, str(error["message"]), str(error["code"]), str(error.get("run") or ""))
    except (ValueError, KeyError, TypeError):
        return Trial(False, _("Something else than the gate answers at %s.") % settings.WORKBENCH_GATE_URL, f"http_{refused.code}")  # fmt: skip
