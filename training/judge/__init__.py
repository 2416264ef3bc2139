"""The judge: what a prompt is looked at for, without any model. Plain Python: no Django, no database.

``judge(boxes, situation, typed)`` gives one judgement for each criterion of the published rubric (``rubric.yaml``), each with the words it rests on.
"""

from collections.abc import Mapping, Sequence

from training.judge import criteria, english, german
from training.judge.case import Case
from training.judge.criteria import Judgement
from training.judge.situation import EasilyLost, OpenPoint, Situation, Typed
from training.judge.text import BOXES, Prompt, Sentence

__all__ = ["BOXES", "EasilyLost", "Judgement", "OpenPoint", "Prompt", "Sentence", "Situation", "Typed", "judge"]

_LEXICONS = {"en": english.LEXICON, "de": german.LEXICON}


def judge(boxes: Mapping[str, str], situation: Situation, typed: Sequence[Typed] | None) -> tuple[Judgement, ...]:
    """Judge what a learner wrote.

    Args:
        boxes: box → text; boxes that are left out are empty.
        situation: the exercise.
        typed: personal data that detection found in the learner's own words; None where it could not look.
    """
    case = Case(Prompt(dict(boxes), situation.materials), situation, _LEXICONS[situation.language], typed)
    return tuple(criterion(case) for criterion in criteria.ALL)
