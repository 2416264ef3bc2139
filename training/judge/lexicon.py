"""What the judge listens for in a language: patterns with a name for each use. English and German are filled in beside this file."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

ASKED_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|%")
_TELLING = 6
"""Words that begin alike for so many letters tell of the same."""
_STEM = 5
"""Words that begin alike for so many letters are taken for forms of one word."""


def any_of(*patterns: str) -> re.Pattern[str]:
    """A pattern for any of these, whole words only, in any case."""
    return re.compile(rf"(?<![\w])(?:{'|'.join(patterns)})(?![\w])", re.IGNORECASE)


def right_behind(*patterns: str) -> re.Pattern[str]:
    """The same for what may begin with a mark: a comma, a full stop, a dash."""
    return re.compile(rf"(?:{'|'.join(patterns)})(?![\w])", re.IGNORECASE)


def named(entries: Iterable[tuple[str, str]]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Patterns with a name each."""
    return tuple((name, any_of(pattern)) for name, pattern in entries)


def alike(*groups: str) -> dict[str, str]:
    """Words that ask for the same fact, a group in each line: word → the first of its group."""
    return {word: group.split()[0] for group in groups for word in group.split()}


@dataclass(frozen=True)
class Facts:
    """The patterns of one language for facts: what is not known, made up, decided or private.

    Args:
        ban: general bans on inventing; ``gap``: what is not known; ``instead``: what to do about it; ``leads``: what leads from one to the other
            without a verb, right behind: “no value → n/a”.
        unknowable: facts that no material of a call or mail holds.
        asks_them: questions that are put to the customer, not to the model.
        soft: “if mentioned”; ``guess``: “as an estimate”.
        negation: what turns a request round, shortly before it; ``none``: what does so within it or right behind, “offer no discount”.
        figure: what somebody would have to make up when asked to set or recommend it.
        decide: decisions and promises; ``recommend``: advice on them; ``theirs``: “I decide”; ``subject``: somebody who does it, right before;
            ``harmless``: what may be left to the model: an order, a wording.
        otherwise: “otherwise write …”, a rule for gaps in few words; ``filled``: the opposite, “put in what you think”.
        private: private matters and judgements of people; ``excluded``: what keeps them out, anywhere behind: “stays outside”; ``of_somebody``: who they are of.
    """

    none: re.Pattern[str]
    figure: re.Pattern[str]
    otherwise: re.Pattern[str]
    filled: re.Pattern[str]
    ban: re.Pattern[str]
    gap: re.Pattern[str]
    instead: re.Pattern[str]
    unknowable: re.Pattern[str]
    soft: re.Pattern[str]
    negation: re.Pattern[str]
    decide: re.Pattern[str]
    recommend: re.Pattern[str]
    theirs: re.Pattern[str]
    private: re.Pattern[str]
    leads: re.Pattern[str]
    guess: re.Pattern[str]
    subject: re.Pattern[str]
    harmless: re.Pattern[str]
    asks_them: re.Pattern[str]
    excluded: re.Pattern[str]
    of_somebody: re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    """The patterns of one language.

    Args:
        role_lead: “you are a”, which begins a role outside of its box.
        role_empty: nouns and adjectives that make no role.
        role_stance: how somebody works, for whom, what they leave alone; ``careless``: that they do not care, which is no way to work.
        trade: work that a business does, which a role that fits has something of.
        results: results with a name, each with what it is called.
        produce: verbs that ask for a result.
        produce_result: verbs that are a result by themselves (“summarise”).
        unnamed: verbs of writing with an object that is none of these results, but one with a name.
        empty: requests that ask for nothing (“have a look”); ``vague``: those that could mean many things; ``question``: for an answer;
            ``verdict``: for one that is a task of its own beside a result; ``whether``: for a yes or no.
        second: what puts a second task beside the first; ``besides``: what does so whatever the task is.
        reader: a reader or a use in one general word, behind “for”; ``anybody``: words that mean nobody in particular; ``addressed``: what stands before a name.
        relative: what tells more of a reader, right behind; ``purpose``: what it is for, anywhere; ``situated``: what somebody does not know, must do
            or has before them, led by the person.
        does: what somebody has to do, right before a place: “who has to find”.
        facts: what is listened for when it comes to facts.
        form: forms; ``counted``: so many of something; ``length``: how long it may be.
        everyday: words that stand in a prompt about anything, and so tell of no exercise in particular.
        synonyms: words that ask for the same fact, each with the first of its group.
    """

    facts: Facts
    role_lead: re.Pattern[str]
    role_empty: re.Pattern[str]
    role_stance: re.Pattern[str]
    careless: re.Pattern[str]
    trade: re.Pattern[str]
    results: tuple[tuple[str, re.Pattern[str]], ...]
    produce: re.Pattern[str]
    produce_result: tuple[tuple[str, re.Pattern[str]], ...]
    unnamed: re.Pattern[str]
    empty: re.Pattern[str]
    vague: re.Pattern[str]
    question: re.Pattern[str]
    verdict: re.Pattern[str]
    whether: re.Pattern[str]
    second: re.Pattern[str]
    besides: re.Pattern[str]
    reader: re.Pattern[str]
    anybody: re.Pattern[str]
    addressed: str
    relative: re.Pattern[str]
    does: re.Pattern[str]
    purpose: re.Pattern[str]
    situated: re.Pattern[str]
    form: re.Pattern[str]
    counted: re.Pattern[str]
    length: re.Pattern[str]
    synonyms: Mapping[str, str]
    stop: frozenset[str]
    everyday: frozenset[str]

    @cached_property
    def _lengths(self) -> list[int]:
        return sorted({len(word) for word in self.synonyms if len(word) >= _STEM})

    def group(self, word: str) -> str | None:
        """The group of a word that asks for a fact, or of a compound's last part: “Umzugstermin” asks for a date."""
        known = self.synonyms
        return known.get(word) or next((known[word[-n:]] for n in self._lengths if word[-n:] in known), None)

    def telling(self, text: str) -> dict[str, tuple[int, int]]:
        """The words of a text that tell what it is about: the stem of each, and where it stands."""
        found = ((one[0].lower(), one.span()) for one in ASKED_WORD.finditer(text))
        return {
            word[:_TELLING]: place for word, place in found
            if len(word) > 2 and not word.isdigit() and word not in self.stop and word not in self.everyday and not self._is_result(word)
        }  # fmt: skip

    def _is_result(self, word: str) -> bool:
        return any(pattern.fullmatch(word) for _name, pattern in self.results)

    def tells(self, wanted: list[str]) -> bool:
        """Whether the words of a phrase say what is asked for: one by itself, or several of different groups."""
        return len(wanted) == 1 or len({self.synonyms.get(word, word) for word in wanted}) > 1

    def means(self, one: str, other: str, *, alone: bool) -> bool:
        """Whether a word asks for the same as another: a form of it, a compound with it, or one of its group. A word that asks for a fact by
        itself must be that one: “budget”, “Gesamtbudget”."""
        if one == other:
            return True
        if alone:
            return len(other) >= _STEM and (
                one.endswith(other) or (one.startswith(other[:-1]) and len(one) - len(other) < _STEM)
            )
        if one[:_STEM] == other[:_STEM] and min(len(one), len(other)) >= _STEM:
            stem = max(_STEM, min(len(one), len(other)) - 2)
            if one[:stem] == other[:stem]:
                return True
        head = self.synonyms.get(other)
        return head is not None and self.group(one) == head
