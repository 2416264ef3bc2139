"""Personal data in what a learner typed: what detection finds, as the judge takes it."""

import re

from training.judge import Prompt, Sentence, Typed
from workbench.gateway.pii import Anonymized
from workbench.gateway.pii.words import AMBIGUOUS, NEVER_NAMES

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TITLE = re.compile(r"(?:mrs?|ms|dr|herrn?|frau)\.?\s+\Z", re.IGNORECASE)
_SPEAKS = re.compile(r"(?:\A|\n)\s*\Z")
_STREET = re.compile(
    r"(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee|ring|ufer|damm|\b(?:street|st|road|rd|lane|avenue|ave|drive|close|court|way|square|terrace|house))\b|\b\d{5}\b|\b[A-Z]{1,2}\d{1,2}[A-Z]? ?\d[A-Z]{2}\b",
    re.IGNORECASE,
)
_GIVEN = frozenset(
    _WORD.findall(
        "aaron adam adrian adwoa agnes ahmed aisha alan albert alex alexander alexandra alfred ali alice alicia alina amanda amelia amina amir amy ana anders andrea andreas andrew angela "
        "anita anja anke ann anna anne anneliese anton antonia arthur astrid aylin ayse barbara beate ben benjamin bernd bernhard beth bettina birgit bob brigitte bruno carl carla carlos carmen "
        "carol carolin caroline catherine charles charlotte chloe chris christa christian christina christine christoph claire clara claudia colin cornelia craig dagmar daniel daniela dave david "
        "deborah denise dennis derek diana dieter dirk dmitri dominik doris dorothea eduard elena elif elisabeth elizabeth elke ella ellen emily emma emre erik erika esther eva fabian fatima felix "
        "fiona florian francesca frances franz friedrich fritz gabi gabriele gavin george georg gerd gerda gerhard gethin gisela giulia graham greta gudrun günter günther hanna hannah hannes "
        "hans harald harry hassan heather heidi heike heiko heinz helen helena helga helmut henrik henry herbert hilde holger horst hugo ian ibrahim igor ilse imran ines ingo ingrid irene "
        "isabel isabella ivan jackie jacob jakob james jamie jane janet janine jasmin jason jens jenny jessica jim joanna joanne joe johann johannes john jonas jonathan josef joseph julia julian "
        "juliane jürgen jutta karen karin karl karla karsten katharina kathrin katja katrin kate katie kenneth kerstin kevin klaus konrad kurt kwame lars laura lea lena leon leonie lisa lorna louise "
        "lucy luis luisa lukas lydia magdalena manfred manuel manuela marc marcel marco marcus margaret margit maria marianne marie marina mario marion markus martha martin martina mary "
        "maryam matt matthew matthias maximilian megan mehmet melanie mia michael michaela michelle miguel mike miriam mohamed mohammed monika moni moritz mustafa nadine natalie natasha ngozi niamh "
        "nick nicola nicole niels nigel nikolaus nina nora norbert olaf oleg olga oliver olivia oluwaseun oscar oskar patricia patrick paul paula pauline pedro peter petra phil philip philipp pierre pia "
        "priya rachel rafael rainer ralf ralph ravi rebecca regina reinhard renate rhys richard rita robert roger roland rolf ronald rosa rudolf ruth sabine sabrina sally sam samantha samuel sandra "
        "sara sarah sebastian selin shirley sibylle sigrid silke silvia simon simone sonja sophia sophie stefan stefanie steffen stephanie stephen steve steven susan susanne svenja swen tanja tanya "
        "teresa thomas thorsten tobias tom tomasz toni tony torsten udo ulrich ulrike ursula ute uwe vera verena veronika victoria viktor vincent volker walter waltraud wendy werner wolfgang "
        "yusuf yasmin yvonne zoe"
    )
)
"""Given names that are hardly ever anything else. A lone one is a name where detection took it for one, or where it begins with a capital."""


def names_in(found: Anonymized) -> frozenset[str]:
    """The words of the names of people in an exercise's material.

    A word alone that detection took for a name is often none in business papers (a town, a firm, a noun); it counts behind a title, as a speaker at
    the begin of a line, and as a given name.
    """
    alone = {
        placeholder
        for text in found.texts.values() for placeholder in found.mapping
        for at in re.finditer(re.escape(placeholder), text)
        if _TITLE.search(text[: at.start()]) or (_SPEAKS.search(text[: at.start()]) and text[at.end() : at.end() + 1] == ":" and " " not in found.mapping[placeholder])
    }  # fmt: skip
    originals = [
        original for placeholder, original in found.mapping.items()
        if placeholder.startswith("[PERSON_") and (placeholder in alone or _full(original) or original.lower() in _GIVEN)
    ]  # fmt: skip
    return frozenset(
        word for original in originals for word in _WORD.findall(original) if len(word) > 2 and not _ordinary(word)
    )


def typed_in(prompt: Prompt, found: Anonymized, names: frozenset[str]) -> tuple[Typed, ...]:
    """What was found in what the learner typed or pasted; what stands behind a mark is the exercise's and does not count.

    ``found``: ``anonymize`` of the boxes, by their names. ``names``: of the people in the material, which a learner writes in any way.
    """
    placeholders = {original: placeholder for placeholder, original in found.mapping.items()}
    typed: list[Typed] = []
    for box, findings in found.findings.items():
        text = prompt.boxes[box]
        for one in findings:
            original = text[one.start : one.end]
            if _counts(prompt, one.type, original) and (
                one.type != "PERSON" or _is_name(text, one.start, original, names)
            ):
                typed.append(
                    Typed(
                        one.type,
                        Sentence(box, one.start, one.end, original),
                        placeholders.get(original, f"[{one.type}]"),
                    )
                )
        known, there = {name.lower() for name in names}, [one.place for one in typed if one.place.box == box]
        for word in _WORD.finditer(text):
            given = word[0].lower() in _GIVEN and word[0][0].isupper()
            if (given or word[0].lower() in known) and not any(at.start <= word.start() < at.end for at in there):
                typed.append(Typed("PERSON", Sentence(box, word.start(), word.end(), word[0]), "[PERSON_1]"))
    return tuple(typed)


def _counts(prompt: Prompt, kind: str, original: str) -> bool:
    """Whether what looks like contact details is some: a number plate has capitals, an address a street, and none of them stands in the material
    without being anybody's."""
    if kind == "HANDLE":
        return original.startswith("@") or bool(re.search(r"[\d._]", original))
    if kind == "LICENSE_PLATE":
        return original == original.upper()
    if kind == "ADDRESS":
        return bool(_STREET.search(original)) and not any(original in text for text in prompt.materials.values())
    return True


def _is_name(text: str, start: int, original: str, names: frozenset[str]) -> bool:
    """Detection prefers one word too many to one too few. In a lesson an ordinary word that was taken for a name would teach the wrong thing, so
    one word alone counts behind a title, as a given name, or where the material knows it."""
    if _TITLE.search(text[:start]) or original.lower() in {name.lower() for name in names} | _GIVEN:
        return True
    return _full(original)


def _full(original: str) -> bool:
    """Whether it is a name of several words: “T. Wieliczko” is, “Nächster Schritt” is not."""
    found = [word for word in _WORD.findall(original) if word[0].isupper() and not _ordinary(word)]
    return len(found) > 1 and not original.lower().startswith(_PHRASES)


_PHRASES = ("nächste", "next ", "st ", "jahres", "linie ", "vale ", "hotel ")
"""How phrases begin that detection takes for a name of two words."""


def _ordinary(word: str) -> bool:
    return word.lower() in NEVER_NAMES or word.lower() in AMBIGUOUS
