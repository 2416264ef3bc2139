"""What went wrong with a call, in words: the codes of the gateway and of the workers."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

FAILURES = {
    "rate_limited": gettext_lazy("The model had too many calls at once."),
    "unavailable": gettext_lazy("The model could not be reached."),
    "timeout": gettext_lazy("The model did not answer in time."),
    "broken_stream": gettext_lazy("The answer broke off."),
    "garbage": gettext_lazy("The model answered with nothing usable."),
    "refused": gettext_lazy("The provider refused our key. An administrator must look at it."),
    "unknown_model": gettext_lazy("The provider does not know this model. An administrator must look at it."),
    "too_long": gettext_lazy("The text was too long for the model."),
    "misconfigured": gettext_lazy("The tool is set up wrongly. An administrator must look at it."),
    "no_model": gettext_lazy("There is no model to call. Start with a model file (make demo MODEL=/path/to/model.gguf) or name a provider (WORKBENCH_MODEL)."),
    "blocked": gettext_lazy("Something personal was about to leave. Nothing left."),
    "inputs": gettext_lazy("An example does not fit the inputs of the prompt."),
    "scrubber": gettext_lazy("The scrubber was not available, so nobody could say what the answer holds. Nothing of it was kept. Tell an administrator; the health page says what is missing."),
    "client_gone": gettext_lazy("The program that asked went away before the answer was whole, so the call was stopped."),
    "gate_lost": gettext_lazy("The program that asked has lost its connection, so nobody waits for the answer. It can be asked again."),
    "worker_lost": gettext_lazy("The worker stopped several times while the model wrote."),
}  # fmt: skip


def failure_in_words(code: str) -> str:
    """A sentence in the reader's language; the empty string for the empty code."""
    return str(FAILURES.get(code, _("The run could not be finished."))) if code else ""
