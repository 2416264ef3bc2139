"""Who may use AI for what, now: every category, role, policy state, prompt state and tool state."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from policies.decision import Effect, Facts, weigh
from policies.models import Activity, Category, PolicyState, PolicyVersion, PromptState, PromptVersion, Tool
from policies.services import decide, suspend_policy

ALLOWED = Facts(
    activity="Summarise a discovery call",
    may_run=True,
    policy_state="in_force",
    category="human_in_the_loop",
    decided_by="Marit Solheim",
    decided_at=datetime(2026, 9, 14, 10, tzinfo=UTC),
    rationale="Others build on it.",
    prompt_state="approved",
    prompt_has_schema=True,
    tool_enabled=True,
    tool_ready=True,
    accountable_active=True,
    control_points={"scrub": {}},
)
CATEGORIES = [*Category.values, ""]
POLICY_STATES = ["", *PolicyState.values]
TOOLS = {"ready": (True, True), "no model": (True, False), "off": (False, True)}


def _expected(category, may_run, policy_state, prompt_state, tool):
    """The table, written the other way round: what must hold for a call to be allowed."""
    if not may_run:
        return "role"
    if policy_state == "suspended":
        return "suspended"
    if policy_state and category == "human_only":
        return "human_only"
    if policy_state != "in_force" or category not in Category.values:
        return "no_policy"
    if prompt_state != "approved":
        return "prompt"
    return {"ready": "", "no model": "no_model", "off": "tool_disabled"}[tool]


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("policy_state", POLICY_STATES)
def test_only_one_row_of_the_table_allows_and_every_other_says_why(category, policy_state) -> None:
    for may_run, prompt_state, tool in product((True, False), PromptState.values, TOOLS):
        enabled, ready = TOOLS[tool]
        facts = replace(
            ALLOWED,
            category=category,
            policy_state=policy_state,
            may_run=may_run,
            prompt_state=prompt_state,
            tool_enabled=enabled,
            tool_ready=ready,
        )
        decision = weigh(facts)
        code = _expected(category, may_run, policy_state, prompt_state, tool)
        assert [reason.code for reason in decision.reasons] == ([code] if code else []), facts
        assert decision.effect is (Effect.DENY if code else Effect.ALLOW)
        assert decision.sentence.endswith(".") is bool(code)
        assert bool(decision.obligations) is decision.allowed, (
            "what is refused obliges to nothing, what is allowed always does"
        )


def test_what_is_not_known_is_refused() -> None:
    assert not weigh(Facts(activity="Anything", may_run=True)).allowed


def test_a_prompt_of_another_activity_is_refused() -> None:
    assert weigh(replace(ALLOWED, prompt_of_activity=False)).reasons[0].code == "prompt"


@pytest.mark.parametrize(
    ("gap", "code"), [({"prompt_has_schema": False}, "schema"), ({"accountable_active": False}, "accountable")]
)
def test_automation_needs_a_schema_and_a_person_who_still_works_here(gap, code) -> None:
    automated = replace(ALLOWED, category="automated")
    assert weigh(automated).allowed
    assert weigh(replace(automated, **gap)).reasons[0].code == code
    assert weigh(replace(ALLOWED, **gap)).allowed, "a person in the loop makes up for it"


def test_what_stays_with_people_names_person_date_and_rationale() -> None:
    sentence = weigh(replace(ALLOWED, category="human_only")).sentence
    for part in (
        "Marit Solheim",
        "14",
        "2026",
        "Others build on it.",
        "Summarise a discovery call",
        "No text was stored.",
    ):
        assert part in sentence


@pytest.mark.parametrize(
    ("category", "points", "expected"),
    [
        ("sparring_partner", {"four_eyes": {}, "sample": {"percent": 100}}, ["note"]),
        ("human_in_the_loop", {"scrub": {}}, ["review"]),
        ("human_in_the_loop", {"time_limit": {"hours": 24}, "four_eyes": {}}, ["review", "four_eyes", "time_limit"]),
        ("automated", {"schema": {}, "length": {}}, ["rules"]),
        ("automated", {"schema": {}, "sample": {"percent": 20}}, ["rules", "sample"]),
    ],
)
def test_each_category_and_control_point_becomes_an_obligation(category, points, expected) -> None:
    decision = weigh(replace(ALLOWED, category=category, control_points=points))
    assert [obligation.name for obligation in decision.obligations] == ["scrub", *expected]
    for name in expected:
        assert decision.obliges(name).params == points.get(name, {})


# The same with the company's people and records.


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("leader", True),
        ("rep", True),
        ("reviewer", True),
        ("trainer", True),
        ("compliance", False),
        ("administrator", False),
        ("outsider", False),
    ],
)
def test_who_sells_reviews_or_teaches_may_use_ai_and_who_only_governs_may_not(cast, who, allowed) -> None:
    for slug in ("challenge-account-plan", "summarise-discovery-call", "fill-crm-fields"):
        decision = decide(actor=getattr(cast, who), activity=Activity.objects.get(slug=slug))
        assert decision.allowed is allowed
        assert [reason.code for reason in decision.reasons] == ([] if allowed else ["role"])


@pytest.mark.django_db
def test_an_activity_without_a_policy_is_refused(cast) -> None:
    decision = decide(actor=cast.rep, activity=Activity.objects.get(slug="draft-proposal"))
    assert (decision.effect, decision.reasons[0].code, decision.policy_version_id) == (Effect.DENY, "no_policy", None)


@pytest.mark.django_db
def test_only_an_approved_prompt_of_this_activity_is_accepted(cast) -> None:
    activity = Activity.objects.get(slug="summarise-discovery-call")
    own = PromptVersion.objects.approved().filter(prompt__activity=activity).first()
    other = PromptVersion.objects.approved().exclude(prompt__activity=activity).first()
    assert decide(actor=cast.rep, activity=activity, prompt_version=own).allowed
    assert decide(actor=cast.rep, activity=activity, prompt_version=other).reasons[0].code == "prompt"
    PromptVersion.objects.filter(pk=own.pk).update(state="retired")
    own.refresh_from_db()
    assert decide(actor=cast.rep, activity=activity, prompt_version=own).reasons[0].code == "prompt"


@pytest.mark.django_db
def test_a_tool_that_is_switched_off_or_has_no_key_refuses(cast, settings, monkeypatch) -> None:
    activity = Activity.objects.get(slug="summarise-discovery-call")
    settings.WORKBENCH_MODEL_API_KEY = ""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    decision = decide(actor=cast.rep, activity=activity)
    assert decision.reasons[0].code == "no_model"
    assert "make demo MODEL=" in decision.sentence
    assert "WORKBENCH_MODEL" in decision.sentence
    Tool.objects.update(enabled=False)
    assert decide(actor=cast.rep, activity=activity).reasons[0].code == "tool_disabled"


@pytest.mark.django_db
def test_a_suspended_policy_refuses_since_the_day_it_was_suspended(cast) -> None:
    activity = Activity.objects.get(slug="summarise-discovery-call")
    version = PolicyVersion.objects.deciding().get(activity=activity)
    suspend_policy(actor=cast.compliance, version=version)
    decision = decide(actor=cast.rep, activity=activity)
    assert decision.reasons[0].code == "suspended"
    assert decision.policy_version_id == version.pk


@pytest.mark.django_db
def test_a_decision_costs_at_most_three_queries(cast, django_assert_max_num_queries) -> None:
    from workbench.accounts.models import User

    prompt = (
        PromptVersion.objects.approved().select_related("prompt__activity").get(prompt__slug="crm-fields-from-call")
    )
    rep = User.objects.get(pk=cast.rep.pk)
    with django_assert_max_num_queries(3):
        assert decide(actor=rep, activity=prompt.prompt.activity, prompt_version=prompt).allowed


@pytest.mark.django_db
def test_the_reasons_come_in_the_language_of_the_reader(cast) -> None:
    from django.utils import translation

    activity = Activity.objects.get(slug="prioritise-accounts")
    with translation.override("de"):
        sentence = decide(actor=cast.rep, activity=activity).sentence
    assert "Marit Solheim" in sentence
    assert activity.name in sentence
