"""Many texts as lines of JSON, in one process or several. Knows nothing of a database, so that a new process starts at once."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterable, Iterator
from typing import Any

from .known import NOBODY, KnownIndex
from .own import NO_RULES, OwnRules
from .scrub import anonymize
from .values import LanguageUnsupported, ScrubberUnavailable

_house: tuple[KnownIndex, OwnRules] = (NOBODY, NO_RULES)


def scrub_lines(
    lines: Iterable[str], *, jobs: int = 1, known: KnownIndex = NOBODY, own: OwnRules = NO_RULES
) -> Iterator[str]:
    """Scrub every line ``{"id", "text", "lang"?}`` and yield ``{"id", "text", "spans"}``, in order, as they are ready.

    A line that cannot be scrubbed comes back as ``{"id", "error"}``, without any text.
    """
    if jobs == 1:
        _begin(known, own)
        yield from map(_line, lines)
        return
    with multiprocessing.get_context("spawn").Pool(jobs, _begin, (known, own)) as pool:
        yield from pool.imap(_line, lines, chunksize=8)


def _begin(known: KnownIndex, own: OwnRules) -> None:
    global _house
    _house = known, own


def _line(line: str) -> str:
    identity: Any = None
    known, own = _house
    try:
        value = json.loads(line)
        identity = value.get("id")
        text, language = value["text"], value.get("lang")
        if not isinstance(text, str):
            raise TypeError
        result = anonymize({"text": text}, known=known, own=own, language=language)
    except (ValueError, KeyError, TypeError, AttributeError):
        answer: dict[str, Any] = {"id": identity, "error": "not an object with a text, or an unknown lang"}
    except LanguageUnsupported as error:
        answer = {"id": identity, "error": f"language {error.code}"}
    except ScrubberUnavailable:
        answer = {"id": identity, "error": "scrubber not available"}
    else:
        answer = {"id": identity, "text": result.texts["text"], "spans": result.spans("text")}
    return json.dumps(answer, ensure_ascii=False)
