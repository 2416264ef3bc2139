"""A prompt as the judge reads it: boxes, sentences with their places, and what of it is inserted or pasted material."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

BOXES = ("role", "goal", "information", "limits", "form")
_END = re.compile(r"(?<=[.!?…])[\"”“»)]*\s+|(?<!\s)\s*\n\s*|;\s+|(?<!\s)\s+[–—]\s+")
_INSERTED = re.compile(r"\{([a-z][a-z0-9_]{0,29})\}")
_BRACES = re.compile(r"\{ ?([^\W\d_][\w -]{0,39}?) ?\}")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
#: Abbreviations after which a sentence goes on.
_SHORT = re.compile(
    r"(?:\b(?:e\.g|i\.e|approx|max|min|no|mr|mrs|ms|dr|vs|etc|z\.\s?b|d\.\s?h|u\.\s?a|ca|bzw|inkl|evtl|ggf|nr|st|hr|fr|str)\.|\b\w\.)\s*\Z",
    re.I,
)
_SHORTEST = 12
"""So many characters before a sentence's end an abbreviation fits into."""
_LONGEST = 1_000
"""A sentence ends after so many characters, at a blank where there is one: nobody writes a longer one, and what is not to be read as one must not be judged as one."""
_PASTED_WORDS = 6
"""So many words of the material in a row are pasted, not written."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a box, and where it stands there."""

    box: str
    start: int
    end: int
    text: str

    def at(self, begin: int, end: int) -> "Sentence":
        """A part of it, by places within its text."""
        return Sentence(self.box, self.start + begin, self.start + end, self.text[begin:end])


@dataclass(frozen=True)
class Prompt:
    """What a learner wrote, and the material that lies beside it (name → text)."""

    boxes: Mapping[str, str]
    materials: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def inserted(self) -> frozenset[str]:
        """The materials that are in the prompt: by their mark, or pasted for the most part."""
        marks = {name for text in self.boxes.values() for name in _INSERTED.findall(text)}
        return frozenset((marks | self.pasted) & self.materials.keys())

    @cached_property
    def pasted(self) -> frozenset[str]:
        """The materials of which at least half stands in a box word for word."""
        typed = " ".join(" ".join(words(text)) for text in self.boxes.values())
        return frozenset(name for name, text in self.materials.items() if _share(text, f" {typed} ") >= 0.5)

    @cached_property
    def unknown_marks(self) -> tuple[Sentence, ...]:
        """Marks in braces that name no material as a mark must: “{nothing}”, “{Transcript}”."""
        return tuple(
            Sentence(box, found.start(), found.end(), found[0])
            for box, text in self.boxes.items() for found in _BRACES.finditer(text) if found[0][1:-1] not in self.materials
        )  # fmt: skip

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """What the learner wrote, sentence by sentence, without inserted and pasted material. What a box says twice says nothing more."""
        lines = {
            " ".join(words(line))
            for text in self.materials.values()
            for line in text.splitlines()
            if len(words(line)) >= 3
        }
        runs = [" ".join(words(text)) for text in self.materials.values()]
        found = []
        before: set[tuple[str, str]] = set()
        for box in BOXES:
            for sentence in split(box, _INSERTED.sub(lambda mark: " " * len(mark[0]), self.boxes.get(box, ""))):
                if (box, sentence.text) in before:
                    continue
                before.add((box, sentence.text))
                said = words(sentence.text)
                flat = " ".join(said)
                whole = flat in lines or (len(said) >= _PASTED_WORDS and any(f" {flat} " in f" {run} " for run in runs))
                if said and not whole:
                    found.append(sentence)
        return tuple(found)

    def of(self, *boxes: str) -> tuple[Sentence, ...]:
        """The sentences of some boxes."""
        return tuple(sentence for sentence in self.sentences if sentence.box in boxes)


def split(box: str, text: str) -> Iterator[Sentence]:
    """The sentences of a text with their places. Lines, semicolons and dashes end a sentence too."""
    begin = 0
    for found in _END.finditer(text):
        if "\n" not in found[0] and _SHORT.search(text[max(begin, found.start() - _SHORTEST) : found.start()]):
            continue
        yield from _trimmed(box, text, begin, found.start())
        begin = found.end()
    yield from _trimmed(box, text, begin, len(text))


def _trimmed(box: str, text: str, begin: int, end: int) -> Iterator[Sentence]:
    while end - begin > _LONGEST:
        blank = text.rfind(" ", begin + 1, begin + _LONGEST)
        cut = blank if blank > 0 else begin + _LONGEST
        yield from _trimmed(box, text, begin, cut)
        begin = cut
    piece = text[begin:end]
    left = len(piece) - len(piece.lstrip(" \t-•*·"))
    piece = piece.strip(" \t-•*·")
    if piece:
        yield Sentence(box, begin + left, begin + left + len(piece), piece)


def words(text: str) -> list[str]:
    """The words of a text in small letters."""
    return _WORD.findall(text.lower())


def _share(material: str, typed: str) -> float:
    """How much of a material stands in what was typed, by its lines."""
    lines = [line for line in (" ".join(words(line)) for line in material.splitlines()) if line]
    return sum(f" {line} " in typed for line in lines) / len(lines) if lines else 0.0
