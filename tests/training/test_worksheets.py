"""Worksheets are filled in by people for work that stays with them: nothing that is typed is lost, nobody else sees it unasked, no model ever does."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone, translation

from audit.models import AuditEvent
from policies.models import Activity
from policies.services import put_in_force
from policies.yamlfile import FileRefused
from training import services
from training.models import Fundamental, Worksheet
from training.services import ChangedElsewhere, WorksheetRefused
from training.services.fundamentals import read_catalogue
from training.views.sheets import given
from training.worksheetfile import CATALOGUE, every_form, forms, forms_for, read
from training.worksheets import faults_of, tidy
from workbench.accounts.models import Team
from workbench.privacy import requests, retention
from workbench.privacy.erasing import erase_record
from workbench.privacy.records import contents_of, ended_before, records_of
from workbench.privacy.services import destroy_keys
from workbench.privacy.subjects import find_subject
from workbench.runs.typed import mark_typed

pytestmark = pytest.mark.django_db
LIST = {
    "period": "Fourth quarter", "hours": "Six",
    "accounts": [
        {"account": "Tessaro", "worth": "Three sites.", "changed": "", "step": "Offer", "by": "2026-12-01"},
        {"account": "Hafenwerk", "worth": "In use every day.", "changed": "New head", "step": "Visit", "by": "2026-12-08"},
    ],
    "left_out": "Everything below twenty doors.",
}  # fmt: skip


@pytest.fixture
def prioritise(company) -> Activity:
    return Activity.objects.get(slug="prioritise-accounts")


def begin(person, activity, form="account-priorities") -> Worksheet:
    return services.begin_worksheet(actor=person, form=forms()[form], activity=activity)


def typed(person, activity, title="North", answers=None) -> Worksheet:
    sheet = begin(person, activity)
    return services.save_worksheet(
        actor=person, worksheet=sheet, title=title, answers=LIST if answers is None else answers
    )


def finished(person, activity, title="North", **more) -> Worksheet:
    return services.finish_worksheet(
        actor=person, worksheet=begin(person, activity), title=title, answers={**LIST, **more}
    )


def fresh(sheet) -> Worksheet:
    return Worksheet.objects.select_related("data_key", "activity").get(pk=sheet.pk)


def page_data(sheet, title="North", **more) -> dict:
    """What the page of the list sends."""
    data = {"title": title, "window": "w1", "revision": fresh(sheet).revision, "period": LIST["period"], "hours": LIST["hours"], "left_out": LIST["left_out"]}  # fmt: skip
    for column in ("account", "worth", "changed", "step", "by"):
        data[f"accounts-{column}"] = [*(row[column] for row in LIST["accounts"]), ""]
    return data | more


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


# The forms


def test_three_forms_ask_in_both_languages() -> None:
    assert list(forms()) == ["account-priorities", "call-plan", "early-qualification"]
    for form in forms().values():
        for code in ("en", "de"):
            with translation.override(code):
                assert all(field.label for field in form.fields)
        assert all(set(field.texts["en"]) == set(field.texts["de"]) for field in form.fields), form.slug
    with translation.override("de"):
        assert str(forms()["call-plan"]) == "Gesprächsplan"


def test_forms_belong_to_activities_of_the_catalogue_and_rest_on_its_fundamentals() -> None:
    from policies.catalogue import entries

    activities = {entry["slug"] for entry in entries("en")}
    fundamentals = {entry["slug"] for entry in read_catalogue("fundamentals")["fundamentals"]}
    for form in forms().values():
        assert set(form.activities) <= activities
        assert set(form.fundamentals) <= fundamentals
    assert [form.slug for form in forms_for("plan-call")] == ["call-plan"]
    assert [form.slug for form in forms_for("prioritise-accounts")] == ["account-priorities"]
    assert [form.slug for form in forms_for("qualify-early")] == ["early-qualification"]


def test_a_version_that_went_out_keeps_its_questions() -> None:
    """Worksheets of people were filled in with them. What is to change goes into a file with the next version."""
    asked = {key: [field.name for field in form.fields] for key, form in every_form().items()}
    assert asked["call-plan", 1] == ["person", "day", "why", "known", "learn", "questions", "leave_with", "stop", "next_step"]  # fmt: skip
    assert asked["early-qualification", 1] == ["fit", "fit_rests_on", "problem", "nothing", "people", "process", "time", "money", "against", "decision", "reason", "again"]  # fmt: skip
    assert asked["account-priorities", 1] == ["period", "hours", "accounts", "left_out", "again"]


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("kind: date", "kind: number", 22, "fields[2].kind"),
        ("    rows: 12\n", "", 30, "fields[4].rows"),
        ("slug: call-plan", "slug: Call Plan", 2, "slug"),
        ("version: 1", "version: first", 3, "version"),
        ("name: learn", "name: why", 38, "fields[5].name"),
        ("name: source", "name: fact", 37, "fields[4].columns[2].name"),
        ("kind: long\n", "kind: choice\n", 26, "fields[3].choices"),
        ("    optional: true\n", "    optional: true\n    numbered: true\n", 24, "fields[2].numbered"),
        ('de: {label: Woher}', 'de: {etikett: Woher}', 37, "fields[4].columns[2].de.label"),
        ("fields:\n", "fields: [\n", 0, ""),
    ],
)  # fmt: skip
def test_a_broken_form_names_line_and_field(old, new, line, field) -> None:
    source = (CATALOGUE / "worksheets" / "call-plan-v1.yaml").read_text(encoding="utf-8")
    assert old in source
    with pytest.raises(FileRefused) as refused:
        read(source.replace(old, new, 1).encode())
    if field:
        assert (line, field) in {(fault.line, fault.field) for fault in refused.value.faults}, refused.value.faults
    else:
        assert refused.value.faults[0].line


# Filling in


def test_what_is_typed_is_kept_sealed_and_found_again(cast, prioritise) -> None:
    sheet = typed(cast.rep, prioritise, answers={"period": "Autumn"})
    assert (fresh(sheet).called, fresh(sheet).said) == ("North", {"period": "Autumn"})
    row = Worksheet.objects.get(pk=sheet.pk)
    assert b"Autumn" not in bytes(row.answers_sealed) + bytes(row.title_sealed)
    assert b"North" not in bytes(row.title_sealed)


def test_beginning_is_in_the_log_and_typing_is_not(cast, prioritise) -> None:
    sheet = typed(cast.rep, prioritise)
    events = AuditEvent.objects.filter(object_type="worksheet", object_id=str(sheet.pk))
    assert [(event.action, event.activity_id, event.data) for event in events] == [("worksheet.begun", prioritise.pk, {"form": "account-priorities"})]  # fmt: skip


def test_a_worksheet_nobody_typed_in_is_not_begun_twice(cast, prioritise) -> None:
    first = begin(cast.rep, prioritise)
    assert begin(cast.rep, prioritise) == first
    services.save_worksheet(actor=cast.rep, worksheet=first, title="North", answers={})
    assert begin(cast.rep, prioritise) != first


def test_without_a_role_nobody_begins_one_and_off_the_map_nobody_does(cast, prioritise) -> None:
    with pytest.raises(PermissionDenied):
        begin(cast.outsider, prioritise)
    prioritise.retired_at = timezone.now()
    with pytest.raises(WorksheetRefused, match="off the map"):
        begin(cast.rep, prioritise)


def test_lines_stay_in_the_order_of_the_person_and_empty_ones_go(cast, prioritise) -> None:
    rows = [{"account": "Second"}, {"account": " "}, {"account": "First", "unknown": "x"}, "no row"]
    sheet = typed(cast.rep, prioritise, answers={"accounts": rows, "elsewhere": "x"})
    kept = fresh(sheet).said
    assert [row["account"] for row in kept["accounts"]] == ["Second", "First"]
    assert list(kept) == ["accounts"]
    assert set(kept["accounts"][0]) == {"account", "worth", "changed", "step", "by"}


@pytest.mark.parametrize(
    ("answers", "field", "words"),
    [
        ({"hours": ""}, "hours", "still empty"),
        ({"hours": "\u200b \u2060"}, "hours", "still empty"),
        ({"hours": "x" * 201}, "hours", "201 characters; 200 are the most"),
        ({"left_out": "x" * 100_000}, "left_out", "100000 characters"),
        ({"again": "31.02.2026"}, "again", "no day"),
        ({"again": "2026-02-31"}, "again", "no day"),
        ({"accounts": []}, "accounts", "one line at least"),
        ({"accounts": [{"account": "A"}] * 31}, "accounts", "31 lines; 30 are the most"),
        ({"accounts": [LIST["accounts"][0], {"account": "Only a name"}]}, "accounts-2-by", "Choose a day"),
    ],
)
def test_what_is_missing_is_said_at_its_place_and_everything_is_kept(cast, prioritise, answers, field, words) -> None:
    sheet = begin(cast.rep, prioritise)
    given = {**LIST, **answers}
    with pytest.raises(WorksheetRefused) as refused:
        services.finish_worksheet(actor=cast.rep, worksheet=sheet, title="North", answers=given)
    assert words in " ".join(refused.value.message_dict[field])
    assert fresh(sheet).said == tidy(sheet.asks, given)
    assert fresh(sheet).finished_at is None


def test_a_choice_that_is_not_offered_and_a_title_without_a_letter_are_refused(cast) -> None:
    form = forms()["early-qualification"]
    wrong = faults_of(form, " \u200b", {"fit": "perfect", "people": [{"function": "Buyer", "part": "king"}]})
    assert "those that are offered" in wrong["fit"]
    assert "those that are offered" in wrong["people-1-part"]
    assert wrong["people-1-spoken"] == "Choose one."
    assert "title" in wrong
    assert "people-1-wants" not in wrong
    assert "at most" not in wrong.get("title", "")
    assert faults_of(form, "x" * 121, {})["title"].startswith("121 characters")


def test_what_is_too_long_to_be_kept_says_so_and_the_earlier_text_stays(cast, prioritise) -> None:
    sheet = typed(cast.rep, prioritise)
    with pytest.raises(WorksheetRefused, match="too long to be kept"):
        services.save_worksheet(actor=cast.rep, worksheet=sheet, title="North", answers={"left_out": "x" * 200_001})
    assert fresh(sheet).said["period"] == "Fourth quarter"


def test_zero_bytes_and_half_characters_are_taken_out(cast, sign_in, prioritise) -> None:
    sheet = typed(cast.rep, prioritise, title="No\x00rth\ud800", answers={"period": "a\x00b\udfff\r\nc"})
    assert (fresh(sheet).called, fresh(sheet).said) == ("North", {"period": "ab\nc"})
    assert sign_in(cast.rep).get(f"/worksheets/{sheet.pk}/").status_code == 200


def test_html_in_a_worksheet_is_shown_and_never_run(cast, sign_in, prioritise) -> None:
    evil = "</textarea><script>alert(1)</script>"
    rows = [{**LIST["accounts"][0], "account": evil, "worth": evil}]
    sheet = typed(cast.rep, prioritise, title=evil, answers={**LIST, "accounts": rows, "left_out": evil})
    for address in (f"/worksheets/{sheet.pk}/", f"/worksheets/{sheet.pk}/?view=read", "/worksheets/"):
        page = sign_in(cast.rep).get(address).content.decode()
        assert "<script>alert" not in page, address
        assert "&lt;script&gt;alert(1)" in page, address


# Two windows


def test_an_older_window_overwrites_nothing(cast, prioritise) -> None:
    sheet = begin(cast.rep, prioritise)
    services.save_worksheet(actor=cast.rep, worksheet=sheet, title="First", answers={}, seen=0, window="one")
    with pytest.raises(ChangedElsewhere, match="not kept"):
        services.save_worksheet(actor=cast.rep, worksheet=sheet, title="Older", answers={}, seen=0, window="two")
    services.save_worksheet(actor=cast.rep, worksheet=sheet, title="Going on", answers={}, seen=0, window="one")
    assert fresh(sheet).called == "Going on"
    with pytest.raises(ChangedElsewhere):
        services.finish_worksheet(actor=cast.rep, worksheet=sheet, title="Older", answers=LIST, seen=0, window="two")
    assert (fresh(sheet).called, fresh(sheet).finished_at) == ("Going on", None)
    services.save_worksheet(actor=cast.rep, worksheet=sheet, title="Loaded again", answers={}, seen=2, window="three")
    assert fresh(sheet).called == "Loaded again"


def test_the_older_window_is_told_and_may_keep_its_text_all_the_same(cast, sign_in, prioritise) -> None:
    sheet = begin(cast.rep, prioritise)
    client, data = sign_in(cast.rep), page_data(sheet)
    assert "Kept as you type" in text_of(client.post(f"/worksheets/{sheet.pk}/save/", data))
    older = page_data(sheet, title="Older", window="w2", revision=0)
    told = text_of(client.post(f"/worksheets/{sheet.pk}/save/", older))
    assert "In another window something else was kept" in told
    assert "Keep what stands here" in told
    assert fresh(sheet).called == "North"
    page = client.post(f"/worksheets/{sheet.pk}/finish/", older)
    assert page.status_code == 422
    assert 'value="Older"' in text_of(page)
    assert "Keep what stands here" in text_of(page)
    client.post(f"/worksheets/{sheet.pk}/save/", {**older, "replace": "1"})
    assert fresh(sheet).called == "Older"


def test_a_window_finds_the_worksheet_finished_or_gone_and_keeps_its_text_in_the_fields(
    cast, sign_in, prioritise
) -> None:
    sheet, client = begin(cast.rep, prioritise), sign_in(cast.rep)
    data = page_data(sheet)
    client.post(f"/worksheets/{sheet.pk}/finish/", data)
    late = client.post(f"/worksheets/{sheet.pk}/save/", page_data(sheet, title="Late"))
    assert "finished in another window" in text_of(late)
    page = client.post(f"/worksheets/{sheet.pk}/finish/", page_data(sheet, title="Late"))
    assert page.status_code == 422
    assert 'value="Late"' in text_of(page)
    assert fresh(sheet).called == "North"
    other = typed(cast.rep, prioritise)
    held = fresh(other)
    services.throw_away_worksheet(actor=cast.rep, worksheet=other)
    with pytest.raises(WorksheetRefused, match="not there any more"):
        services.save_worksheet(actor=cast.rep, worksheet=held, title="Late", answers={})


def test_sharing_while_typing_keeps_what_was_typed_first(cast, sign_in, prioritise) -> None:
    sheet, client = begin(cast.rep, prioritise), sign_in(cast.rep)
    client.post(f"/worksheets/{sheet.pk}/share/", {**page_data(sheet), "shared": "1"})
    assert (fresh(sheet).called, fresh(sheet).shared_with_id) == ("North", cast.rep.team_id)
    client.post(f"/worksheets/{sheet.pk}/save/", page_data(sheet))
    stale = client.post(f"/worksheets/{sheet.pk}/share/", page_data(sheet, title="Older", window="w2", revision=0))
    assert stale.status_code == 422
    assert 'value="Older"' in text_of(stale)
    assert fresh(sheet).shared_with_id == cast.rep.team_id


# Finishing


def test_a_finished_worksheet_never_changes_and_only_its_sharing_does(cast, prioritise) -> None:
    sheet = finished(cast.rep, prioritise)
    with pytest.raises(WorksheetRefused, match="does not change"):
        services.save_worksheet(actor=cast.rep, worksheet=sheet, title="Other", answers={})
    with pytest.raises(WorksheetRefused, match="stays as it is"):
        services.throw_away_worksheet(actor=cast.rep, worksheet=sheet)
    rows = Worksheet.objects.filter(pk=sheet.pk)
    for change in (
        {"title_sealed": b"x"}, {"answers_sealed": b"x"}, {"finished_at": None}, {"finished_at": timezone.now()}, {"saved_at": None},
        {"filler": cast.colleague}, {"version": 2}, {"form": "call-plan"}, {"data_key": None}, {"begun_at": timezone.now()},
    ):  # fmt: skip
        with pytest.raises(Error, match="finished worksheet never changes"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(Error, match="finished worksheet never changes"), transaction.atomic():
        rows.delete()
    rows.update(marked=True)
    assert services.share_worksheet(actor=cast.rep, worksheet=sheet, shared=True)


def test_the_database_knows_no_worksheet_that_was_finished_before_it_was_filled(cast, prioritise) -> None:
    sheet = begin(cast.rep, prioritise)
    with pytest.raises(IntegrityError), transaction.atomic():
        Worksheet.objects.filter(pk=sheet.pk).update(finished_at=timezone.now())


def test_a_copy_begins_with_the_same_text_and_is_nobody_elses(cast, prioritise) -> None:
    sheet = finished(cast.rep, prioritise)
    services.share_worksheet(actor=cast.rep, worksheet=sheet, shared=True)
    made = services.copy_worksheet(actor=cast.rep, worksheet=fresh(sheet))
    assert (fresh(made).called, fresh(made).said) == ("North", fresh(sheet).said)
    assert (made.shared_with_id, made.finished_at, made.data_key_id == sheet.data_key_id) == (None, None, False)
    event = AuditEvent.objects.filter(action="worksheet.begun").latest("id")
    assert event.data == {"form": "account-priorities", "copy_of": sheet.pk}
    assert mark_typed()
    with pytest.raises(PermissionDenied):
        services.copy_worksheet(actor=cast.reviewer, worksheet=sheet)


def test_a_rep_fills_in_finishes_and_copies_on_the_pages(cast, sign_in, prioritise) -> None:
    client = sign_in(cast.rep)
    page = text_of(client.get("/worksheets/forms/account-priorities/?activity=prioritise-accounts"))
    assert "nothing of this is sent to a model" in page
    assert "Time blocked for selling" in page
    answer = client.post("/worksheets/forms/account-priorities/", {"activity": "prioritise-accounts"})
    sheet = Worksheet.objects.of(cast.rep).latest("pk")
    assert answer["Location"] == f"/worksheets/{sheet.pk}/"
    assert "Why it is worth the time" in text_of(client.get(answer["Location"]))
    half = client.post(f"/worksheets/{sheet.pk}/finish/", page_data(sheet, hours="", **{"accounts-by": ["", "", ""]}))
    assert half.status_code == 422
    assert '<a href="#id_hours">Hours a week there are for it</a>' in text_of(half)
    assert '<a href="#id_accounts-2-by">Accounts in order, line 2, By when</a>: Choose a day.' in text_of(half)
    assert 'id="id_accounts-1-by_error"' in text_of(half)
    assert "Three sites." in text_of(half)
    done = client.post(f"/worksheets/{sheet.pk}/finish/", page_data(sheet), follow=True)
    assert "Copy as a new one" in text_of(done)
    assert "Hafenwerk" in text_of(done)
    assert "1. Account: Tessaro | Why it is worth the time: Three sites." in text_of(done)
    again = client.post(f"/worksheets/{sheet.pk}/copy/", follow=True)
    assert 'value="Hafenwerk"' in text_of(again)


def test_choosing_no_activity_gets_a_sentence(cast, sign_in, company) -> None:
    answer = sign_in(cast.rep).post("/worksheets/forms/call-plan/", {"activity": "no-such-thing"})
    assert answer.status_code == 422
    assert "Choose the activity" in text_of(answer)


def test_columns_of_different_length_lose_no_line(company) -> None:
    data = QueryDict("accounts-account=A&accounts-account=B&accounts-by=2026-12-01&revision=x&window=" + "w" * 99)
    found = given(forms()["account-priorities"], data)
    assert [row["account"] for row in found["answers"]["accounts"]] == ["A", "B"]
    assert (found["seen"], len(found["window"])) == (0, 16)


def test_throwing_away_takes_everything_and_the_log_keeps_that_there_was_one(cast, sign_in, prioritise) -> None:
    sheet = typed(cast.rep, prioritise)
    key = fresh(sheet).data_key
    answer = sign_in(cast.rep).post(f"/worksheets/{sheet.pk}/discard/", follow=True)
    assert "thrown away" in text_of(answer)
    assert not Worksheet.objects.filter(pk=sheet.pk).exists()
    assert not type(key).objects.filter(pk=key.pk).exists()
    event = AuditEvent.objects.get(action="worksheet.thrown_away")
    assert (event.object_id, event.data) == (str(sheet.pk), {"form": "account-priorities"})


def test_what_is_under_a_hold_is_not_thrown_away(cast, sign_in, prioritise) -> None:
    sheet = typed(cast.rep, prioritise, answers={"left_out": "Ask Ilaria Conti."})
    while mark_typed():
        pass
    requests.place_hold(actor=cast.compliance, keys=[sheet.data_key_id], reference="Lawsuit 12")
    answer = sign_in(cast.rep).post(f"/worksheets/{sheet.pk}/discard/", follow=True)
    assert "legal hold (Lawsuit 12)" in text_of(answer)
    assert fresh(sheet).called == "North"


# Who sees what


def test_nobody_but_its_person_sees_a_worksheet_until_it_is_shared(cast, sign_in, prioritise) -> None:
    sheet = finished(cast.rep, prioritise)
    others = (cast.leader, cast.colleague, cast.reviewer, cast.compliance, cast.trainer, cast.administrator, cast.outsider)  # fmt: skip
    for person in others:
        assert not Worksheet.objects.visible_to(person).filter(pk=sheet.pk).exists(), person.username
        assert sign_in(person).get(f"/worksheets/{sheet.pk}/").status_code == 404
    services.share_worksheet(actor=cast.rep, worksheet=sheet, shared=True)
    seen = {person for person in others if Worksheet.objects.visible_to(person).filter(pk=sheet.pk).exists()}
    # The leader and the reviewer belong to the rep's team; the reviewer manages it.
    assert seen == {cast.leader, cast.reviewer}
    assert "Jonas Feld shares this with North" in text_of(sign_in(cast.reviewer).get(f"/worksheets/{sheet.pk}/"))
    services.share_worksheet(actor=cast.rep, worksheet=sheet, shared=False)
    assert sign_in(cast.reviewer).get(f"/worksheets/{sheet.pk}/").status_code == 404


def test_the_manager_reads_what_a_team_shares_without_belonging_to_it(cast, prioritise) -> None:
    sheet = typed(cast.colleague, prioritise)
    services.share_worksheet(actor=cast.colleague, worksheet=sheet, shared=True)
    assert Worksheet.objects.visible_to(cast.leader).filter(pk=sheet.pk).exists()
    assert not Worksheet.objects.visible_to(cast.rep).filter(pk=sheet.pk).exists()


def test_the_team_reads_and_changes_nothing(cast, sign_in, prioritise) -> None:
    sheet = typed(cast.rep, prioritise)
    services.share_worksheet(actor=cast.rep, worksheet=sheet, shared=True)
    client = sign_in(cast.reviewer)
    page = text_of(client.get(f"/worksheets/{sheet.pk}/"))
    assert "sheet-form" not in page
    assert "Stop sharing" not in page
    for act in ("save", "finish", "share", "copy", "discard"):
        assert client.post(f"/worksheets/{sheet.pk}/{act}/", page_data(sheet)).status_code == 403, act
    assert fresh(sheet).called == "North"


def test_it_stays_with_the_team_it_was_shown_to(cast, prioritise) -> None:
    sheet = finished(cast.rep, prioritise)
    services.share_worksheet(actor=cast.rep, worksheet=sheet, shared=True)
    cast.rep.team = Team.objects.get(name="South")
    cast.rep.save()
    assert Worksheet.objects.visible_to(cast.reviewer).filter(pk=sheet.pk).exists()
    assert not Worksheet.objects.visible_to(cast.colleague).filter(pk=sheet.pk).exists()


def test_sharing_and_taking_back_are_in_the_log_once_each(cast, sign_in, prioritise) -> None:
    sheet, client = finished(cast.rep, prioritise), sign_in(cast.rep)
    for shared in ("1", "1", "", ""):
        client.post(f"/worksheets/{sheet.pk}/share/", {"shared": shared})
    events = AuditEvent.objects.filter(object_type="worksheet", object_id=str(sheet.pk)).order_by("id")
    assert [event.action for event in events] == ["worksheet.begun", "worksheet.finished", "worksheet.shared", "worksheet.taken_back"]  # fmt: skip
    assert events[2].data == {"form": "account-priorities", "team_id": cast.rep.team_id}
    log = text_of(sign_in(cast.compliance).get("/audit/log/"))
    assert "finished a worksheet for" in log
    assert "North" not in json.dumps([event.data for event in events])


def test_without_a_team_there_is_nobody_to_share_with(cast, sign_in, prioritise) -> None:
    sheet = finished(cast.trainer, prioritise)
    page = text_of(sign_in(cast.trainer).post(f"/worksheets/{sheet.pk}/share/", {"shared": "1"}, follow=True))
    assert "You belong to no team" in page
    assert fresh(sheet).shared_with_id is None


# The list, and where worksheets are offered


def test_the_list_is_filtered_by_form_activity_and_person(cast, sign_in, prioritise) -> None:
    client = sign_in(cast.rep)
    assert {row.called for row in client.get("/worksheets/").context["rows"]} == {"Tessaro, doors of the cold stores", "Molkerei Seeland, second plant", "North, until the end of the quarter"}  # fmt: skip

    def shown(query):
        return {row.form for row in client.get(f"/worksheets/?{query}").context["rows"]}

    assert shown("whose=mine") == {"call-plan", "early-qualification"}
    assert shown("whose=team") == {"account-priorities"}
    assert shown("form=call-plan") == {"call-plan"}
    assert shown("activity=draft-proposal") == {"early-qualification"}
    assert "No worksheet fits this filter" in text_of(client.get("/worksheets/?activity=no-such-thing"))
    assert "No worksheets yet" in text_of(sign_in(cast.colleague).get("/worksheets/"))


def test_older_worksheets_stand_on_further_pages(cast, sign_in, prioritise) -> None:
    for number in range(28):
        typed(cast.rep, prioritise, title=f"Sheet number {number}.")
    client = sign_in(cast.rep)
    first = client.get("/worksheets/?whose=mine&form=account-priorities")
    assert "Sheet number 3." in text_of(first)
    assert "Sheet number 2." not in text_of(first)
    second = text_of(client.get(f"/worksheets/?whose=mine&form=account-priorities&before={first.context['older']}"))
    assert "Sheet number 2." in second
    assert "Sheet number 3." not in second


def test_pages_ask_the_database_a_fixed_number_of_times(cast, sign_in, prioritise, django_assert_num_queries) -> None:
    sheet, client = finished(cast.rep, prioritise), sign_in(cast.rep)
    client.get("/worksheets/")
    counts = []
    for more in (1, 8):
        for number in range(more):
            typed(cast.rep, prioritise, title=f"Sheet {number}")
        with django_assert_num_queries(7):
            counts.append(len(client.get("/worksheets/").context["rows"]))
    assert counts[1] == counts[0] + 8
    with django_assert_num_queries(8):
        client.get(f"/worksheets/{sheet.pk}/")


def test_what_stays_with_people_offers_its_worksheet_where_they_are_refused(cast, sign_in, prioritise) -> None:
    client = sign_in(cast.rep)
    link = 'href="/worksheets/forms/account-priorities/?activity=prioritise-accounts"'
    refused = client.get("/runs/start/activity/prioritise-accounts/")
    assert refused.status_code == 403
    assert "This stays with people. A worksheet helps" in text_of(refused)
    for page in (refused, client.get("/policies/prioritise-accounts/"), client.get("/runs/start/")):
        assert link in text_of(page)


def test_a_call_plan_is_offered_where_ai_may_help_too_and_a_refusal_for_another_reason_offers_none(
    cast, sign_in
) -> None:
    page = text_of(sign_in(cast.rep).get("/policies/summarise-discovery-call/"))
    assert "What people think through themselves, without AI" in page
    assert "/worksheets/forms/call-plan/" in page
    refused = text_of(sign_in(cast.rep).get("/runs/start/activity/draft-proposal/"))
    assert "This stays with people" not in refused
    assert "Worksheets</h2>" not in text_of(sign_in(cast.rep).get("/policies/set-the-price/"))
    activity = Activity.objects.get(slug="draft-proposal")
    put_in_force(actor=cast.leader, activity=activity, category="human_only", rationale="We write it ourselves.", accountable=cast.leader)  # fmt: skip
    assert "/worksheets/forms/early-qualification/" in text_of(
        sign_in(cast.rep).get("/runs/start/activity/draft-proposal/")
    )


def test_no_model_is_asked_whatever_is_typed(cast, sign_in, prioritise, provider) -> None:
    sheet, client = begin(cast.rep, prioritise), sign_in(cast.rep)
    client.post(f"/worksheets/{sheet.pk}/save/", page_data(sheet))
    client.post(f"/worksheets/{sheet.pk}/finish/", page_data(sheet))
    mark_typed()
    assert provider.asked == []


def test_a_page_in_german_speaks_german(cast, sign_in, prioritise) -> None:
    cast.rep.language = "de"
    cast.rep.save()
    sheet = begin(cast.rep, prioritise)
    page = sign_in(cast.rep).get(f"/worksheets/{sheet.pk}/").content.decode()
    assert "Kundenprioritäten" in page
    assert "Ohne KI: Nichts davon geht an ein Modell" in page
    assert " style=" not in page


def test_a_form_rests_on_the_fundamentals_that_are_described(cast, sign_in, company) -> None:
    client = sign_in(cast.rep)
    assert "/fundamentals/written-call-plans/" in text_of(client.get("/worksheets/forms/call-plan/"))
    Fundamental.objects.filter(slug="written-call-plans").update(retired_at=timezone.now())
    assert "/fundamentals/written-call-plans/" not in text_of(client.get("/worksheets/forms/call-plan/"))


# People in what was written


def test_somebody_named_in_a_worksheet_is_found_handed_over_and_erased(cast, sign_in, prioritise) -> None:
    sheet = finished(cast.rep, prioritise, left_out="Ilaria Conti decides on the rest.")
    services.share_worksheet(actor=cast.rep, worksheet=sheet, shared=True)
    while mark_typed():
        pass
    assert sheet.data_key_id in find_subject("Ilaria Conti")["whole"]
    record = next(iter(records_of([sheet.data_key_id])))
    assert (record.label, record.by, record.state) == ("Worksheet", "Jonas Feld", "Finished")
    found = next(contents_of([sheet.data_key_id]))
    assert (found["title"], found["given"]["left_out"]) == ("North", "Ilaria Conti decides on the rest.")
    destroy_keys([sheet.data_key_id])
    for address in (f"/worksheets/{sheet.pk}/", "/worksheets/", "/worksheets/forms/account-priorities/"):
        page = text_of(sign_in(cast.rep).get(address))
        assert "Ilaria" not in page
        assert "erased" in page, address
    assert "Copy as a new one" not in text_of(sign_in(cast.rep).get(f"/worksheets/{sheet.pk}/"))
    with pytest.raises(WorksheetRefused, match="nothing to copy"):
        services.copy_worksheet(actor=cast.rep, worksheet=fresh(sheet))
    assert list(contents_of([sheet.data_key_id])) == []


def test_whoever_was_taken_out_of_an_open_worksheet_is_not_in_it_any_more(cast, prioritise) -> None:
    sheet = typed(cast.rep, prioritise, answers={"left_out": "Ask Ilaria Conti."})
    while mark_typed():
        pass
    assert sheet.data_key_id in find_subject("Ilaria Conti")["whole"]
    services.save_worksheet(actor=cast.rep, worksheet=sheet, title="For Henrik Aas", answers={"left_out": "Ask."})
    while mark_typed():
        pass
    assert sheet.data_key_id not in find_subject("Ilaria Conti")["whole"]
    assert sheet.data_key_id in find_subject("Henrik Aas")["whole"]


def test_an_open_worksheet_goes_as_a_whole_when_somebody_in_it_is_erased(cast, prioritise, settings, tmp_path) -> None:
    settings.WORKBENCH_ERASED_PATH = tmp_path / "erased-keys"
    sheet = typed(cast.rep, prioritise, answers={"left_out": "Ask Ilaria Conti."})
    while mark_typed():
        pass
    found = find_subject("Ilaria Conti")["whole"]
    requests.erase_subject(actor=cast.compliance, keys=found, reference="Letter 7")
    assert not Worksheet.objects.filter(pk=sheet.pk).exists()


def test_with_a_persons_record_go_their_own_worksheets_and_what_the_team_works_with_stays(
    cast, sign_in, prioritise, settings, tmp_path
) -> None:
    settings.WORKBENCH_ERASED_PATH = tmp_path / "erased-keys"
    Worksheet.objects.of(cast.rep).open().delete()
    mine, ours, open_one = (finished(cast.rep, prioritise, title=title) for title in ("Mine", "Ours", "x"))
    open_one = typed(cast.rep, prioritise, title="Open")
    for sheet in (ours, open_one):
        services.share_worksheet(actor=cast.rep, worksheet=sheet, shared=True)
    erase_record(cast.rep, actor=cast.administrator, action="person.erased")
    assert fresh(mine).gone
    assert not Worksheet.objects.filter(pk=open_one.pk).exists()
    page = text_of(sign_in(cast.reviewer).get(f"/worksheets/{ours.pk}/"))
    assert "Ours" in page
    assert "somebody whose record was erased" in page


def test_worksheets_go_when_their_time_is_over(cast, prioritise, settings, tmp_path) -> None:
    settings.WORKBENCH_ERASED_PATH = tmp_path / "erased-keys"
    done, left, young = finished(cast.rep, prioritise), typed(cast.rep, prioritise), begin(cast.rep, prioritise)
    soon = timezone.now() + timedelta(minutes=1)
    keys = set(ended_before(soon).values_list("pk", flat=True))
    assert {done.data_key_id, left.data_key_id, young.data_key_id} <= keys
    assert not {done.data_key_id, left.data_key_id} & set(
        ended_before(timezone.now() - timedelta(days=1)).values_list("pk", flat=True)
    )
    Worksheet.objects.filter(pk=left.pk).update(saved_at=timezone.now() - timedelta(days=400))
    asked = retention.ask(actor=cast.compliance, kind="texts")
    retention.confirm(actor=cast.leader, request=asked)
    asked.refresh_from_db()
    retention.carry_out(asked)
    assert not Worksheet.objects.filter(pk=left.pk).exists()
    assert not fresh(done).gone


def test_my_record_holds_my_worksheets_and_nobody_elses(cast, sign_in, prioritise) -> None:
    finished(cast.rep, prioritise, title="Only mine")
    answer = sign_in(cast.rep).get("/profile/record/file/")
    rows = json.loads(b"".join(answer.streaming_content))["worksheets"]
    assert rows[0]["title"] == "Only mine"
    assert rows[0]["answers"]["accounts"][0]["account"] == "Tessaro"
    other = sign_in(cast.colleague).get("/profile/record/file/")
    assert json.loads(b"".join(other.streaming_content))["worksheets"] == []


# The API


def test_a_rep_fills_in_shares_and_copies_over_the_api(cast, sign_in, prioritise) -> None:
    client = sign_in(cast.rep)

    def post(path, data=None, method="post"):
        return getattr(client, method)(f"/api/v1/worksheets/{path}", data or {}, content_type="application/json")

    asked = {one["slug"]: one for one in client.get("/api/v1/worksheets/forms/").json()}
    assert [field["name"] for field in asked["account-priorities"]["questions"]][2] == "accounts"
    assert asked["early-qualification"]["questions"][0]["choices"]["fits"] == "Fits"
    made = post("", {"form": "account-priorities", "activity": "prioritise-accounts", "title": "North"})
    assert (made.status_code, made.json()["title"], made.json()["finished_at"]) == (201, "North", None)
    pk = made.json()["id"]
    kept = post(f"{pk}/", {"title": "North", "answers": LIST, "revision": made.json()["revision"]}, "put")
    assert kept.json()["answers"]["period"] == "Fourth quarter"
    stale = post(f"{pk}/", {"title": "Old", "answers": {}, "revision": made.json()["revision"]}, "put")
    assert (stale.status_code, "another window" in stale.json()["detail"]) == (400, True)
    missing = post(f"{pk}/finish/", {"title": "North", "answers": {**LIST, "hours": ""}})
    assert (missing.status_code, list(missing.json()["fields"])) == (400, ["hours"])
    assert post(f"{pk}/finish/", {"title": "North", "answers": LIST}).json()["finished_at"]
    assert post(f"{pk}/share/", {"shared": True}).json()["shared_with"] == "North"
    assert sign_in(cast.reviewer).get(f"/api/v1/worksheets/{pk}/").json()["by"] == "jonas"
    assert sign_in(cast.colleague).get(f"/api/v1/worksheets/{pk}/").status_code == 404
    copy = post(f"{pk}/copy/").json()["id"]
    assert post(f"{copy}/", method="delete").status_code == 204
    assert post(f"{pk}/", method="delete").status_code == 400
    listed = client.get("/api/v1/worksheets/?form=account-priorities&activity=prioritise-accounts").json()["results"]
    assert pk in {row["id"] for row in listed}
    assert "answers" not in listed[0]


@pytest.mark.parametrize(
    "body",
    [
        {"form": "no-such-form", "activity": "prioritise-accounts"},
        {"form": "call-plan", "activity": "no\x00pe"},
        {"form": "call-plan", "activity": "prioritise-accounts", "answers": [1]},
        {"form": "call-plan", "activity": "prioritise-accounts", "answers": {"why": "x" * 200_001}},
        {
            "form": "account-priorities",
            "activity": "prioritise-accounts",
            "answers": {"accounts": [{"account": "A"}] * 301},
        },
        {},
    ],
)
def test_bad_input_over_the_api_gets_a_sentence_and_leaves_nothing(cast, sign_in, prioritise, body) -> None:
    before = Worksheet.objects.count()
    answer = sign_in(cast.rep).post("/api/v1/worksheets/", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert Worksheet.objects.count() == before


def test_strange_answers_over_the_api_are_kept_as_far_as_they_are_text(cast, sign_in, prioritise) -> None:
    given = {"period": {"a": 1}, "hours": 7, "accounts": {"0": "x"}, "left_out": ["x"], "again": None, "title": "x"}
    body = {"form": "account-priorities", "activity": "prioritise-accounts", "answers": given}
    answer = sign_in(cast.rep).post("/api/v1/worksheets/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["answers"]) == (201, {})


def test_a_window_that_is_left_of_an_erased_worksheet_is_told(cast, sign_in, prioritise) -> None:
    sheet = begin(cast.rep, prioritise)
    services.finish_worksheet(actor=cast.rep, worksheet=sheet, title="North", answers=LIST)
    destroy_keys([sheet.data_key_id])
    client = sign_in(cast.rep)
    typed = {"title": "North", "period": "First quarter", "window": "one", "revision": "0"}
    for act in ("save", "finish", "share"):
        answer = client.post(f"/worksheets/{sheet.pk}/{act}/", typed)
        assert answer.status_code in {200, 422}
        assert "not there any more" in text_of(answer)
    for path, method in (("", client.put), ("finish/", client.post)):
        body = {"title": "North", "answers": LIST}
        answer = method(f"/api/v1/worksheets/{sheet.pk}/{path}", body, content_type="application/json")
        assert (answer.status_code, "not there any more" in answer.json()["detail"]) == (400, True)
