"""What the judge must know about an exercise, and what detection found in the learner's own words."""

from collections.abc import Mapping
from dataclasses import dataclass

from training.judge.lexicon import Lexicon
from training.judge.text import Prompt, Sentence, words

_STEM = 5
"""Words that begin alike for so many letters are taken for forms of one word."""
_APART = 4
"""So many words may stand between the words of a phrase."""


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """A fact that the material leaves open: phrases that ask for it, the line that leaves it open, and why."""

    asks: tuple[str, ...]
    line: int
    why: str

    def asked_in(self, sentence: Sentence, lexicon: Lexicon) -> Sentence | None:
        """The part of a sentence that asks for it, in this or a near form."""
        said = [(word, at) for word, at in _placed(sentence.text)]
        for phrase in self.asks:
            telling = [word for word in words(phrase) if word not in lexicon.stop]
            wanted = telling if len(telling) > 1 else words(phrase)
            at, first = 0, None
            for word in wanted:
                hit = next(
                    (
                        i
                        for i in range(at, min(len(said), at + _APART + 1 if first is not None else len(said)))
                        if _alike(said[i][0], word)
                    ),
                    None,
                )
                if hit is None:
                    break
                first, at = hit if first is None else first, hit + 1
            else:
                if first is not None:
                    begin, last = said[first][1], said[at - 1]
                    return sentence.at(begin, last[1] + len(last[0]))
        return None


@dataclass(frozen=True, slots=True)
class EasilyLost:
    """A fact of the material that goes missing in a retelling: its words, its line, and what then goes wrong."""

    words: tuple[str, ...]
    line: int
    why: str

    def is_in(self, prompt: Prompt) -> bool:
        text = " ".join(prompt.boxes.values()).lower()
        return any(word.lower() in text for word in self.words)


@dataclass(frozen=True, slots=True)
class Typed:
    """Personal data in the learner's own words: what detection calls it, where, and the placeholder that would leave instead."""

    kind: str
    place: Sentence
    placeholder: str


@dataclass(frozen=True, slots=True)
class Situation:
    """One exercise as the judge sees it.

    Args:
        language: ``en`` or ``de``.
        told: situation and task, in words the learner may repeat.
        asked_for: what the exercise wants written, in its own words; empty where anything will do.
        materials: name → text.
        open_points, easily_lost: the traps of the exercise.
        names: words of names of the people in the material.
    """

    language: str
    told: str
    materials: Mapping[str, str]
    open_points: tuple[OpenPoint, ...] = ()
    easily_lost: tuple[EasilyLost, ...] = ()
    names: frozenset[str] = frozenset()
    asked_for: str = ""


def _placed(text: str) -> list[tuple[str, int]]:
    found, at, low = [], 0, text.lower()
    for word in words(text):
        at = low.index(word, at)
        found.append((word, at))
        at += len(word)
    return found


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    shorter = min(len(one), len(other))
    return shorter >= _STEM and one[: max(_STEM, shorter - 2)] == other[: max(_STEM, shorter - 2)]
