"""A prompt with everything that it is judged by, and how places in it are found: what is asked for, and what turns it round."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from training.judge.lexicon import Lexicon, any_of
from training.judge.situation import OpenPoint, Situation, Typed
from training.judge.text import Prompt, Sentence, words

_REACH = 48
"""So many characters before a word its negation may stand."""
_BEHIND = 4
"""Among so many words behind a request “nothing” may stand that turns it round, with small words alone before it: “commit us to nothing”."""
_CLAUSE = 110
"""So many characters before a place its clause may begin."""
_RULE = 300
"""So many characters a question and its answer have that make a rule."""
_AROUND = 12
"""So many characters around a word must be the material's, too, where it was pasted."""


@dataclass(frozen=True)
class Case:
    """A prompt with everything that it is judged by."""

    prompt: Prompt
    situation: Situation
    lexicon: Lexicon
    typed: Sequence[Typed] | None

    def find(self, pattern: re.Pattern[str], sentences: Sequence[Sentence] | None = None) -> Iterator[Sentence]:
        """Every place in the learner's words that a pattern matches."""
        for sentence in self.prompt.sentences if sentences is None else sentences:
            for found in pattern.finditer(sentence.text):
                yield sentence.at(found.start(), found.end())

    def first(self, pattern: re.Pattern[str], sentences: Sequence[Sentence] | None = None) -> tuple[Sentence, ...]:
        """The first place, as evidence."""
        return tuple(next(([place] for place in self.find(pattern, sentences)), ()))

    @cached_property
    def addressed(self) -> re.Pattern[str]:
        """Somebody of the material, addressed by name."""
        typed = {one.place.text for one in self.typed or () if one.kind == "PERSON"}
        names = "|".join(re.escape(name) for name in sorted(self.situation.names | typed)) or r"(?!)"
        return any_of(rf"{self.lexicon.addressed}:? (?:\w+\.? )?(?:{names})(?: (?:{names}))?(?!(?: \w+)?['’]s)")

    @cached_property
    def own(self) -> dict[str, tuple[int, int]]:
        """The words that tell what this exercise is about, by their stems."""
        return self.lexicon.telling(" ".join((self.situation.told, *self.situation.materials.values())))

    @cached_property
    def asking(self) -> tuple[Sentence, ...]:
        """The sentences that ask for something: facts that were typed as information ask for nothing."""
        return self.prompt.of("role", "goal", "limits", "form") or self.prompt.sentences

    @cached_property
    def rules(self) -> tuple[Sentence, ...]:
        """Sentences that may say what to do, each question together with its answer: “Not settled? Then under open.” A role is none."""
        found = self.prompt.of("goal", "information", "limits", "form") or self.prompt.sentences
        joined = [
            Sentence(one.box, one.start, other.end, self.prompt.boxes[one.box][one.start : other.end])
            for one, other in itertools.pairwise(found)
            if one.text.endswith("?") and one.box == other.box and other.end - one.start < _RULE
        ]
        return (*found, *joined)

    @cached_property
    def advised(self) -> tuple[Sentence, ...]:
        """Where advice is asked for on what people decide."""
        sentences = [s for s in self.asking if s.box != "role" and not self.lexicon.facts.harmless.search(s.text)]
        return tuple(place for _sentence, place in self.asked(self.lexicon.facts.recommend, sentences))

    @cached_property
    def decided(self) -> tuple[Sentence, ...]:
        """Where the model is to decide or promise: not where somebody else does, and not where the fact is only wanted if it is there."""
        lexicon = self.lexicon
        others = (lexicon.facts.harmless, lexicon.facts.theirs, lexicon.facts.soft)
        sentences = [s for s in self.asking if s.box != "role" and not any(p.search(s.text) for p in others)]
        return tuple(
            place for sentence, place in self.asked(lexicon.facts.decide, sentences)
            if not within(place, self.advised) and not self.done_by_somebody(sentence, place)
            and not lexicon.facts.subject.search(sentence.text[max(0, place.start - sentence.start - 30) : place.start - sentence.start])
        )  # fmt: skip

    @cached_property
    def gap_rules(self) -> tuple[Sentence, ...]:
        """Those of the rules that say what to do where something is not known."""
        return tuple(sentence for sentence in self.rules if _is_rule_for_gaps(self, sentence))

    @cached_property
    def wanted(self) -> dict[OpenPoint, list[list[str]]]:
        """The telling words of each phrase that asks for an open point."""
        phrases = {
            point: [[word for word in dict.fromkeys(words(ask)) if word not in self.lexicon.stop] for ask in point.asks]
            for point in self.situation.open_points
        }
        return {point: [one for one in all_ if self.lexicon.tells(one)] for point, all_ in phrases.items()}

    def pasted(self, pattern: re.Pattern[str]) -> tuple[Sentence, ...]:
        """The first place in words of the material that were pasted instead of inserted, all of it or a line."""
        for box, text in self.prompt.boxes.items():
            for found in pattern.finditer(text):
                around = text[max(0, found.start() - _AROUND) : found.end() + _AROUND].strip()
                if any(around in material for material in self.prompt.materials.values()):
                    return (Sentence(box, found.start(), found.end(), found[0]),)
        return ()

    def asked(
        self, pattern: re.Pattern[str], sentences: Sequence[Sentence] | None = None
    ) -> Iterator[tuple[Sentence, Sentence]]:
        """(sentence, place) where a pattern matches and nothing before it in its clause turns it round."""
        for sentence in self.prompt.sentences if sentences is None else sentences:
            for found in pattern.finditer(sentence.text):
                nothing = self.lexicon.facts.none.search(f"{found[0]} {self._next(sentence.text, found.end())}")
                if not nothing and not self.turned_round(sentence.text, found.start()):
                    yield sentence, sentence.at(found.start(), found.end())

    def _next(self, text: str, at: int) -> str:
        """The next words of a clause, up to the first that is no small one."""
        behind = words(re.split(r"[,;:.!?]| (?:but|and|aber|und|sondern) ", text[at : at + _REACH])[0])[:_BEHIND]
        small, none = self.lexicon.stop, self.lexicon.facts.none
        return " ".join(itertools.takewhile(lambda word: word in small or none.fullmatch(word), behind))

    def done_by_somebody(self, sentence: Sentence, place: Sentence) -> bool:
        """Whether a place belongs to what somebody has to do: “for the clerk, who has to find a slot”."""
        before = sentence.text[max(0, place.start - sentence.start - _CLAUSE) : place.start - sentence.start]
        return bool(self.lexicon.does.search(before))

    def turned_round(self, text: str, at: int) -> bool:
        """Whether what stands at a place of a sentence is forbidden there, not asked for."""
        before = re.split(r"[,;:]| (?:but|and|aber|und|sondern) ", text[max(0, at - _REACH) : at])[-1]
        return bool(self.lexicon.facts.negation.search(before))


def within(place: Sentence, others: Sequence[Sentence]) -> bool:
    """Whether a place begins inside one of the others."""
    return any(other.box == place.box and other.start <= place.start < other.end for other in others)


def _is_rule_for_gaps(case: Case, sentence: Sentence) -> bool:
    """Whether a sentence says what to do where something is not known; “add nothing that is not in there” is a ban and no rule."""
    text = sentence.text
    if case.lexicon.facts.otherwise.search(text):
        return True
    bans = [found.span() for found in case.lexicon.facts.ban.finditer(text)]
    for found in case.lexicon.facts.gap.finditer(text):
        if any(start <= found.start() and not re.search(r"[,;:.?]", text[end : found.start()]) for start, end in bans):
            continue
        before, behind = text[max(0, found.start() - 90) : found.start()], text[found.end() : found.end() + 90]
        if case.lexicon.facts.instead.search(f"{before} {behind}") or case.lexicon.facts.leads.search(behind):
            return True
    return False
