"""What rests on the source and what does not, in English and German forms, and how fast that is known."""

import re
import sys
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.evidence import gather, sentences
from policies.evidence.number_words import number_words

CALL = (
    "Jonas Feld: Good morning Ms Conti.\n"
    "Ilaria Conti: We run three cold stores with 214 doors. Last August we lost €38,000 of goods.\n"
    "Ilaria Conti: My boss Henrik Aas decides on 9 December 2026. He always says “no sensor without an alarm”.\n"
    "Jonas Feld: Our CoolTrack box costs 84,000 euros with a discount of 15 %, for twenty-five sites.\n"
)
ANRUF = "Wir haben 1.250 Türen und ein Budget von 1,2 Mio. €. Die Entscheidung fällt am 9. Dezember. Angebot der Nordlicht GmbH: 84.000 EUR."


def _open(draft, source=CALL, language="en"):
    return [(mark.kind, mark.text) for mark in gather(draft, [source], language=language).open]


@pytest.mark.parametrize(
    "same",
    [
        "They lost 38,000 EUR.", "They lost 38.000 €.", "They lost EUR 38 000.", "They lost €38k.", "They lost 38 thousand euros.", "They lost 38000.",
        "It costs 84.000 €.", "It costs 84’000.", "A discount of 15 percent.", "15% off.", "For 25 sites.", "There are 3 cold stores.", "three stores",
        "A hundred reasons.", "tausend dank.", "Decision on 09.12.2026.", "Decision on Dec 9.", "Entscheidung am 9. Dezember 2026.", "1. Send the offer\n2. Call again",
    ],
)  # fmt: skip
def test_the_same_figure_or_date_in_another_form_is_found(same) -> None:
    assert _open(same) == []


@pytest.mark.parametrize(
    ("draft", "kind", "words"),
    [
        ("They lost €152,000 a year.", "figure", "€152,000"),
        ("They lost $38,000.", "figure", "$38,000"),
        ("They lost 38,000 %.", "figure", "38,000 %"),
        ("They have 215 doors.", "figure", "215"),
        ("They lost 3.8 thousand.", "figure", "3.8 thousand"),
        ("It costs 84 million.", "figure", "84 million"),
        ("It runs at fifty sites.", "figure", "fifty"),
        ("It starts in five percent of them.", "figure", "five percent"),
        ("It is 39km away.", "figure", "39km"),
        ("They store 500GB.", "figure", "500GB"),
        ("It works 7x better.", "figure", "7x"),
        ("They run approx.500 sites.", "figure", "500"),
        ("They run [500 sites].", "figure", "500"),
        ("They use version 2.4.1.", "figure", "2.4.1"),
        ("The order is AX4711.", "figure", "AX4711"),
        ("Decision on 10 December.", "date", "10 December"),
        ("Decision on 9 December 2027.", "date", "9 December 2027"),
        ("We met at Bergamo Airport.", "name", "Bergamo Airport"),
        ("They use HubSpot.", "name", "HubSpot"),
        ("He says “send it by Friday then”.", "quote", "send it by Friday then"),
    ],
)
def test_what_nobody_said_is_marked(draft, kind, words) -> None:
    assert (kind, words) in _open(draft)


def test_german_forms_and_nouns() -> None:
    assert _open("Sie haben 1250 Türen, 1.200.000 Euro und bis zum 09.12. Zeit.", ANRUF, "de") == []
    assert (
        _open("Die Zusammenfassung nennt Bedarf und Nächste Schritte. Nordlicht GmbH bietet 84 Tsd. €.", ANRUF, "de")
        == []
    )
    assert ("name", "Südwind") in _open("Das Angebot der Südwind GmbH liegt vor.", ANRUF, "de")
    assert ("name", "Kallweit") in _open("Frau Kallweit entscheidet.", ANRUF, "de")
    assert ("figure", "1,3 Mio. €") in _open("Das Budget beträgt 1,3 Mio. €.", ANRUF, "de")


def test_names_of_the_source_and_headings_are_no_marks() -> None:
    draft = "## Next Steps For Us\nSummary:\nHenrik Aas decides, says Ilaria Conti. The CoolTrack’s price stands. “No sensor without an alarm.”"
    assert _open(draft) == []


def test_an_abbreviation_that_a_transcript_spells_is_known() -> None:
    assert _open("They sell a TV remote.", "Uh , the T_V_ remote .") == []


def test_titles_before_a_colon_are_no_marks_but_what_follows_is() -> None:
    draft = "1. **Touch Screen Remotes Too Expensive:** They use HubSpot.\n- Price Strategy: ask Walmart for it.\nSalesforce: they have it."
    assert [text for _kind, text in _open(draft)] == ["HubSpot", "Walmart"]
    assert ("name", "HubSpot") in _open("They like HubSpot: it is quick.")


def test_each_mark_says_where_it_stands_and_what_stands_nearby() -> None:
    evidence = gather("At that rate they lost goods worth €152,000. They run 214 doors.", [CALL])
    wrong, right = evidence.marks
    assert (wrong.line, wrong.near) == (None, ("€38,000", 2))
    assert right.line == 2
    assert evidence.sentences[0][2][0] == 2
    assert [mark.key for mark in evidence.open] == ["figure:€152,000"]


def test_a_sentence_is_led_to_the_line_it_rests_on() -> None:
    draft = "The boss decides in December.\nThe box costs a lot, with a discount."
    assert [row[2][0] for row in gather(draft, [CALL]).sentences] == [3, 4]


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("fiscal twenty twenty two", "fiscal 2022"), ("two thousand twenty two", "2022"), ("in nineteen eighty four", "in 1984"), ("twenty oh five", "2005"),
        ("grew two point five percent", "grew 2.5%"), ("sixty nine point seven million dollars", "$69.7 million"), ("forty two cents", "42 cents"),
        ("a hundred forty basis points", "140 basis points"), ("a hundred and ten", "110"), ("over four thousand stores", "4,000 stores"),
        ("two and a half percent", "2.5 %"), ("three hundred twenty five thousand euros", "€325,000"), ("one point oh five", "1.05"),
        ("a dozen sites", "12 sites"), ("thirty three million dollars", "$33m"),
        ("zweitausendzweiundzwanzig", "2022"), ("zwei Komma fünf Prozent", "2,5 %"), ("dreihundertzwölf Türen", "312 Türen"),
        ("neunzehnhundertachtzig", "1980"), ("anderthalb Millionen Euro", "1,5 Mio. €"), ("zweieinhalb Prozent", "2,5 %"),
        ("fünfzigtausend Euro", "50.000 €"), ("hundertzwanzig", "120"), ("eine Million zweihunderttausend Euro", "1.200.000 Euro") ,
        ("September thirtieth", "30 September"), ("the ninth of December", "Dec 9"), ("am neunten Dezember", "9. Dezember"),
        ("am einundzwanzigsten März", "21.03."),
    ],
)  # fmt: skip
def test_what_was_said_in_words_may_be_written_in_digits(spoken, written) -> None:
    assert _open(written, spoken, "de") == []
    assert _open(spoken, written, "de") == []


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        ("They grew three point five percent.", "three point five percent"),
        ("In fiscal twenty twenty three.", "twenty twenty three"),
        ("Sie zahlen dreißigtausend Euro.", "dreißigtausend Euro"),
        ("Call them on [DATE].", "[DATE]"),
        ("Signed by [Insert name].", "[Insert name]"),
    ],
)
def test_a_spoken_figure_or_a_blank_that_the_source_does_not_hold_is_marked(draft, words) -> None:
    assert words in [text for _kind, text in _open(draft)]


@given(
    st.lists(
        st.sampled_from(
            [
                "one",
                "two",
                "nine",
                "ten",
                "twelve",
                "twenty",
                "ninety",
                "hundred",
                "thousand",
                "million",
                "point",
                "and",
                "a",
                "half",
                "oh",
                "zwei",
                "tausend",
                "komma",
            ]
        ),
        max_size=9,
    )
)
def test_number_words_are_read_in_order_without_overlap_whatever_their_order(words) -> None:
    text = " ".join(words)
    spans = [(start, end) for start, end, _value in number_words(text)]
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert gather(text, [text]).open == ()


@given(st.text(alphabet="0123456789 .,’\nabÄ€%$:-Mio“”", max_size=80))
def test_a_draft_that_copies_its_source_has_no_open_mark(text) -> None:
    assert gather(text, [text]).open == ()


@given(st.text(alphabet="0123456789 .,’\nabÄ€%$:-Mio“”[]", max_size=60))
def test_no_number_of_a_draft_without_a_source_escapes(text) -> None:
    """Numbers of a list, footnotes and digits inside a word (B2B) are the only ones nobody is asked about."""
    marks = gather(text, [""]).marks
    lists = [match.span() for match in re.finditer(r"(?m)^[ \t]*(?:[-*•][ \t]*)?\d{1,2}[.)][ \t]", text)]
    for match in re.finditer(r"(?<!\w)\d+", text):
        footnote = re.fullmatch(r"\[\d{1,2}\]", text[max(0, match.start() - 1) : match.end() + 1])
        if footnote or any(start <= match.start() < end for start, end in lists):
            continue
        assert any(mark.start <= match.start() < mark.end and mark.open for mark in marks), (match[0], text)


@given(st.text(max_size=200))
def test_sentences_lie_apart_and_lose_nothing_but_blanks(text) -> None:
    spans = sentences(text)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(text.split())


def test_the_same_words_are_one_mark() -> None:
    assert len(gather("215 doors. Again 215 doors.", [CALL]).open) == 1


def test_ten_thousand_words_are_compared_without_a_model() -> None:
    source = "\n".join(
        f"Speaker {n}: we have {n} doors and lost {n * 13} euros in store {n % 17} because of sensors"
        for n in range(700)
    )
    assert len(source.split()) > 10_000
    begin = time.perf_counter()
    evidence = gather("We lost 999,999 euros. " * 20 + "We have 350 doors.", [source])
    assert len(evidence.open) == 1
    # Not a benchmark (that is bench/evidence.py): only that nothing grows out of bounds.
    assert time.perf_counter() - begin < 10


@pytest.mark.parametrize(
    "draft",
    [
        "Alpha Beta Gamma " * 800,
        "1,2 " * 2_500,
        " ".join(f"{n},5" for n in range(1_500)),
        "12.3.2027 " * 1_200,
        "".join(f"alpha beta no{n}x\n" for n in range(1_000)),
    ],
    ids=["capitals on one line", "the same figure", "other figures", "dates", "lines"],
)
def test_the_cost_of_a_long_text_grows_with_its_length_alone(draft) -> None:
    """Counted in steps of Python and not in seconds: twice the text is at most two and a half times the work."""

    def steps(text, *sources):
        count = 0

        def tally(frame, event, arg):
            nonlocal count
            count += 1

        sys.setprofile(tally)
        try:
            gather(text, sources)
        finally:
            sys.setprofile(None)
        return count

    half = draft[: len(draft) // 2]
    source = "They pay 84,000 EUR on 1 March. " * 50
    assert steps(draft, source) < 2.5 * steps(half, source)
    # A source of the same kind, in which everything stands, and one in which the same figures stand with another unit.
    assert steps(draft, draft) < 2.5 * steps(half, half)
    assert steps(draft, draft.replace(" ", " € ")) < 2.5 * steps(half, half.replace(" ", " € "))
