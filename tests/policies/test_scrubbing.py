"""The house's own patterns and words: tried before they are saved, obeyed by the next call, recorded."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import AuditEvent
from policies import scrubbing
from policies.models import AllowedWord, IdentifierPattern
from workbench.gateway.pii import LanguageUnsupported

pytestmark = pytest.mark.django_db
URL = "/scrubbing/"
SAMPLE = "The site NW-48213 of Falkensee Kühlhaus is theirs, they like the new Coolguard."
PATTERN = {"kind": "pattern", "value": r"NW-\d{5}", "name": "site-number", "sample": SAMPLE}


def test_a_rule_is_tried_on_a_text_and_nothing_is_saved_by_that(cast, sign_in) -> None:
    page = sign_in(cast.administrator).post(URL, PATTERN | {"act": "try"})
    assert page.status_code == 200
    assert "[CUSTOMER_ID_1]" in page.content.decode()
    assert "applied 1 time" in page.content.decode()
    assert "Save the rule" in page.content.decode()
    assert not IdentifierPattern.objects.exists()


def test_a_saved_pattern_is_obeyed_by_the_next_call_and_recorded_without_its_text(cast, sign_in) -> None:
    assert sign_in(cast.administrator).post(URL, PATTERN | {"act": "save"}).status_code == 302
    result = scrubbing.house().anonymize({"a": "We spoke about nw-11111."})
    assert result.texts["a"] == "We spoke about [CUSTOMER_ID_1]."
    assert result.reasons["[CUSTOMER_ID_1]"].source == "own:site-number"
    event = AuditEvent.objects.get(action="scrubbing.pattern_added")
    assert event.actor_id == cast.administrator.pk
    assert "NW" not in str(event.data)


def test_a_word_of_the_house_stays_readable_from_the_next_call_on(cast, sign_in) -> None:
    text = "Please ask Mr Coolguard about it."
    assert "Coolguard" not in scrubbing.house().anonymize({"a": text}).texts["a"]
    word = {"kind": "word", "value": "Coolguard", "sample": SAMPLE, "act": "save"}
    assert sign_in(cast.administrator).post(URL, word).status_code == 302
    assert "Coolguard" in scrubbing.house().anonymize({"a": text}).texts["a"]
    assert "already" in sign_in(cast.administrator).post(URL, word).content.decode()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"value": "(a+)+$"}, "A repetition inside a repetition"),
        ({"value": "NW-("}, "not a regular expression"),
        ({"value": r"(?<=NW)\d+"}, "Looking ahead"),
        ({"value": r"\w*"}, "every text would be blackened"),
        ({"value": r"XX-\d{5}"}, "finds nothing in this text"),
        ({"name": ""}, "A pattern needs a name"),
        ({"name": "a b"}, "Enter a valid"),
        ({"sample": " "}, "Paste a text to try it on"),
        ({"sample": "NW-48213 " * 3000}, "At most 20 000 characters"),
        ({"kind": "word", "value": "7"}, "at least one letter"),
        ({"kind": "word", "value": "Zeppelin"}, "does not stand in this text"),
    ],
)
@pytest.mark.parametrize("act", ["try", "save"])
def test_a_rule_that_cannot_work_is_refused_with_a_reason_and_what_was_typed_stays(
    cast, sign_in, change, told, act
) -> None:
    page = sign_in(cast.administrator).post(URL, PATTERN | change | {"act": act})
    assert page.status_code == 422
    assert told in page.content.decode()
    assert "NW-48213" in page.content.decode() or not (PATTERN | change)["sample"].strip()
    assert not IdentifierPattern.objects.exists()
    assert not AllowedWord.objects.exists()


def test_a_name_is_taken_once(cast) -> None:
    scrubbing.add_pattern(actor=cast.administrator, name="site-number", pattern=r"NW-\d{5}", sample=SAMPLE)
    with pytest.raises(ValidationError):
        scrubbing.add_pattern(actor=cast.administrator, name="site-number", pattern=r"NW-\d+", sample=SAMPLE)


def test_rules_are_removed_and_that_is_recorded(cast, sign_in) -> None:
    pattern = scrubbing.add_pattern(actor=cast.administrator, name="site-number", pattern=r"NW-\d{5}", sample=SAMPLE)
    word = scrubbing.add_word(actor=cast.administrator, text="Coolguard", sample=SAMPLE)
    client = sign_in(cast.administrator)
    assert "site-number" in client.get(URL).content.decode()
    client.post("/scrubbing/remove/", {"pattern": pattern.pk})
    client.post("/scrubbing/remove/", {"word": word.pk})
    assert not IdentifierPattern.objects.exists()
    assert not AllowedWord.objects.exists()
    assert AuditEvent.objects.filter(action__in=("scrubbing.pattern_removed", "scrubbing.word_removed")).count() == 2


@pytest.mark.parametrize("who", ["leader", "rep", "compliance", "trainer"])
def test_only_administrators_keep_the_rules(cast, who) -> None:
    with pytest.raises(PermissionDenied):
        scrubbing.add_word(actor=getattr(cast, who), text="Coolguard", sample=SAMPLE)


def test_colleagues_are_known_by_name_and_address_and_a_new_one_at_once(cast) -> None:
    text = "tell petra wendlandt that it is fine"
    assert "wendlandt" not in scrubbing.house().anonymize({"a": text}).texts["a"]
    cast.outsider.last_name = "Quendolin"
    cast.outsider.save()
    result = scrubbing.house().anonymize({"a": "tell olga quendolin that it is fine"})
    assert result.texts["a"] == "tell [PERSON_1] that it is fine"
    assert result.rules == {"known": 1}


def test_a_thread_with_a_paragraph_in_a_third_language_is_refused() -> None:
    french = (
        "Bonjour Madame, merci pour votre message. Nous avons bien reçu votre offre et nous sommes très intéressés, mais le prix est "
        "trop élevé pour nous cette année. Est-ce que vous pouvez nous faire une autre proposition avant la fin du mois, s'il vous plaît ?"
    )
    english = (
        "Please see the mail below, they want a lower price before the end of the month. We should talk about it today. "
        * 6
    )
    german = "Bitte lesen Sie die Nachricht unten, der Kunde möchte einen besseren Preis bis zum Ende des Monats. Wir sollten heute darüber sprechen."
    with pytest.raises(LanguageUnsupported):
        scrubbing.house().anonymize({"a": f"{english}\n\n{french}"})
    assert scrubbing.house().anonymize({"a": f"{english}\n\n{german}"}).language == "en"
