"""What people are told, in the workbench and by e-mail, and that mails hold nothing about anybody."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from policies.models import PolicyVersion, PromptVersion
from policies.services import suspend_policy
from tests.support.policies import with_point
from workbench.accounts import notices
from workbench.accounts.models import Notice, RoleGrant, User
from workbench.runs import execution, services
from workbench.runs.evidence import evidence_of
from workbench.runs.models import Run, State

pytestmark = pytest.mark.django_db
CALL = "Ilaria Conti: We run three cold stores with 214 doors. Henrik Aas decides."


@pytest.fixture
def draft(cast, provider):
    version = (
        PromptVersion.objects.approved().select_related("prompt__activity").get(prompt__slug="discovery-call-summary")
    )

    def make():
        run = services.submit_run(actor=cast.rep, prompt_version=version, inputs={"transcript": CALL})
        execution.execute_run(run.pk)
        return Run.objects.get(pk=run.pk)

    return make


def _kinds(person):
    return sorted(Notice.objects.filter(person=person, seen_at=None).values_list("kind", flat=True))


def test_reviewers_hear_once_that_drafts_wait_until_they_look(cast, draft, sign_in) -> None:
    draft()
    draft()
    assert _kinds(cast.reviewer) == ["draft_waiting"]
    assert _kinds(cast.rep) == []
    client = sign_in(cast.reviewer)
    assert "1 new notice" in client.get(reverse("home")).content.decode()
    client.get(reverse("runs:desk"), follow=True)
    assert _kinds(cast.reviewer) == []
    draft()
    assert _kinds(cast.reviewer) == ["draft_waiting"]


@pytest.mark.parametrize(
    ("verdict", "more", "kind"),
    [
        ("approved", {}, "run_approved"),
        ("edited", {"text": "They want an alarm."}, "run_edited"),
        ("rejected", {"reason": "Too long for this."}, "run_rejected"),
    ],
)
def test_whoever_asked_hears_the_verdict(cast, draft, sign_in, verdict, more, kind) -> None:
    run = draft()
    services.review_run(actor=cast.reviewer, run=run, verdict=verdict, vouched=_all(run), **more)
    assert _kinds(cast.rep) == [kind]
    client = sign_in(cast.rep)
    page = client.get(reverse("accounts:notices")).content.decode()
    assert reverse("runs:run", args=[run.pk]) in page
    client.get(reverse("runs:run", args=[run.pk]))
    assert _kinds(cast.rep) == []


def _all(run):
    run = Run.objects.select_related("data_key", "prompt_version__prompt", "output__data_key").get(pk=run.pk)
    return [mark.key for mark in evidence_of(run, run.output.draft).open]


def test_a_reminder_comes_once_before_the_time_limit(cast, draft) -> None:
    run = draft()
    Run.objects.filter(pk=run.pk).update(due_at=timezone.now() + timedelta(hours=23))
    assert services.remind_before_limit() == 0
    Run.objects.filter(pk=run.pk).update(due_at=timezone.now() + timedelta(hours=2))
    assert services.remind_before_limit() == 1
    assert services.remind_before_limit() == 0
    assert "draft_due" in _kinds(cast.reviewer)


def test_whoever_has_the_draft_is_reminded_and_nobody_else(cast, draft) -> None:
    RoleGrant.objects.create(user=cast.trainer, role="reviewer")
    run = draft()
    services.claim_run(actor=cast.reviewer, run=run)
    Run.objects.filter(pk=run.pk).update(due_at=timezone.now() + timedelta(hours=1))
    services.remind_before_limit()
    assert "draft_due" in _kinds(cast.reviewer)
    assert "draft_due" not in _kinds(cast.trainer)


def test_an_expired_draft_and_a_suspended_policy_are_told(cast, draft) -> None:
    run = draft()
    Run.objects.filter(pk=run.pk).update(due_at=timezone.now() - timedelta(hours=1))
    services.expire_overdue()
    assert _kinds(cast.rep) == ["run_expired"]
    version = PolicyVersion.objects.deciding().get(activity=run.activity)
    suspend_policy(actor=None, version=version, rejects=3, samples=5, limit=2)
    told = set(Notice.objects.filter(kind="policy_suspended").values_list("person_id", flat=True))
    assert told == {version.accountable_id, version.decided_by_id}


def test_a_handed_over_draft_is_told(cast, draft) -> None:
    RoleGrant.objects.create(user=cast.trainer, role="reviewer")
    other = User.objects.get(pk=cast.trainer.pk)
    services.hand_over_run(actor=cast.reviewer, run=draft(), to=other)
    assert "draft_handed_over" in _kinds(other)


def test_mails_hold_links_and_nothing_about_anybody(cast, draft, settings) -> None:
    settings.WORKBENCH_URL = "https://workbench.nordwerk.example"
    User.objects.filter(pk=cast.reviewer.pk).update(mail="immediate", language="de")
    run = draft()
    assert notices.send_mails() == 1
    assert notices.send_mails() == 0
    (sent,) = mail.outbox
    assert sent.to == [cast.reviewer.email]
    assert "https://workbench.nordwerk.example/desk/" in sent.body
    words = sent.subject + sent.body
    for secret in ("Ilaria", "Conti", "Henrik", "Jonas", "Feld", "Aylin", "cold stores", run.activity.name):
        assert secret not in words


def test_the_mail_of_the_day_waits_for_the_morning_and_off_is_off(cast, draft, settings) -> None:
    settings.WORKBENCH_URL = "https://workbench.nordwerk.example"
    draft()
    at = timezone.localtime().replace(hour=7, minute=30, second=0, microsecond=0)
    Notice.objects.update(created_at=timezone.now())
    before = notices._last_digest(timezone.now())
    assert before <= timezone.now()
    assert abs(before - at) in {timedelta(0), timedelta(days=1)}
    assert notices.send_mails() == 0
    Notice.objects.update(created_at=before - timedelta(minutes=1))
    User.objects.filter(pk=cast.reviewer.pk).update(mail="off")
    assert notices.send_mails() == 0
    User.objects.filter(pk=cast.reviewer.pk).update(mail="digest")
    assert notices.send_mails() == 1


def test_a_mail_server_that_is_down_loses_no_mail(cast, draft, settings, monkeypatch) -> None:
    settings.WORKBENCH_URL = "https://workbench.nordwerk.example"
    User.objects.filter(pk=cast.reviewer.pk).update(mail="immediate")
    draft()

    def down(self, *args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
    assert notices.send_mails() == 0
    monkeypatch.undo()
    settings.WORKBENCH_URL = "https://workbench.nordwerk.example"
    assert notices.send_mails() == 1


def test_what_was_seen_is_not_mailed_and_without_an_address_of_the_workbench_nothing_is(cast, draft, settings) -> None:
    User.objects.update(mail="immediate")
    draft()
    settings.WORKBENCH_URL = ""
    assert notices.send_mails() == 0
    settings.WORKBENCH_URL = "https://workbench.nordwerk.example"
    Notice.objects.update(seen_at=timezone.now())
    assert notices.send_mails() == 0


def test_an_escalation_goes_to_the_manager(cast, draft) -> None:
    manager = User.objects.get(pk=cast.leader.pk)
    RoleGrant.objects.get_or_create(user=manager, role="reviewer")
    cast.rep.team.manager = manager
    cast.rep.team.save()
    with_point("summarise-discovery-call", cast.leader, "time_limit", {"hours": 4, "then": "escalate"})
    run = draft()
    Run.objects.filter(pk=run.pk).update(due_at=timezone.now() - timedelta(hours=1))
    other = User.objects.create_user("ines", "ines@nordwerk.example", first_name="Ines", last_name="Roth")
    RoleGrant.objects.create(user=other, role="reviewer")
    services.hand_over_run(actor=cast.reviewer, run=run, to=other)
    services.expire_overdue()
    assert "draft_escalated" in _kinds(manager)
    run.refresh_from_db()
    assert (run.claimed_by, run.assigned) == (None, False), "whoever had it may not decide any more"
    services.review_run(actor=manager, run=run, verdict="rejected", reason="Too late for this customer.")


def test_a_manager_without_what_the_policy_asks_of_reviewers_gets_no_escalation(cast, draft) -> None:
    manager = User.objects.get(pk=cast.leader.pk)
    RoleGrant.objects.get_or_create(user=manager, role="reviewer")
    cast.rep.team.manager = manager
    cast.rep.team.save()
    with_point("summarise-discovery-call", cast.leader, "time_limit", {"hours": 4, "then": "escalate"})
    with_point("summarise-discovery-call", cast.leader, "reviewer_qualification", {"name": "exam"})
    for held, state in ((False, State.EXPIRED), (True, State.IN_REVIEW)):
        if held:
            manager.qualifications.create(name="exam", evidence="Passed on 3 March")
        run = draft()
        Run.objects.filter(pk=run.pk).update(due_at=timezone.now() - timedelta(hours=1))
        services.expire_overdue()
        assert Run.objects.get(pk=run.pk).state == state


def test_everybody_chooses_how_they_hear(cast, sign_in) -> None:
    client = sign_in(cast.rep)
    client.post(reverse("accounts:profile"), {"language": "", "mail": "immediate"})
    assert User.objects.get(pk=cast.rep.pk).mail == "immediate"
    client.patch("/api/v1/me/", {"mail": "off"}, content_type="application/json")
    assert User.objects.get(pk=cast.rep.pk).mail == "off"
    assert client.patch("/api/v1/me/", {"mail": "daily"}, content_type="application/json").status_code == 400
    client.patch("/api/v1/me/", {"username": "boss", "roles": ["leader"]}, content_type="application/json")
    assert User.objects.get(pk=cast.rep.pk).username == "jonas"


def test_all_can_be_marked_as_seen_and_others_notices_are_not_there(cast, draft, sign_in) -> None:
    draft()
    notice = Notice.objects.get(person=cast.reviewer)
    assert sign_in(cast.rep).get(f"/api/v1/notices/{notice.pk}/").status_code == 404
    sign_in(cast.rep).post(reverse("accounts:notices_seen"))
    assert _kinds(cast.reviewer) == ["draft_waiting"]
    sign_in(cast.reviewer).post("/api/v1/notices/seen/", content_type="application/json")
    assert _kinds(cast.reviewer) == []


def test_what_another_process_has_marked_is_not_sent_and_the_rest_is(cast, draft, settings, monkeypatch) -> None:
    settings.WORKBENCH_URL = "https://workbench.nordwerk.example"
    User.objects.filter(pk=cast.reviewer.pk).update(mail="immediate")
    draft()
    notices.notify([cast.reviewer], "policy_suspended", "/policies/x/")
    first = Notice.objects.filter(person=cast.reviewer).earliest("pk")
    original = Notice.objects.filter(pk=first.pk)
    # Another process marks the first one between reading and marking.
    found = notices.timezone.now

    def now():
        original.filter(mailed_at=None).update(mailed_at=found() - timedelta(seconds=1))
        return found()

    calls = iter([found, now])
    monkeypatch.setattr(notices.timezone, "now", lambda: next(calls, found)())
    assert notices.send_mails() == 1
    (sent,) = mail.outbox
    assert "/policies/x/" in sent.body
    assert "/desk/" not in sent.body


def test_one_address_that_is_refused_does_not_hold_up_the_mails_of_others(
    cast, settings, monkeypatch, mailoutbox
) -> None:
    from smtplib import SMTPRecipientsRefused

    settings.WORKBENCH_URL = "https://workbench.nordwerk.example"
    people = [cast.leader, cast.rep, cast.reviewer]
    User.objects.update(mail="immediate")
    notices.notify(people, "draft_waiting", "/desk/")
    real = notices._mail

    def refused(person, marked):
        message = real(person, marked)
        if person == cast.leader:
            monkeypatch.setattr(message, "send", lambda: _raise(SMTPRecipientsRefused({})))
        return message

    monkeypatch.setattr(notices, "_mail", refused)
    assert notices.send_mails() == 2
    assert {message.to[0] for message in mailoutbox} == {cast.rep.email, cast.reviewer.email}
    assert notices.send_mails() == 0


def _raise(error: Exception) -> None:
    raise error
