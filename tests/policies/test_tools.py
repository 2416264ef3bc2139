"""Tools: sealed keys, classes of data, limits per team and month, and a connection test that sends nothing of the house."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from policies import tools
from policies.models import Activity, PolicyVersion, Tool, ToolUse
from policies.services import book_use, decide, probe_tool, put_in_force, save_tool

pytestmark = pytest.mark.django_db


@pytest.fixture
def tool(company):
    return Tool.objects.get()


@pytest.fixture
def calls(company):
    return Activity.objects.get(slug="summarise-discovery-call")


def test_a_key_is_sealed_used_and_never_shown_again(cast, sign_in, tool) -> None:
    save_tool(actor=cast.administrator, tool=tool, key="sk-very-secret-123")
    with connection.cursor() as cursor:
        cursor.execute("SELECT key_sealed FROM policies_tool")
        assert b"sk-very" not in bytes(cursor.fetchone()[0])
    fresh = Tool.objects.select_related("data_key").get()
    assert tools.endpoint(fresh).api_key == "sk-very-secret-123"
    client = sign_in(cast.administrator)
    for url in (reverse("policies:tools"), reverse("policies:tool_edit", args=[tool.slug])):
        assert "sk-very" not in client.get(url).content.decode()
    event = AuditEvent.objects.filter(action="tool.changed").latest("pk")
    assert event.data["key_changed"] is True
    assert "sk-very" not in str(event.data)


@pytest.mark.parametrize("change", [{"base_url": "https://elsewhere.example/v1"}, {"provider": "anthropic"}])
def test_a_key_does_not_follow_to_another_address_or_provider(cast, tool, change) -> None:
    save_tool(actor=cast.leader, tool=tool, key="sk-1")
    save_tool(actor=cast.leader, tool=tool, **change)
    tool.refresh_from_db()
    assert tool.key_sealed is None


def test_a_new_tool_arrives_switched_off(cast, sign_in) -> None:
    form = {
        "name": "Second", "slug": "second", "provider": "openai", "model": "m-1", "context_tokens": "8192", "max_concurrent": "2", "price_input": "1.5",
        "price_output": "6", "data": ["public", "internal"], "base_url": "", "region": "EU", "contract_reference": "C-1", "key": "sk-2",
    }  # fmt: skip
    assert sign_in(cast.leader).post(reverse("policies:tool_new"), form).status_code == 302
    made = Tool.objects.get(slug="second")
    assert (made.enabled, made.data, made.price_input, made.key_sealed is not None) == (
        False,
        ["public", "internal"],
        Decimal("1.5"),
        True,
    )


@pytest.mark.parametrize("who", ["rep", "reviewer", "compliance", "trainer", "outsider"])
def test_only_leaders_and_administrators_change_tools(cast, tool, who) -> None:
    with pytest.raises(PermissionDenied):
        save_tool(actor=getattr(cast, who), tool=tool, name="Mine")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"provider": "myself"}, "provider"), ({"base_url": "ftp://x"}, "base_url"), ({"max_concurrent": 0}, "__all__")],
)
def test_a_tool_that_cannot_be_called_like_this_is_not_kept(cast, tool, change, field) -> None:
    with pytest.raises(ValidationError) as refusal:
        save_tool(actor=cast.leader, tool=tool, **change)
    assert field in refusal.value.message_dict


def test_a_tool_that_may_not_see_what_the_activity_handles_is_neither_attached_nor_called(
    cast, calls, tool, provider
) -> None:
    Tool.objects.update(data=["public"])
    refusal = decide(actor=cast.rep, activity=calls)
    assert refusal.reasons[0].code == "tool_data"
    assert "Recorded conversations" in refusal.sentence
    with pytest.raises(ValidationError, match="may not see"):
        put_in_force(
            actor=cast.leader, activity=calls, category="sparring_partner", rationale="Because we tried it.", goal=calls.goals.first(),
            tool=Tool.objects.get(), control_points=[("scrub", {})],
        )  # fmt: skip


def test_a_team_that_has_used_up_its_month_is_refused_and_the_other_team_is_not(cast, calls, tool, provider) -> None:
    Tool.objects.update(price_input=Decimal(1000), price_output=Decimal(2000), team_cost_per_month=Decimal("0.05"))
    tool.refresh_from_db()
    assert decide(actor=cast.rep, activity=calls).allowed
    book_use(tool=tool, team_id=cast.rep.team_id, input_tokens=10, output_tokens=20)
    book_use(tool=tool, team_id=cast.rep.team_id, input_tokens=0, output_tokens=1)
    assert ToolUse.objects.get().cost == Decimal("0.052")
    refusal = decide(actor=cast.rep, activity=calls)
    assert refusal.reasons[0].code == "budget"
    assert decide(actor=cast.colleague, activity=calls).allowed
    Tool.objects.update(team_cost_per_month=None, team_calls_per_month=2)
    assert decide(actor=cast.rep, activity=calls).reasons[0].code == "budget"


def test_a_finished_run_is_booked_for_the_team_of_the_person_who_asked(cast, provider) -> None:
    from policies.models import PromptVersion
    from workbench.runs import services
    from workbench.runs.execution import execute_run

    version = PromptVersion.objects.approved().get(prompt__slug="discovery-call-summary")
    run = services.submit_run(
        actor=cast.rep, prompt_version=version, inputs={"transcript": "Ilaria Conti: We run three cold stores."}
    )
    execute_run(run.pk)
    use = ToolUse.objects.get()
    assert (use.team, use.calls, use.month) == (cast.rep.team, 1, timezone.localdate().replace(day=1))


def test_the_connection_is_tested_with_a_word_that_is_not_ours(cast, tool, provider) -> None:
    probe_tool(tool.pk)
    tool.refresh_from_db()
    assert tool.probe == "ok"
    assert provider.asked[0]["messages"][-1]["content"] == "Answer with the word yes."
    provider.script = ["401"]
    probe_tool(tool.pk)
    tool.refresh_from_db()
    assert tool.probe not in {"", "ok", "asked"}


def test_a_decision_costs_at_most_three_queries_with_budget_and_qualification(
    cast, calls, tool, provider, django_assert_max_num_queries
) -> None:
    put_in_force(
        actor=cast.leader, activity=calls, category="sparring_partner", rationale="Because we tried it.", goal=calls.goals.first(), tool=tool,
        control_points=[("scrub", {}), ("qualification", {"name": "calls"})],
    )  # fmt: skip
    assert cast.rep.role_names
    with django_assert_max_num_queries(3):
        refusal = decide(actor=cast.rep, activity=calls)
    assert refusal.reasons[0].code == "qualification"
    assert PolicyVersion.objects.deciding().filter(activity=calls).count() == 1
