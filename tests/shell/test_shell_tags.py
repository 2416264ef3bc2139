"""The template tags: what they draw and that nothing typed gets through unescaped."""

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from workbench.shell.templatetags import workbench as tags


def render(source: str, **context: object) -> str:
    return Template("{% load workbench %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("placeholder", "kind"),
    [
        ("[PERSON_1]", "person"),
        ("[ORG_12]", "firm"),
        ("[EMAIL_1]", "contact"),
        ("[PHONE_3]", "contact"),
        ("[ADDRESS_1]", "place"),
        ("[CUSTOMER_ID_1]", "number"),
        ("[DATE_OF_BIRTH_2]", "number"),
        ("[MARKED_1]", "marked"),
    ],
)
def test_a_placeholder_is_drawn_by_its_type(placeholder: str, kind: str) -> None:
    assert (
        render("{{ text|placeholders }}", text=f"to {placeholder}.")
        == f'to <span class="ph ph-{kind}">{placeholder}</span>.'
    )


def test_a_script_in_a_transcript_stays_text_even_when_marked_safe() -> None:
    drawn = render("{{ text|placeholders }}", text=mark_safe("<script>alert('[PERSON_1]')</script>"))
    assert "<script" not in drawn
    assert '<span class="ph ph-person">[PERSON_1]</span>' in drawn


@given(st.text(alphabet=st.sampled_from("<>&\"'[]_PERSON1abc \n"), max_size=60))
def test_only_our_own_tags_are_added(text: str) -> None:
    drawn = str(tags.placeholders(text))
    for ours in ('<span class="ph ph-person">', '<span class="ph ph-number">', '<span class="ph ph-firm">', "</span>"):
        drawn = drawn.replace(ours, "")
    assert "<" not in drawn
    assert ">" not in drawn


def test_what_only_looks_like_a_placeholder_is_left_alone() -> None:
    assert (
        render("{{ text|placeholders }}", text="[person_1] [PERSON_] (PERSON_1)") == "[person_1] [PERSON_] (PERSON_1)"
    )


def test_a_category_has_icon_word_and_colour() -> None:
    drawn = render("{% category_badge 'human_only' %}")
    assert 'data-category="human_only"' in drawn
    assert "#person-fill" in drawn
    assert "Human only" in drawn


@pytest.mark.parametrize("value", ["", None, "unheard_of"])
def test_an_unknown_category_reads_as_none_yet(value: str | None) -> None:
    assert "No category yet" in render("{% category_word value %}", value=value)


def test_a_state_can_carry_a_detail() -> None:
    assert "Denied, human only" in render("{% state_word 'denied' 'human only' %}")


def test_every_state_of_a_run_and_of_a_policy_has_a_word() -> None:
    from policies.models import PolicyVersion
    from workbench.runs.models import Run

    states = {value for value, _label in Run._meta.get_field("state").choices or ()}
    states |= {value for value, _label in PolicyVersion._meta.get_field("state").choices or ()}
    assert states
    assert states <= set(tags.STATES)


def test_numbers_are_grouped_alike_in_every_language() -> None:
    for language in ("en", "de"):
        with translation.override(language):
            assert render("{% run_number 48213 %}") == "48\u202f213"
    assert render("{% run_number 7 %}") == "7"
    assert render("{% run_number nothing %}", nothing=None) == ""


def test_the_shares_of_a_bar_fill_its_width() -> None:
    drawn = str(tags.split_bar([("human_only", 1), ("automated", 3), ("", 0)], width=403))
    assert drawn.count("<rect") == 2
    assert 'width="100.0"' in drawn
    assert 'width="300.0"' in drawn


def test_initials_are_the_first_and_last_word() -> None:
    assert tags.name_initials("Marit Anne Solheim") == "MS"
    assert tags.name_initials("Cher") == "C"
    assert tags.name_initials("") == ""
