"""Asking on after a thinking aid: one conversation, the same scrubbing, and an end that the policy sets."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from audit.models import AuditEvent
from policies.models import PolicyVersion
from policies.services import put_in_force, suspend_policy
from workbench.privacy.models import DataKey
from workbench.privacy.services import destroy_keys
from workbench.runs import execution, services
from workbench.runs.models import Run, State
from workbench.runs.services import following

pytestmark = pytest.mark.django_db


def _ask(actor, run, question="What would Henrik Aas say to this?"):
    turn = services.ask_on(actor=actor, run=run, question=question)
    execution.execute_run(turn.pk)
    turn.refresh_from_db()
    return turn


def test_a_question_goes_out_with_the_conversation_and_with_the_same_placeholders(cast, answered, provider) -> None:
    preview = services.preview_follow_up(actor=cast.rep, run=answered, question="What would Henrik Aas say to this?")
    turn = _ask(cast.rep, answered)
    assert turn.state == State.ANSWERED
    left = provider.asked[-1]["messages"]
    assert [message["role"] for message in left] == ["system", "user", "assistant", "user"]
    assert left == list(preview.payload.parts[0])
    assert "Aas" not in json.dumps(left)
    name = next(mark for mark, original in turn.mapping.items() if original == "Henrik Aas")
    assert name in left[1]["content"]
    assert f"What would {name} say" in left[3]["content"]
    assert services.question_of(turn) == "What would Henrik Aas say to this?"
    second = _ask(cast.rep, answered, "And what then?")
    assert len(provider.asked[-1]["messages"]) == 6
    assert [turn.pk for turn in services.turns_of(answered)] == [turn.pk, second.pk]


def test_the_policy_sets_how_often(cast, answered, provider) -> None:
    for left in (2, 1):
        assert services.questions_left(answered, services.turns_of(answered)) == left
        _ask(cast.rep, answered)
    with pytest.raises(services.RunRefused, match="no further question"):
        services.ask_on(actor=cast.rep, run=answered, question="Once more?")
    assert services.questions_left(answered, services.turns_of(answered)) == 0


def test_without_the_control_point_nobody_asks_on(cast, answered, provider) -> None:
    now = PolicyVersion.objects.deciding().get(activity=answered.activity)
    put_in_force(
        actor=cast.leader, activity=answered.activity, category=now.category, rationale=now.rationale, accountable=now.accountable,
        goal=now.goal, tool=now.tool, control_points=[(kind, params) for kind, params in now.points.items() if kind != "follow_ups"],
    )  # fmt: skip
    with pytest.raises(services.RunRefused, match="no further question"):
        services.ask_on(actor=cast.rep, run=answered, question="And then?")


def test_one_question_at_a_time_and_a_failed_one_does_not_count(cast, answered, provider) -> None:
    turn = services.ask_on(actor=cast.rep, run=answered, question="What first?")
    with pytest.raises(services.RunRefused, match="still being written"):
        services.ask_on(actor=cast.rep, run=answered, question="And second?")
    services.cancel_run(actor=cast.rep, run=turn)
    assert services.questions_left(answered, services.turns_of(answered)) == 2


def test_every_question_asks_the_policy_anew(cast, answered, provider) -> None:
    asked = len(provider.asked)
    suspend_policy(actor=cast.leader, version=answered.policy_version)
    with pytest.raises(services.RunDenied):
        services.ask_on(actor=cast.rep, run=answered, question="And then?")
    assert len(provider.asked) == asked


def test_nobody_else_asks_on(cast, answered, sign_in) -> None:
    for person in (cast.colleague, cast.reviewer, cast.leader):
        with pytest.raises(PermissionDenied):
            services.ask_on(actor=person, run=answered, question="And then?")
        assert sign_in(person).get(reverse("runs:thread", args=[answered.pk])).status_code == 404


def test_the_page_shows_what_leaves_and_sends_exactly_that(cast, answered, provider, sign_in) -> None:
    client = sign_in(cast.rep)
    look = client.post(reverse("runs:look", args=[answered.pk]), {"question": "What would Henrik Aas say?"})
    assert "Aas" not in look.content.decode()
    seen = look.context["preview"].sha256
    changed = client.post(
        reverse("runs:ask_on", args=[answered.pk]), {"question": "And Ilaria Conti?", "seen_sha256": seen}
    )
    assert changed.status_code == 422
    assert "And Ilaria Conti?" in changed.content.decode()
    sent = client.post(
        reverse("runs:ask_on", args=[answered.pk]), {"question": "What would Henrik Aas say?", "seen_sha256": seen}
    )
    assert sent.status_code == 302
    turn = Run.objects.get(follows=answered)
    assert turn.payload_sha256 == seen
    page = client.get(reverse("runs:run", args=[answered.pk])).content.decode()
    assert "What would Henrik Aas say?" in page
    assert client.get(reverse("runs:run", args=[turn.pk])).status_code == 302
    assert turn.pk not in [run.pk for run in client.get(reverse("runs:list")).context["runs"]]


def test_the_log_ties_the_question_to_its_conversation(cast, answered) -> None:
    turn = _ask(cast.rep, answered)
    event = AuditEvent.objects.get(action="run.queued", run_id=turn.pk)
    assert event.data["follows"] == answered.pk
    assert "Henrik" not in json.dumps(event.data)


def test_a_program_asks_on_too(cast, answered, sign_in) -> None:
    answer = sign_in(cast.rep).post(
        f"/api/v1/runs/{answered.pk}/follow_ups/", {"question": "What first?"}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["follows"]) == (201, answered.pk)


def test_a_conversation_that_is_too_long_says_so(cast, answered, monkeypatch) -> None:
    monkeypatch.setattr("workbench.runs.services.running.room_for_prompt", lambda *_: 20)
    with pytest.raises(services.RunRefused, match="longer than the model can follow"):
        services.ask_on(actor=cast.rep, run=answered, question="What " * 40)


def test_where_the_contents_were_erased_nobody_asks_on(cast, answered, sign_in) -> None:
    destroy_keys([answered.data_key.pk])
    client = sign_in(cast.rep)
    page = client.get(reverse("runs:run", args=[answered.pk]))
    assert page.status_code == 200
    assert "id_question" not in page.content.decode()
    look = client.post(reverse("runs:look", args=[answered.pk]), {"question": "And then?"})
    assert "were erased" in look.content.decode()


def test_a_refusal_of_a_question_stands_in_the_log(cast, answered) -> None:
    suspend_policy(actor=cast.leader, version=answered.policy_version)
    before = AuditEvent.objects.filter(action="run.denied").count()
    with pytest.raises(services.RunDenied):
        services.ask_on(actor=cast.rep, run=answered, question="And then?")
    assert AuditEvent.objects.filter(action="run.denied").count() == before + 1


def test_a_conversation_is_erased_as_a_whole(cast, answered, sign_in) -> None:
    turn = _ask(cast.rep, answered)
    destroy_keys([turn.data_key.pk])
    client = sign_in(cast.rep)
    for path in (reverse("runs:run", args=[answered.pk]), f"/api/v1/runs/{answered.pk}/", f"/api/v1/runs/{turn.pk}/"):
        answer = client.get(path, follow=True)
        assert answer.status_code == 200
        assert "Henrik Aas" not in answer.content.decode()


def test_one_erased_turn_of_an_old_conversation_ends_it_with_a_sentence(cast, answered, sign_in) -> None:
    # Conversations from before they shared a key have one for each turn.
    turn = _ask(cast.rep, answered)
    key, question, draft = DataKey.make(), services.question_of(turn), turn.output.draft
    turn.data_key, turn.output.data_key = key, key
    turn.inputs, turn.output.draft = {"talk.1": question}, draft
    turn.save()
    turn.output.save()
    destroy_keys([key.pk])
    client = sign_in(cast.rep)
    look = client.post(reverse("runs:look", args=[answered.pk]), {"question": "And then?"})
    assert "was erased" in look.content.decode()
    assert client.post(reverse("runs:ask_on", args=[answered.pk]), {"question": "And then?"}).status_code == 422


def test_a_question_that_was_answered_meanwhile_counts(cast, answered, monkeypatch) -> None:
    """Two windows: while one scrubs its question, the other asks and is answered."""
    _ask(cast.rep, answered)
    scrub = following.preview_run

    def meanwhile(**given):
        preview = scrub(**given)
        monkeypatch.setattr(following, "preview_run", scrub)
        _ask(cast.rep, answered, "The question of the other window?")
        return preview

    monkeypatch.setattr(following, "preview_run", meanwhile)
    with pytest.raises(services.RunRefused, match="has changed since"):
        services.ask_on(actor=cast.rep, run=answered, question="The question of this window?")
    assert len(services.turns_of(answered)) == 2
