"""A prompt version with the test run that its approval rests on."""

from policies.models import PromptTest, PromptVersion, Tool
from policies.services import finish_prompt_test
from workbench.privacy.models import DataKey


def with_test(version: PromptVersion, by) -> PromptVersion:
    """The version, with a finished test run by this person on record."""
    test = PromptTest.objects.create(version=version, tool=Tool.objects.first(), tested_by=by, data_key=DataKey.make())
    answer = {
        "name": "one",
        "left": "x",
        "answer": "y",
        "seconds": 1,
        "checks": [{"kind": "not_empty", "of": "", "ok": True}],
    }
    finish_prompt_test(test=test, results=[answer], model="fake")
    return version
