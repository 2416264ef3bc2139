"""Whoever is named in what people type, wherever they type it, is found, and finds it in their file."""

import json
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from tests.support.policies import with_point
from workbench.gateway.pii import ScrubberUnavailable
from workbench.privacy import requests
from workbench.privacy.models import SubjectMark
from workbench.privacy.records import disclosure
from workbench.privacy.subjects import find_subject
from workbench.runs import execution, services, typed
from workbench.runs.models import Draft, Plant, Review, Run
from workbench.runs.services.planting import decide_plant
from workbench.runs.views.start import LIVE_PREVIEW_CHARACTERS

pytestmark = pytest.mark.django_db
WHO = "Benedikta Rautenstrauch"
ABOUT = f"Ask {WHO} first, b.rauten@alpweg.example."


def _done(run: Run) -> Run:
    execution.execute_run(run.pk)
    return Run.objects.select_related("data_key").get(pk=run.pk)


def _found(who: str = WHO) -> set:
    return set().union(*find_subject(who).values())


def _file_of(run: Run) -> dict:
    return json.loads("".join(disclosure({"reference": "Letter 7"}, [run.data_key_id])))["contents"][0]


def test_a_note_that_is_written_again_is_looked_through_again(cast, answered) -> None:
    services.note_run(actor=cast.rep, run=answered, note="We go on as planned.")
    typed.mark_typed()
    services.note_run(actor=cast.rep, run=answered, note=ABOUT)
    typed.mark_typed()
    assert _found() == {answered.data_key_id}


def test_a_note_that_is_written_again_while_it_is_looked_through_waits_for_the_next_time(
    cast, answered, monkeypatch
) -> None:
    services.note_run(actor=cast.rep, run=answered, note="We go on as planned.")
    house = typed.house

    def and_write():
        services.note_run(actor=cast.rep, run=answered, note=ABOUT)
        return house()

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(typed, "house", and_write)
        assert typed.mark_typed() == 0
    assert typed.mark_typed() == 1
    assert _found() == {answered.data_key_id}


def test_nothing_is_noted_on_what_was_erased(cast, answered) -> None:
    requests.erase_subject(actor=cast.compliance, keys=[answered.data_key_id], reference="Letter 7")
    with pytest.raises(services.RunRefused, match="erased"):
        services.note_run(actor=cast.rep, run=answered, note="We go on as planned.")


def test_whoever_the_reason_of_a_case_names_is_found_and_reads_it_in_their_file(cast, run) -> None:
    services.open_case(actor=cast.compliance, run=run, reason=ABOUT)
    typed.mark_typed()
    assert _found() == {run.data_key_id}
    assert [one["reason"] for one in _file_of(run)["opened_by_compliance"]] == [ABOUT]


def test_asking_on_forgets_nobody_whom_somebody_else_named(cast, answered) -> None:
    services.open_case(actor=cast.compliance, run=answered, reason=ABOUT)
    typed.mark_typed()
    services.ask_on(actor=cast.rep, run=answered, question="And what then?")
    assert _found() == {answered.data_key_id}


def test_what_a_reviewer_types_over_a_planted_error_is_found_and_handed_over(cast, run) -> None:
    plant = Plant(run=run, data_key=run.data_key, kind="figure")
    plant.content = {
        "text": "They run 96 doors.", "before": "214", "after": "96", "sentence": "They run 96 doors.", "right": "They run 214 doors.", "checks": [],
    }  # fmt: skip
    plant.save()
    assert typed.mark_typed() == 0, "nobody has typed anything yet"
    decide_plant(
        actor=cast.reviewer, run=run, plant=plant, verdict="rejected", text=f"They run 96 doors. {ABOUT}", reason="Wrong, says Notburga Wiesflecker."
    )  # fmt: skip
    typed.mark_typed()
    assert _found() == _found("Notburga Wiesflecker") == {run.data_key_id}
    copy = _file_of(run)["copy_with_a_planted_error"]
    assert copy == {"text": "They run 96 doors.", "typed": f"They run 214 doors. {ABOUT}", "reason": "Wrong, says Notburga Wiesflecker."}  # fmt: skip


def test_who_types_on_beyond_what_is_looked_at_at_once_names_the_same_people_and_more(
    cast, summary, call, sign_in
) -> None:
    client, address = sign_in(cast.rep), reverse("runs:draft", args=[summary.prompt.slug])
    client.post(address, {"transcript": call, "auto": "1"})
    rest = "\n" + "and so on, " * (LIVE_PREVIEW_CHARACTERS // 8)
    client.post(address, {"transcript": f"{call}\n{ABOUT}{rest}", "auto": "1"})
    draft = Draft.objects.get()
    assert draft.data_key_id in _found("Ilaria Conti"), "known before, and there still"
    typed.mark_typed()
    assert _found() == _found("Ilaria Conti") == {draft.data_key_id}
    client.post(address, {"transcript": call + rest, "auto": "1"})
    typed.mark_typed()
    assert not _found(), "taken out of the draft"
    assert typed.mark_typed() == 0


def test_a_file_that_was_uploaded_and_never_looked_at_is_found(cast, summary, sign_in) -> None:
    file = SimpleUploadedFile("call.txt", f"Jonas Feld: I met {WHO} about the offer.".encode())
    sign_in(cast.rep).post(reverse("runs:upload", args=[summary.prompt.slug, "transcript"]), {"file": file})
    typed.mark_typed()
    assert _found() == {Draft.objects.get().data_key_id}


def test_what_somebody_marked_by_hand_in_a_draft_without_a_preview_is_found(cast, summary) -> None:
    services.save_draft(
        actor=cast.rep, prompt_version=summary, inputs={"transcript": "the falcon called"}, marks=["falcon"], preview=None
    )  # fmt: skip
    typed.mark_typed()
    assert _found("falcon") == {Draft.objects.get().data_key_id}


def test_what_is_typed_while_a_draft_is_looked_through_waits_for_the_next_time(cast, summary, monkeypatch) -> None:
    def write(text):
        services.save_draft(actor=cast.rep, prompt_version=summary, inputs={"transcript": text}, marks=[], preview=None)

    write("Nothing much so far.")
    house = typed.house

    def and_write():
        write(ABOUT)
        return house()

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(typed, "house", and_write)
        typed.mark_typed()
    assert not _found()
    typed.mark_typed()
    assert _found() == {Draft.objects.get().data_key_id}


def test_a_name_that_somebody_took_for_a_false_find_is_found(cast, summary, call) -> None:
    with_point(summary.prompt.activity.slug, cast.leader, "scrub", {"unmark": True})
    given, keep = {"transcript": call}, ["Henrik Aas"]
    preview = services.preview_run(actor=cast.rep, prompt_version=summary, inputs=given, keep=keep)
    assert preview.kept == ("Henrik Aas",)
    draft = services.save_draft(actor=cast.rep, prompt_version=summary, inputs=given, marks=[], keep=keep, preview=preview)  # fmt: skip
    assert find_subject("Henrik Aas")["whole"] == {draft.data_key_id}
    run = services.submit_draft(actor=cast.rep, draft=draft, seen_sha256=preview.sha256)
    other = services.submit_run(actor=cast.rep, prompt_version=summary, inputs=given, keep=keep)
    assert find_subject("Henrik Aas")["whole"] == {run.data_key_id, other.data_key_id}
    SubjectMark.objects.all().delete()
    call_command("mark_subjects")
    assert find_subject("Henrik Aas")["whole"] == {run.data_key_id, other.data_key_id}


def test_a_verdict_that_does_not_open_keeps_nobody_else_waiting(cast, summary, provider, call, monkeypatch) -> None:
    monkeypatch.setattr(typed, "_KINDS", tuple(replace(kind, most=1) for kind in typed._KINDS))
    monkeypatch.setattr(typed, "_after", {})
    runs = []
    for reason in ("Names no date.", ABOUT):
        made = _done(services.submit_run(actor=cast.rep, prompt_version=summary, inputs={"transcript": call}))
        services.review_run(actor=cast.reviewer, run=made, verdict="rejected", reason=reason)
        runs.append(made)
    whole = Review.objects.get(run=runs[0]).reason_sealed
    Review.objects.filter(run=runs[0]).update(reason_sealed=b"x" * 40)
    assert [typed.mark_typed() for _round in range(3)] == [0, 1, 0]
    assert _found() == {runs[1].data_key_id}
    # It is looked through as soon as it opens again and its turn comes.
    Review.objects.filter(run=runs[0]).update(reason_sealed=whole)
    assert sum(typed.mark_typed() for _round in range(2)) == 1


def test_a_text_that_cannot_be_scrubbed_keeps_nobody_else_waiting(cast, answered, run, monkeypatch) -> None:
    services.note_run(actor=cast.rep, run=answered, note="Something no detector can bear.")
    services.review_run(actor=cast.reviewer, run=run, verdict="rejected", reason=ABOUT)
    house = typed.house

    class Choosy:
        def anonymize(self, texts, **more):
            if "bear" in "".join(texts.values()):
                raise ScrubberUnavailable("The detector failed on this text (ValueError).")
            return house().anonymize(texts, **more)

    monkeypatch.setattr(typed, "house", Choosy)
    assert typed.mark_typed() == 1
    assert _found() == {run.data_key_id}
