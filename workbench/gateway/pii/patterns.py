"""Recognizers that need no model: checked numbers, addresses with a known shape, and what stands behind a label.

Each is a function from a text to findings. A function yields only what its shape or checksum makes likely; what a
label announces ("Kundennummer:", "password is") may be short and odd, what stands alone may not.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator

from .values import Finding

Recognizer = Callable[[str], Iterator[Finding]]

_IS = r"(?:[ \t]{0,3}(?:[:=#]|is|was|ist|lautet|war|are|sind)){0,2}(?:\s{0,2}|[ \t]{2,24})[`\(]?"


def _find(pattern: re.Pattern[str], text: str, type_: str, score: float, source: str) -> Iterator[Finding]:
    """Findings for a pattern: its group "v" where it has one, else the whole match."""
    group: str | int = "v" if "v" in pattern.groupindex else 0
    for match in pattern.finditer(text):
        start, end = match.span(group)
        if end > start:
            yield Finding(start, end, type_, score, source)


_EMAIL = re.compile(
    r"(?<![\w.+\-])(?:mailto:)?(?P<v>[\w][\w.+\-'&]{0,63}@(?:[^\W_](?:[\w\-]{0,61}[^\W_])?\.){1,6}[^\W\d_]{2,24})(?![\w@])"
    r""
)
_EMAIL_SPELLED = re.compile(
    r"(?<![\w.])[\w.+\-]{2,40}\s?(?:\(at\)|\[at\]|\{at\})\s?[\w\-]{2,60}(?:\s?(?:\.|\(dot\)|\[dot\]|"
    r"\(punkt\))\s?[a-zA-Z]{2,12}){1,3}",
    re.IGNORECASE,
)


def emails(text: str) -> Iterator[Finding]:
    """E-mail addresses under any top-level domain, and those written with "(at)"."""
    if "@" in text:
        yield from _find(_EMAIL, text, "EMAIL", 1.0, "email")
    yield from _find(_EMAIL_SPELLED, text, "EMAIL", 0.9, "email")


_URL = re.compile(
    r"(?<![\w@])(?:(?:https?|ftp)://|www\.)[^\s<>\"'«»“”()\[\]{}]{2,2000}"
    r"|(?<![\w@.])(?:[a-z]{2,3}\.)?(?:linkedin\.com|xing\.com|zoom\.us|meet\.google\.com|teams\.microsoft\.com|"
    r"x\.com|twitter\.com"
    r"|facebook\.com|instagram\.com|github\.com)/[^\s<>\"'()\[\]{}]{1,500}",
    re.IGNORECASE,
)


def urls(text: str) -> Iterator[Finding]:
    """Web addresses with a scheme or "www.", and links to profiles and meeting rooms without."""
    for match in _URL.finditer(text):
        end = match.start() + len(match.group().rstrip(".,;:!?…*_`"))
        if end > match.start() + 4:
            yield Finding(match.start(), end, "URL", 1.0, "url")


_HANDLE = re.compile(r"(?<![\w@./+\-])@[A-Za-z_][\w.]{1,30}\w(?![\w@])")
_HANDLE_LABEL = re.compile(
    r"\b(?:(?:twitter|skype|telegram|instagram|github|slack|linkedin|xing)(?:[- ](?:handle|name|id|user))?\s?[:=]|(?:log-?in|benutzer(?:name)?|user(?:name)?)\s?[:=]|(?:log-?in|benutzer|user)(?=\s\w*[._\d])|publickey for|sudo:)\s?"
    r"(?P<v>[A-Za-z][\w.\-:]{2,40}[\w])(?=\s|$|[,;.)])(?!\.\w+/)",
    re.IGNORECASE,
)


def handles(text: str) -> Iterator[Finding]:
    """Names on other platforms: "@somebody" and what stands behind a platform's label."""
    yield from _find(_HANDLE, text, "HANDLE", 0.85, "handle")
    yield from _find(_HANDLE_LABEL, text, "HANDLE", 0.8, "handle")


_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")


def ip_addresses(text: str) -> Iterator[Finding]:
    """IPv4 and IPv6 addresses that the standard library accepts; clock times are none."""
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            value = match.group()
            if len(value) < 6:
                continue
            try:
                ipaddress.ip_address(value)
            except ValueError:
                continue
            yield Finding(match.start(), match.end(), "IP_ADDRESS", 1.0, "ip")


_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \-]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")
_BIC = re.compile(r"\b(?:BIC|SWIFT)(?:[- ]?code)?" + _IS + r"(?P<v>[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b")
_ACCOUNT = re.compile(
    r"(?i:\b(?:konto(?:nummer|nr\.?|-nr\.?)?|kto\.?(?:-?nr\.?)?|bankkonto|bank account(?: (?:number|no\.?))?|account (?:number|"
    r"no\.?) at|(?:bank|,|sort code [\d\-]{6,8}|bsb [\d\-]{6,8}),?\s{1,4}acc(?:ount|t)?\.?|sort code|bsb|blz|bankleitzahl|"
    r"routing (?:number|no\.?)))" + _IS + r"(?P<v>\d[\d \-]{3,24}\d)\b"
)


def iban_checks(value: str) -> bool:
    """Whether an IBAN's check digits are right (ISO 13616, mod 97)."""
    compact = re.sub(r"[ \-]", "", value).upper()
    if not 15 <= len(compact) <= 34:
        return False
    moved = compact[4:] + compact[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def ibans(text: str) -> Iterator[Finding]:
    """IBANs with right check digits; BICs and account numbers behind a label."""
    for match in _IBAN.finditer(text):
        value = match.group()
        # What follows an IBAN may look like a part of it: try shorter ends at spaces.
        while value:
            if value.isascii() and iban_checks(value):
                yield Finding(match.start(), match.start() + len(value), "IBAN", 1.0, "iban")
                break
            cut = max(value.rfind(" "), value.rfind("-"))
            value = value[:cut] if cut > 0 else ""
    yield from _find(_BIC, text, "IBAN", 0.9, "iban")
    yield from _find(_ACCOUNT, text, "IBAN", 0.8, "iban")


_CARD = re.compile(r"(?<![\w.,\-])[2-6](?:[ \-]?[0-9]){12,18}(?![\w\-]|[.,]\d)")


def luhn_checks(digits: str) -> bool:
    """Whether the last digit is right (ISO/IEC 7812-1, Luhn)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def credit_cards(text: str) -> Iterator[Finding]:
    """Card numbers of 13 to 19 digits with a right check digit."""
    for match in _CARD.finditer(text):
        if luhn_checks(re.sub(r"[ \-]", "", match.group())):
            yield Finding(match.start(), match.end(), "CREDIT_CARD", 1.0, "card")


_SECRET_LABEL = re.compile(
    r"(?i:\b(?:pass(?:word|wort|phrase|code)|pwd?|kennwort|zugangscode|geheimnis|api[ _\-]?(?:key|schlüssel)|"
    r"access[ _\-]?(?:key|token|code)|"
    r"secret(?:[ _\-]key)?|auth[ _\-]?token|bearer|token|pin(?:[ \-]?(?:code|nummer))?|tan|meeting[ \-]?id|"
    r"dial[ \-]?in code|einwahlcode|kenncode))"
    r"(?P<is>(?:\s{0,2}(?:[:=]|\bis\b|\bwas\b|\bwar\b|\bist\b|\blautete?\b)){1,2}\s{0,2}|\s(?=[^\s,;]*\d))"
    r"[\"'`„“]?(?P<v>[^\s\"'`„“,;]{4,200}(?:\s\d{3,4}(?=\s\d{3,4}|\s|$|[.,])){0,3})"
)
_SECRET_SHAPES = re.compile(
    r"(?<![\w\-])(?:[sr]k[-_][\w\-]{16,200}|gh[pousr]_\w{20,255}|github_pat_\w{20,255}|AKIA[0-9A-Z]{16}|"
    r"xox[abprs]-[\w\-]{10,200}|AIza[\w\-]{30,60}|"
    r"eyJ[\w\-]{8,2000}\.[\w\-]{8,4000}\.[\w\-]{4,1000}|glpat-[\w\-]{16,100})"
    r"|-----BEGIN [A-Z ]{3,30}-----[\s\S]{20,8000}?-----END [A-Z ]{3,30}-----"
)
_ASSIGNED_SECRET = re.compile(
    r"(?<![\w])(?=\w*(?:PASS(?:WORD|WORT|WD)?|PWD|KENNWORT|TOKEN|SECRET|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY))\w++[ ]?=[ ]?[\"']?(?P<v>[^\s\"'#]{4,200})",
    re.IGNORECASE,
)
# mysql -p'…', curl -u name:…, redis://name:…@host
_COMMAND_SECRET = re.compile(
    r"(?:[ ]-p[\"']?(?P<p>[^\s\"'\-][^\s\"']{3,80})|://[^\s:/@]{0,60}:(?P<u>[^\s@/]{3,120})@|[ ]-u[ ][^\s:]{1,60}:(?P<c>\S{3,80}))"
)
_SECRET_WORD = re.compile(r"[^\W\d_]+[.!?]*\Z")


def secrets(text: str) -> Iterator[Finding]:
    """Passwords, keys and codes: behind a label, or by the shape their issuer gave them."""
    yield from _find(_SECRET_SHAPES, text, "SECRET", 1.0, "secret")
    yield from _find(_ASSIGNED_SECRET, text, "SECRET", 0.9, "secret")
    for match in _COMMAND_SECRET.finditer(text):
        group = match.lastgroup or "p"
        yield Finding(match.start(group), match.end(group), "SECRET", 0.9, "secret")
    for match in _SECRET_LABEL.finditer(text):
        value = match.group("v").rstrip(".!?)")
        # "The password is wrong" names no password; "Password: wrong" does.
        plain = _SECRET_WORD.match(value) is not None and ":" not in match.group("is") and "=" not in match.group("is")
        if len(value) >= 4 and not plain and not value.startswith(("[", "http")):
            yield Finding(match.start("v"), match.start("v") + len(value), "SECRET", 0.9, "secret")


_LABELLED_ID = re.compile(
    r"(?i:(?<!\w)(?:steuer[- ]?(?:id(?:entifikationsnummer|nr\.?)?|nummer|nr\.?|-idnr\.?)|idnr\.?|"
    r"ust\.?[- ]?id(?:[- ]?nr\.?|nummer)?|umsatzsteuer-id|vat(?: (?:id|no\.?|number|"
    r"reg(?:istration)?(?: no\.?)?))|(?:sozial|renten)versicherungs(?:nummer|nr\.?|-nr\.?)|sv[- ]?nummer|"
    r"krankenversicherten(?:nummer|nr\.?)|"
    r"(?:personal)?ausweis(?:nummer|nr\.?|-nr\.?)?|reisepass(?:nummer|nr\.?|-nr\.?)?|pass(?:nummer|"
    r"port(?: (?:number|no\.?))?)|führerschein(?:nummer|nr\.?)?|"
    r"driver'?s? licen[cs]e(?: (?:number|no\.?))?|tfn|abn|ird|medicare|nhs(?: (?:number|no\.?))?|ust-?[il]dnr\.?|sv-?nr\.?|vat reg(?:istration)?|pps(?:n| number)?|pan|aadhaar|(?:national )?insurance (?:number|no\.?)|ni(?:no| number)|"
    r"social security(?: (?:number|no\.?))?|ssn|"
    r"ahv(?:[- ]?(?:nummer|nr\.?))?|tax (?:id|number|no\.?)|ein|national id(?: (?:number|no\.?))?|personalnummer|"
    r"personnel number|employee (?:id|number|no\.?)))"
    + _IS
    + r"(?P<v>(?=[\w./ \-]{0,12}\d)(?:[A-Z0-9][A-Za-z0-9./\-]{3,24}|\d{2}(?= \d))(?: [\dA-Z]{1,6}){0,5})(?![\w])"
)
_ID_SHAPES = re.compile(
    r"(?<![\w\-])(?:\d{3}-\d{2}-\d{4}|756\.\d{4}\.\d{4}\.\d{2}|(?:DE|ATU|CHE[- ]?)\d{8,9}|DE \d{3} \d{3} \d{3}|NL\d{9}B\d{2}|GB ?\d{3} ?\d{4} ?\d{2}|(?:ESX|IE|PL|IT)\d{8,11}|CHE-\d{3}\.\d{3}\.\d{3}|"
    r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D])(?![\w\-])"
)


def national_ids(text: str) -> Iterator[Finding]:
    """Tax, insurance, passport and licence numbers behind a label; those of DE, AT, CH, GB and US also by shape."""
    yield from _find(_LABELLED_ID, text, "NATIONAL_ID", 0.9, "national_id")
    yield from _find(_ID_SHAPES, text, "NATIONAL_ID", 0.85, "national_id")


_CUSTOMER = re.compile(
    r"(?i:(?<!\w)(?:(?:kunden|vertrags|auftrags|bestell|rechnungs|policen|mitglieds|debitoren|vorgangs|fall|ticket|"
    r"angebots|mandanten|versicherungs(?:schein)?|liefer(?:schein)?|kreditoren|personal|mitarbeiter|partner|geräte|zähler)"
    r"[- ]?(?:nummer|nr\.?|id|-nr\.?)(?:[ ](?:bei|mit|von|für)[ ](?:ihnen|uns|euch))?|kd\.?[- ]?nr\.?|kreditor|debitor|(?:vertrag|kaufvertrag|police|flottenpolice|auftrag)[ ](?:nr\.?|nummer)|"
    r"aktenzeichen|(?:customer|client|contract|order|invoice|policy|cust|acct|vendor|supplier|agent|staff|employee|payroll|"
    r"member(?:ship)?|account|case|ticket|debtor|quote|reference|booking|agreement|licence|"
    r"subscriber)[ \-_]?(?:number|no\.?|nr\.?|id|ref(?:erence)?|#)(?:[ ]with[ ](?:us|you))?|(?:your|our)[ ]ref(?:erence)?|ref\.?[ ]cust\.?|mid|"
    r"our account(?=:)))"
    + _IS
    + r"(?P<v>(?=[A-Za-z./_ \-]{0,12}\d)[A-Za-z0-9][A-Za-z0-9./_\-]{1,30}(?: \d{2,6}){0,3})(?![\w])"
)

_DOCUMENT = re.compile(
    r"(?i:(?<!\w)(?:rechnung|auftrag|aufträge|auftraege|vertrag|bestellung|angebot|ticket|invoice|orders?|contract|quote|case|customer|policy|account|acct|"
    r"agreement|vendor|member|polizze|police|kunde|kundin))(?:[ ]?[:=])?[ ]{1,3}[#(`]?"
    r"(?P<v>(?:[A-Z]{1,6}[\-/]?)\d{3,}[\w\-/]{0,20}|[A-Z]{1,5}(?:[\-/.][A-Z0-9]{1,12}){1,4}(?<=\d)|[A-Z]{1,5}[\-/][\w\-/.]{0,16}\d[\w\-/.]{0,6}\w|"
    r"(?:19|20)\d{2}[\-/]\d{3,}|\d{5,12})(?![\w]|[.,]\d|"
    r"[ ]?[€$£%])(?![ ](?:EUR|Euro|USD|CHF|GBP|k|Stück|units))"
)


def customer_ids(text: str) -> Iterator[Finding]:
    """Numbers of customers, contracts, orders, invoices and tickets behind their label."""
    yield from _find(_DOCUMENT, text, "CUSTOMER_ID", 0.8, "customer_id")
    for finding in _find(_CUSTOMER, text, "CUSTOMER_ID", 0.9, "customer_id"):
        value = text[finding.start : finding.end].rstrip("./-_")
        yield Finding(finding.start, finding.start + len(value), finding.type, finding.score, finding.source)


_MONTHS = (
    r"(?:jan(?:uar|uary)?|feb(?:ruar|ruary)?|mär(?:z)?|mar(?:ch)?|apr(?:il)?|mai|may|jun[ie]?|jul[iy]?|aug(?:ust)?|"
    r"sep(?:t|tember)?|o[kc]t(?:ober)?|"
    r"nov(?:ember)?|de[zc](?:ember)?)\.?"
)
_BIRTH = re.compile(
    r"(?<!\w)(?:geb(?:oren|\.)(?:\s(?:am|wurde))?|geburts(?:tag|datum)|born(?:\son)?|date of birth|birth\s?(?:day|"
    r"date)|d\.?o\.?b\.?)"
    r"(?:\s{0,2}(?:[:=(]|is|ist|am|on|the))*\s{0,2}"
    rf"(?P<v>\d{{1,2}}[./\-]\s?\d{{1,2}}[./\-]\s?\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}(?:\.|st|nd|rd|"
    rf"th)?\s(?:of\s)?{_MONTHS}(?:,?\s\d{{2,4}})?|"
    rf"{_MONTHS}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?)",
    re.IGNORECASE,
)


def birth_dates(text: str) -> Iterator[Finding]:
    """Dates that the text calls somebody's birth. Other dates stay readable."""
    yield from _find(_BIRTH, text, "DATE_OF_BIRTH", 0.95, "birth_date")


_PLATE = re.compile(
    r"(?i:\b(?:kfz[- ]?)?kennzeichen|\bnummernschild|\blicen[cs]e plate(?: number)?|\bnumber plate|"
    r"\bregistration(?: number| plate))"
    + _IS
    + r"(?P<v>[A-ZÄÖÜ]{1,3}[\- ]?[A-Z]{0,2}[\- ]?\d{1,4}[A-Z]{0,3}(?: [A-Z]{3})?)(?!\w)"
)


# Britain since 2001, and Germany with its hyphen; what has another shape needs a label.
_PLATE_SHAPES = re.compile(
    r"(?<![\w\-])(?:[A-HJ-PR-Y][A-HJ-PR-Y]\d{2}[ ][A-HJ-PR-Z]{3}|[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}[ ]\d{1,4}[EH]?)(?![\w\-])"
)
_PLATE_NEAR = re.compile(
    r"(?i:\b(?:plate|reg|van|truck|vehicle|veh|car|lorry|fährt|fahrzeug|transporter|lkw|laster|wagen|auto|sprinter|stapler|kfz)\b\.?)[^\n]{0,24}?"
    r"(?<![\w\-])(?P<v>[A-ZÄÖÜ]{1,3}[ \-]?[A-Z]{0,2}[ \-]?\d{1,5}[A-Z]?|[A-Z]{1,3}\d{1,3}[ ]?[A-Z]{3}|\d{4}[ ][A-Z]{3})(?![\w\-])"
)


def license_plates(text: str) -> Iterator[Finding]:
    """Vehicle plates behind a label or near a word for a vehicle; British and German ones also by shape."""
    yield from _find(_PLATE_SHAPES, text, "LICENSE_PLATE", 0.8, "license_plate")
    for match in _PLATE_NEAR.finditer(text):
        if sum(char.isdigit() for char in match["v"]) and sum(char.isalpha() for char in match["v"]):
            yield Finding(match.start("v"), match.end("v"), "LICENSE_PLATE", 0.75, "license_plate")
    yield from _find(_PLATE, text, "LICENSE_PLATE", 0.9, "license_plate")


_LEGAL_FORM = re.compile(
    r"(?<![\w&])(?P<v>(?:[A-ZÄÖÜ0-9][\w&.'+\-]{0,40}(?:[ ](?:&|und|and|of|für)[ ]|[ ])){1,5}"
    r"(?:GmbH(?: & Co\. ?KG(?:aA)?)?|AG(?: & Co\. ?KG(?:aA)?)?|SE|KG|OHG|UG|e\. ?V\.|gGmbH|mbH|KGaA|Inc\.?|Ltd\.?|"
    r"Limited|LLC|LLP|PLC|plc|Corp\.?|Corporation|S\.A\.|B\.V\.|N\.V\.|S\.r\.l\.|SARL))(?!\w)"
)


def organisations(text: str) -> Iterator[Finding]:
    """Firms with their legal form."""
    yield from _find(_LEGAL_FORM, text, "ORG", 0.8, "organisation")
