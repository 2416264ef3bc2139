"""Filled and distorted training sentences with a label for every character of a name or address."""

import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from names import Values

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

FOLDER = Path(__file__).parent
LABELS = {
    "FIRST": "GIVEN_NAME", "NICK": "GIVEN_NAME", "INITIAL": "GIVEN_NAME", "LAST": "SURNAME", "STREET": "STREET_NAME", "NO": "BUILDING_NUMBER",
    "ZIP": "ZIP_CODE", "CITY": "CITY", "STATE": "STATE", "EMAIL": "EMAIL", "PHONE": "PHONE", "IBAN": "BANK_ACCOUNT", "ID": "ROUTING_NUMBER",
}  # fmt: skip
#: The published labels do not name all our types. Those it does not need here are taught a new meaning (see the engine).
TYPES = {
    "CUSTOMER_ID": "ROUTING_NUMBER", "SECRET": "PASSPORT", "LICENSE_PLATE": "DRIVERS_LICENSE", "NATIONAL_ID": "GOVERNMENT_ID", "IBAN": "BANK_ACCOUNT",
    "DATE_OF_BIRTH": "TAX_ID", "PHONE": "PHONE", "EMAIL": "EMAIL", "PLACE": "CITY", "PERSON": "SURNAME", "HANDLE": "URL",
}  # fmt: skip
_VARIED = frozenset({"CUSTOMER_ID", "LICENSE_PLATE", "NATIONAL_ID", "SECRET", "PHONE", "IBAN", "CREDIT_CARD"})
_SLOT = re.compile(r"\{([A-Z]+)(\d?)\}")


@dataclass(slots=True)
class Sample:
    """A text and its spans: start, end, label ("" where the loss looks away)."""

    text: str
    spans: list[tuple[int, int, str]]


def templates(language: str) -> list[str]:
    """The sentences of one language, as they were written."""
    lines = (FOLDER / f"sentences_{language}.txt").read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines if line.strip()]


def annotated(language: str, *, held_back: bool = False) -> list[str]:
    """The development texts of the benchmark as templates: three of four; every fourth stays apart to watch the training by.

    The texts of ``texts/`` are for training alone. The values of names give way to slots; what else is marked keeps its value.
    """
    from bench.pii import corpus

    read = [
        text for number, text in enumerate(corpus.read(f"{language}_development")) if (number % 4 == 3) == held_back
    ]
    if not held_back:
        for path in sorted((FOLDER / "texts").glob(f"{language}_*.txt")):
            read += corpus.read(path.stem, path.parent)
    result = []
    for text in read:
        pieces, at = [], 0
        for span in text.spans:
            value = text.text[span.start : span.end]
            pieces.append(_escape(text.text[at : span.start]))
            pieces.append(_slots(value) if span.type == "PERSON" else f"{{={span.type}:{_escape(value)}=}}")
            at = span.end
        pieces.append(_escape(text.text[at:]))
        result.append("".join(pieces))
    return result


def _escape(text: str) -> str:
    return text.replace("{", "\x01").replace("}", "\x02")


_TITLE = re.compile(r"^(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|mister|missis)\.?[ ])+", re.IGNORECASE)


def _slots(value: str) -> str:
    """A marked name as slots that draw a name of the same shape; odd ones keep their value."""
    title = match.group() if (match := _TITLE.match(value)) else ""
    words = value[len(title) :].split(" ")
    shape = "lower" if value == value.lower() else "upper" if value == value.upper() and len(value) > 4 else "plain"
    if all(re.fullmatch(r"[^\W\d_][\w'’\-]*", word) for word in words) and len(words) <= 3:
        if len(words) == 1:
            return f"{title}{{?:{shape}:{value}}}"
        return title + " ".join(
            [*(f"{{FIRST:{shape}:{word}}}" for word in words[:-1]), f"{{LAST:{shape}:{words[-1]}}}"]
        )
    return f"{{=PERSON:{_escape(value)}=}}"


def fill_annotated(template: str, values: Values) -> Sample:
    """An annotated text with other names, the same name for the same name; now and then the names it came with."""
    chance = values.chance
    changed: dict[str, str] = {}
    keep = chance.random() < 0.08
    pieces: list[str] = []
    spans: list[tuple[int, int, str]] = []
    at = position = 0
    for match in _ANNOTATED.finditer(template):
        before = template[position : match.start()].replace("\x01", "{").replace("\x02", "}")
        pieces.append(before)
        at += len(before)
        position = match.end()
        if match["kind"]:
            value = match["fixed"].replace("\x01", "{").replace("\x02", "}")
            if match["kind"] in _VARIED and not keep:
                value = _varied(value, chance)
            if match["kind"] == "ADDRESS":
                pieces.append(value)
                spans += [(at + start, at + end, label) for start, end, label in _address(value)]
                at += len(value)
                continue
            label = None if match["kind"] == "ORG" else TYPES.get(match["kind"], "")
        else:
            old = match["value"]
            key = old.lower()
            if key not in changed:
                slot = (
                    match["slot"] if match["slot"] != "?" else chance.choice(("FIRST", "FIRST", "LAST", "LAST", "NICK"))
                )
                changed[key] = old if keep else values.draw(slot)
            value = changed[key]
            if not keep:
                value = (
                    value.lower()
                    if match["shape"] == "lower"
                    else value.upper()
                    if match["shape"] == "upper"
                    else value
                )
            label = "GIVEN_NAME" if match["slot"] == "FIRST" else "SURNAME"
        pieces.append(value)
        if label is not None:
            spans.append((at, at + len(value), label))
        at += len(value)
    pieces.append(template[position:].replace("\x01", "{").replace("\x02", "}"))
    return Sample("".join(pieces), spans)


def _varied(value: str, chance: random.Random) -> str:
    """Another number of the same shape."""
    return "".join(
        chance.choice("0123456789")
        if char.isdigit()
        else chance.choice("ABCDEFGHKLMNPRSTUVWXZ")
        if char.isupper() and chance.random() < 0.5
        else char
        for char in value
    )


def _address(value: str) -> list[tuple[int, int, str]]:
    """Words of an address: those with figures are numbers, the others the street's name."""
    return [
        (word.start(), word.end(), "BUILDING_NUMBER" if any(char.isdigit() for char in word.group()) else "STREET_NAME")
        for word in re.finditer(r"[^\s,]+", value)
    ]


_AROUND = {
    "de": ("Lieferung an {}", "{}", "Neue Anschrift: {}", "wohnhaft {}", "Bitte senden Sie die Unterlagen an {} zu Händen Einkauf.", "Sitz der Firma ist {}.", "die adresse ist {} genau"),
    "en": ("Ship to {}", "{}", "Our new address is {}", "I live at {} and my number is on the list", "please send it to {} for post mail", "Site: {}", "Visit at {} on Monday"),
}  # fmt: skip


def address_line(language: str, values: Values) -> Sample:
    """An address of some country in a few words."""
    value = values.address().replace("\n", values.chance.choice((", ", "\n", ", ", " ")))
    before, _, after = values.chance.choice(_AROUND[language]).partition("{}")
    return Sample(
        before + value + after,
        [(start + len(before), end + len(before), label) for start, end, label in _address(value)],
    )


_ANNOTATED = re.compile(
    r"\{=(?P<kind>[A-Z_]+):(?P<fixed>.*?)=\}|\{(?P<slot>FIRST|LAST|\?):(?P<shape>\w+):(?P<value>[^{}]*)\}", re.DOTALL
)


def fill(template: str, values: Values) -> Sample:
    """A template with values; a slot with a number keeps its value."""
    kept: dict[str, str] = {}
    pieces: list[str] = []
    spans: list[tuple[int, int, str]] = []
    at = position = 0
    bare = _SLOT.sub("", template)
    lower = bare == bare.lower() and any(char.isalpha() for char in bare) and values.chance.random() < 0.85
    for match in _SLOT.finditer(template):
        before = template[position : match.start()]
        key = match[1] + match[2]
        value = kept.get(key) or values.draw(match[1])
        if match[2]:
            kept[key] = value
        if lower:
            value = value.lower()
        pieces += (before, value)
        at += len(before)
        if match[1] in LABELS:
            spans.append((at, at + len(value), LABELS[match[1]]))
        at += len(value)
        position = match.end()
    pieces.append(template[position:])
    return Sample("".join(pieces), spans)


def inserted(sample: Sample, values: Values) -> Sample:
    """Now and then a name in a place of no meaning, so that names are known by themselves too and not by their place alone."""
    chance = values.chance
    if chance.random() < 0.45:
        sample = _with_words(sample, values)
    if chance.random() > 0.35:
        return sample
    places = [match.end() for match in re.finditer(r"\s", sample.text)]
    places = [at for at in places if not any(start < at <= end for start, end, _ in sample.spans)]
    text, spans = sample.text, sample.spans
    for at in sorted(chance.sample(places, min(len(places), chance.choice((1, 2, 3)))), reverse=True):
        slots = chance.choice(
            (("FIRST",), ("LAST",), ("NICK",), ("FIRST", "LAST"), ("FIRST", "LAST"), ("INITIAL", "LAST"))
        )
        drawn = [values.draw(slot) + ("." if slot == "INITIAL" else "") for slot in slots]
        if text == text.lower():
            drawn = [value.lower() for value in drawn]
        new, position = [], at
        for slot, value in zip(slots, drawn, strict=True):
            new.append((position, position + len(value), LABELS[slot]))
            position += len(value) + 1
        added = " ".join(drawn) + " "
        spans = [(s + len(added), e + len(added), label) if s >= at else (s, e, label) for s, e, label in spans] + new
        text = text[:at] + added + text[at:]
    return Sample(text, sorted(spans))


def _with_words(sample: Sample, values: Values) -> Sample:
    """Ordinary words in places of no meaning: what is odd and has no place is no name for that."""
    chance = values.chance
    text, spans = sample.text, sample.spans
    places = [match.end() for match in re.finditer(r"\s", text)]
    places = [at for at in places if not any(start < at < end for start, end, _ in spans)]
    for at in sorted(chance.sample(places, min(len(places), chance.choice((1, 2, 3, 4)))), reverse=True):
        word = chance.choice(values.ordinary)
        if values.language == "en" and chance.random() < 0.3:
            word = word.capitalize()
        if text == text.lower():
            word = word.lower()
        added = word + chance.choice((" ", " ", " ", ", ", ". "))
        spans = [(s + len(added), e + len(added), label) if s >= at else (s, e, label) for s, e, label in spans]
        text = text[:at] + added + text[at:]
    return Sample(text, spans)


_OCR = {"l": "1", "o": "0", "O": "0", "i": "l", "m": "rn", "S": "5"}


def distort(sample: Sample, chance: random.Random) -> Sample:
    """Sometimes lower case without punctuation, as speech recognition writes; sometimes capitals; sometimes misread letters."""
    roll = chance.random()
    if roll < 0.16:
        return _mapped(sample, lambda char: "" if char in '.,;:!?"' and chance.random() < 0.9 else char.lower())
    if roll < 0.22:
        return _mapped(sample, str.lower)
    if roll < 0.25:
        return _mapped(sample, str.upper)
    if roll < 0.28:
        return _mapped(sample, lambda char: _OCR.get(char, char) if chance.random() < 0.15 else char)
    return sample


def _mapped(sample: Sample, change) -> Sample:  # type: ignore[no-untyped-def]
    places = [0]
    pieces = []
    for char in sample.text:
        new = change(char)
        pieces.append(new)
        places.append(places[-1] + len(new))
    return Sample("".join(pieces), [(places[start], places[end], label) for start, end, label in sample.spans])


def stream(seed: int) -> Iterator[Sample]:
    """Texts without end, a little more German than English: annotated texts, or one to five sentences joined as in mails and notes."""
    chance = random.Random(seed)
    sources = {
        language: (templates(language), annotated(language), Values(language, chance)) for language in ("de", "en")
    }
    while True:
        language = "de" if chance.random() < 0.55 else "en"
        lines, texts, values = sources[language]
        if chance.random() < 0.7:
            yield distort(inserted(fill_annotated(chance.choice(texts), values), values), chance)
            continue
        parts = [
            address_line(language, values) if chance.random() < 0.06 else fill(chance.choice(lines), values)
            for _ in range(chance.choice((1, 1, 2, 3, 4, 5)))
        ]
        text, spans = "", []
        for part in parts:
            if text:
                text += chance.choice(("\n", "\n", " ", "\n\n"))
            spans += [(start + len(text), end + len(text), label) for start, end, label in part.spans]
            text += part.text
        yield distort(inserted(Sample(text, spans), values), chance)
