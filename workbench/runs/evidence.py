"""What of a run's draft rests on what was given, for the review desk."""

import json
from typing import Any

from policies.evidence import Evidence, gather
from workbench.gateway.pii import LanguageUnsupported, detect_language
from workbench.runs.models import Run


def evidence_of(run: Run, text: str) -> Evidence:
    """Compare a text with the inputs of its run. Of fields (JSON) the values are compared, one per line. Raises ``Erased``.

    ``run`` comes with its data key and ``prompt_version__prompt``.
    """
    inputs = run.inputs or {}
    sources = [inputs.get(entry["name"], "") for entry in run.fields]
    fields = run.output_schema is not None
    return gather(values_of(text) if fields else text, sources, language=language_of(run), prose=not fields)


def language_of(run: Run) -> str:
    """The language of the prompt, or of what was said. Raises ``Erased``."""
    if run.prompt_version is not None:
        return str(run.prompt_version.prompt.language)
    try:
        return detect_language("\n".join((run.inputs or {}).values()))
    except LanguageUnsupported:
        return "en"


def values_of(text: str) -> str:
    """The values of a JSON text, one per line; a text that is no JSON as it is."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return "\n".join(_flat(value))


def _flat(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [line for inner in value.values() for line in _flat(inner)]
    if isinstance(value, list):
        return [line for inner in value for line in _flat(inner)]
    return [] if value is None else [str(value)]
