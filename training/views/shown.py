"""What the page shows of answers and feedback: boxes, lines and items, each with the sentences that belong to it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from training import rubric
from training.models import Attempt, ExerciseVersion
from training.models.exercises import Kind
from training.words import ERROR_KINDS, SENTENCES

BOX_WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "role": (gettext_lazy("Role"), gettext_lazy("Who should it be?")), "goal": (gettext_lazy("Goal"), gettext_lazy("What is good, and for whom?")),
    "information": (gettext_lazy("Information"), gettext_lazy("What may it use?")), "limits": (gettext_lazy("Limits"), gettext_lazy("What must not happen?")),
    "form": (gettext_lazy("Form"), gettext_lazy("What does it look like?")),
}  # fmt: skip


PAGE = 50
_LEVELS = range(3)


def shown_attempt(version: ExerciseVersion, answers: Mapping[str, Any], checked: Attempt | None) -> dict[str, Any]:
    """The context of a page: ``boxes``, ``draft_lines`` or ``items`` by the kind of the exercise, with what ``checked`` got as feedback."""
    rows: list[dict[str, Any]] = [sentence(row) for row in checked.found] if checked else []
    content = version.content
    context: dict[str, Any] = {
        "feedback": rows,
        "hints": content["hints"],
        "stands": sum(row["ok"] for row in rows),
        "total": len(rows),
    }
    if version.kind == Kind.PROMPT:
        texts = checked.said if checked else {}
        context["boxes"] = [
            {
                "name": box, "label": BOX_WORDS[box][0], "question": BOX_WORDS[box][1], "value": answers.get(box, ""), "optional": box in {"limits", "form"},
                "rows": [row for row in rows if row["box"] == box], "pieces": marked(texts.get(box, ""), box, rows),
            }
            for box in content["boxes"]
        ]  # fmt: skip
        context["worked"] = [
            (BOX_WORDS[box][0], content["worked"][box]) for box in content["boxes"] if box in content["worked"]
        ]
    elif version.kind == Kind.ERRORS:
        found = set(answers.get("lines", ()))
        by_line = {row["criterion"]: row for row in rows}
        context["draft_lines"] = [
            {"number": number, "text": text, "marked": number in found, "row": by_line.get(str(number))}
            for number, text in enumerate(content["draft"]["text"].strip("\n").splitlines(), 1)
        ]
        context["summary"] = by_line.get("all")
        context |= {
            "stands": sum(row["code"] == "error_found" for row in rows),
            "total": len(content["errors"]) if rows else 0,
        }
        context["worked_errors"] = content["errors"]
    else:
        given = answers.get("items", [])
        context["items"] = [
            {
                "number": number,
                "name": item["name"],
                "row": rows[number] if number < len(rows) else None,
                "why": item["why"],
                **(given[number] if number < len(given) else {}),
            }
            for number, item in enumerate(content["items"])
        ]
    return context


def sentence(row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row with its sentence in the language of the page; ``ok``: it reaches what the exercise needs."""
    facts = dict(row.get("facts") or {})
    if kinds := facts.get("kinds"):
        facts["kinds"] = ", ".join(str(ERROR_KINDS[kind]) for kind in kinds)
    if line := facts.get("line"):
        facts["where"] = "" if str(line) in str(facts.get("why")) else _("Line %d: ") % line
    known = rubric.criteria().get(row["criterion"])
    level, need = row.get("level"), row.get("need")
    ok = (
        row["code"] in {"error_found", "errors_all", "sort_right"}
        if need is None
        else level is not None and level >= need
    )
    text = str(SENTENCES[row["code"]]) % _Facts(facts)
    if ok and need is not None and level is not None and level < len(_LEVELS) - 1:
        text = _("Enough here. %s") % text
    return {
        **row, "text": text.strip() or _("Think about who answers for it when it goes wrong."), "ok": ok and not row.get("reason"), "title": known.title if known else "",
        "quote": row["evidence"][0][3] if row.get("evidence") else "", "box": row.get("box", ""),
        "level_words": known.levels[level] if known and level is not None else "", "fault": str(SENTENCES[row["reason"]]) if row.get("reason") else "",
    }  # fmt: skip


class _Facts(dict[str, Any]):
    """Facts of a sentence; one that is not there reads as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


def page_after[T](rows: Sequence[T], after: str, key: Callable[[T], int]) -> tuple[list[T], int | None]:
    """The rows behind the one with this key, a page of them, and the key to go on with; a key that no row has shows the first page."""
    begin = next((at for at, row in enumerate(rows, 1) if str(key(row)) == after), 0)
    page = list(rows[begin : begin + PAGE])
    return page, key(page[-1]) if begin + PAGE < len(rows) else None


def marked(text: str, box: str, rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """A text in pieces: (``""`` or ``bad`` or ``warn``, words), where feedback that does not stand quotes it."""
    spans = sorted(
        (start, end, "bad" if row["level"] == 0 else "warn")
        for row in rows if not row["ok"] for place, start, end, _words in row.get("evidence", ()) if place == box
    )  # fmt: skip
    pieces, at = [], 0
    for start, end, how in spans:
        if start < at:
            continue
        pieces += [("", text[at:start]), (how, text[start:end])]
        at = end
    return [piece for piece in [*pieces, ("", text[at:])] if piece[1]]


def shown_changes(before: Attempt, after: Attempt, differences: Callable[[str, str], Any]) -> list[dict[str, Any]]:
    """What changed between two attempts, box by box."""
    old, new = before.said, after.said
    return [
        {"label": BOX_WORDS[box][0], "pieces": differences(str(old.get(box, "")), str(new.get(box, "")))}
        for box in BOX_WORDS
        if isinstance(new.get(box), str) and old.get(box, "") != new[box]
    ]
