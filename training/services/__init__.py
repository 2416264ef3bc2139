"""What can be done with exercises, attempts, assignments, fundamentals, worksheets and the coaching log."""

from training.services.assignments import assign_path, end_assignment
from training.services.attempts import AnotherVersion, AttemptRefused, check_attempt, open_attempt, save_attempt
from training.services.coaching import finish_coaching, note_coaching, take_coaching_back
from training.services.exercises import (
    ExerciseChanged,
    adopt_exercises,
    publish_exercise,
    retire_exercise,
    save_exercise,
)
from training.services.fundamentals import (
    FundamentalChanged,
    adopt_fundamentals,
    assess_fundamental,
    missing_fundamentals,
    restore_fundamental,
    retire_fundamental,
    save_fundamental,
)
from training.services.proving import propose_prompt, prove_attempt
from training.services.windows import ChangedElsewhere, Refused
from training.services.worksheets import (
    WorksheetRefused,
    begin_worksheet,
    copy_worksheet,
    finish_worksheet,
    save_worksheet,
    share_worksheet,
    throw_away_worksheet,
)

__all__ = [
    "AnotherVersion", "AttemptRefused", "ChangedElsewhere", "ExerciseChanged", "FundamentalChanged", "Refused", "WorksheetRefused", "adopt_exercises", "adopt_fundamentals", "assess_fundamental", "assign_path", "begin_worksheet",
    "check_attempt", "copy_worksheet", "end_assignment", "finish_coaching", "finish_worksheet", "missing_fundamentals", "note_coaching", "open_attempt", "propose_prompt", "prove_attempt",
    "publish_exercise", "restore_fundamental", "retire_exercise", "retire_fundamental", "save_attempt", "save_exercise", "save_fundamental",
    "save_worksheet", "share_worksheet", "take_coaching_back", "throw_away_worksheet",
]  # fmt: skip
