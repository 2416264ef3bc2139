"""The map, the policy of an activity, the prompts and the tools as people see them."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from policies.models import Activity, Category, Goal, PolicyVersion, PromptVersion, Stage, Tool
from policies.services import put_in_force, suspend_policy

pytestmark = pytest.mark.django_db
CALL = "summarise-discovery-call"
EVERYBODY = ["leader", "rep", "reviewer", "compliance", "trainer", "administrator", "outsider"]


def _text(answer) -> str:
    return answer.content.decode()


def _policy(slug=CALL) -> str:
    return reverse("policies:policy", args=[slug])


def _decision(**changes) -> dict[str, str]:
    """The form as the page of the demo's discovery call sends it."""
    from workbench.accounts.models import User

    form = {
        "category": "human_in_the_loop",
        "rationale": "A reviewer who knows the account decides.",
        "measure": "Minutes per summary",
        "baseline": "40",
        "target": "10",
        "unit": "min",
        # The demo counts its goals from today.
        "due": Goal.objects.filter(activity__slug=CALL).earliest("pk").due.isoformat(),
        "point_figures_in_source": "on",
        "point_length": "on",
        "param_length_words": "500",
        "accountable": str(User.objects.get(username="aylin").pk),
        "tool": str(Tool.objects.get().pk),
    }
    return form | changes


# The map


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_reads_the_map_the_policies_and_the_prompts(cast, sign_in, who) -> None:
    client = sign_in(getattr(cast, who))
    for url in (reverse("policies:map"), reverse("policies:list"), reverse("policies:prompts"), _policy()):
        assert client.get(url).status_code == 200
    assert client.get(reverse("policies:prompt", args=["discovery-call-summary"])).status_code == 200


def test_the_map_says_who_is_responsible_for_each_activity(cast, sign_in) -> None:
    page = _text(sign_in(cast.rep).get(reverse("policies:map")))
    assert "6 of 7 activities under a policy" in page
    for name in ("Human only", "Sparring partner", "Human in the loop", "Automated", "No category yet"):
        assert name in page
    assert "Minutes per summary" in page
    assert "40 min" in page
    assert "10 min" in page
    assert "The price is a promise; one person makes it." in page  # human only shows its reason
    assert f'href="{_policy()}"' in page


def test_the_bar_of_coverage_is_drawn_without_style_attributes(cast, sign_in, settings) -> None:
    settings.USE_THOUSAND_SEPARATOR = True
    page = _text(sign_in(cast.rep).get(reverse("policies:map"), headers={"accept-language": "de"}))
    assert 'width="28.17"' in page  # a decimal point in every language: SVG knows no comma
    assert " style=" not in page


def test_a_suspended_policy_is_counted_and_named_on_the_map(cast, sign_in) -> None:
    suspend_policy(actor=cast.leader, version=PolicyVersion.objects.deciding().get(activity__slug=CALL))
    page = _text(sign_in(cast.rep).get(reverse("policies:map")))
    assert "is-suspended" in page
    assert "Suspended" in page


def test_the_map_takes_as_many_queries_for_sixty_activities_as_for_six(
    cast, sign_in, django_assert_max_num_queries
) -> None:
    stage = Stage.objects.get(name="Proposal")
    for n in range(54):
        activity = Activity.objects.create(stage=stage, slug=f"more-{n}", name=f"More {n}")
        put_in_force(
            actor=cast.leader,
            activity=activity,
            category=Category.HUMAN_ONLY,
            rationale="It stays with people for now.",
            accountable=cast.reviewer,
        )
    client = sign_in(cast.rep)
    client.get(reverse("policies:map"))
    for name in ("policies:map", "policies:list"):
        with django_assert_max_num_queries(11):
            assert "More 53" in _text(client.get(reverse(name)))


def test_without_activities_the_map_says_what_will_appear(db, django_user_model, sign_in) -> None:
    client = sign_in(django_user_model.objects.create_user("first", "first@example.org"))
    for name in ("policies:map", "policies:list"):
        assert "No activities yet" in _text(client.get(reverse(name)))
    assert "No prompts yet" in _text(client.get(reverse("policies:prompts")))


# The policy


@pytest.mark.parametrize("who", ["rep", "reviewer", "compliance", "trainer", "administrator", "outsider"])
def test_who_does_not_lead_reads_the_policy_without_a_form(cast, sign_in, who) -> None:
    client = sign_in(getattr(cast, who))
    page = _text(client.get(_policy()))
    assert "Put in force" not in page
    assert "a reviewer who knows the account decides" in page
    assert "Figures appear in the source" in page
    assert "600 words at most" in page
    assert "Aylin Demirtas" in page
    assert client.post(_policy(), _decision()).status_code == 403
    assert PolicyVersion.objects.filter(activity__slug=CALL).count() == 1


def test_the_steps_stand_in_the_order_of_the_method_and_the_tool_comes_last(cast, sign_in) -> None:
    page = _text(sign_in(cast.leader).get(_policy()))
    places = [
        page.index(f'id="{name}"')
        for name in (
            "step-1",
            "id_category",
            "id_rationale",
            "id_measure",
            "id_point_length",
            "id_accountable",
            "id_tool",
        )
    ]
    assert places == sorted(places)
    assert 'value="40"' in page  # a whole figure without decimals
    assert 'value="human_in_the_loop" id="id_category_2" required checked' in page
    assert "always on" in page  # scrubbing cannot be switched off


def test_a_leader_puts_a_new_version_in_force(cast, sign_in) -> None:
    client = sign_in(cast.leader)
    answer = client.post(_policy(), _decision(rationale="From now on at most five hundred words."), follow=True)
    assert "Policy v2 is in force. The next call obeys it." in _text(answer)
    version = PolicyVersion.objects.deciding().get(activity__slug=CALL)
    assert (version.number, version.decided_by, version.accountable) == (2, cast.leader, cast.reviewer)
    points = {point.kind: point.params for point in version.control_points.all()}
    assert points == {"scrub": {}, "figures_in_source": {}, "length": {"words": 500}}
    assert AuditEvent.objects.filter(action="policy.in_force", policy_version_id=version.pk).exists()


def test_a_goal_that_did_not_change_is_not_written_again(cast, sign_in) -> None:
    goals = Goal.objects.filter(activity__slug=CALL).count()
    sign_in(cast.leader).post(_policy(), _decision())
    assert Goal.objects.filter(activity__slug=CALL).count() == goals
    sign_in(cast.leader).post(_policy(), _decision(target="8"))
    assert Goal.objects.filter(activity__slug=CALL).count() == goals + 1


def test_moving_to_human_only_needs_no_tool(cast, sign_in) -> None:
    form = _decision(category="human_only", rationale="These calls stay with people.")
    assert sign_in(cast.leader).post(_policy(), form).status_code == 302
    version = PolicyVersion.objects.deciding().get(activity__slug=CALL)
    assert (version.category, version.tool) == ("human_only", None)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"category": ""}, "Choose who is responsible."),
        ({"rationale": "short"}, "Write one sentence why"),
        ({"tool": ""}, "Attach a tool"),
        ({"target": ""}, "A goal needs a measure, a figure today, a target, a unit and a date."),
        ({"target": "40"}, "The target equals today&#x27;s figure"),
        ({"measure": "", "baseline": "", "target": "", "unit": "", "due": ""}, ""),
        ({"param_length_words": "-3"}, "greater than or equal to 1"),
        ({"category": "automated"}, "Automation needs"),
        ({"accountable": "999999"}, "Select a valid choice"),
    ],
)
def test_a_gap_is_named_where_it_is_and_what_was_typed_is_kept(cast, sign_in, changes, sentence) -> None:
    form = {"rationale": "I typed <this> & will see it again.", "measure": "Minutes I typed"} | changes
    answer = sign_in(cast.leader).post(_policy(), _decision(**form))
    if not sentence:  # with all fields of the goal empty the goal in force stays
        assert answer.status_code == 302
        return
    page = _text(answer)
    assert answer.status_code == 422
    assert sentence in page
    if "rationale" not in changes:
        assert "I typed &lt;this&gt; &amp; will see it again." in page
    assert "Minutes I typed" in page
    assert "is-now" in page  # the step that needs another look
    assert PolicyVersion.objects.filter(activity__slug=CALL).count() == 1
    assert not Goal.objects.filter(measure="Minutes I typed").exists()


def test_an_activity_without_policy_offers_the_decision_to_leaders_only(cast, sign_in) -> None:
    url = _policy("draft-proposal")
    assert "Put in force" in _text(sign_in(cast.leader).get(url))
    page = _text(sign_in(cast.rep).get(url))
    assert "Nobody has decided yet" in page
    assert "Put in force" not in page


def test_an_unknown_activity_is_not_found(cast, sign_in) -> None:
    assert sign_in(cast.leader).get(_policy("nothing-here")).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [("leader", 302), ("compliance", 302), ("rep", 403), ("administrator", 403)]
)
def test_the_stop_switch_belongs_to_leaders_and_compliance(cast, sign_in, who, status) -> None:
    client = sign_in(getattr(cast, who))
    url = reverse("policies:suspend", args=[CALL])
    assert (url in _text(client.get(_policy()))) is (status == 302)
    assert client.post(url).status_code == status
    if status == 302:
        page = _text(client.get(_policy()))
        assert f"Suspended by {getattr(cast, who)} on" in page
        assert "Every call is refused until" in page
        assert url not in page  # there is nothing left to suspend
    else:
        assert PolicyVersion.objects.get(activity__slug=CALL).state == "in_force"


def test_every_version_stays_readable(cast, sign_in) -> None:
    client = sign_in(cast.leader)
    client.post(_policy(), _decision(rationale="The second reason we had."))
    page = _text(client.get(_policy()))
    assert "Superseded" in page
    assert "The second reason we had." in page
    assert "Summaries repeat themselves in form" in page


def test_the_page_of_a_policy_is_bounded_in_queries(cast, sign_in, django_assert_max_num_queries) -> None:
    client = sign_in(cast.leader)
    for n in range(4):
        client.post(_policy(), _decision(rationale=f"Reason number {n}, in one sentence."))
    with django_assert_max_num_queries(15):
        client.get(_policy())


# Prompts


def test_prompts_are_found_by_words_of_title_or_activity(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    url = reverse("policies:prompts")
    assert "Find the weak spot of my plan" in _text(client.get(url, {"q": "weak"}))
    assert "Summary of a discovery call" not in _text(client.get(url, {"q": "weak"}))
    assert "Zusammenfassung eines Erstgesprächs" in _text(client.get(url, {"q": "summarise discovery"}))
    page = _text(client.get(url, {"q": "<b>nothing</b>"}))
    assert "No prompt fits" in page
    assert "<b>nothing</b>" not in page


def test_a_prompt_shows_its_parts_limits_and_inputs(cast, sign_in) -> None:
    page = _text(sign_in(cast.rep).get(reverse("policies:prompt", args=["discovery-call-summary"])))
    for text in (
        "You write summaries of business calls",
        "{transcript}",
        "At most 300 words",
        "Long calls are read in parts",
    ):
        assert text in page
    assert "approved by Marit Solheim" in page
    assert "written by Lukas Brandt" in page


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_who_may_use_ai_is_offered_a_run(cast, sign_in, who) -> None:
    page = _text(sign_in(getattr(cast, who)).get(reverse("policies:prompt", args=["discovery-call-summary"])))
    offered = reverse("runs:compose", args=["discovery-call-summary"]) in page
    assert offered is (who in {"leader", "rep", "reviewer", "trainer"})


def test_a_prompt_of_an_activity_that_stays_with_people_is_locked_with_the_reason(cast, sign_in) -> None:
    put_in_force(
        actor=cast.leader,
        activity=Activity.objects.get(slug=CALL),
        category=Category.HUMAN_ONLY,
        rationale="These calls stay with people.",
    )
    page = _text(sign_in(cast.rep).get(reverse("policies:prompt", args=["discovery-call-summary"])))
    assert "Marit Solheim keeps this activity with people." in page
    assert reverse("runs:compose", args=["discovery-call-summary"]) not in page


def test_drafts_of_a_prompt_are_shown_to_those_who_write_them(cast, sign_in) -> None:
    live = PromptVersion.objects.get(prompt__slug="discovery-call-summary", state="approved")
    PromptVersion.objects.create(
        prompt=live.prompt, number=2, role="R", goal="G", information="I {transcript}", author=cast.trainer
    )
    url = reverse("policies:prompt", args=["discovery-call-summary"])
    assert ">v2<" in _text(sign_in(cast.trainer).get(url))
    assert ">v2<" not in _text(sign_in(cast.rep).get(url))


# Tools


@pytest.mark.parametrize("who", EVERYBODY)
def test_tools_are_shown_to_those_who_govern(cast, sign_in, who) -> None:
    answer = sign_in(getattr(cast, who)).get(reverse("policies:tools"))
    assert answer.status_code == (200 if who in {"leader", "compliance", "administrator"} else 403)
    if answer.status_code == 200:
        assert ("Switch off" in _text(answer)) is (who != "compliance")


def test_a_tool_that_cannot_be_called_names_two_ways_out(cast, sign_in, settings) -> None:
    Tool.objects.update(provider="embedded")
    settings.WORKBENCH_EMBEDDED_URL = ""
    page = _text(sign_in(cast.leader).get(reverse("policies:tools")))
    assert "Cannot be called" in page
    assert "Two ways out" in page


def test_a_tool_is_switched_off_and_on_again(cast, sign_in) -> None:
    client, tool = sign_in(cast.administrator), Tool.objects.get()
    url = reverse("policies:tool_switch", args=[tool.slug])
    assert "Switched off. The next call to it is refused." in _text(client.post(url, {"enabled": "0"}, follow=True))
    tool.refresh_from_db()
    assert not tool.enabled
    assert "Switched on." in _text(client.post(url, {"enabled": "1"}, follow=True))
    tool.refresh_from_db()
    assert tool.enabled
    assert sign_in(cast.rep).post(url, {"enabled": "0"}).status_code == 403


def test_a_leader_reads_all_that_is_missing_at_once(cast, sign_in) -> None:
    client = sign_in(cast.leader)
    form = {
        "category": "human_in_the_loop",
        "rationale": "",
        "accountable": cast.leader.pk,
        "act": "force",
        "target": "x",
    }
    page = client.post(reverse("policies:policy", args=["draft-proposal"]), form).content.decode()
    for sentence in ("Write one sentence why", "A goal needs a measure", "Attach a tool", "Enter a number"):
        assert sentence in page, sentence
    draft = client.post(reverse("policies:policy", args=["draft-proposal"]), form | {"act": "draft", "target": ""})
    assert draft.status_code == 302


def test_whoever_decides_is_accountable_unless_they_name_somebody_else_and_the_next_open_activity_is_named(
    cast, sign_in
) -> None:
    page = sign_in(cast.leader).get(reverse("policies:policy", args=["draft-proposal"])).content.decode()
    assert f'<option value="{cast.leader.pk}" selected>' in page
    activity = Activity.objects.get(slug="draft-proposal")
    other = Activity.objects.create(stage=activity.stage, slug="plan-deal", name="Plan a deal", traits=["repeatable"])
    page = sign_in(cast.leader).get(reverse("policies:policy", args=["draft-proposal"])).content.decode()
    assert f"Next of 1 without a decision: {other.name}" in page


def test_a_control_point_that_lacks_its_value_says_so_at_its_field(cast, sign_in) -> None:
    form = {
        "category": "human_only",
        "rationale": "People do this.",
        "accountable": cast.leader.pk,
        "act": "force",
        "point_forbidden_phrases": "on",
    }
    page = sign_in(cast.leader).post(reverse("policies:policy", args=["draft-proposal"]), form).content.decode()
    assert "“Forbidden phrases” needs this. Fill it in, or take the control point away." in page.replace("&quot;", '"')


def test_a_decision_that_nobody_can_use_yet_says_what_is_missing(cast, sign_in) -> None:
    client = sign_in(cast.leader)
    page = client.get(reverse("policies:policy", args=["summarise-discovery-call"])).content.decode()
    assert "Nobody can use this yet" not in page
    PromptVersion.objects.approved().filter(prompt__activity__slug="summarise-discovery-call").update(state="retired")
    page = client.get(reverse("policies:policy", args=["summarise-discovery-call"])).content.decode()
    assert "Nobody can use this yet: the activity has no approved prompt." in page


def test_an_activity_that_could_be_automated_says_that_a_prompt_with_fields_is_missing(cast, sign_in) -> None:
    Activity.objects.filter(slug="draft-proposal").update(traits=["formalised", "repeatable"])
    page = sign_in(cast.leader).get(reverse("policies:policy", args=["draft-proposal"])).content.decode()
    assert "Automation needs an approved prompt with fields that can be checked" in page
