"""Paths are assigned to people, roles and teams; who has one and who is complete is worked out at the moment, and nothing else is shown."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import AuditEvent
from tests.training.conftest import NEWCOMER, STANDS
from tests.training.test_attempts import check, pass_path
from training import services
from training.models import Assignment, Audience, LearningPath
from training.standing import House, assigned_to, open_count
from workbench.accounts.models import Notice, Team, User
from workbench.accounts.services import change_person, create_person, grant_qualification, revoke_qualification
from workbench.privacy.services import destroy_keys
from workbench.privacy.subjects import find_subject
from workbench.runs import typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def north(cast) -> Team:
    return Team.objects.get(name="North")


@pytest.fixture
def south(cast) -> Team:
    return Team.objects.get(name="South")


def summaries() -> LearningPath:
    return LearningPath.objects.get(slug="summaries")


def assign(by, days=20, **more):
    return services.assign_path(actor=by, path=summaries(), due=timezone.localdate() + timedelta(days=days), **more)


def moved(monkeypatch, days) -> None:
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(days=days))


def who(assignment) -> dict[str, bool]:
    return {person.username: complete for person, complete in House.now().standing(assignment)}


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_whoever_joins_the_team_has_it_too_and_whoever_leaves_it_has_it_no_more(cast, north) -> None:
    given = assign(cast.trainer, teams=[north])
    assert set(who(given)) == {"marit", "jonas", "aylin"}
    assert assigned_to(cast.colleague) == []
    for person, team in ((cast.colleague, north), (cast.rep, None)):
        change_person(actor=cast.administrator, person=person, title="", team=team, is_active=True, roles=["rep"])
    assert set(who(given)) == {"marit", "clara", "aylin"}
    assert assigned_to(cast.colleague) == [given]
    assert assigned_to(cast.rep) == []


def test_whoever_gets_the_role_has_it_and_somebody_without_access_has_not(cast) -> None:
    given = assign(cast.leader, roles=["rep"], people=[cast.compliance])
    assert set(who(given)) == {"jonas", "clara", "petra"}
    create_person(actor=None, username="nils", email="n@x.example", first_name="Nils", last_name="Arp", roles=["rep"])
    change_person(actor=cast.administrator, person=cast.colleague, title="", team=None, is_active=False, roles=["rep"])
    assert set(who(given)) == {"jonas", "nils", "petra"}


def test_finishing_the_path_completes_it(cast, recap) -> None:
    given = assign(cast.trainer, people=[cast.rep])
    assert who(given) == {"jonas": False}
    pass_path(cast.rep, recap)
    assert who(given) == {"jonas": True}
    assert [one.complete for one in assigned_to(cast.rep)] == [True]


def test_a_completion_from_before_counts_while_its_qualification_holds_and_not_when_it_is_gone(cast, recap) -> None:
    pass_path(cast.rep, recap)
    given = assign(cast.trainer, people=[cast.rep])
    assert who(given) == {"jonas": True}
    assert not Notice.objects.filter(person=cast.rep, kind="path_assigned").exists()
    revoke_qualification(actor=cast.leader, qualification=cast.rep.qualifications.get())
    assert who(given) == {"jonas": False}
    assert not assigned_to(cast.rep)[0].complete


def test_what_was_finished_after_it_was_assigned_stays_complete_when_the_qualification_lapses(
    cast, recap, monkeypatch
) -> None:
    given = assign(cast.trainer, people=[cast.rep])
    pass_path(cast.rep, recap)
    moved(monkeypatch, 300)
    assert who(given) == {"jonas": True}
    assert assigned_to(cast.rep)[0].complete


def test_a_qualification_from_elsewhere_completes_it(cast) -> None:
    given = assign(cast.trainer, people=[cast.rep], language="de")
    grant_qualification(
        actor=cast.trainer, person=cast.rep, name="call-summaries", evidence="Course of the chamber, 3 March"
    )
    assert who(given) == {"jonas": True}
    assert assigned_to(cast.rep)[0].complete
    assert open_count(cast.rep) == 0


def test_where_a_language_is_asked_for_finishing_the_other_one_counts_no_longer_than_its_qualification(
    cast, recap
) -> None:
    german = assign(cast.trainer, people=[cast.rep], language="de")
    either = assign(cast.trainer, people=[cast.rep])
    pass_path(cast.rep, recap)
    revoke_qualification(actor=cast.leader, qualification=cast.rep.qualifications.get())
    assert who(german) == {"jonas": False}
    assert who(either) == {"jonas": True}
    assert {one.pk: one.complete for one in assigned_to(cast.rep)} == {german.pk: False, either.pk: True}


def test_a_manager_assigns_to_the_own_team_and_the_people_in_it_and_to_nobody_else(cast, north, south) -> None:
    assign(cast.reviewer, teams=[north], people=[cast.rep])
    for audience in ({"teams": [south]}, {"people": [cast.colleague]}, {"roles": ["rep"]}, {"people": [cast.trainer]}):
        with pytest.raises(PermissionDenied):
            assign(cast.reviewer, **audience)
    for person in (cast.rep, cast.compliance, cast.administrator, cast.outsider):
        with pytest.raises(PermissionDenied):
            assign(person, people=[cast.colleague])
    assert Assignment.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"days": -1}, "due"),
        ({"days": 4000}, "due"),
        ({"people": []}, "people"),
        ({"note": "x" * 301}, "note"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence_at_its_field(cast, more, field) -> None:
    with pytest.raises(ValidationError) as refused:
        assign(cast.trainer, **({"people": [cast.rep]} | more))
    assert field in refused.value.message_dict
    assert not Assignment.objects.exists()


def test_an_assignment_leaves_ids_and_counts_in_the_log_and_no_word_of_its_note(cast, north) -> None:
    given = assign(cast.trainer, teams=[north], people=[cast.colleague], note="Because of Ilaria Conti’s complaint")
    services.end_assignment(actor=cast.trainer, assignment=given)
    services.end_assignment(actor=cast.leader, assignment=given)
    made, ended = AuditEvent.objects.filter(action__startswith="assignment.").order_by("pk")
    assert (made.actor_id, made.object_id) == (cast.trainer.pk, str(given.pk))
    assert made.data["team_ids"] == [north.pk]
    assert ended.data == {"assigned": 4, "complete": 0}
    assert "Conti" not in str(made.data)


def test_a_note_is_sealed_and_whoever_it_names_is_found_and_erased(cast) -> None:
    given = assign(
        cast.trainer, people=[cast.rep], note="After the complaint of Ms Ilaria Conti, i.conti@tierney.example."
    )
    assert b"Conti" not in bytes(Assignment.objects.get().note_sealed)
    typed.mark_typed()
    assert find_subject("Ilaria Conti")["whole"] == {given.data_key_id}
    destroy_keys([given.data_key_id])
    assert Assignment.objects.get().note_said == ""


def test_ended_it_is_asked_of_nobody_any_more(cast, sign_in) -> None:
    given = assign(cast.reviewer, people=[cast.rep])
    with pytest.raises(PermissionDenied):
        services.end_assignment(actor=cast.rep, assignment=given)
    services.end_assignment(actor=cast.reviewer, assignment=given)
    assert assigned_to(cast.rep) == []
    assert open_count(cast.rep) == 0
    assert "nobody asks it of you any more" in text_of(sign_in(cast.rep).get(f"/assignments/{given.pk}/"))


def test_the_database_holds_an_audience_to_one_thing_and_an_end_to_somebody(cast, north) -> None:
    given = assign(cast.trainer, people=[cast.rep])
    for wrong in (
        lambda: Audience.objects.create(assignment=given, person=cast.colleague, role="rep"),
        lambda: Audience.objects.create(assignment=given, person=cast.colleague, team=north),
        lambda: Audience.objects.create(assignment=given),
        lambda: Audience.objects.create(assignment=given, role="chief"),
        lambda: Audience.objects.create(assignment=given, person=cast.rep),
        lambda: Assignment.objects.update(ended_at=timezone.now()),
        lambda: Assignment.objects.update(note_sealed=b"x"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_a_manager_sees_of_an_assignment_the_own_people_and_nobody_else(cast, sign_in) -> None:
    given = assign(cast.leader, roles=["rep", "trainer"])
    page = text_of(sign_in(cast.reviewer).get(f"/assignments/{given.pk}/"))
    assert "Jonas Feld" in page
    assert "Clara Nguyen" not in page
    assert "0 of 1 are complete" in page
    assert "Clara Nguyen" in text_of(sign_in(cast.trainer).get(f"/assignments/{given.pk}/"))
    both = assign(cast.leader, people=[cast.rep, cast.colleague])
    for place in (f"/assignments/{both.pk}/", "/assignments/", f"/api/v1/assignments/{both.pk}/"):
        page = text_of(sign_in(cast.reviewer).get(place)).lower()
        assert "jonas" in page, place
        assert "clara" not in page, place
    theirs = assign(cast.leader, people=[cast.colleague])
    assert sign_in(cast.reviewer).get(f"/assignments/{theirs.pk}/").status_code == 404
    for person in (cast.compliance, cast.administrator, cast.outsider):
        assert sign_in(person).get(f"/assignments/{given.pk}/").status_code == 404


def test_who_is_complete_is_all_that_is_shown_of_anybodys_learning(cast, recap, sign_in) -> None:
    given = assign(cast.trainer, people=[cast.rep])
    client = sign_in(cast.trainer)
    table = re.compile(r"<table.*</table>|<h2.*?</h2>")
    before = table.findall(text_of(client.get(f"/assignments/{given.pk}/")))
    check(cast.rep, recap, NEWCOMER)
    check(cast.rep, recap, STANDS)
    assert before == table.findall(text_of(client.get(f"/assignments/{given.pk}/")))
    pass_path(cast.rep, recap)
    assert "1 of 1 are complete" in text_of(client.get(f"/assignments/{given.pk}/"))
    assert "Nobody." in text_of(client.get(f"/assignments/{given.pk}/?show=open"))


def test_a_learner_sees_what_is_asked_and_nobody_elses_state(cast, sign_in) -> None:
    given = assign(cast.trainer, roles=["rep"], note="Before the fair in Emden.")
    client = sign_in(cast.rep)
    page = text_of(client.get(f"/assignments/{given.pk}/"))
    assert "Before the fair in Emden." in page
    assert "Clara" not in page
    assert "of 2" not in page
    home = text_of(client.get("/"))
    assert "Learning path “Summaries of calls”" in home
    assert "Due in 20 days" in home
    assert "Assigned to you" in text_of(client.get("/exercises/"))


def test_after_the_day_it_says_so_and_trying_still_works(cast, recap, sign_in, monkeypatch) -> None:
    given = assign(cast.trainer, days=3, people=[cast.rep])
    moved(monkeypatch, 5)
    client = sign_in(cast.rep)
    assert "Overdue since" in text_of(client.get("/"))
    assert "Overdue since" in text_of(client.get("/exercises/"))
    assert "has passed. What you finish now counts all the same." in text_of(client.get("/exercises/recap-with-a-gap/"))
    assert client.post("/exercises/recap-with-a-gap/check/", STANDS).status_code == 302
    pass_path(cast.rep, recap)
    assert who(given) == {"jonas": True}
    assert "has passed" not in text_of(client.get("/exercises/recap-with-a-gap/"))


def test_the_navigation_counts_what_is_assigned_to_me_and_open(cast, recap, sign_in) -> None:
    assign(cast.trainer, people=[cast.rep])
    assign(cast.trainer, roles=["rep"])
    assert (open_count(cast.rep), open_count(cast.colleague), open_count(cast.reviewer)) == (2, 1, 0)
    pass_path(cast.rep, recap)
    assert open_count(cast.rep) == 0


def test_a_trainer_assigns_on_the_page_and_the_people_are_told(cast, sign_in, north) -> None:
    client = sign_in(cast.trainer)
    due = (timezone.localdate() + timedelta(days=14)).isoformat()
    wrong = client.post("/assignments/new/", {"path": "summaries", "due": due})
    assert wrong.status_code == 422
    assert "Choose at least one person, role or team." in text_of(wrong)
    body = {"path": "summaries", "due": due, "teams": [north.pk], "language": "en", "note": "For the fair."}
    page = text_of(client.post("/assignments/new/", body, follow=True))
    assert "0 of 3 are complete" in page
    assert "For the fair." in page
    assert set(Notice.objects.filter(kind="path_assigned").values_list("person__username", flat=True)) == {
        "jonas", "aylin", "marit",
    }  # fmt: skip
    ended = text_of(client.post(f"/assignments/{Assignment.objects.get().pk}/end/", follow=True))
    assert "Ended. It is asked of nobody any more" in ended
    assert "Nothing is assigned" in text_of(client.get("/assignments/"))
    assert "Summaries of calls" in text_of(client.get("/assignments/?ended=1"))


@pytest.mark.parametrize("field", ["people", "teams", "roles"])
@pytest.mark.parametrize("number", ["9" * 25, "-1", "abc"])
def test_somebody_with_a_number_that_nobody_has_is_none_of_those_offered(cast, sign_in, field, number) -> None:
    given = {"path": "summaries", "due": timezone.localdate().isoformat(), field: [number]}
    answer = sign_in(cast.trainer).post("/assignments/new/", given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Assignment.objects.filter(assigned_by=cast.trainer, due=timezone.localdate()).exists()


def test_two_clicks_are_one_assignment_and_tell_people_once(cast, sign_in, north, monkeypatch) -> None:
    client, given = (
        sign_in(cast.trainer),
        {"path": "summaries", "due": timezone.localdate().isoformat(), "teams": [north.pk], "note": "Ask  me."},
    )
    pages = [client.post("/assignments/new/", given).headers["Location"] for _click in range(2)]
    assert len(set(pages)) == 1
    assert Notice.objects.filter(person=cast.rep, kind="path_assigned").count() == 1
    for other in ({"note": "Ask him."}, {"roles": ["rep"]}, {"language": "de"}):
        assert client.post("/assignments/new/", given | other).headers["Location"] not in pages
    moved(monkeypatch, 1 / 24)
    assert client.post("/assignments/new/", given).headers["Location"] not in pages


def test_a_manager_is_offered_the_own_team_only(cast, sign_in, south) -> None:
    client = sign_in(cast.reviewer)
    page = text_of(client.get("/assignments/new/"))
    assert "Jonas Feld" in page
    assert "Clara Nguyen" not in page
    due = (timezone.localdate() + timedelta(days=14)).isoformat()
    assert client.post("/assignments/new/", {"path": "summaries", "due": due, "teams": [south.pk]}).status_code == 422


def test_lists_ask_the_database_a_fixed_number_of_times(cast, sign_in, north, django_assert_num_queries) -> None:
    client = sign_in(cast.trainer)
    assign(cast.trainer, teams=[north])
    client.get("/assignments/")
    with django_assert_num_queries(11) as few:
        client.get("/assignments/")
    for n in range(20):
        create_person(actor=None, username=f"n{n}", email=f"n{n}@x.example", first_name="N", last_name=str(n), roles=["rep"], team=north)  # fmt: skip
        assign(cast.trainer, teams=[north], roles=["rep"])
    with django_assert_num_queries(len(few.captured_queries)):
        client.get("/assignments/")
    with django_assert_num_queries(14):
        client.get(f"/assignments/{Assignment.objects.first().pk}/")


def test_lists_go_on_by_key(cast, sign_in, north) -> None:
    for n in range(55):
        create_person(actor=None, username=f"n{n}", email=f"n{n}@x.example", first_name="A", last_name=f"{n:02}", roles=["rep"], team=north)  # fmt: skip
    given = assign(cast.trainer, teams=[north])
    client = sign_in(cast.trainer)
    page = text_of(client.get(f"/assignments/{given.pk}/"))
    assert "A 49" in page
    assert "A 50" not in page
    last = User.objects.get(username="n49").pk
    assert f"after={last}" in page
    rest = text_of(client.get(f"/assignments/{given.pk}/?after={last}"))
    assert "A 49" not in rest.split("<tbody>")[1]
    assert "Jonas Feld" in rest


def test_the_api_keeps_the_same_rules(cast, sign_in) -> None:
    due = (timezone.localdate() + timedelta(days=14)).isoformat()
    body = {"path": "summaries", "due": due, "people": ["jonas", "clara"], "note": "For the fair."}
    answer = sign_in(cast.trainer).post("/api/v1/assignments/", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["people"], made["note"], made["language"]) == (["jonas", "clara"], "For the fair.", "")
    place = f"/api/v1/assignments/{made['id']}/"
    assert sign_in(cast.trainer).get(f"{place}standing/").json() == [
        {"person": "clara", "complete": False}, {"person": "jonas", "complete": False},
    ]  # fmt: skip
    assert sign_in(cast.reviewer).get(f"{place}standing/").json() == [{"person": "jonas", "complete": False}]
    assert sign_in(cast.rep).get(place).status_code == 404
    mine = sign_in(cast.rep).get("/api/v1/assignments/mine/").json()
    assert [(one["path"], one["complete"]) for one in mine] == [("summaries", False)]
    theirs = body | {"people": ["clara"]}
    assert (
        sign_in(cast.reviewer).post("/api/v1/assignments/", theirs, content_type="application/json").status_code == 403
    )
    assert sign_in(cast.trainer).post(f"{place}end/", {}, content_type="application/json").json()["ended_at"]
