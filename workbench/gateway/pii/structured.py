"""Exports: in a table with a header line and in key–value text the name of a field says what stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .values import Finding

_KINDS: dict[str, str] = {
    "PERSON": (
        r"(?:(?:full|first|last|given|family|sur|contact|kunden|ansprechpartner|caller|customer|user|display)[ _\-]?name|name(?:_?(?:first|last))?|vorname|nachname|"
        r"familienname|rufname|ansprechpartner(?:in)?|kontakt(?:person)?|contact(?:_?person)?|owner|account_?(?:owner|manager)|sachbearbeiter(?:in)?|"
        r"betreuer(?:in)?|assigned_?to|sales_?rep|rep|bearbeiter(?:in)?|speaker|sprecher(?:in)?|author|autor(?:in)?|absender|empf(?:ä|ae)nger|geschäftsführer|"
        r"inhaber(?:in)?|vertreter(?:in)?|fahrer(?:in)?|driver|requester|reviewer|manager|attendee|teilnehmer)"
    ),
    "EMAIL": r"(?:e?[-_]?mail(?:[ _-]?adresse|[ _-]?address)?)",
    "PHONE": r"(?:(?:tele)?(?:phone|fon)(?:[ _-]?(?:number|nummer|nr))?|tel|mobile?|handy(?:nummer)?|fax|cell|rufnummer|durchwahl|dw|ext(?:ension)?)",
    "ADDRESS": r"(?:(?:street|billing|home|shipping|liefer|rechnungs|post)?[ _]?(?:adresse|address|anschrift)|stra(?:ß|ss)e|street)",
    "DATE_OF_BIRTH": r"(?:geburts(?:datum|tag)|geb[._]?(?:dat(?:um)?)?|date[ _]?of[ _]?birth|birth[ _]?(?:date|day)|dob|born)",
    "CUSTOMER_ID": (
        r"(?:(?:kunden|vertrags|auftrags|kreditor(?:en)?|debitor(?:en)?|personal|mitarbeiter|police|policen|mitglieds)[ _\-]*(?:nr|nummer|no|id)?\.?|kd[ _\-]?nr\.?|"
        r"(?:customer|client|contract|policy|member|employee|staff|account|acct|personnel|cust)[ _\-]?(?:id|no|nr|number|ref|#)\.?)"
    ),
    "NATIONAL_ID": r"(?:ssn|sv[ _\-]?nr\.?|steuer[ _\-]?(?:id|nummer|nr\.?)|ust[ _\-]?id(?:nr)?|vat(?:[ _]?(?:id|no))?|tax[ _]?id|ni(?:no| number)|passport(?:[ _]?(?:no|number))?|ausweis(?:nr|nummer)?|ahv[ _\-]?(?:nr|nummer)?)",
    "IBAN": r"(?:iban|konto(?:nummer|nr)?|bank[ _]?account|account_?number|bic|swift)",
    "HANDLE": r"(?:user(?:[ _]?name)?|db_user|login|handle|skype|slack|twitter|created_?by|updated_?by|angelegt_?von|geändert_?von|benutzer(?:name)?|nutzer|uid)",
    "LICENSE_PLATE": r"(?:kennzeichen|kfz[ _\-]?kennzeichen|plate|license_?plate|registration|reg[ _]?no)",
    "SECRET": (
        r"(?:pass(?:word|wort|wd|phrase)?|pwd|kennwort|secret|token|api[_\-]?key|apikey|private[_\-]?key|access[_\-]?key|pin|client_secret|auth)"
    ),
}  # fmt: skip
#: What a field can hold.
TYPES = tuple(_KINDS)
#: What may stand before the word in a field's name: "db_password". To look for any such word in a text it is left out, since it would be tried anew from every
#: character of a long word.
_BEFORE = {"SECRET": r"[a-z0-9_\-]*"}
_KIND_OF = tuple(
    (type_, re.compile(rf"^{_BEFORE.get(type_, '')}{pattern}$", re.IGNORECASE)) for type_, pattern in _KINDS.items()
)
_ANY_KEY = re.compile("|".join(f"(?:{pattern})" for pattern in _KINDS.values()), re.IGNORECASE)
_JSON = re.compile(
    r"[\"'](?P<k>[\w .\-äöüÄÖÜß]{1,40})[\"'][ \t]*:[ \t]*(?:\"(?P<v>(?:[^\"\\\n]|\\.){1,400})\"|'(?P<s>[^'\n]{1,400})'|(?P<n>[\d.\-]{3,40}))"
)
_ASSIGNED = re.compile(
    r"^[ \t]*(?:export[ ]+|set[ ]+|[-*][ ]+)?(?P<k>[A-Za-z][\w.\-]{1,60})[ \t]*=[ \t]*(?P<q>[\"']?)(?P<v>[^\n\"'#]{2,400}?)(?P=q)[ \t]*(?:#.*)?\r?$",
    re.MULTILINE,
)
_CELL = {d: re.compile(rf"\"((?:[^\"]|\"\")*)\"|([^{re.escape(d)}\n]*)") for d in ",;\t|"}
_EMPTY = re.compile(
    r"(?:n/?a|null|none|true|false|yes|no|ja|nein|unbekannt|unknown|-+|:?-{2,}:?|\d{1,2})", re.IGNORECASE
)
_LEGAL = re.compile(r"\b(?:GmbH|AG|KG|OHG|UG|SE|Ltd|Limited|Inc|LLC|LLP|PLC|plc|Corp|e\.K\.|eG|B\.V\.|S\.A\.)\b|&")


def _kind(name: str) -> str | None:
    name = name.strip(" *_`\"'").strip()
    return next((type_ for type_, pattern in _KIND_OF if pattern.match(name)), None)


def _worth(type_: str, value: str) -> bool:
    """Whether a value can be what its field says: no yes or no, no firm under "name", no number as a person."""
    value = value.strip()
    if len(value) < 2 or _EMPTY.fullmatch(value) or value.startswith(("[", "{", "${", "<")):
        return False
    if type_ == "PERSON":
        return (
            any(char.isalpha() for char in value)
            and not any(char.isdigit() for char in value)
            and len(value.split()) <= 5
            and not _LEGAL.search(value)
        )
    if type_ in ("PHONE", "DATE_OF_BIRTH", "CUSTOMER_ID", "NATIONAL_ID", "IBAN", "LICENSE_PLATE"):
        return any(char.isdigit() for char in value)
    if type_ == "ADDRESS":
        return any(char.isdigit() for char in value)
    if type_ == "EMAIL":
        return "@" in value or "at" in value
    if type_ == "SECRET":
        return len(value) >= 4
    return True


def fields(text: str) -> Iterator[Finding]:
    """Values of JSON fields, of assignments, and of the columns of CSV and Markdown tables, by the field's name."""
    if _ANY_KEY.search(text) is None:
        return
    for match in _JSON.finditer(text):
        if type_ := _kind(match["k"]):
            group = "v" if match["v"] is not None else "s" if match["s"] is not None else "n"
            if _worth(type_, match[group]):
                yield Finding(match.start(group), match.end(group), type_, 0.9, "field")
    for match in _ASSIGNED.finditer(text):
        if (type_ := _kind(match["k"])) and _worth(type_, match["v"]):
            yield Finding(match.start("v"), match.end("v"), type_, 0.9, "field")
    yield from _tables(text)


def _tables(text: str) -> Iterator[Finding]:
    header: dict[int, str] = {}
    width = 0
    delimiter = ""
    at = 0
    for line in text.splitlines(keepends=True):
        body = line.rstrip("\r\n")
        if header and body.count(delimiter) < 1:
            header = {}
        if not header:
            delimiter = max(",;\t|", key=body.count)
            if body.count(delimiter) >= 2 and len(body) < 1000:
                cells = _cells(body, delimiter)
                kinds = {
                    number: type_ for number, (start, end) in enumerate(cells) if (type_ := _kind(body[start:end]))
                }
                # One column by a known name may be chance; a header names several or has nothing but short words.
                if len(kinds) >= 2 or (
                    kinds
                    and all(len(body[s:e].split()) <= 3 and not any(c.isdigit() for c in body[s:e]) for s, e in cells)
                    and delimiter != ","
                ):
                    header, width = kinds, len(cells)
        else:
            cells = _cells(body, delimiter)
            for number, (start, end) in enumerate(cells):
                # Rows of another width have slipped: their columns mean nothing.
                if len(cells) == width and (type_ := header.get(number)) and _worth(type_, body[start:end]):
                    yield Finding(at + start, at + end, type_, 0.9, "column")
        at += len(line)


def _cells(line: str, delimiter: str) -> list[tuple[int, int]]:
    """Where the cells of a line stand, without quotes and blanks around them."""
    places: list[tuple[int, int]] = []
    position = 0
    pattern = _CELL[delimiter]
    while position <= len(line):
        lead = len(line[position:]) - len(line[position:].lstrip(" "))
        match = (
            pattern.match(line, position + lead)
            if line[position + lead : position + lead + 1] == '"'
            else pattern.match(line, position)
        )
        if match is None:
            break
        group = 1 if match.group(1) is not None else 2
        start, end = match.span(group)
        value = line[start:end]
        start += len(value) - len(value.lstrip())
        places.append((start, max(start, start + len(value.strip()))))
        nearest = line.find(delimiter, match.end())
        if nearest == -1:
            break
        position = nearest + 1
    return places
