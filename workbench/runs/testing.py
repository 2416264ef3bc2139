"""The test of a prompt version on its examples: the same scrubbing, guard, model and checks as a run; the answers go to the library alone."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from policies import tools
from policies.control_points import Draft
from policies.control_points.forbidden_phrases import forbidden_phrases
from policies.control_points.schema import schema
from policies.dispatch import send
from policies.models import PromptTest, PromptVersion
from policies.scrubbing import house
from policies.services import TEST_TASK, book_use, finish_prompt_test
from workbench.gateway import guard, llm, pipeline, prompts
from workbench.gateway.pii import LanguageUnsupported, ScrubberUnavailable
from workbench.runs.heartbeat import LEASE, Heartbeat
from workbench.runs.services import RunRefused, check_inputs, room_for_prompt, template_of

#: A test whose worker dies is begun anew; after this many workers it ends as failed.
MAX_ATTEMPTS = 2
LOST_AFTER = timedelta(seconds=10)


def run_prompt_test(test_id: int) -> None:
    """Run every example and keep what came of it. Whatever breaks off ends the test with a code and what was there so far.

    A second delivery of the same test ends here without doing anything.
    """
    test = _claim(test_id)
    if test is None:
        return
    held = PromptTest.objects.filter(pk=test.pk, finished_at=None, attempts=test.attempts)
    results: list[dict[str, Any]] = []
    model, failure = "", ""
    endpoint = tools.endpoint(test.tool) if test.tool.enabled else None
    with Heartbeat(
        f"prompt test {test.pk}", lambda: bool(held.update(lease_until=timezone.now() + LEASE))
    ) as heartbeat:
        try:
            if endpoint is None:
                raise llm.ToolError("no_model", retryable=False)
            model = endpoint.model
            for example in test.version.examples:
                results.append(_example(test, endpoint, example))
                test.results = results
                held.update(results_sealed=test.results_sealed)
                if heartbeat.lost.is_set():
                    return
        except llm.ToolError as error:
            failure = error.code
        except guard.Leak:
            failure = "blocked"
        except (ScrubberUnavailable, LanguageUnsupported):
            failure = "scrubber"
        except RunRefused:
            failure = "inputs"
    finish_prompt_test(test=test, results=results, model=model, failure=failure)


def _claim(test_id: int) -> PromptTest | None:
    """The test for one worker alone, or None: it is finished, or another worker has it."""
    now = timezone.now()
    free = PromptTest.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), pk=test_id, finished_at=None)
    if not free.update(lease_until=now + LEASE, attempts=F("attempts") + 1):
        return None
    return PromptTest.objects.select_related("version__prompt", "tool__data_key", "data_key", "tested_by").get(
        pk=test_id
    )


def sweep_prompt_tests() -> int:
    """Begin tests anew that the broker or a worker lost; give up those that lost too many. Returns how many were found."""
    now = timezone.now()
    lost = PromptTest.objects.filter(
        Q(lease_until__lt=now) | Q(lease_until=None, tested_at__lt=now - LOST_AFTER), finished_at=None
    )
    found = list(lost.select_related("version__prompt", "data_key")[:20])
    for test in found:
        if test.attempts >= MAX_ATTEMPTS:
            finish_prompt_test(test=test, results=[], failure="worker_lost")
        else:
            send(TEST_TASK, test.pk)
    return len(found)


def _example(test: PromptTest, endpoint: llm.Endpoint, example: Mapping[str, Any]) -> dict[str, Any]:
    version = test.version
    values = check_inputs(version, example.get("inputs", {}))
    anonymized = house().anonymize(values)
    payload = prompts.render(template_of(version), anonymized.texts, room_tokens=room_for_prompt(test.tool, version))
    completion = pipeline.complete(
        endpoint, payload, anonymized.mapping, max_tokens=version.max_output_tokens, schema=version.output_schema
    )
    book_use(
        tool=test.tool, team_id=test.tested_by.team_id, input_tokens=completion.input_tokens, output_tokens=completion.output_tokens
    )  # fmt: skip
    return {
        "name": example.get("name", ""),
        "left": payload.information,
        "answer": completion.text,
        "seconds": round(completion.seconds, 1),
        "checks": expectations(version, completion.text, completion.unexpected, example.get("expect", {})),
    }


def expectations(
    version: PromptVersion, answer: str, unexpected: tuple[str, ...], expect: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """What must be true of the answer, each with whether it is: kind, what was expected, ok."""
    flat = " ".join(answer.split()).casefold()
    found = [
        {"kind": "contains", "of": text, "ok": " ".join(text.split()).casefold() in flat}
        for text in expect.get("contains", ())
    ]
    draft = Draft(answer, schema=version.output_schema)
    found += [
        {"kind": "lacks", "of": text, "ok": forbidden_phrases(draft, {"phrases": [text]}).ok} for text in expect.get("lacks", ())
    ]  # fmt: skip
    if "max_words" in expect:
        found.append(
            {"kind": "max_words", "of": str(expect["max_words"]), "ok": len(answer.split()) <= expect["max_words"]}
        )
    if version.output_schema is not None:
        result = schema(draft, {})
        found.append({"kind": "schema", "of": ", ".join(result.marks), "ok": result.ok})
    if version.output_form == "table":
        found.append(
            {"kind": "table", "of": "", "ok": any(line.strip().startswith("|") for line in answer.splitlines())}
        )
    found.append({"kind": "placeholders", "of": ", ".join(unexpected), "ok": not unexpected})
    found.append({"kind": "not_empty", "of": "", "ok": bool(answer.strip()) and answer.strip() != json.dumps({})})
    return found
