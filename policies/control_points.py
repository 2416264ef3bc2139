"""The kinds of control points. A new kind is one entry here and one test.

Kinds on the output carry a function that looks at the draft; the others are obligations that ``workbench.runs`` honours.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from policies.models import Place


@dataclass(frozen=True, slots=True)
class Draft:
    """What a check on the output may look at: the restored draft, the sources as typed, and what the restorer reported."""

    text: str
    sources: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """``ok`` and, when not, the marks: short quotes from the draft that a person must look at."""

    kind: str
    ok: bool
    marks: tuple[str, ...] = ()


Check = Callable[[Draft, Mapping[str, Any]], CheckResult]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of control point."""

    name: str
    place: Place
    label: str | Promise
    hint: str | Promise
    icon: str
    check: Check | None = None


def placeholders_restored(draft: Draft, params: Mapping[str, Any]) -> CheckResult:
    """No placeholder is left in the draft that stands for nothing here.

    Ones the model left out are no fault of a summary; the reviewer sees them beside the draft.
    """
    return CheckResult("placeholders_restored", not draft.unexpected, draft.unexpected)


# A figure: digits with separators, at least one digit; percent signs, currency and units are compared by their digits alone.
_FIGURE = re.compile(r"(?<![\w\[])\d(?:[\d.,'’  ]*\d)?(?![\w\]])")
_LIST_NUMBER = re.compile(r"(?m)^\s*\d{1,2}[.)]\s")


def _digits(figure: str) -> str:
    return re.sub(r"\D", "", figure)


def figures_in_source(draft: Draft, params: Mapping[str, Any]) -> CheckResult:
    """Every figure of the draft stands in a source. Figures are compared by digits, so 84.000 and 84,000 are the same.

    Bare list numbers at the start of a line do not count.
    """
    # A source is read with and without its list numbers, so that a copied line raises no alarm either way.
    sources = [text for source in draft.sources for text in (source, _LIST_NUMBER.sub("", source))]
    known = {_digits(match[0]) for source in sources for match in _FIGURE.finditer(source)}
    text = _LIST_NUMBER.sub("", draft.text)
    marks = tuple(dict.fromkeys(m[0].strip() for m in _FIGURE.finditer(text) if _digits(m[0]) not in known))
    return CheckResult("figures_in_source", not marks, marks)


def schema(draft: Draft, params: Mapping[str, Any]) -> CheckResult:
    """The draft is JSON of the form the prompt promises (JSON Schema 2020-12)."""
    if draft.schema is None:
        return CheckResult("schema", False, (_t("The prompt has no schema."),))
    try:
        value = json.loads(draft.text)
    except ValueError:
        return CheckResult("schema", False, (_t("The answer is not JSON."),))
    validator = jsonschema.Draft202012Validator(dict(draft.schema))
    # The path names the field; the value itself may be personal and is not repeated.
    faults = tuple(
        "/".join(str(part) for part in error.absolute_path) or error.validator for error in validator.iter_errors(value)
    )
    return CheckResult("schema", not faults, faults)


def length(draft: Draft, params: Mapping[str, Any]) -> CheckResult:
    """At most ``words`` words, and not empty."""
    count = len(draft.text.split())
    limit = int(params.get("words", 1000))
    return CheckResult("length", 0 < count <= limit, () if 0 < count <= limit else (f"{count}/{limit}",))


def values_in_source(draft: Draft, params: Mapping[str, Any]) -> CheckResult:
    """Every text value of a JSON draft that is a single name, date or figure occurs in a source (case and spacing aside).

    ``fields`` lists the fields that are copied, not written; values of other fields are free.
    """
    try:
        value = json.loads(draft.text)
    except ValueError:
        return CheckResult("values_in_source", False, (_t("The answer is not JSON."),))
    sources = [_flat(source) for source in draft.sources]
    marks = []
    for name in params.get("fields", ()):
        found = value.get(name) if isinstance(value, dict) else None
        for item in found if isinstance(found, list) else [found]:
            if item not in (None, "") and not any(_flat(str(item)) in source for source in sources):
                marks.append(name)
    return CheckResult("values_in_source", not marks, tuple(dict.fromkeys(marks)))


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()


_ALL = (
    Kind("scrub", Place.BEFORE, _("Scrub personal data"), _("Blocks when the scrubber is not available"), "shield-lock"),
    Kind("schema", Place.OUTPUT, _("Has the promised form"), _("The answer fits the schema of the prompt"), "braces", schema),
    Kind("figures_in_source", Place.OUTPUT, _("Figures appear in the source"), _("Every number must stand in the inputs"), "123", figures_in_source),
    Kind("values_in_source", Place.OUTPUT, _("Values appear in the source"), _("Copied fields must stand in the inputs"), "search", values_in_source),
    Kind("placeholders_restored", Place.OUTPUT, _("No invented placeholder"), _("A placeholder that stands for nothing here must not stay in the text"), "braces-asterisk", placeholders_restored),
    Kind("length", Place.OUTPUT, _("Length"), _("Not empty and not too long"), "text-paragraph", length),
    Kind("four_eyes", Place.REVIEW, _("Four eyes"), _("The requester cannot be the reviewer"), "people"),
    Kind("time_limit", Place.REVIEW, _("Time limit"), _("Not decided in time means not released"), "clock"),
    Kind("sample", Place.AFTER, _("Sampled review"), _("A share is reviewed afterwards; too many rejects suspend the policy"), "shuffle"),
)  # fmt: skip

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}

# What a kind can be told, as JSON Schema; a kind that is not named takes nothing. Whatever is left out has a default.
_PARAMS: dict[str, dict[str, Any]] = {
    "scrub": {"unmark": {"type": "boolean"}},
    "length": {"words": {"type": "integer", "minimum": 1, "maximum": 100_000}},
    "time_limit": {"hours": {"type": "number", "exclusiveMinimum": 0, "maximum": 8760}},
    "sample": {
        "percent": {"type": "number", "minimum": 0, "maximum": 100},
        "rejects": {"type": "integer", "minimum": 0},
        "window": {"type": "integer", "minimum": 1, "maximum": 1000},
    },
    "values_in_source": {"fields": {"type": "array", "items": {"type": "string"}}},
}


def accepts(kind: str, params: Any) -> bool:
    """Whether a control point of this kind can be honoured with these parameters."""
    form = {"type": "object", "properties": _PARAMS.get(kind, {}), "additionalProperties": False}
    return jsonschema.Draft202012Validator(form).is_valid(params)


def run_checks(points: Mapping[str, Mapping[str, Any]], draft: Draft) -> list[CheckResult]:
    """Run the checks on the output that ``points`` (kind → parameters) asks for, in the order of the list of kinds."""
    return [kind.check(draft, points[kind.name]) for kind in _ALL if kind.check is not None and kind.name in points]
