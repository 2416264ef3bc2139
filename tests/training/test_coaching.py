"""The coaching log: what a manager and somebody of their team agreed on is read by the two of them; leaders see counts of teams."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, IntegrityError, transaction
from django.utils import timezone

from audit.models import AuditEvent
from policies.models import Activity
from tests.training.test_fundamentals import text_of
from training import services
from training.coaching import counts_of, groups, hint_for
from training.models import CoachingEntry, Fundamental
from training.record import stored_about
from training.reminders import remind
from workbench.accounts.models import Notice, RoleGrant, Team, User
from workbench.accounts.services import change_person
from workbench.privacy.models import DataKey
from workbench.privacy.records import contents_of, ended_before, keys_typed_by, records_of
from workbench.privacy.requests import erase_person
from workbench.privacy.services import destroy_keys
from workbench.privacy.subjects import find_subject
from workbench.runs.typed import mark_typed

pytestmark = pytest.mark.django_db
AGREED = "Ask one open question before the first figure is named."


def day(ahead=0):
    return timezone.localdate() + timedelta(days=ahead)


def note(cast, actor=None, person=None, days=0, **more):
    """What the reviewer, who manages the rep's team, notes for the rep."""
    return services.note_coaching(
        actor=actor or cast.reviewer, person=person or cast.rep, held_on=day(-days), **{"kind": "call", "agreed": AGREED, **more}
    )  # fmt: skip


def given(cast, **more):
    """The form as the reviewer sends it."""
    return {"person": cast.rep.pk, "kind": "call", "held_on": day().isoformat(), "activity": "", "agreed": AGREED, "due": day(7).isoformat(), **more}  # fmt: skip


def everybody_but(cast, *people):
    return [one for one in vars(cast).values() if one not in people]


@pytest.fixture
def north(company) -> Team:
    return Team.objects.get(name="North")


def join(team, count):
    """So many people more in a team."""
    start = User.objects.count()
    return [
        User.objects.create_user(f"new{start + n}", f"new{start + n}@nordwerk.example", team=team) for n in range(count)
    ]


# Noting


def test_a_manager_notes_what_was_agreed_and_the_other_person_is_told_and_reads_the_same(cast, sign_in) -> None:
    client = sign_in(cast.reviewer)
    activity = Activity.objects.get(slug="summarise-discovery-call")
    page = client.post("/coaching/new/", given(cast, activity=activity.pk), follow=True)
    entry = CoachingEntry.objects.get()
    assert AGREED in text_of(page)
    notice = Notice.objects.get(person=cast.rep, kind="coaching_noted")
    assert notice.path == f"/coaching/{entry.pk}/"
    theirs = text_of(sign_in(cast.rep).get(notice.path))
    for words in (AGREED, "Call accompanied, with Aylin Demirtas", "Summarise a discovery call", "Due in 7 days"):
        assert words in theirs
    notice.refresh_from_db()
    assert notice.seen_at is not None
    assert entry.team.name == "North"


@pytest.mark.parametrize("path", ["/coaching/{pk}/", "/api/v1/coaching/{pk}/"])
def test_nobody_else_finds_it_whatever_their_role(cast, sign_in, path) -> None:
    entry = note(cast)
    for person in everybody_but(cast, cast.rep, cast.reviewer):
        client = sign_in(person)
        assert client.get(path.format(pk=entry.pk)).status_code == 404, person.username
        assert AGREED not in client.get("/coaching/").content.decode()
        assert client.get("/api/v1/coaching/").json()["results"] == []
        assert client.post(f"/coaching/{entry.pk}/done/").status_code == 404
        assert client.post(f"/coaching/{entry.pk}/take-back/").status_code == 404
    assert sign_in(cast.rep).get(path.format(pk=entry.pk)).status_code == 200


def test_whoever_manages_no_team_notes_nothing(cast, sign_in) -> None:
    for person in everybody_but(cast, cast.reviewer, cast.leader):
        with pytest.raises(PermissionDenied):
            note(cast, actor=person)
        assert sign_in(person).get("/coaching/new/").status_code == 403
        assert sign_in(person).post("/coaching/new/", given(cast)).status_code == 403
    assert not CoachingEntry.objects.exists()


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"person": "colleague"}, "person", "does not work in a team that you manage"),
        ({"person": "compliance"}, "person", "does not work in a team that you manage"),
        ({"person": "reviewer"}, "person", "Nobody accompanies themselves"),
        ({"kind": "chat"}, "kind", "one of the two"),
        ({"days": -1}, "held_on", "still to come"),
        ({"days": 400}, "held_on", "more than a year ago"),
        ({"agreed": "  "}, "agreed", "in a few words"),
        ({"agreed": "\u200b\u2060" * 20}, "agreed", "in a few words"),
        ({"agreed": "Ask more.\x00"}, "agreed", "in a few words"),
        ({"agreed": "x" * 2001}, "agreed", "These are 2001 characters"),
        ({"due": day(-2)}, "due", "before the day"),
        ({"due": day(2000)}, "due", "more than three years"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(cast, change, field, sentence) -> None:
    change = dict(change)
    if "person" in change:
        change["person"] = getattr(cast, change["person"])
    with pytest.raises(ValidationError) as refused:
        note(cast, **change)
    assert list(refused.value.message_dict) == [field]
    assert sentence in refused.value.message_dict[field][0]
    assert not CoachingEntry.objects.exists()
    assert not Notice.objects.filter(kind="coaching_noted").exists()


def test_somebody_who_left_is_not_noted_and_an_activity_off_the_map_is_not_chosen(cast) -> None:
    gone = Activity.objects.get(slug="draft-proposal")
    Activity.objects.filter(pk=gone.pk).update(retired_at=timezone.now())
    with pytest.raises(ValidationError, match="taken off the map"):
        note(cast, activity=gone)
    User.objects.filter(pk=cast.rep.pk).update(is_active=False)
    with pytest.raises(ValidationError, match="does not work in a team"):
        note(cast)


def test_a_form_with_faults_comes_back_with_everything_that_was_typed(cast, sign_in) -> None:
    long = "Listen longer. " * 200
    wrong = given(cast, person=cast.colleague.pk, agreed=long, held_on=day(1).isoformat(), kind="", due="soon")
    answer = sign_in(cast.reviewer).post("/coaching/new/", wrong)
    page = text_of(answer)
    assert answer.status_code == 422
    for words in ("does not work in a team that you manage", "Choose one of the two.", "Enter a valid date", "Everything you typed is kept"):  # fmt: skip
        assert words in page
    assert long.strip() in page
    late = sign_in(cast.reviewer).post("/coaching/new/", given(cast, agreed=long, held_on=day(1).isoformat()))
    assert "These are 2999 characters" in text_of(late)
    assert "This day is still to come." in text_of(late)
    assert long.strip() in text_of(late)


def test_html_in_what_was_agreed_is_shown_and_never_run(cast, sign_in) -> None:
    entry = note(cast, agreed="<script>alert(1)</script> and listen")
    for path in ("/coaching/", f"/coaching/{entry.pk}/"):
        page = sign_in(cast.rep).get(path).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


# Done, and taken back


@pytest.mark.parametrize("who", ["rep", "reviewer"])
def test_either_of_the_two_marks_it_as_done_once(cast, sign_in, who) -> None:
    entry, person = note(cast, due=day(3)), getattr(cast, who)
    page = text_of(sign_in(person).post(f"/coaching/{entry.pk}/done/", follow=True))
    assert "Marked as done" in page
    entry.refresh_from_db()
    assert entry.done_by == person
    first = entry.done_at
    again = sign_in(cast.rep).post(f"/coaching/{entry.pk}/done/", follow=True)
    assert "not open any more" in text_of(again)
    entry.refresh_from_db()
    assert (entry.done_at, entry.done_by) == (first, person)
    with pytest.raises(PermissionDenied):
        services.finish_coaching(actor=cast.leader, entry=entry)


def test_a_slip_is_taken_back_by_the_manager_stays_readable_for_both_and_begins_the_next_one(cast, sign_in) -> None:
    entry = note(cast, due=day(3), kind="review")
    with pytest.raises(PermissionDenied):
        services.take_coaching_back(actor=cast.rep, entry=entry)
    assert sign_in(cast.rep).post(f"/coaching/{entry.pk}/take-back/").status_code == 403
    client = sign_in(cast.reviewer)
    page = client.post(f"/coaching/{entry.pk}/take-back/", follow=True)
    assert f"/coaching/new/?again={entry.pk}" in page.content.decode()
    theirs = text_of(sign_in(cast.rep).get(f"/coaching/{entry.pk}/"))
    assert AGREED in theirs
    assert "took this entry back" in theirs
    assert "Mark as done" not in theirs
    anew = client.get(f"/coaching/new/?again={entry.pk}")
    assert AGREED in text_of(anew)
    assert f'<option value="{cast.rep.pk}" selected>' in anew.content.decode()
    assert services.finish_coaching(actor=cast.rep, entry=entry) is False
    assert services.take_coaching_back(actor=cast.reviewer, entry=entry) is False


def test_nobody_begins_with_an_entry_of_somebody_else(cast, sign_in) -> None:
    entry = note(cast)
    assert AGREED not in sign_in(cast.leader).get(f"/coaching/new/?again={entry.pk}").content.decode()
    assert sign_in(cast.leader).get("/coaching/new/?again=x").status_code == 200


def test_the_database_keeps_an_entry_as_it_was(cast) -> None:
    entry, other = note(cast, due=day(3)), note(cast)
    services.finish_coaching(actor=cast.rep, entry=other)
    entries = CoachingEntry.objects
    for change in (
        lambda: entries.filter(pk=entry.pk).update(agreed_sealed=b"x"),
        lambda: entries.filter(pk=entry.pk).update(person=cast.leader),
        lambda: entries.filter(pk=entry.pk).update(due=None),
        lambda: entries.filter(pk=entry.pk).update(held_on=day(-9)),
        lambda: entries.filter(pk=other.pk).update(done_at=None, done_by=None),
        lambda: entries.filter(pk=other.pk).update(done_by=cast.reviewer),
        lambda: entries.filter(pk=entry.pk).delete(),
    ):
        with pytest.raises(Error, match="stays as it was"), transaction.atomic():
            change()
    for wrong in ({"done_at": timezone.now()}, {"done_at": timezone.now(), "done_by": cast.leader}):
        with pytest.raises(IntegrityError), transaction.atomic():
            entries.filter(pk=entry.pk).update(**wrong)
    entries.filter(pk=entry.pk).update(marked=True)


def test_the_log_tells_neither_who_nor_whom_nor_what(cast, sign_in) -> None:
    entry = note(cast, agreed="Henrik Aas gets two dates to choose from.")
    services.finish_coaching(actor=cast.rep, entry=entry)
    services.take_coaching_back(actor=cast.reviewer, entry=note(cast))
    events = AuditEvent.objects.filter(action__startswith="coaching.").order_by("pk")
    assert [event.action for event in events] == ["coaching.noted", "coaching.done", "coaching.noted", "coaching.taken_back"]  # fmt: skip
    assert {(event.actor_id, event.actor_role) for event in events} == {(None, "")}
    assert [event.data for event in events] == [{}] * 4
    page = text_of(sign_in(cast.leader).get("/audit/log/?kind=people"))
    assert "An entry of the coaching log was noted." in page


# Lists, home, reminders


def test_the_list_shows_both_directions_and_what_is_open(cast, sign_in) -> None:
    mine, theirs = note(cast), note(cast, actor=cast.leader, person=cast.colleague, agreed="Two dates to choose from.")
    services.finish_coaching(actor=cast.rep, entry=mine)
    rows = sign_in(cast.reviewer).get("/coaching/").context["rows"]
    assert [(row["entry"], row["other"]) for row in rows] == [(mine, cast.rep)]
    rows = sign_in(cast.colleague).get("/coaching/").context["rows"]
    assert [(row["entry"], row["other"]) for row in rows] == [(theirs, cast.leader)]
    page = text_of(sign_in(cast.rep).get("/coaching/?open=1"))
    assert "Nothing is open" in page


def test_an_empty_list_says_what_to_do(cast, sign_in) -> None:
    assert "look at a deal together" in text_of(sign_in(cast.reviewer).get("/coaching/"))
    page = text_of(sign_in(cast.rep).get("/coaching/"))
    assert "When your manager has taken part" in page
    assert "Note an entry" not in page


def test_the_list_is_paged_by_key_and_asks_a_fixed_number_of_times(cast, sign_in, django_assert_num_queries) -> None:
    entries = [note(cast, agreed=f"Number {n:02} of what we agreed on.") for n in range(2)]
    client = sign_in(cast.reviewer)
    client.get("/coaching/")
    with django_assert_num_queries(9):
        client.get("/coaching/")
    entries += [note(cast, agreed=f"Number {n:02} of what we agreed on.") for n in range(2, 23)]
    with django_assert_num_queries(9):
        first = client.get("/coaching/")
    assert [row["entry"] for row in first.context["rows"]] == entries[:2:-1]
    second = client.get(f"/coaching/?before={first.context['older']}")
    assert [row["entry"] for row in second.context["rows"]] == entries[2::-1]


def test_what_is_open_and_due_stands_on_the_home_page_of_both_the_nearest_first(cast, sign_in) -> None:
    later, soon = note(cast, due=day(9)), note(cast, due=day(1), days=3)
    note(cast)
    late = note(cast, due=day(-2), days=5)
    for person, other in ((cast.rep, "Aylin Demirtas"), (cast.reviewer, "Jonas Feld")):
        page = sign_in(person).get("/").content.decode()
        places = [page.index(f"/coaching/{one.pk}/") for one in (late, soon, later)]
        assert places == sorted(places)
        assert f"Agreed with {other}" in page
        assert "Overdue since" in page
        assert "Due tomorrow." in page
    services.finish_coaching(actor=cast.rep, entry=late)
    assert f"/coaching/{late.pk}/" not in sign_in(cast.reviewer).get("/").content.decode()
    assert "Agreed with" not in sign_in(cast.leader).get("/").content.decode()


def told(person):
    return Notice.objects.filter(person=person, kind="coaching_due").count()


@pytest.mark.usefixtures("no_assessment_is_due")
def test_both_are_reminded_once_on_the_day_before(cast, monkeypatch) -> None:
    note(cast, due=day(5))
    done = note(cast, due=day(5))
    services.finish_coaching(actor=cast.rep, entry=done)
    services.take_coaching_back(actor=cast.reviewer, entry=note(cast, due=day(5)))
    real, seen = timezone.now, []
    for ahead in range(8):
        monkeypatch.setattr(timezone, "now", lambda ahead=ahead: real() + timedelta(days=ahead))
        seen.append(remind())
        Notice.objects.update(seen_at=timezone.now())
        assert remind() == 0
    assert seen == [0, 0, 0, 0, 2, 0, 0, 0]
    assert (told(cast.rep), told(cast.reviewer)) == (1, 1)


@pytest.mark.usefixtures("no_assessment_is_due")
def test_what_was_noted_a_day_ahead_needs_no_reminder(cast) -> None:
    note(cast, due=day(1), days=4)
    note(cast, due=day(), days=4)
    assert remind() == 0


# Who leaves, changes team, or is erased


def test_a_manager_who_changes_keeps_the_entry_and_the_next_one_does_not_see_it(cast, sign_in, north) -> None:
    entry = note(cast)
    Team.objects.filter(pk=north.pk).update(manager=cast.leader)
    assert sign_in(cast.leader).get(f"/coaching/{entry.pk}/").status_code == 404
    assert AGREED in text_of(sign_in(cast.reviewer).get(f"/coaching/{entry.pk}/"))
    assert sign_in(cast.reviewer).get("/coaching/new/").status_code == 403
    change_person(actor=cast.administrator, person=cast.rep, title="", team=None, is_active=True, roles=["rep"])
    assert services.finish_coaching(actor=cast.rep, entry=entry)
    entry.refresh_from_db()
    assert entry.team == north


def gone(cast, person):
    User.objects.filter(pk=person.pk).update(is_active=False)
    erase_person(actor=cast.administrator, person=User.objects.get(pk=person.pk))


@pytest.mark.usefixtures("no_assessment_is_due")
def test_with_the_record_of_the_person_what_was_agreed_goes_and_the_manager_reads_erased(
    cast, sign_in, settings, tmp_path
) -> None:
    settings.WORKBENCH_ERASED_PATH = tmp_path / "erased"
    entry = note(cast, due=day(1), days=3)
    assert entry.data_key_id in keys_typed_by(cast.rep)
    gone(cast, cast.rep)
    client = sign_in(cast.reviewer)
    for path in ("/coaching/", f"/coaching/{entry.pk}/"):
        page = text_of(client.get(path))
        assert AGREED not in page
        assert "Jonas" not in page
        assert "erased" in page
    assert "Mark as done" not in text_of(client.get(f"/coaching/{entry.pk}/"))
    assert "Agreed with" not in client.get("/").content.decode()
    assert remind() == 0
    assert services.finish_coaching(actor=cast.reviewer, entry=entry) is False


def test_when_the_manager_is_erased_what_was_agreed_stays_with_the_person(cast, sign_in, settings, tmp_path) -> None:
    settings.WORKBENCH_ERASED_PATH = tmp_path / "erased"
    entry = note(cast)
    assert keys_typed_by(cast.reviewer).isdisjoint({entry.data_key_id})
    gone(cast, cast.reviewer)
    page = text_of(sign_in(cast.rep).get(f"/coaching/{entry.pk}/"))
    assert AGREED in page
    assert "Aylin" not in page
    assert "somebody whose record was erased" in page
    assert services.finish_coaching(actor=cast.rep, entry=entry)


# People named in it


def test_somebody_named_in_it_is_found_without_a_word_of_it_disclosed_and_erased(cast, sign_in) -> None:
    entry = note(cast, agreed="Ilaria Conti gets two dates to choose from.")
    assert mark_typed() >= 1
    assert entry.data_key_id in find_subject("Ilaria Conti")["whole"]
    record = next(iter(records_of([entry.data_key_id])))
    assert (record.label, record.about, record.url) == ("Entry of the coaching log", "Call accompanied", "")
    assert not {"Aylin", "Jonas", "Demirtas", "Feld"} & set(f"{record.by} {record.state}".split())
    page = sign_in(cast.compliance).post("/privacy/requests/found/", {"who": "Ilaria Conti"}).content.decode()
    assert "Entry of the coaching log" in page
    assert "two dates" not in page
    assert next(contents_of([entry.data_key_id]))["given"] == "Ilaria Conti gets two dates to choose from."
    destroy_keys([entry.data_key_id])
    assert list(contents_of([entry.data_key_id])) == []
    assert "erased" in text_of(sign_in(cast.rep).get(f"/coaching/{entry.pk}/"))


def test_texts_go_by_the_rule_of_retention_once_the_entry_ended(cast) -> None:
    waits, done, taken = note(cast), note(cast), note(cast)
    services.finish_coaching(actor=cast.rep, entry=done)
    services.take_coaching_back(actor=cast.reviewer, entry=taken)
    keys = set(ended_before(timezone.now() + timedelta(days=1)))
    assert {done.data_key, taken.data_key} <= keys
    assert waits.data_key not in keys
    assert done.data_key not in ended_before(timezone.now() - timedelta(days=1))
    assert DataKey.objects.filter(pk=waits.data_key_id, destroyed_at=None).exists()


def test_it_stands_in_the_record_of_both_and_of_nobody_else(cast) -> None:
    note(cast, due=day(3))
    for person in vars(cast).values():
        part = next(part for part in stored_about(person) if part.name == "coaching")
        rows = list(part.every())
        assert len(rows) == (person in (cast.rep, cast.reviewer)), person.username
        if rows:
            assert rows[0]["agreed"] == AGREED
            assert rows[0]["noted_by_me"] is (person == cast.reviewer)


# Counts for leaders


def test_only_leaders_see_counts(cast, sign_in, north) -> None:
    for person in everybody_but(cast, cast.leader):
        assert sign_in(person).get("/coaching/counts/").status_code == 403
        assert sign_in(person).get("/api/v1/coaching/counts/").status_code == 403
    assert sign_in(cast.leader).get("/coaching/counts/").status_code == 200


def test_a_leader_sees_how_many_by_team_and_month_and_neither_a_person_nor_a_word(cast, sign_in, north) -> None:
    join(north, 2)
    services.finish_coaching(actor=cast.rep, entry=note(cast))
    note(cast, kind="review", agreed="Call Henrik Aas on Monday.")
    services.take_coaching_back(actor=cast.reviewer, entry=note(cast))
    answer = sign_in(cast.leader).get(f"/coaching/counts/?team={north.pk}")
    month = answer.context["counts"].months[-1]
    assert (month.begins, month.calls, month.reviews, month.open, month.done) == (day().replace(day=1), 1, 1, 1, 1)
    page = answer.content.decode().split("<main")[1].split("</main>")[0]
    for words in ("Jonas", "Aylin", "Henrik", AGREED, "style="):
        assert words not in page
    assert "Smaller teams" in page
    assert page.count('<rect class="is-') == 2


def test_a_team_of_fewer_than_five_is_told_of_together_with_others_only(cast, sign_in, north) -> None:
    south = Team.objects.get(name="South")
    note(cast)
    note(cast, actor=cast.leader, person=cast.colleague)
    assert [(one.key, one.people, one.told) for one in groups()] == [("smaller", 4, False)]
    page = text_of(sign_in(cast.leader).get(f"/coaching/counts/?team={north.pk}"))
    assert "Too few people for a count" in page
    assert "<table" not in page
    join(south, 1)
    assert [(str(one.label), one.people, one.told) for one in groups()] == [("Smaller teams", 5, True)]
    assert counts_of(groups())[0].months[-1].calls == 2
    join(south, 3)
    assert [(str(one.label), one.told) for one in groups()] == [("South", True), ("Smaller teams", False)]
    assert [counts and counts.months[-1].calls for counts in counts_of(groups())] == [1, None]


def test_people_who_left_make_a_team_smaller(cast, north) -> None:
    people = join(north, 2)
    assert groups()[0].key == str(north.pk)
    User.objects.filter(pk=people[0].pk).update(is_active=False)
    assert [one.key for one in groups()] == ["smaller"]


def test_what_was_erased_counts_as_held_and_as_neither_open_nor_done(cast, north) -> None:
    join(north, 2)
    destroy_keys([note(cast).data_key_id])
    month = counts_of(groups()[:1])[0].months[-1]
    assert (month.calls, month.open, month.done) == (1, 0, 0)


def test_twelve_months_are_told_and_an_older_one_is_not(cast, north) -> None:
    join(north, 2)
    note(cast, days=366)
    first = counts_of(groups()[:1])[0].months[0].begins
    note(cast, days=(day() - first).days)
    counts = counts_of(groups()[:1])[0]
    assert len(counts.months) == 12
    assert [month.calls for month in counts.months] == [1] + [0] * 11
    assert counts.newest[0].begins == day().replace(day=1)


def test_counts_cost_the_same_for_one_team_as_for_many(cast, sign_in, north, django_assert_num_queries) -> None:
    join(north, 2)
    client = sign_in(cast.leader)
    client.get("/coaching/counts/")
    for count in (0, 6):
        for n in range(count):
            join(Team.objects.create(name=f"Team {n}"), 5)
        with django_assert_num_queries(6):
            client.get("/coaching/counts/")
        with django_assert_num_queries(5):
            client.get("/api/v1/coaching/counts/")


@pytest.mark.parametrize(
    ("slug", "kind", "words"),
    [("managers-on-calls", "call", "Calls accompanied since"), ("deal-reviews", "review", "Deal reviews held since")],
)
def test_whoever_assesses_the_fundamental_sees_the_counts_of_three_months(cast, sign_in, north, slug, kind, words) -> None:  # fmt: skip
    join(north, 2)
    note(cast, kind=kind)
    note(cast, kind="call" if kind == "review" else "review")
    note(cast, kind=kind, days=100)
    services.take_coaching_back(actor=cast.reviewer, entry=note(cast, kind=kind))
    hint = hint_for(Fundamental.objects.get(slug=slug))
    assert [(str(group.label), count) for group, count in hint.rows] == [("North", 1), ("Smaller teams", None)]
    page = text_of(sign_in(cast.leader).get(f"/fundamentals/{slug}/"))
    assert words in page
    assert "not shown, too few people" in page
    assert words not in text_of(sign_in(cast.rep).get(f"/fundamentals/{slug}/"))
    assert "coaching log" not in text_of(sign_in(cast.leader).get("/fundamentals/ideal-customer-profile/"))


# Navigation and the API


def test_the_navigation_leads_there_whom_it_concerns(cast, sign_in, north) -> None:
    link = 'href="/coaching/"'
    for person in (cast.leader, cast.rep, cast.reviewer, cast.colleague):
        assert link in sign_in(person).get("/").content.decode(), person.username
    for person in (cast.compliance, cast.trainer, cast.administrator, cast.outsider):
        assert link not in sign_in(person).get("/").content.decode(), person.username
    User.objects.filter(pk=cast.trainer.pk).update(team=north)
    assert link in sign_in(User.objects.get(pk=cast.trainer.pk)).get("/").content.decode()


def test_the_two_use_it_over_the_api(cast, sign_in) -> None:
    manager, rep = sign_in(cast.reviewer), sign_in(cast.rep)
    body = {"person": "jonas", "kind": "review", "held_on": day().isoformat(), "activity": "draft-proposal", "agreed": AGREED}  # fmt: skip
    made = manager.post("/api/v1/coaching/", body, content_type="application/json")
    assert made.status_code == 201
    assert (made.json()["agreed"], made.json()["manager"], made.json()["due"]) == (AGREED, "aylin", None)
    wrong = manager.post("/api/v1/coaching/", body | {"person": "clara"}, content_type="application/json")
    assert (wrong.status_code, list(wrong.json()["fields"])) == (400, ["person"])
    assert rep.post("/api/v1/coaching/", body, content_type="application/json").status_code == 403
    done = rep.post(f"/api/v1/coaching/{made.json()['id']}/done/")
    assert done.json()["done_by"] == "jonas"
    back = manager.post(f"/api/v1/coaching/{made.json()['id']}/take-back/")
    assert back.json()["taken_back_at"] is None
    assert rep.post(f"/api/v1/coaching/{made.json()['id']}/take-back/").status_code == 403
    counts = sign_in(cast.leader).get("/api/v1/coaching/counts/").json()
    assert counts == [{"key": "smaller", "team": "Smaller teams", "months": None}]


def test_an_administrator_who_manages_a_team_notes_for_it_too(cast, sign_in, north) -> None:
    Team.objects.filter(pk=north.pk).update(manager=cast.administrator)
    RoleGrant.objects.filter(user=cast.administrator).exclude(role="administrator").delete()
    assert sign_in(cast.administrator).get("/coaching/new/").status_code == 200
    assert note(cast, actor=cast.administrator).manager == cast.administrator


def test_the_demo_shows_a_team_with_counts_and_smaller_ones_without(cast, company) -> None:
    company.load_coaching()
    assert [(str(one.label), one.told) for one in groups()] == [("North", True), ("Smaller teams", False)]
    assert sum(month.calls for month in counts_of(groups())[0].months) >= 5
    assert CoachingEntry.objects.visible_to(cast.rep).open().filter(due__isnull=False).count() == 2
    assert not CoachingEntry.objects.filter(marked=False).exists()
