"""From answers to feedback: what the judge and the answer keys say, as rows that are stored with the attempt and shown beside the answers.

A row: ``criterion`` (or the number of a line or item), ``box`` it belongs to, ``level`` and ``need``, ``code`` of its sentence, ``evidence`` (quotes of the
learner with their places) and ``facts`` for the sentence.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from policies.scrubbing import house
from training import rubric
from training.detection import names_in, typed_in
from training.judge import BOXES, EasilyLost, Judgement, OpenPoint, Prompt, Situation, judge
from training.judge.text import words
from training.models import ExerciseVersion
from training.models.exercises import Kind
from workbench.gateway.pii import LanguageUnsupported, ScrubberUnavailable, anonymize

type Row = dict[str, Any]
ENOUGH_WORDS = 5
"""A reason has so many words at least, of two letters or more."""
DIFFERENT_WORDS = 4
"""So many of them differ at least, and more than half of all."""
ALWAYS = {"situation": 1}
"""Asked of every prompt, whatever its exercise needs besides: one that knows nothing of the exercise would finish all of them."""


def feedback_on(version: ExerciseVersion, answers: Mapping[str, Any]) -> list[Row]:
    """Everything there is to say about these answers, in the order of the page. Needs no model."""
    by_kind = {Kind.PROMPT: _on_prompt, Kind.ERRORS: _on_errors, Kind.SORT: _on_sorting}
    return by_kind[Kind(version.kind)](version, answers)


def passes(version: ExerciseVersion, rows: list[Row]) -> bool:
    """Whether an attempt with this feedback finishes the exercise."""
    needs: dict[str, int] = version.content["needs"]
    if version.kind == Kind.PROMPT:
        return all(row["level"] is not None and row["level"] >= row["need"] for row in rows)
    codes = [row["code"] for row in rows]
    if version.kind == Kind.ERRORS:
        return (
            codes.count("error_found") >= needs["found"] and codes.count("error_false_alarm") <= needs["false_alarms"]
        )
    return codes.count("sort_right") >= needs["right"] and not any(row.get("reason") for row in rows)


def situation_of(version: ExerciseVersion) -> Situation:
    """The exercise as the judge sees it."""
    content = version.content
    materials = {one["name"]: one["text"] for one in content["material"]}
    return Situation(
        version.language, f"{content['situation']} {content['task']}", materials,
        tuple(OpenPoint(tuple(one["asks"]), one["line"], one["why"]) for one in content.get("open_points", ())),
        tuple(EasilyLost(tuple(one["words"]), one["line"], one["why"]) for one in content.get("easily_lost", ())),
        _names_or_none(materials, version.language),
        f"{content['task']} {content['worked']['goal']}",
    )  # fmt: skip


def _names_or_none(materials: Mapping[str, str], language: str) -> frozenset[str]:
    try:
        return _names(tuple(materials.items()), language)
    except (ScrubberUnavailable, LanguageUnsupported):
        return frozenset()


@lru_cache(maxsize=256)
def _names(materials: tuple[tuple[str, str], ...], language: str) -> frozenset[str]:
    """What fails is not remembered: the scrubber comes back."""
    return names_in(anonymize(dict(materials), language=language))


def judgements(version: ExerciseVersion, answers: Mapping[str, Any]) -> tuple[Judgement, ...]:
    """What the judge says of a prompt, criterion by criterion, whatever the exercise needs."""
    return _judged(version, _boxes(version, answers))


def typed_texts(version: ExerciseVersion, answers: Mapping[str, Any]) -> dict[str, str]:
    """What a learner wrote, text by text, for whoever looks for people in it."""
    return {} if version.kind == Kind.ERRORS else {str(number): text for number, text in enumerate(_texts(answers))}


def invented(version: ExerciseVersion) -> frozenset[str]:
    """The words of the names of people whom the exercise made up."""
    return situation_of(version).names if version.kind == Kind.PROMPT else frozenset()


def _texts(answers: Any) -> list[str]:
    if isinstance(answers, Mapping):
        return [text for value in answers.values() for text in _texts(value)]
    return [text for value in answers for text in _texts(value)] if isinstance(answers, list) else [str(answers)]


def _boxes(version: ExerciseVersion, answers: Mapping[str, Any]) -> dict[str, str]:
    return {box: str(answers.get(box, "")) for box in BOXES if box in version.content["boxes"]}


def _judged(version: ExerciseVersion, boxes: Mapping[str, str]) -> tuple[Judgement, ...]:
    situation = situation_of(version)
    prompt = Prompt(boxes, situation.materials)
    try:
        typed = typed_in(prompt, house().anonymize(boxes, language=version.language), situation.names)
    except (ScrubberUnavailable, LanguageUnsupported):
        typed = None
    return judge(boxes, situation, typed)


def _on_prompt(version: ExerciseVersion, answers: Mapping[str, Any]) -> list[Row]:
    boxes = _boxes(version, answers)
    needs = ALWAYS | version.content["needs"]
    home = {name: one.box for name, one in rubric.criteria().items()}
    return [_row(one, needs[one.criterion], home, boxes) for one in _judged(version, boxes) if one.criterion in needs]


def _row(one: Judgement, need: int, home: Mapping[str, str], boxes: Mapping[str, str]) -> Row:
    code = "material_retold_lost" if one.code == "material_retold" and "line" in one.facts else one.code
    box = one.evidence[0].box if one.evidence else home[one.criterion]
    return {
        "criterion": one.criterion, "box": box if box in boxes else "goal", "level": one.level, "need": need, "code": code,
        "evidence": [[place.box, place.start, place.end, place.text] for place in one.evidence[:3]], "facts": one.facts,
    }  # fmt: skip


def _on_errors(version: ExerciseVersion, answers: Mapping[str, Any]) -> list[Row]:
    marked = {int(line) for line in answers.get("lines", ())}
    errors = {error["line"]: error for error in version.content["errors"]}
    draft = version.content["draft"]["text"].strip("\n").splitlines()
    rows: list[Row] = []
    for line in sorted(marked):
        if line in errors:
            rows.append(
                {
                    "criterion": str(line),
                    "code": "error_found",
                    "facts": {"why": errors[line]["why"]},
                    "evidence": [["", 0, 0, errors[line]["words"]]],
                }
            )
        elif 0 < line <= len(draft):
            rows.append(
                {
                    "criterion": str(line),
                    "code": "error_false_alarm",
                    "facts": {},
                    "evidence": [["", 0, 0, draft[line - 1]]],
                }
            )
    missing = [error["type"] for line, error in errors.items() if line not in marked]
    code = "errors_missing" if missing else "errors_all"
    return [
        *rows,
        {
            "criterion": "all",
            "code": code,
            "facts": {"count": len(missing), "kinds": sorted(set(missing))},
            "evidence": [],
        },
    ]


def _fault_of_reason(reason: str, said: list[str]) -> str:
    """What a reason lacks before anybody reads it: words at all, or enough that could say something."""
    if len(words(reason)) < ENOUGH_WORDS:
        return "sort_no_reason"
    different = len(set(said))
    enough = len(said) >= ENOUGH_WORDS and different >= DIFFERENT_WORDS and different * 2 > len(said)
    return "" if enough else "sort_thin_reason"


def _on_sorting(version: ExerciseVersion, answers: Mapping[str, Any]) -> list[Row]:
    given = answers.get("items", [])
    rows: list[Row] = []
    before: set[str] = set()
    for number, item in enumerate(version.content["items"]):
        answer = given[number] if number < len(given) else {}
        category, reason = str(answer.get("category", "")), str(answer.get("reason", ""))
        right = category in item["accepted"]
        why = item["why"] if right else item.get("against", {}).get(category, "")
        said = [word for word in words(reason) if sum(map(str.isalpha, word)) > 1]
        fault = _fault_of_reason(reason, said) or ("sort_same_reason" if " ".join(said) in before else "")
        before.add(" ".join(said))
        rows.append(
            {
                "criterion": str(number),
                "code": "sort_right" if right else "sort_wrong",
                "facts": {"why": why},
                "reason": fault,
                "evidence": [],
            }
        )
    return rows
