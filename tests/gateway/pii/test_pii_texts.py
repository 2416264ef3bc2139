"""The benchmark's texts are well marked, and what was reached on those for development is not lost again."""

import pytest

from bench.pii import corpus, generated
from bench.pii.score import Score
from workbench.gateway.pii import LanguageUnsupported, anonymize

NAMES = ("en_development", "en_kept", "de_development", "de_kept")


@pytest.mark.parametrize("name", NAMES)
def test_every_mark_holds_what_it_says(name) -> None:
    texts = corpus.read(name)
    assert len(texts) == 50 == len({text.id for text in texts})
    for text in texts:
        assert text.text.strip()
        assert all(text.text[span.start : span.end].strip() for span in text.spans), text.id
        assert all(left.end <= right.start for left, right in zip(text.spans, text.spans[1:], strict=False)), text.id


def test_the_two_sets_share_no_text_and_no_address() -> None:
    def values(name, type_):
        return {t.text[s.start : s.end] for t in corpus.read(name) for s in t.spans if s.type == type_}

    for language in ("en", "de"):
        for type_ in ("EMAIL", "IBAN", "CUSTOMER_ID", "ADDRESS"):
            assert not values(f"{language}_development", type_) & values(f"{language}_kept", type_)


def test_generated_sentences_are_the_same_every_time() -> None:
    assert list(generated.texts("development", 20)) == list(generated.texts("development", 20))


@pytest.mark.parametrize("marked", ["⟦NOBODY:x⟧", "⟦PERSON:x", "a⟧b"])
def test_a_text_that_is_marked_wrongly_is_refused(marked) -> None:
    with pytest.raises(ValueError, match=r"unknown type|left over"):
        corpus.parse(marked)


def test_counting_looks_at_letters_and_digits_only() -> None:
    text = corpus.Text(
        "x", "", "en", *corpus.parse("Dear ⟦PERSON:Mr Young⟧, call ⟦PHONE:(030) 123⟧ in ⟦PLACE:Ulm⟧ now")
    )
    score = Score()
    score.add(text, [(8, 13), (21, 29)])
    assert score.recall == 1.0, "forms of address and brackets may stay"
    score.add(text, [(8, 12), (0, 4)])
    assert (score.covered["PERSON"], score.missed["PERSON"], score.missed["PHONE"]) == (1, 1, 1)
    assert score.wrong == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "recall", "precision"), [("en_development", 0.9, 0.95), ("de_development", 0.9, 0.95)]
)
def test_what_was_reached_on_the_development_texts_is_kept(name, recall, precision) -> None:
    score = Score()
    for text in corpus.read(name):
        try:
            found = anonymize({"text": text.text}).findings["text"]
        except LanguageUnsupported:
            continue
        score.add(text, [(finding.start, finding.end) for finding in found])
    assert score.recall >= recall, score.by_type()
    assert score.precision >= precision
