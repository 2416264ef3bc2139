"""Replace personal data by placeholders so that every text can be put back exactly as it was typed."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .known import NOBODY, KnownIndex
from .language import SMALL_WORDS, require_languages
from .naming import name_persons
from .own import NO_RULES, OwnRules
from .placeholders import deanonymize, find_placeholders, type_of
from .spans import merge
from .values import (
    ALWAYS_ON,
    DEFAULT_TYPES,
    PLACEHOLDER_TYPES,
    Anonymized,
    Finding,
    Reason,
    ScrubberStatus,
    ScrubberUnavailable,
)
from .words import HONORIFICS, NEVER_NAMES, ROLE_ADDRESSES, is_ordinary_word

if TYPE_CHECKING:
    from .engine import Detector

_lock = threading.Lock()
_detector: Detector | None = None
_ROUNDS = 12


def _load() -> Detector:
    """The process's detector, loaded at first use. A failed load is tried again at the next call."""
    global _detector
    if _detector is None:
        with _lock:
            if _detector is None:
                try:
                    from .engine import Detector

                    _detector = Detector()
                except ScrubberUnavailable:
                    raise
                except Exception as error:
                    raise ScrubberUnavailable("The detector cannot be loaded.") from error
    return _detector


def warm_up() -> None:
    """Load the detector now (about two seconds) instead of at the first text.

    Raises:
        ScrubberUnavailable: It cannot be loaded or failed its check.
    """
    _load()


def reset() -> None:
    """Forget the loaded detector, so that the next call loads and checks it anew."""
    global _detector
    with _lock:
        _detector = None


def scrubber_status() -> ScrubberStatus:
    """Say whether scrubbing works. Loads the detector at the first call; costs nothing afterwards."""
    try:
        _load()
    except ScrubberUnavailable as error:
        return ScrubberStatus(False, str(error))
    return ScrubberStatus(True, "The detector is loaded and passed its check.")


def anonymize(
    texts: Mapping[str, str],
    *,
    known: KnownIndex = NOBODY,
    own: OwnRules = NO_RULES,
    marks: Sequence[str] = (),
    keep: Collection[str] = (),
    types: Collection[str] | None = None,
    language: str | None = None,
) -> Anonymized:
    """Replace personal data in several texts by placeholders that are numbered across all of them.

    What is promised: ``deanonymize(result.texts[name], result.mapping) == texts[name]`` for every input; and no
    original of the mapping stands as a word of its own in any resulting text (LITERAL ones aside, see there).

    Args:
        texts: Input name → text. Any string is allowed.
        known: People and firms the workbench knows, found by their names, addresses and numbers.
        own: Patterns of the house for its customers' numbers, and its words that are never personal.
        marks: Exact strings that a person selected; they are replaced wherever they stand.
        keep: Exact strings to leave readable although they were found: false finds; the words of a name with it. Honoured for what was guessed, not for
            NEVER_KEPT types, known names and marks.
        types: The types to look for; None means all but ORG and PLACE. MARKED and LITERAL are always on.
        language: "en" or "de" where it is known; None lets the texts decide.

    Returns:
        Scrubbed texts, mapping, findings and language.

    Raises:
        ScrubberUnavailable: The detector cannot be trusted now. Nothing was scrubbed.
        LanguageUnsupported: The texts together, or a longer paragraph of them, are clearly neither English nor German.
        ValueError: ``types`` names an unknown type, or ``language`` is neither "en" nor "de".
    """
    wanted = DEFAULT_TYPES if types is None else frozenset(types) | ALWAYS_ON
    unknown = wanted - set(PLACEHOLDER_TYPES)
    if unknown:
        raise ValueError(f"Unknown placeholder types: {', '.join(sorted(unknown))}")
    if language not in (None, "en", "de"):
        raise ValueError(f"Unknown language: {language}")
    detector = _load()
    language = language or require_languages("\n\n".join(texts.values()))
    try:
        found = {
            name: [*detector.find(text, language, wanted), *known.find(text, wanted), *own.find(text)]
            for name, text in texts.items()
        }
    except Exception as error:
        # Raised from None: the cause may carry a piece of the text, and tracebacks end up in logs.
        raise ScrubberUnavailable(f"The detector failed on this text ({type(error).__name__}).") from None
    return _assemble(
        texts,
        found,
        marks,
        language,
        own=own,
        keep=frozenset(keep),
        names="PERSON" in wanted,
    )


def _assemble(
    texts: Mapping[str, str],
    found: Mapping[str, list[Finding]],
    marks: Sequence[str],
    language: str,
    *,
    own: OwnRules = NO_RULES,
    keep: frozenset[str] = frozenset(),
    names: bool = True,
) -> Anonymized:
    kept: dict[str, None] = {}
    # What is certain somewhere is replaced everywhere: the guard knows no exceptions, and so a guess of the same text is none here.
    certain = {mark.casefold() for mark in marks} | {
        texts[name][f.start : f.end].casefold()
        for name, findings in found.items()
        for f in findings
        if not _may_be_kept(f)
    }
    readable = {value.casefold() for value in keep} - certain
    # Who leaves "Falcon One" readable does not mean "Falcon" to be replaced.
    parts = {part for value in readable for part in value.split()} - certain

    def wanted(text: str, findings: Iterable[Finding]) -> list[Finding]:
        """Without what a person asked to leave readable, and without the house's own words."""
        result = []
        for finding in findings:
            value = text[finding.start : finding.end]
            folded = value.casefold()
            if not _may_be_kept(finding) or folded in certain:
                result.append(finding)
            elif folded in readable:
                kept[value] = None
            elif not (own.allows(value) or (finding.type == "PERSON" and folded in parts)):
                result.append(finding)
        return result

    seekers = [_seek_marks(marks)]
    spans = {
        name: merge(
            [*wanted(text, _tidy(text, found[name])), *_lookalikes(text), *_matches(text, [(0, len(text))], seekers)]
        )
        for name, text in texts.items()
    }
    for _ in range(_ROUNDS):
        changed = False
        repeats = _seek_repeats(texts, spans, names=names)
        for name, text in texts.items():
            extra = wanted(text, _matches(text, _gaps(text, spans[name]), [*seekers, *repeats]))
            if extra:
                spans[name] = merge([*spans[name], *extra])
                changed = True
        texts_out, mapping, placed = _compose(texts, spans)
        for name in texts:
            clashes = _clashes(texts_out[name], spans[name], placed[name])
            if clashes:
                spans[name] = merge([*spans[name], *clashes])
                changed = True
        if not changed:
            break
    for name, text in texts.items():
        if deanonymize(texts_out[name], mapping) != text or changed:
            spans[name] = [Finding(0, len(text), "LITERAL", 1.0, "literal")] if text else []
    texts_out, mapping, placed = _compose(texts, spans)
    if any(deanonymize(texts_out[name], mapping) != text for name, text in texts.items()):
        raise ScrubberUnavailable("A text could not be scrubbed in a way that can be undone exactly.")
    findings = {name: tuple(found) for name, found in spans.items()}
    reasons = _reasons(texts_out, findings, placed, mapping)
    return Anonymized(texts_out, mapping, findings, language, reasons, tuple(kept))


def _may_be_kept(finding: Finding) -> bool:
    return Reason(finding.type, finding.source, finding.score, 1).may_be_kept


def _reasons(
    written: Mapping[str, str],
    findings: Mapping[str, Sequence[Finding]],
    placed: Mapping[str, Sequence[tuple[int, int]]],
    mapping: Mapping[str, str],
) -> dict[str, Reason]:
    """Why each placeholder is there: what found it first, and how often it stands."""
    reasons: dict[str, Reason] = {}
    for name, found in findings.items():
        for finding, (start, end) in zip(found, placed[name], strict=True):
            key = written[name][start:end]
            before = reasons.get(key)
            if before is None or before.source == "repeat" != finding.source:
                first = Reason(type_of(key), finding.source, round(finding.score, 3), 0)
            else:
                first = before
            reasons[key] = replace(first, count=(before.count if before else 0) + 1)
    return {key: reasons[key] for key in mapping}


def _tidy(text: str, findings: Iterable[Finding]) -> list[Finding]:
    """Cut blanks off the ends and drop what is too short to be personal."""
    result: list[Finding] = []
    for finding in findings:
        value = text[finding.start : finding.end]
        start = finding.start + len(value) - len(value.lstrip())
        end = start + len(value.strip())
        if end - start >= 2:
            result.append(Finding(start, end, finding.type, finding.score, finding.source))
    return result


def _lookalikes(text: str) -> list[Finding]:
    return [Finding(p.start, p.end, "LITERAL", 1.0, "literal") for p in find_placeholders(text)]


def _gaps(text: str, spans: Sequence[Finding]) -> list[tuple[int, int]]:
    """The stretches that stay readable."""
    gaps: list[tuple[int, int]] = []
    position = 0
    for span in spans:
        if span.start > position:
            gaps.append((position, span.start))
        position = span.end
    if position < len(text):
        gaps.append((position, len(text)))
    return gaps


_Seeker = tuple[re.Pattern[str], str, float, str]
_NOTHING = re.compile(r"(?!)")


def _matches(text: str, stretches: Iterable[tuple[int, int]], seekers: Iterable[_Seeker]) -> list[Finding]:
    """Findings of the seekers in stretches of a text; a stretch's ends count as the ends of words."""
    return [
        Finding(match.start() + start, match.end() + start, type_, score, source)
        for start, end in stretches
        for pattern, type_, score, source in seekers
        for match in pattern.finditer(text[start:end])
        if match.end() > match.start() and not (type_ == "PERSON" and is_ordinary_word(match.group()))
    ]


def _alternatives(values: Iterable[str], *, bounded: bool) -> re.Pattern[str]:
    """One pattern for many strings in any case, longest first; ``bounded`` asks for word boundaries at word ends."""
    parts: list[str] = []
    for value in sorted(set(values), key=lambda v: (-len(v), v)):
        left = r"(?<!\w)" if bounded and re.match(r"\w", value) else ""
        right = r"(?!\w)" if bounded and re.search(r"\w\Z", value) else ""
        parts.append(f"{left}{re.escape(value)}{right}")
    return re.compile("|".join(parts), re.IGNORECASE) if parts else _NOTHING


def _seek_marks(marks: Sequence[str]) -> _Seeker:
    return _alternatives((mark for mark in marks if mark.strip()), bounded=False), "MARKED", 1.0, "marked"


def _name_parts(name: str) -> list[str]:
    """Those parts of a full name that tell of the person alone: capitalised, three letters up, no ordinary word."""
    parts = [part.strip(".,'’()\"") for part in name.split()]
    ordinary = NEVER_NAMES | HONORIFICS
    return [p for p in parts if len(p) >= 3 and p[:1].isupper() and p.isprintable() and p.lower() not in ordinary]


def _names_in_address(value: str) -> list[str]:
    """The names that an e-mail address or handle is made of: "deb.price@…" knows of Deb and Price."""
    local = value.split("@", 1)[0] or value.lstrip("@")
    parts = [part for part in re.split(r"[\W\d_]+", local) if len(part) >= 3]
    ordinary = NEVER_NAMES | ROLE_ADDRESSES | SMALL_WORDS
    return [part for part in parts if part.lower() not in ordinary]


def _seek_repeats(texts: Mapping[str, str], spans: Mapping[str, Sequence[Finding]], *, names: bool) -> list[_Seeker]:
    """Patterns for every further occurrence of what was found in any of the texts."""
    values: dict[str, set[str]] = {}
    for name, text in texts.items():
        for span in spans[name]:
            if span.type != "LITERAL":
                value = text[span.start : span.end]
                values.setdefault(span.type, set()).add(value)
                if span.type == "PERSON" and len(value.split()) > 1:
                    values["PERSON"].update(_name_parts(value))
                if names and span.type in ("EMAIL", "HANDLE"):
                    values.setdefault("PERSON", set()).update(_names_in_address(value))
    return [
        (
            _alternatives(found, bounded=type_ != "MARKED"),
            type_,
            1.0 if type_ == "MARKED" else 0.9,
            "marked" if type_ == "MARKED" else "repeat",
        )
        for type_, found in sorted(values.items())
    ]


def _compose(
    texts: Mapping[str, str], spans: Mapping[str, Sequence[Finding]]
) -> tuple[dict[str, str], dict[str, str], dict[str, list[tuple[int, int]]]]:
    """Number the originals and write the scrubbed texts.

    Returns:
        Texts, mapping, and for each text where its placeholders stand in the scrubbed text, in order.
    """
    keys: dict[tuple[str, str], str] = {}
    owners: dict[str, str] = {}
    counts: dict[str, int] = {}
    stretches = [(text[span.start : span.end], span.type) for name, text in texts.items() for span in spans[name]]
    for original, type_ in stretches:
        # The same string is the same placeholder, whatever type it was found as elsewhere.
        if type_ != "LITERAL":
            owners.setdefault(original, type_)
    persons = name_persons(original for original, type_ in owners.items() if type_ == "PERSON")
    written: dict[str, str] = {}
    placed: dict[str, list[tuple[int, int]]] = {}
    for name, text in texts.items():
        pieces: list[str] = []
        places: list[tuple[int, int]] = []
        position = length = 0
        for span in spans[name]:
            original = text[span.start : span.end]
            type_ = owners[original] if span.type != "LITERAL" else "LITERAL"
            if (type_, original) not in keys:
                counts[type_] = counts.get(type_, 0) + 1
                keys[type_, original] = persons[original] if type_ == "PERSON" else f"[{type_}_{counts[type_]}]"
            key = keys[type_, original]
            pieces += (text[position : span.start], key)
            length += span.start - position
            places.append((length, length + len(key)))
            length += len(key)
            position = span.end
        pieces.append(text[position:])
        written[name] = "".join(pieces)
        placed[name] = places
    return written, {key: original for (_, original), key in keys.items()}, placed


def _clashes(scrubbed: str, spans: Sequence[Finding], places: Sequence[tuple[int, int]]) -> list[Finding]:
    """What in a scrubbed text reads like a placeholder and is none of ours, as LITERAL stretches of the original.

    Such a thing arises where a placeholder came to stand beside letters that were no look-alike before.
    """
    ours = set(places)
    result: list[Finding] = []
    for found in find_placeholders(scrubbed):
        if (found.start, found.end) in ours:
            continue
        start, end = _original(found.start, spans, places), _original(found.end, spans, places)
        result.append(Finding(start, end, "LITERAL", 1.0, "literal"))
    return result


def _original(offset: int, spans: Sequence[Finding], places: Sequence[tuple[int, int]]) -> int:
    """Where an offset of the scrubbed text lies in the original; inside a placeholder: at its original's end."""
    shift = 0
    for span, (start, end) in zip(spans, places, strict=True):
        if offset <= start:
            break
        if offset < end:
            return span.end
        shift += (span.end - span.start) - (end - start)
    return offset + shift
