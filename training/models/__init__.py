"""Exercises, what people make of them and what they are assigned; fundamentals and how teams stand with them; the coaching log."""

from training.models.assignments import Assignment, Audience
from training.models.attempts import Attempt, Completion, LevelCount
from training.models.coaching import CoachingEntry, Occasion
from training.models.exercises import Exercise, ExerciseVersion, LearningPath
from training.models.fundamentals import Assessment, Fundamental, Level, Overdue
from training.models.proofs import Proof
from training.models.worksheets import Worksheet

__all__ = [
    "Assessment",
    "Assignment",
    "Attempt",
    "Audience",
    "CoachingEntry",
    "Completion",
    "Exercise",
    "ExerciseVersion",
    "Fundamental",
    "LearningPath",
    "Level",
    "LevelCount",
    "Occasion",
    "Overdue",
    "Proof",
    "Worksheet",
]
