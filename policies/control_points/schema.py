"""The answer has the form the prompt promises."""

import json

import jsonschema
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from policies.control_points.base import CheckResult, Draft, Kind, Params, Place, not_json


def schema(draft: Draft, params: Params) -> CheckResult:
    """The draft is JSON of the form the prompt promises (JSON Schema 2020-12)."""
    if draft.schema is None:
        return CheckResult("schema", False, (gettext("The prompt has no schema."),))
    try:
        value = json.loads(draft.text)
    except ValueError:
        return CheckResult("schema", False, (not_json(),))
    validator = jsonschema.Draft202012Validator(dict(draft.schema))
    # The path names the field; the value itself may be personal and is not repeated.
    faults = tuple(
        "/".join(str(part) for part in error.absolute_path) or error.validator for error in validator.iter_errors(value)
    )
    return CheckResult("schema", not faults, faults)


KIND = Kind(
    "schema",
    Place.OUTPUT,
    _("Has the promised form"),
    _("The answer fits the schema of the prompt"),
    "braces",
    check=schema,
    remedy=_("Mend the fields by hand, or reject."),
)
