"""An exercise and prompts for it: one that stands, one that a newcomer writes."""

import pytest
from django.utils import timezone

from training.models import Exercise, Fundamental

STANDS = {
    "role": "You keep the minutes for a sales team. You report and do not advise.",
    "goal": "Write a recap of the call for the colleague who takes over the account tomorrow and writes the contract.",
    "information": "{transcript}",
    "limits": "Only what stands in the transcript. What was left open goes under “Open”, with who has to answer.",
    "form": "Two lists, at most 120 words together.",
}
NEWCOMER = {
    "role": "You are a helpful assistant.",
    "goal": "Summarise the call and include the start date, and write a follow-up mail too.",
    "information": "40 sensors, Emden, twelve months.",
}


@pytest.fixture
def recap(company) -> Exercise:
    return Exercise.objects.get(slug="recap-with-a-gap")


@pytest.fixture
def second(company) -> Exercise:
    return Exercise.objects.get(slug="recap-against-the-record")


@pytest.fixture
def no_assessment_is_due(company) -> None:
    """What is due of fundamentals is told by the same task as other reminders: see test_due.py."""
    Fundamental.objects.update(retired_at=timezone.now())
