"""Fundamentals are described by leaders and trainers and assessed by leaders, of a team and never of a person; what was assessed stays."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, IntegrityError, transaction
from django.utils import timezone, translation

from audit.models import AuditEvent
from policies.models import Activity
from training import services
from training.models import Assessment, Fundamental
from training.picture import pictures, standing, teams_of
from training.services import fundamentals
from training.services.fundamentals import read_catalogue
from workbench.accounts.models import Team
from workbench.privacy.records import contents_of, records_of
from workbench.privacy.services import destroy_keys
from workbench.privacy.subjects import find_subject
from workbench.runs.typed import mark_typed

pytestmark = pytest.mark.django_db
PLANS = "written-call-plans"


@pytest.fixture
def plans(company) -> Fundamental:
    return Fundamental.objects.get(slug=PLANS)


@pytest.fixture
def north(company) -> Team:
    return Team.objects.get(name="North")


def _assess(cast, fundamental, team, level="in_place", days=0, **more):
    return services.assess_fundamental(
        actor=cast.leader, fundamental=fundamental, team=team, level=level, looked_on=timezone.localdate() - timedelta(days=days),
        **{"evidence": "Ten plans of the last quarter.", **more},
    )  # fmt: skip


def _describe(cast, actor=None, **more):
    given = {
        "language": "en", "name": "Clean handovers", "about": "Delivery hears from us what was promised.",
        "signs": ["A page per project.", "Nobody asks twice.", "Promises carry a name."], "without": "AI hands over what nobody promised.",
    }  # fmt: skip
    return services.save_fundamental(actor=actor or cast.trainer, **{**given, **more})


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


# The starter set


def test_ten_starter_fundamentals_say_in_both_languages_how_they_show() -> None:
    entries = read_catalogue("fundamentals")["fundamentals"]
    assert len(entries) == 10
    assert all(3 <= len(entry[code]["signs"]) <= 5 for entry in entries for code in ("en", "de"))
    assert all(len(entry["en"]["signs"]) == len(entry["de"]["signs"]) for entry in entries)


def test_starter_fundamentals_rest_under_activities_of_the_catalogue() -> None:
    from policies.catalogue import entries as activities

    known = {entry["slug"] for entry in activities("en")}
    for entry in read_catalogue("fundamentals")["fundamentals"]:
        assert entry["activities"]
        assert set(entry["activities"]) <= known


def test_a_trainer_takes_over_what_is_missing_and_nothing_twice(cast, sign_in) -> None:
    with pytest.raises(PermissionDenied):
        services.adopt_fundamentals(actor=cast.rep)
    Fundamental.objects.filter(slug="learning").delete()
    client = sign_in(cast.trainer)
    assert "1 starter fundamental is not here yet" in text_of(client.get("/fundamentals/"))
    assert "1 fundamental came in" in text_of(client.post("/fundamentals/adopt/", follow=True))
    assert "Nothing was missing" in text_of(client.post("/fundamentals/adopt/", follow=True))
    assert Fundamental.objects.count() == 10
    assert services.adopt_fundamentals(actor=cast.trainer) == 0
    assert AuditEvent.objects.filter(action="fundamentals.adopted").order_by("-id").first().data == {"count": 1}


def test_two_who_take_over_the_starter_set_at_once_get_it_once(cast, monkeypatch) -> None:
    missing = fundamentals.missing_fundamentals
    looks = iter([fundamentals.read_catalogue("fundamentals")["fundamentals"]])
    Fundamental.objects.filter(slug="learning").delete()
    # The first look was taken before the other one had finished.
    monkeypatch.setattr(fundamentals, "missing_fundamentals", lambda: next(looks, None) or missing())
    assert services.adopt_fundamentals(actor=cast.leader) == 1
    assert Fundamental.objects.count() == 10


def test_what_was_taken_away_does_not_come_back_with_the_starter_set(cast, plans) -> None:
    services.retire_fundamental(actor=cast.leader, fundamental=plans)
    assert services.adopt_fundamentals(actor=cast.leader) == 0
    assert Fundamental.objects.get(slug=PLANS).retired_at is not None


def test_a_fundamental_rests_under_the_activities_that_are_on_the_map(plans) -> None:
    assert [activity.slug for activity in plans.activities.all()] == ["summarise-discovery-call"]


# Describing


def test_leaders_and_trainers_describe_and_nobody_else(cast, plans) -> None:
    assert _describe(cast, actor=cast.leader).slug == "clean-handovers"
    assert _describe(cast).slug == "clean-handovers-2"
    for person in (cast.rep, cast.reviewer, cast.compliance, cast.administrator, cast.outsider):
        with pytest.raises(PermissionDenied):
            _describe(cast, actor=person)
        with pytest.raises(PermissionDenied):
            services.retire_fundamental(actor=person, fundamental=plans)
        with pytest.raises(PermissionDenied):
            services.restore_fundamental(actor=person, fundamental=plans)


def test_changing_the_english_text_leaves_the_german_one(cast, plans) -> None:
    german = plans.texts["de"]
    changed = _describe(cast, fundamental=plans, name="Call plans on paper")
    assert (changed.slug, changed.texts["de"]) == (PLANS, german)
    with translation.override("de"):
        assert str(changed) == german["name"]
    assert str(changed) == "Call plans on paper"
    fields = AuditEvent.objects.filter(action="fundamental.changed").latest("id").data["fields"]
    assert set(fields) == {"name", "about", "signs", "without"}


def test_a_fundamental_in_one_language_is_shown_in_the_other_too(cast) -> None:
    only = _describe(cast)
    with translation.override("de"):
        assert str(only) == "Clean handovers"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "x"}, "name"),
        ({"about": " "}, "about"),
        ({"signs": ["One.", " ", "Two."]}, "signs"),
        ({"signs": ["a sign"] * 6}, "signs"),
        ({"without": "Bad."}, "without"),
        ({"name": "\u200b\u200b\u200b"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"about": "\u200b" * 12}, "about"),
        ({"about": "x" * 301}, "about"),
        ({"signs": ["\u200b", "\u2060", "..."]}, "signs"),
        ({"signs": ["One.", "Two.", "x" * 201]}, "signs"),
        ({"without": "\u200b" * 12}, "without"),
        ({"without": "x" * 401}, "without"),
        ({"months": 0}, "months"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_is_missing_in_a_description_is_said_at_its_field(cast, change, field) -> None:
    with pytest.raises(ValidationError) as refused:
        _describe(cast, **change)
    assert list(refused.value.message_dict) == [field]


def test_a_trainer_describes_on_the_page_in_either_language(cast, sign_in, plans) -> None:
    client = sign_in(cast.trainer)
    page = text_of(client.get(f"/fundamentals/{PLANS}/edit/?language=de"))
    assert "Schriftliche Gesprächspläne" in page
    given = {
        "name": "Gesprächspläne", "about": "Jedes Gespräch hat einen Plan.", "signs": "Er steht vorher da.\nEr nennt einen Schritt.\nEr hat Fragen.",
        "without": "KI fasst Gespräche ohne Ziel zusammen.", "months": 6, "activities": [Activity.objects.get(slug="draft-proposal").pk],
    }  # fmt: skip
    assert client.post(f"/fundamentals/{PLANS}/edit/?language=de", given).status_code == 302
    plans.refresh_from_db()
    assert (plans.texts["de"]["name"], plans.texts["en"]["name"], plans.months) == ("Gesprächspläne", "Written call plans", 6)  # fmt: skip
    assert plans.texts["de"]["signs"] == ["Er steht vorher da.", "Er nennt einen Schritt.", "Er hat Fragen."]
    broken = client.post(f"/fundamentals/{PLANS}/edit/", given | {"signs": "One."})
    assert broken.status_code == 422
    assert "three to five signs" in text_of(broken)


def _sent(page, name="seen"):
    """What the form of a page sends along."""
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode()).group(1)


def _given(**more):
    return {
        "name": "Call plans", "about": "Every call has a plan on paper.", "signs": "It lies there.\nIt names a step.\nIt has questions.",
        "without": "AI sums up calls without an aim.", "months": 3, "activities": [Activity.objects.get(slug="summarise-discovery-call").pk], **more,
    }  # fmt: skip


def test_the_second_of_two_leaders_is_told_and_overwrites_nothing_unseen(cast, sign_in, plans) -> None:
    address = f"/fundamentals/{PLANS}/edit/"
    first, second = sign_in(cast.trainer), sign_in(cast.leader)
    opened = second.get(address)
    assert first.post(address, _given(months=6, seen=_sent(first.get(address)))).status_code == 302
    answer = second.post(address, _given(about="Every visit has a plan on paper.", seen=_sent(opened)))
    assert answer.status_code == 422
    page = text_of(answer)
    for words in (
        "somebody else changed this fundamental",
        "Nothing was overwritten",
        "Every call has a plan",
        "Every visit has a plan",
        '<dd lang="en">6</dd>',
    ):
        assert words in page
    plans.refresh_from_db()
    assert (plans.texts["en"]["about"], plans.months) == ("Every call has a plan on paper.", 6)
    # Pressing the same button once more is no look at it; whoever was told may replace it.
    again = _given(about="Every visit has a plan on paper.", seen=_sent(answer))
    assert second.post(address, again).status_code == 422
    assert second.post(address, again | {"replace": _sent(answer, "replace")}).status_code == 302
    plans.refresh_from_db()
    assert (plans.texts["en"]["about"], plans.months) == ("Every visit has a plan on paper.", 3)


def test_describing_in_two_languages_at_once_and_pressing_twice_is_no_conflict(cast, sign_in, plans) -> None:
    client, address = sign_in(cast.trainer), f"/fundamentals/{PLANS}/edit/"
    english, german = client.get(f"{address}?language=en"), client.get(f"{address}?language=de")
    for _click in range(2):
        assert client.post(f"{address}?language=en", _given(seen=_sent(english))).status_code == 302
    assert client.post(f"{address}?language=de", _given(name="Pläne", seen=_sent(german))).status_code == 302
    plans.refresh_from_db()
    assert (plans.texts["en"]["name"], plans.texts["de"]["name"]) == ("Call plans", "Pläne")


def test_an_activity_that_is_off_the_map_comes_back_with_its_fundamentals(cast, sign_in, plans) -> None:
    from policies.services import restore_activity, retire_activity

    activity = Activity.objects.get(slug="summarise-discovery-call")
    retire_activity(actor=cast.leader, activity=activity)
    client, address = sign_in(cast.trainer), f"/fundamentals/{PLANS}/edit/"
    assert client.post(address, _given(activities=[], seen=_sent(client.get(address)))).status_code == 302
    restore_activity(actor=cast.leader, activity=activity)
    assert [one.slug for one in plans.activities.all()] == ["summarise-discovery-call"]


def test_a_zero_byte_in_a_sign_is_told_at_its_field(cast, sign_in, plans) -> None:
    answer = sign_in(cast.trainer).post(f"/fundamentals/{PLANS}/edit/", _given(signs="One.\nTwo.\nThr\x00ee."))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["signs"]


def test_html_in_a_description_is_shown_and_never_run(cast, sign_in) -> None:
    one = _describe(cast, name="<script>alert(1)</script>")
    page = sign_in(cast.rep).get(f"/fundamentals/{one.slug}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


# Assessing


def test_only_leaders_assess(cast, plans, north) -> None:
    for person in (cast.rep, cast.reviewer, cast.compliance, cast.trainer, cast.administrator, cast.outsider):
        with pytest.raises(PermissionDenied):
            services.assess_fundamental(
                actor=person, fundamental=plans, team=north, level="in_place", evidence="Ten plans.", looked_on=timezone.localdate()
            )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"level": "excellent"}, "level"),
        ({"evidence": "Good."}, "evidence"),
        ({"evidence": "\u200b" * 40}, "evidence"),
        ({"evidence": "x" * 1001}, "evidence"),
        ({"source": "x" * 301}, "source"),
        ({"days": -1}, "looked_on"),
        ({"days": 3 * 366 + 1}, "looked_on"),
    ],
)
def test_an_assessment_needs_a_level_something_that_was_looked_at_and_a_day(cast, plans, north, change, field) -> None:
    before = Assessment.objects.count()
    with pytest.raises(ValidationError) as refused:
        _assess(cast, plans, north, **change)
    assert list(refused.value.message_dict) == [field]
    assert Assessment.objects.count() == before


def test_an_assessment_never_changes_and_is_never_taken_away(cast, plans, north) -> None:
    one = _assess(cast, plans, north, "not_yet")
    for change in (
        lambda: Assessment.objects.filter(pk=one.pk).update(level="in_place"),
        lambda: Assessment.objects.filter(pk=one.pk).update(looked_on=date(2026, 1, 1)),
        lambda: Assessment.objects.filter(pk=one.pk).update(evidence_sealed=b"x"),
        lambda: Assessment.objects.filter(pk=one.pk).update(source_sealed=b"x"),
        lambda: Assessment.objects.filter(pk=one.pk).delete(),
    ):
        with pytest.raises(Error, match="stays as it was"), transaction.atomic():
            change()
    Assessment.objects.filter(pk=one.pk).update(marked=True)


def test_the_database_knows_three_levels_and_no_score(cast, plans, north) -> None:
    one = _assess(cast, plans, north)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.create(
            fundamental=plans, team=north, level="7", looked_on=one.looked_on, assessed_by=cast.leader, data_key=one.data_key, evidence_sealed=b"x"
        )  # fmt: skip


def test_the_log_tells_of_an_assessment_without_a_word_of_it(cast, plans, north) -> None:
    _assess(cast, plans, north, "in_part", evidence="Jonas Feld showed six of ten plans.")
    event = AuditEvent.objects.filter(action="fundamental.assessed").latest("id")
    assert event.data == {"team_id": north.pk, "level": "in_part", "looked_on": timezone.localdate().isoformat()}
    assert event.object_id == str(plans.pk)


def test_two_clicks_are_one_assessment(cast, plans, north, sign_in) -> None:
    client = sign_in(cast.leader)
    given = {
        "team": north.pk,
        "level": "in_place",
        "evidence": "Ten of ten plans.",
        "looked_on": timezone.localdate().isoformat(),
    }
    before = Assessment.objects.count()
    for _click in range(2):
        assert client.post(f"/fundamentals/{PLANS}/assess/", given).status_code == 302
    assert Assessment.objects.count() == before + 1
    for other in ({"evidence": "Nine of ten plans."}, {"level": "in_part"}, {"source": "The wiki"}):
        client.post(f"/fundamentals/{PLANS}/assess/", given | other)
    # Whoever comes back to what they said first says it anew: the last word counts.
    client.post(f"/fundamentals/{PLANS}/assess/", given)
    assert Assessment.objects.count() == before + 5


def test_a_fundamental_that_was_taken_away_is_not_assessed(cast, plans, north) -> None:
    services.retire_fundamental(actor=cast.leader, fundamental=plans)
    with pytest.raises(ValidationError, match="taken away"):
        _assess(cast, plans, north)


def test_a_leader_assesses_on_the_page_and_the_table_holds_it(cast, sign_in, plans, north) -> None:
    client = sign_in(cast.leader)
    given = {"team": north.pk, "level": "in_place", "evidence": "Ten of ten plans name a step.", "source": "https://wiki.example/plans", "looked_on": timezone.localdate().isoformat()}  # fmt: skip
    page = text_of(client.post(f"/fundamentals/{PLANS}/assess/", given, follow=True))
    assert "Ten of ten plans name a step." in page
    assert 'href="https://wiki.example/plans"' in page
    assert "Six plans" not in page
    broken = client.post(f"/fundamentals/{PLANS}/assess/", given | {"evidence": "ok"})
    assert broken.status_code == 422
    assert "Say what was looked at" in text_of(broken)


def test_a_source_that_is_no_address_is_no_link(cast, sign_in, plans, north) -> None:
    _assess(cast, plans, north, source="javascript:alert(1)")
    page = sign_in(cast.leader).get(f"/fundamentals/{PLANS}/").content.decode()
    assert 'href="javascript' not in page
    assert "javascript:alert(1)" in page


# Who sees what


def test_reps_see_their_own_team_and_leaders_trainers_and_compliance_all(cast, plans, north) -> None:
    south = Team.objects.get(name="South")
    mine, theirs = _assess(cast, plans, north), _assess(cast, plans, south)
    for person, seen in (
        (cast.rep, {mine}), (cast.reviewer, {mine}), (cast.colleague, {theirs}), (cast.leader, {mine, theirs}), (cast.trainer, {mine, theirs}),
        (cast.compliance, {mine, theirs}), (cast.administrator, set()), (cast.outsider, set()),
    ):  # fmt: skip
        found = set(Assessment.objects.visible_to(person).filter(pk__in=[mine.pk, theirs.pk]))
        assert found == seen, person.username


def test_a_rep_reads_nothing_of_the_other_team(cast, sign_in) -> None:
    page = text_of(sign_in(cast.colleague).get("/fundamentals/deal-reviews/"))
    assert "Two reviews in eight weeks" in page
    assert "Eight reviews in eight weeks" not in page
    assert "Assess a team" not in page
    listed = text_of(sign_in(cast.colleague).get("/fundamentals/"))
    assert "In my team" in listed
    assert "0 of 2" not in listed


def test_the_last_look_counts_and_not_the_last_entry(cast, plans, north) -> None:
    _assess(cast, plans, north, "in_place", days=1)
    _assess(cast, plans, north, "not_yet", days=200)
    row = next(row for row in standing(cast.leader, [north], north) if row.fundamental == plans)
    assert row.here.level == "in_place"
    assert (row.in_place, row.total) == (1, 1)


def test_an_assessment_is_due_after_the_months_of_its_fundamental(cast, plans, north) -> None:
    assert plans.due_after(date(2026, 11, 30)) == date(2027, 2, 28)
    _assess(cast, plans, north, days=0)
    row = next(row for row in standing(cast.leader, [north], north) if row.fundamental == plans)
    assert not row.overdue
    Fundamental.objects.filter(slug="deal-reviews").update(months=1)
    late = next(row for row in standing(cast.leader, [north], north) if row.fundamental.slug == "early-qualification")
    assert late.overdue


def test_the_page_says_what_is_overdue(cast, sign_in) -> None:
    assert "overdue" in text_of(sign_in(cast.rep).get("/fundamentals/"))


def test_the_picture_steps_between_named_levels_and_is_dashed_where_the_look_is_too_old(cast, plans, north) -> None:
    looks = list(Assessment.objects.filter(fundamental=plans))
    drawn = pictures(plans, looks, teams_of(cast.leader))["drawn"]
    assert [picture.team for picture in drawn] == [north]
    assert drawn[0].steps.startswith("M8.0 60H")
    assert [dot["y"] for dot in drawn[0].dots] == [60, 36]
    assert drawn[0].stale == ""
    plans.months = 1
    assert pictures(plans, looks, [north])["drawn"][0].stale


def test_the_picture_has_no_style_and_a_decimal_point_in_every_language(cast, sign_in) -> None:
    cast.leader.language = "de"
    cast.leader.save()
    page = sign_in(cast.leader).get("/fundamentals/ideal-customer-profile/").content.decode()
    assert " style=" not in page
    assert 'viewBox="0 0 1000 72"' in page
    drawing = page.split('<path class="plot-path" d="')[1].split('"')[0]
    assert "," not in drawing
    assert "Profil des Idealkunden" in page
    assert "Steht" in page


def test_older_assessments_stand_on_further_pages(cast, sign_in, plans, north) -> None:
    for days in range(25):
        _assess(cast, plans, north, days=days, evidence=f"Look number {days} at ten plans.")
    client = sign_in(cast.leader)
    first = client.get(f"/fundamentals/{PLANS}/")
    assert "Look number 19 at" in text_of(first)
    assert "Look number 20 at" not in text_of(first)
    older = first.context["older"]
    second = text_of(client.get(f"/fundamentals/{PLANS}/?before={older}"))
    assert "Look number 20 at" in second
    assert "Look number 19 at" not in second


def test_pages_ask_the_database_a_fixed_number_of_times(cast, sign_in, plans, north, django_assert_num_queries) -> None:
    client = sign_in(cast.leader)
    client.get("/fundamentals/")
    for days in range(6):
        _assess(cast, plans, north, days=days)
    with django_assert_num_queries(9):
        client.get("/fundamentals/")
    with django_assert_num_queries(12):
        client.get(f"/fundamentals/{PLANS}/")


def test_without_fundamentals_the_page_says_what_to_do(db, django_user_model, sign_in) -> None:
    from workbench.accounts.models import RoleGrant

    first = django_user_model.objects.create_user("first", "first@example.org")
    assert "What sound selling rests on appears here" in text_of(sign_in(first).get("/fundamentals/"))
    RoleGrant.objects.create(user=first, role="leader")
    client = sign_in(django_user_model.objects.get(pk=first.pk))
    assert "Take over 10 fundamentals" in text_of(client.get("/fundamentals/"))
    client.post("/fundamentals/adopt/")
    assert "Ideal customer profile" in text_of(client.get("/fundamentals/"))
    assert "You belong to no team" not in text_of(client.get("/road/"))


# People in what was written


def test_somebody_named_in_an_assessment_is_found_and_erased_and_the_assessment_stays(cast, sign_in, plans, north) -> None:  # fmt: skip
    one = _assess(cast, plans, north, "in_part", evidence="Ilaria Conti sent six plans.", source="Mail of Ilaria Conti")
    assert mark_typed() >= 1
    found = find_subject("Ilaria Conti")["whole"]
    assert one.data_key_id in found
    record = next(iter(records_of([one.data_key_id])))
    assert (record.label, record.by) == ("Assessment of a fundamental", str(cast.leader))
    assert next(contents_of([one.data_key_id]))["given"]["evidence"] == "Ilaria Conti sent six plans."
    destroy_keys([one.data_key_id])
    page = text_of(sign_in(cast.leader).get(f"/fundamentals/{PLANS}/"))
    assert "Ilaria" not in page
    assert "erased" in page
    assert Assessment.objects.get(pk=one.pk).level == "in_part"
    assert list(contents_of([one.data_key_id])) == []


# The API


def test_a_leader_describes_and_assesses_over_the_api(cast, sign_in, north) -> None:
    client = sign_in(cast.leader)
    given = {
        "language": "en", "name": "Clean handovers", "about": "Delivery hears what was promised.", "signs": ["A page.", "No question.", "A name."],
        "without": "AI hands over what nobody promised.", "activities": ["draft-proposal"],
    }  # fmt: skip
    made = client.post("/api/v1/fundamentals/", given, content_type="application/json")
    assert (made.status_code, made.json()["slug"], made.json()["activities"]) == (201, "clean-handovers", ["draft-proposal"])  # fmt: skip
    look = {"team": "North", "level": "in_part", "evidence": "Four pages of six.", "looked_on": timezone.localdate().isoformat()}  # fmt: skip
    assert client.post("/api/v1/fundamentals/clean-handovers/assess/", look, content_type="application/json").status_code == 201  # fmt: skip
    teams = client.get("/api/v1/fundamentals/clean-handovers/").json()["teams"]
    assert [(team["team"], team["level"]) for team in teams] == [("North", "in_part")]
    rows = client.get("/api/v1/fundamentals/clean-handovers/assessments/").json()["results"]
    assert rows[0]["evidence"] == "Four pages of six."
    assert sign_in(cast.colleague).get("/api/v1/fundamentals/clean-handovers/").json()["teams"] == []
    away = client.post("/api/v1/fundamentals/clean-handovers/retire/")
    assert away.json()["retired_at"]
    assert "clean-handovers" not in {one["slug"] for one in client.get("/api/v1/fundamentals/").json()["results"]}
    assert client.post("/api/v1/fundamentals/clean-handovers/restore/").json()["retired_at"] is None


def test_a_program_that_names_a_part_only_leaves_the_rest_and_overwrites_nothing_unseen(cast, sign_in, plans) -> None:
    client, address = sign_in(cast.leader), f"/api/v1/fundamentals/{PLANS}/"
    Fundamental.objects.filter(pk=plans.pk).update(months=9)
    seen = client.get(address).json()["seen"]["en"]
    body = {
        "language": "en",
        **{name: plans.texts["en"][name] for name in ("about", "signs", "without")},
        "name": "Plans",
        "seen": seen,
    }
    kept = client.put(address, body, content_type="application/json")
    assert kept.status_code == 200
    assert (kept.json()["name"], kept.json()["months"], kept.json()["activities"]) == ("Plans", 9, ["summarise-discovery-call"])  # fmt: skip
    late = client.put(address, body | {"name": "Other plans"}, content_type="application/json")
    assert late.status_code == 400
    assert "Nothing was overwritten" in late.json()["detail"]
    assert client.put(address, body | {"activities": []}, content_type="application/json").status_code == 400
    fresh = body | {"activities": [], "seen": kept.json()["seen"]["en"]}
    assert client.put(address, fresh, content_type="application/json").json()["activities"] == []
