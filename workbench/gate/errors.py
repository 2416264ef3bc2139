"""What goes wrong at the gate, in the shape of the OpenAI protocol: a stable code for programs, and the reason in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.failures import failure_in_words
from workbench.gateway.chat import ChatRefused

_SENTENCES: dict[str, Promise] = {
    "not_an_object": gettext_lazy("The body must be a JSON object."),
    "model_missing": gettext_lazy("“model” is missing. It names what you want to do, such as activity/prepare-call; GET /v1/models lists what is open to you."),
    "messages_missing": gettext_lazy("“messages” is empty. Say what you want in a message with the role “user”."),
    "wrong_type": gettext_lazy("“%(param)s” must be of the type: %(wanted)s."),
    "too_many": gettext_lazy("“%(param)s” has too many entries; at most %(most)s are taken."),
    "too_deep": gettext_lazy("“%(param)s” is nested more than %(most)s levels deep. Make it flatter."),
    "out_of_range": gettext_lazy("“%(param)s” must be a number from %(least)s to %(most)s."),
    "not_a_choice": gettext_lazy("“%(param)s” must be one of: %(choices)s."),
    "not_a_name": gettext_lazy("“%(param)s” must be a name of at most 64 letters, digits, hyphens and underscores."),
    "only_functions": gettext_lazy("“%(param)s” must be a function. Other kinds of tools cannot be looked through, so they are not passed on."),
    "only_text": gettext_lazy("“%(param)s” is of the type %(kind)s. Only text can be looked through for personal data, so nothing else is passed on. Take it out, or put what it says into words."),
    "unknown_field": gettext_lazy("“%(param)s” is not known here, so what it holds cannot be looked through and is not passed on. Leave it out."),
    "content_missing": gettext_lazy("“%(param)s” is missing. A message needs text, or calls of tools."),
    "no_such_call": gettext_lazy("“%(param)s” answers a call that stands nowhere before it."),
    "personal_name": gettext_lazy("“%(param)s” names a thing by what reads like personal data. Names of tools and fields are passed on as they are; choose another one."),
}  # fmt: skip
#: How a failure of the tool is told, as a status of HTTP. The clients try again by themselves after 429 and from 500 on.
_OF_TOOL = {"rate_limited": 429, "timeout": 504, "misconfigured": 502, "refused": 502, "unknown_model": 502, "too_long": 400, "client_gone": 499}  # fmt: skip
_TYPES = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "invalid_request_error", 413: "invalid_request_error", 429: "rate_limit_error"}  # fmt: skip


class GateError(Exception):
    """An answer that is an error.

    Args:
        status: of HTTP.
        code: stable, for programs.
        sentence: what happened, what was kept, what to do.
        param: the field it is about.
        retry_after: seconds after which the same may work.
        more: further fields of the error, such as ``run``.
    """

    def __init__(
        self, status: int, code: str, sentence: str, *, param: str | None = None, retry_after: int | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.status, self.code, self.sentence, self.param, self.retry_after = status, code, sentence, param, retry_after
        self.more = dict(more or {})
        super().__init__(code)

    @property
    def body(self) -> dict[str, Any]:
        """As the OpenAI protocol has it: https://platform.openai.com/docs/guides/error-codes"""
        kind = _TYPES.get(self.status, "server_error" if self.status >= 500 else "invalid_request_error")
        return {"error": {"message": self.sentence, "type": kind, "param": self.param, "code": self.code, **self.more}}


def from_refused(refused: ChatRefused) -> GateError:
    """A request that cannot be taken."""
    sentence = str(_SENTENCES[refused.code]) % {"param": refused.param, **refused.facts}
    return GateError(400, refused.code, sentence + " " + _("Nothing was stored, nothing left."), param=refused.param)


def from_tool(code: str, run: int | None) -> GateError:
    """A call that the model did not answer, or not to its end."""
    status = _OF_TOOL.get(code, 502)
    return GateError(status, code, failure_in_words(code), retry_after=5 if status == 429 else None, more={"run": run})


def unknown_model(name: str) -> GateError:
    """What somebody asked for is not there, or not for them."""
    return GateError(404, "model_not_found", _("There is no “%(name)s” for you. A model here is what you want to do: activity/… or prompt/…; GET /v1/models lists what is open to you.") % {"name": name[:80]}, param="model")  # fmt: skip


def internal() -> GateError:
    """Something that nobody expected. What it says may carry a piece of what was sent, so it is not told."""
    return GateError(500, "internal", _("Something went wrong here. Nothing more left. Tell an administrator when this was."))  # fmt: skip
