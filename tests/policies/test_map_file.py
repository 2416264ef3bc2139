"""The map as a file: exact both ways, all or nothing, and every fault with its line."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from audit.models import AuditEvent
from policies import mapfile
from policies.mapfile.form import FORMAT
from policies.models import Activity, PolicyVersion, PromptVersion, Stage, Tool
from policies.services import suspend_policy

pytestmark = pytest.mark.django_db
DUE = (timezone.localdate() + timedelta(days=100)).isoformat()


def _file(text):
    return mapfile.read(text.encode())


def _import(cast, text, **options):
    return mapfile.import_map(actor=cast.leader, file=_file(text), **options)


def _faults(cast, text):
    with pytest.raises(mapfile.FileRefused) as refused:
        _import(cast, text)
    return [(fault.line, fault.field, fault.sentence) for fault in refused.value.faults]


def test_what_goes_out_comes_back_and_changes_nothing(cast) -> None:
    text = mapfile.write(mapfile.current_map())
    file = _file(text)
    assert file.data == mapfile.current_map()
    assert mapfile.write(file.data) == text
    assert _import(cast, text).changes == ()
    assert not AuditEvent.objects.filter(action="map.imported").exists()


def test_a_whole_map_is_rebuilt_in_an_empty_house(cast) -> None:
    suspend_policy(
        actor=cast.leader, version=PolicyVersion.objects.deciding().get(activity__slug="challenge-account-plan")
    )
    before = mapfile.current_map()
    text = mapfile.write(before)
    # Under other short names everything is new, as in an empty house.
    for slug in [entry["slug"] for kind in ("activities", "tools", "prompts") for entry in before[kind]]:
        text = text.replace(f": {slug}\n", f": new-{slug}\n")
    events = AuditEvent.objects.count()
    done = _import(cast, text)
    assert AuditEvent.objects.count() == events + 1
    assert all(change.new for change in done.changes)
    after = mapfile.current_map()
    renamed = {
        kind: [entry for entry in after[kind] if entry["slug"].startswith("new-")]
        for kind in ("activities", "tools", "prompts")
    }
    assert mapfile.write(renamed | {"stages": after["stages"]}) == text
    assert PolicyVersion.objects.get(activity__slug="new-challenge-account-plan").state == "suspended"
    assert set(PromptVersion.objects.filter(prompt__slug__startswith="new-").values_list("state", flat=True)) == {
        "in_review"
    }


def test_a_dry_run_says_what_would_change_and_changes_nothing(cast) -> None:
    text = f"""
format: {FORMAT}
activities:
  - slug: set-the-price
    name: Set the price
    stage: Negotiation
    description: Decide on price and discount.
    traits: [customer_facing, judgement_heavy]
    data: [customer, terms]
    policy: {{category: human_only, rationale: Two people set the price from now on., accountable: aylin}}
"""
    (change,) = _import(cast, text, dry_run=True).changes
    assert "accountable: marit → aylin" in change.words
    assert Activity.objects.get(slug="set-the-price").policy_versions.count() == 1
    _import(cast, text)
    version = PolicyVersion.objects.deciding().get(activity__slug="set-the-price")
    assert (version.number, version.decided_by, version.accountable) == (2, cast.leader, cast.reviewer)


def test_what_a_file_does_not_name_stays(cast) -> None:
    text = f"format: {FORMAT}\nactivities:\n  - {{slug: set-the-price, name: Set the price, stage: Proposal, traits: [judgement_heavy]}}\n"
    _import(cast, text)
    moved = Activity.objects.get(slug="set-the-price")
    assert (moved.stage.name, moved.policy_versions.count()) == ("Proposal", 1)
    assert Activity.objects.count() == 7


BAD = f"""format: {FORMAT}
stages: [Targeting]
activities:
  - slug: one
    name: One thing
    stage: Nowhere
    goal: {{measure: Use more AI, baseline: 1, target: 1, unit: x, due: {DUE}}}
    policy:
      category: human_in_the_loop
      rationale: Because we want it so.
      accountable: nobody
      tool: none-such
      control_points:
        hope: {{}}
        length: {{words: 0}}
  - slug: one
    name: The same again
    stage: Targeting
prompts:
  - slug: p
    activity: gone
    title: A prompt
    role: You write.
    goal: Write it.
    information: "{{notes}}"
"""


def test_a_bad_file_names_every_fault_with_its_line_and_nothing_is_taken_over(cast) -> None:
    found = _faults(cast, BAD)
    where = {(line, field) for line, field, _sentence in found}
    assert where == {
        (6, "activities[1].stage"), (7, "activities[1].goal.measure"), (7, "activities[1].goal.target"), (11, "activities[1].policy.accountable"),
        (12, "activities[1].policy.tool"), (14, "activities[1].policy.control_points.hope"), (15, "activities[1].policy.control_points.length"),
        (16, "activities[2].slug"), (21, "prompts[1].activity"), (25, "prompts[1].information"),
    }  # fmt: skip
    assert not Activity.objects.filter(slug="one").exists()
    assert not Stage.objects.filter(name="Targeting").exists()


@pytest.mark.parametrize(
    ("text", "line", "field", "words"),
    [
        ("", 0, "", "empty"),
        ("a: [1", 2, "", "not YAML"),
        ("stages: []", 1, "format", "missing"),
        (f"format: {FORMAT}\nstages: Targeting", 2, "stages", "Expected a list. Found: “Targeting”."),
        (f"format: {FORMAT}\nsteps: []", 2, "steps", "Unknown. Known here: format, stages"),
        (f"format: {FORMAT}\nstages: []\nstages: []", 3, "stages", "twice"),
        (f"format: {FORMAT}\nactivities:\n  - {{slug: A b, name: Name, stage: S}}", 3, "activities[1].slug", "small letters"),
        (f"format: {FORMAT}\nactivities:\n  - slug: a\n    name: Name\n    stage: S\n    traits: [fast]", 6, "activities[1].traits[1]", "Expected one of: language_driven"),
        (f"format: {FORMAT}\nactivities: &x\n  - *x", 3, "activities[1]", "References"),
        (f"format: {FORMAT}\ntools:\n  - {{slug: t, name: T, provider: openai, model: m, key: abc}}", 3, "tools[1].key", "Unknown"),
    ],
)  # fmt: skip
def test_each_fault_of_form_says_what_was_expected(cast, text, line, field, words) -> None:
    found = _faults(cast, text)
    assert (line, field) in {(at, name) for at, name, _sentence in found}
    assert any(words in sentence for _line, _field, sentence in found)


def test_bytes_that_are_no_text_and_files_that_are_too_large_are_refused() -> None:
    for content in (b"\xff\xfe\x00", b"a: " + b"x" * 10_000_001):
        with pytest.raises(mapfile.FileRefused):
            mapfile.read(content)


# A zero byte is in no description: the forms refuse it, and PostgreSQL cannot store one.
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200))
@example("\x85")
@example("a\x85 b\u2028c\r\nd")
def test_any_description_survives_the_file(text) -> None:
    entry = {"slug": "a", "name": "Name", "stage": "S", "description": text}
    data = {"stages": ["S"], "tools": [], "prompts": [], "activities": [mapfile.reading.whole_activity(entry)]}
    assert (
        mapfile.read(mapfile.write(data).encode("utf-8", "surrogatepass")).data["activities"][0]["description"] == text
    )


def test_a_key_never_leaves_in_a_file_and_never_follows_to_another_address(cast) -> None:
    from policies.services import save_tool

    tool = save_tool(actor=cast.leader, tool=Tool.objects.get(), key="sk-secret-of-the-house")
    text = mapfile.write(mapfile.current_map())
    assert "sk-secret" not in text
    _import(
        cast,
        text.replace("model: fake", "model: fake\n    base_url: https://elsewhere.example/v1")
        if "model: fake" in text
        else text,
    )
    tool.refresh_from_db()
    assert tool.key_sealed is None or tool.base_url == ""


@pytest.mark.parametrize("who", ["rep", "reviewer", "compliance", "trainer", "administrator", "outsider"])
def test_only_leaders_import(cast, sign_in, who) -> None:
    actor = getattr(cast, who)
    with pytest.raises(PermissionDenied):
        mapfile.import_map(actor=actor, file=_file(f"format: {FORMAT}"))
    assert sign_in(actor).post(reverse("policies:map_import"), {"text": "x"}).status_code == 403


def _seen(page):
    return page.split('name="seen" value="')[1].split('"')[0]


def test_what_changed_since_somebody_looked_is_shown_before_it_is_replaced(cast, sign_in) -> None:
    client, url = sign_in(cast.leader), reverse("policies:map_import")
    text = f"format: {FORMAT}\nactivities:\n  - {{slug: set-the-price, name: Set the price, stage: Proposal, traits: [judgement_heavy]}}\n"
    looked = client.post(url, {"text": text, "act": "look"}).content.decode()
    Activity.objects.filter(slug="set-the-price").update(name="Agree on the price")
    answer = client.post(url, {"text": text, "act": "take", "seen": _seen(looked)})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Nothing was imported." in page
    assert "name: Agree on the price → Set the price" in page
    assert Activity.objects.get(slug="set-the-price").name == "Agree on the price"
    other = text.replace("Proposal", "Negotiation")
    assert client.post(url, {"text": other, "act": "take", "seen": _seen(page)}).status_code == 422
    assert client.post(url, {"text": text, "act": "take"}).status_code == 422
    assert client.post(url, {"text": text, "act": "take", "seen": _seen(page)}).status_code == 302
    assert Activity.objects.get(slug="set-the-price").name == "Set the price"


@pytest.mark.parametrize(
    ("price", "field"),
    [("1.0e+30", "price_input"), ("9000000000000000", "price_output"), ("0.123456789", "price_input")],
)
def test_a_figure_that_does_not_fit_is_a_fault_of_its_line(cast, sign_in, price, field) -> None:
    text = f"format: {FORMAT}\ntools:\n  - slug: t\n    name: Tool\n    provider: openai\n    model: m\n    {field}: {price}\n"
    assert [(line, name) for line, name, _sentence in _faults(cast, text)] == [(7, f"tools[1].{field}")]
    page = sign_in(cast.leader).post(reverse("policies:map_import"), {"text": text, "act": "look"})
    assert page.status_code == 422, "told when somebody looks, not only when they import"
    assert not Tool.objects.filter(slug="t").exists()


def test_the_page_shows_the_differences_first_and_takes_over_exactly_what_was_shown(cast, sign_in) -> None:
    client = sign_in(cast.leader)
    url = reverse("policies:map_import")
    text = f"format: {FORMAT}\nstages: [Targeting]\nactivities:\n  - {{slug: pick, name: Pick accounts, stage: Targeting, traits: [judgement_heavy]}}\n"
    page = client.post(url, {"text": text, "act": "look"}).content.decode()
    assert "Pick accounts" in page
    assert "Import exactly this" in page
    assert not Activity.objects.filter(slug="pick").exists()
    assert client.post(url, {"text": text, "act": "take", "seen": _seen(page)}).status_code == 302
    assert Activity.objects.filter(slug="pick").exists()
    bad = client.post(url, {"text": BAD, "act": "take"})
    assert bad.status_code == 422
    assert "10 faults. Nothing was changed." in bad.content.decode()


def test_the_export_is_a_file_that_can_be_imported(cast, sign_in) -> None:
    answer = sign_in(cast.leader).get(reverse("policies:map_export"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert mapfile.read(answer.content).data == mapfile.current_map()


def test_retiring_by_a_file_ends_what_waits_for_its_day_too(cast) -> None:
    from policies.services import put_in_force

    activity = Activity.objects.get(slug="set-the-price")
    later = timezone.now() + timedelta(days=1)
    put_in_force(
        actor=cast.leader,
        activity=activity,
        category="human_only",
        rationale="From tomorrow on, two people.",
        effective_at=later,
    )
    _import(
        cast,
        f"format: {FORMAT}\nactivities:\n  - {{slug: set-the-price, name: Set the price, stage: Negotiation, retired: true}}\n",
    )
    assert set(activity.policy_versions.values_list("state", flat=True)) == {"superseded"}


def test_a_file_is_judged_by_the_same_rules_as_the_page(cast) -> None:
    text = f"format: {FORMAT}\nactivities:\n  - slug: draft-proposal\n    name: Draft a proposal\n    stage: Proposal\n    data: [terms]\n    policy: {{category: automated, rationale: Because we want it so., accountable: marit, tool: house-model}}\n"
    Tool.objects.update(data=["public"])
    fields = {field for _line, field, _sentence in _faults(cast, text)}
    assert fields == {"activities[1].goal", "activities[1].policy.tool", "activities[1].policy.control_points"}
