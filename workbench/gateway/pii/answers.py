"""Bringing a model's answer home, whole or as it comes: originals back in, and a mark over what is personal and that nobody gave.

A model may invent a name or an e-mail address, or know one from elsewhere. What stood in the inputs or in the template is expected;
everything else that reads like personal data takes a mark such as ``[NEW_PERSON_1]``, which no mapping knows, so that it cannot be
released by rule and a person looks at it.

A text leaves piece by piece, cut where nothing personal lies across (``cuts``). Each piece is looked at together with what stands before it.
There is one way for whole and for streamed answers, so both give the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from . import scrub
from .cuts import cuts
from .language import detect_language
from .placeholders import Restorer, deanonymize, find_placeholders
from .spans import merge
from .values import DEFAULT_TYPES, Finding, LanguageUnsupported, ScrubberUnavailable
from .words import is_ordinary_word

_WORD = re.compile(r"\w+")
#: Types whose value is one thing; the others are words, each of which may have stood somewhere else.
_WHOLE = DEFAULT_TYPES - {"PERSON", "ADDRESS"}
_BEFORE = 240
"""So much of what was sent already is looked at again with what comes."""
_TOUCHING = 4_000
"""A find that ends at a cut may go on behind it, so the cut is passed over; but not for longer than this."""


class Reply:
    """One answer, of one or several texts: what it was given, and the marks that were put into it, numbered over all of them.

    Args:
        sources: What the model was given, with placeholders: the filled-in information and the template.
        mapping: Placeholder → original.
        names: Names of tools and fields, which stay as they are even where they read like placeholders ("phone_1").

    Raises:
        ScrubberUnavailable: The detector cannot be trusted now, so nobody can say what an answer holds.
    """

    def __init__(self, sources: Sequence[str], mapping: Mapping[str, str], names: Collection[str] = ()) -> None:
        self.detector = scrub._load()
        self.mapping, self.names = dict(mapping), frozenset(names)
        self._given = deanonymize("\n".join(sources), mapping).casefold()
        self._words = frozenset(_WORD.findall(self._given))
        self._digits = re.sub(r"\D", "", self._given)
        self._marks: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks so far, in order."""
        return tuple(self._marks.values())

    def mark(self, type_: str, value: str) -> str:
        """The mark for something personal that nobody gave: the same for the same."""
        key = type_, value.casefold()
        if key not in self._marks:
            self._counts[type_] = self._counts.get(type_, 0) + 1
            self._marks[key] = f"[NEW_{type_}_{self._counts[type_]}]"
        return self._marks[key]

    def unexpected(self, text: str) -> list[Finding]:
        """What is personal in a text and stood in no source, in order and without overlap. Raises ScrubberUnavailable."""
        if text.strip().casefold() in self._given:
            # Whatever is found in it stood in a source too.
            return []
        try:
            language = detect_language(text)
        except LanguageUnsupported:
            language = "en"
        try:
            found = merge(
                scrub._tidy(text, chain(self.detector.find(text, language, DEFAULT_TYPES), self._again(text)))
            )
        except Exception as error:
            raise ScrubberUnavailable(f"The detector failed on the answer ({type(error).__name__}).") from None
        # What still looks like a placeholder is reported by ``restore`` and stays as it is.
        taken = [(place.start, place.end) for place in find_placeholders(text)]
        return [
            one for one in found
            if not self.is_given(one.type, text[one.start : one.end]) and not any(start < one.end and one.start < end for start, end in taken)
        ]  # fmt: skip

    def _again(self, text: str) -> list[Finding]:
        """Further places of what was marked before, whether or not the detector sees it there."""
        values: dict[str, list[str]] = {}
        for type_, value in self._marks:
            values.setdefault(type_, []).append(value)
        return [
            Finding(match.start(), match.end(), type_, 0.9, "repeat")
            for type_, known in values.items()
            for match in scrub._alternatives(known, bounded=True).finditer(text)
            if not is_ordinary_word(match.group())
        ]

    def is_given(self, type_: str, value: str) -> bool:
        """Whether the model could have read this, as a whole or word by word, or it is no more than an ordinary word."""
        folded = value.casefold()
        if folded in self._given:
            return True
        digits = re.sub(r"\D", "", value)
        if type_ in _WHOLE:
            return len(digits) >= 6 and digits in self._digits
        parts = _WORD.findall(folded)
        unknown = [part for part in parts if part not in self._words and part.removesuffix("s") not in self._words]
        return not any(len(part) > 1 and not is_ordinary_word(part) for part in unknown)


class TextStream:
    """A text of an answer as it comes: ``feed`` and ``finish`` return what is certain to be fine. Not for several threads.

    For every split into chunks the joined results are the same. Raises ScrubberUnavailable like ``Reply``.

    Args:
        reply: The answer it belongs to.
        before: What stands before it and is no part of it, such as the name of a field.
        after: What stands behind it.
    """

    def __init__(self, reply: Reply, before: str = "", after: str = "") -> None:
        self._reply = reply
        self._restorer = Restorer(reply.mapping, reply.names)
        self._text = before
        self._cut = self._seen = len(before)
        self._after = after

    def feed(self, chunk: str) -> str:
        """Take the next chunk; what may leave now."""
        return self._advance(self._restorer.feed(chunk), final=False)

    def finish(self) -> str:
        """What was held back. The text is over then."""
        return self._advance(self._restorer.finish(), final=True)

    def _advance(self, more: str, *, final: bool) -> str:
        self._text += more
        pieces: list[str] = []
        while (piece := self._next(final=False)) is not None:
            pieces.append(piece)
        if final and (piece := self._next(final=True)):
            pieces.append(piece)
        return "".join(pieces)

    def _next(self, *, final: bool) -> str | None:
        """The text up to the next cut with marks in it, or None where there is no cut yet."""
        for end in (len(self._text),) if final else cuts(self._text, self._cut, self._seen):
            self._seen = end
            begin = self._begin()
            found = self._reply.unexpected(self._text[begin:end] + (self._after if final else ""))
            bare_end = begin + len(self._text[begin:end].rstrip())
            if not final and found and begin + found[-1].end >= bare_end and end - self._cut < _TOUCHING:
                continue
            pieces: list[str] = []
            position = self._cut
            for one in found:
                start, stop = max(begin + one.start, position), min(begin + one.end, end)
                if stop > position:
                    pieces += (
                        self._text[position:start],
                        self._reply.mark(one.type, self._text[begin + one.start : stop]),
                    )
                    position = stop
            pieces.append(self._text[position:end])
            self._cut = end
            return "".join(pieces)
        return None

    def _begin(self) -> int:
        """Where to look from: a little before the cut, at the beginning of a word."""
        begin = max(0, self._cut - _BEFORE)
        while 0 < begin < self._cut and not self._text[begin - 1].isspace():
            begin += 1
        return begin


def mask_unexpected(
    answers: Sequence[str], sources: Sequence[str], mapping: Mapping[str, str]
) -> tuple[list[str], tuple[str, ...]]:
    """Restore the parts of an answer and mask what is personal in them and stood in none of the sources.

    Args:
        answers: The answer's texts with placeholders, in one piece or the values of a document.
        sources: As for ``Reply``.
        mapping: Placeholder → original.

    Returns:
        The restored texts with marks, and the marks in order.

    Raises:
        ScrubberUnavailable: The detector cannot be trusted now, so nobody can say what the answer holds.
    """
    reply = Reply(sources, mapping)
    texts = []
    for answer in answers:
        stream = TextStream(reply)
        texts.append(stream.feed(answer) + stream.finish())
    return texts, reply.marks
