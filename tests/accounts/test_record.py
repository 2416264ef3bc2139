"""My record: everything that is stored about a person, for that person alone."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField
from django.urls import reverse
from django.utils import timezone

from policies.models import PromptVersion
from training import services as learning
from training.models import LearningPath
from workbench.accounts import record
from workbench.accounts.models import Look, User
from workbench.privacy.services import destroy_keys
from workbench.runs import execution, services
from workbench.runs.models import Run

pytestmark = pytest.mark.django_db
CALL = "Ilaria Conti: We run three cold stores with 214 doors. Henrik Aas decides."

#: Every link from a record to a person, and the part of “My record” in which it stands. Whoever adds one says here where.
WHERE = {
    "accounts.Absence.cover": "absences", "accounts.Absence.person": "absences", "accounts.ApiToken.user": "tokens", "accounts.Look.person": "looks",
    "accounts.Look.viewer": "what one looked at is the other person's to know", "accounts.Notice.person": "notices",
    "accounts.Qualification.granted_by": "acts", "accounts.Qualification.person": "qualifications", "accounts.Qualification.revoked_by": "acts",
    "accounts.RoleGrant.user": "entry", "accounts.Team.manager": "the team's page", "accounts.User.groups": "not used", "accounts.User.user_permissions": "not used",
    "policies.AllowedWord.added_by": "words", "policies.IdentifierPattern.added_by": "patterns", "policies.Measurement.entered_by": "measurements",
    "policies.PolicyOverride.by": "overrides", "policies.PolicyVersion.accountable": "policies", "policies.PolicyVersion.decided_by": "policies", "policies.PolicyVersion.ended_by": "policies",
    "policies.Prompt.favourite_of": "favourites", "policies.PromptTest.tested_by": "prompt_tests", "policies.PromptVersion.approved_by": "prompts",
    "policies.PromptVersion.author": "prompts", "policies.PromptVersion.declined_by": "prompts", "policies.UseReport.decided_by": "reports",
    "policies.UseReport.reported_by": "reports", "runs.Case.opened_by": "cases", "runs.Draft.requester": "typed", "runs.Job.requester": "jobs", "runs.Plant.reviewer": "planted",
    "runs.Review.requester": "received", "runs.Review.reviewer": "reviews", "runs.Run.claimed_by": "answered_for",
    "runs.Run.person_of_record": "answered_for", "runs.Run.requester": "runs",
    "privacy.SubjectRequest.by": "requests", "privacy.Hold.placed_by": "holds", "privacy.Hold.lifted_by": "holds",
    "privacy.RetentionRequest.asked_by": "removals", "privacy.RetentionRequest.confirmed_by": "removals", "privacy.RetentionRequest.withdrawn_by": "removals",
    "training.Assignment.assigned_by": "assignments", "training.Assignment.ended_by": "assignments", "training.Audience.person": "assigned",
    "training.Attempt.learner": "attempts", "training.Completion.learner": "completions", "training.ExerciseVersion.author": "exercises",
    "training.Assessment.assessed_by": "assessments", "training.Worksheet.filler": "worksheets",
    "training.CoachingEntry.manager": "coaching", "training.CoachingEntry.person": "coaching",
    "training.CoachingEntry.done_by": "coaching",
    "account.EmailAddress.user": "entry", "mfa.Authenticator.user": "the page of the second factor",
}  # fmt: skip


def test_every_link_to_a_person_stands_somewhere_in_the_record() -> None:
    found = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey | ManyToManyField)
        and field.related_model is User
        and not model._meta.auto_created
    }
    assert found - set(WHERE) == set(), "a new link to a person: put it into the record, and here"


@pytest.fixture
def run(cast, provider):
    version = (
        PromptVersion.objects.approved().select_related("prompt__activity").get(prompt__slug="discovery-call-summary")
    )
    run = services.submit_run(actor=cast.rep, prompt_version=version, inputs={"transcript": CALL})
    execution.execute_run(run.pk)
    return Run.objects.get(pk=run.pk)


def _file(client):
    answer = client.get(reverse("accounts:record_file"))
    assert answer["Cache-Control"] == "no-store"
    return json.loads(b"".join(answer.streaming_content))


def test_the_file_holds_what_was_given_and_what_came_back(cast, run, sign_in) -> None:
    services.review_run(actor=cast.reviewer, run=run, verdict="rejected", reason="Names a date nobody said.")
    mine = _file(sign_in(cast.rep))
    assert mine["runs"][0]["inputs"]["transcript"] == CALL
    assert mine["entry"][0]["username"] == "jonas"
    assert mine["received"][0]["reason"] == "Names a date nobody said."
    assert {act["action"] for act in mine["acts"]} >= {"run.queued"}
    theirs = _file(sign_in(cast.reviewer))
    assert theirs["reviews"][0]["verdict"] == "rejected"
    assert theirs["runs"] == []
    assert CALL not in json.dumps(theirs)


def test_the_parts_are_those_of_the_list_above(cast) -> None:
    names = {part.name for part in record.parts(cast.rep)}
    assert {place for place in WHERE.values() if " " not in place} <= names


def test_one_sees_who_looked(cast, run, sign_in) -> None:
    sign_in(cast.reviewer).post(reverse("runs:claim", args=[run.pk]))
    sign_in(cast.reviewer).get(reverse("runs:run", args=[run.pk]))
    sign_in(cast.administrator).get(reverse("accounts:person", args=[cast.rep.pk]))
    sign_in(cast.rep).get(reverse("runs:run", args=[run.pk]))
    assert {(look.viewer_id, look.kind) for look in Look.objects.filter(person=cast.rep)} == {
        (cast.reviewer.pk, "run"), (cast.administrator.pk, "entry"),
    }  # fmt: skip
    page = sign_in(cast.rep).get(reverse("accounts:record")).content.decode()
    assert str(cast.reviewer) in page
    assert _file(sign_in(cast.reviewer))["looks"] == []


def test_the_page_costs_the_same_for_one_run_and_for_many(cast, run, sign_in, django_assert_max_num_queries) -> None:
    Run.objects.bulk_create([
        Run(requester=cast.rep, activity=run.activity, policy_version=run.policy_version, prompt_version=run.prompt_version, tool=run.tool, category=run.category)
        for _ in range(60)
    ])  # fmt: skip
    client = sign_in(cast.rep)
    with django_assert_max_num_queries(45):
        page = client.get(reverse("accounts:record"))
    assert "The newest 10 of 61" in page.content.decode()


def test_what_was_erased_reads_erased(cast, run, sign_in) -> None:
    destroy_keys([run.data_key.pk])
    assert _file(sign_in(cast.rep))["runs"][0]["inputs"] == "erased"


def test_what_one_is_assigned_and_what_one_assigned_stand_in_the_record(cast, sign_in) -> None:
    due = timezone.localdate() + timedelta(days=9)
    path = LearningPath.objects.get(slug="basics")
    given = learning.assign_path(actor=cast.trainer, path=path, due=due, people=[cast.rep], note="For the fair.")
    learning.end_assignment(actor=cast.leader, assignment=learning.assign_path(actor=cast.trainer, path=path, due=due, roles=["rep"]))  # fmt: skip
    assert _file(sign_in(cast.rep))["assigned"] == [
        {"path": "basics", "language": "", "at": given.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "due": due.isoformat(), "complete": False},
    ]  # fmt: skip
    assert [row["note"] for row in _file(sign_in(cast.trainer))["assignments"]] == ["", "For the fair."]
    assert [(row["mine"], row["ended_by_me"]) for row in _file(sign_in(cast.leader))["assignments"]] == [(False, True)]
