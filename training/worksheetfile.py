"""The forms of worksheets: YAML of the form in ``catalogue/worksheets.schema.json``, one file for each version, and what a schema cannot say.

A version that went out stays, so that what was filled in with it is read with the questions that were asked.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from policies.yamlfile import Data, Fault, FileRefused, Parsed, parse

CATALOGUE = Path(__file__).parent / "catalogue"
MAX_BYTES = 50_000
SCHEMA: Data = json.loads((CATALOGUE / "worksheets.schema.json").read_text(encoding="utf-8"))
#: How many characters a text may have unless the file says otherwise.
MOST = {"short": 200, "long": 2000}
ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Field:
    """One question: a text, a choice, a day, or rows with a few columns each."""

    name: str
    kind: str
    optional: bool
    most: int
    texts: Mapping[str, Mapping[str, str]]
    choices: tuple[tuple[str, Mapping[str, str]], ...] = ()
    columns: "tuple[Field, ...]" = ()
    rows: int = 0
    #: Whether the order of the rows says something.
    numbered: bool = False

    @property
    def label(self) -> str:
        return _in_words(self.texts)["label"]

    @property
    def hint(self) -> str:
        return _in_words(self.texts).get("hint", "")

    @property
    def add(self) -> str:
        return _in_words(self.texts).get("add", "") or _("Add a row")

    @property
    def options(self) -> list[tuple[str, str]]:
        """The choices in the language of the page."""
        return [(value, _in_words(texts)) for value, texts in self.choices]

    def said(self, value: str) -> str:
        """A choice in words; what is no choice as it stands."""
        return dict(self.options).get(value, value)


@dataclass(frozen=True, slots=True)
class SheetForm:
    """One version of a form."""

    slug: str
    version: int
    fundamentals: tuple[str, ...]
    activities: tuple[str, ...]
    texts: Mapping[str, Mapping[str, str]]
    fields: tuple[Field, ...]

    def __str__(self) -> str:
        return self.words["name"]

    @property
    def words(self) -> Mapping[str, str]:
        """Name, sentence and the label of the title, in the language of the page."""
        return _in_words(self.texts)


def _in_words[T](texts: Mapping[str, T]) -> T:
    return texts.get((get_language() or "en")[:2]) or texts["en"]


def read(content: bytes) -> SheetForm:
    """Read a file. Raises FileRefused with the line and field of every fault."""
    parsed = parse(content, SCHEMA, most=MAX_BYTES, too_large=_("A worksheet form has at most 50,000 bytes."))
    if faults := list(_faults(parsed)):
        raise FileRefused(faults)
    value = parsed.value
    return SheetForm(
        value["slug"], value["version"], tuple(value["fundamentals"]), tuple(value["activities"]),
        {code: value[code] for code in ("en", "de")}, tuple(map(_field, value["fields"])),
    )  # fmt: skip


def _field(value: Data) -> Field:
    kind = value["kind"]
    return Field(
        value["name"], kind, value.get("optional", False), value.get("most", MOST.get(kind, 0)),
        {code: value[code] for code in ("en", "de")},
        tuple((one["value"], {code: one[code] for code in ("en", "de")}) for one in value.get("choices", ())),
        tuple(map(_field, value.get("columns", ()))), value.get("rows", 0), value.get("numbered", False),
    )  # fmt: skip


def _faults(parsed: Parsed) -> Iterator[Fault]:
    """What belongs to a kind stands with it, and every name once."""
    yield from _faults_of(parsed, ("fields",), parsed.value["fields"], {"title"})
    for number, field in enumerate(parsed.value["fields"]):
        if "columns" in field:
            yield from _faults_of(parsed, ("fields", number, "columns"), field["columns"], set())


#: Which parts a kind needs, and which kinds may have a part.
_NEEDS = {"choice": ("choices",), ROWS: ("columns", "rows")}
_KINDS = {"choices": {"choice"}, "columns": {ROWS}, "rows": {ROWS}, "numbered": {ROWS}, "most": {"short", "long"}}


def _faults_of(parsed: Parsed, path: tuple[str | int, ...], fields: Sequence[Data], taken: set[str]) -> Iterator[Fault]:
    used = set(taken)
    for number, field in enumerate(fields):
        where = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in (*path, number))[1:]
        here = (*path, number)
        if field["name"] in used:
            yield Fault(parsed.line((*here, "name")), f"{where}.name", _("This name stands here twice."))
        used.add(field["name"])
        for part in _NEEDS.get(field["kind"], ()):
            if part not in field:
                yield Fault(parsed.line(here), f"{where}.{part}", _("This is missing."))
        for part, kinds in _KINDS.items():
            if part in field and field["kind"] not in kinds:
                text = _("A field of the kind “%s” has no such part.") % field["kind"]
                yield Fault(parsed.line((*here, part)), f"{where}.{part}", text)
        values = [one["value"] for one in field.get("choices", ())]
        for at, value in enumerate(values):
            if value in values[:at]:
                yield Fault(
                    parsed.line((*here, "choices", at)), f"{where}.choices[{at + 1}]", _("This name stands here twice.")
                )


@cache
def every_form() -> Mapping[tuple[str, int], SheetForm]:
    """All versions of all forms that came along, by short name and version. Raises FileRefused."""
    found = [read(file.read_bytes()) for file in sorted((CATALOGUE / "worksheets").glob("*.yaml"))]
    return {(one.slug, one.version): one for one in found}


@cache
def forms() -> Mapping[str, SheetForm]:
    """The newest version of each form, by short name: what is offered today. In the order of the work."""
    newest: dict[str, SheetForm] = {}
    for (slug, version), one in every_form().items():
        if slug not in newest or version > newest[slug].version:
            newest[slug] = one
    order = ("account-priorities", "call-plan", "early-qualification")
    return dict(sorted(newest.items(), key=lambda entry: (order.index(entry[0]) if entry[0] in order else len(order), entry[0])))  # fmt: skip


def forms_for(activity_slug: str) -> list[SheetForm]:
    """The forms that belong to an activity."""
    return [one for one in forms().values() if activity_slug in one.activities]
