"""Telephone numbers, by the numbering plans of the ``phonenumbers`` library (DE, AT, CH, GB, US)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from .values import Finding

# Only what starts like a number one could dial is looked at, so amounts, dates and years cost nothing and never match.
_CANDIDATE = re.compile(
    r"(?<![\w.,/+\-€$£])(?<!\d )(?P<v>(?:\+|00)[1-9](?:[ ()./\-]{0,3}\d){6,14}|\(?0[1-9](?:[ ()./–\-]{0,3}\d){5,12}"
    r"|\(\d{3}\) ?\d{3}[ .\-]\d{4}|(?:1[ .\-])?\d{3}[.\-]\d{3}[.\-]\d{4})(?![\w]|[.,]\d|\s?[€$£%])"
)
_LABEL = re.compile(
    r"(?i:(?<!\w)(?:tel(?:efon|ephone)?(?:nummer)?|phone(?: number)?|mobile?|mobil(?:nummer|telefon)?|"
    r"handy(?:nummer)?|cell|fax|durchwahl|dw|ext(?:ension)?|direct dial|"
    r"rufnummer|call (?:me|us|him|her) (?:at|on)|erreichbar unter|whatsapp)\.?)"
    r"(?:\s{0,2}(?:[:#]|is|ist|lautet|unter|at|on|number|nummer|"
    r"nr\.?)){0,3}\s{0,2}(?P<v>\+?\(?\d(?:[ ()./\-]{0,3}\d){2,14})(?!\w|[.,]\d|\s?[€$£%])"
)
_DATE = re.compile(r"\d{1,2}[./\-]\s?\d{1,2}[./\-]\s?(?:19|20)?\d{2}\b|(?:19|20)\d{2}[./\-]\d{1,2}[./\-]\d{1,2}\b")
_REGIONS = ("DE", "GB", "US", "CH", "AT")


def _valid(value: str) -> bool:
    international = value.startswith(("+", "00"))
    dialled = "+" + value[2:] if value.startswith("00") else value
    dialled = dialled.replace("(0)", "") if international else dialled
    for region in _REGIONS[:1] if international else _REGIONS:
        try:
            number = phonenumbers.parse(dialled, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number) or (international and phonenumbers.is_possible_number(number)):
            return True
    return False


def phones(text: str) -> Iterator[Finding]:
    """Numbers that a numbering plan accepts, and any number of three digits or more behind a label such as "Tel."."""
    for match in _CANDIDATE.finditer(text):
        value = match.group("v")
        if _DATE.match(value) is None and _valid(value):
            yield Finding(match.start("v"), match.end("v"), "PHONE", 1.0, "phone")
    for match in _LABEL.finditer(text):
        value = match.group("v")
        if _DATE.match(value) is None and sum(char.isdigit() for char in value) >= 3:
            yield Finding(match.start("v"), match.end("v"), "PHONE", 0.85, "phone")
