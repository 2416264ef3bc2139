"""The proof: what a model made of a learner's prompt, beside what it made of a vague one on the same material."""

from django.db import models
from django.db.models import F, Q

from training.models.attempts import Attempt
from workbench.runs.models import ENDED, Run, State


class Proof(models.Model):
    """Two runs of one attempt: of the learner's prompt and of the exercise's vague one. Both are the learner's, like every run."""

    attempt = models.OneToOneField(Attempt, models.CASCADE, related_name="proof")
    precise = models.OneToOneField(Run, models.PROTECT, related_name="+")
    vague = models.OneToOneField(Run, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.CheckConstraint(condition=~Q(precise=F("vague")), name="proof_compares_two_runs"),)

    def __str__(self) -> str:
        return f"proof of {self.attempt_id}"

    @property
    def unanswered(self) -> set[str]:
        """The sides whose run ended without an answer."""
        runs = {"precise": self.precise, "vague": self.vague}
        return {side for side, run in runs.items() if run.state in ENDED - {State.ANSWERED}}
