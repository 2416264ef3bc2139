"""Asking the gate as a program would: the test on the page “Connect”."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

_SECONDS = 90


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
    request = urllib.request.Request(  # noqa: S310 - the address is the installation's own setting
        f"{settings.WORKBENCH_GATE_URL}/chat/completions", data=body,
        headers={"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
    )  # fmt: skip
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            told = json.load(answer)
            return Trial(True, _answer(told), run=answer.headers.get("X-Workbench-Run", ""))
    except urllib.error.HTTPError as refused:
        return _refused(refused)
    except (OSError, ValueError):
        return Trial(False, _("The gate does not answer at %s. Ask an administrator whether its process runs.") % settings.WORKBENCH_GATE_URL, "unreachable")  # fmt: skip


def _answer(told: Any) -> str:
    return str(told["choices"][0]["message"]["content"] or "")


def _refused(refused: urllib.error.HTTPError) -> Trial:
    try:
        error = json.load(refused)["error"]
        return Trial(False, str(error["message"]), str(error["code"]), str(error.get("run") or ""))
    except (ValueError, KeyError, TypeError):
        return Trial(False, _("Something else than the gate answers at %s.") % settings.WORKBENCH_GATE_URL, f"http_{refused.code}")  # fmt: skip
