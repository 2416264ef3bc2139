"""How well the judge of prompts agrees with people's labels: weighted kappa for each criterion, on labelled prompts that nobody tuned it on.

``corpus/`` holds prompts as learners write them, each labelled by the published rubric: ``*_development`` and ``*_more``, which the judge was tuned on,
and ``*_kept``, which nobody who worked on it read. ``second`` are labels of the kept part by a second person who did not see the first.

Kappa is Cohen's with quadratic weights (Cohen 1968): levels are in order, and two apart is worse than one.
"""

from bench.judge.agreement import main

__all__ = ["main"]
