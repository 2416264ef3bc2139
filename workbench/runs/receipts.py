"""The receipt of a call in words: what was replaced, which rule found it, and what a person may do about it."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workbench.gateway.pii import type_of

#: What a recognizer is called on screen; the names come from ``workbench.gateway.pii``.
RULES: dict[str, str | Promise] = {
    "rampart": _("Reads like one (language model on this server)"),
    "repeat": _("Found elsewhere in the text, so here too"),
    "known": _("Known to the workbench"),
    "marked": _("Marked by you"),
    "literal": _("Looks like a placeholder"),
    "email": _("Form of an e-mail address"),
    "url": _("Form of a web address"),
    "handle": _("Form of an account name"),
    "ip": _("Form of an IP address"),
    "iban": _("Bank account, check digits right"),
    "card": _("Card number, check digit right"),
    "secret": _("Form of a password or key, or next to its label"),
    "national_id": _("Form of an identity number"),
    "customer_id": _("Number next to its label"),
    "birth_date": _("Date next to its label"),
    "license_plate": _("Form of a licence plate"),
    "organisation": _("Legal form behind the name"),
    "phone": _("Form of a phone number"),
    "speaker": _("Speaker at the start of a line"),
    "addressed": _("Follows a greeting or form of address"),
    "address": _("Form of a postal address"),
    "spoken_number": _("Number spoken in words"),
    "spoken_address": _("E-mail address spoken in words"),
    "spelled": _("Name spelled letter by letter"),
    "field": _("Field with a telling name"),
}


def rule_word(source: str) -> str:
    """What a recognizer is called on screen."""
    if source.startswith("own:"):
        return gettext("Pattern of the house: %s") % source.removeprefix("own:")
    return str(RULES.get(source, source))


def why(stored: Mapping[str, Any], *, may_unmark: bool) -> list[dict[str, Any]]:
    """One row for each placeholder of a stored preview: what it stands for, why, and whether it can be taken back."""
    rows = []
    for mark, (source, score, count, guess) in stored.get("reasons", {}).items():
        kind = type_of(mark)
        rows.append(
            {
                "mark": mark,
                "original": stored["mapping"][mark],
                "type": kind,
                "rule": rule_word(source),
                "score": round(100 * score),
                "count": count,
                "own": kind == "MARKED",
                "may_leave": may_unmark and guess,
            }
        )
    return rows


def rules_in_words(rules: Mapping[str, int]) -> list[dict[str, Any]]:
    """The rules of a run's receipt with how many stretches each found, most first."""
    return [{"rule": rule_word(name), "count": n} for name, n in sorted(rules.items(), key=lambda item: -item[1])]
