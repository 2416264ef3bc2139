"""A person's decision on an output: review, sample, note, and what happens when nobody decides."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from policies import permissions as policy_permissions
from policies.control_points import KINDS
from policies.models import ControlPoint, PolicyVersion
from policies.services import suspend_policy
from workbench.accounts.models import Role, User
from workbench.runs import permissions
from workbench.runs.models import Output, Review, ReviewKind, Run, State, Verdict
from workbench.runs.services.running import RunRefused, log_run, text_sha256


def obligation_params(run: Run, kind: str) -> Mapping[str, Any] | None:
    """The parameters of a control point of the policy version the run went under, or None."""
    point = ControlPoint.objects.filter(policy_version_id=run.policy_version_id, kind=kind).first()
    return None if point is None else point.params


@transaction.atomic
def review_run(
    *,
    actor: User,
    run: Run,
    verdict: str,
    text: str | None = None,
    reason: str = "",
    seconds_open: int = 0,
    vouched: int = 0,
) -> Review:
    """Decide on a draft: approve it, approve an edited text, or reject it with a reason. On a sample: approve or reject.

    Whoever comes second is told; there is one verdict. Raises PermissionDenied or RunRefused.
    """
    run = Run.objects.select_for_update(of=("self",)).select_related("data_key", "policy_version").get(pk=run.pk)
    four_eyes = obligation_params(run, "four_eyes") is not None
    role = str((obligation_params(run, "reviewer_role") or {}).get("role", ""))
    sample = run.state == State.RELEASED and run.sampled
    if (
        run.state not in {State.IN_REVIEW, State.RELEASED}
        or (run.state == State.RELEASED and not sample)
        or run.reviews.filter(kind=ReviewKind.SAMPLE if sample else ReviewKind.RELEASE).exists()
    ):
        raise RunRefused(_("This draft was decided meanwhile. Nothing was changed; the page now shows the verdict."))
    if not permissions.can_review_run(actor, run, four_eyes=four_eyes, role=role):
        raise PermissionDenied(_refusal(actor, run, four_eyes, role))
    output = Output.objects.select_related("data_key").get(run=run)
    draft = output.draft
    if verdict == Verdict.APPROVED and text is not None and text != draft:
        verdict = Verdict.EDITED
    if verdict not in {Verdict.APPROVED, Verdict.EDITED, Verdict.REJECTED} or (sample and verdict == Verdict.EDITED):
        raise RunRefused(_("Approve, edit and approve, or reject."))
    if verdict == Verdict.REJECTED and not reason.strip():
        raise RunRefused({"reason": _("Say in a few words why. The person who asked reads it.")})
    if verdict == Verdict.EDITED and not (text or "").strip():
        raise RunRefused({"text": _("The text is empty. Reject the draft if nothing of it is usable.")})
    kind = ReviewKind.SAMPLE if sample else ReviewKind.RELEASE
    review = Review(
        run=run, kind=kind, reviewer=actor, requester_id=run.requester_id, four_eyes=four_eyes, verdict=verdict,
        seconds_open=max(0, min(int(seconds_open), 86_400)), data_key=run.data_key,
    )  # fmt: skip
    review.reason = reason.strip() or None
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
        return review
    final = (text if verdict == Verdict.EDITED else draft) or ""
    output.final, output.final_sha256 = final, text_sha256(final)
    output.save(update_fields=["final_sealed", "final_sha256"])
    Run.objects.filter(pk=run.pk, state=State.IN_REVIEW).update(
        state=State.RELEASED, person_of_record=actor, finished_at=timezone.now()
    )
    figures: dict[str, Any] = {
        "output_sha256": output.draft_sha256, "final_sha256": output.final_sha256, "seconds_open": review.seconds_open, "vouched": vouched,
    }  # fmt: skip
    if verdict == Verdict.EDITED:
        log_run("run.edited", run, actor, **figures, share_edited=round(review.share_edited, 3))
    else:
        log_run("run.approved", run, actor, **figures)
    return review


def _refusal(actor: User, run: Run, four_eyes: bool, role: str) -> str:
    if four_eyes and run.requester_id == actor.pk:
        return _("The policy asks for four eyes: somebody else must decide on what you asked for.")
    if role and role not in actor.role_names and policy_permissions.can_review(actor):
        return _("The policy asks for a reviewer who is also: %s.") % Role(role).label
    if run.escalated_at is not None and policy_permissions.can_review(actor):
        return _("The time limit ran out. The manager of the requester's team decides now.")
    return _("Only reviewers decide on drafts.")


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
    note = " ".join(note.split())
    if not 3 <= len(note) <= 500:
        raise RunRefused({"note": _("Write one line, 3 to 500 characters, on what you decided.")})
    review = run.reviews.filter(kind=ReviewKind.NOTE).first() or Review(
        run=run, kind=ReviewKind.NOTE, reviewer=actor, requester=actor, verdict=Verdict.NOTED
    )
    review.data_key = run.data_key
    review.reason = note
    review.save()
    log_run("run.noted", run, actor, note_sha256=text_sha256(note))
    return review


def expire_overdue() -> int:
    """Drafts that nobody decided on in time end without release, or go to the team's manager once. Returns how many ended."""
    count = 0
    overdue = Run.objects.filter(state=State.IN_REVIEW, due_at__lt=timezone.now())
    for run in overdue.select_related("requester__team").order_by("id")[:200]:
        with transaction.atomic():
            params = obligation_params(run, "time_limit") or {}
            hours = KINDS["time_limit"].value(params, "hours")
            if _escalates(run, params):
                later = timezone.now() + timedelta(hours=float(hours))
                if overdue.filter(pk=run.pk, escalated_at=None).update(escalated_at=timezone.now(), due_at=later):
                    log_run("run.escalated", run, None, hours=hours)
            elif overdue.filter(pk=run.pk).update(state=State.EXPIRED, finished_at=timezone.now()):
                log_run("run.expired", run, None, hours=hours)
                count += 1
    return count


def _escalates(run: Run, params: Mapping[str, Any]) -> bool:
    """Once, to a manager who is here, reviews, and did not ask for it where the policy wants four eyes."""
    team = run.requester.team
    manager = team.manager if team else None
    if params.get("then") != "escalate" or run.escalated_at is not None or manager is None or not manager.is_active:
        return False
    four_eyes = obligation_params(run, "four_eyes") is not None
    return "reviewer" in manager.role_names and not (four_eyes and run.requester_id == manager.pk)


def due_at(points: Mapping[str, Mapping[str, Any]]) -> datetime | None:
    """When the review of a draft made now is due, or None without a time limit. ``points``: control points, kind → params."""
    limit = points.get("time_limit")
    return None if limit is None else timezone.now() + timedelta(hours=float(limit.get("hours", 24)))


def waiting_count(user: User) -> int:
    """How many drafts and samples wait for this reviewer; what they asked for themselves does not count."""
    if not policy_permissions.can_review(user):
        return 0
    return Run.objects.visible_to(user).waiting_for_review().exclude(requester=user).count()
