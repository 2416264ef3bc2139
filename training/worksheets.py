"""What stands in a worksheet: answers in the shape that is kept, what is missing before it can be finished, and all of it as plain text."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from training.worksheetfile import ROWS, Field, SheetForm
from workbench.privacy.spellings import visible

type Answers = dict[str, str | list[dict[str, str]]]

MOST_TITLE = 120


def tidy(form: SheetForm, answers: Mapping[str, Any]) -> Answers:
    """Answers in the shape that worksheets keep, whatever a page or a program sent. What is wrong in them is kept and said when it is finished."""
    kept: Answers = {}
    for field in form.fields:
        given = answers.get(field.name)
        if field.kind != ROWS:
            if text := text_of(given):
                kept[field.name] = text
            continue
        rows = [row for row in given if isinstance(row, Mapping)] if isinstance(given, list | tuple) else []
        texts = [{one.name: text_of(row.get(one.name)) for one in field.columns} for row in rows]
        if written := [row for row in texts if any(map(visible, row.values()))]:
            kept[field.name] = written
    return kept


def text_of(value: Any) -> str:
    """A text as it is kept: without what no page can show and no database can hold."""
    if not isinstance(value, str):
        return ""
    return value.replace("\r\n", "\n").replace("\x00", "").encode("utf-8", "ignore").decode()


def length(answers: Any) -> int:
    """How many characters somebody typed, however deep a program nests them."""
    count, left = 0, [answers]
    while left:
        one = left.pop()
        if isinstance(one, Mapping):
            left.extend(one.values())
        elif isinstance(one, list | tuple):
            left.extend(one)
        else:
            count += len(str(one))
    return count


def texts(title: str, answers: Mapping[str, Any]) -> Iterator[str]:
    """Everything that was written, text by text."""
    yield title
    for value in answers.values():
        if isinstance(value, str):
            yield value
        else:
            for row in value:
                yield from row.values()


def faults_of(form: SheetForm, title: str, answers: Answers) -> dict[str, str]:
    """What is missing or wrong before it can be finished: by name of the field, of a row by ``field-row-column`` (rows from 1)."""
    wrong: dict[str, str] = {}
    if not visible(title):
        wrong["title"] = _("Give it a title by which you find it again.")
    elif len(title) > MOST_TITLE:
        wrong["title"] = _too_long(title, MOST_TITLE)
    for field in form.fields:
        if field.kind != ROWS:
            _add(wrong, field.name, _fault(field, str(answers.get(field.name, ""))))
            continue
        rows = answers.get(field.name, [])
        if not rows and not field.optional:
            wrong[field.name] = _("Fill in one line at least.")
        elif len(rows) > field.rows:
            wrong[field.name] = _("%(count)d lines; %(most)d are the most. All are kept; take some out before you finish.") % {"count": len(rows), "most": field.rows}  # fmt: skip
        for number, row in enumerate(rows, 1):
            for column in field.columns:
                value = row.get(column.name, "") if isinstance(row, dict) else ""
                _add(wrong, f"{field.name}-{number}-{column.name}", _fault(column, value))
    return wrong


def _add(wrong: dict[str, str], name: str, fault: str) -> None:
    if fault:
        wrong[name] = fault


def _fault(field: Field, value: str) -> str:
    if not visible(value):
        if field.optional:
            return ""
        if field.kind == "choice":
            return _("Choose one.")
        return _("Choose a day.") if field.kind == "date" else _("This is still empty. What is not known, say so.")
    if field.kind == "choice":
        return "" if value in dict(field.choices) else _("Choose one of those that are offered.")
    if field.kind == "date":
        return "" if day_of(value) else _("This is no day. Choose one from the calendar.")
    return _too_long(value, field.most) if len(value) > field.most else ""


def _too_long(value: str, most: int) -> str:
    return _("%(length)d characters; %(most)d are the most here. All of it is kept; shorten it before you finish.") % {"length": len(value), "most": most}  # fmt: skip


def day_of(value: str) -> date | None:
    """A day as a form or a program writes it."""
    try:
        return date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        return None


def in_words(field: Field, value: str) -> str:
    """An answer as people read it."""
    if field.kind == "choice":
        return field.said(value)
    if field.kind == "date" and (day := day_of(value)):
        return date_format(day, "SHORT_DATE_FORMAT")
    return value.strip()


def as_text(form: SheetForm, title: str, answers: Answers) -> str:
    """All of it as plain text, for a mail or a note."""
    lines = [f"{form}: {title}".rstrip(": "), ""]
    for field in form.fields:
        value = answers.get(field.name, "")
        lines.append(field.label)
        if isinstance(value, str):
            lines.append(in_words(field, value) or "–")
        else:
            for number, row in enumerate(value, 1):
                cells = ((column, in_words(column, row.get(column.name, ""))) for column in field.columns)
                said = [f"{column.label}: {text}" for column, text in cells if text]
                lines.append(f"{number}. " + " | ".join(said))
        lines.append("")
    return "\n".join(lines).strip() + "\n"
