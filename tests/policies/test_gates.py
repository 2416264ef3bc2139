"""Control points before the call, on dates and phrases, and at review: defined, and honoured by the run that exists."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEvent
from policies.control_points import KINDS, Draft, Given, accepts, refusals, run_checks
from policies.evidence import dates
from policies.figures import figures
from policies.models import Activity, PromptVersion, Tool
from policies.services import put_in_force, save_policy_draft
from workbench.accounts.models import Qualification, RoleGrant
from workbench.runs import services
from workbench.runs.execution import execute_run, sweep
from workbench.runs.models import Run

GIVEN = {"transcript": "Ilaria Conti: We run three cold stores and want an offer by Friday."}


def _policy(cast, *points, category="human_in_the_loop"):
    activity = Activity.objects.get(slug="summarise-discovery-call")
    put_in_force(
        actor=cast.leader, activity=activity, category=category, rationale="Because we tried it.", accountable=cast.reviewer,
        goal=activity.goals.first(), tool=Tool.objects.get(), control_points=[("scrub", {}), *points],
    )  # fmt: skip
    return activity


def _version():
    return (
        PromptVersion.objects.approved().select_related("prompt__activity").get(prompt__slug="discovery-call-summary")
    )


def _submit(cast, **options):
    return services.submit_run(actor=cast.rep, prompt_version=_version(), inputs=GIVEN, **options)


# Before the call


@pytest.mark.parametrize(
    ("kind", "params", "given_", "ok"),
    [
        ("required_inputs", {"names": ["occasion"]}, Given({"occasion": " "}, {"occasion": "text"}), False),
        ("required_inputs", {"names": ["occasion"]}, Given({"occasion": "First call"}, {"occasion": "text"}), True),
        ("required_inputs", {"names": ["other"]}, Given({"occasion": ""}, {"occasion": "text"}), True),
        ("consent", {}, Given({"t": "Words"}, {"t": "transcript"}), False),
        ("consent", {}, Given({"t": "Words"}, {"t": "transcript"}, consent="contract"), True),
        ("consent", {"bases": ["consent"]}, Given({"t": "Words"}, {"t": "transcript"}, consent="contract"), False),
        ("consent", {}, Given({"t": "Words"}, {"t": "long_text"}), True),
        ("languages", {"languages": ["de"]}, Given({}, {}, "en"), False),
        ("languages", {"languages": ["de"]}, Given({}, {}, "de"), True),
    ],
)
def test_each_gate_says_in_a_sentence_what_it_misses(kind, params, given_, ok) -> None:
    found = refusals({kind: params}, given_)
    assert (found == {}) is ok
    assert all(
        (sentence.endswith(".") and "your text is kept" in sentence.lower()) or ok for sentence in found.values()
    )


def test_every_kind_takes_its_defaults_or_says_that_it_needs_something() -> None:
    for kind in KINDS.values():
        needed = [param for param in kind.params if param.default is None]
        assert accepts(kind.name, {}) is not bool(needed)
        assert not accepts(kind.name, {"no_such_parameter": 1})


@pytest.mark.django_db
def test_a_recording_without_a_basis_does_not_leave_and_with_one_it_is_on_record(cast, provider) -> None:
    _policy(cast, ("consent", {"bases": ["consent", "contract"]}))
    with pytest.raises(services.RunRefused, match="on which basis"):
        _submit(cast)
    with pytest.raises(services.RunRefused):
        _submit(cast, consent="legitimate_interest")
    run = _submit(cast, consent="contract")
    assert run.consent == "contract"
    assert AuditEvent.objects.get(action="run.queued", run_id=run.pk).data["consent"] == "contract"


@pytest.mark.django_db
def test_the_form_asks_for_the_basis_and_sends_with_it(cast, sign_in, provider) -> None:
    _policy(cast, ("consent", {"bases": ["consent"]}))
    client = sign_in(cast.rep)
    slug = ["discovery-call-summary"]
    page = client.get(reverse("runs:compose", args=slug)).content.decode()
    assert "Everybody on the call agreed" in page
    assert "Agreed in the contract" not in page
    inputs = GIVEN | {"occasion": ""}
    fragment = client.post(reverse("runs:draft", args=slug), inputs).content.decode()
    assert "Say on which basis this recording may be used" in fragment
    fragment = client.post(reverse("runs:draft", args=slug), inputs | {"consent": "consent"}).content.decode()
    seen = fragment.split('name="seen_sha256" value="')[1].split('"')[0]
    answer = client.post(reverse("runs:send", args=slug), inputs | {"consent": "consent", "seen_sha256": seen})
    assert answer.status_code == 302
    assert Run.objects.get().consent == "consent"


@pytest.mark.django_db
def test_a_qualification_opens_the_activity_and_its_lapse_closes_it(cast, provider) -> None:
    _policy(cast, ("qualification", {"name": "call-summaries"}))
    with pytest.raises(services.RunDenied, match="call-summaries"):
        _submit(cast)
    held = Qualification.objects.create(
        person=cast.rep, name="call-summaries", evidence="Exercise 3", granted_by=cast.trainer
    )
    assert _submit(cast).state == "queued"
    held.expires_at = timezone.now() - timedelta(minutes=1)
    held.save()
    with pytest.raises(services.RunDenied):
        _submit(cast)


# On the output


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("Decision on 9 December.", ()),
        ("Decision on 09.12.2026.", ()),
        ("Entscheidung am 9. Dezember.", ()),
        ("Decision on Dec 9, 2026.", ()),
        ("Decision on 2026-12-09 and 12/9/2026.", ()),
        ("Decision on 10 December.", ("10 December",)),
        ("Decision on 9 December 2027.", ("9 December 2027",)),
        ("Version 1.2 costs 3.50 and may cost more.", ()),
    ],
)
def test_dates_are_the_same_day_however_they_are_written(text, marks) -> None:
    (result,) = run_checks(
        {"dates_in_source": {}}, Draft(text, ("The decision falls on 9 December 2026, budget 84,000.",))
    )
    assert (result.ok, result.marks) == (not marks, marks)


@given(st.dates())
def test_every_day_is_read_back_in_each_form(day) -> None:
    for form in (
        day.isoformat(),
        f"{day.day}.{day.month}.{day.year:04d}",
        f"{day:%d %B} {day.year:04d}",
        f"{day:%B} {day.day}, {day.year:04d}",
    ):
        ((_start, _end, _words, found),) = dates(f"on {form}, we think")
        assert (found.day, found.month, found.year) == (day.day, day.month, day.year)


@pytest.mark.parametrize(
    ("text", "ok"),
    [("We guarantee it.", False), ("Guaranteed   savings", False), ("No guarantees here, unguaranteed", True)],
)
def test_forbidden_phrases_are_found_as_whole_words(text, ok) -> None:
    (result,) = run_checks({"forbidden_phrases": {"phrases": ["we guarantee", "guaranteed savings"]}}, Draft(text))
    assert result.ok is ok


# At review


@pytest.mark.django_db
def test_a_policy_may_ask_for_a_reviewer_who_is_a_leader_too(cast, provider) -> None:
    _policy(cast, ("reviewer_role", {"role": "leader"}))
    run = _submit(cast)
    execute_run(run.pk)
    with pytest.raises(PermissionDenied, match="also: Leader"):
        services.review_run(actor=cast.reviewer, run=run, verdict="approved")
    RoleGrant.objects.create(user=cast.leader, role="reviewer")
    del cast.leader.__dict__["role_names"]
    assert (
        services.review_run(actor=type(cast.leader).objects.get(pk=cast.leader.pk), run=run, verdict="approved").verdict
        == "approved"
    )


@pytest.mark.django_db
def test_a_draft_that_ran_out_of_time_goes_to_the_manager_once_and_then_ends(cast, provider) -> None:
    _policy(cast, ("time_limit", {"hours": 2, "then": "escalate"}))
    run = _submit(cast)
    execute_run(run.pk)
    Run.objects.update(due_at=F("created_at") - timedelta(hours=1))
    sweep()
    run.refresh_from_db()
    assert run.state == "in_review"
    assert run.escalated_at is not None
    assert run.due_at > timezone.now() + timedelta(hours=1)
    other = type(cast.rep).objects.create_user("nora", "nora@nordwerk.example")
    RoleGrant.objects.create(user=other, role="reviewer")
    with pytest.raises(PermissionDenied, match="manager"):
        services.review_run(actor=other, run=run, verdict="approved")
    Run.objects.update(due_at=F("created_at") - timedelta(hours=1))
    sweep()
    run.refresh_from_db()
    assert run.state == "expired"


# Replay


@pytest.mark.django_db
def test_a_draft_is_replayed_over_recent_runs_without_a_model(cast, sign_in, provider) -> None:
    activity = _policy(cast)
    for _ in range(2):
        execute_run(_submit(cast).pk)
    asked = len(provider.asked)
    points = [("scrub", {}), ("length", {"words": 3}), ("consent", {})]
    draft = save_policy_draft(
        actor=cast.leader, activity=activity, category="human_in_the_loop", rationale="Because we tried it.", goal=activity.goals.first(),
        control_points=points[:2],
    )  # fmt: skip
    found = figures().replay(draft)
    assert (found.runs, found.refused, found.marked, found.second, found.by) == (2, 0, 2, 2, {"length": 2})
    draft = save_policy_draft(
        actor=cast.leader,
        activity=activity,
        category="human_in_the_loop",
        rationale="Because we tried it.",
        control_points=points,
    )
    assert figures().replay(draft).by == {"consent": 2}
    draft = save_policy_draft(
        actor=cast.leader, activity=activity, category="human_only", rationale="Because we tried it."
    )
    assert figures().replay(draft).refused == 2
    assert len(provider.asked) == asked
    page = sign_in(cast.leader).get(reverse("policies:policy_replay", args=[activity.slug])).content.decode()
    assert "of the last 2 runs" in page
    assert "stays with people" in page
