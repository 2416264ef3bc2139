"""What people say aloud: numbers digit by digit, addresses with "dot" and "at", names spelled letter by letter.

Speech recognition writes these as words. Found are runs long enough to be no figure of speech; sums of money, which are
said as one number ("dreitausend", "forty thousand"), are none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .values import Finding

_DIGIT = (
    r"(?:null|zero|oh|eins|ein|one|zwei|zwo|two|drei|three|vier|four|fünf|five|sechs|six|sieben|seven|acht|eight|neun|nine|"
    r"(?:double|triple|doppel)[ -]?(?:null|zero|oh|one|two|three|four|five|six|seven|eight|nine|eins|zwei|zwo|drei|vier|fünf|sechs|sieben|"
    r"acht|neun)|\d)"
)
_TENS_DE = r"(?:zwanzig|dreißig|dreissig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig)"
_TENS_EN = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_PAIR = (
    rf"(?:zehn|elf|zwölf|(?:drei|vier|fünf|sech|sieb|acht|neun)zehn|(?:(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)und)?{_TENS_DE}|"
    rf"ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|{_TENS_EN}(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|\d\d)"
)
_GAP = r"(?:[ \t]*[,.\-–/]?[ \t]*(?:(?:strich|bindestrich|minus|dash|slash|schrägstrich|dann|then|pause|und|and)[ \t]+)?\n?)"
_ANY = rf"(?:{_PAIR}|{_DIGIT}(?:[ ]hundred)?|{_DIGIT}hundert)(?!\w)"
# A dialled number begins with a nought, a plus or its label; any other run needs five single digits.
_DIALLED = re.compile(rf"(?<!\w)(?:plus{_GAP}{_ANY}|(?:null|zero|oh|0)(?!\w))(?:{_GAP}{_ANY}){{4,16}}", re.IGNORECASE)
_READ_OUT = re.compile(rf"(?<!\w){_DIGIT}(?!\w)(?:{_GAP}{_DIGIT}(?!\w)){{4,20}}(?:{_GAP}{_ANY}){{0,6}}", re.IGNORECASE)
_LABELLED = re.compile(
    r"(?i:(?<!\w)(?:nummer|number|durchwahl|extension|handy|mobil|telefon|phone|vertrag|contract|kunden?|customer|police|policy|konto|account|"
    r"pin|code|kennung)(?:nummer|[ ]?number)?(?:[ ](?:ist|lautet|is|die|the|unter|on|at))?[ :,]{1,3})"
    rf"(?P<v>(?i:{_DIGIT}(?!\w)(?:{_GAP}{_ANY}){{2,16}}))"
)
_CHECK_WORDS = re.compile(r"[a-zäöüß]", re.IGNORECASE)


def spoken_numbers(text: str) -> Iterator[Finding]:
    """Numbers read out digit by digit, in English and German; at least one digit is a word, the others may be figures."""
    for pattern, score in ((_DIALLED, 0.9), (_READ_OUT, 0.8), (_LABELLED, 0.8)):
        group = "v" if "v" in pattern.groupindex else 0
        for match in pattern.finditer(text):
            if _CHECK_WORDS.search(match.group(group)):
                yield Finding(match.start(group), match.end(group), "PHONE", score, "spoken_number")


_DOT = r"(?:[ ]?(?:\.|\(dot\)|\[dot\]|\(punkt\)|\[punkt\])[ ]?|[ ](?:dot|punkt|point)[ ])"
_JOIN = rf"(?:{_DOT}|[ ](?:minus|bindestrich|strich|dash|hyphen|unterstrich|underscore)[ ]|[-_])"
_AT = r"(?:[ ]?(?:\(at\)|\[at\]|\{at\}|@|\(ät\)|⓪)[ ]?|[ ](?:at|ät|ett|klammeraffe)[ ])"
# Behind a said "at" the parts of a domain may be said apart: "thandi at u p w print dot co".
_SPOKEN_MAIL = re.compile(
    rf"(?<![\w.@])(?P<v>\w{{1,40}}(?:{_JOIN}\w{{1,40}}){{0,4}}{_AT}(?:\w{{1,40}}[ ]){{0,3}}\w{{1,40}}(?:{_JOIN}\w{{1,40}}){{0,5}}{_DOT}"
    rf"(?:com|de|at|ch|org|net|io|eu|info|example|biz|co(?:{_DOT}(?:uk|nz|in|za|z a|u k))?|uk|ie|in|au|us|tech|dev|app|fr|it|nl|pl))(?!\w)",
    re.IGNORECASE,
)


def spoken_addresses(text: str) -> Iterator[Finding]:
    """E-mail addresses said or written around: "anna punkt keller ät nordwind minus logistik punkt de"."""
    for match in _SPOKEN_MAIL.finditer(text):
        yield Finding(match.start("v"), match.end("v"), "EMAIL", 0.9, "spoken_address")


_LETTERS = re.compile(r"(?<![\w\-])[A-ZÄÖÜ](?:(?:[ ]?[\-–.][ ]?|,[ ])(?:double[ ])?[A-ZÄÖÜ]){3,24}(?![\w\-])")
_LETTERS_LOWER = re.compile(
    r"(?i:\b(?:spelled|spell that|spelt|buchstabiert?|buchstabiere|that's|also)[ :,]{1,3})(?P<v>[a-zäöüA-ZÄÖÜ](?:[ \-][a-zäöüA-ZÄÖÜ]){2,24})(?!\w)"
)
# Capitals with nothing but blanks between them; fewer than five may be initials or a list.
_LETTERS_APART = re.compile(r"(?<![\w\-])[A-ZÄÖÜ](?:[ ][A-ZÄÖÜ]){4,24}(?![\w\-])")
_AS_IN = re.compile(
    r"(?<!\w)(?:double |doppel-?)?[A-ZÄÖÜa-zäöü][ ]?(?:wie|for|as in|like)[ ]\w{2,20}(?:(?:,|\.\.\.|…)?[ ](?:und |and |then |dann )?(?:double |doppel-?)?"
    r"[A-ZÄÖÜa-zäöü][ ](?:wie|for|as in|like)[ ]\w{2,20}){1,24}"
)
_ALPHABET = (
    r"(?i:Anton|Ärger|Aachen|Berta|Berlin|Cäsar|Chemnitz|Charlotte|Dora|Düsseldorf|Emil|Essen|Friedrich|Frankfurt|Gustav|Goslar|Heinrich|Hamburg|Ida|"
    r"Ingelheim|Julius|Jena|Kaufmann|Köln|Ludwig|Leipzig|Martha|München|Nordpol|Nürnberg|Otto|Oldenburg|Ökonom|Paula|Potsdam|Quelle|Richard|Rostock|"
    r"Samuel|Siegfried|Salzwedel|Schule|Theodor|Tübingen|Ulrich|Unna|Übermut|Viktor|Völklingen|Wilhelm|Wuppertal|Xanthippe|Xanten|Ypsilon|Zacharias|"
    r"Zwickau|Zeppelin|alpha|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliett?|kilo|lima|mike|november|oscar|papa|quebec|romeo|sierra|tango|"
    r"uniform|victor|whiskey|whisky|x-ray|yankee|zulu)"
)
_CALLED_OUT = re.compile(rf"(?<!\w){_ALPHABET}(?:,?[ ]{_ALPHABET}){{2,24}}(?!\w)")


def spelled_names(text: str) -> Iterator[Finding]:
    """Names spelled out: "S-I-O-B-H-A-N", "S I O B H A N", "S wie Samuel, Z wie …", "Berta, Emil, Anton"."""
    for pattern in (_LETTERS, _AS_IN, _CALLED_OUT, _LETTERS_LOWER, _LETTERS_APART):
        group = "v" if "v" in pattern.groupindex else 0
        for match in pattern.finditer(text):
            yield Finding(match.start(group), match.end(group), "PERSON", 0.8, "spelled")
