"""Names by their place in a text (speakers, forms of address, greetings, signatures), and postal addresses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from .language import SMALL_WORDS
from .values import Finding
from .words import AMBIGUOUS, CONTINUATIONS, HONORIFICS, NEVER_NAMES, NOT_SPEAKERS

_CAP = r"[A-ZÀ-ÖØ-ÞŠŽŁĐĆČ][\wÀ-ÿ'’\-]{1,30}"
_INITIAL = r"[A-ZÀ-Þ]\."
_PARTICLE = r"(?:van|von|vom|zu|zum|zur|de|del|della|di|da|der|den|la|le|el|al|bin|ten|ter|Mac|Mc|O['’])"
_NAME = rf"(?:{_CAP}|{_INITIAL})(?:[ ](?:{_PARTICLE}[ ]){{0,2}}(?:{_CAP}|{_INITIAL})){{0,3}}"
_DEGREE = r"(?:(?:Dr|Prof|Dipl\.?-?\w{0,5}|Ing|Mag|med|rer|nat|jur|h\.c|Ph\.?D|MBA|MSc|BSc)\.?(?:[ -]|\b)[ ]?){0,4}"

_SPEAKER = re.compile(
    rf"^(?:\[?[\d:.]{{4,12}}\]?[ \t]{{0,3}}[\-–]?[ \t]{{0,2}})?(?P<v>{_NAME})(?:[ ]?\([^()\n]{{1,40}}\))?[ ]?:(?=\s|"
    rf"$)",
    re.MULTILINE,
)
# "Speaker 1 (Rhys): …"
_SPEAKER_IN_BRACKETS = re.compile(
    rf"^(?:\[?[\d:.]{{4,12}}\]?[ \t]{{0,3}})?(?:Speaker|Sprecher(?:in)?|Person|Participant|Teilnehmer(?:in)?)[ ]?\d{{0,2}}[ ]?\((?P<v>{_NAME})\)[ ]?:",
    re.MULTILINE,
)
_VOICE = re.compile(r"<v(?:\.[\w.]+)?[ \t]+(?P<v>[^<>\n]{1,80})>")
_TEAMS = re.compile(rf"^(?P<v>{_NAME})[ \t]{{1,4}}(?:\d{{1,2}}:)?\d{{1,2}}:\d{{2}}(?:\.\d+)?[ \t]*$", re.MULTILINE)
_TITLE = re.compile(
    rf"(?<!\w)(?:Herrn?|Frau|Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?|Prof\.?|Professor|Doktor)[ ]{_DEGREE}(?P<v>{_NAME})"
)
_GREETING = re.compile(
    rf"(?:(?<=\n)|\A|(?<=[.!?:>] )|(?<=[>\"„“]))[ \t]*(?i:dear|hi|hello|hey|hallo|liebe[rs]?|moin|servus|grüezi|"
    rf"good (?:morning|afternoon|evening)|guten (?:morgen|tag|abend)"
    rf"|sehr geehrte[rs]?|lieber)[ ,]{{1,3}}(?:(?i:herrn?|frau|mr\.?|mrs\.?|ms\.?)[ ])?{_DEGREE}(?P<v>{_NAME})"
)
_CLOSING = re.compile(
    r"^[ \t]*(?:(?:with )?(?:best|kind|warm|many)?\s?(?:regards|wishes|greetings)|sincerely(?: yours)?|"
    r"yours (?:sincerely|faithfully|truly)|cheers|thanks(?: (?:a lot|again|so much))?|"
    r"thank you|best|(?:mit )?(?:freundlichen|besten|herzlichen|vielen|lieben|schönen|viele|beste|liebe|herzliche|"
    r"freundliche|schöne) grü(?:ß|ss)en?(?: aus \w+)?|mfg|lg|vg|bg|gruß|gruss)"
    rf"[ \t]*[,.!]?[ \t]*\r?\n(?:[ \t]*\r?\n){{0,2}}[ \t]*(?:i\.[ ]?[AV]\.[ ]?|"
    rf"ppa\.[ ]?)?{_DEGREE}(?-i:(?P<v>{_NAME}))[ \t]*,?[ \t]*\r?(?:\n|\Z)",
    re.MULTILINE | re.IGNORECASE,
)
_INTRO = re.compile(
    rf"(?<!\w)(?i:my name is|mein name ist|ich heiße|i am called|this is|hier (?:ist|spricht)|contact(?: person)?:|"
    rf"ansprechpartner(?:in)?(?: ist|:)|"
    rf"name:|teilnehmer:|attendees:|participants:|contact name:|kontakt:)[ ]{{1,3}}{_DEGREE}(?P<v>{_NAME}(?:(?:,|"
    rf" und| and)[ ]{_NAME}){{0,8}})"
)


def _tokens(name: str) -> list[str]:
    return [token.strip(".'’-").lower() for token in re.split(r"[ ,]+", name) if token.strip(".'’-")]


_ORDINARY = (SMALL_WORDS | NEVER_NAMES | CONTINUATIONS) - AMBIGUOUS


_SHORT_FORMS = frozenset({"i", "we", "you", "it", "that", "let", "he", "she", "they", "there", "what", "who"})


def _bare(token: str) -> str:
    """A token without what an apostrophe joins to it ("i'm" → "i")."""
    return re.split(r"['’]", token)[0] or token


def looks_like_name(name: str) -> bool:
    """Whether no part of a capitalised name is an ordinary business word and at least one part is clearly a name."""
    tokens = [token for token in _tokens(name) if token not in HONORIFICS]
    ordinary = any(token in _ORDINARY or _bare(token) in _SHORT_FORMS for token in tokens)
    return bool(tokens) and not ordinary and any(len(token) > 1 for token in tokens)


def _speaker_like(name: str) -> bool:
    tokens = _tokens(name)
    return bool(tokens) and not any(token in NOT_SPEAKERS or token.isdigit() for token in tokens)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Cut ordinary words off the end of a name ("Herr Becker Wir" → "Becker")."""
    while start < end:
        words = list(re.finditer(r"[^\s,]+", text[start:end]))
        if len(words) > 1 and words[-1].group().strip(".'’-").lower() in _ORDINARY:
            end = start + words[-2].end()
            continue
        break
    return start, end


def speakers(text: str) -> Iterator[Finding]:
    """Names before a colon at the start of lines, in WebVTT voice tags, and on lines with a time as Teams writes them.

    A label counts when it comes at least twice or has at least two parts, and no part is an ordinary label or role.
    """
    labels = [match for match in _SPEAKER.finditer(text) if _speaker_like(match.group("v"))]
    often = Counter(match.group("v") for match in labels)
    for match in labels:
        name = match.group("v")
        if often[name] >= 2 or (len(_tokens(name)) >= 2 and len(labels) >= 2):
            yield Finding(*match.span("v"), "PERSON", 0.9, "speaker")
    for pattern in (_VOICE, _TEAMS, _SPEAKER_IN_BRACKETS):
        for match in pattern.finditer(text):
            if _speaker_like(match.group("v")):
                yield Finding(*match.span("v"), "PERSON", 0.95, "speaker")


def addressed(text: str) -> Iterator[Finding]:
    """Names behind "Herr", "Ms", "Dear", "my name is", and under a closing formula."""
    for pattern, source, score in (
        (_TITLE, "title", 0.9),
        (_GREETING, "greeting", 0.85),
        (_CLOSING, "signature", 0.85),
        (_INTRO, "introduction", 0.8),
    ):
        for match in pattern.finditer(text):
            start, end = _trim(text, *match.span("v"))
            for part in re.finditer(r"(?:(?!,| und | and ).)+", text[start:end]):
                name = part.group().strip()
                if not name or not looks_like_name(name):
                    continue
                if (
                    source in {"greeting", "introduction"}
                    and all(token in AMBIGUOUS for token in _tokens(name))
                    and len(_tokens(name)) > 1
                ):
                    continue
                begin = start + part.start() + (len(part.group()) - len(part.group().lstrip()))
                yield Finding(begin, begin + len(name), "PERSON", score, source)


_STREET_DE = (
    r"(?:[A-ZÄÖÜ][\wäöüß.\-]{0,40}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|chaussee|markt|graben|"
    r"steig|stieg|promenade|wall)"
    r"|(?:[A-ZÄÖÜ][\wäöüß.]{0,40}[ \-]){1,3}(?:Straße|Strasse|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer|Chaussee|"
    r"Markt|Graben)"
    r"|(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Zum|Zur|Unter den|Hinter der)[ ][A-ZÄÖÜ][\wäöüß\-]{1,40})"
)
_PLACE_DE = (
    r"(?:(?:D|A|CH)[ \-–]{1,3})?\d{4,5}[ ](?:(?:Bad|Sankt|St\.)[ ])?[A-ZÄÖÜ][\wäöüß\-]{1,40}"
    r"(?:[ ](?:am[ ](?:Main|Rhein|Neckar|Inn|Lech|Harz|Bodensee|See|Ammersee)|"
    r"an[ ]der[ ][A-ZÄÖÜ][\wäöüß]{1,30})|/[A-ZÄÖÜ][\wäöüß]{1,30})?"
)
_ADDRESS_DE = re.compile(
    rf"(?<!\w){_STREET_DE}[ ]\d{{1,4}}[ ]?(?:[a-hA-H](?!\w))?(?:[ ]?[\-–/][ ]?\d{{1,4}})?(?:[ ]?[,|·•][ ]?|[ ]in[ ]|[ ]?\r?\n[ ]{{0,30}}|"
    rf"[ ])?(?:{_PLACE_DE})?(?!\w)"
)
_WEAK_DE = re.compile(r"(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Zum|Zur|Unter den|Hinter der) ")
_ADDRESS_EN = re.compile(
    r"(?<![\w.,])\d{1,5}[A-Za-z]?[ ](?:(?:N|S|E|W|North|South|East|West)\.?[ ])?(?:[A-Z][\w'’\-]{1,40}[ ]){1,4}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Square|Sq|Terrace|Way|Place|Pl|Close|"
    r"Crescent|Gardens|Parkway|Pkwy|Highway|Hwy)(?!\w)\.?"
    r"(?:,?[ ](?:Suite|Apt|Apartment|Floor|Unit|#)\.?[ ]?\w{1,6})?"
    r"(?:,[ ][A-Z][\w'’.\-]{1,40}(?:[ ][A-Z][\w'’.\-]{1,40}){0,2})?"
    r"(?:,?[ ][A-Z]{2}[ ]\d{5}(?:-\d{4})?|,?[ ][A-Z]{1,2}\d[A-Z\d]?[ ]\d[A-Z]{2})?(?!\w)"
)
_POST_CODE_ANY = re.compile(
    r"(?<![\w\-])(?:[A-Z]{1,2}\d[A-Z\d]?[ ]\d[ABD-HJLNP-UW-Z]{2}|[A-Z]{2}[ ]\d{5}(?:-\d{4})?|(?:VIC|NSW|QLD|WA|SA|TAS|ACT)[ ]\d{4})(?![\w\-])"
)
# What can stand before a postcode: house names, units, streets and towns, each with capitals or a number, behind commas or on lines of their own.
_BEFORE_CODE = re.compile(
    r"(?:^|[\n:,;(\"|·]|[ ]{2}|\b(?:at|to|is|in)[ ])[ \t]*(?P<v>(?:(?:(?:Unit|Flat|Suite|Shop|Floor|Level|Apt|Apartment|Plot|Room|The|Old)\.?[ ])?"
    r"(?:[A-Z0-9][\w'’.&/\-]*)(?:[ ](?:of|the|upon|on|under|le|la|St\.?|[A-Z0-9][\w'’.&/\-]*)){0,5}(?:,[ ]?|[ ]?\r?\n[ \t]*|[ ]{1,2})){1,5})\Z"
)
_POSTCODE_GB = re.compile(r"(?<![\w\-])[A-Z]{1,2}\d[A-Z\d]?[ ]\d[ABD-HJLNP-UW-Z]{2}(?![\w\-])")
_PO_BOX = re.compile(rf"(?<!\w)(?:Postfach|P\.?O\.? Box)[ ]\d[\d ]{{1,8}}\d(?:,[ ]?{_PLACE_DE})?(?!\w)")


def addresses(text: str) -> Iterator[Finding]:
    """Street addresses of Germany, Austria, Switzerland, Britain and the United States; British postcodes."""
    for match in _ADDRESS_DE.finditer(text):
        value = match.group()
        # "Im Januar 2026" and "Am Montag 12" are no addresses: the weak forms need a postcode behind them.
        if _WEAK_DE.match(value) and not re.search(r"\d{4,5}[ ][A-ZÄÖÜ]", value):
            continue
        yield Finding(match.start(), match.start() + len(value.rstrip(" ,\r\n")), "ADDRESS", 0.9, "address")
    for match in _POST_CODE_ANY.finditer(text):
        before = _BEFORE_CODE.search(text, max(0, match.start() - 120), match.start())
        # A run of capitalised words is a street only with a number in it, or behind a comma.
        if before is not None and re.search(r"\d|,|\n", before["v"]):
            yield Finding(before.start("v"), match.end(), "ADDRESS", 0.85, "address")
    for pattern in (_ADDRESS_EN, _POSTCODE_GB, _PO_BOX):
        for match in pattern.finditer(text):
            yield Finding(match.start(), match.end(), "ADDRESS", 0.85, "address")
