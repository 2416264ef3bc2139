"""Reading a file: YAML, its form by JSON Schema, and for each fault the line, the field and what was expected."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from django.utils.translation import gettext as _

from policies.mapfile.form import PROMPT, TOOL, Data, plain, whole, whole_activity

MAX_BYTES = 10_000_000
SCHEMA: Data = json.loads((Path(__file__).parent / "schema.json").read_text(encoding="utf-8"))
type Path_ = tuple[str | int, ...]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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


class MapFileRefused(Exception):
    """The file cannot be imported. Carries every fault found; nothing was changed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("; ".join(str(fault) for fault in self.faults[:5]))


@dataclass(frozen=True, slots=True)
class MapFile:
    """A file of the right form: its map with every default filled in, where each part stands, and its SHA-256."""

    data: Data
    lines: dict[Path_, int]
    sha256: str

    def line(self, path: Path_) -> int:
        """The line of a part, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)


def read(content: bytes) -> MapFile:
    """Parse and check the form of a file. Raises MapFileRefused with every fault of its form."""
    if len(content) > MAX_BYTES:
        raise MapFileRefused(
            [Fault(0, "", _("The file is larger than 10 MB. Split it: what a file does not name stays as it is."))]
        )
    try:
        text = content.decode("utf-8-sig")
        node = yaml.compose(text, Loader=_Loader)
    except UnicodeDecodeError:
        raise MapFileRefused([Fault(0, "", _("The file is not UTF-8 text. Save it as UTF-8."))]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise MapFileRefused(
            [
                Fault(
                    mark.line + 1 if mark else 0,
                    "",
                    _("This is not YAML. Look for a colon, quote or indentation that does not fit."),
                )
            ]
        ) from None
    if node is None:
        raise MapFileRefused([Fault(0, "", _("The file is empty."))])
    lines: dict[Path_, int] = {}
    faults: list[Fault] = []
    # An alias makes one node stand in many places; a few lines could fill the memory.
    value = _value(node, (), lines, faults, set())
    if faults:
        raise MapFileRefused(faults)
    faults = [
        fault for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(value) for fault in _faults(error, lines)
    ]
    if faults:
        raise MapFileRefused(faults)
    data = {
        "stages": list(value.get("stages", ())),
        "tools": [whole(entry, TOOL) for entry in value.get("tools", ())],
        "activities": [whole_activity(entry) for entry in value.get("activities", ())],
        "prompts": [whole(entry, PROMPT) for entry in value.get("prompts", ())],
    }
    return MapFile(data, lines, hashlib.sha256(content).hexdigest())


_SCALARS = _Loader("") if _Loader is yaml.SafeLoader else yaml.SafeLoader("")


def _value(node: Any, path: Path_, lines: dict[Path_, int], faults: list[Fault], seen: set[int]) -> Any:
    """The value of a node, the line of each part beside it."""
    lines[path] = node.start_mark.line + 1
    if len(path) > 20 or id(node) in seen:
        faults.append(
            Fault(
                lines[path], _field(path), _("References (& and *) and deep nesting are not read. Write the value out.")
            )
        )
        return None
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        result: Data = {}
        for key_node, inner in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            if key in result:
                faults.append(Fault(key_node.start_mark.line + 1, _field((*path, key)), _("This stands here twice.")))
            result[key] = _value(inner, (*path, key), lines, faults, seen)
            lines[(*path, key)] = key_node.start_mark.line + 1
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_value(inner, (*path, number), lines, faults, seen) for number, inner in enumerate(node.value)]
    try:
        return plain(_SCALARS.construct_object(node))
    except (yaml.YAMLError, ValueError):
        faults.append(Fault(lines[path], _field(path), _("This value cannot be read.")))
        return None


def _field(path: Path_) -> str:
    """A path as people say it: ``activities[3].policy.category``."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
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
    else:
        yield Fault(line, field, _("This value does not fit. Found: %s.") % found)


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
