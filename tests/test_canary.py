"""Planted names, numbers and addresses are searched for in every store after runs that end in every possible way."""

import json
import logging

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from policies.models import PromptVersion
from tests.support.policies import with_point
from training.services import note_coaching
from workbench.privacy.fields import SealedText
from workbench.privacy.models import Erased
from workbench.privacy.requests import erase_subject
from workbench.privacy.subjects import find_subject
from workbench.runs import execution, jobs, services
from workbench.runs.models import Run

CANARIES = (
    "Quendolina", "Zwetschkenbaum", "quendolina@canary.example", "170 5559173", "five five five nine", "canary dot example", "Z W E T S C H",
    "DE89 3704", "hunter2-sesame",
)  # fmt: skip
TEXT = (
    "Jonas Feld: Good morning Ms Zwetschkenbaum.\n"
    "Quendolina Zwetschkenbaum: Write to quendolina@canary.example or call +49 170 5559173, the budget is 60,000 euros.\n"
    "Jonas Feld: Spelled?\nQuendolina Zwetschkenbaum: Z W E T S C H K E N B A U M, and my mobile is oh one seven oh five five five nine one seven "
    "three. My private mail is quendolina at canary dot example.\n"
    "Jonas Feld: The account is DE89 3704 0044 0532 0130 00 and the password: hunter2-sesame."
)
pytestmark = pytest.mark.django_db


def _everything_stored() -> str:
    """All columns of all tables, as text; bytes as latin-1, so that nothing hides in them."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    if isinstance(value, memoryview | bytes):
                        value = bytes(value).decode("latin-1")
                    found.append(str(value))
    return "\n".join(found)


def _assert_clean(text: str, where: str) -> None:
    for canary in CANARIES:
        assert canary.lower() not in text.lower(), f"{canary} stands in {where}"


@pytest.mark.parametrize(
    "ending", ["released", "rejected", "429", "401", "half", "garbage", "blocked", "cancelled", "denied", "parts"]
)
def test_no_store_and_no_log_holds_what_was_typed(cast, sign_in, provider, settings, caplog, ending) -> None:
    from policies.services import put_in_force

    caplog.set_level(logging.DEBUG)
    version = (
        PromptVersion.objects.approved().select_related("prompt__activity").get(prompt__slug="discovery-call-summary")
    )
    # What the model was asked and what it answers back must be as clean as the stores.
    provider.answer = lambda prompt: "Summary: [PERSON_1] and [PERSON_2] spoke. " + prompt[-120:]
    client = sign_in(cast.rep)
    text = TEXT
    if ending == "parts":
        settings.WORKBENCH_CONTEXT_TOKENS = 2048
        text = "\n".join([TEXT] * 40)
    client.post("/runs/start/discovery-call-summary/draft/", {"transcript": text, "occasion": ""})
    _assert_clean(_everything_stored(), "the database while typing")
    if ending == "denied":
        put_in_force(
            actor=cast.leader,
            activity=version.prompt.activity,
            category="human_only",
            rationale="People listen to people.",
        )
        with pytest.raises(services.RunDenied):
            services.submit_run(actor=cast.rep, prompt_version=version, inputs={"transcript": text})
    else:
        run = services.submit_run(actor=cast.rep, prompt_version=version, inputs={"transcript": text})
        if ending in {"429", "401", "half", "garbage"}:
            provider.script = [ending]
        if ending == "blocked":
            run.mapping = run.mapping | {"[PERSON_77]": "budget"}
            Run.objects.filter(pk=run.pk).update(mapping_sealed=run.mapping_sealed)
        if ending == "cancelled":
            services.cancel_run(actor=cast.rep, run=run)
        execution.execute_run(run.pk)
        run.refresh_from_db()
        for name in ("run", "progress"):
            client.get(f"/runs/{run.pk}/" + ("progress/" if name == "progress" else ""))
        if ending in {"released", "rejected", "parts"}:
            services.review_run(
                actor=cast.reviewer,
                run=run,
                verdict="rejected" if ending == "rejected" else "approved",
                reason="Ms Zwetschkenbaum said no",
            )
            run.refresh_from_db()
            assert run.state in {"released", "rejected"}
        sign_in(cast.compliance).get("/audit/log/")
    _assert_clean(_everything_stored(), "the database")
    _assert_clean(caplog.text, "the logs")
    _assert_clean(str(provider.asked), "what left for the model")


def test_neither_lists_nor_questions_nor_planted_errors_nor_what_was_agreed_in_coaching_leave_anything_readable(
    cast, company, provider, monkeypatch
) -> None:
    version = {
        slug: PromptVersion.objects.approved().select_related("prompt__activity").get(prompt__slug=slug)
        for slug in ("discovery-call-summary", "account-plan-challenge", "crm-fields-from-call")
    }
    provider.answer = lambda prompt: "Summary: [PERSON_1] and [PERSON_2] spoke of 60,000 euros."
    with_point("summarise-discovery-call", cast.leader, "planted_error", {"every": 1})
    run = services.submit_run(
        actor=cast.rep, prompt_version=version["discovery-call-summary"], inputs={"transcript": TEXT}
    )
    execution.execute_run(run.pk)
    planted = Run.objects.select_related("plant__data_key").get(pk=run.pk)
    assert services.plant_of(planted) is not None
    services.review_run(actor=cast.reviewer, run=planted, verdict="rejected", reason="Zwetschkenbaum never said that.")
    aid = version["account-plan-challenge"]
    first = services.submit_run(
        actor=cast.rep, prompt_version=aid, inputs={entry["name"]: TEXT for entry in aid.inputs}
    )
    execution.execute_run(first.pk)
    services.ask_on(actor=cast.rep, run=first, question="What would Quendolina Zwetschkenbaum say?")
    job = services.start_job(
        actor=cast.rep,
        prompt_version=version["crm-fields-from-call"],
        records=[{"transcript": TEXT}],
        consent="consent",
    )
    jobs.run_job(job.pk)
    assert Run.objects.filter(job=job).exists()
    agreed = "Call Quendolina Zwetschkenbaum back."
    note_coaching(actor=cast.reviewer, person=cast.rep, kind="call", held_on=timezone.localdate(), agreed=agreed)
    _assert_clean(_everything_stored(), "the database")
    _assert_clean(json.dumps(provider.asked), "what was sent")


def _everything_readable() -> str:
    """What whoever holds database and key ring together can read: every sealed text whose key still lives."""
    found = []
    for model in apps.get_models():
        sealed = [name for name, value in vars(model).items() if isinstance(value, SealedText)]
        if not sealed:
            continue
        for row in model.objects.select_related("data_key"):
            for name in sealed:
                try:
                    found.append(json.dumps(getattr(row, name), ensure_ascii=False))
                except Erased:
                    continue
    return "\n".join(found)


def test_after_an_erasure_not_even_the_key_ring_opens_what_was_known_of_the_person(
    cast, company, provider, settings, tmp_path, monkeypatch
) -> None:
    settings.WORKBENCH_ERASED_PATH = tmp_path / "erased-keys"
    version = {
        slug: PromptVersion.objects.approved().select_related("prompt__activity").get(prompt__slug=slug)
        for slug in ("discovery-call-summary", "account-plan-challenge", "crm-fields-from-call")
    }
    provider.answer = lambda prompt: "Summary: [PERSON_1] and [PERSON_2] spoke of 60,000 euros."
    with_point("summarise-discovery-call", cast.leader, "planted_error", {"every": 1})
    with_point("challenge-account-plan", cast.leader, "follow_ups", {"limit": 2})
    given = {"transcript": TEXT}
    run = services.submit_run(actor=cast.rep, prompt_version=version["discovery-call-summary"], inputs=given)
    execution.execute_run(run.pk)
    planted = Run.objects.select_related("plant__data_key").get(pk=run.pk)
    services.review_run(actor=cast.reviewer, run=planted, verdict="rejected", reason="Zwetschkenbaum never said that.")
    seen = services.text_sha256(Run.objects.select_related("output__data_key").get(pk=run.pk).output.draft)
    edited = "Quendolina Zwetschkenbaum has 60,000 euros."
    services.review_run(actor=cast.reviewer, run=planted, verdict="edited", text=edited, shown_sha256=seen)
    aid = version["account-plan-challenge"]
    inputs = {entry["name"]: TEXT if entry["kind"] in ("long_text", "transcript") else entry.get("example", "x") for entry in aid.inputs}  # fmt: skip
    first = services.submit_run(actor=cast.rep, prompt_version=aid, inputs=inputs)
    execution.execute_run(first.pk)
    first.refresh_from_db()
    execution.execute_run(services.ask_on(actor=cast.rep, run=first, question="And Quendolina Zwetschkenbaum?").pk)
    services.note_run(actor=cast.rep, run=first, note="Ask Ms Zwetschkenbaum once more.")
    jobs.run_job(services.start_job(actor=cast.rep, prompt_version=version["crm-fields-from-call"], records=[given], consent="consent").pk)  # fmt: skip
    preview = services.preview_run(actor=cast.rep, prompt_version=version["discovery-call-summary"], inputs=given)
    services.save_draft(
        actor=cast.rep, prompt_version=version["discovery-call-summary"], inputs=given, marks=[], preview=preview
    )
    for canary in CANARIES[:3]:
        assert canary.lower() in _everything_readable().lower()
    found = find_subject("Quendolina Zwetschkenbaum")
    erase_subject(actor=cast.compliance, keys=found["whole"] | found["all"], reference="Letter 7")
    _assert_clean(_everything_readable(), "what the key ring opens")
    _assert_clean(_everything_stored(), "the database")
    _assert_clean((tmp_path / "erased-keys").read_text(), "the list of erased keys")
