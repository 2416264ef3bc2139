"""A person's decision on an output: review, sample, note, and what happens when nobody decides."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from policies import permissions as policy_permissions
from policies.control_points import KINDS, Place, run_checks
from policies.control_points import Draft as Checked
from policies.models import ControlPoint, PolicyVersion
from policies.services import suspend_policy
from workbench.accounts.models import Role, User
from workbench.runs import permissions
from workbench.runs.evidence import evidence_of
from workbench.runs.models import Output, Plant, Review, ReviewKind, Run, State, Verdict
from workbench.runs.notices import tell_due, tell_escalated, tell_expired, tell_verdict
from workbench.runs.permissions import ReviewTerms
from workbench.runs.querysets import RunQuerySet
from workbench.runs.services.planting import decide_plant, open_plant, plant_of, require_no_planted_error
from workbench.runs.services.running import RunRefused, log_run, require_contents, text_sha256
from workbench.runs.services.terms import (
    claimed_sentence,
    deciders,
    held_back_sentence,
    holder,
    is_qualified,
    obligation_params,
    review_terms,
)


def review_run(
    *,
    actor: User,
    run: Run,
    verdict: str,
    text: str | None = None,
    reason: str = "",
    seconds_open: int = 0,
    vouched: Collection[str] = (),
    shown_sha256: str | None = None,
) -> Review | Plant:
    """Decide on a draft: approve it, approve an edited text, or reject it with a reason. On a sample: approve or reject.

    Where the draft carried a planted error the answer is that: nothing was released or rejected, and the draft itself waits for its verdict.

    ``vouched``: the keys of marks (``Mark.key``) that rest on no source and for which the reviewer stands; a text with another open mark is
    not released. ``shown_sha256``: the hash of the draft that was looked at; a verdict on another text than the one shown now is refused. It
    may be left out, except where the draft came as a copy with an error before: what was approved must have been seen.
    Whoever comes second is told; there is one verdict. After the time limit there is none: the draft ends or goes to the manager on the spot,
    also where nothing has swept yet. Raises PermissionDenied or RunRefused.
    """
    if _end_overdue(Run.objects.select_related("requester__team").get(pk=run.pk)):
        raise RunRefused(
            _("The time limit of this draft ran out before your verdict. Nothing was released; the page now shows what became of it.")
        )  # fmt: skip
    return _decide(actor, run, verdict, text, reason, seconds_open, vouched, shown_sha256)


@transaction.atomic
def _decide(
    actor: User,
    run: Run,
    verdict: str,
    text: str | None,
    reason: str,
    seconds_open: int,
    vouched: Collection[str],
    shown_sha256: str | None,
) -> Review | Plant:
    found = Run.objects.select_for_update(of=("self",)).select_related(
        "data_key", "policy_version", "prompt_version__prompt", "plant__data_key"
    )
    run = found.get(pk=run.pk)
    terms = review_terms(run)
    sample = run.state == State.RELEASED and run.sampled
    if (
        run.state not in {State.IN_REVIEW, State.RELEASED}
        or (run.state == State.RELEASED and not sample)
        or run.reviews.filter(kind=ReviewKind.SAMPLE if sample else ReviewKind.RELEASE).exists()
    ):
        raise RunRefused(_("This draft was decided meanwhile. Nothing was changed; the page now shows the verdict."))
    if not permissions.can_review_run(actor, run, terms, qualified=is_qualified(actor, terms)):
        raise PermissionDenied(_refusal(actor, run, terms))
    _require_unclaimed(actor, run)
    require_contents(run)
    output = Output.objects.select_related("data_key").get(run=run)
    planted = open_plant(run, actor)
    draft = planted.content["text"] if planted else output.draft
    seen = shown_sha256 is None and (planted is not None or plant_of(run) is None)
    if not seen and shown_sha256 != text_sha256(draft):
        raise RunRefused(
            _("The draft changed since this page was opened. Nothing was decided; look at it as it is now.")
        )
    if verdict == Verdict.APPROVED and text is not None and text != draft:
        verdict = Verdict.EDITED
    if verdict not in {Verdict.APPROVED, Verdict.EDITED, Verdict.REJECTED} or (sample and verdict == Verdict.EDITED):
        raise RunRefused(_("Approve, edit and approve, or reject."))
    if verdict == Verdict.REJECTED and not reason.strip():
        raise RunRefused({"reason": _("Say in a few words why. The person who asked reads it.")})
    if verdict == Verdict.EDITED and not (text or "").strip():
        raise RunRefused({"text": _("The text is empty. Reject the draft if nothing of it is usable.")})
    if verdict != Verdict.REJECTED and (held_back := held_back_sentence(run)):
        raise RunRefused(held_back)
    final = (text if verdict == Verdict.EDITED else draft) or ""
    if planted is not None:
        if verdict != Verdict.REJECTED:
            _stood_for(run, final, vouched)
        return decide_plant(actor=actor, run=run, plant=planted, verdict=verdict, text=text, reason=reason)
    if verdict != Verdict.REJECTED:
        require_no_planted_error(run, output.draft, final)
    points = {} if verdict == Verdict.REJECTED else points_held(run, actor, final, output)
    stood_for = () if sample or verdict == Verdict.REJECTED else _stood_for(run, final, vouched)
    kind = ReviewKind.SAMPLE if sample else ReviewKind.RELEASE
    review = Review(
        run=run, kind=kind, reviewer=actor, requester_id=run.requester_id, four_eyes=terms.four_eyes, verdict=verdict,
        seconds_open=max(0, min(int(seconds_open), 86_400)), data_key=run.data_key,
    )  # fmt: skip
    review.reason = reason.strip() or None
    review.vouched = list(stood_for) or None
    review.points = points
    if verdict == Verdict.EDITED:
        review.share_edited = share_edited(draft, text or "")
    review.save()
    if sample:
        action = "run.sample_approved" if verdict == Verdict.APPROVED else "run.sample_rejected"
        log_run(action, run, actor, output_sha256=output.draft_sha256, seconds_open=review.seconds_open)
        if verdict == Verdict.REJECTED:
            _suspend_when_too_many(run)
        return review
    if verdict == Verdict.REJECTED:
        Run.objects.filter(pk=run.pk, state=State.IN_REVIEW).update(state=State.REJECTED, finished_at=timezone.now())
        log_run("run.rejected", run, actor, output_sha256=output.draft_sha256, seconds_open=review.seconds_open)
        tell_verdict(run, actor, verdict)
        return review
    output.final, output.final_sha256 = final, text_sha256(final)
    output.save(update_fields=["final_sealed", "final_sha256"])
    Run.objects.filter(pk=run.pk, state=State.IN_REVIEW).update(
        state=State.RELEASED, person_of_record=actor, finished_at=timezone.now()
    )
    figures: dict[str, Any] = {
        "output_sha256": output.draft_sha256, "final_sha256": output.final_sha256, "seconds_open": review.seconds_open, "vouched": len(stood_for),
    }  # fmt: skip
    if verdict == Verdict.EDITED:
        log_run("run.edited", run, actor, **figures, share_edited=round(review.share_edited, 3))
    else:
        log_run("run.approved", run, actor, **figures)
    tell_verdict(run, actor, verdict)
    return review


def points_held(run: Run, actor: User, final: str, output: Output) -> dict[str, bool]:
    """The control points at review and those on the output, asked again for the text that goes out: kind → whether each holds.

    Those about the reviewer hold, or there would be no verdict. One on the output that does not is the reviewer's to answer for: it is kept.
    """
    found = dict(ControlPoint.objects.filter(policy_version_id=run.policy_version_id).values_list("kind", "params"))
    results = run_checks(
        found, Checked(final, tuple((run.inputs or {}).values()), tuple(output.unexpected), run.output_schema)
    )
    held = {
        kind.name: True for kind in KINDS.values() if kind.place in (Place.REVIEW, Place.AFTER) and kind.name in found
    }
    return held | {result.kind: result.ok for result in results}


def _require_unclaimed(actor: User, run: Run) -> None:
    """Somebody else looks at it now: both are told before either works in vain."""
    has = holder(run)
    if has is not None and has.pk != actor.pk and has.pk not in actor.covered_ids:
        raise RunRefused(claimed_sentence(run))


def _stood_for(run: Run, text: str, vouched: Collection[str]) -> tuple[str, ...]:
    """The open marks of a text that the reviewer vouched for. RunRefused where one is left, or where a placeholder would go out."""
    marks = evidence_of(run, text).open
    if left := [mark.text for mark in marks if mark.kind == "placeholder"]:
        raise RunRefused(
            {
                "vouch": _("A placeholder stands for nothing here: %s. Take it out, or reject the draft.")
                % ", ".join(left[:5])
            }
        )
    if left := [mark.text for mark in marks if mark.key not in vouched]:
        raise RunRefused(
            {"vouch": _("This rests on no source: %s. Take it out, edit it, or vouch for it.") % ", ".join(left[:5])}
        )
    return tuple(mark.key for mark in marks)


def _refusal(actor: User, run: Run, terms: ReviewTerms) -> str:
    reviews = policy_permissions.can_review(actor)
    if terms.four_eyes and run.requester_id == actor.pk:
        return _("The policy asks for four eyes: somebody else must decide on what you asked for.")
    if reviews and (lacking := [role for role in terms.roles if role not in actor.role_names]):
        return _("The policy asks for a reviewer who is also: %s.") % ", ".join(
            str(Role(role).label) for role in lacking
        )
    if reviews and run.escalated_at is not None and not permissions.manages(actor, run):
        return _("The time limit ran out. The manager of the requester's team decides now.")
    if reviews and terms.qualifications:
        return _(
            "The policy asks its reviewers for the qualification “%s”, which you do not hold or which has lapsed."
        ) % "”, “".join(terms.qualifications)
    return _("Only reviewers decide on drafts.")


_LONGEST_REMINDER = timedelta(days=7)
#: Words a second: silent reading of adults (Brysbaert 2019, doi:10.1016/j.jml.2019.104047), and the pace beyond which nobody reads any more.
READING, SKIMMING = 238 / 60, 600 / 60


def seconds_to_read(text: str, seconds_open: int) -> int | None:
    """How long most people read a text that was decided on faster than it can be skimmed; None where the time was enough or is unknown."""
    words = len(text.split())
    if not seconds_open or seconds_open >= words / SKIMMING:
        return None
    return round(words / READING)


def share_edited(before: str, after: str) -> float:
    """How much of a text changed, by words: 0 nothing, 1 everything."""
    return 1 - SequenceMatcher(None, before.split(), after.split(), autojunk=False).ratio()


def _suspend_when_too_many(run: Run) -> None:
    """More rejects among the last ``window`` samples of a policy version than allowed: the policy suspends itself."""
    params = obligation_params(run, "sample") or {}
    window, allowed = int(params.get("window", 20)), int(params.get("rejects", 2))
    recent = list(
        Review.objects.filter(kind=ReviewKind.SAMPLE, run__policy_version_id=run.policy_version_id)
        .order_by("-id")
        .values_list("verdict", flat=True)[:window]
    )
    rejects = recent.count(Verdict.REJECTED)
    if rejects > allowed and run.policy_version_id:
        version = PolicyVersion.objects.get(pk=run.policy_version_id)
        suspend_policy(actor=None, version=version, rejects=rejects, samples=len(recent), limit=allowed)


@transaction.atomic
def note_run(*, actor: User, run: Run, note: str) -> Review:
    """After a thinking aid: write down in a line what you decided. Writing again replaces the line."""
    run = Run.objects.select_for_update(of=("self",)).select_related("data_key").get(pk=run.pk)
    if not permissions.can_note_run(actor, run):
        raise PermissionDenied(_("Only the person who asked writes down what they decided."))
    require_contents(run)
    note = " ".join(note.split())
    if not 3 <= len(note) <= 500:
        raise RunRefused({"note": _("Write one line, 3 to 500 characters, on what you decided.")})
    review = run.reviews.filter(kind=ReviewKind.NOTE).first() or Review(
        run=run, kind=ReviewKind.NOTE, reviewer=actor, requester=actor, verdict=Verdict.NOTED
    )
    review.data_key = run.data_key
    review.reason, review.marked = note, False
    review.save()
    log_run("run.noted", run, actor, note_sha256=text_sha256(note))
    return review


def expire_overdue() -> int:
    """Drafts that nobody decided on in time end without release, or go to the team's manager once. Returns how many ended."""
    count = 0
    for run in _overdue().select_related("requester__team").order_by("id")[:200]:
        count += _end_overdue(run) == State.EXPIRED
    return count


def _overdue() -> RunQuerySet:
    return Run.objects.filter(state=State.IN_REVIEW, due_at__lt=timezone.now())


@transaction.atomic
def _end_overdue(run: Run) -> str:
    """What became of a draft whose time ran out: expired, or still in review with the manager; empty where its time has not run out.

    ``run`` comes with ``requester__team``.
    """
    if run.state != State.IN_REVIEW or run.due_at is None or run.due_at >= timezone.now():
        return ""
    overdue = _overdue().filter(pk=run.pk)
    params = obligation_params(run, "time_limit") or {}
    hours = KINDS["time_limit"].value(params, "hours")
    if _escalates(run, params):
        later = timezone.now() + timedelta(hours=float(hours))
        # Whoever had the draft may not decide any more, so it is nobody's; the manager is reminded anew.
        change = {"claimed_by": None, "claimed_at": None, "assigned": False, "reminded_at": None}
        if overdue.filter(escalated_at=None).update(escalated_at=timezone.now(), due_at=later, **change):
            log_run("run.escalated", run, None, hours=hours)
            tell_escalated(run)
        return State.IN_REVIEW
    if overdue.update(state=State.EXPIRED, finished_at=timezone.now()):
        log_run("run.expired", run, None, hours=hours)
        tell_expired(run)
    return State.EXPIRED


def remind_before_limit() -> int:
    """Tell those who may decide, once, that the time limit of a draft comes near. Returns how many drafts that were.

    The reminder comes the hours before it that the policy says, at the earliest when half of the time is over.
    """
    now, count = timezone.now(), 0
    waiting = Run.objects.filter(
        state=State.IN_REVIEW, due_at__gt=now, reminded_at=None, due_at__lt=now + _LONGEST_REMINDER
    )
    for run in waiting.select_related("requester__team", "claimed_by").order_by("due_at", "id")[:200]:
        params = obligation_params(run, "time_limit") or {}
        limit, before = (float(KINDS["time_limit"].value(params, name)) for name in ("hours", "remind"))
        if not before or run.due_at is None or now < run.due_at - timedelta(hours=min(before, limit / 2)):
            continue
        with transaction.atomic():
            if waiting.filter(pk=run.pk).update(reminded_at=now):
                has = holder(run)
                tell_due(run, [has] if has else deciders(run))
                count += 1
    return count


def _escalates(run: Run, params: Mapping[str, Any]) -> bool:
    """Once, to a manager who is here, reviews, holds what the policy asks for, and did not ask for it where it wants four eyes."""
    team = run.requester.team
    manager = team.manager if team else None
    if params.get("then") != "escalate" or run.escalated_at is not None or manager is None or not manager.is_active:
        return False
    terms = review_terms(run)
    may = {"reviewer", *terms.roles} <= manager.role_names and is_qualified(manager, terms)
    return may and not (terms.four_eyes and run.requester_id == manager.pk)


def due_at(points: Mapping[str, Mapping[str, Any]]) -> datetime | None:
    """When the review of a draft made now is due, or None without a time limit. ``points``: control points, kind → params."""
    limit = points.get("time_limit")
    return None if limit is None else timezone.now() + timedelta(hours=float(limit.get("hours", 24)))


def queue_counts(user: User) -> dict[str, int]:
    """How much waits for a reviewer in each queue. Asked once for a request, in which both the desk and the navigation show it."""
    counts: dict[str, int] | None = user.__dict__.get("_queue_counts")
    if counts is None:
        counts = user.__dict__["_queue_counts"] = Run.objects.queue_counts(user)
    return counts


def waiting_count(user: User) -> int:
    """How many drafts and samples wait for this reviewer; what they asked for themselves does not count."""
    if not policy_permissions.can_review(user):
        return 0
    return queue_counts(user)["all"]
