"""The steps of a call in order: guard → invoke → restore. Rendering happens before, because a person looks at its result."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.gateway import guard, llm
from workbench.gateway.pii import mask_unexpected, restore
from workbench.gateway.prompts import CHARACTERS_PER_TOKEN, NOTES, Message, Payload, split, without_fences


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a call stands. ``text`` is the answer of the last call so far, with placeholders."""

    step: str
    part: int = 1
    parts: int = 1
    text: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """The answer: as it came (``raw``, with placeholders) and brought home (``text``).

    ``missing`` are placeholders it lacks; ``unexpected`` are placeholder-like strings that nobody gave it, and the marks
    (``[NEW_PERSON_1]``) over personal data that stood in no input.
    """

    raw: str
    text: str
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    input_tokens: int
    output_tokens: int
    calls: int
    seconds: float
    truncated: bool = False


class Cancelled(Exception):
    """Somebody cancelled the run while the model wrote."""


@dataclass(slots=True)
class _Meter:
    input_tokens: int = 0
    output_tokens: int = 0
    calls: int = 0
    truncated: bool = field(default=False)


_MARKER = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+")
Report = Callable[[Progress], None]


def complete(
    endpoint: llm.Endpoint, payload: Payload, mapping: Mapping[str, str], *, max_tokens: int,
    schema: Mapping[str, Any] | None = None, report: Report = lambda progress: None, note_tokens: int = 350,
) -> Completion:  # fmt: skip
    """Send a payload and bring the answer home.

    ``report`` is called before each step and with every piece of text; it may raise Cancelled to stop, which closes the
    connection. Long payloads are worked on part by part (``note_tokens`` of notes each) and combined, in as many rounds as it
    takes; nothing is cut. Raises guard.Leak before anything leaves, llm.ToolError when the model does not answer, and
    pii.ScrubberUnavailable when nobody can say what the answer holds.
    """
    started = time.monotonic()
    meter = _Meter()
    total = len(payload.parts)
    report(Progress("guard", 1, total))
    # Every part is looked at before the first one leaves.
    for part in payload.parts:
        _guard(part, mapping, payload.fixed)
    if total == 1:
        raw = _call(endpoint, payload.parts[0], meter, max_tokens, schema, report, 1, 1)
    else:
        notes = [
            _call(endpoint, part, meter, note_tokens, None, report, number, total + 1)
            for number, part in enumerate(payload.parts, 1)
        ]
        raw = _combine(endpoint, payload, mapping, notes, meter, max_tokens, schema, report, note_tokens)
    report(Progress("restore", total, total, raw))
    restored = restore(raw, mapping)
    text, marks = _home(raw, (payload.information, payload.fixed), mapping, as_document=schema is not None)
    return Completion(
        raw, text, restored.missing, (*restored.unexpected, *marks), meter.input_tokens, meter.output_tokens, meter.calls,
        time.monotonic() - started, meter.truncated,
    )  # fmt: skip


def _home(
    raw: str, sources: Sequence[str], mapping: Mapping[str, str], *, as_document: bool
) -> tuple[str, tuple[str, ...]]:
    """The answer with names restored and with marks over what is personal and stood in no source; and the marks.

    A document is put into one readable form, and restored inside its values, where a quotation mark in a name does no harm;
    what should be one and is not JSON is restored as text, and the schema check says what it is.
    """
    if as_document:
        bare = raw.strip().removeprefix("```json").removeprefix("```").removesuffix("```").strip()
        try:
            document = json.loads(bare)
        except ValueError:
            pass
        else:
            values: list[str] = []
            _each_text(document, values.append)
            texts, marks = mask_unexpected(values, sources, mapping)
            rest = iter(texts)
            return json.dumps(_each_text(document, lambda _: next(rest)), ensure_ascii=False, indent=2), marks
    (text,), marks = mask_unexpected([raw.strip()], sources, mapping)
    return text.strip(), marks


def _each_text(value: Any, change: Callable[[str], Any]) -> Any:
    """The document with every text value changed, in the order in which they stand."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each_text(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _each_text(item, change) for key, item in value.items()}
    return value


def _combine(
    endpoint: llm.Endpoint, payload: Payload, mapping: Mapping[str, str], notes: list[str], meter: _Meter, max_tokens: int,
    schema: Mapping[str, Any] | None, report: Report, note_tokens: int,
) -> str:  # fmt: skip
    """Bring notes together; where they do not fit into one call, first condense them group by group."""
    room = max(400, int((endpoint.context_tokens - max_tokens) * CHARACTERS_PER_TOKEN) - len(payload.fixed))
    while True:
        joined = "\n".join(map(_as_points, notes))
        if len(joined) <= room or len(notes) == 1:
            break
        groups = split(joined, room)
        if len(groups) >= len(notes):
            break
        notes = [
            _call(
                endpoint, _fill(payload.condense, group, mapping, payload.fixed), meter, note_tokens, None, report, number,
                len(groups) + 1,
            )
            for number, group in enumerate(groups, 1)
        ]  # fmt: skip
    total = len(payload.parts) + 1
    messages = _fill(payload.combine, joined, mapping, payload.fixed)
    return _call(endpoint, messages, meter, max_tokens, schema, report, total, total)


def _as_points(note: str) -> str:
    """A note with every line as one point: numbers that begin anew with every part mislead a reader."""
    lines = (_MARKER.sub("", line).strip() for line in note.splitlines())
    return "\n".join(f"- {line}" for line in lines if line)


def _fill(template: Sequence[Message], notes: str, mapping: Mapping[str, str], fixed: str) -> tuple[Message, ...]:
    messages: tuple[Message, ...] = tuple(
        {"role": message["role"], "content": message["content"].replace(NOTES, without_fences(notes))}
        for message in template
    )
    _guard(messages, mapping, fixed)
    return messages


def _guard(messages: Sequence[Message], mapping: Mapping[str, str], fixed: str) -> None:
    guard.check("\n".join(message["content"] for message in messages), mapping, fixed=fixed)


def _call(
    endpoint: llm.Endpoint, messages: Sequence[Message], meter: _Meter, max_tokens: int, schema: Mapping[str, Any] | None,
    report: Report, part: int, parts: int,
) -> str:  # fmt: skip
    report(Progress("model", part, parts))
    meter.calls += 1
    pieces: list[str] = []
    chunks: Iterator[llm.Chunk] = llm.stream(endpoint, messages, max_tokens=max_tokens, schema=schema)
    finish = ""
    try:
        for chunk in chunks:
            meter.input_tokens += chunk.input_tokens
            meter.output_tokens += chunk.output_tokens
            finish = chunk.finish_reason or finish
            if chunk.text:
                pieces.append(chunk.text)
                report(Progress("model", part, parts, "".join(pieces)))
    finally:
        chunks.close()  # type: ignore[attr-defined]
    if finish in {"length", "max_tokens"}:
        meter.truncated = True
    return "".join(pieces)
