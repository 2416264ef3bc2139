"""Files that people write: YAML, its form by JSON Schema, and for each fault the line, the field and what was expected.

Read from the parser's events, one after the other: a tree of nodes would be built by recursion in C, and a file of nothing but opening
brackets would end the process.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

import jsonschema
import yaml
from django.utils.translation import gettext as _

type Data = dict[str, Any]
type Path_ = tuple[str | int, ...]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: How deep lists and fields may stand in one another. Our own files need nine; the rest is for the output schemas of prompts.
MOST_DEEP = 50
#: How many values a file may have: five thousand activities and as many prompts, each with everything, are fewer.
MOST_VALUES = 500_000
#: How many faults are told at once.
MOST_FAULTS = 1_000
#: Numbers, days and truth values are shorter; long ones cost their square to read.
_MOST_OF_SCALAR = 100
_MOST_OF_NUMBER = 2**63


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong: the line (from 1; 0 where none can be named), the field, and what was expected."""

    line: int
    field: str
    sentence: str

    def __str__(self) -> str:
        where = (
            _("Line %(line)d, %(field)s") % {"line": self.line, "field": self.field}
            if self.field
            else _("Line %d") % self.line
        )
        return f"{where}: {self.sentence}" if self.line else self.sentence


class FileRefused(Exception):
    """The file cannot be taken. Carries every fault found; nothing was changed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("; ".join(str(fault) for fault in self.faults[:5]))


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds, and where each part stands."""

    value: Data
    lines: dict[Path_, int]

    def line(self, path: Path_) -> int:
        """The line of a part, or of the nearest part around it."""
        return _line(path, self.lines)


def parse(content: bytes, schema: Data, *, most: int, too_large: str) -> Parsed:
    """Parse a file and check its form.

    Raises FileRefused with every fault of its form (the first ``MOST_FAULTS``), with ``too_large`` beyond ``most`` bytes.
    """
    if len(content) > most:
        raise FileRefused([Fault(0, "", too_large)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused([Fault(0, "", _("The file is not UTF-8 text. Save it as UTF-8."))]) from None
    if text.lstrip().startswith("{"):
        text = _PAIRED.sub(_joined, text)
    reading = _Reading()
    try:
        for event in yaml.parse(text, Loader=_Loader):
            reading.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None)
        raise FileRefused([_not_yaml(mark, problem) if mark else _not_read(text)]) from None
    if reading.faults:
        raise FileRefused(reading.faults)
    if () not in reading.lines:
        raise FileRefused([Fault(0, "", _("The file is empty."))])
    errors = _Validator(schema).iter_errors(reading.whole)
    faults = (fault for error in errors for fault in _faults(error, reading.lines))
    if found := list(islice(faults, MOST_FAULTS)):
        raise FileRefused(found)
    return Parsed(reading.whole, reading.lines)


#: JSON escapes a character beyond 16 bits as two halves, which YAML does not know. What else a backslash stands before goes with it.
_PAIRED = re.compile(r"\\(?:u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|.)", re.IGNORECASE | re.DOTALL)
_HALF = "found invalid Unicode character escape code"


def _joined(found: re.Match[str]) -> str:
    """Two halves as the one escape that YAML knows; every other escape as it stands."""
    if found[1] is None:
        return found[0]
    return f"\\U{0x10000 + (int(found[1], 16) - 0xD800) * 0x400 + int(found[2], 16) - 0xDC00:08x}"


def _not_yaml(mark: Any, problem: str | None = None) -> Fault:
    if problem == _HALF:
        return Fault(mark.line + 1, "", _unstorable())
    return Fault(mark.line + 1, "", _("This is not YAML. Look for a colon, quote or indentation that does not fit."))


def _not_read(text: str) -> Fault:
    """The reader stops at a character that no YAML has, and names no line."""
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return Fault(text.count("\n", 0, found.start()) + 1 if found else 0, "", _unstorable())


def _unstorable() -> str:
    return _("Here stands a character that cannot be stored, such as a zero byte. Take it out.")


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(slots=True)
class _Open:
    """A list or fields that the reading is in the middle of. ``key``: the name whose value comes next."""

    value: Any
    path: Path_
    key: str | None = None
    line: int = 0


class _Reading:
    """The value of a file, the line of each part beside it, taken together from the parser's events."""

    def __init__(self) -> None:
        self.whole: Any = None
        self.lines: dict[Path_, int] = {}
        self.faults: list[Fault] = []
        self._open: list[_Open] = []
        self._values = 0
        #: How many levels of something that is no name, though it stands where a name is due, are open.
        self._skipped = 0

    def take(self, event: Any) -> None:
        """The next event. Raises FileRefused where nothing sensible can follow."""
        if isinstance(event, yaml.CollectionEndEvent):
            if self._skipped:
                self._skipped -= 1
            else:
                self._open.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            if self.lines:
                raise FileRefused([_not_yaml(event.start_mark)])
        elif isinstance(event, yaml.NodeEvent):
            self._count(event)
            self._node(event)

    def _count(self, event: Any) -> None:
        line = event.start_mark.line + 1
        self._values += 1
        if self._values > MOST_VALUES:
            raise FileRefused([Fault(line, "", _("The file has more than %d values. Split it.") % MOST_VALUES)])
        deep = isinstance(event, yaml.CollectionStartEvent) and len(self._open) + self._skipped >= MOST_DEEP
        if deep:
            text = _("Lists and fields stand more than %d deep in one another here; no file needs that.") % MOST_DEEP
            raise FileRefused([*self.faults, Fault(line, "", text)])
        if len(self.faults) >= MOST_FAULTS:
            raise FileRefused(self.faults)

    def _node(self, event: Any) -> None:
        around, line = self._open[-1] if self._open else None, event.start_mark.line + 1
        if self._skipped:
            self._skipped += isinstance(event, yaml.CollectionStartEvent)
            return
        if around is not None and isinstance(around.value, dict) and around.key is None:
            self._name(event, around, line)
            return
        path = self._place(around, line)
        if isinstance(event, yaml.AliasEvent):
            # One that stands in many places makes a few lines fill the memory.
            self._fault(line, path, _("References (& and *) are not read. Write the value out."))
            self._put(around, None)
        elif isinstance(event, yaml.ScalarEvent):
            self._put(around, self._scalar(event, path, line))
        else:
            value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._put(around, value)
            self._open.append(_Open(value, path))

    def _name(self, event: Any, around: _Open, line: int) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self._fault(line, around.path, _("A name is expected here, with a colon behind it."))
            around.key, around.line = "?", line
            self._skipped += isinstance(event, yaml.CollectionStartEvent)
            return
        path = (*around.path, event.value)
        if _UNSTORABLE.search(event.value):
            self._fault(line, around.path, _unstorable())
        elif event.value in around.value:
            self._fault(line, path, _("This stands here twice."))
        around.key, around.line = event.value, line

    def _place(self, around: _Open | None, line: int) -> Path_:
        """Where the next value belongs; of what has a name the line is the name's."""
        if around is None:
            path: Path_ = ()
        elif isinstance(around.value, list):
            path = (*around.path, len(around.value))
        else:
            path, line = (*around.path, str(around.key)), around.line
        self.lines[path] = line
        return path

    def _put(self, around: _Open | None, value: Any) -> None:
        if around is None:
            self.whole = value
        elif isinstance(around.value, list):
            around.value.append(value)
        else:
            around.value[around.key], around.key = value, None

    def _fault(self, line: int, path: Path_, sentence: str) -> None:
        self.faults.append(Fault(line, _field(path), sentence))

    def _scalar(self, event: Any, path: Path_, line: int) -> Any:
        text: str = event.value
        tag = event.tag if event.tag not in (None, "!") else _SCALARS.resolve(yaml.ScalarNode, text, event.implicit)
        if tag == "tag:yaml.org,2002:str":
            if _UNSTORABLE.search(text):
                self._fault(line, path, _unstorable())
            return text
        try:
            if len(text) > _MOST_OF_SCALAR:
                raise ValueError
            value = plain(_CONSTRUCT[tag](yaml.ScalarNode(tag, text)))
        except (ValueError, LookupError, AttributeError, OverflowError, yaml.YAMLError):
            # What somebody tagged by hand (``!!int ""``, ``!!timestamp x``) breaks the constructors in each of these ways.
            self._fault(line, path, _("This value cannot be read."))
            return None
        if isinstance(value, int | float) and not (math.isfinite(value) and abs(value) < _MOST_OF_NUMBER):
            self._fault(line, path, _("This number is too large, or none at all."))
            return None
        return value


_SCALARS: Any = yaml.SafeLoader("")
#: The constructors alone: asked for whole objects, a loader remembers every node that it ever made.
_CONSTRUCT: dict[str, Callable[[yaml.ScalarNode], Any]] = {
    "tag:yaml.org,2002:null": _SCALARS.construct_yaml_null,
    "tag:yaml.org,2002:bool": _SCALARS.construct_yaml_bool,
    "tag:yaml.org,2002:int": _SCALARS.construct_yaml_int,
    "tag:yaml.org,2002:float": _SCALARS.construct_yaml_float,
    "tag:yaml.org,2002:timestamp": _SCALARS.construct_yaml_timestamp,
}


def _unique(_validator: Any, wanted: bool, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    """As the schema's own, which compares each with each where kinds are mixed: a long list would take for ever."""
    if wanted and isinstance(instance, list) and len(set(map(_in_order, instance))) < len(instance):
        yield jsonschema.ValidationError("not unique")


def _in_order(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _matches(_validator: Any, form: str, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    """``$`` is the end, as in JSON Schema; to Python it stands before a last line break too."""
    if isinstance(instance, str) and not re.search(form.replace("$", r"\Z"), instance):
        yield jsonschema.ValidationError("no match")


def _one_of(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[jsonschema.ValidationError]:
    """1.0 is not the whole number 1."""
    if isinstance(instance, float):
        yield jsonschema.ValidationError("no whole number")
    else:
        yield from jsonschema.Draft202012Validator.VALIDATORS["enum"](validator, wanted, instance, schema)


_Validator: Any = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft202012Validator,
    {"uniqueItems": _unique, "pattern": _matches, "enum": _one_of},
    # Where lines are counted, 4.0 is no number of one.
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _checker, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)


def _field(path: Path_) -> str:
    """A path as people say it: ``activities[3].policy.category``."""
    text = ""
    for part in path:
        name = part if isinstance(part, int) or len(part) <= 60 else f"{part[:60]}…"
        text += f"[{name + 1}]" if isinstance(name, int) else f".{name}" if text else name
    return text


def _faults(error: jsonschema.ValidationError, lines: dict[Path_, int]) -> Iterator[Fault]:
    path: Path_ = tuple(error.absolute_path)
    field, line = _field(path), _line(path, lines)
    kind: str = str(error.validator)
    wanted: Any = error.validator_value
    instance: Any = error.instance
    form: Any = error.schema
    found = _shown(instance)
    if kind == "required":
        for name in wanted:
            if name not in instance:
                yield Fault(line, f"{field}.{name}" if field else name, _("This is missing."))
    elif kind == "additionalProperties":
        known: Data = form.get("properties", {})
        for name in instance:
            if name not in known:
                inner = (*path, name)
                yield Fault(_line(inner, lines), _field(inner), _("Unknown. Known here: %s.") % ", ".join(known))
    elif kind in {"enum", "const"}:
        words = ", ".join(map(str, wanted if kind == "enum" else [wanted]))
        yield Fault(line, field, _("Expected one of: %(words)s. Found: %(found)s.") % {"words": words, "found": found})
    elif kind == "type":
        names = [wanted] if isinstance(wanted, str) else wanted
        said = {
            "string": _("text"), "integer": _("a whole number"), "number": _("a number"), "boolean": _("true or false"), "array": _("a list"),
            "object": _("fields with values"), "null": _("nothing"),
        }  # fmt: skip
        yield Fault(
            line,
            field,
            _("Expected %(words)s. Found: %(found)s.")
            % {"words": " / ".join(said[name] for name in names), "found": found},
        )
    elif kind == "pattern":
        yield Fault(
            line,
            field,
            _("Expected the form %(form)s. Found: %(found)s.")
            % {"form": form.get("description", wanted), "found": found},
        )
    elif kind in {"minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "exclusiveMinimum"}:
        least = (
            _("Too short or too small; at least %s.")
            if kind.startswith("min") or kind == "exclusiveMinimum"
            else _("Too long or too large; at most %s.")
        )
        yield Fault(line, field, least % wanted)
    elif kind == "oneOf" and error.context:
        yield from _faults_of_nearest(error.context, lines)
    else:
        yield Fault(line, field, _("This value does not fit. Found: %s.") % found)


def _faults_of_nearest(errors: Sequence[jsonschema.ValidationError], lines: dict[Path_, int]) -> Iterator[Fault]:
    """Of several forms a value may have, the faults of the one it comes nearest to: whose fixed values fit, then with the fewest faults."""
    forms: dict[Any, list[jsonschema.ValidationError]] = {}
    for error in errors:
        forms.setdefault(error.relative_schema_path[0], []).append(error)
    for error in min(
        forms.values(),
        key=lambda form: (
            sum(one.validator in {"const", "enum"} and len(one.relative_path) == 1 for one in form),
            len(form),
        ),
    ):
        yield from _faults(error, lines)


def _line(path: Path_, lines: dict[Path_, int]) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)


def _shown(value: Any) -> str:
    """A short look at what was found."""
    if isinstance(value, dict | list):
        return _("fields with values") if isinstance(value, dict) else _("a list")
    text = str(value) if value is not None else _("nothing")
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


def plain(value: Any) -> Any:
    """Dates and decimals as YAML and JSON both know them."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value
