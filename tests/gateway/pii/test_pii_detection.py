"""What is found and what stays readable, on sales texts of our own writing in English and German."""

from __future__ import annotations

import pytest

from workbench.gateway import guard
from workbench.gateway.pii import Anonymized, anonymize, deanonymize


def scrub(text: str, **options: object) -> Anonymized:
    result = anonymize({"text": text}, **options)  # type: ignore[arg-type]
    assert deanonymize(result.texts["text"], result.mapping) == text
    guard.check(result.texts["text"], result.mapping)
    return result


def originals(result: Anonymized) -> dict[str, str]:
    """Original → type."""
    return {original: key[1 : key.rindex("_")] for key, original in result.mapping.items()}


FOUND = [
    # English
    ("Please write to rachel.whitmore@northwind.example before noon.", "rachel.whitmore@northwind.example", "EMAIL"),
    ("Mail me: sam(at)northwind.example, thanks for the call.", "sam(at)northwind.example", "EMAIL"),
    ("Call me on +44 20 7946 0958 after the demo.", "+44 20 7946 0958", "PHONE"),
    ("Her number is (212) 555-2368 and she picks up late.", "(212) 555-2368", "PHONE"),
    ("The card 4111 1111 1111 1111 was declined yesterday.", "4111 1111 1111 1111", "CREDIT_CARD"),
    ("Pay to GB29 NWBK 6016 1331 9268 19 please, not by cheque.", "GB29 NWBK 6016 1331 9268 19", "IBAN"),
    ("Their server is at 192.168.17.4 and it is slow.", "192.168.17.4", "IP_ADDRESS"),
    ("The host fe80::1ff:fe23:4567:890a did not answer.", "fe80::1ff:fe23:4567:890a", "IP_ADDRESS"),
    (
        "See https://crm.example.com/deals/123?owner=7 for the notes.",
        "https://crm.example.com/deals/123?owner=7",
        "URL",
    ),
    ("She is on linkedin.com/in/rachel-whitmore-77 now.", "linkedin.com/in/rachel-whitmore-77", "URL"),
    ("Ping @rwhitmore on the channel when it is done.", "@rwhitmore", "HANDLE"),
    ("The password is Orchid77! and it expires soon.", "Orchid77", "SECRET"),
    ("Use the API key: sk-abcdef0123456789abcdef for the test.", "sk-abcdef0123456789abcdef", "SECRET"),
    ("Customer number: C-48-2210 has three open tickets.", "C-48-2210", "CUSTOMER_ID"),
    ("We sent invoice no. 2026-00871 to them last week.", "2026-00871", "CUSTOMER_ID"),
    ("He was born on 3 May 1975 and retires soon.", "3 May 1975", "DATE_OF_BIRTH"),
    ("His SSN is 536-90-4399, do not store it.", "536-90-4399", "NATIONAL_ID"),
    ("Ship it to 14 Harbour Street, Bristol BS1 4QA by Friday.", "14 Harbour Street, Bristol BS1 4QA", "ADDRESS"),
    ("I met Priya Raman and she liked the pilot.", "Priya Raman", "PERSON"),
    ("Dear Mr. Okonkwo, thank you for your time.", "Okonkwo", "PERSON"),
    ("Thank you for the call.\n\nKind regards\nGareth Llewellyn\nHead of Sales", "Gareth Llewellyn", "PERSON"),
    ("The license plate: KA-PU 4711 is on the form.", "KA-PU 4711", "LICENSE_PLATE"),
    # German
    ("Bitte an k.wendlandt@nordlicht.example schicken, danke.", "k.wendlandt@nordlicht.example", "EMAIL"),
    ("Erreichbar ist sie unter 0171 2345678 ab zehn Uhr.", "0171 2345678", "PHONE"),
    ("Rückruf bitte an +49 (0)89 1234567 oder per Mail.", "+49 (0)89 1234567", "PHONE"),
    ("Durchwahl: 432 beim Empfang verlangen.", "432", "PHONE"),
    ("Die IBAN lautet DE89 3704 0044 0532 0130 00 und ist neu.", "DE89 3704 0044 0532 0130 00", "IBAN"),
    ("Die Kundennummer lautet KD-48291, bitte angeben.", "KD-48291", "CUSTOMER_ID"),
    ("Vertragsnummer: 4500-7781/2 läuft im Herbst aus.", "4500-7781/2", "CUSTOMER_ID"),
    ("Die Steuer-ID 65 929 970 489 steht im Formular.", "65 929 970 489", "NATIONAL_ID"),
    ("Er ist am 12.03.1968 in Kiel geboren, Geburtsdatum: 12.03.1968.", "12.03.1968", "DATE_OF_BIRTH"),
    ("Das Passwort ist Herbst2031x und gilt nur heute.", "Herbst2031x", "SECRET"),
    ("Wir treffen uns in der Lindenallee 12a, 20095 Hamburg am Montag.", "Lindenallee 12a, 20095 Hamburg", "ADDRESS"),
    ("Sehr geehrte Frau Dr. Wendlandt, vielen Dank für das Gespräch.", "Wendlandt", "PERSON"),
    ("Das Gespräch mit Mehmet Yilmaz war sehr gut.", "Mehmet Yilmaz", "PERSON"),
    ("Anbei das Angebot.\n\nMit freundlichen Grüßen\nJörg Abendroth\nVertrieb", "Jörg Abendroth", "PERSON"),
    ("Kennzeichen: M-XY 1234 steht auf dem Parkplatz.", "M-XY 1234", "LICENSE_PLATE"),
]


@pytest.mark.parametrize(("text", "original", "type_"), FOUND)
def test_personal_data_is_found_whole_and_by_its_type(text: str, original: str, type_: str) -> None:
    assert originals(scrub(text)).get(original) == type_


READABLE = [
    "The licence costs 25,000 EUR a year, 10 percent less on renewal; the decision falls on Tuesday, 12 March 2027.",
    "We will know more in May. It may slip to August, but June is realistic; mark the deal as open until then.",
    "Next steps: send the proposal, book the demo, grant access to the sandbox. Budget: 120,000. Close: 2027-03-31.",
    "The rollout covers 1,200 seats on 3 sites; version 4.12.1 went live at 10:30 on the 14th. Uptime 99.95 %.",
    "We compared the CRM with two others; the team wants a rich dashboard and good hope of a fair price.",
    "Die Lizenz kostet 12.500 € pro Jahr, Rabatt 15 %, Entscheidung am Donnerstag, dem 4. Februar 2027, um 10 Uhr.",
    "Im Mai beginnt der Test, im August 2027 der Rollout mit 350 Nutzern. Der Einkauf will 3 Angebote bis Freitag.",
    "Nächste Schritte: Muster schicken, Preise klären, Termin in KW 12. Budget: 80.000 Euro. Laufzeit: 24 Monate.",
    "Umsatz 2026: 4.750.000 EUR, davon 1.250.000 EUR aus Wartung; Wachstum 7,5 Prozent, Marge 31,2 %.",
]


@pytest.mark.parametrize("text", READABLE)
def test_amounts_dates_weekdays_and_ordinary_words_stay_readable(text: str) -> None:
    assert scrub(text).texts["text"] == text


def test_speakers_are_found_in_every_shape_of_a_transcript() -> None:
    zoom = "Oluwaseun: Hello.\nXanthippe Quill: Hi, thanks for joining.\nOluwaseun: Budget: 50,000.\nNext Steps: demo."
    found = originals(scrub(zoom))
    assert found["Oluwaseun"] == found["Xanthippe Quill"] == "PERSON"
    assert "Next Steps" not in found
    vtt = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Quillon Brask>Good morning, shall we start?</v>\n"
    assert originals(scrub(vtt)) == {"Quillon Brask": "PERSON"}
    assert "00:00:01.000 --> 00:00:04.000" in scrub(vtt).texts["text"]


def test_further_occurrences_in_other_inputs_are_replaced_and_share_the_placeholder() -> None:
    texts = {
        "a": "I met Priya Raman yesterday.",
        "b": "Ask priya raman or Raman about it; PRIYA RAMAN knows the price.",
    }
    result = anonymize(texts)
    assert not any(word in result.texts["b"].lower() for word in ("priya", "raman"))
    assert result.texts["a"] == "I met [PERSON_1] yesterday."
    assert all(deanonymize(result.texts[name], result.mapping) == text for name, text in texts.items())
    assert len(set(result.mapping.values())) == len(result.mapping)


def test_a_verb_is_left_alone_where_a_person_has_its_name() -> None:
    result = scrub("Dear Mr. Will Hunter, we will send it. Will Hunter signs, and it will take a day.")
    assert result.texts["text"].count(" will ") == 2
    assert "Hunter" not in result.texts["text"]


def test_marks_are_replaced_everywhere_even_inside_words() -> None:
    result = scrub("Project Zephyr: the Zephyr-Team met. Zephyrs.", marks=["Zephyr"])
    assert result.texts["text"].startswith("Project [MARKED_1]: the [MARKED_1]-Team met. [MARKED_")
    assert {finding.type for finding in result.findings["text"]} == {"MARKED"}


def test_a_mark_inside_a_finding_and_across_two_leaves_nothing() -> None:
    assert "Priya" not in scrub("I met Priya Raman yesterday.", marks=["met Priya"]).texts["text"]
    assert "Raman" not in scrub("I met Priya Raman yesterday.", marks=["met Priya"]).texts["text"]


def test_types_choose_what_is_looked_for() -> None:
    text = "Sabine Krause works for Nordlicht Energie GmbH, mail s.krause@nordlicht.example."
    assert set(originals(scrub(text)).values()) == {"PERSON", "EMAIL"}
    assert set(originals(scrub(text, types={"EMAIL"})).values()) == {"EMAIL"}
    assert originals(scrub(text, types={"ORG"})) == {"Nordlicht Energie GmbH": "ORG"}
    with pytest.raises(ValueError, match="UNHEARD_OF"):
        scrub(text, types={"UNHEARD_OF"})


def test_text_that_looks_like_a_placeholder_is_replaced_itself() -> None:
    result = scrub("The template says [PERSON_1], (email 2) and {{Phone_3}}; Priya Raman wrote it.")
    assert sorted(result.mapping) == ["[LITERAL_1]", "[LITERAL_2]", "[LITERAL_3]", "[PERSON_1]"]
    assert result.mapping["[PERSON_1]"] == "Priya Raman"


def test_findings_are_code_points_in_order_and_name_their_source() -> None:
    text = "📞 Straße: Priya Raman, +44 20 7946 0958, priya@raman.example"
    findings = scrub(text).findings["text"]
    assert [text[f.start : f.end] for f in findings] == ["Priya Raman", "+44 20 7946 0958", "priya@raman.example"]
    assert [f.source for f in findings] == ["rampart", "phone", "email"]


def test_a_long_text_is_scrubbed_to_its_end() -> None:
    filler = "The customer wants to see the report every week and pays in advance for the whole year. " * 60
    text = filler + "\nPlease ask Priya Raman.\n" + filler + "Mehmet Yilmaz signs."
    assert set(originals(scrub(text))) >= {"Priya Raman", "Mehmet Yilmaz"}


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "\x00", "\ud800", "😀", "a" * 5000, "[" * 500, "1", "@", "::", "<v >"]
)
def test_odd_input_comes_back(text: str) -> None:
    scrub(text)
