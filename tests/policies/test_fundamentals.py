"""A policy may ask for fundamentals: without them it takes effect only where a leader says why, by name."""

import csv
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, transaction
from django.urls import reverse
from django.utils import timezone

from audit import sealing
from audit.filters import Filters
from audit.models import AuditEvent
from audit.reading import quotes
from policies.fundamentals import missing, missing_of
from policies.mapfile import import_map
from policies.mapfile.form import FORMAT
from policies.mapfile.reading import read
from policies.models import Activity, PolicyOverride, PolicyState, PolicyVersion, Tool
from policies.services import decide, put_in_force, save_policy_draft, take_effect, withdraw_policy
from policies.yamlfile import FileRefused
from tests.audit.test_export import unpack
from training.models import Fundamental
from training.services import assess_fundamental, retire_fundamental
from workbench.accounts.models import Notice, Team, User
from workbench.accounts.record import parts
from workbench.privacy.models import DataKey
from workbench.privacy.records import contents_of, records_of
from workbench.privacy.requests import lift_hold, place_hold
from workbench.privacy.services import destroy_keys
from workbench.privacy.subjects import find_subject
from workbench.runs.typed import mark_typed

pytestmark = pytest.mark.django_db
CALL = "summarise-discovery-call"
WHY = "Because we tried it and it held."
REASON = "Half of the plans name a step now; the rest follows by January."


@pytest.fixture
def calls(company) -> Activity:
    return Activity.objects.get(slug=CALL)


def _decide(cast, activity, *names, accountable=None, **more):
    return put_in_force(
        actor=cast.leader, activity=activity, accountable=accountable or cast.reviewer,
        **{
            "category": "human_in_the_loop", "rationale": WHY, "goal": activity.goals.first(), "tool": Tool.objects.get(),
            "control_points": [("scrub", {}), ("fundamentals", {"names": list(names)})], **more,
        },
    )  # fmt: skip


def _assess(cast, slug, team="North", level="in_place", days=0):
    return assess_fundamental(
        actor=cast.leader, fundamental=Fundamental.objects.get(slug=slug), team=Team.objects.get(name=team), level=level, evidence="Ten of ten plans.",
        looked_on=timezone.localdate() - timedelta(days=days),
    )  # fmt: skip


def _in_force(activity) -> int:
    return PolicyVersion.objects.get(activity=activity, state="in_force").number


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


# What counts as in place


def test_a_policy_takes_effect_where_the_fundamental_is_in_place(cast, calls) -> None:
    assert _decide(cast, calls, "ideal-customer-profile").state == PolicyState.IN_FORCE
    assert not PolicyOverride.objects.exists()


@pytest.mark.parametrize(
    ("slug", "word"), [("written-call-plans", "in part"), ("learning", "not assessed"), ("no-such-habit", "not here any more")]
)  # fmt: skip
def test_what_is_there_in_part_was_never_assessed_or_never_was_keeps_a_policy_back(cast, calls, slug, word) -> None:
    before = _in_force(calls)
    with pytest.raises(ValidationError) as refused:
        _decide(cast, calls, "ideal-customer-profile", slug)
    assert list(refused.value.message_dict) == ["override"]
    sentence = refused.value.message_dict["override"][0]
    assert f"({word})" in sentence
    assert "Ideal customer profile" not in sentence
    assert _in_force(calls) == before


def test_another_teams_assessment_does_not_help(cast, calls) -> None:
    _assess(cast, "learning", team="South")
    with pytest.raises(ValidationError, match="not assessed"):
        _decide(cast, calls, "learning")


def test_where_the_accountable_person_belongs_to_no_team_one_team_is_enough(cast, calls) -> None:
    User.objects.filter(pk=cast.trainer.pk).update(team=None)
    with pytest.raises(ValidationError):
        _decide(cast, calls, "learning", accountable=cast.trainer)
    _assess(cast, "learning", team="South")
    _assess(cast, "learning", team="North", level="not_yet")
    assert _decide(cast, calls, "learning", accountable=cast.trainer).state == PolicyState.IN_FORCE


def test_the_last_look_counts(cast, calls) -> None:
    _assess(cast, "ideal-customer-profile", level="not_yet")
    _assess(cast, "ideal-customer-profile", level="in_place", days=30)
    with pytest.raises(ValidationError, match="not yet"):
        _decide(cast, calls, "ideal-customer-profile")


def test_a_fundamental_that_was_taken_away_is_missing(cast, calls) -> None:
    retire_fundamental(actor=cast.leader, fundamental=Fundamental.objects.get(slug="ideal-customer-profile"))
    with pytest.raises(ValidationError, match="not here any more"):
        _decide(cast, calls, "ideal-customer-profile")


def test_work_that_stays_with_people_rests_on_none(cast, calls) -> None:
    assert missing("human_only", {"fundamentals": {"names": ["learning"]}}, None) == []
    points = [("scrub", {})]
    assert _decide(cast, calls, category="human_only", goal=None, tool=None, control_points=points).state == "in_force"


def test_a_draft_is_kept_without_them(cast, calls) -> None:
    draft = save_policy_draft(
        actor=cast.leader, activity=calls, category="human_in_the_loop", rationale=WHY, goal=calls.goals.first(), tool=Tool.objects.get(),
        control_points=[("scrub", {}), ("fundamentals", {"names": ["learning"]})],
    )  # fmt: skip
    assert draft.state == PolicyState.DRAFT


def test_a_call_goes_on_where_a_fundamental_is_lost_later_and_the_map_says_so(cast, calls, sign_in) -> None:
    _decide(cast, calls, "ideal-customer-profile")
    client = sign_in(cast.rep)
    assert "tile-lacks" not in text_of(client.get(reverse("policies:map")))
    _assess(cast, "ideal-customer-profile", level="in_part")
    assert decide(actor=cast.rep, activity=calls).allowed
    page = text_of(client.get(reverse("policies:map")))
    assert '<a href="/fundamentals/ideal-customer-profile/">Ideal customer profile</a> in part' in page


# The override


def test_a_leader_decides_all_the_same_with_a_reason_that_stays_and_is_logged(cast, calls) -> None:
    version = _decide(cast, calls, "learning", "written-call-plans", override=f"  {REASON} ")
    kept = PolicyOverride.objects.get(policy_version=version)
    assert (kept.by, kept.why, kept.fundamentals) == (cast.leader, REASON, ["learning", "written-call-plans"])
    event = AuditEvent.objects.get(action="policy.overridden")
    assert event.data == {"version": version.number, "fundamentals": ["learning", "written-call-plans"], "override_id": kept.pk}  # fmt: skip
    assert (event.actor_id, event.policy_version_id) == (cast.leader.pk, version.pk)
    assert REASON.encode() not in bytes(kept.reason_sealed)


@pytest.mark.parametrize("reason", ["soon", "\u200b" * 30, "x" * 1001])
def test_a_reason_is_a_sentence_that_can_be_seen(cast, calls, reason) -> None:
    with pytest.raises(ValidationError, match="Give the reason"):
        _decide(cast, calls, "learning", override=reason)
    assert not AuditEvent.objects.filter(action="policy.overridden").exists()


def test_a_reason_for_nothing_is_not_kept(cast, calls) -> None:
    _decide(cast, calls, "ideal-customer-profile", override=REASON)
    assert not PolicyOverride.objects.exists()


def test_why_it_was_decided_never_changes_and_never_goes(cast, calls) -> None:
    version = _decide(cast, calls, "learning", override=REASON)
    kept = PolicyOverride.objects.filter(policy_version=version)
    for change in (
        lambda: kept.update(by=cast.reviewer),
        lambda: kept.update(reason_sealed=b"x"),
        lambda: kept.update(fundamentals=[]),
        lambda: kept.delete(),
    ):
        with pytest.raises(Error, match="never changes"), transaction.atomic():
            change()
    kept.update(marked=True)


def test_the_page_asks_for_the_reason_keeps_what_was_typed_and_shows_it_to_everybody(cast, calls, sign_in) -> None:
    client = sign_in(cast.leader)
    goal = calls.goals.first()
    typed = {
        "category": "human_in_the_loop", "rationale": WHY, "accountable": cast.reviewer.pk, "tool": Tool.objects.get().pk, "point_fundamentals": "on",
        "param_fundamentals_names": ["written-call-plans"], "measure": goal.measure, "baseline": goal.baseline, "target": goal.target,
        "unit": goal.unit, "due": goal.due.isoformat(), "source": goal.source, "act": "force",
    }  # fmt: skip
    url = reverse("policies:policy", args=[CALL])
    assert 'name="override"' not in client.get(url).content.decode()
    refused = client.post(url, typed)
    assert refused.status_code == 422
    page = text_of(refused)
    assert "Not in place: Written call plans (in part)." in page
    assert 'name="override"' in page
    assert refused.context["form"]["param_fundamentals_names"].value() == ["written-call-plans"]
    assert client.post(url, typed | {"override": REASON}).status_code == 302
    seen = text_of(sign_in(cast.colleague).get(url))
    assert REASON in seen
    assert f"Put in force all the same by {cast.leader}" in seen
    assert "Written call plans" in seen
    assert "asked for" in seen


def test_the_policy_page_shows_what_the_activity_rests_on_without_a_control_point(cast, sign_in) -> None:
    page = text_of(sign_in(cast.rep).get(reverse("policies:policy", args=[CALL])))
    assert '<a href="/fundamentals/written-call-plans/">Written call plans</a> <span class="small muted">in part' in page  # fmt: skip


def test_a_program_gives_the_reason_too(cast, calls, sign_in) -> None:
    client = sign_in(cast.leader)
    body = {"category": "human_in_the_loop", "rationale": WHY, "control_points": {"scrub": {}, "fundamentals": {"names": ["learning"]}}}  # fmt: skip
    url = f"/api/v1/activities/{CALL}/policy/"
    refused = client.post(url, body, content_type="application/json")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["override"])
    assert client.post(url, body | {"override": REASON}, content_type="application/json").status_code == 200
    assert PolicyOverride.objects.get().why == REASON


# A day to come


def test_a_decision_whose_fundamental_was_lost_by_its_day_does_not_take_effect(cast, calls) -> None:
    before = _in_force(calls)
    day = timezone.now() + timedelta(days=3)
    version = _decide(cast, calls, "ideal-customer-profile", effective_at=day)
    _assess(cast, "ideal-customer-profile", level="in_part")
    PolicyVersion.objects.filter(pk=version.pk).update(state="draft")
    PolicyVersion.objects.filter(pk=version.pk).update(state="scheduled", in_force_at=timezone.now() - timedelta(minutes=1))  # fmt: skip
    assert take_effect() == 0
    version.refresh_from_db()
    assert (version.state, _in_force(calls)) == (PolicyState.DRAFT, before)
    event = AuditEvent.objects.get(action="policy.held_back")
    assert (event.actor_id, event.data["fundamentals"]) == (None, ["ideal-customer-profile"])
    told = set(Notice.objects.filter(kind="policy_held_back").values_list("person__username", flat=True))
    assert told == {"marit", "aylin"}
    assert take_effect() == 0


def test_a_decision_with_a_reason_takes_effect_on_its_day_as_long_as_nothing_else_is_lost(cast, calls) -> None:
    for lost in (False, True):
        version = _decide(cast, calls, "learning", "ideal-customer-profile", effective_at=timezone.now() + timedelta(days=3), override=REASON)  # fmt: skip
        if lost:
            _assess(cast, "ideal-customer-profile", level="not_yet")
        PolicyVersion.objects.filter(pk=version.pk).update(state="draft")
        PolicyVersion.objects.filter(pk=version.pk).update(state="scheduled", in_force_at=timezone.now() - timedelta(minutes=1))  # fmt: skip
        assert take_effect() == (0 if lost else 1)


def test_a_decision_that_was_taken_back_and_decided_anew_carries_its_new_reason(cast, calls) -> None:
    day = timezone.now() + timedelta(days=3)
    first = _decide(cast, calls, "learning", effective_at=day, override=REASON)
    withdraw_policy(actor=cast.leader, activity=calls)
    again = _decide(cast, calls, "learning", override="The team practises from this week on.")
    assert again.pk == first.pk
    assert PolicyOverride.objects.get(policy_version=again).why == "The team practises from this week on."


# A file


def _file(activity, points) -> bytes:
    goal = activity.goals.first()
    return f"""format: {FORMAT}
activities:
  - slug: {activity.slug}
    name: {activity.name}
    stage: {activity.stage.name}
    description: {activity.description}
    traits: [language_driven, repeatable, formalised]
    data: [customer, recordings]
    goal: {{measure: {goal.measure}, baseline: {goal.baseline}, target: {goal.target}, unit: {goal.unit}, due: "{goal.due}", source: {goal.source}}}
    policy:
      category: human_in_the_loop
      rationale: {WHY}
      accountable: aylin
      tool: {Tool.objects.get().slug}
      control_points: {points}
""".encode()  # fmt: skip


def test_a_file_cannot_put_a_policy_in_force_without_its_fundamentals(cast, calls) -> None:
    before = _in_force(calls)
    with pytest.raises(FileRefused, match=r"Not in place: Learning \(not assessed\)"):
        import_map(actor=cast.leader, file=read(_file(calls, "{scrub: {}, fundamentals: {names: [learning]}}")))
    assert _in_force(calls) == before
    import_map(actor=cast.leader, file=read(_file(calls, "{scrub: {}, fundamentals: {names: [ideal-customer-profile]}}")))  # fmt: skip
    assert _in_force(calls) == before + 1


def test_a_file_that_leaves_a_decided_policy_as_it_is_is_taken(cast, calls) -> None:
    _decide(cast, calls, "learning", override=REASON, control_points=[("scrub", {}), ("fundamentals", {"names": ["learning"]})])  # fmt: skip
    number = _in_force(calls)
    file = _file(calls, "{scrub: {}, fundamentals: {names: [learning]}}").replace(b"name: Summarise", b"name: Sum up and summarise", 1)  # fmt: skip
    import_map(actor=cast.leader, file=read(file))
    calls.refresh_from_db()
    assert calls.name.startswith("Sum up")
    assert _in_force(calls) == number


# The records of it


def test_readers_of_the_log_see_the_reason_from_the_live_record_until_it_is_erased(cast, calls) -> None:
    _decide(cast, calls, "learning", override="Ilaria Conti asked us to begin with this in March.")
    event = AuditEvent.objects.get(action="policy.overridden")
    assert quotes([event])[event.pk] == "Ilaria Conti asked us to begin with this in March."
    kept = PolicyOverride.objects.get()
    assert mark_typed() >= 1
    assert kept.data_key_id in find_subject("Ilaria Conti")["whole"]
    assert next(iter(records_of([kept.data_key_id]))).by == str(cast.leader)
    assert "Ilaria Conti" in next(contents_of([kept.data_key_id]))["given"]
    destroy_keys([kept.data_key_id])
    assert quotes([event])[event.pk] is None
    assert list(contents_of([kept.data_key_id])) == []


def test_each_decision_is_read_with_its_own_reason_and_one_that_went_reads_as_erased(cast, calls, tmp_path) -> None:
    _decide(cast, calls, "learning", effective_at=timezone.now() + timedelta(days=3), override=REASON)
    withdraw_policy(actor=cast.leader, activity=calls)
    _decide(cast, calls, "learning", override="The team practises from this week on.")
    first, second = AuditEvent.objects.filter(action="policy.overridden").order_by("pk")
    assert first.policy_version_id == second.policy_version_id
    for events in ([first, second], [second, first]):
        assert quotes(events)[first.pk] is None
        assert quotes(events)[second.pk] == "The team practises from this week on."
    sealing.make_checkpoint()
    folder = unpack(cast.compliance, Filters(action="policy.overridden"), tmp_path)
    with (folder / "records.csv").open(encoding="utf-8-sig", newline="") as table:
        assert [row["reason"] for row in csv.DictReader(table)] == ["erased", "The team practises from this week on."]


def test_a_reason_that_went_leaves_nothing_and_one_under_a_hold_stays(cast, calls) -> None:
    _decide(
        cast, calls, "learning", effective_at=timezone.now() + timedelta(days=3), override="Ilaria Conti asked for it."
    )
    mark_typed()
    withdraw_policy(actor=cast.leader, activity=calls)
    first = PolicyOverride.objects.get()
    hold = place_hold(actor=cast.compliance, keys=[first.data_key_id], reference="Lawsuit 3/26")
    with pytest.raises(ValidationError, match="Lawsuit 3/26"):
        _decide(cast, calls, "learning", override=REASON)
    assert PolicyOverride.objects.get() == first
    lift_hold(actor=cast.compliance, hold=hold)
    _decide(cast, calls, "learning", override=REASON)
    assert not DataKey.objects.filter(pk=first.data_key_id).exists()
    assert not find_subject("Ilaria Conti")["whole"]


def test_a_reason_goes_with_the_draft_that_is_thrown_away_and_stays_under_a_hold(cast, calls, sign_in) -> None:
    day = timezone.now() + timedelta(days=3)
    _decide(cast, calls, "learning", effective_at=day, override="Ilaria Conti asked for it.")
    mark_typed()
    withdraw_policy(actor=cast.leader, activity=calls)
    why = PolicyOverride.objects.get()
    hold = place_hold(actor=cast.compliance, keys=[why.data_key_id], reference="Lawsuit 3/26")
    client = sign_in(cast.leader)
    assert "Lawsuit 3/26" in text_of(client.post(reverse("policies:policy_discard", args=[CALL]), follow=True))
    assert client.post(f"/api/v1/activities/{CALL}/discard/").status_code == 400
    assert PolicyOverride.objects.get() == why
    lift_hold(actor=cast.compliance, hold=hold)
    assert client.post(f"/api/v1/activities/{CALL}/discard/").status_code == 204
    assert not calls.policy_versions.filter(state="draft").exists()
    assert not DataKey.objects.filter(pk=why.data_key_id).exists()
    assert not find_subject("Ilaria Conti")["whole"]


def test_it_stands_in_the_record_of_whoever_decided(cast, calls) -> None:
    _decide(cast, calls, "learning", override=REASON)
    mine = next(part for part in parts(cast.leader) if part.name == "overrides")
    assert next(iter(mine.every()))["reason"] == REASON
    theirs = next(part for part in parts(cast.reviewer) if part.name == "overrides")
    assert list(theirs.every()) == []


def test_what_is_missing_of_many_policies_costs_three_queries(cast, calls, django_assert_num_queries) -> None:
    version = _decide(cast, calls, "learning", "written-call-plans", override=REASON)
    versions = list(PolicyVersion.objects.deciding().select_related("accountable"))
    with django_assert_num_queries(3):
        found = missing_of(versions)
    assert {pk: [one.slug for one in ones] for pk, ones in found.items()} == {version.pk: ["learning", "written-call-plans"]}  # fmt: skip
