"""What a kind of control point is made of. A new kind is one file beside this one, and one test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

type Params = Mapping[str, Any]
type Text = str | Promise


class Place(TextChoices):
    """Where a control point stands on the way of a run."""

    BEFORE = "before", _("Before the call")
    OUTPUT = "output", _("On the output")
    REVIEW = "review", _("At review")
    AFTER = "after", _("After release")


@dataclass(frozen=True, slots=True)
class Given:
    """What a gate before the call may look at: the inputs as typed, the kind of each, their language, and the basis for a recording."""

    inputs: Mapping[str, str]
    kinds: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    consent: str = ""


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


type Check = Callable[[Draft, Params], CheckResult]
#: A sentence that refuses the call, or the empty string.
type Gate = Callable[[Given, Params], str]


@dataclass(frozen=True, slots=True)
class Param:
    """One thing a kind can be told.

    Args:
        name: its key.
        label: what stands behind or above the field.
        schema: JSON Schema of its value: integer, number, boolean, enum of strings, or array of strings.
        default: what counts when it is left out; None where it must be given.
        choices: value → words, for an enum or an array of known values.
    """

    name: str
    label: Text
    schema: Mapping[str, Any]
    default: Any = None
    choices: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of control point: a named check at a place.

    ``gate`` refuses before anything leaves, ``check`` looks at the output; a kind with neither is an obligation that the decision
    or the review honours.
    """

    name: str
    place: Place
    label: Text
    hint: Text
    icon: str
    params: tuple[Param, ...] = ()
    check: Check | None = None
    gate: Gate | None = None
    #: The responsibility categories it makes sense for; empty for all that call a model.
    categories: tuple[str, ...] = ()
    #: What a reviewer does about a check that does not hold.
    remedy: Text = ""

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of its parameters."""
        result: dict[str, Any] = {
            "type": "object",
            "properties": {param.name: dict(param.schema) for param in self.params},
            "additionalProperties": False,
        }
        if needed := [param.name for param in self.params if param.default is None]:
            result["required"] = needed
        return result

    def accepts(self, params: Any) -> bool:
        """Whether it can be honoured with these parameters."""
        return jsonschema.Draft202012Validator(self.schema).is_valid(params)

    def value(self, params: Params, name: str) -> Any:
        """A parameter, or its default."""
        default = next(param.default for param in self.params if param.name == name)
        return params.get(name, default)

    def in_words(self, params: Params) -> str:
        """The parameters as people read them; empty where there is nothing to tell."""
        return " · ".join(filter(None, (_param_in_words(param, params) for param in self.params)))


def _param_in_words(param: Param, params: Params) -> str:
    value = params.get(param.name, param.default)
    if value is None or value is False or value == []:
        return ""
    if value is True:
        return str(param.label)
    if isinstance(value, list):
        return ", ".join(str(param.choices.get(item, item)) for item in value)
    if param.choices:
        return str(param.choices.get(value, value))
    shown = int(value) if isinstance(value, float) and value == int(value) else value
    return f"{shown} {param.label}"


def not_json() -> str:
    return gettext("The answer is not JSON.")
