"""Presidio's AnalyzerEngine with our recognizers: no language model of spaCy, no download, no context words.

Importing this module imports Presidio (about 70 MB, since Presidio itself imports spaCy's library); the rest of the
package reaches it only through ``scrubber()`` at first use.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, cast

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from . import patterns, people, phones, spoken, structured
from .labels import NUMBER_TYPES, blank_out, numbers_of, people_of, places_of, settled, with_surname
from .model import TokenClassifier, default_directory
from .values import DEFAULT_TYPES, PLACEHOLDER_TYPES, Finding, ScrubberUnavailable
from .views import View, as_digits, clean, has_escapes

LANGUAGES = ("en", "de")
_KNOWN_TEXTS = 4_096

_PATTERNS: tuple[tuple[str, tuple[str, ...], patterns.Recognizer], ...] = (
    ("email", ("EMAIL",), patterns.emails),
    ("url", ("URL",), patterns.urls),
    ("handle", ("HANDLE",), patterns.handles),
    ("ip", ("IP_ADDRESS",), patterns.ip_addresses),
    ("iban", ("IBAN",), patterns.ibans),
    ("card", ("CREDIT_CARD",), patterns.credit_cards),
    ("secret", ("SECRET",), patterns.secrets),
    ("national_id", ("NATIONAL_ID",), patterns.national_ids),
    ("customer_id", ("CUSTOMER_ID",), patterns.customer_ids),
    ("birth_date", ("DATE_OF_BIRTH",), patterns.birth_dates),
    ("license_plate", ("LICENSE_PLATE",), patterns.license_plates),
    ("organisation", ("ORG",), patterns.organisations),
    ("phone", ("PHONE",), phones.phones),
    ("speaker", ("PERSON",), people.speakers),
    ("addressed", ("PERSON",), people.addressed),
    ("address", ("ADDRESS",), people.addresses),
    ("spoken_number", ("PHONE",), spoken.spoken_numbers),
    ("spoken_address", ("EMAIL",), spoken.spoken_addresses),
    ("spelled", ("PERSON",), spoken.spelled_names),
    ("field", structured.TYPES, structured.fields),
)


#: What is looked for once more where a scan took letters for digits.
_OF_DIGITS = (phones.phones, patterns.ibans, patterns.national_ids, patterns.customer_ids, patterns.credit_cards, patterns.license_plates, people.addresses)  # fmt: skip


def _without_bars(finding: Finding, text: str) -> Finding:
    """A bar at the edge of a number is one of a table, not a misread 1."""
    value = text[finding.start : finding.end]
    start = finding.start + len(value) - len(value.lstrip("| "))
    return replace(finding, start=start, end=start + len(value.strip("| ")))


class NoNlp(NlpEngine):
    """Presidio asks for tokens and lemmas; our recognizers need none, so this engine gives none."""

    def load(self) -> None:
        """Do nothing: there is nothing to load."""

    def is_loaded(self) -> bool:
        """Return True."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Return empty artifacts."""
        return NlpArtifacts([], cast(Any, []), [], [], self, language)

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **kwargs: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Return empty artifacts for each text."""
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:
        """Return False: no words are looked at."""
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """Return False: no words are looked at."""
        return False

    def get_supported_entities(self) -> list[str]:
        """Return an empty list."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Return English and German."""
        return list(LANGUAGES)


class NoContext(ContextAwareEnhancer):
    """Leaves every score as the recognizer gave it; our patterns look for their labels themselves."""

    def __init__(self) -> None:
        """Set Presidio's parameters to values without effect."""
        super().__init__(0.0, 0.0, 0, 0)

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        """Return the results as they are."""
        return raw_results


class FunctionRecognizer(EntityRecognizer):
    """A pattern function as a Presidio recognizer."""

    name: str

    def __init__(self, name: str, types: tuple[str, ...], find: patterns.Recognizer, language: str) -> None:
        """Wrap ``find``, which yields findings of ``types``."""
        self._find = find
        super().__init__(supported_entities=list(types), name=name, supported_language=language)

    def load(self) -> None:
        """Do nothing: patterns are compiled at import."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        """Return what the function finds, among ``entities``."""
        return [_result(found, self.name) for found in self._find(text) if found.type in entities]


class ModelRecognizer(EntityRecognizer):
    """The Rampart model as a Presidio recognizer, with the checks that keep ordinary words and amounts readable."""

    name: str

    def __init__(self, model: TokenClassifier, language: str) -> None:
        """Use an already loaded model."""
        self._model = model
        super().__init__(
            supported_entities=["PERSON", "ADDRESS", "PLACE", *dict.fromkeys(NUMBER_TYPES.values())],
            name="rampart",
            supported_language=language,
        )

    def load(self) -> None:
        """Do nothing: the model comes loaded."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        """Return the model's findings, among ``entities``."""
        spans = self._model.spans(blank_out(text))
        people = people_of(text, spans)
        if self.supported_language == "en":
            people = (with_surname(text, finding) for finding in people)
        found = [*settled(text, list(people)), *places_of(text, spans), *numbers_of(text, spans)]
        return [_result(finding, self.name) for finding in found if finding.type in entities]


def _result(finding: Finding, name: str) -> RecognizerResult:
    return RecognizerResult(
        finding.type,
        finding.start,
        finding.end,
        finding.score,
        recognition_metadata={RecognizerResult.RECOGNIZER_NAME_KEY: finding.source or name},
    )


_KNOWN_TEXT = (
    "Teilgenommen haben Sabine Krause, Peter Lindqvist und Mehmet Yilmaz. Priya Raman called from London.\n"
    "Please send the offer over 25,000 EUR to anna.keller@example.com, IBAN DE89 3704 0044 0532 0130 00, on Tuesday."
)
_KNOWN_NAMES = ("Sabine Krause", "Peter Lindqvist", "Mehmet Yilmaz", "Priya Raman")
_KNOWN_OTHERS = ("anna.keller@example.com", "DE89 3704 0044 0532 0130 00")


class Detector:
    """The loaded engine. Build it once per process."""

    def __init__(self, directory: Path | None = None) -> None:
        """Load the model, build the engine and check it against a known text.

        Args:
            directory: The model's directory; None means ``default_directory()``.

        Raises:
            ScrubberUnavailable: The model is missing or altered, or finds other than it must in the known text.
        """
        self._known: OrderedDict[tuple[bytes, str, frozenset[str]], tuple[Finding, ...]] = OrderedDict()
        self._lock, self._secret = threading.Lock(), os.urandom(32)
        try:
            self._build(TokenClassifier(directory or default_directory()))
        except ScrubberUnavailable:
            # Integers of eight bits go wrong on some processors; then as published, only slower, or not at all.
            self._known.clear()
            self._build(TokenClassifier(directory or default_directory(), eight_bits=False))

    def _build(self, model: TokenClassifier) -> None:
        recognizers: list[EntityRecognizer] = []
        for language in LANGUAGES:
            recognizers.extend(FunctionRecognizer(name, types, find, language) for name, types, find in _PATTERNS)
            recognizers.append(ModelRecognizer(model, language))
        self._engine = AnalyzerEngine(
            registry=RecognizerRegistry(recognizers=recognizers, supported_languages=list(LANGUAGES)),
            nlp_engine=NoNlp(),
            supported_languages=list(LANGUAGES),
            context_aware_enhancer=NoContext(),
        )
        self._check(model)

    def _check(self, model: TokenClassifier) -> None:
        by_model = {_KNOWN_TEXT[found.start : found.end] for found in people_of(_KNOWN_TEXT, model.spans(_KNOWN_TEXT))}
        findings = self.find(_KNOWN_TEXT, "de", DEFAULT_TYPES)
        found = {_KNOWN_TEXT[finding.start : finding.end] for finding in findings}
        eager = any("25,000" in value or "Tuesday" in value for value in found)
        if by_model != set(_KNOWN_NAMES) or not {*_KNOWN_NAMES, *_KNOWN_OTHERS} <= found or eager:
            raise ScrubberUnavailable("The detector did not find what it must find in its check text.")

    def find(self, text: str, language: str, types: frozenset[str]) -> list[Finding]:
        """Find personal data.

        Args:
            text: Any text.
            language: "en" or "de".
            types: The placeholder types to look for.

        Returns:
            Findings in any order; they may overlap.
        """
        # A conversation is sent again with every turn; what was looked at is known by a keyed hash, and only places and types are kept.
        key = blake2b(text.encode("utf-8", "surrogatepass"), key=self._secret, digest_size=32).digest(), language, types
        with self._lock:
            if (known := self._known.get(key)) is not None:
                self._known.move_to_end(key)
                return list(known)
        found = self._find(text, language, types)
        with self._lock:
            self._known[key] = tuple(found)
            if len(self._known) > _KNOWN_TEXTS:
                self._known.popitem(last=False)
        return found

    def _find(self, text: str, language: str, types: frozenset[str]) -> list[Finding]:
        entities = [type_ for type_ in PLACEHOLDER_TYPES if type_ in types and type_ not in ("MARKED", "LITERAL")]
        if not entities or not text.strip():
            return []
        found = self._seen(clean(text), language, entities, types)
        if has_escapes(text):
            # In both ways: what is written out may end where an escape says a quotation mark, and the other way round.
            found += self._seen(clean(text, escapes=True), language, entities, types)
        return found

    def _seen(self, view: View, language: str, entities: list[str], types: frozenset[str]) -> list[Finding]:
        """What is found in a view, at its places in the text."""
        found = [
            Finding(
                result.start,
                result.end,
                result.entity_type,
                float(result.score),
                str(result.recognition_metadata[RecognizerResult.RECOGNIZER_NAME_KEY]),
            )
            for result in self._engine.analyze(view.text, language, entities=entities)
        ]
        mended = as_digits(view.text)
        if mended != view.text:
            found += [_without_bars(f, view.text) for find in _OF_DIGITS for f in find(mended) if f.type in types]
        if view.places is None:
            return found
        return [Finding(*view.original(f.start, f.end), f.type, f.score, f.source) for f in found]
