"""The judge names the sentence and the gap, in English and German, without any model."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import rubric
from training.judge import EasilyLost, OpenPoint, Prompt, Sentence, Situation, Typed, judge
from training.judge.text import BOXES, split
from training.words import SENTENCES

CALL = "Feld: Then we are at 40 sensors for Emden.\nOkonjo: When we start I have to ask the port authority.\nOkonjo: You send someone for the first two days."
ENGLISH = Situation(
    "en", "You had a call about sensors with a port. Write a prompt for a recap.", {"transcript": CALL},
    (OpenPoint(("start date", "when they start"), 2, "Line 2 leaves the date open."),), (EasilyLost(("two days",), 3, "Our person on site."),), frozenset({"Feld", "Okonjo"}), "a recap",
)  # fmt: skip
GERMAN = Situation("de", "Du hattest ein Gespräch über Fühler.", {"mitschrift": "Feld: Wir sind bei 40 Fühlern für Emden.\nOkonjo: Den Start muss ich klären."}, (OpenPoint(("starttermin", "wann es losgeht"), 2, "Zeile 2 lässt den Start offen."),), asked_for="ein Protokoll")  # fmt: skip


def levels(situation, typed=(), **boxes):
    return {one.criterion: one.level for one in judge(boxes, situation, typed)}


def said(criterion, situation, typed=(), **boxes):
    return next(one for one in judge(boxes, situation, typed) if one.criterion == criterion)


@pytest.mark.parametrize(
    ("criterion", "boxes", "level", "quote"),
    [
        ("role", {"role": "You are a helpful AI assistant."}, 0, "You are a helpful AI assistant."),
        ("role", {"role": "You are an account manager."}, 1, "You are an account manager."),
        ("role", {"role": "You keep the minutes. You report and do not advise."}, 2, "You keep"),
        ("role", {"role": "You are an account manager. You don't bother about spelling."}, 1, "don't bother about spelling"),
        ("role", {"role": "You are a lion tamer. You never turn your back."}, 1, "You are a lion tamer."),
        ("role", {"role": "You are a port clerk who never guesses."}, 2, "who never"),
        ("situation", {"goal": "Write a recap for everyone, with the main points."}, 0, "Write a recap for everyone, with the main points."),
        ("situation", {"goal": "Write a poem about cranes."}, 0, "Write a poem about cranes."),
        ("situation", {"goal": "Write a mail about the sensors for Emden and who asks the port authority."}, 1, "sensors"),
        ("situation", {"goal": "Write a recap about the sensors."}, 1, "sensors"),
        ("situation", {"goal": "Write a recap about the sensors for the port."}, 2, "sensors"),
        ("reader", {"goal": "Write a recap for anybody, who can then decide."}, 0, "anybody"),
        ("reader", {"goal": "Write a recap for people who were absent, so that they can catch up."}, 0, "people"),
        ("reader", {"goal": "Write a recap for somebody from the port authority, who has not seen it."}, 2, "for somebody from the port authority, who has"),
        ("gaps", {"limits": "If something is missing, make up a nice story."}, 0, "make up a nice story"),
        ("gaps", {"limits": "If something is open, write “open”. Never make up a story."}, 2, "If something is open, write “open”."),
        ("people", {"goal": "Write a mail. Promise them nothing that is not settled yet."}, 2, ""),
        ("people", {"goal": "Write a mail. Agree to no date before the port has answered."}, 2, ""),
        ("people", {"goal": "Write a mail for the fitter, who has to set a date with the port."}, 2, ""),
        ("people", {"goal": "Write a mail for the fitter, who was ill, and set a date with the port."}, 0, "set a date"),
        ("knowable", {"goal": "Write a recap for the planner, who needs a start date by noon."}, 2, ""),
        ("knowable", {"goal": "Write a recap for the planner with the start date."}, 0, "start date"),
        ("knowable", {"limits": "Where there is no price yet, admit it."}, 2, ""),
        ("knowable", {"limits": "If a point has no owner, write that openly."}, 2, ""),
        ("personal", {"limits": "Illness and holidays stay out of it."}, 2, ""),
        ("personal", {"limits": "His illness stays out of it."}, 0, "illness"),
        ("task", {"goal": "Have a look at this."}, 0, "Have a look"),
        ("task", {"goal": "Analyse the call."}, 1, "Analyse"),
        ("task", {"goal": "Write a summary of the call and also a follow-up mail."}, 1, "mail"),
        ("task", {"goal": "Write a recap of the call."}, 2, "recap"),
        ("reader", {"goal": "Write a recap."}, 0, ""),
        ("reader", {"goal": "Write a recap for the customer."}, 1, "for the customer"),
        ("reader", {"goal": "Write a recap for the planner, who was not in the call."}, 2, "for the planner, who was"),
        ("form", {"goal": "Write a short recap."}, 0, ""),
        ("form", {"form": "a list"}, 1, "list"),
        ("form", {"form": "five bullet points"}, 2, "five bullet points"),
        ("material", {"information": "the call of yesterday"}, 0, ""),
        ("material", {"information": "40 sensors for Emden, port authority"}, 1, "40 sensors for Emden, port authority"),
        ("material", {"information": "{transcript}"}, 2, ""),
        ("gaps", {"limits": "Be polite."}, 0, ""),
        ("gaps", {"limits": "Do not invent anything."}, 1, "Do not invent"),
        ("gaps", {"limits": "If something was not mentioned, write “open”."}, 2, "If something was not mentioned, write “open”."),
        ("knowable", {"goal": "Write a recap with the start date."}, 0, "start date"),
        ("knowable", {"goal": "Write a recap. Do not name a start date."}, 2, ""),
        ("knowable", {"goal": "Write a recap with current market prices."}, 0, "current market"),
        ("people", {"goal": "Write a mail and promise delivery by Friday."}, 0, "promise"),
        ("people", {"goal": "Write a mail and recommend a discount."}, 1, "recommend a discount"),
        ("people", {"goal": "Write a mail. Do not promise anything."}, 2, ""),
        ("personal", {"goal": "Mail to the buyer, who is getting divorced."}, 0, "divorced"),
    ],
)  # fmt: skip
def test_it_quotes_the_words_a_level_rests_on(criterion, boxes, level, quote) -> None:
    one = said(criterion, ENGLISH, **boxes)
    assert (one.level, one.evidence[0].text if one.evidence else "") == (level, quote)


@pytest.mark.parametrize(
    ("criterion", "boxes", "level"),
    [
        ("role", {"role": "Du bist ein hilfreicher Assistent."}, 0), ("role", {"role": "Du führst das Protokoll, du berichtest und rätst nicht."}, 2),
        ("task", {"goal": "Schau dir das mal an."}, 0), ("task", {"goal": "Schreib eine Zusammenfassung des Gesprächs."}, 2),
        ("reader", {"goal": "Schreib eine Zusammenfassung für die Kollegin, die den Vertrag schreibt."}, 2), ("reader", {"goal": "Schreib eine Zusammenfassung für den Kunden."}, 1),
        ("form", {"form": "fünf Stichpunkte"}, 2), ("form", {"form": "als Liste"}, 1), ("gaps", {"limits": "Erfinde nichts."}, 1),
        ("gaps", {"limits": "Was nicht erwähnt wurde, kommt unter „Offen“."}, 2), ("knowable", {"goal": "Schreib ein Protokoll mit Starttermin."}, 0),
        ("people", {"goal": "Schreib eine Mail und leg den Rabatt fest."}, 0), ("material", {"information": "{mitschrift}"}, 2),
        ("role", {"role": "Du bist Verkäufer. Rechtschreibung ist dir völlig gleich."}, 1), ("role", {"role": "Du bist Löwenbändiger und drehst nie den Rücken."}, 1),
        ("situation", {"goal": "Schreib ein Protokoll mit allem Wichtigen für alle."}, 0), ("situation", {"goal": "Schreib ein Protokoll zu den Fühlern in Emden."}, 2),
        ("reader", {"goal": "Schreib eine Zusammenfassung für irgendwen, der sie lesen muss."}, 0), ("reader", {"goal": "Schreib eine Zusammenfassung für jemanden aus Emden, der nicht dabei war."}, 2),
        ("gaps", {"limits": "Wo etwas fehlt, erfinde eine schöne Geschichte."}, 0), ("personal", {"limits": "Krankheiten und Familie haben darin nichts zu suchen."}, 2),
        ("personal", {"limits": "Seine Krankheit lässt der Bericht draußen."}, 0), ("people", {"goal": "Schreib eine Mail. Sag ihnen nichts zu, was noch nicht entschieden ist."}, 2),
        ("people", {"goal": "Schreib eine Notiz für den Monteur. Er muss danach den Termin festlegen."}, 2), ("people", {"goal": "Schreib eine Notiz für den Monteur, der krank war, und leg den Termin fest."}, 0),
        ("knowable", {"limits": "Hat etwas noch keinen Preis, dann schreib das dazu."}, 2),
    ],
)  # fmt: skip
def test_it_judges_german_too(criterion, boxes, level) -> None:
    assert said(criterion, GERMAN, **boxes).level == level


def test_a_sentence_counts_whichever_box_it_stands_in() -> None:
    boxes = {
        "goal": "You are a clerk who reports and never advises. Write a recap as a list of at most 100 words. Write “open” where the call says nothing. {transcript}"
    }
    found = levels(ENGLISH, **boxes)
    assert (found["form"], found["gaps"], found["material"]) == (2, 2, 2)


def test_material_that_was_pasted_back_counts_as_inserted_and_not_as_the_learners_words() -> None:
    prompt = Prompt({"information": CALL, "goal": "Write a recap."}, {"transcript": CALL})
    assert prompt.pasted == {"transcript"}
    assert [sentence.text for sentence in prompt.sentences] == ["Write a recap."]
    assert said("material", ENGLISH, information=CALL).code == "material_pasted"


def test_a_mark_that_names_no_material_is_named() -> None:
    one = said("material", ENGLISH, information="{call}")
    assert (one.level, one.code, one.evidence[0].text) == (0, "material_unknown_mark", "{call}")


@pytest.mark.parametrize("mark", ["{offer}", "{Transcript}", "{ transcript }", "{last mail}"])
@pytest.mark.parametrize("box", ["information", "form"])
def test_a_mark_that_names_no_material_is_named_beside_those_that_do(mark, box) -> None:
    boxes = {"information": "{transcript}", "form": ""}
    boxes[box] += f" Besides: {mark}"
    one = said("material", ENGLISH, **boxes)
    assert (one.level, one.code, [place.text for place in one.evidence]) == (1, "material_unknown_mark", [mark])


def test_braces_that_are_no_mark_are_left_alone() -> None:
    form = 'As JSON: {"agreed": [], "open": []}, or {1} and {}'
    assert said("material", ENGLISH, information="{transcript}", form=form).level == 2


def test_what_was_lost_in_a_retelling_is_named_with_its_line() -> None:
    one = said("material", ENGLISH, information="40 sensors for Emden, port authority")
    assert one.facts == {"line": 3, "why": "Our person on site."}


def test_personal_data_shows_what_the_scrubber_makes_of_it() -> None:
    place = Sentence("goal", 8, 19, "Ilaria Conti")
    one = said("personal", ENGLISH, [Typed("PERSON", place, "[PERSON_1]")], goal="Mail to Ilaria Conti.")
    assert (one.level, one.facts) == (1, {"instead": "[PERSON_1]"})
    phone = Typed("PHONE", Sentence("goal", 0, 9, "0664 1234"), "[PHONE_1]")
    assert said("personal", ENGLISH, [phone], goal="0664 1234").level == 0


def test_without_a_scrubber_personal_data_is_not_judged_rather_than_passed() -> None:
    assert said("personal", ENGLISH, None, goal="Write a recap.").level is None


def test_every_code_has_a_sentence_and_every_criterion_its_levels() -> None:
    codes = {
        name
        for name in SENTENCES
        if name.split("_")[0]
        in {"role", "task", "situation", "reader", "form", "material", "gaps", "knowable", "people", "personal"}
    }
    assert {code.split("_")[0] for code in codes} == set(rubric.criteria())
    assert all(len(one.levels) == 3 for one in rubric.criteria().values())


@given(st.dictionaries(st.sampled_from(BOXES), st.text(max_size=300)))
def test_any_text_gets_ten_judgements_and_every_quote_stands_where_it_says(boxes) -> None:
    found = judge(boxes, ENGLISH, ())
    assert [one.criterion for one in found] == list(rubric.criteria())
    for one in found:
        assert one.level in (0, 1, 2)
        assert one.code in SENTENCES
        for place in one.evidence:
            assert 0 <= place.start <= place.end <= len(boxes[place.box])


@given(st.text(max_size=400))
def test_sentences_stand_where_they_say(text) -> None:
    for sentence in split("goal", text):
        assert text[sentence.start : sentence.end] == sentence.text


@pytest.mark.parametrize("unit", ["b. ", "b-", "e.g. ", "y? ", "So that they plan it. ", "q", ", who ", "4 "])
@pytest.mark.parametrize("situation", [ENGLISH, GERMAN], ids=["en", "de"])
def test_a_hundred_thousand_characters_are_judged_at_once_even_where_no_sentence_ends(unit, situation) -> None:
    text = (unit * 100_000)[:100_000]
    begin = time.process_time()
    judge({"goal": text}, situation, ())
    assert time.process_time() - begin < 5  # In steps that grow with the square it takes minutes.


@pytest.mark.parametrize(
    "text",
    [
        "a " * 3000,
        "if " * 2000,
        ", who " * 1000,
        " " * 6000,
        "for the " * 750,
        "x" * 6000,
        "wenn die der das " * 375,
        "- " * 3000,
    ],
)
@pytest.mark.parametrize("situation", [ENGLISH, GERMAN], ids=["en", "de"])
def test_six_thousand_characters_of_anything_are_judged_in_steps_that_grow_with_their_length(text, situation) -> None:
    begin = time.process_time()
    judge({"goal": text}, situation, ())
    assert time.process_time() - begin < 5  # A pattern that explodes takes minutes.
