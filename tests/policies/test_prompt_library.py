"""From a draft to the live prompt: proposed, tested on its examples, approved by somebody else, retired with a successor."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from policies.models import Activity, Prompt, PromptTest, PromptVersion, Tool, ToolUse
from policies.services import (
    approve_prompt_version,
    decline_prompt_version,
    discard_prompt_draft,
    finish_prompt_test,
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
from workbench.runs.testing import run_prompt_test, sweep_prompt_tests

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


def test_a_test_whose_worker_died_is_begun_anew_and_given_up_when_that_goes_on(cast, prompt, provider) -> None:
    version = _proposed(cast, prompt)
    test = start_prompt_test(actor=cast.leader, version=version, tool=Tool.objects.get())
    held = PromptTest.objects.filter(pk=test.pk)
    # Another worker has it: a second delivery does nothing.
    held.update(lease_until=timezone.now() + timedelta(seconds=20), attempts=1)
    run_prompt_test(test.pk)
    assert (held.get().finished_at, provider.asked) == (None, [])
    assert sweep_prompt_tests() == 0
    # Its lease ran out: the next worker begins anew.
    held.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweep_prompt_tests() == 1
    assert held.get().finished_at is None
    held.update(lease_until=timezone.now() - timedelta(seconds=1), attempts=2)
    sweep_prompt_tests()
    assert held.get().failure == "worker_lost"
    assert start_prompt_test(actor=cast.leader, version=version, tool=Tool.objects.get()).pk != test.pk


def test_a_test_is_paid_for_by_the_team_and_a_spent_budget_refuses_it(cast, prompt, provider) -> None:
    version, tool = _proposed(cast, prompt), Tool.objects.get()
    Tool.objects.update(price_input=1, price_output=1, team_calls_per_month=2)
    tool.refresh_from_db()
    run_prompt_test(start_prompt_test(actor=cast.trainer, version=version, tool=tool).pk)
    use = ToolUse.objects.get(team=cast.trainer.team_id)
    assert use.calls == 2
    assert use.cost > 0
    with pytest.raises(ValidationError, match="used up"):
        start_prompt_test(actor=cast.trainer, version=version, tool=tool)


def test_the_page_counts_the_answers_while_the_test_runs_and_says_why_it_broke_off(
    cast, prompt, provider, sign_in
) -> None:
    version = _proposed(cast, prompt)
    test = start_prompt_test(actor=cast.leader, version=version, tool=Tool.objects.get())
    page = f"/prompts/{prompt.slug}/v{version.number}/"
    client = sign_in(cast.leader)
    assert "0 of 2 examples answered" in client.get(page).content.decode()
    finish_prompt_test(test=test, results=[], failure="timeout")
    assert "The model did not answer in time." in client.get(page).content.decode()


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


# On the pages


FORM = {
    "role": "You write notes.", "goal": "Write three points.", "information": "Notes: {notes}", "limits": "", "output_form": "text", "output_schema": "",
    "max_output_tokens": "300", "known_limits": "It forgets dates.", "note": "A shorter form", "in0_name": "notes", "in0_label": "Notes", "in0_kind": "long_text",
    "in0_required": "on",
}  # fmt: skip


def test_a_rep_writes_proposes_and_a_leader_tests_and_approves_on_the_pages(cast, sign_in, provider) -> None:
    rep, leader = sign_in(cast.rep), sign_in(cast.leader)
    activity = Activity.objects.get(slug="summarise-discovery-call")
    made = rep.post(
        reverse("policies:prompt_new"), {"title": "Three points", "activity": activity.pk, "language": "en"}
    )
    edit = reverse("policies:prompt_edit", args=["three-points"])
    assert made["Location"] == edit
    assert rep.post(edit, FORM | {"act": "save"}).status_code == 302
    page = rep.get(edit).content.decode()
    assert "ex0_in_notes" in page  # once the inputs stand, there is room for examples
    answer = rep.post(edit, FORM | {"act": "submit"})
    assert answer.status_code == 422
    assert "Give at least one example" in answer.content.decode()
    example = {
        "ex0_name": "Stores",
        "ex0_in_notes": "Ilaria Conti runs three cold stores.",
        "ex0_contains": "cold stores",
    }
    version = reverse("policies:prompt_version", args=["three-points", 1])
    assert rep.post(edit, FORM | example | {"act": "submit"})["Location"] == version
    act = reverse("policies:prompt_act", args=["three-points", 1])
    library = leader.get(reverse("policies:prompts")).content.decode()
    assert version in library
    assert "Run the examples first." in leader.get(version).content.decode()
    assert leader.post(act, {"act": "approve"}).status_code == 422
    assert leader.post(act, {"act": "test"}).status_code == 302
    assert "The test is running" in leader.get(version).content.decode()
    run_prompt_test(PromptTest.objects.latest("pk").pk)
    page = leader.get(version).content.decode()
    assert "1 of 1 as expected" in page
    assert page.count(f'action="{act}"') == 2  # to test again, and to decide
    assert rep.post(act, {"act": "approve"}).status_code == 403
    assert leader.post(act, {"act": "approve"}).status_code == 302
    assert PromptVersion.objects.approved().get(prompt__slug="three-points").approved_by == cast.leader


def test_a_change_is_shown_word_by_word_and_beside_the_answers_of_the_live_version(cast, sign_in, provider) -> None:
    live = PromptVersion.objects.approved().get(prompt__slug="discovery-call-summary")
    trainer, leader = sign_in(cast.trainer), sign_in(cast.leader)
    edit = reverse("policies:prompt_edit", args=["discovery-call-summary"])
    form = {
        name: getattr(live, name) or ""
        for name in ("role", "information", "limits", "output_form", "max_output_tokens", "known_limits")
    }
    form["information"] = live.information.replace("\n", "\r\n")  # as browsers send it
    form |= {"goal": live.goal.replace("Objections", "Doubts"), "note": "", "output_schema": "", "act": "submit"}
    for number, entry in enumerate(live.inputs):
        form |= {f"in{number}_{key}": entry.get(key, "") for key in ("name", "label", "kind", "help", "max_length")}
        form |= {f"in{number}_required": "on"} if entry.get("required", True) else {}
    for number, example in enumerate(live.examples):
        form |= {f"ex{number}_name": example["name"]} | {
            f"ex{number}_in_{name}": text for name, text in example["inputs"].items()
        }
    version = trainer.post(edit, form)["Location"]
    leader.post(f"{version}act/", {"act": "test"})
    run_prompt_test(PromptTest.objects.latest("pk").pk)
    page = leader.get(version).content.decode()
    assert "<del>Objections, </del><ins>Doubts, </ins>" in page
    assert "What it changes against v1" in page
    assert page.count("<del>") == 1
    assert "Bergamo" in page  # what the live version answered, kept since its own test


def test_a_proposal_is_sent_back_on_the_page_and_its_author_reads_why(cast, sign_in, prompt) -> None:
    version = _proposed(cast, prompt)
    act = reverse("policies:prompt_act", args=[prompt.slug, version.number])
    assert sign_in(cast.trainer).post(act, {"act": "decline", "reason": "No"}).status_code == 422
    assert sign_in(cast.trainer).post(act, {"act": "decline", "reason": "Please name the headings."}).status_code == 302
    rep = sign_in(cast.rep)
    assert "Please name the headings." in rep.get(reverse("policies:prompts")).content.decode()
    assert "Please name the headings." in rep.get(reverse("policies:prompt_edit", args=[prompt.slug])).content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"information": "No braces"}, "name each input once"),
        ({"output_form": "json", "output_schema": "{"}, "not JSON"),
        ({"in0_name": "Not Good"}, "valid value"),
        ({"role": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(cast, sign_in, prompt, change, words) -> None:
    answer = sign_in(cast.rep).post(
        reverse("policies:prompt_edit", args=[prompt.slug]), FORM | {"note": "typed & kept"} | change
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "typed &amp; kept" in page
    assert not prompt.versions.exists()
