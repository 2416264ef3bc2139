"""An exercise as a file: YAML of the form in ``catalogue/schema.json``, and what a schema cannot say."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies.yamlfile import Data, Fault, FileRefused, Parsed, parse
from training.judge.text import words

MAX_BYTES = 100_000
SCHEMA: Data = json.loads((Path(__file__).parent / "catalogue" / "schema.json").read_text(encoding="utf-8"))
_HEAD = ("slug", "language", "path", "kind", "title", "minutes")


@dataclass(frozen=True, slots=True)
class ExerciseFile:
    """A file that holds together: its head apart (slug, language, path, kind, title, minutes), the rest as content."""

    head: Data
    content: Data
    source: str
    sha256: str
    #: Where each part of the head stands.
    lines: Mapping[str, int]


def read(source: str) -> ExerciseFile:
    """Read a file. Raises FileRefused with the line and field of every fault."""
    raw = source.replace("\r\n", "\n").encode("utf-8", "surrogatepass")
    parsed = parse(
        raw, SCHEMA, most=MAX_BYTES, too_large=_("An exercise has at most 100,000 bytes. Shorten the material.")
    )
    if faults := list(_faults(parsed)):
        raise FileRefused(faults)
    value = parsed.value
    head = {name: value[name] for name in _HEAD}
    content = {name: part for name, part in value.items() if name not in _HEAD}
    for material in content.get("material", ()):
        material["text"] = material["text"].strip("\n")
    lines = {name: parsed.line((name,)) for name in _HEAD}
    return ExerciseFile(head, content, raw.decode(), hashlib.sha256(raw).hexdigest(), lines)


def _faults(parsed: Parsed) -> Iterator[Fault]:
    """What the parts must agree on: lines and materials that are named exist, and say what they are said to say."""
    value = parsed.value
    yield from _faults_of_words(parsed)
    materials = {one["name"]: one["text"].strip("\n").splitlines() for one in value.get("material", ())}
    if len(materials) < len(value.get("material", ())):
        yield Fault(parsed.line(("material",)), "material", _("Two materials have the same name."))
    first = next(iter(materials), "")
    for part in ("open_points", "easily_lost"):
        for number, point in enumerate(value.get(part, ())):
            here = (part, number, "material" if "material" in point else "line")
            lines = materials.get(point.get("material", first))
            field = f"{part}[{number + 1}]"
            if lines is None:
                yield Fault(parsed.line(here), field, _("No material is called “%s”.") % point["material"])
            elif point["line"] > len(lines):
                yield Fault(
                    parsed.line(here),
                    field,
                    ngettext("The material has %d line.", "The material has %d lines.", len(lines)) % len(lines),
                )
            elif part == "easily_lost" and not any(
                word.lower() in lines[point["line"] - 1].lower() for word in point["words"]
            ):
                yield Fault(parsed.line(here), field, _("None of these words stands in line %d.") % point["line"])
    draft = value.get("draft", {}).get("text", "").strip("\n").splitlines()
    planted: dict[int, int] = {}
    for number, error in enumerate(value.get("errors", ())):
        # Whoever looks for errors marks lines: the second one of a line could neither be found nor missed.
        if (first_there := planted.setdefault(error["line"], number)) != number:
            yield Fault(
                parsed.line(("errors", number, "line")),
                f"errors[{number + 1}].line",
                _("Line %(line)d of the draft has an error already: errors[%(other)d]. Plant one error in each line.")
                % {"line": error["line"], "other": first_there + 1},
            )
        if error["line"] > len(draft) or error["words"] not in draft[error["line"] - 1]:
            yield Fault(
                parsed.line(("errors", number, "line")),
                f"errors[{number + 1}]",
                _("These words do not stand in line %d of the draft.") % error["line"],
            )
    needs, parts = value.get("needs", {}), value.get("errors") or value.get("items") or ()
    for name in ("found", "right"):
        if needs.get(name, 0) > len(parts):
            yield Fault(parsed.line(("needs", name)), f"needs.{name}", _("There are only %d.") % len(parts))
    if value["kind"] == "prompt":
        yield from _faults_of_worked(parsed, set(materials))


def _faults_of_words(parsed: Parsed) -> Iterator[Fault]:
    """What people read has words: a title of blanks is a link that nobody sees."""
    texts: list[tuple[tuple[str | int, ...], str]] = [((name,), name) for name in ("title", "situation", "task")]
    for number in range(len(parsed.value.get("material", ()))):
        texts += [(("material", number, name), f"material[{number + 1}].{name}") for name in ("title", "text")]
    for path, field in texts:
        value: Any = parsed.value
        for part in path:
            value = value[part]
        if not words(value):
            yield Fault(parsed.line(path), field, _("This has no words."))


def _faults_of_worked(parsed: Parsed, materials: set[str]) -> Iterator[Fault]:
    worked: dict[str, Any] = parsed.value["worked"]
    for name in worked.keys() - {"why"} - set(parsed.value["boxes"]):
        yield Fault(parsed.line(("worked", name)), f"worked.{name}", _("The exercise does not show this box."))
    named = {name for name in materials if f"{{{name}}}" in worked["information"]}
    if named != materials:
        missing = ", ".join(sorted(f"{{{name}}}" for name in materials - named))
        yield Fault(
            parsed.line(("worked", "information")),
            "worked.information",
            _("The worked example inserts every material. Missing: %s.") % missing,
        )
    if not words(parsed.value["vague"]):
        yield Fault(parsed.line(("vague",)), "vague", _("This has no words."))
