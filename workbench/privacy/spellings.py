"""How a person is written: a name, an e-mail address or a phone number in its canonical form, whoever wrote it and however."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

# Said before or behind a name, and no part of it.
_TITLES = frozenset(
    ["mr", "mrs", "ms", "miss", "mister", "sir", "madam", "dr", "doctor", "doktor", "prof", "professor", "professorin", "herr", "herrn", "hr", "frau", "fr", "fraulein", "frl", "mag", "magister", "dipl", "ing", "ingenieur", "univ", "dipling", "med", "phd", "mba", "msc", "bsc", "jr", "sr", "monsieur", "madame", "mme", "mlle", "signor", "signore", "signora", "sig", "senor", "senora", "sra"]
)  # fmt: skip
#: Letters that Unicode does not take apart into a plain one and an accent.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "dj", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ə": "e", "ŀ": "l"}
)  # fmt: skip
#: In Croatian đ is written dj without its letter, in Vietnamese and in carelessness d.
_D = str.maketrans({"đ": "d"})
_SIGNS = str.maketrans(dict.fromkeys("’‘`´ʼʹ′‛＇", "'") | dict.fromkeys("‐‑‒–—−", "-"))
#: Letters and signs that leave nothing on the page.
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_EMAIL = re.compile(r"(?:mailto:)?([^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+)", re.IGNORECASE)
_PHONE = re.compile(r"\+?\d(?:[\s()/.-]*\d){5,}")
#: What is said before a number, and the extension behind it.
_SAID = re.compile(
    r"(?<!\w)(?:tel(?:efon|ephone)?|phone|fon|mobil(?:e|telefon)?|cell|handy|fax)\b[.:]*(?=\s*[(+\d])", re.IGNORECASE
)
_EXTENSION = re.compile(
    r"(?<=\d)[\s,;]*(?:ext(?:ension)?|x|durchwahl|dw|klappe|kl)[.:=]*\s*\d{1,6}(?!\d)", re.IGNORECASE
)
#: A number is compared by its end: the same phone is written with and without country and trunk prefix (E.164 leaves both open in speech),
#: and within a town without its area code, which leaves six digits at least.
_PHONE_DIGITS, _LOCAL_DIGITS = 8, 6


@dataclass(frozen=True, slots=True)
class Subject:
    """A person as somebody asks for them, or as they were detected.

    Args:
        kind: ``name``, ``email`` or ``phone``.
        whole: its canonical form. Two that share it are the same, or as like as *Müllers* and *Müller*.
        forms: as it is written; only who shares one of these is meant beyond doubt.
        readings: the words of a name, once with its hyphens and once apart.
        words: all of these, and the last one without a genitive.
    """

    kind: str
    whole: str
    forms: tuple[str, ...]
    readings: tuple[tuple[str, ...], ...] = ()
    words: tuple[str, ...] = ()


def subjects_in(text: str) -> list[Subject]:
    """Everybody and everything that a text asks for: addresses, then numbers, then the name in what is left."""
    text = _plain(text)
    found = [_email(address) for address in _EMAIL.findall(text)]
    text = _EXTENSION.sub("", _EMAIL.sub(" ", text))
    found += [_phone(number) for number in _PHONE.findall(text)]
    found.append(_name(_SAID.sub(" ", _PHONE.sub(" 0", text)), asked=True))
    return [subject for subject in found if subject is not None]


def subject_of(text: str, kind: str = "") -> Subject | None:
    """What a text names, in its canonical form; None where it names nothing.

    ``kind`` says what was detected; without it the form of the text tells.
    """
    if not kind:
        return next(iter(subjects_in(text)), None)
    text = _plain(text)
    if kind == "email":
        return _email(found[1]) if (found := _EMAIL.search(text)) else None
    return _phone(_EXTENSION.sub("", text)) if kind == "phone" else _name(text)


def name_words(text: str) -> frozenset[str]:
    """The words of a name in their canonical form, without titles; none where there is no name in it."""
    subject = _name(_plain(text))
    return frozenset(subject.whole.split()) if subject else frozenset()


def _plain(text: str) -> str:
    # The signs first: NFKC makes a blank and an accent of ´.
    return unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS)


def _email(text: str) -> Subject | None:
    address = text.casefold().strip(".,;:<>'")
    return Subject("email", address, (address,)) if "@" in address else None


def _phone(text: str) -> Subject | None:
    digits = re.sub(r"\D", "", text)
    if len(digits) < _LOCAL_DIGITS:
        return None
    return Subject("phone", digits[-_LOCAL_DIGITS:], (digits[-_PHONE_DIGITS:],))


def _name(text: str, *, asked: bool = False) -> Subject | None:
    """A name in any order: "Conti, Ilaria" is the same person. Who is asked for is also looked for as marks were written at first."""
    for read in (_ASIDE.sub(" ", text), text):
        words = [word for word in _WORD.findall(read) if _folded(word, _LETTERS) not in _TITLES]
        tables = (_LETTERS, _LETTERS | _D, {}) if asked else (_LETTERS, _LETTERS | _D)
        split = [part for word in words for part in word.split("-")]
        readings = [
            reading
            for table, some in product(tables, (words, split))
            if (reading := tuple(folded for word in some if len(folded := _folded(word, table)) > 1))
        ]
        if readings:
            break
    else:
        return None
    readings = list(dict.fromkeys(readings))
    joined = readings[0]
    ends = () if asked else tuple(_without_s(reading[-1]) for reading in readings)
    return Subject(
        "name", _sorted(_without_s(word) for word in joined), tuple(dict.fromkeys(map(_sorted, readings))), tuple(readings),
        tuple(dict.fromkeys([*(word for reading in readings for word in reading), *ends])),
    )  # fmt: skip


def _folded(word: str, letters: dict[int, str]) -> str:
    """Without case, accents, hyphens and a genitive: Müller, Mueller and Muller are one, and so are Conti and Conti's."""
    word = re.sub(r"'s?\Z", "", word.casefold().translate(letters)).replace("'", "").replace("-", "")
    for umlaut, spelled in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        word = word.replace(umlaut, spelled)
    plain = "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
    return plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _without_s(word: str) -> str:
    """As somebody may be called whose name stands in a German genitive: it has no apostrophe, and a name that ends in ss has none."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _sorted(words: Iterable[str]) -> str:
    return " ".join(sorted(words))


def visible(text: str) -> str:
    """What can be seen of a text, in which something can be read: nothing where there is no letter and no digit."""
    text = "".join(" " if char.isspace() else char for char in text)
    shown = "".join(
        char for char in text if char not in _UNSEEN and (char == " " or unicodedata.category(char)[0] in "LNPS")
    )
    return " ".join(shown.split()) if any(map(str.isalnum, shown)) else ""
