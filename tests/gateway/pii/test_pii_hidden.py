"""What is hidden, misread, spoken or stands in tables is found all the same, and comes back exactly as it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.gateway.pii import anonymize, deanonymize
from workbench.gateway.pii.views import as_digits, clean


def found(text: str) -> set[str]:
    result = anonymize({"text": text})
    assert deanonymize(result.texts["text"], result.mapping) == text
    return {text[finding.start : finding.end] for finding in result.findings["text"]}


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("Call me on +44 20 79\u200b46 0958 after the demo.", "+44 20 79\u200b46 0958"),
        ("Write to rachel\u00ad@northwind.example today please.", "rachel\u00ad@northwind.example"),
        ("The number is +44 ２０ ７９４６ ０９５８ as before.", "+44 ２０ ７９４６ ０９５８"),
        ("Tel.: O3731 / 2O 44 17 im Büro", "O3731 / 2O 44 17"),
        ("mail it to anna dot keller at northwind dot example please", "anna dot keller at northwind dot example"),
        ("schreiben sie an a punkt wojcik ät meridian minus verpackung punkt de", "a punkt wojcik ät meridian minus verpackung punkt de"),
        ("my mobile is oh seven seven double oh nine hundred six three one thanks", "oh seven seven double oh nine hundred six three one"),
        ("ich bin unter null eins sieben drei vier vier zwo neun acht null sechs zu erreichen", "null eins sieben drei vier vier zwo neun acht null sechs"),
        ("That is spelled S-I-O-B-H-A-N, right?", "S-I-O-B-H-A-N"),
        ("mit S wie Samuel, Z wie Zacharias, Y wie Ypsilon bitte", "S wie Samuel, Z wie Zacharias, Y wie Ypsilon"),
        ("customer_id;name;city\nC-10391;Ioanna Papadaki;Piraeus\n", "C-10391"),
        ('{"geburtsdatum": "1979-11-23", "status": "neu"}', "1979-11-23"),
        ("DB_PASS=Wurzelwerk_88!x\nDB_NAME=angebote", "Wurzelwerk_88!x"),
        ("export OPS_TOKEN=qT4rN-88zL-vB2m # do not share", "qT4rN-88zL-vB2m"),
        ("redis://:p4ssThe5alt@cache:6379/0 is the address", "p4ssThe5alt"),
        ("Der Transporter GE-RT 904 steht an Rampe zwei.", "GE-RT 904"),
        ('{"owner": "J\\u00fcrgen M\\u00fcller", "n": 3}', "J\\u00fcrgen M\\u00fcller"),
        ('{"args": "{\\"who\\": \\"Katrin\\\\u0020Hollmann\\"}"}', "Katrin\\\\u0020Hollmann"),
        ("Write to katrin.hollmann\\u0040othermail.example today.", "katrin.hollmann\\u0040othermail.example"),
        ("Write to katrin.hollmann&#64;othermail.example today.", "katrin.hollmann&#64;othermail.example"),
        ("Write to katrin.hollmann%40othermail.example today.", "katrin.hollmann%40othermail.example"),
        ("Please ask J&uuml;rgen&nbsp;M&uuml;ller about it.", "J&uuml;rgen&nbsp;M&uuml;ller"),
        ("Ship to Unit 4, Tannery Court, 18 Bell Lane, Leeds LS2 8JT please", "Unit 4, Tannery Court, 18 Bell Lane, Leeds LS2 8JT"),
    ],
)  # fmt: skip
def test_hidden_spoken_and_structured_data_is_found_whole(text, personal) -> None:
    covered = [value for value in found(text) if personal in value]
    assert covered, found(text)


def test_a_bar_of_a_table_is_no_figure_of_the_number_beside_it() -> None:
    table = "| Name | Phone |\n|---|---|\n| Peter Lindqvist | 0171 2345679 |\n"
    assert anonymize({"text": table}).texts["text"].endswith("| [PERSON_1] | [PHONE_1] |\n")


@pytest.mark.parametrize(
    "text",
    [
        "We sold twenty one units for three thousand euros, two more than planned.",
        "Das kostet dreitausendachthundert Euro, zwei mehr als vier.",
        "status;count;price\nopen;12;84.000,00\nclosed;7;1.200,00\n",
        "Art. no. 88-4120-7 and version 2.14.3 ship in Q3.",
        "RETRIES=5\nTIMEOUT=30s\nREGION=north",
        '{"name": "Rahmenvertrag Holz & Co", "active": true, "count": "12"}',
    ],
)
def test_figures_and_settings_stay_readable(text) -> None:
    assert found(text) == set()


@given(st.text() | st.text(alphabet="\\\\u0&#64;%4C3BaJ\u200b ü"), st.booleans())
def test_a_view_leads_back_to_the_text(text, escapes) -> None:
    view = clean(text, escapes=escapes)
    for at in range(len(view.text)):
        start, end = view.original(at, at + 1)
        assert 0 <= start < end <= len(text)
    whole = view.original(0, len(view.text))
    assert text[whole[0] : whole[1]].strip("\u200b\u00ad") in text


@given(st.text(alphabet="0123456789OolI| -/.abAB"))
def test_digits_take_the_place_of_letters_one_for_one(text) -> None:
    assert len(as_digits(text)) == len(text)
