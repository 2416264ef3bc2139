"""Every address × everybody. An address without a row here fails the test; so does one that opens to more people than its row says.

A row names what each person gets: GET, or POST with an empty body where the address takes only POST. Anonymous people get ``302`` to the
log-in page, or 401 from the API, everywhere but on the addresses of ``OPEN``.
"""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from audit import sealing, verifying
from policies.models import Tool
from training import services as learning
from training.models import Completion, Exercise, LearningPath
from training.worksheetfile import forms
from workbench.accounts.models import Notice, Team
from workbench.accounts.notices import notify
from workbench.accounts.services import create_token, grant_qualification, record_absence
from workbench.runs import services
from workbench.runs.models import Draft

pytestmark = pytest.mark.django_db

WHO = ("leader", "rep", "colleague", "reviewer", "compliance", "trainer", "administrator", "outsider")
RUNNING = {"leader", "rep", "colleague", "reviewer", "trainer"}
ALL = set(WHO)
# Addresses that answer without a log-in, and what they answer to GET and POST.
OPEN = {
    "healthz": {200, 405},
    "shell:parts": {200, 405},
    "shell:language": {302, 405},
    "demo_login": {404, 405},
    # Says that the gate answers elsewhere, to whatever asks here.
    "gate:elsewhere": {404},
    # Whoever was handed a certificate has no log-in here; without its 128 random bits the page says “not known”.
    "training:check_certificate": {200, 405},
    # What a badge names: whoever was handed one checks it by these. They tell of nobody.
    "training:badge_issuer": {200, 405},
    "training:badge_key": {404, 405},
    "training:badge_status": {200, 405},
    "account_login": {200},
    "account_logout": {302},
    "account_signup": {200},
    "account_inactive": {200, 405},
    "account_reset_password": {200},
    "account_reset_password_done": {200, 405},
    "account_reset_password_from_key": {200},
    "account_reset_password_from_key_done": {200, 405},
    "account_confirm_email": {200, 404},
    "account_email_verification_sent": {200, 405},
}
# What allauth serves to everybody about their own account; its answers differ by version, none of it is another person's.
OWN = {
    "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate", "account_email",
    "account_email_verification_sent", "account_change_password", "account_set_password", "account_reset_password",
    "account_confirm_login_code", "account_confirm_email", "account_reset_password_from_key_done", "account_reset_password_from_key",
    "account_reset_password_done", "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
}  # fmt: skip


def only(people, allowed=200, otherwise=403):
    """Everybody's status: ``allowed`` for these people, ``otherwise`` for the rest."""
    return {who: allowed if who in people else otherwise for who in WHO}


def mine(allowed=200):
    """The rep's own run: theirs, and nobody else finds it."""
    return only({"rep"}, allowed, 404)


# name → (method, what each person gets). The run of the table belongs to the rep and waits in the queue.
TABLE = {
    "exercise-list": ("get", only(ALL)),
    "exercise-detail": ("get", only(ALL)),
    "attempt-list": ("get", only(ALL)),
    "attempt-list POST": ("post", only(ALL - {"outsider"}, 400)),
    "attempt-detail": ("get", mine()),
    # The policy of practice is in force, so both prompts wait for the model.
    "attempt-prove": ("post", mine(202)),
    "training:exercises": ("get", only(ALL)),
    "training:rubric": ("get", only(ALL)),
    "training:exercise": ("get", only(ALL)),
    "training:save": ("post", only(ALL - {"outsider"}, 200)),
    # Boxes without a word are not judged; the page comes back with the sentence.
    "training:check": ("post", only(ALL - {"outsider"}, 422)),
    # The attempt of the table is the rep's: nobody else finds it, whatever their role.
    "training:attempt": ("get", mine()),
    "training:prove": ("post", mine(302)),
    # There is no proof yet, so there is nothing to ask for: 286 tells htmx to ask no more.
    "training:proof": ("get", mine(286)),
    "training:propose": ("post", mine(302)),
    "training:adopt": ("post", only({"trainer"}, 302)),
    "training:new": ("get", only({"trainer"})),
    "training:new POST": ("post", only({"trainer"}, 422)),
    "training:edit": ("get", only({"trainer"})),
    "training:edit POST": ("post", only({"trainer"}, 422)),
    # Nothing of the table's exercise is a draft: the page says that it is published already.
    "training:publish": ("post", only({"trainer"}, 422)),
    "training:retire": ("post", only({"trainer"}, 302)),
    # The reviewer manages the rep's team. The assignment of the table is the rep's, made by the trainer: a manager sees it and cannot end it.
    "training:assignments": ("get", only({"leader", "trainer", "reviewer"})),
    "training:assign": ("get", only({"leader", "trainer", "reviewer"})),
    "training:assign POST": ("post", only({"leader", "trainer", "reviewer"}, 422)),
    "training:assignment": ("get", only({"rep", "leader", "trainer", "reviewer"}, 200, 404)),
    "training:assignment_end": ("post", only({"leader", "trainer"}, 302, 404) | {"reviewer": 403}),
    "training:certificate": ("get", only({"rep", "trainer", "compliance"}, 200, 404)),
    "training:certificate_file": ("get", only({"rep", "trainer", "compliance"}, 200, 404)),
    # A badge is the person's own; who else sees the certificate has the page.
    "training:certificate_badge": ("get", mine()),
    "training:check_certificate": ("get", only(ALL)),
    "training:badge_issuer": ("get", only(ALL)),
    "training:badge_key": ("get", only(ALL, 404)),
    "training:badge_status": ("get", only(ALL)),
    "training:evidence": ("get", only({"compliance", "leader", "trainer"})),
    "training:evidence_file": ("post", only({"compliance", "leader", "trainer"})),
    "assignment-list": ("get", only(ALL)),
    "assignment-list POST": ("post", only({"leader", "trainer", "reviewer"}, 400)),
    "assignment-detail": ("get", only({"leader", "trainer", "reviewer"}, 200, 404)),
    "assignment-standing": ("get", only({"leader", "trainer", "reviewer"}, 200, 404)),
    "assignment-end": ("post", only({"leader", "trainer"}, 200, 404) | {"reviewer": 403}),
    "assignment-mine": ("get", only(ALL)),
    "completion-list": ("get", only(ALL)),
    "completion-detail": ("get", only({"rep", "trainer", "compliance"}, 200, 404)),
    "api-evidence": ("post", only({"compliance", "leader", "trainer"})),
    "training:fundamentals": ("get", only(ALL)),
    "training:fundamental": ("get", only(ALL)),
    "training:fundamental_adopt": ("post", only({"leader", "trainer"}, 302)),
    "training:fundamental_new": ("get", only({"leader", "trainer"})),
    "training:fundamental_new POST": ("post", only({"leader", "trainer"}, 422)),
    "training:fundamental_edit": ("get", only({"leader", "trainer"})),
    "training:fundamental_edit POST": ("post", only({"leader", "trainer"}, 422)),
    "training:fundamental_retire": ("post", only({"leader", "trainer"}, 302)),
    "training:fundamental_assess": ("post", only({"leader"}, 422)),
    # The reviewer manages the team of the rep, the leader the other one. The entry of the table is of the rep and the reviewer, and nobody else's.
    "training:coaching": ("get", only(ALL)),
    "training:coaching_new": ("get", only({"leader", "reviewer"})),
    "training:coaching_new POST": ("post", only({"leader", "reviewer"}, 422)),
    "training:coaching_counts": ("get", only({"leader"})),
    "training:coaching_entry": ("get", only({"rep", "reviewer"}, 200, 404)),
    "training:coaching_done": ("post", only({"rep", "reviewer"}, 302, 404)),
    "training:coaching_take_back": ("post", only({"reviewer"}, 302, 404) | {"rep": 403}),
    "coaching-list": ("get", only(ALL)),
    "coaching-list POST": ("post", only({"leader", "reviewer"}, 400)),
    "coaching-detail": ("get", only({"rep", "reviewer"}, 200, 404)),
    "coaching-done": ("post", only({"rep", "reviewer"}, 200, 404)),
    "coaching-take-back": ("post", only({"reviewer"}, 200, 404) | {"rep": 403}),
    "coaching-counts": ("get", only({"leader"})),
    "training:road": ("get", only(ALL)),
    "training:worksheets": ("get", only(ALL)),
    "training:worksheet_form": ("get", only(ALL)),
    # Without an activity nothing is begun; the page says so.
    "training:worksheet_form POST": ("post", only(ALL - {"outsider"}, 422)),
    # The worksheet of the table is the rep's, open and not shared: nobody else finds it.
    "training:worksheet": ("get", mine()),
    "training:worksheet_save": ("post", mine()),
    "training:worksheet_finish": ("post", mine(422)),
    "training:worksheet_share": ("post", mine(302)),
    "training:worksheet_copy": ("post", mine(302)),
    "training:worksheet_discard": ("post", mine(302)),
    "worksheet-list": ("get", only(ALL)),
    "worksheet-list POST": ("post", only(ALL - {"outsider"}, 400)),
    "worksheet-forms": ("get", only(ALL)),
    "worksheet-detail": ("get", mine()),
    "worksheet-detail PUT": ("put", mine(400)),
    "worksheet-detail DELETE": ("delete", mine(204)),
    "worksheet-finish": ("post", mine(400)),
    "worksheet-share": ("post", mine(400)),
    "worksheet-copy": ("post", mine(201)),
    "home": ("get", only(ALL)),
    "runs:list": ("get", only(ALL)),
    "runs:overview": ("get", only({"leader"})),
    "runs:start": ("get", only(ALL)),
    "runs:ask": ("get", only(RUNNING, 302)),
    "runs:compose": ("get", only(RUNNING)),
    # The page asks for these in the background and shows the refusal in place; see the test below for what they store.
    "runs:draft": ("post", only(ALL)),
    "runs:upload": ("post", only(ALL)),
    "runs:example": ("post", only(ALL, 302)),
    "runs:clear": ("post", only(ALL, 302)),
    "runs:send": ("post", only(RUNNING, 422)),
    "runs:run": ("get", mine()),
    "runs:progress": ("get", mine()),
    "runs:cancel": ("post", mine(302)),
    # A run that waits is neither tried again nor noted, not even by the person who asked for it.
    "runs:retry": ("post", mine(403)),
    "runs:note": ("post", mine(403)),
    # A conversation has begun only where there is an answer; the run of the table waits for its own.
    # 286 tells htmx to ask no more.
    "runs:case": ("get", only({"compliance"})),
    "runs:case_close": ("post", only({"compliance"}, 302)),
    "runs:thread": ("get", mine(286)),
    "runs:look": ("post", mine()),
    "runs:ask_on": ("post", mine(403)),
    "runs:jobs": ("get", only(ALL)),
    # The prompt of the table is looked over by a person, one draft at a time, so nobody sends a list to it.
    "runs:job_new": ("get", only((), 200)),
    "runs:job": ("get", mine()),
    "runs:job_results": ("get", mine()),
    "runs:job_failures": ("get", mine()),
    "runs:job_cancel": ("post", mine(302)),
    "runs:desk": ("get", only({"reviewer"})),
    "runs:decided": ("get", only({"reviewer"})),
    "runs:review": ("get", only({"reviewer"}, 404)),
    # The run of the table waits for the model, so there is nothing to take yet.
    "runs:claim": ("post", only({"reviewer"}, 404)),
    "runs:give_back": ("post", only({"reviewer"}, 404)),
    "runs:hand_over": ("post", only({"reviewer"}, 404)),
    "runs:evidence": ("post", only({"reviewer"}, 404)),
    "runs:verdict": ("post", only({"reviewer"}, 404)),
    "policies:map": ("get", only(ALL)),
    "policies:list": ("get", only(ALL)),
    "policies:policy": ("get", only(ALL)),
    "policies:policy POST": ("post", only({"leader"}, 422)),
    "policies:suspend": ("post", only({"leader", "compliance"}, 302)),
    "policies:adopt": ("post", only({"leader"}, 302)),
    "policies:stages": ("get", only({"leader"})),
    "policies:stages POST": ("post", only({"leader"}, 422)),
    "policies:map_export": ("get", only({"leader", "compliance", "administrator"})),
    "policies:map_import": ("get", only({"leader"})),
    "policies:map_import POST": ("post", only({"leader"}, 422)),
    "policies:map_schema": ("get", only(ALL)),
    "policies:activity_new": ("get", only({"leader"})),
    "policies:activity_new POST": ("post", only({"leader"}, 422)),
    "policies:activity_edit": ("get", only({"leader"})),
    "policies:activity_edit POST": ("post", only({"leader"}, 422)),
    "policies:activity_move": ("post", only({"leader"}, 302)),
    "policies:activity_retire": ("post", only({"leader"}, 302)),
    "policies:policy_discard": ("post", only({"leader"}, 302)),
    "policies:policy_withdraw": ("post", only({"leader"}, 302)),
    "policies:policy_replay": ("get", only({"leader"})),
    "policies:goals": ("get", only(ALL)),
    # Whoever is accountable for the activity may enter a figure too: the reviewer.
    "policies:goal_measure": ("post", only({"leader", "reviewer"}, 422)),
    "policies:qualifications": ("get", only({"leader", "compliance", "trainer", "administrator"})),
    "policies:qualifications POST": ("post", only({"leader", "trainer", "administrator"}, 422)),
    # The one of the table belongs to the rep, who sees it and may not take it back; to the others it does not exist.
    "policies:qualification_revoke": (
        "post",
        only({"leader", "trainer", "administrator"}, 302, 404) | {"rep": 403, "compliance": 403},
    ),
    "policies:reports": ("get", only(ALL)),
    "policies:report_new": ("get", only(ALL - {"outsider"})),
    "policies:report_new POST": ("post", only(ALL - {"outsider"}, 422)),
    "policies:report": ("get", only({"leader"})),
    "policies:report POST": ("post", only({"leader"}, 422)),
    "policies:prompts": ("get", only(ALL)),
    "policies:prompt_favourite": ("post", only(ALL, 302)),
    "policies:prompt_adopt": ("post", only({"leader"}, 302)),
    "policies:prompt_new": ("get", only(RUNNING)),
    "policies:prompt_new POST": ("post", only(RUNNING, 422)),
    "policies:prompt_edit": ("get", only(RUNNING)),
    "policies:prompt_edit POST": ("post", only(RUNNING, 422)),
    # The version of the table is approved: everybody reads it, and nothing is left to be done with it.
    "policies:prompt_version": ("get", only(ALL)),
    "policies:prompt_act": ("post", only(ALL, 422)),
    "policies:prompt_retire": ("post", only({"leader", "trainer"}, 302)),
    "policies:prompt": ("get", only(ALL)),
    "policies:scrubbing": ("get", only({"compliance", "administrator"})),
    "policies:scrubbing POST": ("post", only({"administrator"}, 422)),
    "policies:scrubbing_remove": ("post", only(ALL, 404, 404)),
    "policies:tools": ("get", only({"leader", "compliance", "administrator"})),
    "policies:tool_switch": ("post", only({"leader", "administrator"}, 302)),
    "policies:tool_new": ("get", only({"leader", "administrator"})),
    "policies:tool_new POST": ("post", only({"leader", "administrator"}, 422)),
    "policies:tool_edit": ("get", only({"leader", "administrator"})),
    "policies:tool_edit POST": ("post", only({"leader", "administrator"}, 422)),
    "policies:tool_probe": ("post", only({"leader", "administrator"}, 302)),
    "audit:log": ("get", only({"leader", "compliance"})),
    "audit:count": ("get", only({"leader", "compliance"})),
    "audit:entry": ("get", only({"leader", "compliance"})),
    "audit:seal": ("get", only({"leader", "compliance", "administrator"})),
    "audit:seal_now": ("post", only({"compliance", "administrator"}, 302)),
    "audit:verify_now": ("post", only({"compliance", "administrator"}, 302)),
    "audit:checkpoint": ("get", only({"leader", "compliance", "administrator"})),
    "audit:verification": ("get", only({"leader", "compliance", "administrator"})),
    "audit:exports": ("get", only({"compliance"})),
    "audit:export_file": ("post", only({"compliance"})),
    "privacy:erasure": ("get", only({"compliance"})),
    "privacy:found": ("post", only({"compliance"})),
    "privacy:act": ("post", only({"compliance"}, 422)),
    "privacy:lift_hold": ("post", only({"compliance"}, 302)),
    "privacy:erase_person": ("post", only({"administrator"}, 302)),
    "privacy:retention": ("get", only({"compliance", "leader", "administrator"})),
    "privacy:retention_months": ("post", only({"compliance"}, 422)),
    "privacy:retention_ask": ("post", only({"compliance"}, 422)),
    "privacy:retention_decide": ("post", only({"compliance", "leader", "administrator"}, 422)),
    "accounts:people": ("get", only({"administrator"})),
    "accounts:person_new": ("get", only({"administrator"})),
    "accounts:person_new POST": ("post", only({"administrator"}, 422)),
    "accounts:person": ("get", only({"administrator"})),
    "accounts:person POST": ("post", only({"administrator"}, 302)),
    "accounts:teams": ("get", only({"leader", "administrator"})),
    "accounts:teams POST": ("post", only({"administrator"}, 422)),
    "accounts:team": ("get", only({"administrator"})),
    "accounts:team POST": ("post", only({"administrator"}, 422)),
    "accounts:profile": ("get", only(ALL)),
    "accounts:absence": ("post", only(ALL, 422)),
    "accounts:absence_remove": ("post", only({"reviewer"}, 302, 404) | {"leader": 403}),
    "accounts:record": ("get", only(ALL)),
    "accounts:record_file": ("get", only(ALL)),
    "accounts:notices": ("get", only(ALL)),
    "accounts:notices_seen": ("post", only(ALL, 302)),
    "accounts:tokens": ("get", only(ALL)),
    "gate:connect": ("get", only(ALL)),
    "gate:connect POST": ("post", only(ALL, 422)),
    "gate:test": ("post", only(ALL)),
    "gate:elsewhere": ("get", only(ALL, 404)),
    "accounts:token_revoke": ("post", mine(302)),
    "shell:parts": ("get", only(ALL)),
    "shell:health": ("get", only(ALL)),
    "shell:language": ("post", only(ALL, 302)),
    "healthz": ("get", only(ALL)),
    "demo_login": ("post", only(ALL, 404, 404)),
    "api-me": ("get", only(ALL)),
    "api-me PATCH": ("patch", only(ALL)),
    "api-my-record": ("get", only(ALL)),
    "notice-list": ("get", only(ALL)),
    "notice-detail": ("get", mine()),
    "notice-seen": ("post", only(ALL, 204)),
    "job-list": ("get", only(ALL)),
    "job-list POST": ("post", only(ALL, 400)),
    "job-detail": ("get", mine()),
    "job-rows": ("get", mine()),
    "job-cancel": ("post", mine()),
    "run-follow-ups": ("post", mine(400)),
    "api-scrub": ("post", only(ALL, 400)),
    "run-list": ("get", only(ALL)),
    "run-list POST": ("post", only(RUNNING, 400, 400)),
    "run-preview": ("post", only(RUNNING, 400, 400)),
    "run-detail": ("get", mine()),
    "run-cancel": ("post", mine()),
    "subjectrequest-list": ("get", only({"compliance"})),
    "subjectrequest-find": ("post", only({"compliance"}, 400)),
    "subjectrequest-erase": ("post", only({"compliance"}, 400)),
    "subjectrequest-disclose": ("post", only({"compliance"}, 400)),
    "removal-list": ("get", only({"compliance", "leader", "administrator"})),
    "removal-detail": ("get", only({"compliance", "leader", "administrator"})),
    "removal-kept": ("get", only({"compliance", "leader", "administrator"})),
    "removal-confirm": ("post", only({"compliance", "leader", "administrator"})),
    "removal-withdraw": ("post", only({"compliance", "leader", "administrator"})),
    "hold-list": ("get", only({"compliance"})),
    "hold-lift": ("post", only({"compliance"})),
    "run-case": ("post", {**mine(403), "compliance": 400}),
    "run-retry": ("post", mine(403)),
    "run-note": ("post", mine(400)),
    "run-claim": ("post", mine(403)),
    "run-hand-over": ("post", mine(400)),
    "run-evidence": ("get", mine()),
    "run-review": ("post", mine(400)),
    "activity-list": ("get", only(ALL)),
    "activity-detail": ("get", only(ALL)),
    "activity-policy": ("post", only({"leader"}, 400, 400)),
    "activity-list POST": ("post", only({"leader"}, 400)),
    "activity-detail PUT": ("put", only({"leader"}, 400)),
    "activity-retire": ("post", only({"leader"})),
    "activity-goal": ("post", only({"leader"}, 400)),
    "activity-versions": ("get", only(ALL)),
    # Where nothing waits for its day there is nothing to take back.
    "activity-withdraw": ("post", only({"leader"}, 204)),
    "activity-discard": ("post", only({"leader"}, 204)),
    "activity-replay": ("get", only({"leader"}, 400)),
    "activity-planted": ("get", only({"leader", "trainer"})),
    "activity-restore": ("post", only({"leader"})),
    "activity-move": ("post", only({"leader"}, 400)),
    "activity-adopt": ("post", only({"leader"})),
    "api-stages": ("get", only(ALL)),
    "api-stages PUT": ("put", only({"leader"}, 400)),
    "goal-list": ("get", only(ALL)),
    "goal-detail": ("get", only(ALL)),
    "goal-measure": ("post", only({"leader", "reviewer"}, 400)),
    "tool-list": ("get", only({"leader", "compliance", "administrator"})),
    "tool-list POST": ("post", only({"leader", "administrator"}, 400)),
    "tool-detail": ("get", only({"leader", "compliance", "administrator"})),
    "tool-detail PATCH": ("patch", only({"leader", "administrator"})),
    "tool-switch": ("post", only({"leader", "administrator"}, 400)),
    "tool-probe": ("post", only({"leader", "administrator"}, 202)),
    "tool-use": ("get", only({"leader", "compliance", "administrator"})),
    "report-list": ("get", only(ALL)),
    "report-list POST": ("post", only(ALL - {"outsider"}, 400)),
    "report-detail": ("get", only(ALL)),
    "report-decide": ("post", only({"leader"}, 400)),
    "report-activity": ("post", only({"leader"}, 400)),
    "absence-list": ("get", only(ALL)),
    "absence-list POST": ("post", only(ALL, 400)),
    # The one of the table is the reviewer's, and the leader stands in: they see it and cannot take it back.
    "absence-detail": ("get", only({"reviewer", "leader"}, 200, 404)),
    "absence-detail DELETE": ("delete", only({"reviewer"}, 204, 404) | {"leader": 403}),
    "fundamental-list": ("get", only(ALL)),
    "fundamental-list POST": ("post", only({"leader", "trainer"}, 400)),
    "fundamental-detail": ("get", only(ALL)),
    "fundamental-detail PUT": ("put", only({"leader", "trainer"}, 400)),
    "fundamental-assess": ("post", only({"leader"}, 400)),
    "fundamental-assessments": ("get", only(ALL)),
    "fundamental-retire": ("post", only({"leader", "trainer"})),
    "fundamental-restore": ("post", only({"leader", "trainer"})),
    "fundamental-adopt": ("post", only({"leader", "trainer"})),
    "api-road": ("get", only(ALL)),
    "qualification-list": ("get", only(ALL)),
    "qualification-list POST": ("post", only({"leader", "trainer", "administrator"}, 400)),
    "qualification-detail": ("get", only({"leader", "trainer", "administrator", "compliance", "rep"}, 200, 404)),
    "qualification-revoke": (
        "post",
        only({"leader", "trainer", "administrator"}, 200, 404) | {"rep": 403, "compliance": 403},
    ),
    "api-map": ("get", only({"leader", "compliance", "administrator"})),
    "api-map PUT": ("put", only({"leader"}, 400)),
    "activity-suspend": ("post", only({"leader", "compliance"})),
    "prompt-list": ("get", only(ALL)),
    "prompt-list POST": ("post", only(RUNNING, 400)),
    "prompt-detail": ("get", only(ALL)),
    "prompt-adopt": ("post", only({"leader"})),
    "prompt-retire": ("post", only({"leader", "trainer"}, 204)),
    "prompt-favourite": ("post", only(ALL, 400)),
    "prompt-version-list": ("get", only(ALL)),
    "prompt-version-list POST": ("post", only(RUNNING, 400)),
    "prompt-version-detail": ("get", only(ALL)),
    # The version of the table is approved: its author can neither propose nor take it back, and nobody deletes it.
    "prompt-version-detail DELETE": ("delete", only({"trainer"}, 400)),
    "prompt-version-submit": ("post", only({"trainer"}, 400)),
    "prompt-version-withdraw": ("post", only({"trainer"}, 400)),
    "prompt-version-test": ("post", only({"leader", "trainer"}, 400)),
    "prompt-version-approve": ("post", only({"leader"}, 400)),
    "prompt-version-decline": ("post", only({"leader"}, 400)),
    "prompt-version-roll-back": ("post", only(RUNNING, 201)),
    "auditevent-list": ("get", only({"leader", "compliance"})),
    "auditevent-detail": ("get", only({"leader", "compliance"})),
    "auditevent-proof": ("get", only({"leader", "compliance"})),
    "auditevent-export": ("post", only({"compliance"})),
    "checkpoint-list": ("get", only({"leader", "compliance", "administrator"})),
    "checkpoint-list POST": ("post", only({"compliance", "administrator"}, 201)),
    "checkpoint-detail": ("get", only({"leader", "compliance", "administrator"})),
    "checkpoint-consistency": ("get", only({"leader", "compliance", "administrator"}, 400)),
    "verification-list": ("get", only({"leader", "compliance", "administrator"})),
    "verification-list POST": ("post", only({"compliance", "administrator"}, 202)),
    "verification-detail": ("get", only({"leader", "compliance", "administrator"})),
    "api-schema": ("get", only(ALL)),
    "api-docs": ("get", only(ALL)),
}


def _addresses(resolver, spaces=(), prefix=""):
    """name → path with parameters as ``{name}``, for every address of the project."""
    for entry in resolver.url_patterns:
        path = prefix + re.sub(r"^\^|\$$", "", str(entry.pattern))
        if isinstance(entry, URLPattern):
            path = re.sub(
                r"\(\?P<(\w+)>(?:[^()]|\([^)]*\))*\)|<(?:\w+:)?(\w+)>", lambda m: "{" + (m[1] or m[2]) + "}", path
            )
            yield ":".join([*spaces, entry.name or path]), "/" + path
        else:
            yield from _addresses(entry, (*spaces, entry.namespace) if entry.namespace else spaces, path)


ADDRESSES = dict(_addresses(get_resolver("workbench.urls")))


@pytest.fixture
def place(cast, provider):
    """``place(name)`` → the address with parameters of records that exist."""
    from audit.models import AuditEvent
    from policies.models import PolicyVersion, PromptVersion
    from policies.services import report_use
    from workbench.privacy.models import RetentionRequest
    from workbench.privacy.requests import place_hold

    prompt = (
        PromptVersion.objects.approved().select_related("prompt__activity").get(prompt__slug="discovery-call-summary")
    )
    given = {"transcript": "Ilaria Conti: We run three cold stores and want an offer by Friday."}
    run = services.submit_run(actor=cast.rep, prompt_version=prompt, inputs=given)
    token, _ = create_token(actor=cast.rep, name="x")
    goal = PolicyVersion.objects.deciding().get(activity=prompt.prompt.activity).goal
    told = report_use(actor=cast.rep, tool="a chat", purpose="Mails to customers", how_often="daily", data=["public"])
    right = grant_qualification(actor=cast.trainer, person=cast.rep, name="discovery", evidence="Exam of 3 March")
    away = timezone.localdate()
    absence = record_absence(actor=cast.reviewer, cover=cast.leader, begins=away, ends=away)
    fields = (
        PromptVersion.objects.approved().select_related("prompt__activity").get(prompt__slug="crm-fields-from-call")
    )
    job = services.start_job(actor=cast.rep, prompt_version=fields, records=[given], consent="consent")
    hold = place_hold(actor=cast.compliance, keys=[run.data_key_id], reference="Lawsuit 12")
    RetentionRequest.objects.create(
        pk=hold.pk, kind="texts", before=timezone.now() - timedelta(days=365), count=1, asked_by=cast.outsider
    )
    notify([cast.rep], "job_ended", f"/lists/{job.pk}/")
    path = LearningPath.objects.get(slug="basics")
    asked = learning.assign_path(actor=cast.trainer, path=path, due=away + timedelta(days=9), people=[cast.rep])
    done = Completion.objects.create(learner=cast.rep, path=path, language="en", qualification=right, versions={})
    coached = learning.note_coaching(
        actor=cast.reviewer, person=cast.rep, kind="call", held_on=away, agreed="Ask first."
    )
    numbers = {
        "coaching": coached.pk,
        "assignments": asked.pk, "certificates": done.pk, "completions": done.pk,
        "lists": job.pk, "jobs": job.pk, "notices": Notice.objects.get(person=cast.rep, kind="job_ended").pk,
        "goals": goal.pk, "reports": told.pk, "qualifications": right.pk, "absences": absence.pk,
        "runs": run.pk, "run": run.pk, "desk": run.pk, "people": cast.colleague.pk, "teams": Team.objects.first().pk,
        "profile": token.pk, "privacy": hold.pk, "audit": AuditEvent.objects.first().pk,
    }  # fmt: skip
    checkpoint, verification = sealing.make_checkpoint(), verifying.verify()
    slugs = {
        "policies": prompt.prompt.activity.slug,
        "tools": Tool.objects.get().slug,
        "activities": prompt.prompt.activity.slug,
    }

    exercise = Exercise.objects.get(slug="recap-with-a-gap")
    attempt = learning.open_attempt(actor=cast.rep, exercise=exercise)
    learning.check_attempt(actor=cast.rep, attempt=attempt, answers={"goal": "Write a recap."})
    slugs["exercises"] = exercise.slug
    slugs["worksheets"] = "call-plan"
    sheet = learning.begin_worksheet(actor=cast.rep, form=forms()["call-plan"], activity=run.activity)
    numbers["worksheets"] = sheet.pk
    slugs["fundamentals"] = "early-qualification"

    def find(name):
        path = ADDRESSES[name]
        first = path.removeprefix("/api/v1").split("/")[1]
        slug = prompt.prompt.activity.slug if name == "runs:ask" else slugs.get(first, prompt.prompt.slug)
        number = absence.pk if "absence" in path else numbers.get(first, 0)
        if name in {"audit:verification", "verification-detail"}:
            number = verification.pk
        if name.startswith("checkpoint"):
            number = checkpoint.size
        return path.format(pk=number, slug=slug, name="transcript", key="k", uidb36="1", number=1, size=checkpoint.size)

    return find


def _ask(client, method, path):
    if method == "get":
        return client.get(path).status_code
    if path.startswith("/api/"):
        return getattr(client, method)(path, {}, content_type="application/json").status_code
    return client.post(path, {"pressed": "1"}).status_code


def test_every_address_has_a_row() -> None:
    rows = {row.split(" ")[0] for row in TABLE}
    assert set(ADDRESSES) - OWN - rows == set(), "a new address: say in the table who gets what"
    assert rows - set(ADDRESSES) == set(), "rows of addresses that are gone"


def test_everybody_gets_what_the_table_says(cast, sign_in, place) -> None:
    clients = {who: sign_in(getattr(cast, who)) for who in WHO}
    surprises = {}
    for row, (method, expected) in TABLE.items():
        path = place(row.split(" ")[0])
        got = {}
        for who, client in clients.items():
            # One person's act must not change what the next one finds.
            with transaction.atomic():
                got[who] = _ask(client, method, path)
                transaction.set_rollback(True)
        if got != expected:
            surprises[row] = {who: (got[who], expected[who]) for who in WHO if got[who] != expected[who]}
    assert not surprises, "\n".join(f"{name}: {found}" for name, found in surprises.items())


def test_without_a_log_in_only_the_open_addresses_answer(place) -> None:
    surprises = {}
    for name in ADDRESSES:
        path = place(name)
        statuses = set()
        for method in ("get", "post"):
            answer = getattr(Client(), method)(path)
            inside = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
            statuses.add("log in" if inside or answer.status_code == 401 else answer.status_code)
        if statuses != OPEN.get(name, {"log in"}):
            surprises[name] = statuses
    assert not surprises, "\n".join(f"{name}: {found}" for name, found in surprises.items())


def test_an_unknown_record_is_not_found_and_never_an_error(cast, sign_in) -> None:
    clients = [sign_in(person) for person in (cast.leader, cast.reviewer, cast.administrator)]
    surprises = {}
    for name, pattern in ADDRESSES.items():
        if name in OWN or "{" not in pattern:
            continue
        path = pattern.format(pk=987654, slug="no-such-thing", name="nothing", number=987, size=987654)
        found = {_ask(client, method, path) for client in clients for method in ("get", "post")}
        if not found <= {403, 404, 405}:
            surprises[name] = found
    assert not surprises, "\n".join(f"{name}: {found}" for name, found in surprises.items())


@pytest.mark.parametrize("who", sorted(ALL - RUNNING))
def test_what_somebody_sends_who_may_not_use_ai_is_refused_and_not_kept(cast, sign_in, place, provider, who) -> None:
    person = getattr(cast, who)
    client = sign_in(person)
    file = SimpleUploadedFile("call.txt", b"Ilaria Conti: We run three cold stores.")
    for name, data in (
        ("runs:draft", {"transcript": "Ilaria Conti: We run three cold stores."}),
        ("runs:upload", {"file": file}),
        ("runs:example", {}),
    ):
        answer = client.post(place(name), data, follow=True)
        assert "Your roles do not include using AI" in answer.content.decode(), name
        assert "Ilaria" not in answer.content.decode(), name
    assert not Draft.objects.filter(requester=person).exists()
    assert provider.asked == []


@pytest.mark.parametrize("path", ["/static/workbench/css/tokens.css", "/static/workbench/shell.js"])
def test_static_files_need_no_log_in(client, path) -> None:
    assert client.get(path).status_code == 200


def test_an_address_that_does_not_exist_is_not_found_for_whoever_is_signed_in(cast, sign_in) -> None:
    answer = sign_in(cast.rep).get("/no-such-page/")
    assert answer.status_code == 404
    assert "no-such-page" not in answer.content.decode().split("<main")[1].split("</main>")[0]


def test_a_post_without_the_forms_own_mark_is_refused(cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.administrator, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("accounts:person_new", "accounts:tokens", "accounts:teams"):
        assert client.post(ADDRESSES[name], {}).status_code == 403
    assert client.post("/api/v1/runs/", {}, content_type="application/json").status_code == 403


@pytest.mark.parametrize("key", ["²", "9" * 40, "-1", "1e3", "' or 1=1"])
def test_a_key_that_no_row_can_have_shows_the_first_page(cast, sign_in, place, key) -> None:
    clients = [sign_in(person) for person in (cast.rep, cast.leader, cast.reviewer, cast.compliance)]
    for name in (
        "runs:list",
        "runs:jobs",
        "runs:job",
        "runs:decided",
        "accounts:notices",
        "policies:reports",
        "policies:qualifications",
        "policies:scrubbing",
        "training:fundamentals",
        "training:fundamental",
        "training:worksheets",
        "training:coaching",
        "audit:log",
    ):
        for parameters in (("before", "after"), ("run", "stage", "activity", "team")):
            found = {client.get(place(name), dict.fromkeys(parameters, key)).status_code for client in clients}
            assert found <= {200, 403, 404}, (name, parameters)
