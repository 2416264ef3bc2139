"""Short ways to what tests of runs need."""

from typing import Any

import pytest

from policies.models import PromptVersion
from tests.support.policies import with_point
from workbench.runs import execution, services
from workbench.runs.models import Run, State

CALL = (
    "Jonas Feld: Good morning Ms Conti.\n"
    "Ilaria Conti: We run three cold stores with 214 doors. My boss Henrik Aas decides on 9 December. "
    "Send the offer to i.conti@tessaro.example, budget 60,000 euros."
)


@pytest.fixture(autouse=True)
def _list_of_this_test(settings: Any, tmp_path: Any) -> None:
    """Keys that a test destroys are remembered in a list of its own."""
    settings.WORKBENCH_ERASED_PATH = tmp_path / "erased-keys"


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


@pytest.fixture
def run(cast: Any, summary: PromptVersion, provider: Any, call: str) -> Run:
    """A summary that waits for its reviewer."""
    return _done(services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call}))


@pytest.fixture
def answered(cast: Any, challenge: PromptVersion, provider: Any, call: str) -> Run:
    """A thinking aid that may be asked twice more."""
    with_point("challenge-account-plan", cast.leader, "follow_ups", {"limit": 2})
    inputs = {
        entry["name"]: call if entry["kind"] in ("long_text", "transcript") else entry.get("example", "x")
        for entry in challenge.inputs
    }
    run = _done(services.submit_run(actor=cast.rep, prompt_version=challenge, inputs=inputs))
    assert run.state == State.ANSWERED
    return run


def _done(run: Run) -> Run:
    execution.execute_run(run.pk)
    return Run.objects.select_related("data_key").get(pk=run.pk)


def _prompt(slug: str) -> PromptVersion:
    return PromptVersion.objects.approved().select_related("prompt__activity").get(prompt__slug=slug)
