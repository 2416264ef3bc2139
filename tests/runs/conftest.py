"""Short ways to what tests of runs need."""

from typing import Any

import pytest

from policies.models import PromptVersion

CALL = (
    "Jonas Feld: Good morning Ms Conti.\n"
    "Ilaria Conti: We run three cold stores with 214 doors. My boss Henrik Aas decides on 9 December. "
    "Send the offer to i.conti@tessaro.example, budget 60,000 euros."
)


@pytest.fixture
def call() -> str:
    return CALL


@pytest.fixture
def summary(company: Any) -> PromptVersion:
    """The prompt of the human-in-the-loop activity."""
    return _prompt("discovery-call-summary")


@pytest.fixture
def challenge(company: Any) -> PromptVersion:
    """The prompt of the sparring activity."""
    return _prompt("account-plan-challenge")


@pytest.fixture
def fields(company: Any) -> PromptVersion:
    """The prompt of the automated activity."""
    return _prompt("crm-fields-from-call")


def _prompt(slug: str) -> PromptVersion:
    return PromptVersion.objects.approved().select_related("prompt__activity").get(prompt__slug=slug)
