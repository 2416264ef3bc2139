"""Scrubbing as this house wants it: with the people it knows, its own patterns and its own words.

The one door to ``workbench.gateway.pii.anonymize`` for everything that has a database. Rules are added only after they were tried on a
text that is pasted for the purpose and kept nowhere.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import record
from policies import permissions
from policies.models import AllowedWord, IdentifierPattern
from workbench.accounts.models import User
from workbench.gateway.pii import (
    NO_RULES,
    NOBODY,
    Anonymized,
    KnownEntity,
    KnownIndex,
    LanguageUnsupported,
    OwnPattern,
    OwnRules,
    PatternRefused,
    anonymize,
    compiled,
)

MAX_SAMPLE = 20_000
FAULTS: dict[str, str | Promise] = {
    "empty": gettext_lazy("The pattern is empty. Write what the number looks like, for example NW-\\d{5}."),
    "too_long": gettext_lazy("The pattern is longer than 200 characters. Split it into two."),
    "not_a_pattern": gettext_lazy("This is not a regular expression. Look for a bracket that is not closed or a repetition of nothing."),
    "unsupported": gettext_lazy("Looking ahead, looking behind and repeating what was found before are not possible, because they can hang. Write the whole number; it is found as a word of its own anyway."),
    "nested": gettext_lazy("A repetition inside a repetition, such as (a+)+, can hang. Repeat once, and say how often: a{1,20}."),
    "matches_nothing_much": gettext_lazy("The pattern fits any word, a single sign or nothing at all; every text would be blackened. Add what is always there, such as the letters in front."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule does to a pasted text: the text as it would leave, and how often the rule applied."""

    text: str
    hits: int


def own_rules() -> OwnRules:
    """The house's patterns and words. Two queries."""
    return OwnRules(
        tuple(OwnPattern(p.name, p.pattern) for p in IdentifierPattern.objects.all()),
        frozenset(word.folded for word in AllowedWord.objects.all()),
    )


_known: tuple[int, KnownIndex] = (0, KnownIndex())


def known_people() -> KnownIndex:
    """Everybody with an entry here, by name and e-mail address. One query; built anew when somebody changed."""
    global _known
    rows = tuple(User.objects.order_by("pk").values_list("first_name", "last_name", "email"))
    key = hash(rows)
    if key != _known[0]:
        entities = [KnownEntity(f"{first} {last}".strip()) for first, last, _ in rows if last]
        entities += [KnownEntity(email, "EMAIL") for _, _, email in rows if email]
        _known = (key, KnownIndex(entities))
    return _known[1]


@dataclass(frozen=True, slots=True)
class House:
    """What scrubbing must know of this house. Can be sent to another process."""

    known: KnownIndex = NOBODY
    own: OwnRules = NO_RULES

    def anonymize(
        self,
        texts: Mapping[str, str],
        *,
        marks: Sequence[str] = (),
        keep: Collection[str] = (),
        language: str | None = None,
    ) -> Anonymized:
        """``gateway.pii.anonymize`` with the people and rules of the house; promises and raises the same."""
        return anonymize(texts, known=self.known, own=self.own, marks=marks, keep=keep, language=language)


def house() -> House:
    """The house as it is now. Three queries."""
    return House(known_people(), own_rules())


def try_pattern(*, pattern: str, sample: str) -> Trial:
    """What a pattern would do to a text. Raises ValidationError with a sentence."""
    try:
        compiled(pattern)
    except PatternRefused as refused:
        raise ValidationError({"value": str(FAULTS[refused.code])}) from None
    rules = own_rules()
    tried = OwnPattern("tried", pattern)
    hits = len(list(OwnRules((tried,)).find(_checked(sample))))
    if not hits:
        raise ValidationError(
            {"sample": _("The pattern finds nothing in this text. Paste one that holds such a number.")}
        )
    return Trial(_scrubbed(sample, OwnRules((*rules.patterns, tried), rules.allowed)), hits)


def try_word(*, text: str, sample: str) -> Trial:
    """What leaving a word readable would do to a text. Raises ValidationError with a sentence."""
    folded = fold(text)
    if len(folded) < 2 or len(folded) > 80 or not any(char.isalpha() for char in folded):
        raise ValidationError({"value": _("A word or name of 2 to 80 characters with at least one letter.")})
    hits = fold(_checked(sample)).count(folded)
    if not hits:
        raise ValidationError({"sample": _("The word does not stand in this text. Paste one in which it does.")})
    rules = own_rules()
    return Trial(_scrubbed(sample, OwnRules(rules.patterns, rules.allowed | {folded})), hits)


def fold(text: str) -> str:
    """A word as it is compared: case and spacing aside."""
    return " ".join(text.casefold().split())


def _checked(sample: str) -> str:
    if not sample.strip():
        raise ValidationError({"sample": _("Paste a text to try it on. It is kept nowhere.")})
    if len(sample) > MAX_SAMPLE:
        raise ValidationError({"sample": _("At most 20 000 characters. A page is enough.")})
    return sample


def _scrubbed(sample: str, rules: OwnRules) -> str:
    try:
        return anonymize({"sample": sample}, known=known_people(), own=rules).texts["sample"]
    except LanguageUnsupported:
        raise ValidationError({"sample": _("This text is neither English nor German. Paste another one.")}) from None


def _require(actor: User) -> None:
    if not permissions.can_manage_scrubbing(actor):
        raise PermissionDenied(_("Scrubbing rules are kept by administrators."))


def add_pattern(*, actor: User, name: str, pattern: str, sample: str) -> IdentifierPattern:
    """Keep a pattern that was tried on ``sample``; the next call obeys it. Raises PermissionDenied, ValidationError."""
    _require(actor)
    try_pattern(pattern=pattern, sample=sample)
    added = IdentifierPattern(name=name.strip(), pattern=pattern, added_by=actor)
    added.full_clean()
    with transaction.atomic():
        added.save()
        digest = hashlib.sha256(pattern.encode()).hexdigest()
        record(action="scrubbing.pattern_added", actor=actor, object_type="pattern", object_id=added.pk, pattern_sha256=digest)  # fmt: skip
    return added


def add_word(*, actor: User, text: str, sample: str) -> AllowedWord:
    """Leave a word of the house readable from the next call on. Raises PermissionDenied, ValidationError."""
    _require(actor)
    try_word(text=text, sample=sample)
    added = AllowedWord(text=" ".join(text.split()), folded=fold(text), added_by=actor)
    try:
        with transaction.atomic():
            added.save()
            record(action="scrubbing.word_added", actor=actor, object_type="word", object_id=added.pk)
    except IntegrityError:
        raise ValidationError({"value": _("This word is on the list already.")}) from None
    return added


@transaction.atomic
def remove_pattern(*, actor: User, pattern: IdentifierPattern) -> None:
    """Take a pattern away. Raises PermissionDenied."""
    _require(actor)
    record(action="scrubbing.pattern_removed", actor=actor, object_type="pattern", object_id=pattern.pk)
    pattern.delete()


@transaction.atomic
def remove_word(*, actor: User, word: AllowedWord) -> None:
    """Have a word looked at again like any other. Raises PermissionDenied."""
    _require(actor)
    record(action="scrubbing.word_removed", actor=actor, object_type="word", object_id=word.pk)
    word.delete()
