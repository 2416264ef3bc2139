"""From a draft to the live prompt: proposed, tested on its examples, approved by somebody else, retired with a successor."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, connection, transaction
from django.urls import reverse

from audit.models import AuditEvent
from policies.models import Activity, Prompt, PromptTest, PromptVersion, Tool
from policies.services import (
    approve_prompt_version,
    decline_prompt_version,
    discard_prompt_draft,
    free_prompt_slug,
    new_prompt,
    prompt_faults,
    retire_prompt,
    roll_back_prompt,
    save_prompt_draft,
    start_prompt_test,
    submit_prompt_version,
    withdraw_prompt_version,
)
from tests.support.prompts import with_test
from workbench.runs.testing import run_prompt_test

pytestmark = pytest.mark.django_db
CONTENT = {
    "role": "You write notes.", "goal": "Write three points.", "information": "Notes:\n{notes}",
    "inputs": [{"name": "notes", "kind": "long_text", "label": "Notes", "required": True}],
    "examples": [
        {"name": "Stores", "inputs": {"notes": "Ilaria Conti runs three cold stores."}, "expect": {"contains": ["cold stores"], "lacks": ["budget"], "max_words": 60}},
        {"name": "Doors", "inputs": {"notes": "Henrik Aas counts the doors."}, "expect": {"contains": ["windows"]}},
    ],
}  # fmt: skip


@pytest.fixture
def prompt(cast):
    activity = Activity.objects.get(slug="summarise-discovery-call")
    return new_prompt(
        actor=cast.rep,
        activity=activity,
        title="Drei Punkte für größere Runden",
        language="en",
        slug=free_prompt_slug("Drei Punkte für größere Runden"),
    )


def _proposed(cast, prompt):
    return submit_prompt_version(actor=cast.rep, version=save_prompt_draft(actor=cast.rep, prompt=prompt, **CONTENT))


def test_a_short_name_is_free_and_readable(prompt) -> None:
    assert prompt.slug == "drei-punkte-fuer-groessere-runden"
    assert free_prompt_slug("Drei Punkte für größere Runden") == "drei-punkte-fuer-groessere-runden-2"


def test_a_draft_is_the_authors_own_and_changes_nothing_that_is_live(cast, prompt) -> None:
    draft = save_prompt_draft(actor=cast.rep, prompt=prompt, **CONTENT)
    assert save_prompt_draft(actor=cast.rep, prompt=prompt, goal="Write two points.").pk == draft.pk
    assert not PromptVersion.objects.visible_to(cast.colleague).filter(pk=draft.pk).exists()
    with pytest.raises(PermissionDenied):
        submit_prompt_version(actor=cast.colleague, version=draft)
    discard_prompt_draft(actor=cast.rep, version=draft)
    assert not prompt.versions.exists()


def test_a_proposal_is_tested_through_the_governed_path_and_the_answers_stay(cast, prompt, provider) -> None:
    version = _proposed(cast, prompt)
    test = start_prompt_test(actor=cast.leader, version=version, tool=Tool.objects.get())
    run_prompt_test(test.pk)
    assert all("Ilaria" not in str(call) and "Henrik" not in str(call) for call in provider.asked)
    stored = PromptTest.objects.select_related("data_key").get(pk=test.pk)
    assert (stored.passed, stored.total, stored.failure) == (1, 2, "")
    assert "Ilaria" in stored.results[0]["answer"] or "cold stores" in stored.results[0]["answer"]
    assert "[PERSON_1]" in stored.results[0]["left"]
    assert AuditEvent.objects.filter(action="prompt.tested").latest("pk").data["passed"] == 1
    with pytest.raises(Error, match="stays as it is"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE policies_prompttest SET passed = 2 WHERE id = %s", [test.pk])


def test_nothing_is_approved_untested_not_even_by_sql(cast, prompt) -> None:
    version = _proposed(cast, prompt)
    with pytest.raises(ValidationError, match="Test this version"):
        approve_prompt_version(actor=cast.leader, version=version)
    with pytest.raises(Error, match="after a test run"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE policies_promptversion SET state = 'approved', approved_by_id = %s, approved_at = created_at WHERE id = %s",
            [cast.leader.pk, version.pk],
        )
    assert approve_prompt_version(actor=cast.trainer, version=with_test(version, cast.trainer)).state == "approved"


def test_a_broken_test_counts_as_none(cast, prompt, provider) -> None:
    version = _proposed(cast, prompt)
    test = start_prompt_test(actor=cast.leader, version=version, tool=Tool.objects.get())
    with pytest.raises(ValidationError, match="running already"):
        start_prompt_test(actor=cast.leader, version=version, tool=Tool.objects.get())
    provider.script = ["401"]
    run_prompt_test(test.pk)
    assert PromptTest.objects.get(version=version).failure
    with pytest.raises(ValidationError, match="Test this version"):
        approve_prompt_version(actor=cast.leader, version=version)


def test_a_declined_proposal_goes_back_with_the_reason(cast, prompt) -> None:
    version = _proposed(cast, prompt)
    with pytest.raises(ValidationError, match="sentence why"):
        decline_prompt_version(actor=cast.trainer, version=version, reason="No.")
    back = decline_prompt_version(actor=cast.trainer, version=version, reason="Name the headings, please.")
    assert (back.state, back.declined_by, back.decline_reason) == ("draft", cast.trainer, "Name the headings, please.")
    again = submit_prompt_version(actor=cast.rep, version=back)
    assert (again.state, again.decline_reason) == ("in_review", "")
    assert withdraw_prompt_version(actor=cast.rep, version=again).state == "draft"


def test_a_retired_prompt_points_to_its_successor_and_an_old_version_comes_back_as_a_new_one(
    cast, prompt, sign_in
) -> None:
    live = approve_prompt_version(actor=cast.leader, version=with_test(_proposed(cast, prompt), cast.leader))
    successor = Prompt.objects.get(slug="discovery-call-summary")
    with pytest.raises(PermissionDenied):
        retire_prompt(actor=cast.rep, prompt=prompt)
    with pytest.raises(ValidationError):
        retire_prompt(actor=cast.leader, prompt=prompt, successor=prompt)
    retire_prompt(actor=cast.leader, prompt=prompt, successor=successor)
    page = sign_in(cast.rep).get(reverse("policies:prompt", args=[prompt.slug])).content.decode()
    assert "This prompt is out of use" in page
    assert successor.title in page
    live.refresh_from_db()
    back = roll_back_prompt(actor=cast.trainer, version=live)
    assert (back.number, back.state, back.goal, back.note) == (2, "in_review", live.goal, "Back to v1")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"goal": "Write about {notes}."}, "goal"),
        ({"output_form": "json"}, "output_schema"),
        ({"output_form": "json", "output_schema": {"type": "object", "properties": {"a": {"type": "nonsense"}}}}, "output_schema"),
        ({"output_form": "json", "output_schema": {"properties": {"a": {"$ref": "https://elsewhere.example/s"}}}}, "output_schema"),
        ({"output_schema": {"properties": {}}}, "output_schema"),
        ({"examples": [{"name": "x", "inputs": {}}]}, "examples"),
        ({"examples": [{"name": "x", "inputs": {"notes": "a", "more": "b"}}]}, "examples"),
    ],
)  # fmt: skip
def test_a_prompt_that_does_not_hold_together_says_where(change, field) -> None:
    assert field in prompt_faults(CONTENT | change)


def test_favourites_are_one_s_own_and_stand_first(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    client.post(reverse("policies:prompt_favourite", args=["zusammenfassung-erstgespraech"]), {"keep": "1"})
    page = client.get(reverse("policies:prompts")).content.decode().split("<tbody>")[1]
    assert page.index("Zusammenfassung eines") < page.index("Find the weak spot")
    mine = client.get(reverse("policies:prompts"), {"mine": "1"}).content.decode()
    assert "Find the weak spot" not in mine
    assert (
        "Zusammenfassung eines"
        not in sign_in(cast.colleague).get(reverse("policies:prompts"), {"mine": "1"}).content.decode()
    )
