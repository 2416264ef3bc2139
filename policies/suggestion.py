"""Which responsibility category the traits of an activity suggest, and why. A person decides.

The thought behind it: what carries a relationship or a judgement stays with people; language that repeats itself may be drafted; only what
rules settle may run alone (after Ethan Mollick's distinction of tasks for me, delegated tasks and automated tasks, “Co-Intelligence”, 2024).
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from policies.models.map import Category, DataClass, Trait


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category and the reasons for it, in words."""

    category: str
    reasons: tuple[str, ...]


def usual_points(data: Collection[str]) -> dict[str, list[str]]:
    """Category → control points that most houses begin with, for an activity that handles this data. Nothing is preselected."""
    recorded = ["consent"] if DataClass.RECORDINGS in data else []
    return {
        Category.SPARRING_PARTNER: [*recorded, "placeholders_restored"],
        Category.HUMAN_IN_THE_LOOP: [
            *recorded, "figures_in_source", "dates_in_source", "placeholders_restored", "length", "time_limit",
        ],
        Category.AUTOMATED: [*recorded, "schema", "figures_in_source", "placeholders_restored", "sample"],
    }  # fmt: skip


def suggest(traits: Collection[str]) -> Suggestion | None:
    """The category that fits these traits, or None where there are none to go by."""
    has = {Trait(name) for name in traits if name in Trait.values}
    if not has:
        return None
    language, repeats = Trait.LANGUAGE_DRIVEN in has, Trait.REPEATABLE in has
    formal, customer, judgement = Trait.FORMALISED in has, Trait.CUSTOMER_FACING in has, Trait.JUDGEMENT_HEAVY in has
    if judgement and customer and not (language and repeats):
        return Suggestion(
            Category.HUMAN_ONLY,
            (
                _(
                    "The customer sees or hears the result, and it rests on judgement: a promise needs a person who stands by it."
                ),
            ),
        )
    if judgement and not language:
        return Suggestion(
            Category.HUMAN_ONLY,
            (_("Experience and responsibility decide here, and there is no text that could be drafted."),),
        )
    if judgement:
        reasons = [
            _("It is language, so a second voice helps to think it through."),
            _("What follows from it rests on judgement and stays with a person."),
        ]
        if repeats:
            reasons = [
                _("It repeats itself in form, so a draft saves work."),
                _("It needs judgement, so a person looks at every draft."),
            ]
            return Suggestion(Category.HUMAN_IN_THE_LOOP, tuple(reasons))
        return Suggestion(Category.SPARRING_PARTNER, tuple(reasons))
    if formal and repeats and not customer:
        return Suggestion(
            Category.AUTOMATED,
            (
                _("It repeats itself and rules settle what is right, so rules can check the result."),
                _("The customer does not see it; an error can be mended here."),
            ),
        )
    if customer:
        return Suggestion(
            Category.HUMAN_IN_THE_LOOP,
            (_("The customer sees or hears the result, so a person looks before it goes out."),),
        )
    if language and not repeats and not formal:
        return Suggestion(
            Category.SPARRING_PARTNER,
            (_("It is language, and each case is different: use AI to think, not to deliver."),),
        )
    return Suggestion(
        Category.HUMAN_IN_THE_LOOP,
        (_("It can be drafted, but nothing but a person can say whether the draft is right."),),
    )
