"""Is a text English or German, or clearly something else? By script and by the small words every sentence needs.

Own word lists of function words, about thirty to eighty for each language. Nothing is loaded and nothing is learned.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

from .values import LanguageUnsupported

_SUPPORTED: dict[str, str] = {
    "en": (
        "the and of to is that for it with as was are be this have not but from they you we will would can could "
        "there their what which when if or an at by he she his her our your has had been were do does did than "
        "then them these those about into just so all very who how up out also because should after before any "
        "some more only my me us i dear hello please thanks thank regards let need want next call meeting yes "
        "okay know think going get like "
        "in on no one two off down over today tomorrow week new price send budget customer decision quote deal contract"
    ),
    "de": (
        "der die das und ist nicht ich wir sie ein eine einen einem einer zu mit auf für von den dem des im am "
        "als auch es an aus bei nach wie noch nur oder aber wenn dass daß sich haben hat hatte war waren wird "
        "werden würde kann können soll sollen muss müssen über unter durch bis zum zur vom ihr ihre ihren uns "
        "unser mir mich dir dich schon sehr mehr so da dann hier bitte danke vielen grüße herr frau sehr geehrte "
        "hallo liebe ja nein kein keine habe sind er man was wer wo weil doch mal ganz gut jetzt heute morgen um "
        "fuer ueber "
        "nächste nächster nächsten nächstes woche kunde kunden angebot preis vertrag gespräch termin klären schicken "
        "will anrufen freitag montag dienstag mittwoch donnerstag braucht möchte gibt"
    ),
}
_OTHERS: dict[str, str] = {
    "fr": (
        "le la les des une et est pas nous vous pour dans que qui sur avec ce cette il elle au aux du plus par ne "
        "se son sa ses leur mais ou où être avoir avons sont été fait comme tout très bonjour merci votre notre "
        "je suis ai en un de à cordialement"
    ),
    "es": (
        "el los las una y es no que para con por su sus como más pero del al se lo le muy está están son este "
        "esta estos hay nos usted ustedes gracias hola buenos fue ser tiene tenemos también cuando todo nuestro "
        "en un de la si ya"
    ),
    "it": (
        "il gli una e è non che per con del della dei delle di da sono nel nella si come più ma anche questo "
        "questa alla al le lo la un in ci abbiamo grazie buongiorno molto essere stato ha hanno suo nostro siamo"
    ),
    "pt": (
        "o os as uma e é não que para com por do da dos das em no na nos mais mas como se seu sua são foi muito "
        "também você obrigado olá temos está este esta ao um de nós isso"
    ),
    "nl": (
        "de het een en van is niet dat op te zijn met voor aan er maar om ook als bij dan naar uit wij we ik je "
        "jij hij zij deze dit heeft hebben wordt worden kan kunnen moet nog wel geen over door onze mijn bedankt "
        "hallo u uw"
    ),
    "pl": (
        "i w na z że się nie do to jest jak o od po za co ale czy dla tak są był była przez oraz też już jego jej "
        "pan pani dziękuję dzień dobry proszę mamy tylko być ich nas przy"
    ),
    "tr": (
        "lütfen kadar müşteri fiyat toplantı teklif sözleşme "
        "ve bir bu da de için ile çok ne var mı mi olarak daha gibi ben sen biz siz o ama en kadar sonra değil "
        "olan oldu teşekkür merhaba ederim sayın şu her ki"
    ),
    "sv": (
        "och att det som en är på för med av den inte ett om har vi jag du de till kan så men från vill ska hej "
        "tack mycket när eller hur också vara"
    ),
    "da": (
        "og at det som en er på for med af den ikke et om har vi jeg du de til kan så men fra vil skal hej tak "
        "meget når eller hvor også være"
    ),
    "cs": (
        "a v na se je že to s z do o ale jako by pro jsem jsme jsou byl tak za po už také nebo od jeho děkuji dobrý den"
    ),
    "ro": ("și în de la cu nu este o un pe care din pentru sunt mai ce să se am ați mulțumesc bună dar noi este"),
    "hu": ("a az és hogy nem is egy ez van meg de volt csak már mint vagy köszönöm ki azt ezt el kell jó nagyon"),
    "fi": ("ja on ei että se hän oli mutta kun niin myös ovat kuin tämä joka me minä kiitos hei jos voi olla mitä"),
}
_WORDS = re.compile(r"[^\W\d_]+")
_SETS = {code: frozenset(words.split()) for code, words in {**_SUPPORTED, **_OTHERS}.items()}
_FOREIGN_MARKS = {
    "pl": "ąćęłńśźż",
    "tr": "ğışİ",
    "cs": "ěřůčšž",
    "ro": "ăâîșțşţ",
    "hu": "őű",
    "es": "ñ¿¡",
    "pt": "ãõ",
    "fr": "œçêèà",
    "it": "ìòù",
    "sv": "å",
    "da": "åæø",
}
_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("ja", "぀-ヿ"),
    ("ko", "가-힯ᄀ-ᇿ"),
    ("zh", "一-鿿㐀-䶿"),
    ("ru", "Ѐ-ӿ"),
    ("el", "Ͱ-Ͽ"),
    ("ar", "؀-ۿ"),
    ("he", "֐-׿"),
    ("hi", "ऀ-ॿ"),
    ("th", "฀-๿"),
)
_SCRIPT_PATTERNS = [(code, re.compile(f"[{chars}]")) for code, chars in _SCRIPTS]
#: The small words of both languages, which are no names wherever they stand.
SMALL_WORDS: frozenset[str] = _SETS["en"] | _SETS["de"]
# Fewer words than this tell nothing: a name and a number are no language.
_FEWEST_WORDS = 4
_SAMPLE = 40_000

Language = Literal["en", "de"]


def _sample(text: str) -> str:
    """The text, or of a long one its beginning, middle and end."""
    if len(text) <= _SAMPLE:
        return text
    third, middle = _SAMPLE // 3, len(text) // 2
    return text[:third] + " " + text[middle : middle + third] + " " + text[-third:]


#: A paragraph of fewer words is too short to be refused for its language.
_PARAGRAPH_WORDS = 25


def require_languages(text: str) -> Language:
    """``detect_language`` for the whole text and for every paragraph of it: a thread may change its language.

    Raises:
        LanguageUnsupported: The whole or a paragraph of 25 words or more is clearly in another language.
    """
    language = detect_language(text)
    for paragraph in re.split(r"\n\s*\n", text):
        if len(paragraph) > 100 and len(_WORDS.findall(paragraph)) >= _PARAGRAPH_WORDS:
            try:
                detect_language(paragraph)
            except LanguageUnsupported as error:
                # A list of names or a table is in no language; only what is clearly another one is refused.
                if error.code != "und":
                    raise
    return language


def detect_language(text: str) -> Language:
    """Return the language of a text as far as scrubbing must know it.

    Args:
        text: Any text. Of more than 40,000 characters the beginning, middle and end are looked at.

    Returns:
        "de" where German words outweigh English ones, else "en"; "en" too where the text is too short to tell (the
        recognizers of both languages run in every case).

    Raises:
        LanguageUnsupported: The text is clearly in another language, or mostly in another script.
    """
    sample = _sample(text)
    letters = sum(1 for char in sample if char.isalpha())
    if letters == 0:
        return "en"
    for code, pattern in _SCRIPT_PATTERNS:
        share = len(pattern.findall(sample)) / letters
        # Japanese mixes kana with Chinese signs, so a tenth of kana is enough; elsewhere a quarter.
        if share > (0.1 if code == "ja" else 0.25):
            raise LanguageUnsupported(code)
    words = Counter(match.group().lower() for match in _WORDS.finditer(sample))
    total = sum(words.values())
    if total < _FEWEST_WORDS:
        return "en"
    # Words that several languages share count for each, so what decides is what each has beyond the other.
    hits = {code: sum(n for word, n in words.items() if word in listed) for code, listed in _SETS.items()}
    lowered = sample.lower()
    for code, marks in _FOREIGN_MARKS.items():
        hits[code] += sum(lowered.count(mark) for mark in marks)
    english, german = hits["en"], hits["de"]
    covered = sum(n for word, n in words.items() if word in _SETS["en"] or word in _SETS["de"])
    other = max(_OTHERS, key=lambda code: hits[code])
    distinct = sum(1 for word in words if word in _SETS[other])
    outweighs = hits[other] >= 3 and hits[other] > 1.25 * covered and hits[other] >= covered + 2
    enough = 2 if total < 15 else 4 if total < 60 else 6
    if distinct >= enough and outweighs and hits[other] >= 0.12 * total:
        raise LanguageUnsupported(other)
    # Prose of forty different words without the small words of either language is in neither, whatever it is.
    small = {match.group() for match in _WORDS.finditer(sample) if match.group()[0].islower()}
    if len(small) >= 40 and len(small & SMALL_WORDS) < 0.06 * len(small):
        raise LanguageUnsupported("und")
    return "de" if german > english else "en"
