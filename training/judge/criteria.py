"""The ten criteria of the rubric as functions of a prompt: a level, a code that says why, and the words it rests on.

A code names the sentence that people read (``training.words``). The level is what the rubric says (``rubric.yaml``): 0 missing, 1 partly, 2 stands.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from training.judge.case import Case, within
from training.judge.lexicon import ASKED_WORD, Lexicon
from training.judge.situation import OpenPoint
from training.judge.text import Sentence, words

_PRODUCED = 60
"""So many characters behind its verb a result may stand."""
_BEGIN = 14
"""A result that stands within so many characters of a sentence's begin needs no verb: “Recap of the call”."""
_COMPOUND = 10
"""So long is a word that may ask for a fact by itself: “Dinkelmenge”."""
_ASIDE = 6
"""So many other words may stand between those that ask for a fact."""
_RETOLD = 3
"""So many words that only the material has make a retelling."""
_RETOLD_TOO = 5
"""So many make one in a sentence that asks for something as well."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge says about one criterion.

    Args:
        criterion: its name in the rubric.
        level: 0, 1 or 2; None where it could not be judged.
        code: which sentence explains it.
        evidence: the words of the learner it rests on, most telling first; empty where the point is that nothing is there.
        facts: what the sentence fills in: a line of the material, what it says, what the scrubber made of it.
    """

    criterion: str
    level: int | None
    code: str
    evidence: tuple[Sentence, ...] = ()
    facts: dict[str, str | int] = field(default_factory=dict)


def role(case: Case) -> Judgement:
    lead = case.lexicon.role_lead
    said = case.prompt.of("role") or tuple(s for s in case.prompt.sentences if lead.search(s.text))
    if not said:
        return Judgement("role", 0, "role_missing")
    body = " ".join(sentence.text for sentence in said)
    left = [word for word in words(case.lexicon.role_empty.sub(" ", body)) if word not in case.lexicon.stop]
    if not left:
        return Judgement("role", 0, "role_empty", (said[0],))
    careless = tuple(case.find(case.lexicon.careless, said))
    stance = [place for place in case.find(case.lexicon.role_stance, said) if not _touches(place, careless)]
    if not stance and careless:
        return Judgement("role", 1, "role_careless", careless[:1])
    if not stance:
        return Judgement("role", 1, "role_no_stance", (said[0],))
    if not case.lexicon.trade.search(body) and not case.lexicon.telling(body).keys() & case.own.keys():
        return Judgement("role", 1, "role_elsewhere", (said[0],))
    return Judgement("role", 2, "role_stands", (stance[0],))


def task(case: Case) -> Judgement:
    goal = case.prompt.of("goal") or case.prompt.of("information", "limits", "form") or case.prompt.sentences
    asked = [(name, place) for sentence in goal for name, place in _results(case, sentence)]
    if not asked:
        if other := case.first(case.lexicon.unnamed, goal):
            return Judgement("task", 2, "task_stands", other)
        empty, vague = case.first(case.lexicon.empty, goal), case.first(case.lexicon.vague, goal)
        if unclear := vague or (not empty and case.first(case.lexicon.question, goal)):
            return Judgement("task", 1, "task_vague", unclear)
        return Judgement("task", 0, "task_missing", empty or goal[:1])
    if second := _second(case, asked, case.first(case.lexicon.verdict, goal)):
        return Judgement("task", 1, "task_two", second)
    return Judgement("task", 2, "task_stands", (asked[0][1],))


_COLON = re.compile(": ")
_PART_OF_ANOTHER = frozenset({"list", "questions", "section", "entry", "objections"})
"""Results that are often a part of another one: a summary with a list of questions is one."""


def _results(case: Case, sentence: Sentence) -> Iterator[tuple[str, Sentence]]:
    """(kind, place) of each result that a sentence asks for."""
    for name, pattern in case.lexicon.produce_result:
        for found in pattern.finditer(sentence.text):
            yield name, sentence.at(found.start(), found.end())
    verbs = [found.start() for found in case.lexicon.produce.finditer(sentence.text)]
    begins = [0, *(found.end() for p in (_COLON, case.lexicon.besides) for found in p.finditer(sentence.text))]
    places = [
        (found.start(), found.end(), name)
        for name, pattern in case.lexicon.results
        for found in pattern.finditer(sentence.text)
    ]
    for start, end, name in sorted(places):
        begun = any(0 <= start - begin < _BEGIN for begin in begins) and not case.lexicon.vague.search(
            sentence.text[:start]
        )
        if begun or any(-_PRODUCED <= start - verb <= _PRODUCED for verb in verbs):
            yield name, sentence.at(start, end)
        if begun and not verbs:
            verbs.append(start)  # “Offer + covering mail”: no verb at all.


def _second(case: Case, asked: Sequence[tuple[str, Sentence]], question: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """What stands beside the first result as a task of its own: another result, or a verdict that is asked for too."""
    asked = sorted(asked, key=lambda one: (one[1].box, one[1].start))
    text = case.prompt.boxes[asked[0][1].box]
    for (one, here), (other, there) in itertools.pairwise(asked):
        between = text[here.end : there.start]
        if one == other or len(between) > 200:
            continue
        main = not {one, other} & _PART_OF_ANOTHER
        if case.lexicon.besides.search(between) or (main and case.lexicon.second.search(between)):
            return (there,)
    first = asked[0][1]
    for place in question:
        if place.box != first.box or place.end <= first.start or first.end <= place.start:
            return (place,)
    return ()


def situation(case: Case) -> Judgement:
    """Whether the prompt is about this exercise: in words that the exercise has and others have not, and with a result as the exercise wants it.

    A word may be the same by chance, so a single one counts where the result fits, and three count whatever the result is called.
    """
    asking = case.prompt.of("goal", "limits", "form") or tuple(s for s in case.prompt.sentences if s.box != "role")
    kinds = _kinds(case.lexicon, case.situation.asked_for)
    fits = not kinds or any(_kinds(case.lexicon, sentence.text) & kinds for sentence in asking)
    shared: dict[str, Sentence] = {}
    for sentence in asking:
        for stem, place in case.lexicon.telling(sentence.text).items():
            if stem in case.own:
                shared.setdefault(stem, sentence.at(*place))
    places = tuple(shared.values())
    if fits and len(shared) > 1:
        return Judgement("situation", 2, "situation_stands", places)
    if (fits and shared) or len(shared) > 2:
        return Judgement("situation", 1, "situation_part", places)
    return Judgement("situation", 0, "situation_missing", asking[:1])


def _kinds(lexicon: Lexicon, text: str) -> set[str]:
    """The kinds of results that a text names."""
    return {name for name, pattern in (*lexicon.results, *lexicon.produce_result) if pattern.search(text)}


def reader(case: Case) -> Judgement:
    """A reader with a situation stands right behind the reader: “for the planner, who only knows the CRM”, or in a sentence of its own.

    A role says for whom the AI works, which is no reader, unless more is told of them. Somebody, people or anyone is no reader either, unless
    the sentence says something of this exercise: “whoever has the rota on Sunday”.
    """
    asking = [sentence for sentence in case.asking if not _for_anybody(case, sentence)]
    general = [*case.find(case.lexicon.reader, asking), *case.find(case.addressed, asking)]
    for place in general:
        behind = case.prompt.boxes[place.box][place.end : place.end + 60]
        if found := case.lexicon.relative.search(behind):
            return Judgement(
                "reader",
                2,
                "reader_stands",
                (Sentence(place.box, place.start, place.end + found.end(), place.text + behind[: found.end()]),),
            )
    told = case.first(case.lexicon.purpose, asking) or case.first(
        case.lexicon.situated, [sentence for sentence in asking if sentence.box in ("goal", "limits", "form")]
    )
    if told:
        return Judgement("reader", 2, "reader_stands", told)
    general = [place for place in general if place.box != "role"]
    if general:
        return Judgement("reader", 1, "reader_general", (general[0],))
    anybody = case.first(case.lexicon.anybody, [sentence for sentence in case.asking if sentence not in asking])
    return Judgement("reader", 0, "reader_anybody" if anybody else "reader_missing", anybody)


def _for_anybody(case: Case, sentence: Sentence) -> bool:
    """Whether a sentence names nobody but somebody, and nothing of the exercise that would tell who that is."""
    lexicon = case.lexicon
    if sentence.box == "role" or not lexicon.anybody.search(sentence.text):
        return False
    named = (place for place in case.find(lexicon.reader, [sentence]) if not lexicon.anybody.search(place.text))
    return not lexicon.telling(sentence.text).keys() & case.own.keys() and next(named, None) is None


def form(case: Case) -> Judgement:
    said = case.prompt.sentences
    counted, shape, length = (
        case.first(p, said) for p in (case.lexicon.counted, case.lexicon.form, case.lexicon.length)
    )
    if counted or (shape and length):
        return Judgement("form", 2, "form_stands", counted or shape + length)
    if shape:
        return Judgement("form", 1, "form_no_length", shape)
    return Judgement("form", 1, "form_no_shape", length) if length else Judgement("form", 0, "form_missing")


def material(case: Case) -> Judgement:
    there = case.prompt.inserted
    missing = [name for name in case.prompt.materials if name not in there]
    if not missing and case.prompt.unknown_marks:
        return Judgement("material", 1, "material_unknown_mark", case.prompt.unknown_marks)
    if not missing:
        code = "material_pasted" if case.prompt.pasted else "material_stands"
        return Judgement("material", 2, code)
    if case.prompt.unknown_marks:
        return Judgement(
            "material", 1 if there else 0, "material_unknown_mark", case.prompt.unknown_marks, {"name": missing[0]}
        )
    if there:
        return Judgement("material", 1, "material_part", facts={"name": missing[0]})
    told = _retold(case)
    if told:
        lost = next((lost for lost in case.situation.easily_lost if not lost.is_in(case.prompt)), None)
        facts: dict[str, str | int] = {"line": lost.line, "why": lost.why} if lost else {}
        return Judgement("material", 1, "material_retold", told[:1], facts)
    return Judgement("material", 0, "material_missing", facts={"name": missing[0]})


def _retold(case: Case) -> tuple[Sentence, ...]:
    """Sentences with facts that only the material has, most first; nothing where there are too few. Asking for a fact does not retell it."""
    common = set(words(case.situation.told)) | case.lexicon.stop | {name.lower() for name in case.situation.names}
    own = {
        word for text in case.prompt.materials.values() for word in words(text) if len(word) > 3 or word.isdigit()
    } - common
    asks = (case.lexicon.produce, case.lexicon.question, case.lexicon.vague, case.lexicon.empty)
    hits = [
        (len(own & set(words(s.text))), s) for s in case.prompt.sentences
        if s.box == "information" or not any(p.search(s.text) for p in asks) or len(own & set(words(s.text))) >= _RETOLD_TOO
    ]  # fmt: skip
    if len(own & {word for _count, s in hits for word in words(s.text)}) < _RETOLD:
        return ()
    return tuple(sentence for count, sentence in sorted(hits, key=lambda hit: -hit[0]) if count)


def gaps(case: Case) -> Judgement:
    if filled := [place for _sentence, place in case.asked(case.lexicon.facts.filled)]:
        return Judgement("gaps", 0, "gaps_filled", (filled[0],))
    if case.gap_rules:
        return Judgement("gaps", 2, "gaps_stands", case.gap_rules[:1])
    ban = case.first(case.lexicon.facts.ban, case.rules)
    return Judgement("gaps", 1, "gaps_ban", ban) if ban else Judgement("gaps", 0, "gaps_missing")


def knowable(case: Case) -> Judgement:
    """What is asked for that nobody can know: open points of the exercise, facts of no material, figures that nobody gave."""
    found: list[tuple[int, str, Sentence, dict[str, str | int]]] = []
    advised = [place for place in case.advised if case.lexicon.whether.search(place.text)]
    rules = set(case.gap_rules)
    lexicon, known = case.lexicon, set(words(" ".join(case.prompt.materials.values())))
    if filled := [place for _sentence, place in case.asked(lexicon.facts.filled)]:
        found.append((0, "knowable_nobody", filled[0], {}))
    asking = (
        tuple(sentence for sentence in case.asking if sentence.box != "role") or case.asking
    )  # How somebody works is not asked for.
    for sentence, behind in itertools.zip_longest(asking, asking[1:]):
        soft = lexicon.facts.soft.search(sentence.text)
        guess = _guess(case, sentence.text)
        if not guess and behind and sentence.text.endswith("?"):
            guess = _guess(case, behind.text)
        careful = soft or guess
        if (
            careful and careful.string == sentence.text and sentence.box != "role"
        ):  # How somebody works is not asked for.
            found.append((1, "knowable_soft", sentence.at(careful.start(), careful.end()), {}))
        if not careful and (sentence in rules or lexicon.facts.theirs.search(sentence.text)):
            continue  # A rule for gaps may name what is open, and so may who decides it.
        level = 1 if careful else 0
        for point in case.situation.open_points:
            place = _asked_for(case, point, sentence)
            if place and not within(place, advised) and not _put_to_others(case, sentence, place):
                found.append((level, "knowable_open", place, {"line": point.line, "why": point.why}))
        for one in lexicon.facts.unknowable.finditer(sentence.text):
            place = sentence.at(one.start(), one.end())
            given = set(words(place.text)) - lexicon.stop <= known
            if not given and not _put_to_others(case, sentence, place):
                found.append((level, "knowable_nobody", place, {}))
    for place in (*case.decided, *case.advised):
        near = re.split(r"[.;!?]|, (?:and|und) ", case.prompt.boxes[place.box][place.start : place.end + _FIGURE])[0]
        if lexicon.facts.figure.search(near) and not lexicon.whether.search(place.text) and not _GIVEN.search(near):
            found.append((0, "knowable_figure", place, {}))
    if not found:
        return Judgement("knowable", 2, "knowable_stands")
    level, code, place, facts = min(found, key=lambda one: one[0])
    return Judgement("knowable", level, "knowable_soft" if level else code, (place,), facts)


def _guess(case: Case, text: str) -> re.Match[str] | None:
    """Where a guess is asked for and called one."""
    found = case.lexicon.facts.guess.finditer(text)
    return next((one for one in found if not case.turned_round(text, one.start())), None)


_FIGURE = 40
"""So many characters behind a request the figure may stand that it is about: “recommend her a rate”, “offer a discount of 5 per cent”."""
_GIVEN = re.compile(
    r"\d|\b(?:half|whole|entire|halb|ganze|drei|fünf|zehn|zwei|five|ten|three) ?(?:sum|amount|loss|per ?cent|prozent|summe|schaden)?\b",
    re.IGNORECASE,
)


def _put_to_others(case: Case, sentence: Sentence, place: Sentence) -> bool:
    """Whether a fact is not asked of the model: it is forbidden there, or is to be asked of the customer."""
    at, end = place.start - sentence.start, place.end - sentence.start
    if case.turned_round(sentence.text, at) or case.turned_round(sentence.text, sentence.text.rfind(" ", 0, end) + 1):
        return True
    return case.done_by_somebody(sentence, place) or any(
        found.start() < at for found in case.lexicon.facts.asks_them.finditer(sentence.text)
    )


def _asked_for(case: Case, point: OpenPoint, sentence: Sentence) -> Sentence | None:
    """The part of a sentence that asks for an open point, in the words of the exercise or in others that mean the same, in any order."""
    said = [(found[0].lower(), found.start(), found.end()) for found in ASKED_WORD.finditer(sentence.text)]
    distinct = {word for word, _start, _end in said}
    for wanted in case.wanted[point]:
        if len(distinct) < len(wanted):
            continue
        fits = []
        for other in wanted:
            fits.append({word for word in distinct if case.lexicon.means(word, other, alone=len(wanted) == 1)})
            if not fits[-1]:
                break
        else:
            last: list[int | None] = [None] * len(wanted)
            for at, (word, _start, end) in enumerate(said):
                last = [at if word in fit else before for fit, before in zip(fits, last, strict=True)]
                places = [one for one in last if one is not None]
                if (
                    len(places) == len(wanted)
                    and (len(wanted) == len(set(places)) or len(word) >= _COMPOUND)
                    and at - min(places) < len(wanted) + _ASIDE
                ):
                    return sentence.at(said[min(places)][1], end)
    return None


def people(case: Case) -> Judgement:
    decide, advice = case.decided, case.advised
    theirs = any(True for _ in case.find(case.lexicon.facts.theirs))
    if decide:
        return Judgement("people", 0, "people_decides", (decide[0],))
    if advice and not theirs:
        return Judgement("people", 1, "people_advice", (advice[0],))
    return Judgement("people", 2, "people_stands")


def _touches(place: Sentence, others: Sequence[Sentence]) -> bool:
    return any(other.box == place.box and place.start < other.end and other.start < place.end for other in others)


def personal(case: Case) -> Judgement:
    somebody = any(one.kind == "PERSON" and one.place.box == "role" for one in case.typed or ())
    private = tuple(
        place
        for sentence, place in case.asked(case.lexicon.facts.private)
        if (somebody or sentence.box != "role") and not _kept_out(case, sentence, place)
    ) or case.pasted(case.lexicon.facts.private)
    if case.typed is None and not private:
        return Judgement("personal", None, "personal_unknown")
    contact = [one for one in case.typed or () if one.kind in CONTACT]
    if contact:
        return Judgement(
            "personal", 0, "personal_contact", tuple(one.place for one in contact), {"instead": contact[0].placeholder}
        )
    if private:
        return Judgement("personal", 0, "personal_private", private[:1])
    names = [one for one in case.typed or () if one.kind == "PERSON"]
    if names:
        return Judgement(
            "personal", 1, "personal_name", tuple(one.place for one in names), {"instead": names[0].placeholder}
        )
    return Judgement("personal", 2, "personal_stands")


def _kept_out(case: Case, sentence: Sentence, place: Sentence) -> bool:
    """Whether what is said behind keeps a kind of private matter out. Of somebody in particular it was typed all the same."""
    facts, at = case.lexicon.facts, place.start - sentence.start
    named = any(one.kind == "PERSON" and within(one.place, [sentence]) for one in case.typed or ())
    somebody = named or facts.of_somebody.search(sentence.text[max(0, at - _BEGIN) : place.end - sentence.start])
    return not somebody and bool(facts.excluded.search(sentence.text, place.end - sentence.start))


CONTACT = frozenset(
    [
        "EMAIL",
        "PHONE",
        "ADDRESS",
        "IBAN",
        "CREDIT_CARD",
        "HANDLE",
        "NATIONAL_ID",
        "DATE_OF_BIRTH",
        "LICENSE_PLATE",
        "IP_ADDRESS",
    ]
)
ALL = (role, task, situation, reader, form, material, gaps, knowable, people, personal)
