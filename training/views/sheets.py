"""What the pages show of a worksheet: its fields with what was typed, as controls or to read."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from training.views.windows import window_of
from training.worksheetfile import ROWS, Field, SheetForm
from training.worksheets import Answers, in_words, tidy

#: So many empty lines are offered at the end; a button adds more.
SPARE = 1
FIRST = 3


@dataclass
class Shown:
    """What stands in the fields of a page, and what is said about it: at each field, and above all of them."""

    title: str
    answers: Answers
    faults: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    #: Another window kept something since.
    changed: bool = False
    window: str = ""
    seen: int | None = None


def given(form: SheetForm, data: QueryDict) -> dict[str, Any]:
    """What a page sends: the title, the answers (each column of rows as a list), and which window it comes from."""
    answers: dict[str, Any] = {}
    for one in form.fields:
        if one.kind != ROWS:
            answers[one.name] = data.get(one.name, "")
            continue
        columns = {column.name: data.getlist(f"{one.name}-{column.name}") for column in one.columns}
        count = max(map(len, columns.values()))
        answers[one.name] = [
            {name: values[number] if number < len(values) else "" for name, values in columns.items()}
            for number in range(count)
        ]
    return {"title": data.get("title", ""), "answers": tidy(form, answers), **window_of(data)}


def typed_fields(form: SheetForm, shown: Shown) -> list[dict[str, Any]]:
    """The fields with what stands in them, and a spare line or more under rows."""
    return [_typed(one, shown) for one in form.fields]


def _typed(one: Field, shown: Shown) -> dict[str, Any]:
    value = shown.answers.get(one.name, "")
    row: dict[str, Any] = {"field": one, "fault": shown.faults.get(one.name, "")}
    if one.kind != ROWS:
        return row | _control(one, one.name, one.name, str(value))
    lines: list[dict[str, str]] = list(value) if isinstance(value, list) else []
    spare = max(SPARE, FIRST - len(lines))
    rows = [_line(one, number, line, shown.faults) for number, line in enumerate([*lines, *({},) * spare], 1)]
    return row | {"rows": rows, "blank": _line(one, "0", {}, {})}


def _line(one: Field, number: int | str, line: dict[str, str], faults: dict[str, str]) -> dict[str, Any]:
    cells = [
        _control(column, f"{one.name}-{number}-{column.name}", f"{one.name}-{column.name}", line.get(column.name, ""))
        | {"fault": faults.get(f"{one.name}-{number}-{column.name}", ""), "field": column}
        for column in one.columns
    ]
    return {"number": number, "cells": cells}


def _control(one: Field, place: str, name: str, value: str) -> dict[str, Any]:
    """``id``, name and value of a control; what a choice is not stays selected as it was sent, so that nothing is lost unseen."""
    options = one.options
    if one.kind == "choice" and value and value not in dict(options):
        options = [*options, (value, value)]
    return {"id": f"id_{place}", "name": name, "value": value, "options": options, "kind": one.kind}


def places_of(form: SheetForm, faults: dict[str, str]) -> list[tuple[str, str, str]]:
    """What is said about the fields, in their order: the control, where it stands in words, the sentence."""
    found = [("title", str(form.words["title"]))]
    for one in form.fields:
        found.append((one.name, one.label))
        lines = {int(name.split("-")[1]) for name in faults if name.startswith(f"{one.name}-")}
        found += [
            (f"{one.name}-{number}-{column.name}", _("%(field)s, line %(number)d, %(column)s") % {"field": one.label, "number": number, "column": column.label})
            for number in sorted(lines) for column in one.columns
        ]  # fmt: skip
    return [(f"id_{name}", words, faults[name]) for name, words in found if name in faults]


def read_fields(form: SheetForm, answers: Answers) -> list[dict[str, Any]]:
    """The fields as people read them; rows as a table."""
    return [_read(one, answers.get(one.name, "")) for one in form.fields]


def _read(one: Field, value: Any) -> dict[str, Any]:
    if one.kind != ROWS:
        return {"field": one, "text": in_words(one, str(value))}
    lines = value if isinstance(value, list) else []
    rows = [[(column, in_words(column, line.get(column.name, ""))) for column in one.columns] for line in lines]
    return {"field": one, "rows": rows}
