"""How the fundamentals stand that policies ask for (WORKBENCH_FUNDAMENTALS); see ``policies.fundamentals``."""

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.fundamentals import Asked, Standing
from policies.models import Activity
from training.models import Assessment, Fundamental, Level

#: For a team the last look counts, however long ago; where somebody belongs to none, that of the team that is furthest.
_FURTHEST = {level: place for place, level in enumerate(Level.values)}
#: The levels in the middle of a sentence.
_WORDS = {"not_yet": gettext_lazy("not yet"), "in_part": gettext_lazy("in part"), "in_place": gettext_lazy("in place")}


def names() -> dict[str, str]:
    """Short name → name of those that can be required now."""
    return {one.slug: str(one) for one in Fundamental.objects.current()}


def standings(asked: Collection[Asked]) -> dict[Asked, Standing]:
    """How each stands that was asked for. One that nobody assessed, that was taken away or never was, is not in place."""
    slugs = {slug for slug, _team in asked}
    known = {one.slug: one for one in Fundamental.objects.current().filter(slug__in=slugs)} if slugs else {}
    newest = Assessment.objects.newest().filter(fundamental__in=known.values()) if known else ()
    levels: dict[Asked, str] = {}
    of_key = {one.pk: slug for slug, one in known.items()}
    for found in newest:
        slug = of_key[found.fundamental_id]
        levels[slug, found.team_id] = found.level
        before = levels.get((slug, None))
        levels[slug, None] = max(before or found.level, found.level, key=_FURTHEST.__getitem__)
    return {one: _standing(one[0], known.get(one[0]), levels.get(one, "")) for one in asked}


def _standing(slug: str, known: Fundamental | None, level: str) -> Standing:
    if known is None:
        return Standing(slug, slug, in_place=False, level="", word=_("not here any more"))
    word = str(_WORDS[level]) if level else _("not assessed")
    return Standing(
        slug, str(known), level == Level.IN_PLACE, level, word, reverse("training:fundamental", args=[slug])
    )


def under(activity: Activity) -> list[str]:
    """The short names of those that an activity rests on."""
    return list(Fundamental.objects.current().filter(activities=activity).values_list("slug", flat=True))
