"""Known people and firms, found by what the workbench knows about them: one pass over the words of a text for any number of entries.

An index of word sequences: every word of the text is looked up once, and only where an entry begins with it are the following words
compared (a token trie, the Aho-Corasick idea on words instead of letters). So the time does not grow with the number of entries.
Case, accents of umlauts (Müller, Mueller) and the ending of a genitive (Kellers, Keller's) make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .values import PLACEHOLDER_TYPES, Finding, KnownEntity
from .words import HONORIFICS, NEVER_NAMES, is_ordinary_word

_WORD = re.compile(r"[^\W_]+")
#: What may stand between two words of an entry.
_BETWEEN = re.compile(r"(?:\s{1,12}|[\s.\-'’@/&_,]{1,4})\Z")
_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]{0,3}\d){6,17}(?!\w)")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
#: The last figures of a phone number that tell it, whatever stands in front of them: country code, zero, both or neither.
_TELLING = 8


class KnownIndex:
    """Entries to be found in many texts. Building it costs a second for 100,000 entries, asking it next to nothing."""

    def __init__(self, entities: Iterable[KnownEntity] = ()) -> None:
        """Take the entries. Raises ValueError for a type that is none.

        Of a person's full name each part counts alone too, written with a capital, unless it is a word of the language.
        """
        self._entries: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._parts: set[str] = set()
        self._numbers: set[str] = set()
        for entity in entities:
            if entity.type not in PLACEHOLDER_TYPES:
                raise ValueError(f"Unknown placeholder types: {entity.type}")
            self._add(entity)
        for found in self._entries.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def __len__(self) -> int:
        return sum(map(len, self._entries.values())) + len(self._numbers)

    def _add(self, entity: KnownEntity) -> None:
        if entity.type == "PHONE":
            digits = re.sub(r"\D", "", entity.text)
            if len(digits) >= _TELLING:
                self._numbers.add(digits[-_TELLING:])
            return
        words = tuple(_folded(word) for word in _WORD.findall(entity.text))
        if not words or len("".join(words)) < 2:
            return
        self._entries.setdefault(words[0], []).append((words, entity.type))
        if entity.type == "PERSON" and len(words) > 1:
            for part in _WORD.findall(entity.text):
                low = part.lower()
                if len(part) >= 3 and not (low in NEVER_NAMES or low in HONORIFICS or is_ordinary_word(low)):
                    self._parts.add(_folded(part))

    def find(self, text: str, types: frozenset[str]) -> Iterator[Finding]:
        """The findings in a text, of these types; the longest entry wins where several begin."""
        words = [(match.start(), match.end(), _folded(match.group())) for match in _WORD.finditer(text)]
        at = 0
        while at < len(words):
            end, type_ = self._entry_at(text, words, at, types)
            if end:
                yield Finding(words[at][0], words[end - 1][1], type_, 1.0, "known")
                at = end
                continue
            start, stop, word = words[at]
            if "PERSON" in types and text[start].isupper() and self._is_part(word):
                yield Finding(start, stop, "PERSON", 1.0, "known")
            at += 1
        if self._numbers and "PHONE" in types:
            for match in _NUMBER.finditer(text):
                if re.sub(r"\D", "", match.group())[-_TELLING:] in self._numbers:
                    yield Finding(match.start(), match.end(), "PHONE", 1.0, "known")

    def _is_part(self, word: str) -> bool:
        return word in self._parts or (word.endswith("s") and word[:-1] in self._parts)

    def _entry_at(
        self, text: str, words: list[tuple[int, int, str]], at: int, types: frozenset[str]
    ) -> tuple[int, str]:
        """Where an entry that begins with word ``at`` ends (a word number), and its type; 0 where none does."""
        first = words[at][2]
        for start in (first, first.removesuffix("s")):
            for entry, type_ in self._entries.get(start, ()):
                end = at + len(entry)
                if type_ not in types or end > len(words):
                    continue
                if all(
                    self._same(words[at + n][2], entry[n], last=n == len(entry) - 1) for n in range(len(entry))
                ) and all(_BETWEEN.match(text[words[n][1] : words[n + 1][0]]) for n in range(at, end - 1)):
                    return end, type_
            if start == first and not first.endswith("s"):
                break
        return 0, ""

    @staticmethod
    def _same(word: str, known: str, *, last: bool) -> bool:
        return word == known or (last and word == known + "s")


def _folded(word: str) -> str:
    return word.casefold().translate(_UMLAUTS)


#: Nobody is known.
NOBODY = KnownIndex()
