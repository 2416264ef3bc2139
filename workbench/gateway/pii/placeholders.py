"""Placeholders: how they are written, how mangled ones are recognised, and how originals are put back.

One scanner serves the whole text and the stream, so both give the same result: at every position the scanner either
finds a placeholder, finds none, or (in a stream only) says that the next characters decide.

Recognised besides the canonical ``[PERSON_1]``: any case, ``(PERSON_1)``, ``{PERSON_1}``, ``{{PERSON_1}}``,
``<PERSON_1>``, ``<<PERSON_1>>``, ``\\[PERSON\\_1\\]``, ``[Person 1]``, ``[PERSON-1]``, ``[PERSON1]``,
``[PERSON_1's team]`` and the bare ``PERSON_1``; each also with the part of a name behind it
(``[PERSON_1_FIRST]``, see ``naming``). Marks around a placeholder, such as ``**`` or quotes, stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from .values import PLACEHOLDER_TYPES, Restored

_MAX_NUMBER_DIGITS = 6
_TAIL = r"[^\[\](){}<>\\\n\r]"
_MAX_TAIL = 40
# (opening, closing, may a possessive tail stand before the closing)
_WRAPPERS: tuple[tuple[str, str, bool], ...] = (
    ("[", "]", True),
    ("(", ")", True),
    ("{{", "}}", False),
    ("{", "}", False),
    ("<<", ">>", False),
    ("<", ">", False),
    ("\\[", "\\]", False),
)
_UNKNOWN = re.compile(r"\[[A-Z][A-Z_]{1,30}_[0-9]{1,6}(?:_[A-Z]{1,8}[0-9]{0,2})?\]")
#: The parts of a person's name and further spellings of it.
_KINDS = ("FIRST", "LAST", "FULL")
_KIND = re.compile(rf"_(?:{'|'.join(_KINDS)})[0-9]{{0,2}}\]$")


@dataclass(frozen=True, slots=True)
class _Part:
    """A run of characters of one class inside a placeholder's grammar: ``least`` to ``most`` times ``chars``."""

    chars: str
    least: int = 1
    most: int = 1

    @property
    def full(self) -> str:
        return self.chars if (self.least, self.most) == (1, 1) else f"{self.chars}{{{self.least},{self.most}}}"


def _letter(char: str) -> _Part:
    return _Part(f"[{char.upper()}{char.lower()}]") if char.isalpha() else _Part(re.escape(char))


def _type_parts(type_: str, *, bare: bool) -> list[_Part]:
    """The type's name, letter by letter; inside brackets its underscores may be anything models make of them."""
    parts: list[_Part] = []
    for char in type_:
        if char == "_":
            parts.extend(_separator(bare=bare))
        else:
            parts.append(_letter(char))
    return parts


def _separator(*, bare: bool) -> list[_Part]:
    return [_Part(r"\\", 0, 1), _Part("_")] if bare else [_Part(r"\\", 0, 1), _Part(r"[ _\-]", 0, 1)]


def _number() -> _Part:
    return _Part("[0-9]", 1, _MAX_NUMBER_DIGITS)


def _kind(name: str, *, bare: bool) -> list[_Part]:
    return [*_separator(bare=bare), *map(_letter, name), _Part("[0-9]", 0, 2)]


def _kinds(group: int, *, bare: bool) -> str:
    """The optional part of a name behind the number, as a pattern."""
    names = "|".join(_full([*map(_letter, name), _Part("[0-9]", 0, 2)]) for name in _KINDS)
    return f"(?:{_full(_separator(bare=bare))}(?P<kind{group}>{names}))?"


def _full(parts: list[_Part]) -> str:
    return "".join(part.full for part in parts)


def _prefix(parts: list[_Part]) -> str:
    """A pattern for everything that could still grow into ``parts`` (it may accept more, never less)."""
    pattern = ""
    for part in reversed(parts):
        if (part.least, part.most) == (1, 1):
            pattern = f"(?:{part.chars}{pattern})?"
        else:
            pattern = f"{part.chars}{{0,{part.most}}}{pattern}"
    return pattern


@lru_cache(maxsize=1)
def _grammar() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """(placeholder, prefix of a placeholder, characters one can begin with)."""
    full: list[str] = []
    prefix: list[str] = []
    for opening, closing, tail in _WRAPPERS:
        begin = [_letter(char) for char in opening] + [_Part(" ", 0, 1)]
        close = [_letter(char) for char in closing]
        names: list[str] = []
        for type_ in PLACEHOLDER_TYPES:
            middle = _type_parts(type_, bare=False) + _separator(bare=False)
            names.append(_full(_type_parts(type_, bare=False)))
            ends = [[_Part(" ", 0, 1), *close]]
            if tail:
                ends.append([_Part("['’]"), _Part(_TAIL, 0, _MAX_TAIL), *close])
            prefix.extend(_prefix([*begin, *middle, _number(), *end]) for end in ends)
            if type_ == "PERSON":
                prefix.extend(
                    _prefix([*begin, *middle, _number(), *_kind(kind, bare=False), *end])
                    for end in ends
                    for kind in _KINDS
                )
        possessive = f"(?P<tail{len(full)}>['’]{_TAIL}{{0,{_MAX_TAIL}}})|" if tail else ""
        full.append(
            f"{_full(begin)}(?P<type{len(full)}>{'|'.join(names)}){_full(_separator(bare=False))}"
            f"(?P<number{len(full)}>{_number().full}){_kinds(len(full), bare=False)}(?:{possessive} ?){_full(close)}"
        )
    names = [_full(_type_parts(type_, bare=True)) for type_ in PLACEHOLDER_TYPES]
    full.append(
        f"(?P<type{len(full)}>{'|'.join(names)}){_full(_separator(bare=True))}"
        f"(?P<number{len(full)}>{_number().full}){_kinds(len(full), bare=True)}(?!\\w)"
    )
    for type_ in PLACEHOLDER_TYPES:
        prefix.append(_prefix([*_type_parts(type_, bare=True), *_separator(bare=True), _number()]))
    for kind in _KINDS:
        begin = [*_type_parts("PERSON", bare=True), *_separator(bare=True), _number()]
        prefix.append(_prefix([*begin, *_kind(kind, bare=True)]))
    first = "".join(sorted({type_[0] for type_ in PLACEHOLDER_TYPES}))
    starts = re.compile(rf"[\[({{<\\]|(?<!\w)[{first}{first.lower()}]")
    return re.compile("|".join(full)), re.compile("|".join(prefix)), starts


_CANONICAL_NAMES = {type_.replace("_", ""): type_ for type_ in PLACEHOLDER_TYPES}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A placeholder, canonical or mangled, in a text.

    Attributes:
        start: Where it begins, brackets included.
        end: Where it ends.
        key: The canonical form it stands for, such as "[PERSON_1]".
        tail: What the writer put behind it inside the brackets ("'s team"), to be kept.
    """

    start: int
    end: int
    key: str
    tail: str = ""


def _occurrence(match: re.Match[str]) -> Occurrence:
    groups = {name.rstrip("0123456789"): value for name, value in match.groupdict().items() if value is not None}
    name = re.sub(r"[^A-Z]", "", groups["type"].upper())
    kind = f"_{groups['kind'].upper()}" if "kind" in groups else ""
    key = f"[{_CANONICAL_NAMES[name]}_{int(groups['number'])}{kind}]"
    return Occurrence(match.start(), match.end(), key, groups.get("tail", ""))


def _scan(text: str, start: int, *, final: bool) -> Iterator[Occurrence | int]:
    """Yield the placeholders of ``text`` from ``start`` on.

    Args:
        text: The text; ``text[:start]`` only serves as context on the left.
        start: Where to begin.
        final: False while more text may follow.

    Yields:
        Occurrences in order; last, where more text may follow, the position from which on nothing is decided yet.
    """
    placeholder, prefix, starts = _grammar()
    position = start
    while (begin := starts.search(text, position)) is not None:
        at = begin.start()
        match = placeholder.match(text, at)
        # A bracketed match is complete at its closing bracket. Only a bare one can still change: by a further letter.
        if match is not None and (final or match.end() < len(text) or text[match.end() - 1] in "])}>"):
            yield _occurrence(match)
            position = match.end()
        elif not final and (match is not None or prefix.fullmatch(text, at) is not None):
            yield at
            return
        else:
            position = at + 1
    if not final:
        yield len(text)


def find_placeholders(text: str) -> tuple[Occurrence, ...]:
    """Return every placeholder of a whole text, canonical or mangled, in order and without overlap."""
    return tuple(found for found in _scan(text, 0, final=True) if isinstance(found, Occurrence))


def _replace(text: str, start: int, found: Iterator[Occurrence | int], put: Callable[[Occurrence], str]) -> str:
    pieces: list[str] = []
    position = start
    for item in found:
        if isinstance(item, int):
            pieces.append(text[position:item])
            return "".join(pieces)
        pieces.append(text[position : item.start])
        pieces.append(put(item))
        position = item.end
    pieces.append(text[position:])
    return "".join(pieces)


def original_of(key: str, mapping: Mapping[str, str]) -> str | None:
    """What a canonical placeholder stands for, or None.

    A model that knows ``[PERSON_1]`` may ask for ``[PERSON_1_FIRST]`` although the text never said the first name alone: it is
    the first word of the full name then, and ``_LAST`` the last one.
    """
    if key in mapping:
        return mapping[key]
    base, kind = person_of(key), key.rstrip("]0123456789").rpartition("_")[2]
    full = mapping.get(base, "").split()
    if len(full) < 2 or kind not in ("FIRST", "LAST"):
        return None
    return full[0] if kind == "FIRST" else full[-1]


def person_of(key: str) -> str:
    """The plain placeholder of a person for every form of it: ``[PERSON_1_LAST2]`` → ``[PERSON_1]``; others stay as they are."""
    return _KIND.sub("]", key)


def type_of(key: str) -> str:
    """The type of a canonical placeholder: ``[PERSON_1_LAST]`` → ``PERSON``."""
    return person_of(key)[1:-1].rpartition("_")[0]


def deanonymize(text: str, mapping: Mapping[str, str]) -> str:
    """Put the originals back.

    Args:
        text: A scrubbed text or a model's answer; placeholders may be mangled as the module describes.
        mapping: Placeholder → original, as ``anonymize`` gave it.

    Returns:
        The text with every placeholder of the mapping replaced by its original. What was put in is not looked at
        again. Placeholders the mapping does not know stay as they are.
    """

    def put(found: Occurrence) -> str:
        original = original_of(found.key, mapping)
        return text[found.start : found.end] if original is None else original + found.tail

    return _replace(text, 0, _scan(text, 0, final=True), put)


def restore(text: str, mapping: Mapping[str, str]) -> Restored:
    """Like ``deanonymize``, and tell what was used, what is missing and what nobody expected."""
    used: set[str] = set()
    unexpected: dict[tuple[int, int], str] = {}
    for found in find_placeholders(text):
        if original_of(found.key, mapping) is not None:
            used.add(found.key)
        else:
            unexpected[found.start, found.end] = text[found.start : found.end]
    taken = sorted(unexpected)
    for match in _UNKNOWN.finditer(text):
        if original_of(match.group(), mapping) is None and not any(s <= match.start() < e for s, e in taken):
            unexpected[match.span()] = match.group()
    persons = {person_of(key) for key in used}
    return Restored(
        text=deanonymize(text, mapping),
        used=frozenset(used),
        missing=tuple(key for key in mapping if person_of(key) not in persons and not key.startswith("[LITERAL_")),
        unexpected=tuple(dict.fromkeys(unexpected[span] for span in sorted(unexpected))),
    )


class Restorer:
    """Put originals back into a stream.

    For every split of a text into chunks, the joined results of ``feed`` and the one of ``finish`` equal
    ``deanonymize`` of the whole. Held back is only what could still become a placeholder. Not for several threads.
    """

    def __init__(self, mapping: Mapping[str, str], names: Collection[str] = ()) -> None:
        """Take the mapping that ``anonymize`` gave, and ``names`` that read like placeholders and are none ("phone_1")."""
        self._mapping = dict(mapping)
        self._names = frozenset(names)
        self._held = ""
        self._before = ""
        self._state: Literal["open", "finished"] = "open"

    def feed(self, chunk: str) -> str:
        """Take the next chunk and return what is certain now (may be empty).

        Raises:
            ValueError: After ``finish``.
        """
        if self._state == "finished":
            raise ValueError("The stream was finished already.")
        return self._advance(chunk, final=False)

    def finish(self) -> str:
        """Return what was held back. The stream is over then."""
        rest = "" if self._state == "finished" else self._advance("", final=True)
        self._state = "finished"
        return rest

    def _advance(self, chunk: str, *, final: bool) -> str:
        text = self._before + self._held + chunk
        start = len(self._before)
        found = list(_scan(text, start, final=final))
        undecided = found[-1] if found and isinstance(found[-1], int) else len(text)

        def put(item: Occurrence) -> str:
            written = text[item.start : item.end]
            original = None if written in self._names else original_of(item.key, self._mapping)
            return written if original is None else original + item.tail

        result = _replace(text, start, iter(found), put)
        self._held = text[undecided:]
        self._before = text[undecided - 1 : undecided] if undecided else ""
        return result
