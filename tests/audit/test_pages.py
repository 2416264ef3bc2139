"""The log as compliance and leaders read it."""

import re

import pytest
from django.urls import reverse

from audit.actions import ACTIONS
from audit.filters import KINDS
from audit.models import AuditEvent
from audit.reading import WORDS
from audit.services import record
from policies.models import Activity, PolicyVersion, PromptVersion
from policies.services import suspend_policy
from workbench.accounts.models import User
from workbench.runs import services
from workbench.runs.execution import execute_run

pytestmark = pytest.mark.django_db


def _url(**query) -> str:
    from django.utils.http import urlencode

    return reverse("audit:log") + (f"?{urlencode(query)}" if query else "")


def _text(answer) -> str:
    return answer.content.decode()


def _log(actor, *, run_id=1234567, action="run.queued", **data) -> AuditEvent:
    activity = Activity.objects.get(slug="summarise-discovery-call")
    record(
        action=action,
        actor=actor,
        object_type="run",
        object_id=run_id,
        run_id=run_id,
        activity_id=activity.pk,
        category="human_in_the_loop",
        **data,
    )
    return AuditEvent.objects.latest("id")


def _rejected(cast, *, reason: str):
    """A run that went all the way to a rejection."""
    version = PromptVersion.objects.approved().get(prompt__slug="discovery-call-summary")
    given = {"transcript": "Ilaria Conti: We run three cold stores and want an offer by Friday."}
    run = services.submit_run(actor=cast.rep, prompt_version=version, inputs=given)
    execute_run(run.pk)
    run.refresh_from_db()
    services.review_run(actor=cast.reviewer, run=run, verdict="rejected", reason=reason)
    return run


@pytest.mark.parametrize(
    ("who", "status"),
    [("compliance", 200), ("leader", 200), ("rep", 403), ("reviewer", 403), ("trainer", 403), ("administrator", 403), ("outsider", 403)],
)  # fmt: skip
def test_the_log_is_read_by_compliance_and_leaders(cast, sign_in, who, status) -> None:
    assert sign_in(getattr(cast, who)).get(_url()).status_code == status


def test_an_entry_is_a_sentence_with_category_and_number(cast, sign_in) -> None:
    event = _log(cast.rep, findings={"PERSON": 3, "PHONE": 1}, payload_sha256="ab" * 32)
    page = _text(sign_in(cast.compliance).get(_url()))
    row = page.split(f'id="e{event.pk}"')[1].split('class="log-row"')[0]
    assert "<strong>Jonas Feld</strong> sent run" in row
    assert "1\u202f234\u202f567" in row
    assert 'href="/audit/log/?run=1234567"' in row
    assert "redactions PERSON 3, PHONE 1" in row
    assert "text that left abababab…abab" in row
    assert "Human in the loop" in row


def test_people_in_the_data_are_read_as_names(cast, sign_in) -> None:
    page = _text(sign_in(cast.compliance).get(_url(action="policy.in_force")))
    assert "accountable Aylin Demirtas" in page
    assert "accountable_id" not in page


def test_newest_first_by_day(cast, sign_in) -> None:
    first, second = _log(cast.rep), _log(cast.colleague)
    page = _text(sign_in(cast.compliance).get(_url()))
    assert page.index(f'id="e{second.pk}"') < page.index(f'id="e{first.pk}"')
    assert page.count('class="log-day"') == 1
    assert "Today, " in page


def test_one_run_stands_alone_under_its_number(cast, sign_in) -> None:
    wanted, other = _log(cast.rep), _log(cast.rep, run_id=77)
    for typed in ("1234567", "1 234 567", "1\u202f234\u202f567"):
        page = _text(sign_in(cast.compliance).get(_url(run=typed)))
        assert "Audit log of run 1\u202f234\u202f567" in page
        assert f'id="e{wanted.pk}"' in page
        assert f'id="e{other.pk}"' not in page


def test_a_run_without_entries_says_so(cast, sign_in) -> None:
    page = _text(sign_in(cast.compliance).get(_url(run="999")))
    assert "No entries of this run" in page
    assert "Show all" in page


@pytest.mark.parametrize("typed", ["twelve", "1'; drop", "9" * 40, "<script>"])
def test_what_is_no_number_of_a_run_is_named_and_everything_is_shown(cast, sign_in, typed) -> None:
    event = _log(cast.rep)
    page = _text(sign_in(cast.compliance).get(_url(run=typed)))
    assert "That filter was left out." in page
    assert f'id="e{event.pk}"' in page
    assert "<script>" not in page.split("<main")[1]


@pytest.mark.parametrize(
    "query",
    [
        {"before": "x"},
        {"before": "9" * 30},
        {"action": "nothing"},
        {"quiet": "maybe"},
        {"since": "yesterday"},
        {"until": "2026-02-31"},
        {"since": "9999-12-31"},
        {"q": "x" * 500},
        {"kind": "none"},
        {"person": "²"},
        {"since": "2026-12-01", "until": "2026-01-01"},
        {"verdict": "edited", "kind": "people"},
    ],
)
def test_odd_filters_do_no_harm(cast, sign_in, query) -> None:
    assert sign_in(cast.compliance).get(_url(**query)).status_code == 200


@pytest.mark.parametrize("query", [{"q": "\x00"}, {"model": "\x00"}])
def test_a_zero_byte_in_the_address_is_a_bad_request(cast, sign_in, query) -> None:
    assert sign_in(cast.compliance).get(_url(**query)).status_code == 400


def test_sign_ins_are_shown_when_asked_for(cast, sign_in) -> None:
    client = sign_in(cast.compliance)
    assert "signed in." not in _text(client.get(_url()))
    assert "<strong>Petra Wendlandt</strong> signed in." in _text(client.get(_url(quiet=1)))


def test_fifty_entries_a_page_and_the_next_page_goes_on_where_this_one_ends(cast, sign_in) -> None:
    for _n in range(60):
        _log(cast.rep)
    client = sign_in(cast.compliance)
    seen: list[int] = []
    page = _text(client.get(_url(action="run.queued")))
    seen += map(int, re.findall(r'id="e(\d+)"', page))
    assert len(seen) == 50
    older = re.search(r'href="(\?before=[^"]+)"', page)
    assert older is not None
    page = _text(client.get(reverse("audit:log") + older[1].replace("&amp;", "&")))
    seen += map(int, re.findall(r'id="e(\d+)"', page))
    assert len(seen) == len(set(seen)) == 60
    assert "Show 50 older entries" not in page


def test_a_page_of_fifty_takes_no_query_per_entry(cast, sign_in, django_assert_max_num_queries) -> None:
    for n in range(60):
        _log(User.objects.create_user(f"p{n}", f"p{n}@nordwerk.example"))
    client = sign_in(cast.compliance)
    # Session, person, look (and its entry), newest, page, names of people and activities, two kinds of texts, choices, seal, navigation.
    with django_assert_max_num_queries(24):
        client.get(_url())
    with django_assert_max_num_queries(19):
        client.get(_url())


def test_a_suspension_by_the_policys_own_rule_names_nobody(cast, sign_in) -> None:
    version = PolicyVersion.objects.deciding().get(activity__slug="fill-crm-fields")
    suspend_policy(actor=None, version=version, rejects=3, samples=20)
    page = _text(sign_in(cast.compliance).get(_url()))
    assert "was suspended." in page
    assert "rejects 3 · samples 20" in page


def test_a_name_is_escaped(cast, sign_in) -> None:
    User.objects.filter(pk=cast.rep.pk).update(first_name="<img src=x>")
    _log(cast.rep)
    page = _text(sign_in(cast.compliance).get(_url()))
    assert "<img src=x>" not in page
    assert "&lt;img src=x&gt;" in page


def test_the_page_says_what_the_log_is(cast, sign_in) -> None:
    page = _text(sign_in(cast.leader).get(_url()))
    assert "refused by the database itself" in page
    assert "never what people wrote" in page


def test_a_filter_finds_outputs_of_an_activity_in_a_span_with_who_approved_what(cast, sign_in) -> None:
    activity = Activity.objects.get(slug="summarise-discovery-call")
    _log(cast.rep)
    _log(cast.reviewer, action="run.edited", output_sha256="ab" * 32, share_edited=0.25, seconds_open=41)
    page = _text(sign_in(cast.compliance).get(_url(kind="outputs", activity=activity.pk, since="2020-01-01")))
    assert "edited and approved the draft" in page
    assert "sent run" not in page.split('aria-label="Entries"')[1].split("<aside")[0]
    assert "share edited 0.25" in page


def test_a_person_is_found_by_name_and_several_are_told_apart(cast, sign_in) -> None:
    _log(cast.rep)
    client = sign_in(cast.compliance)
    page = _text(client.get(_url(q="jonas")))
    assert "sent run" in page
    assert f'name="person" value="{cast.rep.pk}"' in page
    User.objects.create_user("jonas2", "j2@nordwerk.example", first_name="Jonas", last_name="Berg")
    assert "Several people fit “jonas”: Jonas Berg, Jonas Feld" in _text(client.get(_url(q="jonas")))
    assert "Nobody here is called “Egon”" in _text(client.get(_url(q="Egon")))


def test_the_count_beside_the_filters_is_exact(cast, sign_in) -> None:
    from audit.sealing import seal

    for _n in range(7):
        _log(cast.rep)
    total = seal().size
    page = _text(sign_in(cast.compliance).get(reverse("audit:count") + "?action=run.queued"))
    assert f"7 of {total}" in page


def test_reasons_come_from_the_live_record_and_read_erased_when_it_is_gone(cast, sign_in, provider) -> None:
    from workbench.privacy.services import destroy_keys
    from workbench.runs.models import Review

    run = _rejected(cast, reason="Names a certificate we do not hold.")
    client = sign_in(cast.compliance)
    assert "“Names a certificate we do not hold.”" in _text(client.get(_url(run=run.pk)))
    destroy_keys([Review.objects.get(run=run).data_key.pk])
    page = _text(client.get(_url(run=run.pk)))
    assert "certificate" not in page
    assert "erased" in page


def test_looking_at_the_log_leaves_one_entry_a_quarter_of_an_hour(cast, sign_in) -> None:
    client = sign_in(cast.compliance)
    looks = AuditEvent.objects.filter(action="log.viewed", actor_id=cast.compliance.pk)
    for _n in range(3):
        client.get(_url(q="jonas"))
    client.get(_url(before=50))
    assert looks.get().data == {"filters": {"person": cast.rep.pk}}
    client.get(_url(kind="people"))
    assert looks.count() == 2


def test_an_entry_has_an_address_with_its_record_and_its_proof(cast, sign_in) -> None:
    from audit import merkle
    from audit.canonical import canonical_json
    from audit.sealing import make_checkpoint

    event = _log(cast.rep, findings={"PERSON": 3})
    client = sign_in(cast.compliance)
    url = reverse("audit:entry", args=[event.pk])
    assert "as soon as a checkpoint covers the entry" in _text(client.get(url))
    checkpoint = make_checkpoint()
    page = _text(client.get(url))
    assert checkpoint.root_hex in page
    proof = client.get(f"{url}?proof").json()
    leaf = merkle.leaf_hash(canonical_json(proof["event"]).encode())
    path = [bytes.fromhex(step) for step in proof["path"]]
    merkle.check_inclusion(leaf, proof["position"], proof["size"], path, bytes(checkpoint.root))
    assert client.get(reverse("audit:entry", args=[10**15])).status_code == 404


def test_a_permanent_link_stays_the_same_when_entries_are_added(cast, sign_in) -> None:
    event = _log(cast.rep)
    client = sign_in(cast.compliance)
    link = re.search(r'href="\?(upto=\d+)"', _text(client.get(_url())))[1]
    later = _log(cast.rep)
    page = _text(client.get(f"{_url()}?{link}"))
    assert f'id="e{event.pk}"' in page
    assert f'id="e{later.pk}"' not in page


def test_every_act_is_found_under_a_kind() -> None:
    assert {name for name in ACTIONS if not any(name in names for _words, names in KINDS.values())} == set()


def test_every_key_of_the_data_has_a_word_and_none_is_left_over() -> None:
    assert {key for action in ACTIONS.values() for key in action.keys} - {"version"} == set(WORDS)


def test_an_assigned_path_is_read_in_words_among_people_and_rights(cast, sign_in) -> None:
    _log(cast.leader, action="assignment.made", path_id=3, people=2, team_ids=[5])
    client = sign_in(cast.compliance)
    assert "learning path no. 3 · people 2 · teams no. 5" in _text(client.get(_url(kind="people")))
    client.cookies["django_language"] = "de"
    assert "Lernpfad Nr. 3 · Personen 2 · Teams Nr. 5" in _text(client.get(_url(kind="people")))
